"""Two texts of a spec -> whether they say the same, with the same docs and the same comments in the same order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from compiler.lang.fmt.layout import comment
from compiler.lang.fmt.rows import Code, Comment, Kept, Rows, read
from compiler.lang.parse import sentence
from compiler.lang.syntax import Lit, Mistake, Sentence
from compiler.lang.tree import Line, nest
from compiler.source import Source

T = TypeVar("T")


def difference(before: Source, after: Source) -> str:
    """What of `before` is not in `after`, in words; empty where nothing is lost and nothing was added.

    Finer than comparing facts: each line must read as the same sentence, below the same line, with the same docs.
    """
    old, new = read(before), read(after)
    if _kept(old) != _kept(new):
        return "a block with a mistake in it would change"
    if _comments(old) != _comments(new):
        return "a comment would be lost or change"
    if not old.found and _tree(nest(before)[0]) != _tree(nest(after)[0]):
        return "a line would say something else"
    if _sentences(old) != _sentences(new):
        return "a line would say something else"
    return ""


def _kept(rows: Rows) -> list[str]:
    return [row.text for row in rows.rows if isinstance(row, Kept)]


def _comments(rows: Rows) -> list[str]:
    texts = (row.remark if isinstance(row, Code) else row.text for row in rows.rows if isinstance(row, Code | Comment))
    return [comment(text) for text in texts if text]


def _sentences(rows: Rows) -> list[Sentence | Mistake]:
    return [said(row.text) for row in rows.rows if isinstance(row, Code)]


def _tree(lines: Iterable[Line]) -> list[object]:
    return [(said(line.text), line.docs, _tree(line.children)) for line in lines]


def said(text: str) -> Sentence | Mistake:
    """What the line says, however its figures are grouped; figures that are names stay as they are."""
    whole = sentence(text)
    if isinstance(whole, Mistake):
        return whole
    return replace(whole, values=_ungrouped(whole.values), guard=_ungrouped(whole.guard))


def _ungrouped(node: T) -> T:
    if isinstance(node, Lit):
        return cast(T, replace(node, text=node.text.replace("_", "")))
    if isinstance(node, tuple):
        return cast(T, tuple(map(_ungrouped, node)))
    if is_dataclass(node) and not isinstance(node, type):
        return cast(T, replace(node, **{each.name: _ungrouped(getattr(node, each.name)) for each in fields(node)}))
    return node
