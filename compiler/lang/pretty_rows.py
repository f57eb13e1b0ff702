"""Rows of canonical text, each with the place where it was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.lang import canon
from compiler.lang import model as m
from compiler.lang.show import expression, quoted
from compiler.source import Span


class Row(str):
    """A line of text; `span` is the place of the line that says it, None where no line does."""

    __slots__ = ("span",)
    span: Span | None

    def __new__(cls, text: str, span: Span | None = None) -> Row:
        row = super().__new__(cls, text)
        row.span = span
        return row


Rows = list[Row]


class Said:
    """The places of what is said of one thing, such as ("volume", "") or ("field", "AWT")."""

    def __init__(self, origins: Mapping[object, Span], *owner: str) -> None:
        self.origins = origins
        self.owner = owner

    def at(self, *slot: str, guard: m.Expr | None = None) -> Span | None:
        """The place of a fact; without a slot, that of the block's first line."""
        return self.origins.get((self.owner, slot, canon.key(guard)))

    def row(self, name: str, value: object, guard: m.Expr | None = None) -> Row:
        """`name: value when guard`."""
        return Row(f"{name}: {value}{when(guard)}", self.at(name, guard=guard))

    def only_when(self, guard: m.Expr | None) -> Rows:
        return [] if guard is None else [Row(f"only when {expression(guard)}", self.at("only when"))]

    def header(self, words: str, id: str = "", label: str = "", doc: str = "") -> Rows:
        """A block's docs and its first line; the label only where it is not the id with spaces."""
        shown = f" {quoted(label)}" if label and label != id.replace("_", " ") else ""
        return [*docs(doc), Row(f"{words} {id}{shown}".rstrip(), self.at())]


def docs(text: str) -> Rows:
    return [Row(f"## {row}".rstrip()) for row in text.split("\n")] if text else []


def is_doc(row: Row) -> bool:
    return row.lstrip().startswith("##")


def indented(rows: Iterable[Row], levels: int = 1) -> Rows:
    return [Row("  " * levels + row, row.span) for row in rows]


def when(guard: m.Expr | None) -> str:
    return "" if guard is None else f" when {expression(guard)}"


def listed(origins: Mapping[object, Span], span: Span | None, pairs: Iterable[tuple[str, str]]) -> Rows:
    """The rows of a list that stands at `span`: (name, whole text) each."""
    return [Row(text, origins.get((span, name), span)) for name, text in pairs]
