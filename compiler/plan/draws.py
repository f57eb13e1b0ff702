"""Field -> a program that draws it for the rows of a frame.

Phases per field: draw from `starts`, add, multiply, becomes, stays within, round.  For categories, chances and checks
they act on the weights or the probability before the draw, for numbers on the value after it.  Effects are applied in
the order of their canonical text, so that the order of lines changes no bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan import distributions
from compiler.plan.expr import Formula, canon, formula, half_up, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame, Scope, member_ids
from compiler.rng import Floats, Keys

Codes = NDArray[np.int64]
Guarded = tuple[Formula | None, Formula, str]  # guard, amount, canonical guard


def _number(x: float) -> Formula:
    return lambda frame: x


def _where(guard: Any, yes: Any, no: Any) -> Any:
    if guard is True or guard is np.True_:
        return yes
    return np.where(guard, yes, no)


class Effects:
    """The effects on one thing (a value, a chance, one member's weight), in phases."""

    def __init__(self, effects: Sequence[m.Effect], scope: Scope) -> None:
        ordered = sorted(effects, key=lambda e: (canon(e.guard), canon(e.amount)))
        self.phases = {
            op: [(truth(e.guard, scope), formula(e.amount, scope)) for e in ordered if e.op == op]
            for op in ("add", "multiply", "becomes")
        }

    def __call__(self, value: Any, frame: Frame) -> Any:
        for guard, amount in self.phases["add"]:
            value = _where(guard(frame), value + amount(frame), value)
        for guard, amount in self.phases["multiply"]:
            value = _where(guard(frame), value * amount(frame), value)
        for guard, amount in self.phases["becomes"]:
            value = _where(guard(frame), amount(frame), value)
        return value


class Starts:
    """The `starts` lines of a field: the default, and the guarded ones that win where they hold."""

    def __init__(self, f: m.Field, scope: Scope) -> None:
        self.field = f
        ordered = sorted(f.starts, key=lambda s: (s.guard is not None, canon(s.guard)))
        self.lines = [(start, truth(start.guard, scope)) for start in ordered]
        self.parameters = {id(s): {n: formula(e, scope) for n, e in s.parameters} for s in f.starts}
        self.complete = any(start.guard is None for start in f.starts)

    def check(self, frame: Frame, exists: Any) -> None:
        """SpecFailure when there are rows for which no line holds."""
        if self.complete:
            return
        missing = np.broadcast_to(np.asarray(exists), (frame.count,)).copy()
        for _, guard in self.lines:
            missing &= ~np.broadcast_to(np.asarray(guard(frame)), (frame.count,))
        if missing.any():
            raise SpecFailure([
                f"{self.field.id} has no `starts` line for {int(missing.sum())} of {frame.count} calls; "
                "add one without `when` as the default"
            ])


class Shares:
    """The weights of a category: one column (or a plain number) a member."""

    def __init__(self, f: m.Field, scope: Scope) -> None:
        self.field, self.ids = f, member_ids(f)
        self.starts = Starts(f, scope)
        by_id = {member.id: member for member in f.members}
        named: dict[str, set[str]] = defaultdict(set)  # canonical guard -> members named under it
        on_member: dict[str, list[m.Effect]] = defaultdict(list)
        self.rest: list[tuple[m.Effect, Formula, Formula]] = []
        for effect in f.effects:
            if effect.member == "rest":
                continue
            if effect.member is not None:
                named[canon(effect.guard)].add(effect.member)
                on_member[effect.member].append(effect)
        for effect in sorted(f.effects, key=lambda e: (canon(e.guard), canon(e.amount))):
            if effect.member == "rest":
                self.rest.append((effect, truth(effect.guard, scope), formula(effect.amount, scope)))
        self.named = named
        self.effects = {member: Effects(effects, scope) for member, effects in on_member.items()}
        self.only = {
            name: truth(by_id[name].only_when, scope)
            for name in self.ids if name in by_id and by_id[name].only_when is not None
        }
        if f.id == "agent_name":
            self.only.update(_employed(scope, self.only))

    def weights(self, frame: Frame) -> list[Any]:
        """The weight of each member (in the order of `ids`): never negative, not scaled to any sum."""
        shares = [(dict(start.shares), guard) for start, guard in self.starts.lines]
        base: list[Any] = []
        for name in self.ids:
            value: Any = 0.0
            for given, guard in shares:
                value = _where(guard(frame), given.get(name, 0.0), value)
            base.append(value)
        moved = self._rest(base, frame) if self.rest else base
        found = []
        for name, value in zip(self.ids, moved, strict=True):
            if name in self.effects:
                value = np.maximum(self.effects[name](value, frame), 0.0)
            if name in self.only:
                value = np.where(self.only[name](frame), value, 0.0)
            found.append(value)
        return found

    def _rest(self, base: list[Any], frame: Frame) -> list[Any]:
        moved = list(base)
        for effect, guard, amount in self.rest:
            inside = [i for i, name in enumerate(self.ids) if name not in self.named[canon(effect.guard)]]
            total: Any = 0.0
            for i in inside:
                total = total + base[i]
            for i in inside:
                if effect.op == "multiply":
                    changed = moved[i] * amount(frame)
                else:
                    part = np.divide(base[i], total, out=np.zeros(frame.count), where=np.asarray(total) > 0)
                    changed = moved[i] + amount(frame) * part
                moved[i] = _where(guard(frame), np.maximum(changed, 0.0), moved[i])
        return moved


def _employed(scope: Scope, only: dict[str, Formula]) -> dict[str, Formula]:
    """Agents with `from:` or `to:` take calls on those days only."""
    found = {}
    for agent in scope.agents:
        if agent.first is None and agent.last is None:
            continue
        low, high = agent.first or 0, agent.last or 10**7
        before = only.get(agent.id)

        def there(frame: Frame, low: int = low, high: int = high, before: Formula | None = before) -> Any:
            inside = (frame["date"] >= low) & (frame["date"] <= high)
            return inside if before is None else inside & before(frame)

        found[agent.id] = there
    return found


def race(who: Keys, name: str, ids: Sequence[str], weights: Sequence[Any]) -> tuple[Codes, Floats]:
    """The exponential race: the code of the member with the smallest -log(u)/weight, and that time (inf: no member
    has a weight). Each member runs with its own keyed uniform, so a member's change moves only what it must."""
    best = np.full(len(who), np.inf)
    code = np.full(len(who), -1, dtype=np.int64)
    for i, (member, weight) in enumerate(zip(ids, weights, strict=True)):
        time = times(who, name, member, weight)
        if time is not None:
            better = time < best
            best = np.where(better, time, best)
            code = np.where(better, i, code)
    return code, best


def times(who: Keys, name: str, member: str, weight: Any) -> Floats | None:
    """When the member would win, or None where its weight is 0 for all rows."""
    positive = np.asarray(weight) > 0
    if not positive.any():
        return None
    luck = rng.neglog(rng.uniforms(who, name, member))
    if positive.ndim == 0:
        return luck / float(weight)
    return np.divide(luck, weight, out=np.full(len(who), np.inf), where=positive)


class Program:
    """One field, ready to be drawn. `name` is the full name under which chance is asked."""

    def __init__(self, f: m.Field, scope: Scope) -> None:
        self.field, self.scope = f, scope
        self.name = f.id if f.group is None or f.id.startswith(f"{f.group}.") else f"{f.group}.{f.id}"
        self.exists = truth(f.only_when, scope)
        shared = f.kind == "choice" or any(start.kind in ("shares", "weights") for start in f.starts)
        self.shares = Shares(f, scope) if shared else None
        self.starts = Starts(f, scope)
        self.effects = Effects([e for e in f.effects if e.member is None], scope)
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
            frame.columns[f"{self.field.id}:all"] = np.where(
                np.broadcast_to(exists, (frame.count,))[:, None], self.several(frame), -1
            )
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
        board = np.full((frame.count, len(self.ids)), np.inf)
        for i, (member, weight) in enumerate(zip(self.ids, self.shares.weights(frame), strict=True)):
            time = times(frame.who, self.name, member, weight)
            if time is not None:
                board[:, i] = time
        if first is not None:
            rows = np.flatnonzero(first >= 0)
            board[rows, first[rows]] = -1.0
        width = min(max(int(k) for k, _ in self.field.how_many), len(self.ids))
        order = np.argsort(board, axis=1, kind="stable")[:, :width]
        reached = np.take_along_axis(board, order, axis=1)
        return np.where((np.arange(width) < wanted[:, None]) & ~np.isinf(reached), order, -1)

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

    # -------------------------------------------------------------------------------- chances and numbers

    def chance(self, frame: Frame) -> Floats:
        """The probability of yes (or pass), all phases done, in 0..1."""
        value: Any = np.zeros(frame.count)
        for start, guard in self.starts.lines:
            value = _where(guard(frame), self.starts.parameters[id(start)]["chance"](frame), value)
        value = self.effects(value, frame)
        low, high = self.field.within or (0.0, 1.0)
        return np.clip(np.broadcast_to(value, (frame.count,)), max(low, 0.0), min(high, 1.0))

    def number(self, frame: Frame, exists: Any = True) -> Floats:
        if self.shares is not None:
            numbers = {member.id: member.number for member in self.field.members}
            table = np.array([float(numbers.get(i) or 0.0) if i in numbers else float(i) for i in self.ids] + [0.0])
            value: Any = table[self.category(frame, exists)]
        else:
            value = self._quantiles(frame)
        value = np.asarray(self.effects(value, frame), dtype=np.float64)
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
            value = _where(guard(frame), drawn, value)
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


LEAST = {"Hold_time": 3.0, "Silence_total_seconds": 1.0}
