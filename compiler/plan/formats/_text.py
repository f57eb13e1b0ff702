"""Columns -> JSON texts of whole records, folded: what has few values is written once a value, not once a call.

Each column gives a strand: either codes with a text for each, or a text a row. Strands of codes that stand side by
side are folded into one, whose texts are made when a combination is first seen. A record is then a handful of
pieces side by side, and nobody makes a dict.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from compiler.plan import cells as c
from compiler.plan.formats import _digits
from compiler.plan.formats._digits import Texts

JOINT = 1 << 12  # combinations that a folded strand may have
LONE = 1 << 17  # values that a strand of its own may have; with more, texts are made for each row
RUN = 512  # texts that are put together at once: so many stay close to the processor
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


COMPACT = Style("{", ",", ":", "}\n", partial(json.dumps, ensure_ascii=False, separators=(",", ":")))
INDENTED = Style("{\n  ", ",\n  ", ": ", "\n}\n",
                 lambda value: json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n  "))


@dataclass(frozen=True)
class Fold:
    """codes 0..size-1, and what gives the texts of some codes; `name` tells it from others, also of another size."""

    name: str
    codes: c.Ints
    size: int
    texts: Callable[[c.Ints], Texts]


Strand = Fold | Texts
Names = tuple[tuple[str, int], ...]  # of the folds side by side, with their sizes


@dataclass
class Encoder:
    """One for all parts of a plan: it keeps the texts that it has made."""

    style: Style
    tables: dict[Names, tuple[Texts, Any]] = field(default_factory=dict)  # texts by code, and which are made
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)

    def runs(self, table: c.Table) -> Iterator[bytes]:
        """The texts of all rows, one after the other, a run of them at a time."""
        strands = self._strands(table)
        for begin in range(0, len(strands[0]), RUN):
            pieces = [strand[begin : begin + RUN].tolist() for strand in strands]
            flat: list[bytes] = [b""] * (len(pieces) * len(pieces[0]))
            for i, own in enumerate(pieces):
                flat[i :: len(pieces)] = own
            yield b"".join(flat)

    def each(self, table: c.Table) -> list[bytes]:
        """The text of each row."""
        return [b"".join(pieces) for pieces in zip(*(s.tolist() for s in self._strands(table)), strict=True)]

    def _strands(self, table: c.Table) -> list[Texts]:
        found: list[Texts] = []
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

    def _folded(self, side: list[Fold]) -> Texts:
        """The joint texts of strands that stand side by side."""
        if len(side) == 1 and side[0].size > LONE:
            distinct, place = np.unique(side[0].codes, return_inverse=True)
            return np.asarray(side[0].texts(distinct)[place])
        return self._looked_up(side, _joint(side))

    def _looked_up(self, side: list[Fold], codes: c.Ints) -> Texts:
        """The texts of the codes; those that nobody has asked for yet are made, and kept."""
        name = tuple((one.name, one.size) for one in side)
        if name not in self.tables:
            size = _product(side)
            self.tables[name] = np.full(size, b"", dtype=object), np.zeros(size, dtype=bool)
        texts, known = self.tables[name]
        if not known.take(codes).all():
            new = np.unique(codes[~known[codes]])
            texts[new] = side[0].texts(new) if len(side) == 1 else self._together(side, new)
            known[new] = True
        return np.asarray(texts.take(codes))

    def _together(self, side: list[Fold], codes: c.Ints) -> Texts:
        """Joint texts out of those of each strand."""
        pieces = []
        for one in reversed(side):
            codes, own = np.divmod(codes, one.size)
            pieces.append(self._looked_up([one], own).tolist())
        return _objects([b"".join(texts) for texts in zip(*reversed(pieces), strict=True)])

    # -------------------------------------------------------------------------------- one column

    def _strand(self, name: str, cells: c.Cells, first: bool) -> Strand:
        key, dump = self.style.key(name, first), self.style.dump
        before = key.encode()
        match cells:
            case c.Category(codes, ids):
                return Fold(name, codes + 1, len(ids) + 1, _by_one(lambda i: key + dump(ids[i - 1] if i else None)))
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
                return _digits.whole_texts(values, before + b'"' + prefix.encode(), width, b'"')
            case c.Identity():
                return _identities(cells, before)
            case c.Moment():
                return _digits.moment_texts(cells, before + b'"', b'"')

    def _float(self, name: str, values: Any, decimals: int | None, there: Any, key: str) -> Strand:
        """By scaled integers where the spec says how many decimals, else value by value."""
        if there is not None:
            values = np.where(there, values, 0.0)
        places = max(decimals, 1) if decimals is not None else None  # a float keeps its point: 90.0
        whole = _digits.scaled(values, places)
        if whole is not None and places is not None:
            return self._number(name, whole, places, there, key)
        distinct, place = np.unique(values, return_inverse=True)
        found = _texts(key + json.dumps(value) for value in distinct.tolist())[place]
        return found if there is None else np.where(there, found, b"")

    def _number(self, name: str, whole: c.Ints, decimals: int, there: Any, key: str) -> Strand:
        """Numbers in a narrow range are codes; code 0 is absent."""
        if there is not None:
            whole = np.where(there, whole, whole[np.argmax(there)])  # any that is there
        low, high = self._range(name, int(whole.min()), int(whole.max()))
        if high - low >= LONE - 1:
            found = _digits.decimal_texts(whole, decimals, key.encode())
            return found if there is None else np.where(there, found, b"")
        codes = whole - (low - 1) if there is None else np.where(there, whole - (low - 1), 0)

        def texts(some: c.Ints) -> Texts:
            return np.where(some > 0, _digits.decimal_texts(some + low - 1, decimals, key.encode()), b"")

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
    return len(first.codes) if isinstance(first, Fold) else len(first)


def _product(side: list[Fold]) -> int:
    size = 1
    for one in side:
        size *= one.size
    return size


def _joint(side: list[Fold]) -> c.Ints:
    """One code for those of all strands."""
    codes = side[0].codes
    for one in side[1:]:
        codes = codes * one.size + one.codes
    return codes


def _by_one(text: Callable[[int], str]) -> Callable[[c.Ints], Texts]:
    return lambda codes: _texts(text(code) for code in codes.tolist())


def _texts(made: Iterator[str]) -> Texts:
    return _objects([text.encode() for text in made])


def _objects(made: list[bytes]) -> Texts:
    found = np.empty(len(made), dtype=object)
    found[:] = made
    return found


def _identities(cells: c.Identity, before: bytes) -> Texts:
    if cells.there is None:
        return _digits.uuid_texts(cells, before + b'"', b'"')
    rows = np.flatnonzero(cells.there)
    found = np.full(len(cells.high), before + b"null", dtype=object)
    found[rows] = _digits.uuid_texts(c.Identity(cells.high[rows], cells.low[rows], None), before + b'"', b'"')
    return found


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


def _places(codes: c.Ints, members: int) -> c.Ints:
    found: Any = 0
    for place in range(codes.shape[1]):
        found = found * (members + 1) + codes[:, place] + 1
    return np.asarray(found)


def _listed(ids: tuple[str, ...], code: int) -> list[str]:
    found = []
    while code:
        code, own = divmod(code, len(ids) + 1)
        found.append(own - 1)
    return [ids[i] for i in reversed(found) if i >= 0]
