"""Parts of a plan -> what shares and chances were asked to be and what they came to, field by field, guard by guard.

Where what a share depends on is finite (fold.py), the calls are counted by combination, and the spec's shares are
worked out once for each; otherwise row by row.  Sums are made of whole billionths, so parts of any size give the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.lang.pretty_rows import when
from compiler.luck import Halves
from compiler.plan.draws import Program
from compiler.plan.expr import Formula, canon, truth
from compiler.plan.fold import Fold, Parents
from compiler.plan.follow import Fate
from compiler.plan.frame import Frame
from compiler.plan.skewed import z_of, z_of_rare
from compiler.rng import Floats

if TYPE_CHECKING:
    from compiler.plan.plan import Plan

BILLION = 1_000_000_000
MOST_BINS = 200_000
LOST = 1  # the code of a follow-up flag that was drawn and found no slot in time


@dataclass
class Compared:
    """Sums over calls: how many, hits, hits that came to nothing (no slot for the follow-up in time), and in billionths
    p, p (1 - p), p (1 - p) (1 - 2 p)."""

    n: int = 0
    hits: int = 0
    lost: int = 0
    sums: list[int] = field(default_factory=lambda: [0, 0, 0])

    def add(self, n: int, hits: int, lost: int, sums: NDArray[np.int64]) -> None:
        """So many calls, of which so many had it and so many more drew it for nothing; `sums`: three rows."""
        self.n, self.hits, self.lost = self.n + n, self.hits + hits + lost, self.lost + lost
        for k in range(3):
            self.sums[k] += int(sums[k].sum())

    def told(self) -> dict[str, float]:
        """asked, got, n and z of what was drawn."""
        n, (asked, variance, third) = self.n, (total / BILLION for total in self.sums)
        z = z_of(self.hits - asked, variance, third)
        if z is None or third * third > variance * variance * variance:  # of the rare ones, hits or misses
            z = z_of_rare(self.hits, asked) if third > 0 else -z_of_rare(n - self.hits, n - asked)
        z = round(z, 2) + 0.0  # never -0.0
        return {"asked": round(asked / n, 5), "got": round((self.hits - self.lost) / n, 5), "n": n, "z": z}


class Shares:
    """One field. `labels` are its members in the order of their codes (`true` or `pass` for a chance)."""

    def __init__(self, plan: Plan, program: Program) -> None:
        self.plan, self.program, self.field = plan, program, program.field
        chance = self.field.kind in ("flag", "check")
        self.labels = (("pass" if self.field.kind == "check" else "true"),) if chance else program.ids
        self.guards = guards_of(self.field)
        self.all = [Compared() for _ in self.labels]
        self.by_guard = {canon(guard): [Compared() for _ in self.labels] for guard in self.guards}
        self.how_many = {str(int(k)): Compared() for k, _ in self.field.how_many}
        timed = plan.starting.probabilities(Frame(0, np.zeros(0, np.uint64), plan.scope, plan.days, {
            "day": np.zeros(0, np.int64), "agent_name": np.zeros(0, np.int64)}), self.field.id) is not None
        self.fold: Fold[_Table] | _AgentDays | None = None
        if timed:
            self.fold = _AgentDays(plan, self.field)
        elif self.field.id not in plan.people.kept:
            self.fold = _fold(program, plan)
        self.counts: NDArray[np.int64] | None = None
        self.width = len(self.labels) + (1 if self.field.follow_up is None else 2)  # no member first, no slot last
        self.plain = {canon(guard): truth(guard, plan.scope) for guard in self.guards}

    def add(self, frame: Frame, rows: NDArray[np.bool_] | None, fate: NDArray[np.int8] | None = None) -> None:
        """The calls of a frame, or some of them. `fate`: what became of each one's follow-up."""
        made = self.fold.of(frame) if self.fold is not None else None
        width, codes = self.width, self._codes(frame) if fate is None else _fated(fate)
        if made is None or len(made[0].chances[0]) * width > MOST_BINS:
            if rows is not None:
                frame, codes = frame.take(np.flatnonzero(rows)), codes[rows]
            guards = {name: np.broadcast_to(np.asarray(holds(frame), dtype=bool), (frame.count,))
                      for name, holds in self.plain.items()}
            self._count(self._chances(frame), codes, np.ones(frame.count, dtype=np.int64), guards)
        else:
            table, number = made
            codes = codes + 1 if number is None else number * width + codes + 1
            codes = codes if rows is None else codes[rows]
            size = len(table.chances[0]) * width
            found = np.bincount(codes, minlength=size)
            self.counts = found if self.counts is None else self.counts + found
        if self.how_many:
            self._how_many(frame.halves if rows is None or made is None else frame.halves[np.flatnonzero(rows)])

    def _codes(self, frame: Frame) -> NDArray[np.int64]:
        """The code of each row's member; for a chance 0 is yes and -1 no."""
        column = frame.columns[self.field.id]
        if self.field.kind in ("flag", "check"):
            return column.astype(np.int64) - 1
        if self.field.kind == "number":
            return self.program.category(frame)
        return column.astype(np.int64)

    def _chances(self, frame: Frame) -> list[Floats]:
        if self.field.kind in ("flag", "check"):
            return [self.program.chance(frame)]
        if self.field.kind == "decide":
            return self.program.decided_probabilities(frame, True)
        return self.plan.starting.probabilities(frame, self.field.id) or self.program.probabilities(frame)

    def _count(self, chances: list[Floats], codes: NDArray[np.int64], times: NDArray[np.int64],
               guards: dict[str, NDArray[np.bool_]], own: NDArray[np.int64] | None = None) -> None:  # fmt: skip
        """`own[combination, code + 1]`: how many calls, where rows are combinations."""
        rows = {name: np.flatnonzero(holds) for name, holds in guards.items()}
        calls = {name: int(times[some].sum()) for name, some in rows.items()}
        nothing = np.zeros(len(times), dtype=np.int64)
        for i, chance in enumerate(chances):
            hits, lost = (codes == i) if own is None else own[:, i + 1], nothing
            if self.field.follow_up is not None:
                lost = (codes == LOST).astype(np.int64) if own is None else own[:, LOST + 1]
            sums = _billionths(chance, None if own is None else times)
            self.all[i].add(int(times.sum()), int(hits.sum()), int(lost.sum()), sums)
            for name, some in rows.items():
                self.by_guard[name][i].add(calls[name], int(hits[some].sum()), int(lost[some].sum()), sums[:, some])

    def _how_many(self, halves: Halves) -> None:
        shares = {str(int(k)): share for k, share in self.field.how_many}
        total = sum(shares.values())
        ks, one = self.program.how_many.draw(halves, None), np.array([len(halves)])
        for i, (k, share) in enumerate(shares.items()):
            self.how_many[k].add(len(halves), int(np.count_nonzero(ks == i)), 0, _billionths(
                np.array([share / total]), one))

    def end(self) -> None:
        """Works out what was counted by combination."""
        if self.counts is None or self.fold is None or self.fold.made is None or self.fold.made[1] is None:
            return
        table = self.fold.made[1]
        own = self.counts.reshape(-1, self.width)
        there = np.flatnonzero(own.sum(axis=1))
        guards = {name: holds[there] for name, holds in table.guards.items()}
        own = own[there]
        self._count([chance[there] for chance in table.chances], there, own.sum(axis=1), guards, own)
        self.counts = None

    def told(self) -> dict[str, Any]:
        """Member (or true, pass) -> asked, got, n, z (and no_slot)."""
        several = {f"{k} in all": each.told() for k, each in self.how_many.items() if each.n}
        return {label: self._row(each) for label, each in zip(self.labels, self.all, strict=True) if each.n} | several

    def _row(self, each: Compared) -> dict[str, float]:
        """Of a follow-up flag also what was drawn and found no slot in time: `got` and it are what z judges."""
        own = each.told()
        return own if self.field.follow_up is None else own | {"no_slot": round(each.lost / each.n, 5)}

    def told_by_guard(self) -> Iterable[dict[str, Any]]:
        """The same for the calls of which each guard holds."""
        for guard in self.guards:
            for label, each in zip(self.labels, self.by_guard[canon(guard)], strict=True):
                if 0 < each.n < self.all[0].n:
                    yield {"when": when(guard).strip().removeprefix("when "), "is": label, **self._row(each)}


@dataclass(frozen=True)
class _Table:
    """By combination: the chance of each member, and where each guard holds."""

    chances: list[Floats]
    guards: dict[str, NDArray[np.bool_]]


class _AgentDays:
    """The combinations behind a shift or a bucket, whose shares come from the hours: each agent on each day."""

    def __init__(self, plan: Plan, f: m.Field) -> None:
        self.plan, self.field = plan, f
        self.made: tuple[Any, _Table | None] | None = None

    def of(self, frame: Frame) -> tuple[_Table, NDArray[np.int64]] | None:
        """(the table, the row in it of each call); None where nobody answers by name, or on too many days."""
        if self.made is None:
            self.made = frame.days, self._table(frame)
        table = self.made[1]
        return None if table is None else (table, frame["agent_name"] * np.int64(frame.days.count) + frame["day"])

    def _table(self, frame: Frame) -> _Table | None:
        agents, days = len(frame.scope.agents), frame.days.count
        if "agent_name" not in frame.columns or not 0 < agents * days <= MOST_BINS:
            return None
        every = Frame(agents * days, np.zeros(agents * days, dtype=np.uint64), frame.scope, frame.days, {
            "agent_name": np.repeat(np.arange(agents), days), "day": np.tile(np.arange(days), agents)})
        chances = self.plan.starting.probabilities(every, self.field.id)
        assert chances is not None
        holds = {canon(guard): np.broadcast_to(np.asarray(truth(guard, frame.scope)(every), dtype=bool), (every.count,))
                 for guard in guards_of(self.field)}
        return _Table(chances, holds)


def guards_of(f: m.Field) -> list[m.Expr]:
    """The conditions under which the spec says something of its own of the field, each once."""
    given = (*(s.guard for s in f.starts), *(e.guard for e in f.effects), *(row.guard for row in f.rows))
    return [guard for _, guard in sorted({canon(guard): guard for guard in given if guard is not None}.items())]


def _fold(program: Program, plan: Plan) -> Fold[_Table]:
    """The field by combination of all that its lines read."""
    f, scope = program.field, plan.scope
    parents = Parents(scope)

    def marked(expr: m.Expr | None) -> m.Expr | None:
        return parents.add(expr)

    guards: dict[str, Formula] = {canon(guard): truth(marked(guard), scope) for guard in guards_of(f)}
    starts = tuple(replace(s, guard=marked(s.guard), parameters=tuple(
        (name, parents.marked(expr)) for name, expr in s.parameters)) for s in f.starts)
    effects = tuple(replace(e, guard=marked(e.guard), amount=parents.marked(e.amount)) for e in f.effects)
    rows = tuple(replace(row, guard=marked(row.guard)) for row in f.rows)
    members = tuple(replace(one, only_when=marked(one.only_when)) for one in f.members)
    if f.id == "agent_name":
        for agent in scope.agents:
            parents.add_dates(agent.first, None if agent.last is None else agent.last + 1)
    shaped = replace(f, starts=starts, effects=effects, rows=rows, members=members, only_when=None)
    own = Program(shaped, scope, folded=False)

    def compute(every: Frame) -> _Table:
        chances = [own.chance(every)] if f.kind in ("flag", "check") else (
            _decided(own, every) if f.kind == "decide" else own.probabilities(every))
        holds = {name: np.broadcast_to(np.asarray(guard(every), dtype=bool), (every.count,)).copy()
                 for name, guard in guards.items()}
        return _Table(chances, holds)

    return Fold(parents, compute)


def _decided(program: Program, every: Frame) -> list[Floats]:
    """As Program.decided_probabilities, also where a combination that never comes has no row."""
    open_ = np.ones(every.count, dtype=bool)
    found = [np.zeros(every.count) for _ in program.ids]
    for shares, guard in program.rows:
        hit = open_ & guard(every)
        open_ &= ~hit
        total = 0.0
        for name in program.ids:
            total += shares.get(name, 0.0)
        for column, name in zip(found, program.ids, strict=True):
            column[hit] = shares.get(name, 0.0) / total
    return found


def _fated(fate: NDArray[np.int8]) -> NDArray[np.int64]:
    """What became of a flag -> its code: -1 drawn false, 0 made, LOST."""
    return np.where(fate == Fate.MADE, 0, np.where(fate == Fate.UNPLACED, LOST, -1))


def _billionths(chance: Floats, times: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """The three columns that Compared adds up, for rows that stand for so many calls each (None: for one)."""
    found = np.empty((3, len(chance)), dtype=np.int64)
    spread = chance * (1.0 - chance)
    for row, column in zip(found, (chance, spread, spread * (1.0 - 2.0 * chance)), strict=True):
        row[:] = np.floor(column * BILLION + 0.5)
    return found if times is None else found * times
