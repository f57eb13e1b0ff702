"""Files -> the base and the chosen overlays, lowest first: who is over whom, and that it is a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from compiler.diag import Diagnostic
from compiler.failures import UsageError
from compiler.lang import errors
from compiler.lang.spec_files import File
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Name, Sentence
from compiler.lang.tree import Line


@dataclass(slots=True)
class Overlay:
    """All files of one overlay; `over`: the overlays that it says it is over, each with the line that says so."""

    name: str
    files: list[File] = field(default_factory=list)
    over: dict[str, tuple[Line, Sentence]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`chain`: the chosen overlays with those below them, lowest first; `others`: those that take no part; `above`:
    the names that each is over, directly or not; `found`: what is wrong with overlay lines anywhere in the files."""

    base: tuple[File, ...]
    chain: tuple[Overlay, ...]
    others: tuple[Overlay, ...]
    above: Mapping[str, frozenset[str]]
    found: tuple[Diagnostic, ...]


def choose(files: Sequence[File], names: Sequence[str]) -> Chosen:
    """The layers for `--overlay NAME…`; UsageError for a name that no file has, and for files without a base."""
    found: list[Diagnostic] = []
    known: dict[str, Overlay] = {}
    base = [file for file in files if not _belongs(file, known, found)]
    found += _unknown(known)
    found += _circles(known)
    for name in names:
        if name not in known:
            raise UsageError(_no_overlay(name, known))
    if not base and not names:
        there = ", ".join(sorted(known))
        raise UsageError(f"these files belong to the overlay {there}: name the base spec too, and --overlay {there}")
    chain: list[Overlay] = []
    above: dict[str, frozenset[str]] = {}
    if not found:
        for name in names:
            _add(known[name], known, chain, above)
    others = tuple(overlay for overlay in known.values() if overlay.name not in above)
    return Chosen(tuple(base), tuple(chain), others, above, tuple(found))


def _no_overlay(name: str, known: Mapping[str, Overlay]) -> str:
    guess = nearest(name, known)
    there = f"did you mean {guess}?" if guess else f"there is: {', '.join(sorted(known)) or 'none'}"
    return f"there is no overlay `{name}`; {there}"


def _belongs(file: File, known: dict[str, Overlay], found: list[Diagnostic]) -> bool:
    """Whether the file belongs to an overlay, which then knows of it."""
    first: tuple[Line, str] | None = None
    for line, said in file.sentences("overlay"):
        words = said.words
        if said.form != "entry" or words[:1] != ("overlay",) or len(words) < 2:
            continue  # nothing like it: the outline says what is wrong
        if first is not None:
            found.append(errors.overlay_twice(line, *first))
            continue
        shape = all(isinstance(node, Name) and len(node.parts) == 1 for node in said.head)
        if not shape or len(words) not in (2, 4) or words[2:3] not in ((), ("over",)) or said.guard or said.label:
            found.append(errors.overlay_line(line, said))
        first = line, words[1]
        overlay = known.setdefault(words[1], Overlay(words[1]))
        overlay.files.append(file)
        if len(words) == 4:
            overlay.over.setdefault(words[3], (line, said))
    return first is not None


def _unknown(known: Mapping[str, Overlay]) -> list[Diagnostic]:
    """`overlay A over B` where there is no B."""
    found = []
    for overlay in known.values():
        for below, (line, said) in overlay.over.items():
            if below not in known:
                guess = nearest(below, [name for name in known if name != overlay.name])
                found.append(errors.overlay_over_nothing(line, said.head[3], guess))
    return found


def _circles(known: Mapping[str, Overlay]) -> list[Diagnostic]:
    """Each circle once, from its first name on."""
    found: dict[frozenset[str], Diagnostic] = {}

    def follow(path: tuple[str, ...]) -> None:
        for below in sorted(known[path[-1]].over):
            if below in path:
                circle = (*path[path.index(below) :], below)
                lines = [known[upper].over[lower][0] for upper, lower in pairwise(circle)]
                error = errors.overlays_in_a_circle(circle, [line.span() for line in lines])
                found.setdefault(frozenset(circle), error)
            elif below in known:
                follow((*path, below))

    for name in sorted(known):
        follow((name,))
    return list(found.values())


def _add(
    overlay: Overlay, known: Mapping[str, Overlay], chain: list[Overlay], above: dict[str, frozenset[str]]
) -> None:
    """The overlay after those that it is over."""
    if overlay.name in above:
        return
    for below in overlay.over:
        _add(known[below], known, chain, above)
    names = frozenset(overlay.over)
    above[overlay.name] = names.union(*(above[below] for below in overlay.over))
    chain.append(overlay)
