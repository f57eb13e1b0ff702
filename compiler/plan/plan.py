"""Model -> Plan: every call of the period, as columns."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.plan import engine
from compiler.plan.call import Call
from compiler.plan.days import Days, days_of
from compiler.plan.draws import Program
from compiler.plan.engine import Engine
from compiler.plan.failure import SpecFailure
from compiler.plan.follow import Links
from compiler.plan.frame import Frame, Scope, scope_of
from compiler.plan.handovers import counted
from compiler.plan.hours import Starting
from compiler.plan.part import Part, cut, joined, part_of
from compiler.plan.people import People, people_of
from compiler.plan.stream import Block, Stream

if TYPE_CHECKING:
    from compiler.plan.record import Records

SMALL = 65_536  # calls that are drawn once and kept; larger plans are drawn as they are read
MOST_AT_ONCE = 5_000_000  # all columns of so many calls fit into the memory of a machine


@dataclass(frozen=True)
class Plan:
    """All calls of the period (rows in order of date and n), of which first_row..last_row (end out) are shown.

    `parts()` and `calls()` draw them as they go, in memory that does not grow with their number. `call(i)`, `frame`,
    `links` and `taken` have all rows of the period at once, `taken[field]` the rows that took the field over from the
    call they follow; SpecFailure where they are too many for that.
    """

    model: m.Model
    scope: Scope
    days: Days
    people: People
    engine: Engine
    first_row: int
    last_row: int

    @property
    def count(self) -> int:
        return self.last_row - self.first_row

    @property
    def programs(self) -> dict[str, Program]:
        return self.engine.programs

    @property
    def order(self) -> tuple[str, ...]:
        """The fields, parents first."""
        return self.engine.order

    @property
    def starting(self) -> Starting:
        return self.engine.starting

    # -------------------------------------------------------------------------------- as they are read

    def parts(self, size: int | None = None) -> Iterator[Part]:
        """All calls in order of (date, n), `size` at a time (the last part has the rest)."""
        return (part_of(self, block) for block in cut(self._shown(), size or engine.CHUNK))

    def calls(self) -> Iterator[Call]:
        """All calls in order of (date, n)."""
        from compiler.plan.record import stream_of_calls

        if "_whole" in self.__dict__:
            return (self._records.call(row) for row in range(self.first_row, self.last_row))
        return stream_of_calls(self)

    def blocks(self, before: int = 0) -> Iterator[Block]:
        """The rows that are shown, chunk by chunk, and those of so many days before them."""
        first, last = (int(np.searchsorted(self.days.rows, row, side="right")) - 1
                       for row in (self.first_row, max(self.first_row, self.last_row - 1)))
        first, last = (min(max(day, 0), self.days.count - 1) for day in (first - before, last))
        return Stream(self.engine).blocks(first, last)

    def _shown(self) -> Iterator[Block]:
        if "_whole" in self.__dict__:
            yield self._whole.take(slice(self.first_row, self.last_row))
        elif self.count:
            yield from self.blocks()

    # -------------------------------------------------------------------------------- all at once

    def call(self, i: int) -> Call:
        """Call number i of the plan, in order of (date, n). IndexError beyond the last."""
        if not 0 <= i < self.count:
            raise IndexError(f"call {i} of {self.count}")
        return self._records.call(self.first_row + i)

    @property
    def call_ids(self) -> list[str]:
        return [self._records.call_id(row) for row in range(self.first_row, self.last_row)]

    @property
    def frame(self) -> Frame:
        return self._whole.frame

    @property
    def taken(self) -> dict[str, NDArray[np.bool_]]:
        return self._whole.taken

    @cached_property
    def links(self) -> Links:
        whole = self._whole
        rows = np.arange(whole.frame.count)
        follows = np.where(whole.before > 0, rows - whole.before, -1)
        return Links(follows, whole.wave, whole.rule, tuple(whole.fates), tuple(whole.fates.values()))

    @cached_property
    def _whole(self) -> Block:
        """All rows of the period."""
        total = int(self.days.rows[-1])
        if total > MOST_AT_ONCE:
            raise SpecFailure([
                f"the plan has {total:,} calls, and at most {MOST_AT_ONCE:,} are taken one by one: write them as a "
                "table (--target plan --format jsonl or parquet), lower `scale` under `volume`, or take a shorter "
                "period (--start, --end)"])
        return joined(list(Stream(self.engine).blocks(0, self.days.count - 1)))

    def redone(self, model: m.Model, frame: Frame, order: tuple[str, ...], programs: dict[str, Program]) -> Plan:
        """The same calls, customers and follow-ups under another spec, with these columns of all rows."""
        made_with = copy(self.engine)
        made_with.model, made_with.scope, made_with.order, made_with.programs = model, frame.scope, order, programs
        people = replace(self.people, model=model, scope=frame.scope)
        plan = replace(self, model=model, scope=frame.scope, people=people, engine=made_with)
        plan.__dict__["_whole"] = replace(self._whole, frame=frame)
        return plan

    @cached_property
    def _records(self) -> Records:
        from compiler.plan.record import Records

        return Records(self, self._whole)


def draw(model: m.Model, first: date | None = None, last: date | None = None) -> Plan:
    """Draws the plan. first and last inside the model's period only leave days out; outside it they replace it.

    SpecFailure for a spec that cannot be drawn, UsageError for an empty period or unknown time zone; of a large plan
    some of that is found only when its calls are read.
    """
    model = counted(model)
    begin, end, shown = period(model, first, last)
    scope = scope_of(model)
    if not scope.agents:
        raise SpecFailure(["nobody answers: the spec has no agents"])
    days = days_of(model, scope, begin, end)
    people = people_of(model, scope)
    made_with = Engine(model, scope, days, people)
    days = made_with.days  # with the calls of events on top
    first_row = int(days.rows[(shown[0] - begin).days])
    until = int(days.rows[(shown[1] - begin).days + 1])
    plan = Plan(model, scope, days, people, made_with, first_row=first_row, last_row=until)
    if int(days.rows[-1]) <= SMALL:
        _ = plan.frame  # found wrong now rather than in the middle
    return plan


def period(model: m.Model, first: date | None, last: date | None) -> tuple[date, date, tuple[date, date]]:
    """(first and last day drawn, (first and last day shown))."""
    own = model.dataset
    low, high = first or own.first, last or own.last
    if low > high:
        raise UsageError(f"the period ends before it begins: {low} to {high}")
    inside = own.first <= low and high <= own.last
    return (own.first, own.last, (low, high)) if inside else (low, high, (low, high))
