"""Model -> Plan: every call of the period, as columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.plan.call import Call
from compiler.plan.days import Days, days_of
from compiler.plan.draws import Program
from compiler.plan.engine import CHUNK, Work
from compiler.plan.failure import SpecFailure
from compiler.plan.follow import Links
from compiler.plan.frame import Frame, Scope, scope_of
from compiler.plan.handovers import counted
from compiler.plan.hours import Starting
from compiler.plan.part import Part
from compiler.plan.people import People, people_of

if TYPE_CHECKING:
    from compiler.plan.record import Records


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
    starting: Starting
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

    def parts(self, size: int = CHUNK) -> Iterator[Part]:
        """All calls in order of (date, n), `size` at a time (the last part has the rest)."""
        for begin in range(self.first_row, self.last_row, size):
            rows = slice(begin, min(begin + size, self.last_row))
            first = self.links.follows[rows]
            yield Part(self, self.frame.take(rows), begin - self.first_row, self.frame.who[first], first >= 0)

    @cached_property
    def _records(self) -> Records:
        from compiler.plan.record import Records

        return Records(self)


def draw(model: m.Model, first: date | None = None, last: date | None = None) -> Plan:
    """Draws the plan. first and last inside the model's period only leave days out; outside it they replace it.

    SpecFailure for a spec that cannot be drawn, UsageError for an empty period or unknown time zone.
    """
    model = counted(model)
    begin, end, shown = period(model, first, last)
    scope = scope_of(model)
    if not scope.agents:
        raise SpecFailure(["nobody answers: the spec has no agents"])
    days = days_of(model, scope, begin, end)
    people = people_of(model, scope)
    work = Work(model, scope, days, people)
    work.run()
    days = work.days  # with the calls of events on top
    first_row = int(days.rows[(shown[0] - begin).days])
    until = int(days.rows[(shown[1] - begin).days + 1])
    made = (work.frame, work.programs, work.order, work.starting, work.links, work.taken)
    return Plan(model, scope, days, people, *made, first_row=first_row, last_row=until)


def period(model: m.Model, first: date | None, last: date | None) -> tuple[date, date, tuple[date, date]]:
    """(first and last day drawn, (first and last day shown))."""
    own = model.dataset
    low, high = first or own.first, last or own.last
    if low > high:
        raise UsageError(f"the period ends before it begins: {low} to {high}")
    inside = own.first <= low and high <= own.last
    return (own.first, own.last, (low, high)) if inside else (low, high, (low, high))
