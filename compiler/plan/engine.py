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
from compiler.plan import callers
from compiler.plan.days import Days, Truths, partial, resized
from compiler.plan.draws import Program
from compiler.plan.failure import SpecFailure
from compiler.plan.follow import Links
from compiler.plan.frame import Frame, Scope
from compiler.plan.hours import Starting
from compiler.plan.order import START, ancestors, descendants, parents, topological
from compiler.plan.people import People
from compiler.plan.settle import Ints
from compiler.plan.swell import Given, Rows, Swell, rows_of
from compiler.plan.waves import Waves, rules_of

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
    rows: Rows = field(init=False)
    taken: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.graph = parents(self.model)
        self.order = tuple(topological(self.graph))
        self.programs = {f.id: Program(f, self.scope) for f in self.model.fields if f.id != "team"}
        self.starting = Starting(self.model, self.scope, self.days)
        self.rules = rules_of(self.model, self.scope)
        self.swell = self._swell()
        self.rows = self._rows()
        self.place = self.rows.place
        self.frame = self._frame(self.rows)
        count = self.frame.count
        first, zero = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
        self.links = Links(first, zero, first.copy(), tuple(rule.flag for rule in self.rules))

    def _swell(self) -> Swell | None:
        """None where no event's `calls` are about a part of a day."""
        if not partial(self.model.calendar):
            return None
        return Swell(self.model, self.scope, self.days, self.people, self.graph, self.programs, self.starting)

    def _rows(self) -> Rows:
        """The calls of each day; the days' volumes are those of the rows from here on."""
        own = self.model.dataset
        whos = [
            rng.keys("call", own.id, own.seed, self.days.day(d).isoformat(), count=int(volume))
            for d, volume in enumerate(self.days.volumes)
        ]
        if self.swell is None:
            return rows_of(whos)
        rows = self.swell.rows(whos)
        self.days = resized(self.days, np.bincount(rows.day, minlength=self.days.count))
        return rows

    def _frame(self, rows: Rows) -> Frame:
        frame = Frame(len(rows.who), rows.who, self.scope, self.days)
        frame.columns["day"], frame.columns["n"] = rows.day, rows.n
        return frame

    @property
    def fits(self) -> callers.Fits | None:
        """Whether rows may have customers; None where all may."""
        return self.swell_fits if self.swell is not None else None

    def swell_fits(self, rows: Ints, customers: Ints, given: Given | None = None) -> Truths:
        assert self.swell is not None
        return self.swell.fits(self.rows, rows, customers, given)

    # -------------------------------------------------------------------------------- the three goes

    def run(self) -> None:
        early, daily, late = self._goes()
        self.evaluate(early, slice(0, self.frame.count))
        self.frame.columns["customer"] = np.full(self.frame.count, -1, dtype=np.int64)
        if self.rules:
            Waves(self, daily).run()
        else:
            self.frame.columns["customer"] = callers.of_all(self.frame, self.people.frame.count, self.fits)
            self.look_up(slice(0, self.frame.count))
        self.evaluate(late, slice(0, self.frame.count))
        if START in late:
            callers.told_apart(self.frame)

    def _goes(self) -> tuple[list[str], list[str], list[str]]:
        kept = set(self.people.kept)
        own = [name for name in self.order if name not in kept and name != "team"]
        if not self.rules:
            waits = descendants(self.graph, kept)
            return [n for n in own if n not in waits], [], [n for n in own if n in waits]
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
        waits = descendants(self.graph, kept | taken)
        early = [n for n in own if n not in waits | after | flags]
        daily = [n for n in own if (n in waits and n in needed) or n in flags]
        return early, daily, [n for n in own if n not in early and n not in daily]

    def evaluate(self, fields: Sequence[str], rows: slice) -> None:
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

    def look_up(self, rows: slice) -> None:
        """Columns of what the customers of these rows keep."""
        customer = self.frame.columns["customer"][rows]
        for store, kept in (
            (self.frame.columns, self.people.frame.columns),
            (self.frame.masks, self.people.frame.masks),
        ):
            looked_up = {name: values[customer] for name, values in kept.items()}
            _keep(store, looked_up, {}, rows, self.frame.count)


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
