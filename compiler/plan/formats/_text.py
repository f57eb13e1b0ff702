"""Columns -> JSON texts of whole records, folded: what has few values is written once a value, not once a call.

Each column gives a strand: either codes with a text for each, or a text a row. Strands of codes that stand side by
side are folded into one, whose texts are made when a combination is first seen. A record is then a handful of
pieces side by side, and nobody makes a dict, or an object a text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from compiler.plan import cells as c
from compiler.plan.formats import _digits
from compiler.plan.formats._beside import Piece, Texts, beside, by_row, chosen, run_on, texts_of

JOINT = 1 << 12  # combinations that a folded strand may have
LONE = 1 << 17  # values that a strand of its own may have; with more, texts are made for each row
RUN = 1024  # texts that are put together at once: so many stay close to the processor
SPARE = 8  # a range of numbers that has to grow grows by this part of itself more


@dataclass(frozen=True)
class Style:
    """How records are laid out: before the first key, between values, after a key, after the last value."""

    begin: str
    between: str
    colon: str
    end: str
    dump: Callable[[Any], str]

    def key(self, name: str, first: bool) -> str:
        return (self.begin if first else self.between) + self.dump(name) + self.colon


_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_PAGE = json.JSONEncoder(ensure_ascii=False, indent=2)
COMPACT = Style("{", ",", ":", "}\n", _LINE.encode)
INDENTED = Style("{\n  ", ",\n  ", ": ", "\n}\n", lambda value: _PAGE.encode(value).replace("\n", "\n  "))


@dataclass(frozen=True)
class Fold:
    """codes 0..size-1, and what gives the texts of some codes; `name` tells it from others, also of another size."""

    name: str
    codes: c.Ints
    size: int
    texts: Callable[[c.Ints], Texts]


Strand = Fold | Piece
Names = tuple[tuple[str, int], ...]  # of the folds side by side, with their sizes


class Known:
    """The texts of a fold by code, each made when it is first asked for: until then its width is -1."""

    def __init__(self, size: int) -> None:
        self.texts = Texts(np.zeros((size, 0), dtype=np.uint8), np.full(size, -1))

    def add(self, codes: c.Ints, made: Texts) -> None:
        content, widths = self.texts.content, self.texts.widths
        most = int(made.widths.max())
        if most > content.shape[1]:
            content = np.zeros((len(widths), most), dtype=np.uint8)
            content[:, : self.texts.content.shape[1]] = self.texts.content
        fits = min(most, made.content.shape[1])
        content[codes, :fits] = made.content[:, :fits]
        widths[codes] = made.widths
        self.texts = Texts(content, widths)


@dataclass
class Encoder:
    """One for all parts of a plan: it keeps the texts that it has made."""

    style: Style
    tables: dict[Names, Known] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)

    def runs(self, table: c.Table) -> Iterator[tuple[memoryview, c.Ints]]:
        """The texts of all rows, one after the other, a run of them at a time; and where each of them ends."""
        pieces = self._pieces(table)
        count = len(pieces[0].widths)
        for begin in range(0, count, RUN):
            run, ends = run_on(beside(pieces, begin, min(begin + RUN, count)))
            yield run.data, ends

    def each(self, table: c.Table) -> list[bytes]:
        """The text of each row."""
        found: list[bytes] = []
        for run, ends in self.runs(table):
            found += cut(bytes(run), ends)
        return found

    def _pieces(self, table: c.Table) -> list[Piece]:
        found: list[Piece] = []
        side: list[Fold] = []
        strands = [self._strand(name, cells, i == 0) for i, (name, cells) in enumerate(table.items())]
        end = Fold("", np.zeros(_count(strands), dtype=np.int64), 1, _by_one(lambda _: self.style.end))
        for strand in (*strands, end):
            fits = isinstance(strand, Fold) and strand.size * _product(side) <= JOINT
            if not fits and side:
                found.append(self._folded(side))
                side = []
            if isinstance(strand, Fold):
                side.append(strand)
            else:
                found.append(strand)
        return [*found, self._folded(side)]

    def _folded(self, side: list[Fold]) -> Piece:
        """The joint texts of strands that stand side by side."""
        if len(side) == 1 and side[0].size > LONE:
            distinct, place = np.unique(side[0].codes, return_inverse=True)
            return chosen(side[0].texts(distinct), place)
        return self._looked_up(side, _joint(side))

    def _looked_up(self, side: list[Fold], codes: c.Ints) -> Piece:
        """The texts of the codes; those that nobody has asked for yet are made, and kept."""
        name = tuple((one.name, one.size) for one in side)
        known = self.tables.get(name)
        if known is None:
            known = self.tables[name] = Known(_product(side))
        piece = chosen(known.texts, codes)
        if piece.widths.min(initial=0) >= 0:
            return piece
        new = np.unique(codes[piece.widths < 0])
        known.add(new, side[0].texts(new) if len(side) == 1 else self._together(side, new))
        return chosen(known.texts, codes)

    def _together(self, side: list[Fold], codes: c.Ints) -> Texts:
        """Joint texts out of those of each strand."""
        pieces, left = [], codes
        for one in reversed(side):
            left, own = np.divmod(left, one.size)
            pieces.append(self._looked_up([one], own))
        return beside(pieces[::-1], 0, len(codes))

    # -------------------------------------------------------------------------------- one column

    def _strand(self, name: str, cells: c.Cells, first: bool) -> Strand:
        key, dump = self.style.key(name, first), self.style.dump
        before = key.encode()
        match cells:
            case c.Category(codes, ids):
                return Fold(name, c.one_up(codes), len(ids) + 1,
                            _by_one(lambda i: key + dump(ids[i - 1] if i else None)))
            case c.Day(codes, days):
                return Fold(name, codes, len(days), _by_one(lambda i: key + dump(days[i].isoformat())))
            case c.Truth(_, there):
                size = 2 if there is None else 3
                return Fold(name, _answer(cells), size, _by_one(lambda i: key + dump(i == 1) if i < 2 else ""))
            case c.Checks(parts):
                size = 2 if all(part.there is None for _, part in parts) else 3
                return Fold(name, _answers(parts, size), size ** len(parts),
                            _by_one(lambda i: key + dump(_passed(parts, i, size))))
            case c.Several(codes, ids):
                return Fold(name, _places(codes, len(ids)), (len(ids) + 1) ** codes.shape[1],
                            _by_one(lambda i: key + dump(_listed(ids, i))))
            case c.Whole(values, there):
                return self._number(name, values, 0, there, key)
            case c.Number(values, there, decimals):
                return self._float(name, values, decimals, there, key)
            case c.Numbered(prefix, values, width):
                return by_row(_digits.whole_texts(values, before + b'"' + prefix.encode(), width, b'"'))
            case c.Identity():
                return by_row(_identities(cells, before))
            case c.Moment():
                return by_row(_digits.moment_texts(cells, before + b'"', b'"'))

    def _float(self, name: str, values: Any, decimals: int | None, there: Any, key: str) -> Strand:
        """By scaled integers where the spec says how many decimals, else value by value."""
        if there is not None:
            values = np.where(there, values, 0.0)
        places = max(decimals, 1) if decimals is not None else None  # a float keeps its point: 90.0
        whole = _digits.scaled(values, places)
        if whole is not None and places is not None:
            return self._number(name, whole, places, there, key)
        bits, place = np.unique(np.ascontiguousarray(values).view(np.int64), return_inverse=True)  # -0.0 is not 0.0
        found = texts_of([b"", *((key + json.dumps(value)).encode() for value in bits.view(np.float64).tolist())])
        return chosen(found, place + 1 if there is None else np.where(there, place + 1, 0))

    def _number(self, name: str, whole: c.Ints, decimals: int, there: Any, key: str) -> Strand:
        """Numbers in a narrow range are codes; code 0 is absent."""
        if there is not None:
            whole = np.where(there, whole, whole[np.argmax(there)])  # any that is there
        low, high = self._range(name, int(whole.min()), int(whole.max()))
        if high - low >= LONE - 1:
            return by_row(_present(_digits.decimal_texts(whole, decimals, key.encode()), there))
        codes = whole - (low - 1) if there is None else np.where(there, whole - (low - 1), 0)

        def texts(some: c.Ints) -> Texts:
            return _present(_digits.decimal_texts(some + low - 1, decimals, key.encode()), some > 0)

        return Fold(f"{name} from {low}", codes, high - low + 2, texts)

    def _range(self, name: str, low: int, high: int) -> tuple[int, int]:
        """The range seen so far, and some more when it has to grow, so that texts are seldom made anew."""
        known = self.ranges.get(name)
        if known is None or low < known[0] or high > known[1]:
            spare = (high - low) // SPARE
            ends = (low, high) if known is None else (min(low - spare, known[0]), max(high + spare, known[1]))
            for old in [side for side in self.tables if any(one.startswith(f"{name} from") for one, _ in side)]:
                del self.tables[old]
            self.ranges[name] = ends
        return self.ranges[name]


def _count(strands: list[Strand]) -> int:
    first = strands[0]
    return len(first.codes if isinstance(first, Fold) else first.widths)


def _present(texts: Texts, there: c.Truths | None) -> Texts:
    """No text where nothing is there."""
    return texts if there is None else Texts(texts.content, np.where(there, texts.widths, 0))


def cut(run: bytes, ends: c.Ints) -> list[bytes]:
    """The texts that end there."""
    return [run[first:last] for first, last in pairwise([0, *ends.tolist()])]


def _product(side: list[Fold]) -> int:
    size = 1
    for one in side:
        size *= one.size
    return size


def _joint(side: list[Fold]) -> c.Ints:
    """One code for those of all strands."""
    codes = side[0].codes.astype(np.int64)
    for one in side[1:]:
        codes *= one.size
        codes += one.codes
    return codes


def _by_one(text: Callable[[int], str]) -> Callable[[c.Ints], Texts]:
    return lambda codes: texts_of([text(code).encode() for code in codes.tolist()])


def _identities(cells: c.Identity, before: bytes) -> Texts:
    if cells.there is None:
        return _digits.uuid_texts(cells, before + b'"', b'"')
    rows = np.flatnonzero(cells.there)
    some = _digits.uuid_texts(c.Identity(cells.high[rows], cells.low[rows], None), before + b'"', b'"')
    null = before + b"null"
    content = np.empty((len(cells.high), some.content.shape[1]), dtype=np.uint8)
    content[:, : len(null)] = np.frombuffer(null, dtype=np.uint8)
    content[rows] = some.content
    return Texts(content, np.where(cells.there, content.shape[1], len(null)))


# -------------------------------------------------------------------------------- codes of values of several parts


def _answer(cells: c.Truth) -> c.Ints:
    """0 no, 1 yes, 2 absent"""
    own = cells.values.astype(np.int64)
    return own if cells.there is None else np.where(cells.there, own, 2)


def _answers(parts: tuple[tuple[str, c.Truth], ...], size: int) -> c.Ints:
    found: Any = 0
    for _, cells in parts:
        found = found * size + _answer(cells)
    return np.asarray(found)


def _passed(parts: tuple[tuple[str, c.Truth], ...], code: int, size: int) -> dict[str, str]:
    found = []
    for name, _ in reversed(parts):
        code, own = divmod(code, size)
        found.append((name, own))
    return {name: "pass" if own else "fail" for name, own in reversed(found) if own < 2}


def _places(codes: c.Codes, members: int) -> c.Ints:
    found = np.zeros(len(codes), dtype=np.int64)
    for place in range(codes.shape[1]):
        found *= members + 1
        found += c.one_up(codes[:, place])
    return found


def _listed(ids: tuple[str, ...], code: int) -> list[str]:
    found = []
    while code:
        code, own = divmod(code, len(ids) + 1)
        found.append(own - 1)
    return [ids[i] for i in reversed(found) if i >= 0]
