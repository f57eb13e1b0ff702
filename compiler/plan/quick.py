"""The parts of a field's program that follow from finite parents, folded into tables: weights, chances, amounts.

Each gives exactly what shares.py gives row by row, or None where it cannot be folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import luck
from compiler.lang import model as m
from compiler.plan.expr import formula, steady, truth
from compiler.plan.fold import Fold, Parents
from compiler.plan.frame import Frame, Scope, member_ids
from compiler.plan.lottery import Lottery
from compiler.plan.shares import Effects, Shares, Starts, where
from compiler.rng import Floats


def lottery(f: m.Field, name: str, scope: Scope) -> Fold[Lottery] | None:
    """The race between the members of a choice."""
    effects = tuple(e for e in f.effects if e.member is not None)
    if not _all_steady(effects, scope):
        return None
    parents = Parents(scope)
    members = tuple(replace(one, only_when=parents.add(one.only_when)) for one in f.members)
    starts = tuple(replace(start, guard=parents.add(start.guard)) for start in f.starts)
    shares = Shares(replace(f, members=members, starts=starts, effects=_marked(effects, parents)), scope)
    if f.id == "agent_name":
        for agent in scope.agents:
            parents.add_dates(agent.first, None if agent.last is None else agent.last + 1)
    return Fold(parents, lambda every: Lottery(name, shares.ids, shares.weights(every), every.count))


@dataclass(frozen=True)
class Decision:
    """The rows of `decide`: the race by combination, and whether there is a row for each."""

    race: Lottery
    complete: bool


def decision(f: m.Field, name: str, scope: Scope) -> Fold[Decision]:
    parents = Parents(scope)
    rows = [(dict(row.shares), truth(parents.add(row.guard), scope)) for row in f.rows]
    ids = member_ids(f)

    def compute(every: Frame) -> Decision:
        open_ = np.ones(every.count, dtype=bool)
        weights = [np.zeros(every.count) for _ in ids]
        for shares, guard in rows:
            hit = open_ & guard(every)
            open_ &= ~hit
            for weight, member in zip(weights, ids, strict=True):
                weight[hit] = shares.get(member, 0.0)
        return Decision(Lottery(name, ids, weights, every.count), not open_.any())

    return Fold(parents, compute)


@dataclass(frozen=True)
class Chances:
    """The probability of yes by combination; `bars`: a row whose word is below has drawn yes."""

    values: Floats
    bars: NDArray[np.uint32]

    def draw(self, words: NDArray[np.int32], number: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        bars = self.bars[0] if number is None else np.take(self.bars, number, mode="clip")
        return np.asarray(words.view(np.uint32) < bars)


def chances(f: m.Field, scope: Scope) -> Fold[Chances] | None:
    """The chance of a flag or check."""
    given = [start.parameters for start in f.starts]
    if not _all_steady(f.effects, scope) or not all(steady(e, scope) for pairs in given for _, e in pairs):
        return None
    parents = Parents(scope)
    starts = Starts(replace(f, starts=tuple(_marked_start(start, parents) for start in f.starts)), scope)
    effects = Effects(_marked([e for e in f.effects if e.member is None], parents), scope)

    def compute(every: Frame) -> Chances:
        values = chance_of(f, starts, effects, every)
        return Chances(values, luck.bars(values))

    return Fold(parents, compute)


def chance_of(f: m.Field, starts: Starts, effects: Effects, frame: Frame) -> Floats:
    """The probability of yes (or pass), all phases done, in 0..1."""
    value: Any = np.zeros(frame.count)
    for start, guard in starts.lines:
        value = where(guard(frame), starts.parameters[id(start)]["chance"](frame), value)
    value = effects(value, frame)
    low, high = f.within or (0.0, 1.0)
    return np.asarray(np.clip(np.broadcast_to(value, (frame.count,)), max(low, 0.0), min(high, 1.0)))


def amounts(effects: Sequence[m.Effect], op: str, scope: Scope) -> Fold[Floats]:
    """The sum (op add) or the product (multiply) of the effects that hold; all of them steady."""
    parents = Parents(scope)
    own = Effects(_marked([e for e in effects if e.op == op], parents), scope)
    neutral = 0.0 if op == "add" else 1.0
    return Fold(parents, lambda every: np.array(np.broadcast_to(own.run(op, neutral, every), (every.count,))))


class Moves:
    """The effects on a number, in the phases of `Effects`. Amounts that read no other number of the call come first, as
    one sum (one product), the others one by one after them."""

    def __init__(self, effects: Sequence[m.Effect], scope: Scope, folded: bool) -> None:
        still = [e for e in effects if steady(e.amount, scope)]
        self.steady = Effects(still, scope)
        self.live = Effects([e for e in effects if not steady(e.amount, scope)], scope)
        self.folds = {op: amounts(still, op, scope) for op in ("add", "multiply") if folded and self.steady.phases[op]}

    def __call__(self, value: Any, frame: Frame) -> Any:
        if self.steady.phases["add"]:
            value = value + self._all("add", 0.0, frame)
        value = self.live.run("add", value, frame)
        if self.steady.phases["multiply"]:
            value = value * self._all("multiply", 1.0, frame)
        value = self.live.run("multiply", value, frame)
        return self.live.run("becomes", self.steady.run("becomes", value, frame), frame)

    def _all(self, op: str, neutral: float, frame: Frame) -> Any:
        made = self.folds[op].of(frame) if op in self.folds else None
        if made is None:
            return self.steady.run(op, neutral, frame)
        table, number = made
        return table[0] if number is None else np.take(table, number, mode="clip")


def existence(only_when: m.Expr, scope: Scope) -> Fold[NDArray[np.bool_]]:
    """Whether the field exists."""
    parents = Parents(scope)
    holds = formula(parents.marked(only_when), scope)
    return Fold(parents, lambda every: np.array(np.broadcast_to(holds(every), (every.count,)), dtype=bool))


def _all_steady(effects: Sequence[m.Effect], scope: Scope) -> bool:
    return all(steady(effect.amount, scope) for effect in effects)


def _marked(effects: Sequence[m.Effect], parents: Parents) -> tuple[m.Effect, ...]:
    return tuple(replace(e, guard=parents.add(e.guard), amount=parents.marked(e.amount)) for e in effects)


def _marked_start(start: m.Start, parents: Parents) -> m.Start:
    given = tuple((name, parents.marked(expr)) for name, expr in start.parameters)
    return replace(start, guard=parents.add(start.guard), parameters=given)
