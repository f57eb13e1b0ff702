"""Packs that no spec uses -> what is wrong with them: each is read with the packs below it, above it the least spec
that a dataset can be. What the project declares counts as known, and a name that is like no other may be declared by a
spec that will use the pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from compiler.diag import Diagnostic, in_order
from compiler.lang import check, packs, spec_files
from compiler.lang.cascades import settled
from compiler.lang.names import collect
from compiler.lang.outline import Block, Outline
from compiler.lang.relations import BASE, Relations
from compiler.lang.spec_files import File
from compiler.lang.standard import mentioned
from compiler.source import Source, Span

_LEAST = {
    "dataset": "dataset Least\n  seed: 1\n  from: 2025-09-01\n  to: 2025-09-30\n",
    "volume": "volume\n  workday calls: 9\n  weekend calls: 9\n",
    "choice agent_shift": "choice agent_shift\n  hours of Day: 00:00..24:00\n",
    "choice time_of_day_bucket": (
        "choice time_of_day_bucket\n  hours of Any: 00:00..24:00\n  starts as one of\n    Any: 100%\n"
    ),
    "agent": (
        "team Least_Team\n  agent Least_Agent\n    gender: female\n    voice: nova\n    share: 1\n    works: Day 100%\n"
    ),
    "scenario": "scenario Least_Scenario\n  phase opening\n    agent must: greet\n",
}
_OF_A_PROJECT = ("E0214", "E0303", "E0304", "E0306", "E0604", "E0605", "E0606", "W")


def problems(
    specs: Sequence[Path], folders: Sequence[Path], read: Mapping[str, Source]
) -> tuple[tuple[Diagnostic, ...], dict[str, Source]]:
    """What is wrong in the packs in the library/ of `specs` that are not among the files `read`, and the sources to
    show it. `folders`: where the packs lie that they use."""
    known = {Path(name).resolve() for name in read}
    libraries = [spec / spec_files.LIBRARY for spec in specs if spec.is_dir()]
    paths = [path for each in libraries for path in sorted(each.rglob("*.calls")) if path.resolve() not in known]
    found: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    outline = Outline()
    for source in read.values() if paths else ():
        outline.add(spec_files.nested(source).top, BASE)
    words = _declared(outline.blocks)
    for path in paths:
        wrong, inside = _problems(path, folders, words)
        found += wrong
        sources |= inside
    return in_order(found), sources


def _problems(
    path: Path, folders: Sequence[Path], known: frozenset[str]
) -> tuple[list[Diagnostic], Mapping[str, Source]]:
    found: list[Diagnostic] = []
    file = spec_files.read_file(path, found)
    below = packs.gather([file], folders)
    found += below.found
    layers = {below.files[name].name: BASE - 2 - depth for name, depth in below.depth.items()} | {file.name: BASE - 1}
    files = sorted((*below.files.values(), file), key=lambda each: layers[each.name])
    sources = {each.name: each.source for each in files}
    outline = Outline(doubtful=set(known))
    for source in mentioned(sources.values()):
        outline.add(spec_files.nested(source).top, min(layers.values()) - 1)
    for each in files:
        found += each.layout
        outline.prefixes = below.prefixes(each.name)
        outline.add(each.top, layers[each.name])
    least = _least(outline)
    outline.add(least.top, BASE)
    place = Span(file.name, 1, 1, 1, 1)
    relations = Relations(packs={**below.names, file.name: f"{spec_files.LIBRARY}/{path.stem}"}, below=below.below)
    _, wrong = check.model(outline, str(path.parent), place, relations)
    found += [*outline.found, *wrong]
    own = [each for each in settled(found, sources) if each.primary.span.file in sources]
    return [each for each in own if not _may_be_right(each)], sources


def _may_be_right(each: Diagnostic) -> bool:
    """Whether it may be right in a spec that uses the pack."""
    open_name = each.code == "E0201" and "did you mean" not in each.help
    return open_name or each.code.startswith(_OF_A_PROJECT)


def _least(outline: Outline) -> File:
    """The blocks that the packs lack for a dataset."""
    kinds = {block.kind.words for block in outline.blocks}
    titles = {block.title for block in outline.blocks}
    lacking = [text for name, text in _LEAST.items() if name not in kinds and name not in titles]
    return spec_files.nested(Source("(the least spec)", "\n".join(lacking)))


def _declared(blocks: Sequence[Block]) -> frozenset[str]:
    """The names of the project, and of the values of its fields."""
    names = collect(list(blocks), frozenset())
    members = {member for field in names.fields.values() for member in field.members}
    return frozenset({block.id for block in blocks if block.id} | members | set(names.fields))
