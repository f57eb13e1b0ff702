"""Two plans -> stretches of whole days of both, a stretch at a time, whatever parts the plans come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler.plan.frame import Frame
from compiler.plan.part import Part
from compiler.plan.plan import MOST_AT_ONCE, Plan
from compiler.plan.settle import Ints
from compiler.rng import Keys

Truths = NDArray[np.bool_]
SIZE = 65_536  # calls at a time


@dataclass(frozen=True)
class Rows:
    """Consecutive calls of a plan. `first` is the place of the first in the plan; `follows[row]` the key of the call
    that a row follows where `followed[row]`; `date` ordinals."""

    frame: Frame
    first: int
    follows: Keys
    followed: Truths
    date: Ints

    @property
    def count(self) -> int:
        return self.frame.count

    @property
    def who(self) -> Keys:
        return self.frame.who

    def cut(self, begin: int, end: int) -> Rows:
        some = slice(begin, end)
        return Rows(self.frame.take(some), self.first + begin, self.follows[some], self.followed[some], self.date[some])


def side_by_side(old: Plan, new: Plan, size: int = SIZE) -> Iterator[tuple[Rows, Rows]]:
    """All calls of both plans; both of a pair hold the same days whole (a side may have none of them)."""
    left, right = _Reader(old, size), _Reader(new, size)
    while True:
        until = min(left.known, right.known)
        pair = left.take(until), right.take(until)
        if pair[0].count or pair[1].count:
            yield pair
        elif left.done and right.done:
            return
        else:
            (left if left.known <= right.known else right).more()


class _Reader:
    """What is read of a plan and not given out yet. All days up to `known` (an ordinal) are read whole."""

    def __init__(self, plan: Plan, size: int) -> None:
        self.parts = _runs(plan, size) if int(plan.days.rows[-1]) <= MOST_AT_ONCE else _drawn(plan, size)
        self.rest: list[Rows] = []
        self.empty = Rows(Frame(0, np.zeros(0, dtype=np.uint64), plan.scope, plan.days), 0,
                          np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64))
        self.known, self.done = 0.0, False
        self.more()

    def more(self) -> None:
        found = next(self.parts, None)
        if found is None:
            self.known, self.done = float("inf"), True
        else:
            self.rest.append(found[0])
            self.known = found[1]

    def take(self, until: float) -> Rows:
        """The calls of the days up to `until`."""
        found = []
        while self.rest and float(self.rest[0].date[0] if self.rest[0].count else 0) <= until:
            rows = self.rest.pop(0)
            end = int(np.searchsorted(rows.date, until, side="right"))
            found += [rows.cut(0, end) if end < rows.count else rows]
            if end < rows.count:
                self.rest.insert(0, rows.cut(end, rows.count))
                break
        return _joined([rows for rows in found if rows.count]) or self.empty


def _runs(plan: Plan, size: int) -> Iterator[tuple[Rows, float]]:
    """Whole days of a plan whose columns are all there, as views of them; and the last day of each stretch."""
    frame, follows = plan.frame, plan.links.follows
    ends = np.clip(plan.days.rows, plan.first_row, plan.last_row)
    begin = 0
    for day in range(plan.days.count):
        if ends[day + 1] - ends[begin] < size and day + 1 < plan.days.count:
            continue
        some = slice(int(ends[begin]), int(ends[day + 1]))
        if some.start < some.stop:
            date = plan.days.date.astype(np.int64)[frame.columns["day"][some]]
            first, place = follows[some], some.start - plan.first_row
            yield Rows(frame.take(some), place, frame.who[first], first >= 0, date), float(date[-1])
        begin = day + 1


def _drawn(plan: Plan, size: int) -> Iterator[tuple[Rows, float]]:
    """The calls of a plan as they are drawn; and the last day that is whole by then."""
    for rows in map(_rows, plan.parts(size)):
        yield rows, float(rows.date[-1]) - 1


def _rows(part: Part) -> Rows:
    date = part.frame.days.date.astype(np.int64)[part.frame.columns["day"]]
    return Rows(part.frame, part.first, part.follows, part.followed, date)


def _joined(pieces: Sequence[Rows]) -> Rows | None:
    if len(pieces) < 2:
        return pieces[0] if pieces else None
    first = pieces[0].frame
    frame = Frame(sum(piece.count for piece in pieces), np.concatenate([piece.who for piece in pieces]), first.scope,
                  first.days)
    frame.columns = {name: np.concatenate([piece.frame.columns[name] for piece in pieces]) for name in first.columns}
    frame.masks = {name: np.concatenate([piece.frame.masks[name] for piece in pieces]) for name in first.masks}
    return Rows(frame, pieces[0].first, *(np.concatenate([getattr(piece, name) for piece in pieces])
                                          for name in ("follows", "followed", "date")))


def matched(old: Keys, new: Keys) -> tuple[Ints, Ints] | None:
    """Which rows are the same call, in the old order; None where all are, row by row."""
    if len(old) == len(new) and np.array_equal(old, new):
        return None
    _, left, right = np.intersect1d(old, new, assume_unique=True, return_indices=True)
    order = np.argsort(left, kind="stable")
    return left[order], right[order]
