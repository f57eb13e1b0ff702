"""Parts of a plan -> the mean that the spec implies for a number, and the one that came, guard by guard.

Where what the number's lines read is finite (fold.py; whole numbers of a small range are finite too), the calls are
counted by combination and the distribution is worked out once for each.  Elsewhere a keyed sample of at most some
8,000 calls is judged row by row.  Sums are exact or made once at the end, so parts of any size give the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import fsum, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.lang.pretty_rows import when
from compiler.plan.draws import Program
from compiler.plan.expr import Formula, canon, steady, truth
from compiler.plan.fold import Digit, Fold, Parents
from compiler.plan.frame import Frame, Scope
from compiler.plan.moments import Law
from compiler.plan.skewed import z_of
from compiler.plan.tally_shares import guards_of
from compiler.rng import Floats

if TYPE_CHECKING:
    from compiler.plan.plan import Plan

MILLION = 1_000_000
JUDGED = 8_192  # rows, where they are judged one by one
SMALL = 64  # values of a whole number that counts as finite
Truths = dict[str, NDArray[np.bool_]]


class Means:
    """One number that is drawn."""

    def __init__(self, plan: Plan, f: m.Field) -> None:
        self.field, self.scope, self.guards = f, plan.scope, guards_of(f)
        rows = plan.people.count if f.id in plan.people.kept else plan.count
        self.part = min(1.0, JUDGED / max(rows, 1))
        self.law = Law(Program(f, plan.scope, folded=False))
        self.holds = {canon(guard): truth(guard, plan.scope) for guard in self.guards}
        self.folded = _folded(f, plan.scope)
        self.sums: NDArray[np.int64] | None = None  # combination -> calls, whole units, millionths besides
        self.rows: list[tuple[Floats, Floats, Truths]] = []  # judged one by one: laws, values, guards
        self.found: dict[str, _Compared] = {}

    def add(self, frame: Frame, rows: NDArray[np.bool_] | None) -> None:
        """The calls of a frame, or some of them."""
        made = self.folded.fold.of(frame) if self.folded is not None else None
        if made is None:
            few = np.ones(frame.count, dtype=bool) if rows is None else rows
            if self.part < 1.0:
                few = few & (rng.uniforms(frame.who, "judged") < self.part)
            self._one_by_one(frame.take(np.flatnonzero(few)))
            return
        every, number = made
        values = frame.columns[self.field.id]
        number = np.zeros(frame.count, dtype=np.int64) if number is None else number
        if rows is not None:
            values, number = values[rows], number[rows]
        whole = np.floor(values)
        rest = np.floor((values - whole) * MILLION + 0.5)
        columns = [np.bincount(number, weights=column, minlength=every.count) for column in (None, whole, rest)]
        found = np.stack([column.astype(np.int64) for column in columns])
        self.sums = found if self.sums is None else self.sums + found

    def _one_by_one(self, frame: Frame) -> None:
        if frame.count:
            self.rows.append((self.law.of(frame), frame.columns[self.field.id], _held(self.holds, frame)))

    def end(self) -> None:
        """Works out what was gathered."""
        if self.rows:
            laws, values = (np.concatenate([row[i] for row in self.rows]) for i in (0, 1))
            truths = {name: np.concatenate([row[2][name] for row in self.rows]) for name in self.holds}
            self._compare(self.law, laws, np.ones(len(values)), values, truths)
        elif self.sums is not None and self.folded is not None and (every := self._every()) is not None:
            there = np.flatnonzero(self.sums[0])
            frame = every.take(there)
            times, whole, rest = self.sums[:, there].astype(np.float64)
            self._compare(self.folded.law, self.folded.law.of(frame), times, whole + rest / MILLION,
                          _held(self.folded.holds, frame))
        self.rows, self.sums = [], None

    def _every(self) -> Frame | None:
        assert self.folded is not None
        return None if self.folded.fold.made is None else self.folded.fold.made[1]

    def _compare(self, law: Law, laws: Floats, times: Floats, totals: Floats, truths: Truths) -> None:
        """`totals`: the values of so many calls, added up, of each row of `laws`."""
        alike, which = np.unique(laws, axis=0, return_inverse=True)
        moments = law.moments(alike)
        each = [(getattr(moments, name)[which.reshape(-1)] * times) for name in ("mean", "variance", "third")]
        self.found = {
            name: _Compared(int(times[on].sum()), fsum(totals[on]), *(fsum(column[on]) for column in each))
            for name, on in {"": np.ones(len(times), dtype=bool), **truths}.items() if on.any()
        }

    def told(self) -> dict[str, Any]:
        """judged, asked, got, se, z; the same under each guard that holds for some of the calls."""
        if "" not in self.found:
            return {}
        every, rows = self.found[""], []
        for guard in self.guards:
            some = self.found.get(canon(guard))
            if some is not None and some.n < every.n:
                rows.append({"when": when(guard).strip().removeprefix("when "), **some.told()})
        return {**every.told(), **({"guards": rows} if rows else {})}


@dataclass(frozen=True)
class _Compared:
    """Sums over calls: the values, their means, variances, third central moments."""

    n: int
    total: float
    mean: float
    variance: float
    third: float

    def told(self) -> dict[str, Any]:
        """z is null where so few calls of so skewed a number are there that it would say nothing."""
        n = self.n
        return {"judged": n, "asked": round(self.mean / n, 4), "got": round(self.total / n, 4),
                "se": round(sqrt(self.variance) / n, 4), "z": z_of(self.total - self.mean, self.variance, self.third)}


# -------------------------------------------------------------------------------- by combination


@dataclass(frozen=True)
class _Folded:
    fold: Fold[Frame]
    law: Law
    holds: dict[str, Formula]


class _Grid(Fold[Frame]):
    """Combinations of parents of which some are whole numbers; what is made of them is the frame of all."""

    def __init__(self, parents: Parents, grids: dict[str, tuple[int, int]]) -> None:
        super().__init__(parents, lambda every: every)
        self.grids = grids

    def _digits(self, frame: Frame) -> Iterable[Digit]:
        for digit in super()._digits(frame):
            low, high = self.grids.get(digit.name, (0, -1))
            if high < low:
                yield digit
            else:
                yield Digit(digit.name, high - low + 1, _whole(digit.name), digit.name, np.arange(low, high + 1) * 1.0)


def _whole(name: str) -> Callable[[Frame], NDArray[Any]]:
    """The column as integers, remembered in the frame."""

    def found(frame: Frame) -> NDArray[Any]:
        column, known = frame.columns[name], frame.told.get(f"whole {name}")
        if known is None or known[0] is not column:
            known = frame.told[f"whole {name}"] = (column, column.astype(np.int64))
        return known[1]

    return found


def _folded(f: m.Field, scope: Scope) -> _Folded | None:
    """The number by combination of all that its lines read; None where that is not finite."""
    grids = {one.id: ends for one in scope.model.fields if (ends := _ends(one)) is not None}
    fields = tuple(replace(one, kind="flag") if one.id in grids else one for one in scope.model.fields)
    finite = replace(scope, model=replace(scope.model, fields=fields))  # read as flags are, with more values
    amounts = [*(e.amount for e in f.effects), *(value for start in f.starts for _, value in start.parameters)]
    if not all(steady(amount, finite) for amount in amounts):
        return None
    parents = Parents(finite)
    guards: dict[str, Formula] = {canon(guard): truth(parents.add(guard), scope) for guard in guards_of(f)}
    starts = tuple(replace(s, guard=parents.add(s.guard), parameters=tuple(
        (name, parents.marked(value)) for name, value in s.parameters)) for s in f.starts)
    effects = tuple(replace(e, guard=parents.add(e.guard), amount=parents.marked(e.amount)) for e in f.effects)
    members = tuple(replace(one, only_when=parents.add(one.only_when)) for one in f.members)
    shaped = replace(f, starts=starts, effects=effects, members=members, only_when=None)
    return _Folded(_Grid(parents, grids), Law(Program(shaped, scope, folded=False)), guards)


def _ends(f: m.Field) -> tuple[int, int] | None:
    """The least and the largest value of a whole number of a small range; 0, which stands for none, is in it."""
    if f.kind != "number" or f.decimals != 0:
        return None
    numbers = [member.number for member in f.members if member.number is not None]
    if f.within is not None:
        low, high = f.within
    elif numbers and all(effect.member is not None for effect in f.effects):
        low, high = min(numbers), max(numbers)
    else:
        return None
    ends = min(0, int(low // 1)), max(0, -int(-high // 1))
    return ends if ends[1] - ends[0] < SMALL else None


def _held(holds: dict[str, Formula], frame: Frame) -> Truths:
    return {name: np.broadcast_to(np.asarray(guard(frame), dtype=bool), (frame.count,)).copy()
            for name, guard in holds.items()}
