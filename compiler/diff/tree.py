"""Canonical text -> a tree of facts, each with a key by which its block knows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from compiler.lang.schema import KINDS

ORDERED = ("decide", "scenario", "phase")  # blocks in which the order of lines counts
LISTS = ("starts as one of", "starts as weights", "one of", "otherwise one of", "by weekday")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_LABEL = re.compile(r' "(?:\\.|[^"\\])*"$')
_VERB = re.compile(r"^(.*?) ?(rises by|falls by|is multiplied by|becomes|stays within|starts at|starts as|is) ")
_SAME = {"rises by": "moves", "falls by": "moves", "starts at": "starts", "starts as": "starts"}
_HEADS = tuple(sorted(KINDS, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the canonical text with all that stands below it. `doc` is the text of its `##` lines, `place`
    where it was said, `head` its key without the condition."""

    key: str
    head: str
    text: str
    doc: tuple[str, ...]
    place: str
    below: tuple[Line, ...]

    @property
    def ordered(self) -> bool:
        return self.text.split(" ")[0] in ORDERED

    @property
    def shares(self) -> bool:
        """Whether the lines below add up to 100 %."""
        return self.text.startswith(("starts as one of", "one of", "otherwise one of"))


def tree(text: str, places: Sequence[str]) -> tuple[Line, ...]:
    """The top blocks of a canonical text; `places` has an entry a line (fewer: the rest is unknown)."""
    rows = text.split("\n")
    numbered = [(i, row) for i, row in enumerate(rows) if row.strip()]
    said = [places[i] if i < len(places) else "" for i, _ in numbered]
    return _lines([row for _, row in numbered], said, 0, None)


def _lines(rows: Sequence[str], places: Sequence[str], level: int, parent: str | None) -> tuple[Line, ...]:
    """The lines that begin at `level`, from rows that are all at that level or deeper."""
    starts = [i for i, row in enumerate(rows) if _level(row) == level]
    found: list[Line] = []
    doc: list[str] = []
    for begin, end in pairwise([*starts, len(rows)]):
        text = rows[begin].strip()
        if text.startswith("##"):
            doc.append(text)
            continue
        below = _lines(rows[begin + 1 : end], places[begin + 1 : end], level + 1, text)
        key, head = _key(text, parent, bool(below))
        found.append(Line(key, head, text, tuple(doc), places[begin], below))
        doc = []
    return _numbered(found)


def _level(row: str) -> int:
    return (len(row) - len(row.lstrip(" "))) // 2


def _numbered(lines: list[Line]) -> tuple[Line, ...]:
    """Lines that may stand several times in a block are told apart by their number."""
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        number = seen[line.key] = seen.get(line.key, 0) + 1
        key = line.key if number == 1 else f"{line.key} #{number}"
        found.append(Line(key, line.head, line.text, line.doc, line.place, line.below))
    return tuple(found)


def _key(text: str, parent: str | None, block: bool) -> tuple[str, str]:
    """(key, key without the condition) of a line below `parent`."""
    rest, guard = _parted(text)
    head = _head(rest, parent, block)
    return (f"{head} when {guard}" if guard else head), head


def _head(text: str, parent: str | None, block: bool) -> str:
    if parent is not None and parent.startswith(LISTS):
        return _LABEL.sub("", text.rpartition(": ")[0] if ": " in text else text)
    plain = _QUOTED.sub(lambda found: "_" * len(found[0]), text)
    if parent is not None and parent.startswith("checks "):
        return f"check {plain.partition(' ')[0].rstrip(':')}"
    if block or plain.startswith("act "):
        words = next((words for words in _HEADS if plain == words or plain.startswith(f"{words} ")), None)
        if words is not None and ": " not in plain:
            return " ".join((words, *plain[len(words) + 1 :].split(" ")[:1])).strip()
    if plain.startswith("only when "):
        return "only when"
    name, colon, _ = plain.partition(":")
    if colon:
        return f"{_LABEL.sub('', text[: len(name)])}:"
    verb = _VERB.match(f"{plain} ")
    if verb:
        return f"{verb[1]} {_SAME.get(verb[2], verb[2])}".strip()
    return _LABEL.sub("", text)


def _parted(text: str) -> tuple[str, str]:
    """A line and its condition: `AWT rises by 5s when outage` -> (`AWT rises by 5s`, `outage`)."""
    plain = _QUOTED.sub(lambda found: "_" * len(found[0]), text)
    at = plain.find(" when ")
    if at < 0 or plain.startswith("only when "):
        return text, ""
    return text[:at], text[at + 6 :]
