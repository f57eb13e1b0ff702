"""Two texts of a spec -> whether they say the same, with the same docs and the same comments in the same order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import TypeVar, cast

from compiler.lang.fmt.layout import comment
from compiler.lang.fmt.rows import Code, Comment, Rows
from compiler.lang.parse import sentence
from compiler.lang.syntax import Lit, Mistake, Sentence
from compiler.lang.tree import Line

T = TypeVar("T")


def difference(before: Rows, after: Rows) -> str:
    """What of `before` is not in `after`, in words; empty where nothing is lost and nothing was added.

    Finer than comparing facts: each line must read as the same sentence, below the same line, with the same docs.
    Blocks with mistakes are not looked at.
    """
    if _comments(before) != _comments(after):
        return "a comment would be lost or change"
    if _tree(before.good) != _tree(after.good):
        return "a line would say something else"
    return ""


def _comments(rows: Rows) -> list[str]:
    texts = (row.remark if isinstance(row, Code) else row.text for row in rows.rows if isinstance(row, Code | Comment))
    return [comment(text) for text in texts if text]


def _tree(lines: Iterable[Line]) -> list[object]:
    return [(said(line.text), line.docs, _tree(line.children)) for line in lines]


@lru_cache(maxsize=65_536)
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
