"""`starts` lines and effects -> weights, and the race between members that they decide.

Effects are applied in the order of their canonical text, so that the order of lines changes no bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import luck
from compiler.lang import model as m
from compiler.plan.expr import Formula, canon, formula, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame, Scope, member_ids

Codes = NDArray[np.signedinteger[Any]]


def where(guard: Any, yes: Any, no: Any) -> Any:
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
        for op in ("add", "multiply", "becomes"):
            value = self.run(op, value, frame)
        return value

    def run(self, op: str, value: Any, frame: Frame) -> Any:
        """One phase."""
        for guard, amount in self.phases[op]:
            match op:
                case "add":
                    changed = value + amount(frame)
                case "multiply":
                    changed = value * amount(frame)
                case _:
                    changed = amount(frame)
            value = where(guard(frame), changed, value)
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
                value = where(guard(frame), given.get(name, 0.0), value)
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
                moved[i] = where(guard(frame), np.maximum(changed, 0.0), moved[i])
        return moved


def _employed(scope: Scope, only: dict[str, Formula]) -> dict[str, Formula]:
    """Agents with `from:` or `to:` take calls on those days only."""
    found: dict[str, Formula] = {}
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


def race(of: luck.Halves, name: str, ids: Sequence[str], weights: Sequence[Any]) -> tuple[Codes, luck.Singles]:
    """The exponential race: the code of the member with the smallest E/weight, and that time (inf, and -1 for the code:
    no member has a weight). Each member runs with its own keyed E, so a member's change moves only what it must."""
    lots = luck.lots(of, name)
    best = np.full(len(of), np.inf, dtype=np.float32)
    code = np.zeros(len(of), dtype=np.int16)
    for i, (member, weight) in enumerate(zip(ids, weights, strict=True)):
        time = times(lots, member, weight)
        if time is not None:
            np.maximum(code, (time < best) * np.int16(i), out=code)  # later members have larger codes
            np.minimum(best, time, out=best)
    return np.where(np.isinf(best), -1, code.astype(np.int64)), best


def times(lots: luck.Lots, member: str, weight: Any) -> luck.Singles | None:
    """When the member would win, or None where its weight is 0 for all rows."""
    slow = luck.slowness(weight)
    if np.isinf(slow).all():
        return None
    time = luck.waits(lots, member)
    time *= slow
    return time
