"""Model -> the axes along which calls differ, and the rules that tie them together: weekends to weekdays, an aftermath
to its event, a team to its agents, what exists only for some calls."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from compiler.lang import acts, canon
from compiler.lang import model as m
from compiler.lang.show import expression
from compiler.lang.static import axes
from compiler.lang.static.axes import NO, Axis
from compiler.lang.static.figures import EVERYTHING, Figures, Span

DAY = 86_400
CLOCK, AGENT, WEEKDAY, HOLIDAY = "time", "agent_name", "weekday", "holiday"
BUCKET, SHIFT = "time_of_day_bucket", "agent_shift"
OF_AGENT = ("agent", AGENT, "team", "agent.team", "agent.gender", "agent.language")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A condition that holds in every call; it matters where all axes of `of` are spoken of."""

    of: tuple[str, ...]
    says: m.Expr | None = None
    either: tuple[Mapping[str, int], ...] = ()  # in place of `says`: one of these holds


@dataclass(slots=True)
class World:
    """`members` gives the values of a choice where the spec is not whole and the model may miss some."""

    model: m.Model
    members: Callable[[str], Sequence[str]] | None = None
    fields: dict[str, m.Field] = field(default_factory=dict)
    events: dict[str, m.Event] = field(default_factory=dict)
    known: dict[str, Axis] = field(default_factory=dict)
    cuts: dict[str, set[float]] = field(default_factory=dict)
    of_axis: dict[str, list[Rule]] = field(default_factory=dict)
    figures: Figures = field(init=False)
    people: dict[str, dict[str, int]] = field(default_factory=dict)
    named: dict[str, m.Expr] = field(default_factory=dict)  # the expression behind an axis of numbers

    def __post_init__(self) -> None:
        self.fields = {each.id: each for each in self.model.fields}
        self.events = {event.id: event for event in self.model.calendar.events}
        self.figures = Figures(self.fields)
        for guard in dict.fromkeys(conditions(self.model)):
            self._cut(guard)
        self._clock()

    def _cut(self, guard: m.Expr) -> None:
        match guard:
            case m.Compare(_, left, m.Constant(value)):
                self.cuts.setdefault(text_of(left), set()).add(value)
                self.named.setdefault(text_of(left), left)
            case m.Not(inner):
                self._cut(inner)
            case m.All(parts) | m.Either(parts):
                for part in parts:
                    self._cut(part)

    def _clock(self) -> None:
        """The day is cut where a bucket, a shift or the hours of an event begin or end."""
        timed = [self.fields[name] for name in (BUCKET, SHIFT) if name in self.fields]
        pieces = [member.hours for each in timed for member in each.members]
        pieces += [event.hours for event in self.model.calendar.events]
        ends = {float(end) for hours in pieces for piece in hours for end in piece}
        self.cuts.setdefault(CLOCK, set()).update(end for end in ends if end < DAY)

    def cut_at(self, expr: m.Expr, value: float) -> None:
        """One more figure that `expr` is compared with; only before its axis is asked for."""
        self.cuts.setdefault(text_of(expr), set()).add(value)
        self.named.setdefault(text_of(expr), expr)

    # ------------------------------------------------------------------------------------------------ axes

    def axis(self, name: str) -> Axis:
        if name not in self.known:
            self.known[name] = self._axis(name)
        return self.known[name]

    def _axis(self, name: str) -> Axis:
        if name == WEEKDAY:
            return axes.of_labels(name, acts.WEEKDAYS, False)
        if name == CLOCK:
            return axes.of_numbers(name, sorted(self.cuts[CLOCK]), 0.0, math.nextafter(DAY, 0), False, False)
        if name == AGENT:
            return axes.of_labels(name, [*(agent.id for agent in self.model.agents), *self._empty_teams()], False)
        held = self.fields.get(name)
        optional = held is not None and held.only_when is not None
        if held is not None and (held.kind in ("choice", "decide")):
            return axes.of_labels(name, self.values(name), optional)
        if name in self.named:
            return self._numbers(name, optional)
        return axes.of_truth(name, optional)

    def _numbers(self, name: str, optional: bool) -> Axis:
        expr = self.named[name]
        low, high = self._range(expr)
        whole = isinstance(expr, m.Ref) and (expr.name == "date" or self.figures.whole(expr.name))
        return axes.of_numbers(name, sorted(self.cuts[name]), low, high, whole, optional)

    def _range(self, expr: m.Expr) -> Span:
        """Rounding may carry a figure to the ends of its stretch, so that only what is whole or bounded is known."""
        return self.figures.of(expr) if isinstance(expr, m.Ref | m.Apply) else EVERYTHING

    def values(self, name: str) -> list[str]:
        """The values of a choice, those of a spec that is not whole included."""
        held = self.fields.get(name)
        found = [member.id for member in held.members] if held is not None else []
        extra = self.members(name) if self.members is not None else ()
        return [*found, *(each for each in extra if each not in found)]

    def agents_with(self, name: str, values: Iterable[str]) -> int:
        """The agents whose own id, team, gender or language is among the values."""
        if name not in self.people:
            self.people[name] = self._people(name)
        mask = 0
        for value in values:
            mask |= self.people[name].get(value, 0)
        return mask

    def _people(self, name: str) -> dict[str, int]:
        """Each value of a team, gender, language or id -> the agents who have it."""
        found: dict[str, int] = {}
        for number, agent in enumerate(self.model.agents):
            told = {"team": agent.team, "agent.team": agent.team, "agent.gender": agent.gender,
                    "agent.language": agent.language}.get(name, agent.id)  # fmt: skip
            found[told] = found.get(told, 0) | 1 << number
        if name in ("team", "agent.team"):
            found |= {team: self.axis(AGENT).bit(team) for team in self._empty_teams()}
        return found

    def _empty_teams(self) -> list[str]:
        """Teams without agents count as one more agent each, so that what they say is not called impossible."""
        manned = {agent.team for agent in self.model.agents}
        return [team.id for team in self.model.teams if team.id not in manned]

    def within(self, hours: Sequence[tuple[int, int]]) -> int:
        """The times of the day in these hours."""
        figures = self.axis(CLOCK).figures
        return sum(1 << n for n, at in enumerate(figures) if any(start <= at < end for start, end in hours))

    def by_clock(self, name: str) -> bool:
        """Whether the choice follows from the time of the day."""
        held = self.fields.get(name) if name == BUCKET else None
        return held is not None and bool(held.members) and all(member.hours for member in held.members)

    @property
    def weekend(self) -> int:
        return sum(1 << day for day in self.model.calendar.weekend)

    # ------------------------------------------------------------------------------------------------ rules

    def rules(self, name: str) -> list[Rule]:
        """What always holds about the axis."""
        if name not in self.of_axis:
            self.of_axis[name] = list(self._rules(name))
        return self.of_axis[name]

    def _rules(self, name: str) -> Iterator[Rule]:
        event, held = self.events.get(name), self.fields.get(name)
        if event is not None:
            yield from self._of_event(event)
        if held is None:
            return
        axis = self.axis(name)
        if held.only_when is not None:
            yield from self._existing(name, axis, held.only_when)
        ruled = [(member.id, member.only_when) for member in held.members if member.only_when is not None]
        if ruled:
            free = tuple(value for value in axis.labels if value not in dict(ruled))
            bound = [m.All((m.Is(name, (value,)), only)) for value, only in ruled]
            yield Rule((name,), m.Either((m.Is(name, free), *bound)))
        if name == SHIFT:
            for member in held.members:
                other = axis.full & ~axis.bit(member.id)
                yield Rule((name, CLOCK), None, ({name: other}, {CLOCK: self.within(member.hours)}))
        yield from self._decided(held)

    def _existing(self, name: str, axis: Axis, only: m.Expr) -> Iterator[Rule]:
        """The field is there exactly where its `only when` holds."""
        if axis.absent:
            yield Rule((name,), m.Either((Absent(name), only)))  # type: ignore[arg-type]  # Absent stands for a condition
            yield Rule((name,), m.Either((m.Not(Absent(name)), m.Not(only))))  # type: ignore[arg-type]  # as above

    def _decided(self, held: m.Field) -> Iterator[Rule]:
        """A row takes the calls that no row above it takes."""
        above: list[m.Expr] = []
        for row in held.rows:
            misses = [*above, *([m.Not(row.guard)] if row.guard is not None else [])]
            members = tuple(sorted(name for name, share in row.shares if share > 0))
            gone = [Absent(held.id)] if held.only_when is not None else []
            yield Rule((held.id,), m.Either((*misses, m.Is(held.id, members), *gone)))  # type: ignore[arg-type]  # as above
            if row.guard is None or len(above) > 6:
                return
            above.append(row.guard)

    def _of_event(self, event: m.Event) -> Iterator[Rule]:
        days = self._weekdays(event)
        if days != 127:
            yield Rule((event.id, WEEKDAY), None, ({event.id: NO}, {WEEKDAY: days}))
        if event.hours:
            yield Rule((event.id, CLOCK), None, ({event.id: NO}, {CLOCK: self.within(event.hours)}))
        if event.only_when is not None:
            yield Rule((event.id,), m.Either((m.Not(m.Ref(event.id)), event.only_when)))
        if event.after in self.events:
            yield Rule((event.id, str(event.after)), None, ({event.id: NO}, {str(event.after): NO}))
        for other in self.events.values():
            if other.id < event.id and _days_apart(event, other):
                yield Rule((event.id, other.id), None, ({event.id: NO}, {other.id: NO}))

    def _weekdays(self, event: m.Event) -> int:
        """The weekdays on which the event can be true."""
        if event.after in self.events:
            before = self._weekdays(self.events[str(event.after)])
            lags = range(1, min(event.lasts_days, 7) + 1)
            return sum(1 << day for day in range(7) if any(before >> (day - lag) % 7 & 1 for lag in lags))
        found = 0 if event.dates or event.weekdays else 127
        if event.happens is not None and event.weekdays:
            return sum(1 << day for day in event.weekdays)
        for day in event.weekdays:
            found |= 1 << day
        for first, last in event.dates:
            for ordinal in range(first, min(last, first + 6) + 1):
                found |= 1 << date.fromordinal(ordinal).weekday()
        return 127 if event.days_of_month and not event.happens else found


@dataclass(frozen=True, slots=True)
class Absent:
    """The condition that a field is not there in a call; only the engine writes it."""

    name: str


def _days_apart(one: m.Event, two: m.Event) -> bool:
    """Whether both are named by dates and share none."""
    plain = all(e.dates and not e.weekdays and not e.days_of_month and e.happens is None for e in (one, two))
    pairs = itertools.product(one.dates, two.dates)
    return plain and all(a[1] < b[0] or b[1] < a[0] for a, b in pairs)


def text_of(left: m.Expr) -> str:
    return left.name if isinstance(left, m.Ref) else expression(left)


def conditions(model: m.Model) -> Iterator[m.Expr]:
    """Every condition of the spec, with repetitions."""
    found: list[m.Expr | None] = []
    for each in model.fields:
        found.append(each.only_when)
        found += [start.guard for start in each.starts]
        found += [effect.guard for effect in each.effects]
        found += [row.guard for row in each.rows]
        found += [member.only_when for member in each.members]
        found += [guard for _, guard in each.follow_up.same] if each.follow_up is not None else []
    for scenario in model.scenarios:
        for phase in scenario.phases:
            found += [phase.only_when, *(line.guard for line in phase.lines)]
    found += [event.only_when for event in model.calendar.events]
    found += [guard for _, guard in (*model.calendar.opens, *model.calendar.calls)]
    return (guard for guard in found if guard is not None)


def fields_of(name: str, world: World) -> frozenset[str]:
    """The fields that decide where a call lies on the axis."""
    if name in world.named:
        return canon.names_read(world.named[name])
    return frozenset((name,))
