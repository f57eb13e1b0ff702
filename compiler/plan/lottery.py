"""A race whose weights stand in tables: what shares.race does row by row, with one look-up a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import luck
from compiler.plan.shares import Codes
from compiler.rng import Keys

_room = local()


@dataclass(frozen=True)
class Desk:
    """Room for the steps of a race, used over and over."""

    time: luck.Singles
    slow: luck.Singles
    best: luck.Singles
    codes: NDArray[np.int32]  # as bytes where the members are few, else whole
    numbers: NDArray[np.int32]
    better: NDArray[np.bool_]


def _desk() -> Desk:
    desk: Desk | None = getattr(_room, "desk", None)
    if desk is None:
        n = luck.BLOCK
        desk = _room.desk = Desk(*(np.empty(n, dtype) for dtype in ("f4", "f4", "f4", "i4", "i4", "?")))
    return desk


class Lottery:
    """The members of one race, with the weight of each for each combination of what they depend on."""

    def __init__(self, name: str, ids: Sequence[str], weights: Sequence[Any], size: int) -> None:
        self.name = name
        slow = [np.broadcast_to(luck.slowness(weight), (size,)) for weight in weights]
        self.never = tuple(bool(np.isinf(column).all()) for column in slow)
        running = [i for i in range(len(ids)) if not self.never[i]]
        open_ = np.array([~np.isinf(slow[i]) for i in running]).reshape(len(running), size)
        count = open_.sum(axis=0)
        self.somebody = bool((count > 0).all())  # in every combination there is a member with a weight
        self.settled: NDArray[np.int64] | None = None
        if (count <= 1).all():  # nobody competes: the combination decides
            codes = np.array([*running, -1], dtype=np.int64)
            self.settled = codes[np.where(count > 0, open_.argmax(axis=0) if running else 0, -1)]
        self.kind: Any = np.int8 if len(ids) < 128 else np.int32
        self.runners = []
        for k, i in enumerate(running):
            alone = bool((count[open_[k]] == 1).all())  # where it runs, nobody else does: its time does not matter
            values = np.where(open_[k], np.float32(0.0), np.float32(np.inf)) if alone else slow[i]
            table = None if bool((values == values[0]).all()) else np.ascontiguousarray(values, dtype=np.float32)
            self.runners.append((i, ids[i], alone, values[0], table))

    def draw(self, who: Keys, number: NDArray[np.int64] | None) -> Codes:
        """The winner's code for each row, -1 where nobody has a weight; `number` is the row's combination."""
        if self.settled is not None:
            return np.full(len(who), self.settled[0]) if number is None else self.settled[number]
        found = np.empty(len(who), dtype=np.int64)
        for first in range(0, len(who), luck.BLOCK):
            rows = slice(first, first + luck.BLOCK)
            self._block(who[rows], None if number is None else number[rows], found[rows])
        return found

    def _block(self, who: Keys, number: Any, out: Codes) -> None:
        count = len(who)
        desk = _desk()
        time, slow, best = desk.time[:count], desk.slow[:count], desk.best[:count]
        better = desk.better[:count]
        code, mine = (room.view(self.kind)[:count] for room in (desk.codes, desk.numbers))
        board = luck.halves(who, self.name)
        best.fill(np.inf)
        leads = True
        for i, member, alone, constant, table in self.runners:
            into = best if leads else time
            if alone and table is not None:
                table.take(number, out=into, mode="clip")
            else:
                luck.waits(board, member, into)
                if table is None:
                    np.multiply(into, constant, out=into)
                else:
                    table.take(number, out=slow, mode="clip")
                    np.multiply(into, slow, out=into)
            if leads:
                code.fill(i)
                leads = False
                continue
            np.less(time, best, out=better)
            np.minimum(best, time, out=best)
            np.multiply(better.view(np.int8), self.kind(i), out=mine)
            np.maximum(code, mine, out=code)
        np.copyto(out, code)
        if not self.somebody:
            out[np.isinf(best)] = -1

    def board(self, who: Keys, number: Any) -> luck.Singles:
        """Member x row: the times, infinite for who has no weight."""
        found = np.full((len(self.never), len(who)), np.inf, dtype=np.float32)
        lots = luck.halves(who, self.name)
        for i, member, alone, constant, table in self.runners:
            if alone and table is not None:
                found[i] = table[number]
                continue
            luck.waits(lots, member, found[i])
            found[i] *= constant if table is None else table.take(number, mode="clip")
        return found


def first_of(board: luck.Singles) -> Codes:
    """The member with the smallest time in each column, -1 where all are infinite."""
    best = np.full(board.shape[1], np.inf, dtype=np.float32)
    code = np.zeros(board.shape[1], dtype=np.int16)
    for i, time in enumerate(board):
        np.maximum(code, (time < best) * np.int16(i), out=code)
        np.minimum(best, time, out=best)
    return np.where(np.isinf(best), -1, code.astype(np.int64))
