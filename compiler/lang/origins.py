"""Standing blocks and facts -> where each line of the effective spec was said; a place -> its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compiler.lang.facts import Fact, Owner, owner_of
from compiler.lang.outline import Block
from compiler.source import Span

DEFAULT = "default"
Key = tuple[Owner, tuple[str, ...], str]  # a fact's key; ((kind, id), (), "") is a block's first line


def of(blocks: Iterable[Block], facts: Iterable[Fact]) -> dict[object, Span]:
    """Key -> the place of the line that says it. The rows of a list are known by (place of the list, row's name)."""
    found: dict[object, Span] = {}
    for block in blocks:
        found.setdefault((owner_of(block), (), ""), block.line.span())
        for statement in block.statements:
            if statement.rows:
                for row in statement.rows:
                    found[statement.span(), " ".join(row.said.words)] = row.line.span()
                found.setdefault((owner_of(block), statement.said.words, ""), statement.span())
    for fact in facts:
        found[fact.key] = fact.span
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """How the place of a line is said: `overlays` and `packs` by file, everything else by its file and line.
    `left_out`: the files of overlays that were not chosen."""

    overlays: Mapping[str, str] = field(default_factory=dict)
    packs: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    def words(self, span: Span | None) -> str:
        """`overlay September: specs/september.calls:9`, `library/retail_banking:30`, `specs/kpis.calls:12`, `--set`;
        `default` for what no line says."""
        if span is None or span.file.startswith("("):  # a standard block
            return DEFAULT
        if span.file.startswith("--"):
            return span.file
        if span.file in self.packs:
            return f"{self.packs[span.file]}:{span.line}"
        place = f"{span.file}:{span.line}"
        return f"overlay {self.overlays[span.file]}: {place}" if span.file in self.overlays else place
