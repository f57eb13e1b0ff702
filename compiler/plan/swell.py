"""Events whose `calls` are about a part of a day's calls (`hours`, `only when`): what comes on top, what stays away.

A factor above 1: the calls that the event is about are counted in a keyed sample of the day; that number times (factor
- 1) comes on top of the day's own calls.  Each of these has an identity of its own (day, event, number), so that no
other call changes, and takes the first of its keyed attempts for which the event holds.  A factor below 1: the day's
calls that the event is about stay with that chance, each by its own keyed uniform; the others keep their identity.
Events that overlap multiply: the sample carries the weights of those that went before, and so do the attempts.

What the event's condition says of a call may depend on its customer.  So a call that was made or kept for it draws,
where its first customer is not free, another of whom the same holds, and takes no follow-up of whom it does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.counting import counted
from compiler.lang import model as m
from compiler.plan import callers, distributions
from compiler.plan.days import Days, Truths, event_factors, partial
from compiler.plan.draws import Program
from compiler.plan.expr import names, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.flip import flip
from compiler.plan.frame import Frame, Scope
from compiler.plan.hours import Starting
from compiler.plan.order import START, ancestors
from compiler.plan.people import People
from compiler.plan.settle import Ints
from compiler.rng import Floats, Keys

SAMPLE = 4096  # calls in the sample of a day, at least
BATCH = 16  # attempts at a time
ATTEMPTS = 4096

Given = Mapping[str, tuple[Truths, NDArray[Any]]]  # field -> where it is given, and its values there


@dataclass(frozen=True)
class Rows:
    """The calls of the period: their identity, day and number. `bound[event]` is 1 where the event must hold of the
    call, -1 where it must not, 0 where it may."""

    who: Keys
    day: Ints
    n: Ints
    place: Ints  # the number that decides among whom a follow-up is looked for
    bound: dict[str, Ints]


def rows_of(day: int, who: Keys) -> Rows:
    """A day's own calls and nothing else."""
    n = np.arange(len(who))
    return Rows(who, np.full(len(who), day), n, n, {})


def joined(parts: Sequence[Rows]) -> Rows:
    """The calls of several days, one after the other."""
    if len(parts) == 1:
        return parts[0]
    who, day, n, place = (np.concatenate([getattr(p, name) for p in parts]) for name in ("who", "day", "n", "place"))
    bound = {name: np.concatenate([p.bound[name] for p in parts]) for name in parts[0].bound}
    return Rows(who, day, n, place, bound)


class Swell:
    """What is needed to see whether an event holds of a call, before the plan is drawn."""

    def __init__(
        self, model: m.Model, scope: Scope, days: Days, people: People, graph: Mapping[str, set[str]],
        programs: Mapping[str, Program], starting: Starting,
    ) -> None:  # fmt: skip
        self.model, self.scope, self.days, self.people = model, scope, days, people
        self.programs, self.starting = programs, starting
        self.factors = {e.id: event_factors(e, model, scope, days) for e in partial(model.calendar)}
        self.holds = {name: truth(m.Ref(name), scope) for name in self.factors}
        self.fields = self._needed(graph)
        self.more: dict[int, list[int]] = {}  # day -> how many calls each event brings

    def _needed(self, graph: Mapping[str, set[str]]) -> list[str]:
        """The fields that have to be drawn to see whether the events hold, parents first."""
        from compiler.plan.order import topological

        roots: set[str] = set()
        for name in self.factors:
            roots |= {START} if self.scope.events[name].hours else set()
            roots |= self._read(name, graph, set())
        needed = ancestors(graph, roots)
        repeating = sorted(f.id for f in self.model.fields if f.follow_up is not None and f.id in needed)
        if repeating:
            raise SpecFailure([
                f"`calls` of {', '.join(sorted(self.factors))} are about calls that {repeating[0]} decides, but "
                f"{repeating[0]} is settled only when all calls are known; take it out of `only when`"
            ])
        return [f for f in topological(graph) if f in needed and f not in self.people.kept and f != "team"]

    def _read(self, name: str, graph: Mapping[str, set[str]], seen: set[str]) -> set[str]:
        found: set[str] = set()
        for one in names(self.scope.events[name].only_when):
            if one in self.scope.events and one not in seen:
                found |= self._read(one, graph, seen | {name})
                found |= {START} if self.scope.events[one].hours else set()
            elif one in ("agent", "team", "agent_name") or one.startswith("agent."):
                found.add("agent_name")
            elif one == "time":
                found.add(START)
            elif one in graph:
                found.add(one)
        return found

    # -------------------------------------------------------------------------------- what holds of a call

    def frame(self, who: Keys, day: Ints, customer: Ints, given: Given) -> Frame:
        """A frame of calls with all that the events' conditions read."""
        frame = Frame(len(who), who, self.scope, self.days)
        frame.columns["day"] = day
        columns, masks = self.people.look_up(customer)
        frame.columns |= columns
        frame.masks |= masks
        for name in self.fields:
            if name == START:
                self.starting.draw(frame)
            elif name not in frame.columns:
                self.programs[name].draw(frame)
            if name in given:
                where, values = given[name]
                frame.columns[name] = np.where(where, values, frame.columns[name])
        return frame

    def status(
        self, who: Keys, day: Ints, customer: Ints | None = None, given: Given | None = None
    ) -> dict[str, Truths]:
        """event -> whether it holds of each call, with its customer (None: the one that it asks for first)."""
        if customer is None:
            customer = callers.drawn(who, np.zeros(len(who), dtype=np.int64), self.people.count)
        frame = self.frame(who, day, customer, given or {})
        return {name: np.broadcast_to(np.asarray(holds(frame), dtype=bool), who.shape)
                for name, holds in self.holds.items()}

    def fits(self, calls: Rows, customer: Ints, given: Given | None = None) -> Truths:
        """Whether the calls may have these customers: what the events must or must not be of them."""
        fits = np.ones(len(customer), dtype=bool)
        bound = np.flatnonzero(np.logical_or.reduce([b != 0 for b in calls.bound.values()]))
        if not len(bound):
            return fits
        part = {name: (where[bound], values[bound]) for name, (where, values) in (given or {}).items()}
        holds = self.status(calls.who[bound], calls.day[bound], customer[bound], part)
        for name, asked in calls.bound.items():
            fits[bound] &= (asked[bound] == 0) | ((asked[bound] > 0) == holds[name])
        return fits

    # -------------------------------------------------------------------------------- the calls of the period

    def count(self, day: int, who: Keys) -> int:
        """How many calls the day has, from the identities of its own calls."""
        up, down = self._on(day)
        if down and len(who):
            return len(self.rows(day, who).who)  # who stays away is seen of each call
        return len(who) + sum(self._extras(day, who, up))

    def _on(self, day: int) -> tuple[list[str], list[str]]:
        """The events of the day that bring calls, and those that keep calls away."""
        on = [name for name in sorted(self.factors) if self.days.events[name][day]]
        return ([name for name in on if self.factors[name][day] > 1.0],
                [name for name in on if self.factors[name][day] < 1.0])

    def rows(self, day: int, who: Keys) -> Rows:
        """From the identities of the day's own calls to all calls."""
        up, down = self._on(day)
        count = len(who)
        place = np.arange(count)
        bound = {name: np.zeros(count, dtype=np.int64) for name in self.factors}
        rows = Rows(who, np.full(count, day), place, place, bound)
        if not count:
            return rows
        for i, (name, extra) in enumerate(zip(up, self._extras(day, who, up), strict=True)):
            rows = _more(rows, self._on_top(day, name, extra, up[:i], count))
        return self._stay_away(rows, day, down) if down else rows

    def _extras(self, day: int, who: Keys, up: Sequence[str]) -> list[int]:
        """How many calls come on top for each event, by a sample that is the day over and over."""
        if not up or not len(who):
            return [0] * len(up)
        if day in self.more:
            return self.more[day]
        times = -(-SAMPLE // len(who))
        sample = np.concatenate([rng.hashes(who, "sample", i) for i in range(times)])
        holds = self.status(sample, np.full(len(sample), day))
        weight, found = np.ones(len(sample)), []
        for name in up:
            factor = float(self.factors[name][day])
            mass = _exact_sum(np.where(holds[name], weight, 0.0)) / times * (factor - 1.0)
            found.append(self._arrive(day, name, mass))
            weight = np.where(holds[name], weight * factor, weight)
        self.more[day] = found
        return found

    def _arrive(self, day: int, name: str, mean: float) -> int:
        if self.model.volume.arrivals == "exact":
            return int(mean + 0.5)
        own = self.model.dataset
        u = rng.u(rng.key("volume", own.id, own.seed, self.days.day(day).isoformat(), name), "u")
        return distributions.arrivals(u, mean, 0.0)

    def _on_top(self, day: int, name: str, count: int, before: Sequence[str], own: int) -> Rows:
        """`count` calls of which the event holds; `own` is the number of the day's own calls."""
        data = self.model.dataset
        keys = rng.keys("call", data.id, data.seed, self.days.day(day).isoformat(), name, count=count)
        found, pending = np.zeros(count, dtype=np.uint64), np.arange(count)
        for first in range(0, ATTEMPTS, BATCH):
            if not len(pending):
                break
            tried = np.stack([rng.hashes(keys[pending], "attempt", a) for a in range(first, first + BATCH)], axis=1)
            good = self._accepted(tried.reshape(-1), day, name, before).reshape(tried.shape)
            lucky = good.any(axis=1)
            found[pending[lucky]] = tried[lucky, good.argmax(axis=1)[lucky]]
            pending = pending[~lucky]
        if len(pending):
            raise SpecFailure([
                f"{name} asks for {counted(count, 'more call')} that it is about on {self.days.day(day)}, but "
                f"{ATTEMPTS} attempts each do not find them: its `hours` and `only when` nearly never hold; "
                "make them wider"
            ])
        bound = {other: np.full(count, int(other == name)) for other in self.factors}
        return Rows(found, np.full(count, day), own + np.arange(count), flip(keys, own), bound)

    def _accepted(self, who: Keys, day: int, name: str, before: Sequence[str]) -> Truths:
        holds = self.status(who, np.full(len(who), day))
        weight = np.ones(len(who))
        for other in before:
            factor = float(self.factors[other][day])
            weight = np.where(holds[other], weight, weight / factor)
        return np.asarray(holds[name] & (rng.uniforms(who, "accepted") < weight))

    def _stay_away(self, rows: Rows, day: int, down: Sequence[str]) -> Rows:
        holds = self.status(rows.who, rows.day)
        stays = np.ones(len(rows.who), dtype=bool)
        bound = dict(rows.bound)
        for name in down:
            stays &= ~holds[name] | (rng.uniforms(rows.who, "stays", name) < float(self.factors[name][day]))
            bound[name] = np.where(holds[name], 1, -1)
        return _taken(replace(rows, bound=bound), stays)


def _exact_sum(values: Floats) -> float:
    """A sum that is the same on every machine."""
    return int(np.floor(values * 1e6 + 0.5).astype(np.int64).sum()) / 1e6


def _more(one: Rows, two: Rows) -> Rows:
    bound = {name: np.concatenate([one.bound[name], two.bound[name]]) for name in one.bound}
    n = np.concatenate([one.n, two.n - int(two.n[0]) + len(one.n)]) if len(two.n) else one.n
    return Rows(np.concatenate([one.who, two.who]), np.concatenate([one.day, two.day]), n,
                np.concatenate([one.place, two.place]), bound)


def _taken(rows: Rows, which: Truths) -> Rows:
    bound = {name: values[which] for name, values in rows.bound.items()}
    return Rows(rows.who[which], rows.day[which], rows.n[which], rows.place[which], bound)
