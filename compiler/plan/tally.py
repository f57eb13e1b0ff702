"""Parts of a plan -> sums of numbers, and who is in two calls at once; the parts come in their order."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan.frame import Frame
from compiler.plan.record import guessed_seconds, is_integer
from compiler.plan.settle import Ints
from compiler.rng import Floats

MILLION = 1_000_000


class Numbers:
    """One number: its sums in whole millionths, exact in any order."""

    def __init__(self, f: m.Field) -> None:
        self.field = f
        self.n = self.total = self.squares = 0
        self.low, self.high = float("inf"), float("-inf")

    def add(self, values: Floats) -> None:
        if not len(values):
            return
        parts = np.floor(values * MILLION + 0.5).astype(np.int64)
        whole, rest = np.divmod(parts, MILLION)
        self.n += len(values)
        self.total += int(parts.sum())
        self.squares += (int((whole * whole).sum()) * MILLION + 2 * int((whole * rest).sum())) * MILLION
        self.squares += int((rest * rest).sum())
        self.low, self.high = min(self.low, float(values.min())), max(self.high, float(values.max()))

    def told(self) -> dict[str, float]:
        mean = self.total / (MILLION * self.n)
        sd = sqrt((self.n * self.squares - self.total * self.total) / (self.n * self.n)) / MILLION
        ends = (self.low, self.high)
        low, high = (int(e) for e in ends) if is_integer(self.field) else ends
        return {"n": self.n, "mean": round(mean, 4), "sd": round(sd, 4), "min": low, "max": high}


class Overlaps:
    """Counts calls that begin while the same agent, or the same customer, is in another one. A call is taken to last as
    long as the plan guesses (the lengths are known only once there is sound)."""

    def __init__(self) -> None:
        self.found = {"agent_name": 0, "customer": 0}
        self.held: list[NDArray[np.float64]] = []  # of the day that may go on: day, begin, end, agent, customer
        self.still = np.zeros((5, 0))  # calls of the days before that go on at midnight

    def add(self, frame: Frame) -> None:
        columns = frame.columns
        begin = columns["day"] * 86_400.0 + columns["start_ms"] / 1000.0
        rows = np.stack([columns["day"].astype(np.float64), begin, begin + guessed_seconds(frame),
                         columns["agent_name"].astype(np.float64), columns["customer"].astype(np.float64)])
        days = columns["day"]
        for cut in np.split(rows, np.flatnonzero(np.diff(days)) + 1, axis=1):
            if self.held and cut.shape[1] and self.held[0][0, 0] != cut[0, 0]:
                self.end()
            if cut.shape[1]:
                self.held.append(cut)

    def end(self) -> None:
        """The day is over."""
        if not self.held:
            return
        day = np.concatenate([self.still, *self.held], axis=1)
        old = self.still.shape[1]
        for k, name in ((3, "agent_name"), (4, "customer")):
            self.found[name] += _again(day[k], day[1], day[2], old)
        going = day[2] > (self.held[0][0, 0] + 1) * 86_400.0
        self.held, self.still = [], day[:, going]


def _again(who: Floats, begin: Floats, end: Floats, old: int) -> int:
    """Of the calls from number `old` on: those that begin before the one before of the same person ends."""
    since = np.floor((begin - begin.min()) * 1000.0 + 0.5).astype(np.int64)  # of two days: below 2**28
    order = np.argsort((who.astype(np.int64) << 28) + since, kind="stable")
    same = (np.diff(who[order]) == 0) & (begin[order][1:] < end[order][:-1])
    return int(np.count_nonzero(same & (order[1:] >= old)))


def shown(frame: Frame, name: str) -> tuple[NDArray[Any], Ints | None]:
    """(a column, the rows in which the field exists: None for all)."""
    mask = frame.masks.get(name)
    return frame.columns[name], None if mask is None else np.flatnonzero(mask)
