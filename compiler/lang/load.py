"""Spec files -> Model + Diagnostics: the language stage from end to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from compiler import places
from compiler.diag import Diagnostic, has_errors, in_order
from compiler.lang import check, errors, options, overlays, packs, prefixes, pretty, set_lines, spec_files
from compiler.lang import model as m
from compiler.lang.cascades import settled
from compiler.lang.layers import SETS
from compiler.lang.origins import Places
from compiler.lang.outline import MOST_ERRORS, Outline
from compiler.lang.relations import BASE, Layer, Relations
from compiler.lang.spec_files import File
from compiler.lang.standard import mentioned
from compiler.lang.static import over_the_period
from compiler.source import Source, Span


@dataclass(frozen=True, slots=True)
class Loaded:
    """`model` is None when there is any error. `first`/`last`: the window of days that is asked for, where --start or
    --end lie inside the period (both given then). `places` says where a line comes from."""

    model: m.Model | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    first: date | None = None
    last: date | None = None
    places: Places = field(default_factory=Places)


@dataclass(frozen=True, slots=True)
class _Stack:
    """All files that take part: (layer, file), lowest first."""

    files: tuple[tuple[int, File], ...]
    chosen: overlays.Chosen
    packs: packs.Packs

    @property
    def lent(self) -> frozenset[str]:
        """The files that are not the author's own: packs and the standard blocks."""
        return frozenset(file.name for layer, file in self.files if layer < BASE)

    @property
    def top(self) -> int:
        return BASE + len(self.chosen.chain)


def load(
    specs: Sequence[Path], *, overlays: Sequence[str] = (), sets: Sequence[str] = (), start: date | None = None,
    end: date | None = None, seed: int | None = None, outages: int | None = None, library: Path | None = None,
    told: bool = True,
) -> Loaded:  # fmt: skip
    """The spec in `specs` (folders and files) as the options change it. Packs lie in the library/ beside a spec, in
    `library`, or in the one that comes with the program. `told`: the model is to have its own text, with places.

    UsageError: a path or overlay that does not exist, `--set` that names nothing, `--outages` without an incident
    that happens at random. Everything else is a Diagnostic.
    """
    found: list[Diagnostic] = []
    files = spec_files.read(specs, found)
    stack = _stack(files, overlays, pack_folders(specs, library))
    sources = {file.name: file.source for file in (*files, *(file for _, file in stack.files))}
    composed = [*stack.chosen.found, *stack.packs.found]
    if has_errors(composed):  # without a whole layer, all else would be an echo
        return Loaded(None, in_order([*found, *composed]), sources)
    outline = Outline()
    for layer, file in stack.files:
        found += file.layout[:MOST_ERRORS]
        outline.prefixes = stack.packs.prefixes(file.name)
        outline.add(file.top, layer)
        if max(len(file.layout), len(outline.found) - outline.enough + MOST_ERRORS) >= MOST_ERRORS:
            found.append(errors.too_many(file.source, MOST_ERRORS))
    if sets:
        sources[SETS] = Source(SETS, "\n".join(set_lines.as_line(text) for text in sets))
        outline.prefixes = frozenset()
        outline.blocks += set_lines.settings(outline, sets, stack.top + 1)
    found += prefixes.check(outline, stack.packs, [file for _, file in stack.files])
    model, wrong = check.model(outline, str(_folder(specs)), Span(files[0].name, 1, 1, 1, 1), _relations(stack))
    found += [*outline.found, *wrong]
    changed = options.change(model, start, end, seed, outages) if model is not None else None
    if changed is not None:
        found += changed.found or over_the_period(changed.model, stack.lent)
    diagnostics = in_order(settled(found, sources))
    if changed is None or has_errors(diagnostics):
        return Loaded(None, diagnostics, sources)
    said = _places(stack)
    home = places.project_of(_folder(specs)).resolve()
    whole = pretty.told(changed.model, said, home) if told else changed.model
    return Loaded(whole, diagnostics, sources, changed.first, changed.last, said)


def _folder(spec: Sequence[Path]) -> Path:
    return spec[0] if spec[0].is_dir() else spec[0].parent


def pack_folders(specs: Sequence[Path], library: Path | None) -> tuple[Path, ...]:
    """The folders that may have a library/, in the order of looking."""
    own = [spec if spec.is_dir() else spec.parent for spec in specs]
    given = [library.parent] if library is not None else []
    return tuple(dict.fromkeys([*own, *given, places.shipped("specs")]))


def _stack(files: Sequence[File], names: Sequence[str], folders: Sequence[Path]) -> _Stack:
    chosen = overlays.choose(files, names)
    layers = [chosen.base, *(tuple(overlay.files) for overlay in chosen.chain)]
    project = [file for layer in layers for file in layer]
    brought = packs.gather(project, folders)
    lowest = BASE - 2 - max(brought.depth.values(), default=0)
    texts = [file.source for file in (*project, *brought.files.values())]
    stacked = [(lowest, spec_files.nested(source)) for source in mentioned(texts)]
    depth = sorted(brought.files, key=lambda name: (-brought.depth[name], name))
    stacked += [(BASE - 1 - brought.depth[name], brought.files[name]) for name in depth]
    stacked += [(number, file) for number, layer in enumerate(layers, BASE) for file in layer]
    return _Stack(tuple(stacked), chosen, brought)


def _relations(stack: _Stack) -> Relations:
    chain = enumerate(stack.chosen.chain, BASE + 1)
    return Relations(
        {number: Layer(overlay.name, stack.chosen.above[overlay.name]) for number, overlay in chain},
        stack.packs.names,
        stack.packs.below,
        {
            use.alias: stack.packs.files[use.pack].name
            for layer, file in stack.files if layer >= BASE
            for use in stack.packs.uses[file.name] if use.alias
        },
    )  # fmt: skip


def _places(stack: _Stack) -> Places:
    chosen = {file.name: each.name for each in stack.chosen.chain for file in each.files}
    others = {file.name: each.name for each in stack.chosen.others for file in each.files}
    return Places(chosen, stack.packs.names, others)
