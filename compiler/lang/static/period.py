"""Events and the period: what happens N times has N days to happen on (E0606), what has dates has them inside (W10).

Looked at when the options of the command line have set the period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from compiler.diag import Diagnostic
from compiler.lang import errors
from compiler.lang import model as m


def over_the_period(model: m.Model, packs: frozenset[str]) -> list[Diagnostic]:
    """What the calendar and the period have against each other; nothing about events of packs but errors."""
    return [*_random(model), *_dated(model, packs)]


def _random(model: m.Model) -> Iterable[Diagnostic]:
    for event in model.calendar.events:
        if event.happens and event.span is not None:
            days = sum(1 for day in _days(model) if _eligible(event, day))
            if event.happens > days:
                title = f"{event.kind} {event.id}"
                yield errors.happens_too_often(event.span, title, event.happens, days, _period(model))


def _days(model: m.Model) -> Iterable[date]:
    return map(date.fromordinal, range(model.dataset.first.toordinal(), model.dataset.last.toordinal() + 1))


def _eligible(event: m.Event, day: date) -> bool:
    """Each kind of limit that is given holds."""
    dated = not event.dates or any(first <= day.toordinal() <= last for first, last in event.dates)
    monthly = not event.days_of_month or day.day in event.days_of_month
    return dated and monthly and (not event.weekdays or day.weekday() in event.weekdays)


def _period(model: m.Model) -> str:
    return f"{model.dataset.first.isoformat()}..{model.dataset.last.isoformat()}"


def _dated(model: m.Model, packs: frozenset[str]) -> Iterable[Diagnostic]:
    """One warning for all events that lie outside: a list of holidays is often longer than the period."""
    first, last = model.dataset.first.toordinal(), model.dataset.last.toordinal()
    outside = [
        event
        for event in model.calendar.events
        if event.dates and event.happens is None and event.span is not None and event.span.file not in packs
        and not event.weekdays and not event.days_of_month and all(b < first or a > last for a, b in event.dates)
        and not _reaches_in(model, event, first)
    ]  # fmt: skip
    if outside:
        event, *others = sorted(outside, key=lambda e: (e.span.file, e.span.line) if e.span else ("", 0))
        notes = [(other.span, _when(other)) for other in others if other.span is not None]
        if event.span is not None:
            yield errors.outside_the_period(event.span, f"{event.kind} {event.id}", _when(event), _period(model), notes)


def _reaches_in(model: m.Model, event: m.Event, first: int) -> bool:
    """Whether the aftermath of what happened before lasts into the period."""
    lasts = max((each.lasts_days for each in model.calendar.events if each.after == event.id), default=0)
    return any(b < first <= b + lasts for _, b in event.dates)


def _when(event: m.Event) -> str:
    start, end = event.dates[0]
    days = [date.fromordinal(day).isoformat() for day in dict.fromkeys((start, end))]
    more = ", …" if len(event.dates) > 1 else ""
    return f"it is on {'..'.join(days)}{more}"
