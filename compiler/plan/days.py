"""Model -> Days: the calendar of the period, the events on it, how many calls each day has.

A day's volume = base (workday or weekend) x weekday factor x scale x all factors of the calendar and the events of
that day; `exact` rounds it to the nearest whole number, halves up.  `workday` is any day that is no weekend day; a
holiday is besides that a `holiday`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date as Date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.counting import counted
from compiler.lang import model as m
from compiler.plan import distributions
from compiler.plan.expr import formula, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame, Scope
from compiler.rng import Floats

Truths = NDArray[np.bool_]

MOST_CALLS = 1_000_000_000  # what is beyond is a slip of the pen
MOST_DAYS = 36_525


@dataclass(frozen=True)
class Days:
    """One entry a day of the period. `runs[event]` is the first day of the event's run that this day lies in (NaN on
    other days); `factors` are the products of all factors; `rows` is the first row of each day, with the total last."""

    date: Floats  # ordinals
    weekday: NDArray[np.int64]
    weekend: Truths
    workday: Truths
    holiday: Truths
    events: dict[str, Truths]
    runs: dict[str, Floats]
    factors: Floats
    volumes: NDArray[np.int64]
    rows: NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.date)

    def day(self, i: int) -> Date:
        return Date.fromordinal(int(self.date[i]))


def days_of(model: m.Model, scope: Scope, first: Date, last: Date) -> Days:
    """The days first..last, both in. SpecFailure where an event has too few days to happen on."""
    if last.toordinal() - first.toordinal() >= MOST_DAYS:
        raise SpecFailure([f"the period {first} to {last} is longer than {MOST_DAYS:,} days (a hundred years): take a "
                           "shorter one (`from`, `to`, --start, --end)"])
    ordinals = np.arange(first.toordinal(), last.toordinal() + 1)
    weekday = (ordinals - 1) % 7  # ordinal 1 was a Monday
    weekend = np.isin(weekday, model.calendar.weekend)
    events: dict[str, Truths] = {}
    for event in _causes_first(model.calendar.events):
        events[event.id] = _on(event, ordinals, weekday, events, model)
    holidays = [events[e.id] for e in model.calendar.events if e.kind == "holiday"]
    holiday = np.logical_or.reduce(holidays) if holidays else np.zeros(len(ordinals), dtype=bool)
    runs = {name: _runs(truths, ordinals) for name, truths in events.items()}
    empty = np.zeros(0, dtype=np.int64)
    dates = ordinals.astype(np.float64)
    days = Days(dates, weekday, weekend, ~weekend, holiday, events, runs, np.ones(0), empty, empty)
    factors = _factors(model, scope, days)
    volumes = _volumes(model, days, factors)
    total = int(volumes.sum())
    if total > MOST_CALLS:
        raise SpecFailure([f"the spec asks for {total:,} calls, and at most {MOST_CALLS:,} are planned: lower "
                           "`scale` under `volume`, or take a shorter period (--start, --end)"])
    rows = np.concatenate([[0], np.cumsum(volumes)]).astype(np.int64)
    return Days(dates, weekday, weekend, ~weekend, holiday, events, runs, factors, volumes, rows)


def resized(days: Days, volumes: NDArray[np.int64]) -> Days:
    """The same days with other numbers of calls."""
    rows = np.concatenate([[0], np.cumsum(volumes)]).astype(np.int64)
    return replace(days, volumes=volumes.astype(np.int64), rows=rows)


def frame_of(days: Days, scope: Scope) -> Frame:
    """A frame with one row a day: for expressions that read the date only."""
    frame = Frame(days.count, rng.keys("day", count=days.count), scope, days)
    frame.columns["day"] = np.arange(days.count)
    return frame


# ------------------------------------------------------------------------------------------------ events


def _causes_first(events: tuple[m.Event, ...]) -> list[m.Event]:
    """Each aftermath after its event, an aftermath of an aftermath after that."""
    by_id = {event.id: event for event in events}

    def depth(event: m.Event) -> int:
        return 0 if event.after is None else 1 + depth(by_id[event.after])

    return sorted(events, key=lambda event: (depth(event), event.id))


def _on(
    event: m.Event, ordinals: NDArray[np.int64], weekday: NDArray[np.int64], known: dict[str, Truths], model: m.Model
) -> Truths:
    if event.after is not None:
        return _aftermath(event, known[event.after], ordinals, model)
    if event.happens is not None:
        return _random_days(event, _eligible(event, ordinals, weekday), ordinals, model)
    given = [np.zeros(len(ordinals), dtype=bool)]
    given += [(ordinals >= a) & (ordinals <= b) for a, b in event.dates]
    if event.weekdays:
        given.append(np.isin(weekday, event.weekdays))
    if event.days_of_month:
        given.append(_in_month(ordinals, event.days_of_month))
    return np.asarray(np.logical_or.reduce(given))


def _eligible(event: m.Event, ordinals: NDArray[np.int64], weekday: NDArray[np.int64]) -> Truths:
    """The days on which a random event may happen: each kind of limit that is given must hold."""
    fits = np.ones(len(ordinals), dtype=bool)
    if event.weekdays:
        fits &= np.isin(weekday, event.weekdays)
    if event.days_of_month:
        fits &= _in_month(ordinals, event.days_of_month)
    if event.dates:
        fits &= np.logical_or.reduce([(ordinals >= a) & (ordinals <= b) for a, b in event.dates])
    return fits


def _in_month(ordinals: NDArray[np.int64], wanted: tuple[int, ...]) -> Truths:
    return np.array([Date.fromordinal(int(o)).day in wanted for o in ordinals])


def _random_days(event: m.Event, eligible: Truths, ordinals: NDArray[np.int64], model: m.Model) -> Truths:
    """The `happens` eligible days with the smallest keyed hash of (event, date)."""
    wanted = int(event.happens or 0)
    days = [int(o) for o in ordinals[eligible]]
    if wanted > len(days):
        raise SpecFailure([
            f"{event.kind} {event.id} happens {counted(wanted, 'time')}, but only {counted(len(days), 'day')} of the "
            f"period {Date.fromordinal(int(ordinals[0]))}..{Date.fromordinal(int(ordinals[-1]))} can have it; "
            "ask for fewer, or for a longer period"
        ])
    drawn = sorted(days, key=lambda o: rng.key("happens", model.dataset.id, model.dataset.seed, event.id, _iso(o)))
    return np.isin(ordinals, drawn[:wanted])


def _aftermath(event: m.Event, cause: Truths, ordinals: NDArray[np.int64], model: m.Model) -> Truths:
    """`lasts` days after each day of the cause, the days of the cause itself left out."""
    before = next(e for e in model.calendar.events if e.id == event.after)
    days = {int(o) for o in ordinals[cause]}
    if before.happens is None:  # days named by date count even when they lie before the period
        days |= {o for a, b in before.dates for o in range(max(a, int(ordinals[0]) - event.lasts_days), b + 1)}
    after = {o + lag for o in days for lag in range(1, event.lasts_days + 1)} - days
    return np.isin(ordinals, sorted(after))


def _runs(truths: Truths, ordinals: NDArray[np.int64]) -> Floats:
    starts = np.full(len(ordinals), np.nan)
    for i in np.flatnonzero(truths):
        starts[i] = starts[i - 1] if i and truths[i - 1] else float(ordinals[i])
    return starts


def _iso(ordinal: int) -> str:
    return Date.fromordinal(ordinal).isoformat()


# ------------------------------------------------------------------------------------------------ volumes


def _factors(model: m.Model, scope: Scope, days: Days) -> Floats:
    frame = frame_of(days, scope)
    total = np.ones(days.count)
    for factor, guard in model.calendar.calls:
        total = np.where(truth(guard, scope)(frame), total * formula(factor, scope)(frame), total)
    parts = {event.id for event in partial(model.calendar)}
    for event in sorted(model.calendar.events, key=lambda e: e.id):
        if event.calls is not None and event.id not in parts:
            total = total * event_factors(event, model, scope, days)
    return total


def partial(calendar: m.Calendar) -> list[m.Event]:
    """Events whose `calls` are about a part of the day's calls: see swell.py."""
    return [e for e in calendar.events if e.calls is not None and (e.hours or e.only_when is not None)]


def event_factors(event: m.Event, model: m.Model, scope: Scope, days: Days) -> Floats:
    """The event's factor for each day, 1 on days without it."""
    return np.where(days.events[event.id], _event_factor(event, model, scope, frame_of(days, scope), days), 1.0)


def _event_factor(event: m.Event, model: m.Model, scope: Scope, frame: Frame, days: Days) -> Any:
    if not isinstance(event.calls, tuple):
        return formula(event.calls, scope)(frame) if event.calls is not None else 1.0
    low, high = event.calls
    return low + (high - low) * _uniforms(days, "factor", model.dataset.id, model.dataset.seed, event.id)


def _volumes(model: m.Model, days: Days, factors: Floats) -> NDArray[np.int64]:
    volume = model.volume
    base = np.where(days.weekend, volume.weekend, volume.workday)
    means = base * np.array(volume.by_weekday)[days.weekday] * volume.scale * factors
    if volume.arrivals == "exact":
        return np.asarray(np.floor(means + 0.5), dtype=np.int64)
    cv = volume.cv if volume.arrivals == "gamma" else 0.0
    chance = _uniforms(days, "volume", model.dataset.id, model.dataset.seed)
    drawn = [distributions.arrivals(u, mean, cv) for u, mean in zip(chance.tolist(), means.tolist(), strict=True)]
    return np.array(drawn, dtype=np.int64)


def _uniforms(days: Days, *names: str | int) -> Floats:
    """What chance gives each day under that name."""
    who = [rng.key(*names, _iso(int(ordinal))) for ordinal in days.date]
    return rng.uniforms(np.array(who, dtype=np.uint64), "u")
