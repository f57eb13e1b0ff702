"""Field -> a program that draws it for the rows of a frame.

Phases per field: draw from `starts`, add, multiply, becomes, stays within, round.  For categories, chances and checks
they act on the weights or the probability before the draw, for numbers on the value after it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import luck, rng
from compiler.lang import model as m
from compiler.plan import distributions
from compiler.plan.expr import formula, half_up, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame, Scope, member_ids
from compiler.plan.shares import Codes, Effects, Moves, Shares, Starts, race, times, where
from compiler.rng import Floats

LEAST = {"Hold_time": 3.0, "Silence_total_seconds": 1.0}


class Program:
    """One field, ready to be drawn. `name` is the full name under which chance is asked."""

    def __init__(self, f: m.Field, scope: Scope) -> None:
        self.field, self.scope = f, scope
        self.name = f.id if f.group is None or f.id.startswith(f"{f.group}.") else f"{f.group}.{f.id}"
        self.exists = truth(f.only_when, scope)
        shared = f.kind == "choice" or any(start.kind in ("shares", "weights") for start in f.starts)
        self.shares = Shares(f, scope) if shared else None
        self.starts = Starts(f, scope)
        own = [e for e in f.effects if e.member is None]
        self.effects: Effects | Moves = Moves(own, scope) if f.kind == "number" else Effects(own, scope)
        self.value = formula(f.value, scope) if f.value is not None else None
        self.rows = [(dict(row.shares), truth(row.guard, scope)) for row in f.rows]
        self.ids = member_ids(f)

    def draw(self, frame: Frame) -> None:
        """Adds the field's column (and where it exists) to the frame."""
        exists = self.exists(frame)
        if self.field.only_when is not None:
            frame.masks[self.field.id] = np.broadcast_to(np.asarray(exists, dtype=bool), (frame.count,))
        if self.field.starts:
            self.starts.check(frame, exists)
        if self.field.how_many:
            there = np.broadcast_to(np.asarray(exists, dtype=bool), (frame.count,))
            codes = np.where(there[:, None], self.several(frame), -1)
            self._someone((codes[:, 0] < 0) & there, frame)
            frame.columns[f"{self.field.id}:all"] = codes
            frame.columns[self.field.id] = codes[:, 0].copy()
        else:
            frame.columns[self.field.id] = self._drawn(frame, exists)

    def _drawn(self, frame: Frame, exists: Any) -> NDArray[Any]:
        match self.field.kind:
            case "choice":
                return np.where(exists, self.category(frame, exists), -1)
            case "decide":
                return self.decided(frame, exists)
            case "flag" | "check":
                return np.asarray((rng.uniforms(frame.who, self.name) < self.chance(frame)) & exists)
            case "fact":
                value = np.broadcast_to(np.asarray(self.value(frame) if self.value else 0.0), (frame.count,))
                self._finite(value, exists, frame)
                if value.dtype == bool:
                    return np.asarray(value & exists)
                return np.where(exists, self.rounded(value), 0.0)
            case "number":
                return np.where(exists, self.number(frame, exists), 0.0)

    # -------------------------------------------------------------------------------- categories

    def category(self, frame: Frame, exists: Any = True) -> Codes:
        """Codes of the drawn members; SpecFailure where no member has a weight."""
        assert self.shares is not None
        code, best = race(frame.who, self.name, self.ids, self.shares.weights(frame))
        self._someone(np.isinf(best) & exists, frame)
        return code

    def several(self, frame: Frame, first: Codes | None = None) -> Codes:
        """Row x place: the k smallest of the race in their order, -1 where there are fewer; `first` gives the codes
        that stand in front in some rows (-1: the race's own)."""
        assert self.shares is not None
        counts = [str(int(k)) for k, _ in self.field.how_many]
        ks, _ = race(frame.who, f"{self.name}:how many", counts, [share for _, share in self.field.how_many])
        wanted = np.array([int(k) for k, _ in self.field.how_many])[ks]
        board = np.full((len(self.ids), frame.count), np.inf, dtype=np.float32)
        lots = luck.halves(frame.who, self.name)
        for i, (member, weight) in enumerate(zip(self.ids, self.shares.weights(frame), strict=True)):
            time = times(lots, member, weight)
            if time is not None:
                board[i] = time
        if first is not None:
            rows = np.flatnonzero(first >= 0)
            board[first[rows], rows] = -1.0
        width = min(max(int(k) for k, _ in self.field.how_many), len(self.ids))
        found = np.full((frame.count, width), -1, dtype=np.int64)
        rows = np.arange(frame.count)
        for place in range(width):
            best = board.argmin(axis=0)
            reached = (wanted > place) & ~np.isinf(board[best, rows])
            found[:, place] = np.where(reached, best, -1)
            board[best, rows] = np.inf
        return found

    def probabilities(self, frame: Frame) -> list[Floats]:
        """What the spec implies for each row: the probability of each member, from the drawn parents."""
        assert self.shares is not None
        weights = self.shares.weights(frame)
        total: Any = np.zeros(frame.count)
        for weight in weights:
            total = total + weight
        return [np.divide(weight, total, out=np.zeros(frame.count), where=total > 0) for weight in weights]

    def decided(self, frame: Frame, exists: Any) -> Codes:
        code = np.full(frame.count, -1, dtype=np.int64)
        for hit, shares in self._hits(frame, exists):
            who = frame.who[hit]
            code[hit], _ = race(who, self.name, self.ids, [shares.get(name, 0.0) for name in self.ids])
        return code

    def decided_probabilities(self, frame: Frame, exists: Any) -> list[Floats]:
        found = [np.zeros(frame.count) for _ in self.ids]
        for hit, shares in self._hits(frame, exists):
            total = 0.0
            for name in self.ids:
                total += shares.get(name, 0.0)
            for column, name in zip(found, self.ids, strict=True):
                column[hit] = shares.get(name, 0.0) / total
        return found

    def _hits(self, frame: Frame, exists: Any) -> list[tuple[NDArray[np.int64], dict[str, float]]]:
        """For each row of `decide`: the calls that it takes."""
        open_ = np.broadcast_to(np.asarray(exists, dtype=bool), (frame.count,)).copy()
        taken = []
        for shares, guard in self.rows:
            hit = open_ & guard(frame)
            open_ &= ~hit
            taken.append((np.flatnonzero(hit), shares))
        if open_.any():
            raise SpecFailure([
                f"`decide {self.field.id}` has no row for {int(open_.sum())} of {frame.count} calls; "
                "end it with an `otherwise` row"
            ])
        return taken

    def _someone(self, nobody: NDArray[np.bool_], frame: Frame) -> None:
        if nobody.any():
            raise SpecFailure([
                f"{self.field.id}: no member can be drawn for {int(nobody.sum())} of {frame.count} calls; every "
                "member has share 0 or is ruled out by `only when` there"
            ])

    def _finite(self, value: Floats, exists: Any, frame: Frame) -> None:
        wrong = int(np.count_nonzero(~np.isfinite(value) & exists))
        if wrong:
            raise SpecFailure([
                f"{self.field.id} is no number for {wrong} of {frame.count} calls: something is divided by 0 there"
            ])

    # -------------------------------------------------------------------------------- chances and numbers

    def chance(self, frame: Frame) -> Floats:
        """The probability of yes (or pass), all phases done, in 0..1."""
        value: Any = np.zeros(frame.count)
        for start, guard in self.starts.lines:
            value = where(guard(frame), self.starts.parameters[id(start)]["chance"](frame), value)
        value = self.effects(value, frame)
        low, high = self.field.within or (0.0, 1.0)
        return np.asarray(np.clip(np.broadcast_to(value, (frame.count,)), max(low, 0.0), min(high, 1.0)))

    def number(self, frame: Frame, exists: Any = True) -> Floats:
        if self.shares is not None:
            numbers = {member.id: member.number for member in self.field.members}
            table = np.array([float(numbers.get(i) or 0.0) if i in numbers else float(i) for i in self.ids] + [0.0])
            value: Any = table[self.category(frame, exists)]
        else:
            value = self._quantiles(frame)
        value = np.asarray(self.effects(value, frame), dtype=np.float64)
        self._finite(value, exists, frame)
        if self.field.within is not None:
            value = np.minimum(np.maximum(value, self.field.within[0]), self.field.within[1])
        return self.rounded(np.broadcast_to(value, (frame.count,)))

    def _quantiles(self, frame: Frame) -> Any:
        u = rng.uniforms(frame.who, self.name)
        value: Any = np.zeros(frame.count)
        for start, guard in self.starts.lines:
            given = {name: compute(frame) for name, compute in self.starts.parameters[id(start)].items()}
            try:
                drawn = distributions.quantile(start.kind, u, given, self.field.within)
            except KeyError as missing:
                raise SpecFailure([
                    f"{self.field.id} starts as {start.kind}, which needs or is something unknown here: {missing}"
                ]) from None
            value = where(guard(frame), drawn, value)
        return value

    def rounded(self, value: Floats) -> Floats:
        """To the field's decimals, halves up. Seconds never finer than 10 ms; Hold_time is 0 or at least 3 s,
        Silence_total_seconds 0 or at least 1 s: what lies below half the least is 0, the rest goes up to it."""
        decimals = self.field.decimals
        if self.field.unit is m.Unit.TIME:
            decimals = min(decimals if decimals is not None else 2, 2)
        if self.field.unit is m.Unit.MONEY and decimals is None:
            decimals = 2
        value = half_up(value, decimals) if decimals is not None else value
        least = LEAST.get(self.field.id)
        if least is not None:
            value = np.where(value < least / 2, 0.0, np.where(value < least, least, value))
        return np.asarray(value)
