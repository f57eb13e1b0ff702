"""A race whose weights stand in tables: what shares.race does row by row, with one look-up a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import luck
from compiler.luck import Halves
from compiler.plan.frame import narrow
from compiler.plan.shares import Codes

_RACE = -2  # what stands for a code where several members compete
_room = local()


@dataclass(frozen=True)
class Desk:
    """Room for the steps of a race, used over and over."""

    time: luck.Singles
    slow: luck.Singles
    best: luck.Singles
    numbers: NDArray[np.int32]  # as bytes where the members are few, else whole
    better: NDArray[np.bool_]


def _desk() -> Desk:
    desk: Desk | None = getattr(_room, "desk", None)
    if desk is None:
        n = luck.BLOCK
        desk = _room.desk = Desk(*(np.empty(n, dtype) for dtype in ("f4", "f4", "f4", "i4", "?")))
    return desk


@dataclass(frozen=True)
class Runner:
    """A member that has a weight somewhere; `table` has its slowness by combination, None where it is `constant`."""

    place: int
    code: NDArray[Any]
    member: str
    constant: NDArray[np.float32]
    table: luck.Singles | None


class Lottery:
    """The members of one race, with the weight of each for each combination of what they depend on."""

    def __init__(self, name: str, ids: Sequence[str], weights: Sequence[Any], size: int) -> None:
        self.name, self.count = name, len(ids)
        given = np.empty((len(ids), size))
        for row, weight in zip(given, weights, strict=True):
            row[:] = weight
        slow: luck.Singles = luck.slowness(given)
        open_ = ~np.isinf(slow)
        count = open_.sum(axis=0)
        self.somebody = bool((count > 0).all())  # in every combination there is a member with a weight
        self.kind: Any = narrow(len(ids))
        only = open_.argmax(axis=0) if ids else 0
        self.settled = np.where(count > 1, _RACE, np.where(count > 0, only, -1)).astype(self.kind)
        self.always = bool((count > 1).all())  # several compete in every combination
        self.runners = [self._runner(i, ids[i], slow[i]) for i in np.flatnonzero(open_.any(axis=1)).tolist()]
        compete = (open_ & (count > 1)).any(axis=1)
        self.racing = [runner for runner in self.runners if compete[runner.place]]

    def _runner(self, i: int, member: str, slow: luck.Singles) -> Runner:
        table = None if bool((slow == slow[0]).all()) else slow
        return Runner(i, np.array(i, self.kind), member, np.array(slow[0], np.float32), table)

    def draw(self, of: Halves, number: NDArray[np.int64] | None) -> NDArray[Any]:
        """The winner's code for each row, -1 where nobody has a weight, in bytes where they do (`kind`); `number` is
        the row's combination."""
        if self.always:
            return self._raced(of, number)
        if number is None:
            return np.full(len(of), self.settled[0])
        found = self.settled.take(number, mode="clip")
        rows = np.flatnonzero(found == _RACE)
        if len(rows):
            found[rows] = self._raced(of[rows], number[rows])
        return found

    def _raced(self, of: Halves, number: NDArray[np.int64] | None) -> NDArray[Any]:
        """The same for rows in which several compete."""
        found = np.empty(len(of), self.kind)
        for first in range(0, len(of), luck.BLOCK):
            rows = slice(first, first + luck.BLOCK)
            self._block(of[rows], None if number is None else number[rows], found[rows])
        return found

    def _block(self, of: Halves, number: Any, code: NDArray[Any]) -> None:
        count = len(of)
        desk = _desk()
        time, slow, best = desk.time[:count], desk.slow[:count], desk.best[:count]
        better = desk.better[:count]
        mine = desk.numbers.view(self.kind)[:count]
        lots = luck.lots(of, self.name)
        for k, runner in enumerate(self.racing):
            _time(runner, lots, number, slow, time if k else best)
            if not k:
                code.fill(runner.place)
                continue
            np.less(time, best, out=better)
            np.minimum(best, time, out=best)
            np.multiply(better.view(np.int8), runner.code, out=mine)
            np.maximum(code, mine, out=code)

    def board(self, of: Halves, number: Any) -> luck.Singles:
        """Member x row: the times, infinite for who has no weight."""
        found = np.full((self.count, len(of)), np.inf, dtype=np.float32)
        lots = luck.lots(of, self.name)
        slow = np.empty(len(of), dtype=np.float32)
        for runner in self.runners:
            _time(runner, lots, number, slow, found[runner.place])
        return found


def _time(runner: Runner, lots: luck.Lots, number: Any, slow: luck.Singles, out: luck.Singles) -> None:
    """When the runner arrives, for each row; `slow` is room to work in."""
    luck.waits(lots, runner.member, out)
    if runner.table is None:
        np.multiply(out, runner.constant, out=out)
    else:
        np.multiply(out, runner.table.take(number, out=slow, mode="wrap"), out=out)


def first_of(board: luck.Singles) -> Codes:
    """The member with the smallest time in each column, -1 where all are infinite."""
    best = np.full(board.shape[1], np.inf, dtype=np.float32)
    code = np.zeros(board.shape[1], dtype=np.int16)
    for i, time in enumerate(board):
        np.maximum(code, (time < best) * np.int16(i), out=code)
        np.minimum(best, time, out=best)
    return np.where(np.isinf(best), -1, code.astype(np.int64))
