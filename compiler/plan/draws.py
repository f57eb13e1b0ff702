"""Field -> a program that draws it for the rows of a frame.

Phases per field: draw from `starts`, add, multiply, becomes, stays within, round.  For categories, chances and checks
they act on the weights or the probability before the draw, for numbers on the value after it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import luck
from compiler.lang import model as m
from compiler.plan import distributions, quick
from compiler.plan.compiled import Compiled
from compiler.plan.expr import half_up
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame
from compiler.plan.lottery import first_of
from compiler.plan.shares import Codes, Effects, race, times, where
from compiler.rng import Floats

LEAST = {"Hold_time": 3.0, "Silence_total_seconds": 1.0}


class Program(Compiled):
    """One field, ready to be drawn."""

    def draw(self, frame: Frame, first: Codes | None = None) -> None:
        """Adds the field's column (and where it exists) to the frame. `first`: see several()."""
        exists = self._exists(frame)
        if self.field.only_when is not None:
            frame.masks[self.field.id] = np.broadcast_to(np.asarray(exists, dtype=bool), (frame.count,))
        if self.field.starts and not self._sure(frame):
            self.starts.check(frame, exists)
        if self.field.how_many:
            codes = self.several(frame, first)
            self._someone((codes[:, 0] < 0) & exists, frame)
            if exists is not True:
                held = exists if first is None else exists | (first >= 0)
                codes[~np.broadcast_to(np.asarray(held, dtype=bool), (frame.count,))] = -1
            frame.columns[f"{self.field.id}:all"] = codes
            frame.columns[self.field.id] = codes[:, 0].copy()
        else:
            frame.columns[self.field.id] = self._drawn(frame, exists)

    def _exists(self, frame: Frame) -> Any:
        made = self.there.of(frame) if self.there is not None else None
        if made is None:
            return self.exists(frame)
        table, number = made
        return table[0] if number is None else np.take(table, number, mode="clip")

    def _sure(self, frame: Frame) -> bool:
        """Whether the tables show that there is a `starts` line for every call."""
        return any(start.guard is None for start in self.field.starts) or (
            self.lottery is not None and (made := self.lottery.table(frame)) is not None and made.somebody)

    def _drawn(self, frame: Frame, exists: Any) -> NDArray[Any]:
        match self.field.kind:
            case "choice":
                return _unless(exists, self.category(frame, exists), -1)
            case "decide":
                return self.decided(frame, exists)
            case "flag" | "check":
                return np.asarray(self._flags(frame) & exists)
            case "fact":
                value = np.broadcast_to(np.asarray(self.value(frame) if self.value else 0.0), (frame.count,))
                self._finite(value, exists, frame)
                if value.dtype == bool:
                    return np.asarray(value & exists)
                return _unless(exists, self.rounded(value), 0.0)
            case "number":
                return _unless(exists, self.number(frame, exists), 0.0)

    # -------------------------------------------------------------------------------- categories

    def category(self, frame: Frame, exists: Any = True) -> Codes:
        """Codes of the drawn members; SpecFailure where no member has a weight."""
        made = self.lottery.of(frame) if self.lottery is not None else None
        if made is not None and made[0].somebody:
            return made[0].draw(frame.halves, made[1])
        code = made[0].draw(frame.halves, made[1]) if made is not None else self._raced(frame)
        self._someone((code < 0) & exists, frame)
        return code

    def _raced(self, frame: Frame) -> Codes:
        return race(frame.halves, self.name, self.ids, self.shares.weights(frame))[0].astype(self.kind)

    def several(self, frame: Frame, first: Codes | None = None) -> Codes:
        """Row x place: the k smallest of the race in their order, -1 where there are fewer; `first` gives the codes
        that stand in front in some rows (-1: the race's own)."""
        wanted = self._wanted(frame)
        found = np.full((frame.count, min(max(self.places), len(self.ids))), -1, dtype=self.kind)
        made = self.lottery.of(frame) if self.lottery is not None else None
        winner = self._raced(frame) if made is None else made[0].draw(frame.halves, made[1])
        winner = winner if first is None else np.where(first >= 0, first, winner)
        found[:, 0] = winner
        rows = np.flatnonzero((wanted > 1) & (winner >= 0))  # only for who wants one more
        board = (self._board(frame.take(rows)) if made is None
                 else made[0].board(frame.halves[rows], _some(made[1], rows)))
        taken = winner[rows]
        for place in range(1, found.shape[1]):
            board[taken, np.arange(len(rows))] = np.inf
            taken = found[rows, place] = first_of(board)
            more = np.flatnonzero((wanted[rows] > place + 1) & (taken >= 0))
            rows, taken, board = rows[more], taken[more], np.take(board, more, axis=1)
        return found

    def _wanted(self, frame: Frame) -> Codes:
        """How many members each row is to have."""
        return np.take(self.places, self.how_many.draw(frame.halves, None), mode="clip")

    def _board(self, frame: Frame) -> luck.Singles:
        """Member x row: the times of the race."""
        board = np.full((len(self.ids), frame.count), np.inf, dtype=np.float32)
        lots = luck.lots(frame.halves, self.name)
        for i, (member, weight) in enumerate(zip(self.ids, self.shares.weights(frame), strict=True)):
            time = times(lots, member, weight)
            if time is not None:
                board[i] = time
        return board

    def probabilities(self, frame: Frame) -> list[Floats]:
        """What the spec implies for each row: the probability of each member, from the drawn parents."""
        weights = self.shares.weights(frame)
        total: Any = np.zeros(frame.count)
        for weight in weights:
            total = total + weight
        return [np.divide(weight, total, out=np.zeros(frame.count), where=total > 0) for weight in weights]

    def decided(self, frame: Frame, exists: Any) -> Codes:
        made = self.decision.of(frame) if self.decision is not None else None
        if made is not None and made[0].complete:
            return _unless(exists, made[0].race.draw(frame.halves, made[1]), -1)
        code = np.full(frame.count, -1, dtype=self.kind)
        for hit, shares in self._hits(frame, exists):
            code[hit], _ = race(frame.halves[hit], self.name, self.ids, [shares.get(name, 0.0) for name in self.ids])
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
        fine = np.isfinite(value)
        if fine.all():
            return
        wrong = int(np.count_nonzero(~fine & exists))
        if wrong:
            raise SpecFailure([
                f"{self.field.id} is no number for {wrong} of {frame.count} calls: something is divided by 0 there"
            ])

    # -------------------------------------------------------------------------------- chances and numbers

    def chance(self, frame: Frame) -> Floats:
        """The probability of yes (or pass), all phases done, in 0..1."""
        made = self.chances.of(frame) if self.chances is not None else None
        if made is not None:
            return np.full(frame.count, made[0].values[0]) if made[1] is None else made[0].values[made[1]]
        assert isinstance(self.effects, Effects)
        return quick.chance_of(self.field, self.starts, self.effects, frame)

    def _flags(self, frame: Frame) -> NDArray[np.bool_]:
        made = self.chances.of(frame) if self.chances is not None else None
        if made is None:
            return luck.words(frame.halves, self.name).view(np.uint32) < luck.bars(self.chance(frame))
        return made[0].draw(luck.words(frame.halves, self.name), made[1])

    def number(self, frame: Frame, exists: Any = True) -> Floats:
        if self.shared:
            value: Any = self.amounts.take(self.category(frame, exists), mode="wrap")  # of nobody (-1) the last
        else:
            value = self._quantiles(frame)
        value = np.asarray(self.effects(value, frame), dtype=np.float64)
        self._finite(value, exists, frame)
        if self.field.within is not None:
            value = np.maximum(value, self.field.within[0])
            value = np.minimum(value, self.field.within[1], out=value)
        return self.rounded(value if value.shape else np.full(frame.count, value))

    def _quantiles(self, frame: Frame) -> Any:
        u = luck.uniforms(frame.halves, self.name)
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
            value = np.maximum(value, least) * (value >= least / 2)
        return np.asarray(value)


def _unless(exists: Any, values: NDArray[Any], other: float) -> NDArray[Any]:
    """The values where the field exists, elsewhere what stands for none."""
    if exists is True:
        return np.asarray(values)
    return np.where(exists, values, np.asarray(other, dtype=values.dtype))


def _some(number: NDArray[np.int64] | None, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
    return None if number is None else number[rows]
