"""Model, days, people -> the columns of the plan.

Fields are drawn in three goes.  `early`: what follows from the call and its day alone, for all calls at once.  `daily`:
day after day, because a flagged call reserves a later one: the day's customers, and what has to be known to see who
calls again and why.  `late`: all the rest, for all calls at once.  What a draw gives depends on none of this: every
draw is keyed by its call and its full name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan import callers, follow
from compiler.plan.clocks import instants_of
from compiler.plan.days import Days
from compiler.plan.draws import Program
from compiler.plan.expr import names, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.follow import Asker, Links
from compiler.plan.frame import Frame, Scope
from compiler.plan.hours import Starting
from compiler.plan.order import START, ancestors, descendants, parents, topological
from compiler.plan.people import People
from compiler.plan.settle import Ints

CHUNK = 16_384


@dataclass
class Work:
    """The plan under construction."""

    model: m.Model
    scope: Scope
    days: Days
    people: People
    programs: dict[str, Program] = field(init=False)
    order: tuple[str, ...] = field(init=False)
    frame: Frame = field(init=False)
    links: Links = field(init=False)
    taken: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fields = {f.id: f for f in self.model.fields}
        self.graph = parents(self.model)
        self.order = tuple(topological(self.graph))
        self.programs = {f.id: Program(f, self.scope) for f in self.model.fields if f.id != "team"}
        self.starting = Starting(self.model, self.scope, self.days)
        self.frame = self._rows()
        count = self.frame.count
        self.links = Links(np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64))
        self.repeating = self._repeating()
        self.same = self._same()

    def _rows(self) -> Frame:
        own = self.model.dataset
        parts = [
            rng.keys("call", own.id, own.seed, self.days.day(d).isoformat(), count=int(volume))
            for d, volume in enumerate(self.days.volumes)
        ]
        who = np.concatenate([*parts, np.zeros(0, dtype=np.uint64)])
        frame = Frame(len(who), who, self.scope, self.days)
        frame.columns["day"] = np.repeat(np.arange(self.days.count), self.days.volumes)
        frame.columns["n"] = np.arange(len(who)) - self.days.rows[:-1][frame.columns["day"]]
        return frame

    def _repeating(self) -> m.Field | None:
        found = [f for f in self.model.fields if f.follow_up is not None]
        if len(found) > 1:
            raise SpecFailure([
                f"{', '.join(f.id for f in found)} all come true by a later call; one such flag is offered for now"
            ])
        return found[0] if found else None

    def _same(self) -> list[tuple[tuple[str, ...], Any]]:
        """(fields, guard) of the `same` lines, without the customer, who is always the same."""
        if self.repeating is None or self.repeating.follow_up is None:
            return []
        unknown = {n for ns, _ in self.repeating.follow_up.same for n in ns} - set(self.fields) - {"customer"}
        if unknown:
            raise SpecFailure([f"{self.repeating.id}: `same` names {', '.join(sorted(unknown))}, which is no field"])
        lines = self.repeating.follow_up.same
        return [(tuple(sorted(set(names_) - {"customer"})), truth(guard, self.scope)) for names_, guard in lines]

    # -------------------------------------------------------------------------------- the three goes

    def run(self) -> None:
        early, daily, late = self._goes()
        self._evaluate(early, slice(0, self.frame.count))
        self.frame.columns["customer"] = np.full(self.frame.count, -1, dtype=np.int64)
        if self.repeating is None:
            self.frame.columns["customer"] = callers.of_all(self.frame, self.people.frame.count)
            self._look_up(slice(0, self.frame.count))
        else:
            self._day_by_day(daily)
        self._evaluate(late, slice(0, self.frame.count))
        if START in late:
            callers.told_apart(self.frame)

    def _goes(self) -> tuple[list[str], list[str], list[str]]:
        kept = set(self.people.kept)
        own = [name for name in self.order if name not in kept and name != "team"]
        if self.repeating is None:
            waits = descendants(self.graph, kept)
            return [n for n in own if n not in waits], [], [n for n in own if n in waits]
        flag = self.repeating.id
        taken = {name for fields, _ in self.same for name in fields}
        read = {n for _, g in (self.repeating.follow_up.same if self.repeating.follow_up else ()) for n in names(g)}
        after = descendants(self.graph, {flag}) - {flag}
        needed = ancestors(self.graph, {flag} | taken | (read & set(self.graph)))
        circle = sorted(needed & after)
        if circle:
            raise SpecFailure([f"{flag} decides who calls again, but {circle[0]} reads it and is needed before that"])
        waits = descendants(self.graph, kept | taken)
        early = [n for n in own if n not in waits | after and n != flag]
        daily = [n for n in own if (n in waits and n in needed) or n == flag]
        return early, daily, [n for n in own if n not in early and n not in daily]

    def _evaluate(self, fields: Sequence[str], rows: slice) -> None:
        """Draws the fields for the rows, in chunks; what customers keep is looked up."""
        empty = 0 if self.frame.count else 1  # a plan without calls has all its columns too
        for begin in range(rows.start, rows.stop + empty, CHUNK):
            part_rows = slice(begin, min(begin + CHUNK, rows.stop))
            part = self.frame.take(part_rows)
            before = {**part.columns, **part.masks}
            for name in fields:
                self._one(name, part, part_rows)
            _keep(self.frame.columns, part.columns, before, part_rows, self.frame.count)
            _keep(self.frame.masks, part.masks, before, part_rows, self.frame.count)

    def _one(self, name: str, part: Frame, rows: slice) -> None:
        if name == START:
            self.starting.draw(part)
        elif name in ("time_of_day_bucket", "agent_shift") and name in part.columns:
            return  # they came with the start
        else:
            self.programs[name].draw(part)
            self._take_over(name, part, rows)

    def _take_over(self, name: str, part: Frame, rows: slice) -> None:
        """In a follow-up, a field under `same` has the first call's value."""
        taken = self.taken.get(name)
        if taken is None or not taken[rows].any():
            return
        here = np.flatnonzero(taken[rows])
        first = self.links.follows[rows][here]
        several = f"{name}:all"
        if several in part.columns:
            codes = part.columns[several].copy()
            codes[here] = self.programs[name].several(part.take(here), self.frame.columns[name][first])
            part.columns[several] = codes
        column = part.columns[name].copy()
        column[here] = self.frame.columns[name][first]
        part.columns[name] = column
        if name in part.masks:
            mask = part.masks[name].copy()
            mask[here] = self.frame.masks[name][first]
            part.masks[name] = mask

    def _look_up(self, rows: slice) -> None:
        """Columns of what the customers of these rows keep."""
        customer = self.frame.columns["customer"][rows]
        for store, kept in (
            (self.frame.columns, self.people.frame.columns),
            (self.frame.masks, self.people.frame.masks),
        ):
            looked_up = {name: values[customer] for name, values in kept.items()}
            _keep(store, looked_up, {}, rows, self.frame.count)

    # -------------------------------------------------------------------------------- follow-ups

    def _day_by_day(self, daily: list[str]) -> None:
        assert self.repeating is not None
        assert self.repeating.follow_up is not None
        rule = self.repeating.follow_up
        flag, span = self.repeating.id, follow.span_of(rule.within_seconds)
        known = "start_ms" in self.frame.columns  # before the customers are
        instants = instants_of(self.model, self.days, self.frame) if known else None
        for name in {n for fields, _ in self.same for n in fields}:
            self.taken[name] = np.zeros(self.frame.count, dtype=bool)
        seen = np.full(self.people.frame.count, -(10**9), dtype=np.int64)
        waiting: list[Asker] = []
        for day in range(self.days.count):
            rows = slice(int(self.days.rows[day]), int(self.days.rows[day + 1]))
            waiting = self._link(day, rows, waiting, instants, rule.within_seconds)
            callers.of_day(self.frame, rows, seen, day, span)
            self._look_up(rows)
            self._evaluate(daily, rows)
            if rows.start != rows.stop:
                waiting += self._flagged(day, rows, flag, rule, known)
        self.links.cut_off += [asker.row for asker in waiting]
        self._settle_flag(flag)

    def _link(
        self, day: int, rows: slice, waiting: list[Asker], instants: NDArray[np.int64] | None, within: float
    ) -> list[Asker]:
        """Settles who calls again on this day; gives who is still waiting."""
        today = [asker for asker in waiting if asker.target == day]
        still = [asker for asker in waiting if asker.target != day]
        placed = dict(follow.match(today, self.frame.who, instants, rows, within))
        for i, asker in enumerate(today):
            if i in placed:
                continue
            further = asker.later()
            if further.lags:
                still.append(further)
            else:
                self.links.unplaced.append(asker.row)
        first = np.array([today[i].row for i in placed], dtype=np.int64)
        self._join(first, np.array([*placed.values()], dtype=np.int64))
        return still

    def _join(self, first: Ints, later: Ints) -> None:
        """The later calls follow the first ones: their customers, and the fields under `same`."""
        if not len(first):
            return
        self.links.made += first.tolist()
        self.links.follows[later] = first
        self.links.wave[later] = self.links.wave[first] + 1
        self.frame.columns["customer"][later] = self.frame.columns["customer"][first]
        before = self.frame.take(first)
        for fields, guard in self.same:
            holds = np.broadcast_to(np.asarray(guard(before)), first.shape) if fields else first < 0
            for name in fields:
                self.taken[name][later[holds]] = True

    def _flagged(self, day: int, rows: slice, flag: str, rule: m.FollowUp, known: bool) -> list[Asker]:
        """The calls of the day whose flag was drawn true and who may still call again."""
        wanted = np.flatnonzero(self.frame.columns[flag][rows]) + rows.start
        last = self.links.wave[wanted] >= rule.at_most
        self.links.last_wave += wanted[last].tolist()
        wanted = wanted[~last]
        time = self.frame.columns["start_ms"][wanted] if known else np.zeros(len(wanted), dtype=np.int64)
        orders = follow.lag_orders(self.frame.who[wanted], time, rule.within_seconds, not known)
        found = []
        for row, lags in zip(wanted.tolist(), orders, strict=True):
            if lags:
                found.append(Asker(row, day, row - rows.start, lags))
            else:
                self.links.unplaced.append(row)
        return found

    def _settle_flag(self, flag: str) -> None:
        """From here on the flag says what is in the plan."""
        true = np.zeros(self.frame.count, dtype=bool)
        true[np.array(self.links.made, dtype=np.int64)] = True
        self.frame.columns[flag] = true


def _keep(
    store: dict[str, NDArray[Any]],
    found: dict[str, NDArray[Any]],
    before: dict[str, NDArray[Any]],
    rows: slice,
    count: int,
) -> None:
    """Writes the new columns of some rows into those of all."""
    for name, values in found.items():
        if before.get(name) is values:
            continue
        if name not in store:
            store[name] = np.zeros((count, *values.shape[1:]), dtype=values.dtype)
        store[name][rows] = values
