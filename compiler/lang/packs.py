"""`use "library/retail_banking" as banking`: which packs a spec brings, where they lie, and names with their prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from compiler.diag import Diagnostic
from compiler.lang import errors
from compiler.lang.spec_files import LIBRARY, File, read_file
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Name, Sentence, Text
from compiler.lang.tree import Line
from compiler.source import Span

_PLACE = re.compile(rf"{LIBRARY}(?:/[^\W\d][\w-]*)+")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Use:
    """A `use` line: the pack as written, the prefix it gets ("" for none)."""

    pack: str
    alias: str
    line: Line
    said: Sentence


@dataclass(slots=True)
class Packs:
    """`files`: by the pack's name; `depth`: 0 for a pack that the project uses, more for those that packs use;
    `below`: the files of all packs that a pack uses, directly or not; `uses`: of each file, by its name."""

    files: dict[str, File] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)
    below: dict[str, frozenset[str]] = field(default_factory=dict)
    uses: dict[str, tuple[Use, ...]] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    @property
    def names(self) -> Mapping[str, str]:
        """File name -> pack name."""
        return {file.name: name for name, file in self.files.items()}

    def prefixes(self, file: str) -> frozenset[str]:
        """The prefixes that a file gives to packs."""
        return frozenset(use.alias for use in self.uses.get(file, ()) if use.alias)


def used(file: File) -> tuple[Use, ...]:
    """The `use` lines of a file."""
    found = []
    for line, said in file.sentences("use"):
        if said.form == "use" and isinstance(said.values[0], Text):
            alias = said.head[0].text if said.head and isinstance(said.head[0], Name) else ""
            found.append(Use(said.values[0].value, alias, line, said))
    return tuple(found)


def gather(files: Sequence[File], folders: Sequence[Path]) -> Packs:
    """The packs that the files use, and those that those use, looked for in `folders` in their order."""
    packs = Packs()
    for file in files:
        _uses(file, packs)
        for use in packs.uses[file.name]:
            _bring(use, (), packs, folders)
    for name in packs.files:
        packs.below[packs.files[name].name] = _below(name, packs, frozenset())
    return packs


def _uses(file: File, packs: Packs) -> None:
    """Notes the file's `use` lines; a prefix given twice is reported."""
    packs.uses[file.name] = used(file)
    given: dict[str, Use] = {}
    for use in packs.uses[file.name]:
        first = given.setdefault(use.alias, use)
        if use.alias and first is not use and first.pack != use.pack:
            packs.found.append(errors.prefix_twice(_alias_span(use), _alias_span(first), use.alias))


def _alias_span(use: Use) -> Span:
    return use.line.span(use.said.head[0].at)


def _bring(use: Use, path: tuple[str, ...], packs: Packs, folders: Sequence[Path]) -> None:
    """Reads the pack of a `use` line and all below it."""
    name = use.pack
    if not _PLACE.fullmatch(name):
        packs.found.append(_misplaced(use, folders))
    elif name in path:
        circle = (*path[path.index(name) :], name)
        packs.found.append(errors.packs_in_a_circle(use.line.span(use.said.at), circle))
    elif (place := find(name, folders)) is None:
        packs.found.append(errors.pack_not_found(use.line, use.said, name, like(name, folders)))
    else:
        packs.depth[name] = max(packs.depth.get(name, 0), len(path))
        if name not in packs.files:
            packs.files[name] = read_file(place, packs.found)
            _uses(packs.files[name], packs)
        for inner in packs.uses[packs.files[name].name]:
            _bring(inner, (*path, name), packs, folders)


def _misplaced(use: Use, folders: Sequence[Path]) -> Diagnostic:
    """A path that leaves the library, or a name without its folder."""
    inside = f"{LIBRARY}/{use.pack}"
    if _PLACE.fullmatch(inside):
        guess = inside if find(inside, folders) else like(inside, folders)
        return errors.pack_not_found(use.line, use.said, use.pack, guess)
    return errors.pack_outside(use.line, use.said, use.pack)


def _below(name: str, packs: Packs, seen: frozenset[str]) -> frozenset[str]:
    own = packs.files[name].name
    inner = {use.pack for use in packs.uses[own] if use.pack in packs.files} - seen
    direct = frozenset(packs.files[each].name for each in inner)
    return direct.union(*(_below(each, packs, seen | inner | {name}) for each in inner)) - {own}


def find(name: str, folders: Sequence[Path]) -> Path | None:
    """The file of a pack: beside the spec first, then in the library that comes with the program."""
    return next((path for folder in folders if (path := folder / f"{name}.calls").is_file()), None)


def like(name: str, folders: Sequence[Path]) -> str | None:
    """The pack that was probably meant."""
    libraries = [folder / LIBRARY for folder in folders if (folder / LIBRARY).is_dir()]
    there = {path.relative_to(each.parent).with_suffix("") for each in libraries for path in each.rglob("*.calls")}
    names = sorted(path.as_posix() for path in there)
    return nearest(name, names) or next((each for each in names if each.startswith(name)), None)


# ------------------------------------------------------------------------------------------------ prefixes


@lru_cache(maxsize=65_536)
def plain(said: Sentence, prefixes: frozenset[str]) -> Sentence:
    """The sentence with `banking.AWT` as `AWT`."""
    return _stripped(said, prefixes)


def _stripped(node: T, prefixes: frozenset[str]) -> T:
    if isinstance(node, Name):
        short = len(node.parts) > 1 and node.parts[0] in prefixes
        return cast(T, replace(node, parts=node.parts[1:])) if short else node
    if isinstance(node, tuple):
        return cast(T, tuple(_stripped(each, prefixes) for each in node))
    if is_dataclass(node) and not isinstance(node, type):
        changed: Mapping[str, object] = {
            each.name: _stripped(getattr(node, each.name), prefixes) for each in fields(node) if each.name != "at"
        }
        return cast(T, replace(node, **changed))
    return node


def prefixed(node: object, prefixes: frozenset[str]) -> Iterator[Name]:
    """The names in a sentence that have one of the prefixes."""
    if isinstance(node, Name):
        if len(node.parts) > 1 and node.parts[0] in prefixes:
            yield node
    elif isinstance(node, tuple):
        for each in node:
            yield from prefixed(each, prefixes)
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            if each.name != "at":
                yield from prefixed(getattr(node, each.name), prefixes)
