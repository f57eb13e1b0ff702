"""Part -> the columns of the call record, typed, in the record's order: what every format encodes.

The same values as Plan.calls() has in its records, without a value or a record per call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan.clocks import offsets, zone_of
from compiler.plan.frame import WEEKDAYS, Frame
from compiler.plan.part import Part
from compiler.plan.record import check_order, is_integer, names_in_order, short, silence_ratios
from compiler.rng import Floats, Keys

if TYPE_CHECKING:
    from compiler.plan.plan import Plan

Ints = NDArray[np.int64]
Codes = NDArray[np.signedinteger[Any]]  # in the narrowest type that holds them: widen them to reckon with them
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Category:
    """`ids[code]` is the value; -1 is null. Several codes may stand for one id (the team of an agent)."""

    codes: Codes
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """`days[code]` is the date."""

    codes: Ints
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A float; absent where not `there`. `decimals` is what the spec asks for, None if nothing."""

    values: Floats
    there: Truths | None
    decimals: int | None


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer; absent where not `there`. `within` are the spec's bounds, if it has some."""

    values: Ints
    there: Truths | None
    within: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Truth:
    values: Truths
    there: Truths | None


@dataclass(frozen=True, slots=True)
class Checks:
    """An object of pass and fail by name; a check is absent from it where not `there`."""

    parts: tuple[tuple[str, Truth], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """A UUID in two halves of 64 bits; null where not `there`."""

    high: Keys
    low: Keys
    there: Truths | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Local milliseconds since midnight of the day `days[code]`, and seconds east of UTC."""

    codes: Ints
    days: tuple[date, ...]
    local_ms: Ints
    offset: Ints
    zone: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """A text made of a prefix and a number of at least `width` digits."""

    prefix: str
    values: Ints
    width: int


@dataclass(frozen=True, slots=True)
class Several:
    """A list of ids: `codes` is row x place, -1 for no more."""

    codes: Codes
    ids: tuple[str, ...]


Cells = Category | Day | Number | Whole | Truth | Checks | Identity | Moment | Numbered | Several
Table = Mapping[str, Cells]


class Columns:
    """Reads the record's columns off parts of one plan; what holds for the whole plan is made once."""

    def __init__(self, plan: Plan) -> None:
        self.model, self.scope, self.people = plan.model, plan.scope, plan.people
        self.days = tuple(plan.days.day(d) for d in range(plan.days.count))
        self.weekdays = tuple(WEEKDAYS[day.weekday()] for day in self.days)
        self.fields = {f.id: f for f in plan.model.fields}
        self.groups: dict[str, list[m.Field]] = {}
        for f in sorted((f for f in plan.model.fields if f.group), key=check_order):
            self.groups.setdefault(str(f.group), []).append(f)

    def of(self, part: Part) -> Table:
        """Column by name, in the order of the record."""
        found = {}
        special = self._special(part)
        for name in names_in_order(self.model):
            if name in special:
                found[name] = special[name]
            elif name in self.groups:
                found[name] = Checks(tuple((short(f), _truth(part.frame, f.id)) for f in self.groups[name]))
            elif name in self.fields:
                found[name] = self._field(self.fields[name], part.frame)
        return found

    def _special(self, part: Part) -> dict[str, Cells]:
        """What every record has, and what is made of other fields."""
        columns = part.frame.columns
        day, customer, agent = columns["day"], columns["customer"], columns["agent_name"]
        number, names = self.people.labels(customer, columns)
        followed = part.followed
        found: dict[str, Cells] = {
            "call_id": _identity(part.frame.who, None),
            "date": Day(day, self.days),
            "weekday": Category(day, self.weekdays),
            "agent_name": Category(agent, tuple(a.id for a in self.scope.agents)),
            "team": Category(agent, tuple(a.team for a in self.scope.agents)),
            "ANI": Numbered("+", self.people.numbers(customer, columns), 1),
            "start": self._start(day, columns["start_ms"]),
            "customer_id": Numbered("C", customer + 1, 6),
            "customer_name": Category(number, names),
            "follows": _identity(part.follows, followed),
        }
        if "intent" in self.fields:
            several = columns.get("intent:all")
            codes = several if several is not None else columns["intent"][:, None]
            found["intents"] = Several(codes, self.scope.members["intent"])
        if "Silence_total_seconds" in self.fields:
            ratio = silence_ratios(part.frame)
            there = ~np.isnan(ratio)
            found["Silence_ratio"] = Number(np.where(there, ratio, 0.0), None if there.all() else there, 2)
        return found

    def _field(self, f: m.Field, frame: Frame) -> Cells:
        column, there = frame.columns[f.id], frame.masks.get(f.id)
        if f.kind in ("choice", "decide"):
            return Category(column, self.scope.members[f.id])
        if column.dtype == bool:
            return Truth(column, there)
        if is_integer(f):
            low, high = f.within or (0.0, -1.0)
            return Whole(column.astype(np.int64), there, (int(low), int(high)) if high >= low else None)
        timed = {m.Unit.TIME: 2, m.Unit.MONEY: 2}.get(f.unit)
        return Number(column + 0.0, there, f.decimals if f.decimals is not None else timed)

    def _start(self, day: Ints, local_ms: Ints) -> Moment:
        first, change, later = self._shifts
        offset = np.where(local_ms // 1000 >= change[day], later[day], first[day])
        return Moment(day, self.days, local_ms, offset, self.model.dataset.time_zone)

    @cached_property
    def _shifts(self) -> tuple[Ints, Ints, Ints]:
        """By day: seconds east of UTC, the second from which on there are others, and those."""
        zone = zone_of(self.model)
        shifts = [offsets(zone, day) for day in self.days]
        rows = [(s[0][1], s[-1][0] if len(s) > 1 else 10**9, s[-1][1]) for s in shifts]
        one, two, three = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return one, two, three


def _truth(frame: Frame, name: str) -> Truth:
    return Truth(frame.columns[name], frame.masks.get(name))


def _identity(who: Keys, there: Truths | None) -> Identity:
    """A UUID (version 8) out of 122 bits of the keyed hash, as Records.call_id makes it."""
    rows = None if there is None else np.flatnonzero(there)  # few calls follow another
    some = who if rows is None else who[rows]
    high, low = rng.hashes(some, "call_id", 0), rng.hashes(some, "call_id", 1)
    high = high & np.uint64(0xFFFF_FFFF_FFFF_0FFF) | np.uint64(0x8000)
    low = low & np.uint64(0x3FFF_FFFF_FFFF_FFFF) | np.uint64(0x8000_0000_0000_0000)
    return Identity(_spread(high, rows, len(who)), _spread(low, rows, len(who)), there)


def _spread(values: Keys, rows: Ints | None, count: int) -> Keys:
    """Those values in those rows, 0 elsewhere."""
    if rows is None:
        return values
    found = np.zeros(count, dtype=np.uint64)
    found[rows] = values
    return found


def one_up(codes: Codes) -> Ints:
    """Each code and 1, so that none is 0: for those who reckon with codes."""
    return np.add(codes, 1, dtype=np.int64)


def length(table: Table) -> int:
    """How many calls."""
    first = table["call_id"]
    return len(first.high) if isinstance(first, Identity) else 0


def some(table: Table, rows: Any) -> Table:
    """The same columns for some of the rows (a slice or indexes)."""
    return {name: _some(cells, rows) for name, cells in table.items()}


def _some(cells: Cells, rows: Any) -> Cells:
    if isinstance(cells, Checks):
        parts = tuple((name, Truth(t.values[rows], None if t.there is None else t.there[rows]))
                      for name, t in cells.parts)
        return Checks(parts)
    arrays = {f.name: getattr(cells, f.name) for f in fields(cells)}
    return replace(cells, **{name: value[rows] for name, value in arrays.items() if isinstance(value, np.ndarray)})
