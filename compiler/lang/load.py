"""Spec files -> Model + Diagnostics: the language stage from end to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from compiler.diag import Diagnostic, has_errors, in_order
from compiler.failures import UsageError
from compiler.lang import check, options, packs, pretty
from compiler.lang import model as m
from compiler.lang.layers import BASE, Layer
from compiler.lang.outline import Outline
from compiler.lang.spec_files import File, read, read_file
from compiler.lang.standard import mentioned
from compiler.lang.tree import nest
from compiler.source import Source, Span


@dataclass(frozen=True, slots=True)
class Loaded:
    """`model` is None when there is any error. `first`/`last`: the window of days that is asked for, where --start or
    --end lie inside the period (both given then)."""

    model: m.Model | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    first: date | None = None
    last: date | None = None


def load(
    specs: Sequence[Path], *, overlays: Sequence[str] = (), sets: Sequence[str] = (), start: date | None = None,
    end: date | None = None, seed: int | None = None, outages: int | None = None, library: Path | None = None,
) -> Loaded:  # fmt: skip
    """The spec in `specs` (folders and files) as the options change it.

    UsageError: a path or overlay that does not exist, `--set` that names nothing, `--outages` without an incident
    that happens at random. Everything else is a Diagnostic.
    """
    found: list[Diagnostic] = []
    files = read(specs, found)
    base, chain = _layers(files, overlays)
    layers = [base, *(layer for _, layer in chain)]
    sources = {file.source.name: file.source for file in files}
    outline = Outline()
    bottom, missing = _packs([file for layer in layers for file in layer], specs, library, found)
    texts = [file.source for layer in (bottom, *layers) for file in layer]
    bottom += [File(source) for source in mentioned(texts)]
    sources |= {file.source.name: file.source for file in bottom}
    outline.prefixes, outline.missing_packs = packs.aliases(source.text for source in texts), missing
    for number, layer in enumerate((bottom, *layers), BASE - 1):
        for file in layer:
            lines, layout = nest(file.source)
            found += layout
            outline.add(lines, number)
    top = BASE + len(layers)
    if sets:
        sources[options.SETS] = Source(options.SETS, "\n".join(options.as_line(text) for text in sets))
        outline.blocks += options.settings(outline, sets, top)
    if any(each.code == "E0308" for each in outline.found):  # without a whole layer, all else would be an echo
        return Loaded(None, in_order([*found, *outline.found]), sources)
    model, wrong = check.model(outline, str(_folder(specs)), _place(files), _relations(chain))
    found += [*outline.found, *wrong]
    changed = options.change(model, start, end, seed, outages) if model is not None else None
    if changed is not None:
        found += changed.found
    diagnostics = in_order(found)
    if changed is None or has_errors(diagnostics):
        return Loaded(None, diagnostics, sources)
    whole = replace(changed.model, effective=pretty.effective(changed.model))
    return Loaded(whole, diagnostics, sources, changed.first, changed.last)


def _folder(specs: Sequence[Path]) -> Path:
    return specs[0] if specs[0].is_dir() else specs[0].parent


def _place(files: Sequence[File]) -> Span:
    """Where a thing is missed that no line could show: the beginning of the first file."""
    return Span(files[0].source.name, 1, 1, 1, 1)


def _packs(
    files: Sequence[File], specs: Sequence[Path], library: Path | None, found: list[Diagnostic]
) -> tuple[list[File], dict[str, str | None]]:
    """The packs that the files use, and those that those use; and the ones that are not there."""
    roots = list(dict.fromkeys(spec if spec.is_dir() else spec.parent for spec in specs))
    result: dict[Path, File] = {}
    missing: dict[str, str | None] = {}
    pending = [name for file in files for name, _ in packs.used(file.source.text)]
    while pending:
        name = pending.pop(0)
        path = packs.find(name, roots, library)
        if path is None:
            missing[name] = packs.like(name, roots, library)
        elif path not in result:
            result[path] = read_file(path, found)
            pending += [other for other, _ in packs.used(result[path].source.text)]
    return list(result.values()), missing


# ------------------------------------------------------------------------------------------------ layers


def _layers(files: Sequence[File], overlays: Sequence[str]) -> tuple[list[File], list[tuple[str, list[File]]]]:
    """The base files, then the files of each chosen overlay with those below it, lowest first."""
    known: dict[str, list[File]] = {}
    for file in files:
        if file.overlay:
            known.setdefault(file.overlay, []).append(file)
    chain: list[str] = []
    for name in overlays:
        _chain(name, known, chain, ())
    base = [file for file in files if not file.overlay]
    if not base and files and not overlays:  # only overlay files were named: they cannot stand alone
        names = ", ".join(sorted(known))
        raise UsageError(f"these files belong to the overlay {names}: name the base spec too, and --overlay {names}")
    return base, [(name, known[name]) for name in chain]


def _relations(chain: Sequence[tuple[str, list[File]]]) -> dict[int, Layer]:
    """Layer number -> the overlay, and all that it is over."""
    over: dict[str, frozenset[str]] = {}
    for name, files in chain:  # what an overlay is over stands before it
        below = [each for file in files for each in file.over]
        over[name] = frozenset(below).union(*(over[each] for each in below))
    return {number: Layer(name, over[name]) for number, (name, _) in enumerate(chain, BASE + 1)}


def _chain(name: str, known: Mapping[str, list[File]], chain: list[str], above: tuple[str, ...]) -> None:
    if name in above:
        raise UsageError(f"overlay {name} is over itself: {' over '.join((*above, name))}")
    if name not in known:
        there = ", ".join(sorted(known)) or "none"
        raise UsageError(f"there is no overlay `{name}`; there is: {there}")
    for file in known[name]:
        for below in file.over:
            _chain(below, known, chain, (*above, name))
    if name not in chain:
        chain.append(name)

