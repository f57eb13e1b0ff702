"""Rows -> how a number's value is distributed in each: mean, variance, third central moment, all phases done.

Shares and Poisson counts are summed over their values.  A distribution that comes out in few steps, mostly of whole
numbers, is summed over these; the uniform at which each begins is found by halving.  Any other is integrated over the
uniform through the inverse distribution function that draws it: four points (Gauss and Legendre) in each octave of both
tails, with borders where a bound begins to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan import distributions
from compiler.plan.draws import LEAST, Program
from compiler.plan.frame import Frame
from compiler.plan.quick import Moves
from compiler.rng import Floats

STEPS = 64  # values of a coarse distribution, at most
BATCH = 512  # rows at a time: memory
_TAIL = 2.0**-44
_OCTAVES = [2.0**-k for k in range(30, 1, -1)]
_BORDERS = np.array([0.0, *_OCTAVES, 0.5, *(1.0 - x for x in reversed(_OCTAVES)), 1.0])
_POINTS = ((0.06943184420297371, 0.17392742256872692), (0.33000947820757187, 0.3260725774312731),
           (0.6699905217924281, 0.3260725774312731), (0.9305681557970262, 0.17392742256872692))
_SET, _VALUE = -2, -1  # columns of a law: whether `becomes` holds, the value that it gives


@dataclass(frozen=True)
class Moments:
    """One entry a row."""

    mean: Floats
    variance: Floats
    third: Floats


class Law:
    """One number: what its lines give in the rows of a frame (`of`), and the moments of that."""

    def __init__(self, program: Program) -> None:
        self.program, self.field = program, program.field
        assert isinstance(program.effects, Moves)
        self.moves = (program.effects.steady, program.effects.live)
        self.names = sorted({name for start in self.field.starts for name, _ in start.parameters})
        self.decimals = _decimals(self.field)

    def of(self, frame: Frame) -> Floats:
        """Row x column: rows that are alike have the same distribution."""
        return self._members(frame) if self.program.shared else self._drawn(frame)

    def _members(self, frame: Frame) -> Floats:
        """The probability of each member, then the value that each gives."""
        numbers = {member.id: member.number for member in self.field.members}
        values = [float(numbers.get(name) or 0.0) if name in numbers else float(name) for name in self.program.ids]
        done = [self._done(self.program.effects(np.full(frame.count, value), frame)) for value in values]
        return _columns(frame.count, [*self.program.probabilities(frame), *done])

    def _drawn(self, frame: Frame) -> Floats:
        """The number of the `starts` line, its parameters, what is added, the factor, what it becomes."""
        line: Any = np.full(frame.count, -1.0)
        given = {name: np.zeros(frame.count) for name in self.names}
        for number, (start, guard) in enumerate(self.program.starts.lines):
            holds = np.broadcast_to(np.asarray(guard(frame), dtype=bool), (frame.count,))
            line = np.where(holds, float(number), line)
            for name, compute in self.program.starts.parameters[id(start)].items():
                given[name] = np.where(holds, compute(frame), given[name])
        added, factor, becomes = (self._moved(op, first, frame) for op, first in (
            ("add", 0.0), ("multiply", 1.0), ("becomes", np.nan)))
        fixed = ~np.isnan(np.broadcast_to(becomes, (frame.count,)))
        return _columns(frame.count, [line, *given.values(), added, factor, fixed, np.where(fixed, becomes, 0.0)])

    def _moved(self, op: str, value: Any, frame: Frame) -> Any:
        for moves in self.moves:
            value = moves.run(op, value, frame)
        return value

    def moments(self, laws: Floats) -> Moments:
        """Of rows as `of` gives them."""
        if self.program.shared:
            half = laws.shape[1] // 2
            return _summed((laws[:, half + i], laws[:, i]) for i in range(half))
        found = Moments(*(np.zeros(len(laws)) for _ in range(3)))
        fixed = (laws[:, _SET] > 0.0) | (laws[:, _SET - 1] == 0.0)
        _put(found, fixed, _summed([(self._done(laws[fixed, _VALUE]), np.ones(int(fixed.sum())))]))
        for number, (start, _) in enumerate(self.program.starts.lines):
            rows = np.flatnonzero((laws[:, 0] == number) & ~fixed)
            for some in (rows[at : at + BATCH] for at in range(0, len(rows), BATCH)):
                _put(found, some, self._of_line(start.kind, laws[some]))
        return found

    def _of_line(self, kind: str, laws: Floats) -> Moments:
        """Rows of one `starts` line."""
        given = {name: laws[:, 1 + i] for i, name in enumerate(self.names)}
        added, factor = laws[:, _SET - 2], laws[:, _SET - 1]
        if kind == "constant":
            return _summed([(self._done((given["value"] + added) * factor), np.ones(len(laws)))])
        found = Moments(*(np.zeros(len(laws)) for _ in range(3)))
        apart = {"poisson": "mean", "gamma": "cv"}.get(kind)  # looked up in a table for each value of this one
        if apart is None:
            return self._continuous(kind, given, added, factor)
        for value in np.unique(given[apart]).tolist():
            rows = given[apart] == value
            own: dict[str, Any] = {name: column[rows] for name, column in given.items()} | {apart: value}
            _put(found, rows, self._counted(value, added[rows], factor[rows]) if kind == "poisson" else
                 self._continuous(kind, own, added[rows], factor[rows]))
        return found

    def _counted(self, mean: float, added: Floats, factor: Floats) -> Moments:
        """Counts around one mean."""
        first, sums = distributions.poisson_sums(mean)
        chances = np.diff(np.minimum(sums, 1.0), prepend=0.0)
        return _summed((self._done((first + n + added) * factor), np.full(len(added), chance))
                       for n, chance in enumerate(chances.tolist()) if chance > 0.0)

    # -------------------------------------------------------------------------------- continuous ones

    def _continuous(self, kind: str, given: dict[str, Any], added: Floats, factor: Floats) -> Moments:
        """Rows whose value rises with the uniform (falls, where the factor is negative: turned round)."""

        def value(u: Floats, rows: NDArray[np.bool_]) -> Floats:
            """u: place x row."""
            turned = np.clip(np.where(factor[rows] < 0.0, 1.0 - u, u), 2.0**-52, 1.0 - 2.0**-52)
            own = {name: np.broadcast_to(column[rows], u.shape).ravel() if np.ndim(column) else column
                   for name, column in given.items()}
            drawn = np.asarray(distributions.quantile(kind, turned.ravel(), own, self.field.within)).reshape(u.shape)
            return np.asarray((drawn + added[rows]) * factor[rows])

        every = np.ones(len(added), dtype=bool)
        ends = np.array([[_TAIL], [1.0 - _TAIL]]) * np.ones(len(added))
        low, high = self._clipped(value(ends, every))
        found = Moments(*(np.zeros(len(added)) for _ in range(3)))
        coarse = np.zeros(len(added), dtype=bool)
        if self.decimals is not None:
            coarse = (high - low) * 10.0**self.decimals <= STEPS
        for rows, moments in ((coarse, self._stepped), (~coarse, self._integrated)):
            if rows.any():
                own = partial(value, rows=rows)
                _put(found, rows, moments(own, low[rows], high[rows]))
        return found

    def _stepped(self, value: Callable[[Floats], Floats], low: Floats, high: Floats) -> Moments:
        """Over the rounded values: each has the uniforms between its borders."""
        assert self.decimals is not None
        scale = 10.0**self.decimals
        least, most = (np.floor(end * scale + 0.5) for end in (low, high))
        borders = _found([(least + k + 0.5) / scale for k in range(max(1, int((most - least).max())))], value)
        edges = np.concatenate([np.zeros((1, len(low))), borders, np.ones((1, len(low)))])
        values = self._done(value((edges[1:] + edges[:-1]) * 0.5))
        return _summed(zip(values, edges[1:] - edges[:-1], strict=True))

    def _integrated(self, value: Callable[[Floats], Floats], low: Floats, high: Floats) -> Moments:
        """Over the uniform; rounding so fine moves no mean."""
        del high
        kinks = [np.full(len(low), bound) for bound in self._bounds()]
        edges = np.broadcast_to(_BORDERS[:, None], (len(_BORDERS), len(low)))
        if kinks:
            edges = np.sort(np.concatenate([edges, _found(kinks, value)]), axis=0)
        wide = edges[1:] - edges[:-1]
        parts: list[tuple[Floats, Floats]] = []
        for place, weight in _POINTS:
            values = self._least(self._clipped(value(edges[:-1] + wide * place)))
            parts += zip(values, wide * weight, strict=True)
        return _summed(parts)

    def _bounds(self) -> list[float]:
        """Where the value bends or jumps."""
        least = LEAST.get(self.field.id)
        finest = 0.0 if self.decimals is None else 0.5 / 10.0**self.decimals
        return [*(self.field.within or ()), *((least / 2 - finest, least) if least is not None else ())]

    def _clipped(self, value: Floats) -> Floats:
        return value if self.field.within is None else np.clip(value, *self.field.within)

    def _least(self, value: Floats) -> Floats:
        least = LEAST.get(self.field.id)
        return value if least is None else np.where(value < least / 2, 0.0, np.maximum(value, least))

    def _done(self, value: Any) -> Floats:
        """Bounds and rounding."""
        return self.program.rounded(self._clipped(np.asarray(value, dtype=np.float64)))


def _decimals(f: m.Field) -> int | None:
    """As Program.rounded has them."""
    if f.unit is m.Unit.TIME:
        return min(f.decimals if f.decimals is not None else 2, 2)
    return 2 if f.unit is m.Unit.MONEY and f.decimals is None else f.decimals


def _columns(count: int, columns: Iterable[Any]) -> Floats:
    return np.stack([np.broadcast_to(np.asarray(column, dtype=np.float64), (count,)) for column in columns], axis=1)


def _found(targets: list[Floats], value: Callable[[Floats], Floats]) -> Floats:
    """Target x row: the uniform at which the value reaches each target; 1 where it never does."""
    goal = np.stack(targets)
    low, high = np.zeros_like(goal), np.ones_like(goal)
    for _ in range(48):
        middle = (low + high) * 0.5
        below = value(middle) < goal
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high


def _summed(parts: Iterable[tuple[Floats, Floats]]) -> Moments:
    """(value, probability) pairs, a column each -> moments; added one by one, the same on every machine."""
    kept = list(parts)
    mean: Any = 0.0
    for value, weight in kept:
        mean = mean + value * weight
    variance: Any = 0.0
    third: Any = 0.0
    for value, weight in kept:
        off = value - mean
        square = off * off * weight
        variance = variance + square
        third = third + square * off
    return Moments(np.asarray(mean), np.asarray(variance), np.asarray(third))


def _put(found: Moments, rows: Any, part: Moments) -> None:
    found.mean[rows], found.variance[rows], found.third[rows] = part.mean, part.variance, part.third
