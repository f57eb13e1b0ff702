"""Model -> Plan: every call of the period, as columns.

Fields are drawn in three goes.  `early`: what follows from the call and its day alone, for all calls at once.  `daily`:
day after day, because a flagged call reserves a later one: the day's customers, and what has to be known to see who
calls again and why.  `late`: all the rest, for all calls at once.  What a draw gives depends on none of this: every
draw is keyed by its call and its full name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.plan import follow
from compiler.plan.call import Call
from compiler.plan.days import Days, days_of, offsets
from compiler.plan.draws import Program
from compiler.plan.expr import names, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.follow import Asker, Links
from compiler.plan.frame import Frame, Scope, scope_of
from compiler.plan.hours import Starting
from compiler.plan.order import AGENT, START, ancestors, descendants, parents, topological
from compiler.plan.people import People, people_of
from compiler.plan.settle import GIVES_UP, SKIPS, Ints, jump, settle
from compiler.rng import Keys

CHUNK = 16_384
TRIES = 200  # how often a call may ask for another customer before the population counts as too small


@dataclass(frozen=True)
class Plan:
    """All calls of the period as columns of `frame` (rows in order of date and n), of which first_row..last_row
    (end out) are shown. `customer` is the customer's number by row; `taken[field]` marks the rows that took the field
    over from the call they follow."""

    model: m.Model
    scope: Scope
    days: Days
    people: People
    frame: Frame
    programs: dict[str, Program]
    order: tuple[str, ...]  # fields, parents first
    links: Links
    taken: dict[str, NDArray[np.bool_]]
    first_row: int
    last_row: int

    @property
    def count(self) -> int:
        return self.last_row - self.first_row

    @property
    def call_ids(self) -> list[str]:
        return [self._records.call_id(row) for row in range(self.first_row, self.last_row)]

    def call(self, i: int) -> Call:
        """Call number i of the plan, in order of (date, n). IndexError beyond the last."""
        if not 0 <= i < self.count:
            raise IndexError(f"call {i} of {self.count}")
        return self._records.call(self.first_row + i)

    def calls(self) -> Iterator[Call]:
        """All calls in order of (date, n)."""
        return (self._records.call(row) for row in range(self.first_row, self.last_row))

    @cached_property
    def _records(self) -> Any:
        from compiler.plan.record import Records

        return Records(self)


def draw(model: m.Model, first: date | None = None, last: date | None = None) -> Plan:
    """Draws the plan. first and last inside the model's period only leave days out; outside it they replace it.

    SpecFailure for a spec that cannot be drawn, UsageError for an empty period or unknown time zone.
    """
    begin, end, shown = _period(model, first, last)
    scope = scope_of(model)
    if not scope.agents:
        raise SpecFailure(["nobody answers: the spec has no agents"])
    days = days_of(model, scope, begin, end)
    people = people_of(model, scope)
    work = _Work(model, scope, days, people)
    work.run()
    rows = [int(days.rows[max(0, (day - begin).days)]) for day in (shown[0], shown[1])]
    until = int(days.rows[(shown[1] - begin).days + 1])
    return Plan(model, scope, days, people, work.frame, work.programs, work.order, work.links, work.taken, rows[0], until)


def _period(model: m.Model, first: date | None, last: date | None) -> tuple[date, date, tuple[date, date]]:
    """(first and last day drawn, (first and last day shown))."""
    own = model.dataset
    low, high = first or own.first, last or own.last
    if low > high:
        raise UsageError(f"the period ends before it begins: {low} to {high}")
    inside = own.first <= low and high <= own.last
    return (own.first, own.last, (low, high)) if inside else (low, high, (low, high))


@dataclass
class _Work:
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
        return [(tuple(sorted(set(ns) - {"customer"})), truth(g, self.scope)) for ns, g in self.repeating.follow_up.same]

    # -------------------------------------------------------------------------------- the three goes

    def run(self) -> None:
        early, daily, late = self._goes()
        self._evaluate(early, slice(0, self.frame.count))
        self.frame.columns["customer"] = np.full(self.frame.count, -1, dtype=np.int64)
        if self.repeating is None:
            self._customers_of_all()
        else:
            self._day_by_day(daily)
        self._evaluate(late, slice(0, self.frame.count))

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
        for begin in range(rows.start, rows.stop, CHUNK):
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
            before = np.full(part.count, -1, dtype=np.int64)
            before[here] = self.frame.columns[name][first]
            part.columns[several] = self.programs[name].several(part, before)
        column = part.columns[name].copy()
        column[here] = self.frame.columns[name][first]
        part.columns[name] = column
        if name in part.masks:
            mask = part.masks[name].copy()
            mask[here] = self.frame.masks[name][first]
            part.masks[name] = mask

    # -------------------------------------------------------------------------------- customers

    def _customers_of_all(self) -> None:
        """No follow-ups: each call draws its customer by itself. Two calls that would share agent, second and
        customer would share a file name too: the later in (date, n) draws another customer."""
        who, population = self.frame.who, self.people.frame.count
        tries = np.zeros(self.frame.count, dtype=np.int64)
        customer = jump(rng.hashes(who, "customer", 0), population)
        if START in self.order and "start_ms" in self.frame.columns and AGENT in self.frame.columns:
            second = self.frame.columns["day"] * 86_400 + self.frame.columns["start_ms"] // 1000
            agent = self.frame.columns[AGENT]
            for _ in range(TRIES):
                order = np.lexsort((np.arange(len(who)), customer, agent, second))
                same = (np.diff(second[order]) == 0) & (np.diff(agent[order]) == 0) & (np.diff(customer[order]) == 0)
                again = order[1:][same]
                if not len(again):
                    break
                tries[again] += 1
                customer[again] = [
                    int(jump(rng.hashes(who[i : i + 1], "customer", int(tries[i])), population)[0]) for i in again
                ]
        self.frame.columns["customer"] = customer
        self._look_up(slice(0, self.frame.count))

    def _look_up(self, rows: slice) -> None:
        """Columns of what the customers of these rows keep."""
        customer = self.frame.columns["customer"][rows]
        for store, kept in (
            (self.frame.columns, self.people.frame.columns),
            (self.frame.masks, self.people.frame.masks),
        ):
            looked_up = {name: values[customer] for name, values in kept.items()}
            _keep(store, looked_up, {}, rows, self.frame.count)

    def _customers_of(self, day: int, rows: slice, seen: Ints, span: int) -> None:
        """The customers of a day's calls: follow-ups have theirs; the others draw one who has not called for `span`
        days, nor today (so that nobody whose flag is false calls again in time). An earlier n has the first claim."""
        column = self.frame.columns["customer"]
        blocked = seen >= day - span
        blocked[column[rows][column[rows] >= 0]] = True
        free = np.flatnonzero(column[rows] < 0)
        who, population = self.frame.who[rows][free], self.people.frame.count

        def wish(askers: Ints, attempts: Ints) -> Ints:
            found = np.empty(len(askers), dtype=np.int64)
            for attempt in np.unique(attempts):
                at = attempts == attempt
                found[at] = jump(rng.hashes(who[askers[at]], "customer", int(attempt)), population)
            return np.where(attempts >= TRIES, GIVES_UP, np.where(blocked[found], SKIPS, found))

        drawn = settle(len(free), wish, lambda askers, _: askers)
        if (drawn < 0).any():
            raise SpecFailure([
                f"the population of {population} customers is too small: on {self.days.day(day)} everybody has called "
                f"within the last {span} days, and a false {self.repeating.id if self.repeating else ''} allows no "
                "second call; make `population` larger"
            ])
        column[rows.start + free] = drawn
        seen[column[rows]] = day

    # -------------------------------------------------------------------------------- follow-ups

    def _day_by_day(self, daily: list[str]) -> None:
        assert self.repeating is not None
        assert self.repeating.follow_up is not None
        rule = self.repeating.follow_up
        flag, span = self.repeating.id, follow.span_of(rule.within_seconds)
        known = "start_ms" in self.frame.columns  # before the customers are
        instants = self._instants() if known else None
        for name in {n for fields, _ in self.same for n in fields}:
            self.taken[name] = np.zeros(self.frame.count, dtype=bool)
        seen = np.full(self.people.frame.count, -(10**9), dtype=np.int64)
        waiting: list[Asker] = []
        for day in range(self.days.count):
            rows = slice(int(self.days.rows[day]), int(self.days.rows[day + 1]))
            waiting = self._link(day, rows, waiting, instants, rule.within_seconds)
            self._customers_of(day, rows, seen, span)
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
        self._join(np.array([today[i].row for i in placed], dtype=np.int64), np.array([*placed.values()], dtype=np.int64))
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

    def _instants(self) -> NDArray[np.int64]:
        """When each call starts, in milliseconds of universal time since ordinal 0."""
        return instants(self.model, self.days, self.frame)


def _keep(
    store: dict[str, NDArray[Any]], found: dict[str, NDArray[Any]], before: dict[str, NDArray[Any]], rows: slice, count: int
) -> None:
    """Writes the new columns of some rows into those of all."""
    for name, values in found.items():
        if before.get(name) is values:
            continue
        if name not in store:
            store[name] = np.zeros((count, *values.shape[1:]), dtype=values.dtype)
        store[name][rows] = values


def instants(model: m.Model, days: Days, frame: Frame) -> NDArray[np.int64]:
    """When each call starts, in milliseconds of universal time since ordinal 0. UsageError: unknown time zone."""
    zone = zone_of(model)
    shifts = [offsets(zone, days.day(d)) for d in range(days.count)]
    time = frame.columns["start_ms"]
    first = np.array([s[0][1] for s in shifts])[frame.columns["day"]]
    change = np.array([s[-1][0] if len(s) > 1 else 10**9 for s in shifts])[frame.columns["day"]]
    later = np.array([s[-1][1] for s in shifts])[frame.columns["day"]]
    offset = np.where(time // 1000 >= change, later, first)
    local = frame["date"].astype(np.int64) * follow.DAY_MS + time
    return np.asarray(local - offset * 1000)


def zone_of(model: m.Model) -> ZoneInfo:
    try:
        return ZoneInfo(model.dataset.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(f"I know no time zone `{model.dataset.time_zone}`; write one like Europe/Zurich") from None
