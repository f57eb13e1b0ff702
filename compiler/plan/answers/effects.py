"""One line of the spec -> how much it moves its field in the calls that it touches: with it, less without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import luck
from compiler.lang import model as m
from compiler.plan import distributions
from compiler.plan.answers.rows import Truths, only, read_by
from compiler.plan.draws import Program
from compiler.plan.expr import Formula, canon, formula, truth
from compiler.plan.frame import Frame, Scope
from compiler.plan.shares import Shares, where
from compiler.rng import Floats

BILLION = 1_000_000_000
PHASES = ("add", "multiply", "becomes")


@dataclass(frozen=True, slots=True)
class Size:
    """Means over the calls that the line touches, with it and without it, and over the others as they are; `error` is
    the standard error of the difference between the two groups when so many calls are compared."""

    touched: int
    others: int
    with_it: float
    without: float
    elsewhere: float
    error: float


class Column:
    """One field over the rows of a frame: what it comes to, and what it would without one of its lines."""

    def __init__(self, f: m.Field, program: Program, scope: Scope, frame: Frame, rows: Truths) -> None:
        self.field, self.program, self.scope, self.frame = f, program, scope, only(frame, read_by(f, scope))
        exists = np.broadcast_to(np.asarray(truth(f.only_when, scope)(frame), dtype=bool), (frame.count,))
        self.rows = rows & exists
        self._bundles: dict[str, tuple[dict[str, Any], Floats]] = {}  # condition -> weights without its lines, sum

    def size(self, line: m.Effect | m.Start, scale: float) -> Size:
        """The line's size; `scale` is how many calls of the plan a row stands for."""
        holds = self._holds(line.guard)
        touched, others = np.flatnonzero(holds & self.rows), np.flatnonzero(~holds & self.rows)
        part = self.frame.take(touched)
        member = line.member if isinstance(line, m.Effect) else None
        if isinstance(line, m.Effect) and member is not None:
            here, gone = self._share(line, part, touched)
            there = self._shares[member][others]
        elif self.field.kind in ("flag", "check"):
            here, gone = self._chance(part, None), self._chance(part, line)
            there = self._chances[others]
        else:
            here, gone = self._number(part, self._drawn[touched], None), self._without(part, touched, line)
            there = self._numbers[others]
        spread = _chance_spread if member is not None or self.field.kind in ("flag", "check") else _spread
        n1, n0 = int(len(touched) * scale + 0.5), int(len(others) * scale + 0.5)
        error = sqrt((spread(here) / n1 if n1 else 0.0) + (spread(there) / n0 if n0 else 0.0))
        return Size(n1, n0, mean(here), mean(gone), mean(there), error)

    def _holds(self, guard: m.Expr | None) -> Truths:
        return np.broadcast_to(np.asarray(truth(guard, self.scope)(self.frame), dtype=bool), (self.frame.count,))

    # -------------------------------------------------------------------------------- chances

    @cached_property
    def _chances(self) -> Floats:
        return np.asarray(self.program.chance(self.frame))

    def _chance(self, part: Frame, left_out: m.Effect | m.Start | None) -> Floats:
        value = self._started(part, "chance", left_out)
        value = self._moved(value, part, left_out)
        low, high = self.field.within or (0.0, 1.0)
        return _column(np.clip(value, max(low, 0.0), min(high, 1.0)), part.count)

    def _started(self, part: Frame, parameter: str, left_out: m.Effect | m.Start | None) -> Any:
        value: Any = np.zeros(part.count)
        for start in self._starts(left_out):
            given = formula(dict(start.parameters)[parameter], self.scope)(part)
            value = np.where(truth(start.guard, self.scope)(part), given, value)
        return value

    def _starts(self, left_out: m.Effect | m.Start | None) -> list[m.Start]:
        ordered = sorted(self.field.starts, key=lambda s: (s.guard is not None, canon(s.guard)))
        return [start for start in ordered if start is not left_out]

    @cached_property
    def _effects(self) -> list[tuple[m.Effect, Formula, Formula]]:
        """The effects on the whole field with their conditions and amounts, in the phases and order of the plan."""
        own = [e for e in self.field.effects if e.member is None]
        ordered = sorted(own, key=lambda e: (PHASES.index(e.op), canon(e.guard), canon(e.amount)))
        return [(e, truth(e.guard, self.scope), formula(e.amount, self.scope)) for e in ordered]

    def _moved(self, value: Any, part: Frame, left_out: m.Effect | m.Start | None) -> Any:
        """The value after all the effects but one."""
        for effect, guard, amount in self._effects:
            if effect is not left_out:
                by = amount(part)
                changed = value + by if effect.op == "add" else value * by if effect.op == "multiply" else by
                value = where(guard(part), changed, value)
        return value

    # -------------------------------------------------------------------------------- shares of members

    @cached_property
    def _weights(self) -> dict[str, Any]:
        assert self.program.shared
        found = self.program.shares.weights(self.frame)
        return {name: _column(w, self.frame.count) for name, w in zip(self.program.ids, found, strict=True)}

    @cached_property
    def _total(self) -> Floats:
        total = np.zeros(self.frame.count)
        for weight in self._weights.values():
            total = total + weight
        return total

    @cached_property
    def _shares(self) -> dict[str, Floats]:
        names = {e.member for e in self.field.effects if e.member is not None}
        return {str(name): _ratio(self._weights[str(name)], self._total) for name in names if name in self._weights}

    def _share(self, line: m.Effect, part: Frame, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """The member's chance in these rows, with the line and without it. The lines of a choice under one condition
        give and take: they are left out together."""
        member, told = str(line.member), canon(line.guard)
        if told not in self._bundles:
            others = tuple(e for e in self.field.effects if e.member is None or canon(e.guard) != told)
            weights = Shares(replace(self.field, effects=others), self.scope).weights(part)
            total: Any = np.zeros(part.count)
            for weight in weights:
                total = total + weight
            self._bundles[told] = dict(zip(self.program.ids, weights, strict=True)), total
        weights_of, whole = self._bundles[told]
        return self._shares[member][rows], _ratio(_column(weights_of[member], part.count), whole)

    # -------------------------------------------------------------------------------- numbers

    @cached_property
    def _drawn(self) -> Floats:
        """What the field's own distribution or list gives each row."""
        if not self.program.shared:
            return self._quantiles(self.frame, None)
        numbers = {member.id: member.number for member in self.field.members}
        values = [float(numbers.get(i) or 0.0) if i in numbers else float(i) for i in self.program.ids]
        return np.array([*values, 0.0])[self.program.category(self.frame, self.rows)]

    @cached_property
    def _numbers(self) -> Floats:
        return np.asarray(self.frame.columns[self.field.id], dtype=np.float64)

    def _quantiles(self, part: Frame, left_out: m.Effect | m.Start | None) -> Floats:
        u = luck.uniforms(part.halves, self.program.name)
        value: Any = np.zeros(part.count)
        for start in self._starts(left_out):
            given = {name: formula(expr, self.scope)(part) for name, expr in start.parameters}
            found = distributions.quantile(start.kind, u.copy(), given, self.field.within)
            value = np.where(truth(start.guard, self.scope)(part), found, value)
        return _column(value, part.count)

    def _without(self, part: Frame, rows: NDArray[np.int64], line: m.Effect | m.Start) -> Floats:
        drawn = self._drawn[rows] if isinstance(line, m.Effect) else self._quantiles(part, line)
        return self._number(part, drawn, line)

    def _number(self, part: Frame, drawn: Floats, left_out: m.Effect | m.Start | None) -> Floats:
        value = self._moved(drawn, part, left_out)
        if self.field.within is not None:
            value = np.minimum(np.maximum(value, self.field.within[0]), self.field.within[1])
        return np.asarray(self.program.rounded(_column(value, part.count)))


def mean(values: Floats) -> float:
    """Made of whole billionths, so that it is the same on every machine; 0 of nothing."""
    if not len(values):
        return 0.0
    return int(np.floor(values * BILLION + 0.5).astype(np.int64).sum()) / BILLION / len(values)


def _chance_spread(values: Floats) -> float:
    """The variance of a yes or no that holds with these chances."""
    p = mean(values)
    return p * (1.0 - p)


def _spread(values: Floats) -> float:
    return mean((values - mean(values)) * (values - mean(values)))


def _column(value: Any, count: int) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (count,))


def _ratio(part: Any, whole: Any) -> Floats:
    found: Floats = np.divide(part, whole, out=np.zeros(len(whole)), where=np.asarray(whole) > 0)
    return found


def lines(f: m.Field) -> Sequence[m.Effect | m.Start]:
    """The lines that move the field in some calls only or in all: its effects, and `starts` lines with a condition
    beside one without. Lists of shares that differ by condition (shifts, `works`) are no single amount."""
    default = any(start.guard is None for start in f.starts)
    guarded = [s for s in f.starts if default and s.guard is not None and s.kind not in ("shares", "weights")]
    return [*(e for e in f.effects if e.member != "rest"), *guarded]
