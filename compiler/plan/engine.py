"""Model, days, people -> what the plan's columns are drawn with.

Fields are drawn in three goes.  `first`: what follows from the call and its day alone and has to be known to see who
calls again.  `daily`: day after day, because a flagged call reserves a later one: what has to be known for that and
reads the customer or what a follow-up takes over.  `rest`: all others, when the calls are settled (stream.py).  What a
draw gives depends on none of this: every draw is keyed by its call and its full name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan.clocks import Clocks
from compiler.plan.days import Days, partial, resized
from compiler.plan.draws import Program
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame, Scope, narrow
from compiler.plan.hours import Starting
from compiler.plan.order import AGENT, BUCKET, SHIFT, START, ancestors, descendants, parents, topological
from compiler.plan.people import People
from compiler.plan.rules import rules_of
from compiler.plan.settle import Ints
from compiler.plan.swell import Rows, Swell, rows_of
from compiler.plan.waves import Given, fate_of, taken_of
from compiler.plan.window import Which, Window
from compiler.rng import Keys

CHUNK = 24_576  # calls drawn at once: with fewer, what a step costs by itself shows; with more, they leave the cache
START_MS = "start_ms"
_HELD = {"day": np.int32, "n": np.int32, "place": np.int32, "customer": np.int32, "wave": np.int8, "rule": np.int8,
         "before": np.int32, START_MS: np.int32}


class Engine:
    """All that the plan is drawn with, and nothing of what is drawn."""

    def __init__(self, model: m.Model, scope: Scope, days: Days, people: People) -> None:
        self.model, self.scope, self.people = model, scope, people
        self.graph = parents(model)
        self.order = tuple(topological(self.graph))
        self.programs = {f.id: Program(f, scope) for f in model.fields if f.id != "team"}
        self.starting = Starting(model, scope, days)
        self.rules = rules_of(model, scope)
        self.swell = Swell(model, scope, days, people, self.graph, self.programs, self.starting) if partial(
            model.calendar) else None  # None where no event's `calls` are about a part of a day
        self.calendar = days
        self.days = days if self.swell is None else resized(days, self._volumes())
        self.first, self.daily, self.rest = self._goes()
        self.clocks = Clocks(model, self.days) if self.rules and START in self.first else None
        self.by_day = self._read({*self.daily}, {n for name in self.daily for n in self.graph[name]})
        self.by_links = self._read(*(rule.fields | rule.read for rule in self.rules))

    # -------------------------------------------------------------------------------- the order of things

    def _goes(self) -> tuple[list[str], list[str], list[str]]:
        own = [name for name in self.order if name not in self.people.kept and name != "team"]
        first, daily = self._early(own) if not self.rules else self._early_and_daily(own)
        return first, daily, [name for name in own if name not in first and name not in daily]

    def _early(self, own: Sequence[str]) -> tuple[list[str], list[str]]:
        """Without follow-ups: what shows whether two calls would share the name of their files."""
        waits = descendants(self.graph, self.people.kept)
        if AGENT not in self.graph or {START, AGENT} & waits:
            return [], []
        needed = ancestors(self.graph, {START, AGENT})
        return [n for n in own if n in needed], []

    def _early_and_daily(self, own: Sequence[str]) -> tuple[list[str], list[str]]:
        flags = {rule.flag for rule in self.rules}
        taken = {name for rule in self.rules for name in rule.fields}
        read = {name for rule in self.rules for name in rule.read}
        after = descendants(self.graph, flags) - flags
        needed = ancestors(self.graph, flags | taken | (read & set(self.graph)))
        for flag in sorted(flags):
            circle = sorted(needed & (descendants(self.graph, {flag}) - {flag}))
            if circle:
                raise SpecFailure([
                    f"{flag} decides who calls again, but {circle[0]} reads it and is needed before that"])
        waits = descendants(self.graph, {*self.people.kept, *taken})
        early = set(own) - waits - after - flags
        needed |= ancestors(self.graph, {START} & early)
        first = [n for n in own if n in early and n in needed]
        return first, [n for n in own if (n in waits and n in needed) or n in flags]

    def _read(self, *names: set[str]) -> frozenset[str]:
        """The columns of these fields; none of all has the start without its shift and bucket."""
        found = {START_MS}.union(*names)
        return frozenset(found | ({SHIFT, BUCKET} if START in found else set()))

    # -------------------------------------------------------------------------------- the calls of a day

    def calls(self, day: int) -> Rows:
        """The identities of a day's calls."""
        who = self._own(day)
        return rows_of(day, who) if self.swell is None else self.swell.rows(day, who)

    def _own(self, day: int) -> Keys:
        """The day's own calls: without what comes on top, with what stays away."""
        own = self.model.dataset
        return rng.keys("call", own.id, own.seed, self.calendar.day(day).isoformat(),
                        count=int(self.calendar.volumes[day]))

    def _volumes(self) -> NDArray[np.int64]:
        """How many calls each day has, with what comes on top and without what stays away."""
        assert self.swell is not None
        return np.array([self.swell.count(d, self._own(d)) for d in range(self.calendar.count)], dtype=np.int64)

    # -------------------------------------------------------------------------------- rows in the window

    def window(self) -> Window:
        """An empty one, with the columns in which it is settled who calls."""
        kinds: dict[str, Any] = dict(_HELD)
        for f in self.model.fields:
            if f.kind in ("choice", "decide"):
                kinds[f.id] = kinds[f"{f.id}:all"] = narrow(len(self.scope.members[f.id]))
        window = Window(kinds)
        window.declare("who", np.uint64)
        for name in ("day", "n", "customer"):
            window.declare(name, np.int64)
        if self.rules:
            window.declare("first", np.uint64)
            for name in ("place", "before", "wave", "rule"):
                window.declare(name, np.int64)
            for rule in self.rules:
                window.declare(fate_of(rule.flag), np.int8)
            for name in {n for rule in self.rules for n in rule.fields}:
                window.declare(taken_of(name), np.bool_)
        for event in self.swell.factors if self.swell is not None else ():
            window.declare(f"{event}:bound", np.int8)
        return window

    def append(self, window: Window, calls: Rows) -> slice:
        rows = window.grow(len(calls.who))
        for name in ("who", "day", "n"):
            window.put(name, rows, getattr(calls, name))
        if self.rules:
            window.put("place", rows, calls.place)
        for event, asked in calls.bound.items():
            window.put(f"{event}:bound", rows, asked)
        return rows

    def rows(self, window: Window, rows: Which) -> Rows:
        """The calls as the events see them."""
        who, day, n = (window.get(name, rows) for name in ("who", "day", "n"))
        names = self.swell.factors if self.swell is not None else ()
        return Rows(who, day, n, n, {event: window.get(f"{event}:bound", rows) for event in names})

    def frame(self, window: Window, rows: Which) -> Frame:
        """What is known of some rows: identity, day, the customer with what they keep, the fields drawn so far."""
        who = window.get("who", rows)
        frame = Frame(len(who), who, self.scope, self.days)
        for name in ("day", "n"):
            frame.columns[name] = window.get(name, rows)
        customer = frame.columns["customer"] = window.get("customer", rows) - 1
        if not self.rules:
            frame.columns |= (known := self.people.look_up(customer))[0]
            frame.masks |= known[1]
        for name in (*self.people.kept, START_MS, SHIFT, BUCKET, *self.first, *self.daily):
            self._fill(frame, window, name, window.get, rows)
        return frame

    def glance(self, window: Window, rows: Which, names: Iterable[str] = ()) -> Frame:
        """A frame to be read at once: identity and day, and of what is known the fields of these names."""
        who = window.look("who", rows)
        frame = Frame(len(who), who, self.scope, self.days)
        frame.columns["day"] = window.look("day", rows)
        for name in sorted(names):
            self._fill(frame, window, name, window.look, rows)
        return frame

    @staticmethod
    def _fill(frame: Frame, window: Window, name: str, read: Callable[[str, Which], Any], rows: Which) -> None:
        if name in window:
            frame.columns[name] = read(name, rows)
        if f"{name}:all" in window:
            frame.columns[f"{name}:all"] = read(f"{name}:all", rows)
        if f"{name}:mask" in window:
            frame.masks[name] = read(f"{name}:mask", rows)

    def meet(self, window: Window, rows: slice, customer: Ints) -> None:
        """The rows have these customers, and what they keep."""
        window.put("customer", rows, customer + 1)  # held one higher, so that 0 is nobody
        columns, masks = self.people.look_up(customer)
        for name, values in columns.items():
            window.put(name, rows, values)
        for name, mask in masks.items():
            window.put(f"{name}:mask", rows, mask)

    def keep(self, window: Window, rows: slice, frame: Frame, fields: Sequence[str]) -> None:
        """Puts what was drawn of these fields into the window. Flags have their fate there."""
        flags = {rule.flag for rule in self.rules}
        started = (START_MS, SHIFT, BUCKET) if START in fields else ()
        for name in (*started, *fields):
            if name in frame.columns and name not in flags:
                window.put(name, rows, frame.columns[name])
            if f"{name}:all" in frame.columns:
                window.put(f"{name}:all", rows, frame.columns[f"{name}:all"])
            if name in frame.masks:
                window.put(f"{name}:mask", rows, frame.masks[name])

    @staticmethod
    def pieces(rows: slice) -> Iterator[slice]:
        """The rows in chunks of about one size: at least one, so that a plan without calls has all its columns too."""
        count = rows.stop - rows.start
        parts = max(1, -(-count // CHUNK))
        for i in range(parts):
            yield slice(rows.start + count * i // parts, rows.start + count * (i + 1) // parts)

    # -------------------------------------------------------------------------------- drawing

    def draw(self, fields: Sequence[str], frame: Frame, given: Mapping[str, Given] | None = None) -> None:
        """Draws the fields; in a follow-up, a field under `same` has the first call's value."""
        for name in fields:
            if name == START:
                self.starting.draw(frame)
            elif name in (BUCKET, SHIFT) and name in frame.columns:
                continue  # they came with the start
            elif given is None or name not in given or not len(given[name].rows):
                self.programs[name].draw(frame)
            else:
                self._take_over(name, frame, given[name])

    def _take_over(self, name: str, frame: Frame, given: Given) -> None:
        program = self.programs[name]
        if program.field.how_many:
            first = np.full(frame.count, -1, dtype=program.kind)
            first[given.rows] = given.values
            program.draw(frame, first)
            frame.columns[f"{name}:all"][given.rows[given.values < 0]] = -1
        else:
            program.draw(frame)
        column = frame.columns[name].copy()
        column[given.rows] = given.values
        frame.columns[name] = column
        if name in frame.masks and given.mask is not None:
            mask = frame.masks[name].copy()
            mask[given.rows] = given.mask
            frame.masks[name] = mask

