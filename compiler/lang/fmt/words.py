"""The text of one logical line -> its words with the blanks where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache

from compiler.lang import syntax as s
from compiler.lang.parse import parser, sentence

_TIGHT_BEFORE = frozenset({",", ":", ")", ".", ".."})
_TIGHT_AFTER = frozenset({"(", ".", ".."})
_LONG_FIGURE = re.compile(r"(?<![\d.])[1-9][\d_]*")
_GROUPED = frozenset({"NUMBER", "PERCENT", "POINTS", "DURATION", "MONEY"})
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str  # the grammar's terminal
    text: str
    at: int


@lru_cache(maxsize=65_536)
def spaced(text: str) -> str:
    """The line with one blank between words, none where signs are tight, and long figures grouped.

    `text` is a line that can be read. The rows of a long text stay as they are.
    """
    said = sentence(text)
    assert isinstance(said, s.Sentence), text
    calls, minuses = _tight_places(said)
    names_end = said.head_at[1] if said.head else 0
    pieces: list[str] = []
    before: _Word | None = None
    for word in _words(text):
        if before is not None:
            pieces.append(_between(before, word, calls, minuses))
        pieces.append(_figure(word, before) if word.at >= names_end else word.text)
        before = word
    return "".join(pieces)


def _words(text: str) -> Iterator[_Word]:
    reading = parser().parse_interactive(text)
    for token in reading.iter_parse():
        yield _Word(token.type, str(token), token.start_pos or 0)


def _tight_places(said: s.Sentence) -> tuple[frozenset[int], frozenset[int]]:
    """Where calls begin (`min(` without a blank), and where a minus belongs to the value after it."""
    calls: set[int] = set()
    minuses: set[int] = set()
    for node in _nodes(said):
        if isinstance(node, s.Call):
            calls.add(node.at[0])
        elif isinstance(node, s.Minus):
            minuses.add(node.at[0])
    return frozenset(calls), frozenset(minuses)


def _nodes(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        for each in node:
            yield from _nodes(each)
    elif is_dataclass(node) and not isinstance(node, type):
        yield node
        for field in fields(node):
            if field.name != "at":
                yield from _nodes(getattr(node, field.name))


def _between(left: _Word, right: _Word, calls: frozenset[int], minuses: frozenset[int]) -> str:
    """What stands between two words: a blank, nothing, or two blanks where one would make money of them."""
    if left.kind == right.kind == "NUMBER" or (left.kind == "NUMBER" and right.text == "."):
        return " "  # without it they would be one figure
    if left.kind == "NAME" and right.kind == "NUMBER" and _CURRENCY.fullmatch(left.text):
        return "  "  # `ABC  20` is a name and a number, `ABC 20` would be money
    if right.text in _TIGHT_BEFORE or left.text in _TIGHT_AFTER:
        return ""
    if (right.text == "(" and left.at in calls) or (left.text == "-" and left.at in minuses):
        return ""
    return " "


def _figure(word: _Word, before: _Word | None) -> str:
    """A figure of five digits and more in groups of three; part of a name, it stays as it is."""
    if word.kind not in _GROUPED or (before is not None and before.text == "."):
        return word.text
    return _LONG_FIGURE.sub(_grouped, word.text)


def _grouped(match: re.Match[str]) -> str:
    digits = match.group().replace("_", "")
    return f"{int(digits):_}" if len(digits) > 4 else match.group()
