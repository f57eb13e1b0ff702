"""`banking.AWT`: whether the pack with that prefix has such a name, and the prefix is free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.diag import Diagnostic
from compiler.lang import errors
from compiler.lang.names import Names, collect
from compiler.lang.outline import Block, Outline
from compiler.lang.packs import Packs, Use, prefixed
from compiler.lang.parse import sentence
from compiler.lang.spec_files import File
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Sentence
from compiler.lang.tree import Line
from compiler.source import Span

_RESERVED = ("agent",)  # `agent.gender`


def check(outline: Outline, packs: Packs, files: Sequence[File]) -> list[Diagnostic]:
    """What is wrong with the prefixes that the files give and use. A name that nobody has is not told here."""
    found: list[Diagnostic] = []
    everybody = _said(outline.blocks)
    legal: dict[str, frozenset[str]] = {}
    for file in files:
        given = {use.alias: use for use in packs.uses.get(file.name, ()) if use.alias}
        for use in given.values():
            found += _taken(use, outline)
        for line in _all(file.top) if given else ():
            found += _foreign(line, given, packs, outline, everybody, legal)
    return found


def _taken(use: Use, outline: Outline) -> Iterator[Diagnostic]:
    """A prefix that is the name of something else."""
    span = use.line.span(use.said.head[0].at)
    if use.alias in _RESERVED:
        yield errors.prefix_is_a_name(span, use.alias, None)
        return
    block = next((block for block in outline.blocks if block.id == use.alias and not block.removes), None)
    if block is not None:
        yield errors.prefix_is_a_name(span, block.kind.words, block.id_span())


def _foreign(
    line: Line, given: dict[str, Use], packs: Packs, outline: Outline, everybody: frozenset[str],
    legal: dict[str, frozenset[str]],
) -> Iterator[Diagnostic]:  # fmt: skip
    """Names of a line whose prefix is that of a pack without such a name."""
    said = sentence(line.text)
    if not isinstance(said, Sentence):
        return
    for name in prefixed(said, frozenset(given)):
        alias, word = name.parts[:2]
        file = packs.files[given[alias].pack].name
        if file not in legal:
            inside = packs.below[file] | {file}
            legal[file] = _said([block for block in outline.blocks if block.line.file in inside])
        if word in everybody and word not in legal[file]:
            place: Span = line.span(name.at)
            yield errors.not_in_pack(place, alias, word, nearest(word, legal[file]))


def _said(blocks: Sequence[Block]) -> frozenset[str]:
    """All names that blocks declare: their own, those of values, those of groups."""
    names: Names = collect(list(blocks), frozenset())
    members = {member for known in names.fields.values() for member in known.members}
    ids = {block.id for block in blocks if block.id and not block.removes}
    return frozenset(ids | members | set(names.fields))


def _all(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from _all(line.children)
