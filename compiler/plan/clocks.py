"""Local times -> instants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.plan.days import Days
from compiler.plan.settle import Ints

DAY_MS = 86_400_000


def offsets(zone: ZoneInfo, day: date) -> list[tuple[int, int]]:
    """(from this second of the day on, seconds east of UTC), for a day with at most one change of the clocks.

    A local time that the change skips or repeats keeps the offset from before the change.
    """
    def at(second: int) -> int:
        local = datetime.combine(day, datetime.min.time(), zone) + timedelta(seconds=second)
        shift = local.utcoffset()
        return int(shift.total_seconds()) if shift is not None else 0

    if at(0) == at(86_399):
        return [(0, at(0))]
    low, high = 0, 86_399
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if at(middle) == at(0) else (low, middle)
    return [(0, at(0)), (high, at(high))]


def zone_of(model: m.Model) -> ZoneInfo:
    try:
        return ZoneInfo(model.dataset.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(f"I know no time zone `{model.dataset.time_zone}`; write one like Europe/Zurich") from None


class Clocks:
    """Local times of the period's days as instants. UsageError for an unknown time zone."""

    def __init__(self, model: m.Model, days: Days) -> None:
        zone = zone_of(model)
        shifts = [offsets(zone, days.day(d)) for d in range(days.count)]
        first = np.array([s[0][1] for s in shifts], dtype=np.int64)
        self.midnight = days.date.astype(np.int64) * DAY_MS - first * 1000
        self.change = np.array([s[-1][0] * 1000 if len(s) > 1 else 2 * DAY_MS for s in shifts], dtype=np.int64)
        self.forward = np.array([s[-1][1] for s in shifts], dtype=np.int64) * 1000 - first * 1000
        self.changes = bool(self.forward.any())

    def instants(self, day: Ints | int, start_ms: Ints) -> Ints:
        """Milliseconds of universal time since ordinal 0 of calls that start at these local times of these days."""
        found = self.midnight[day] + start_ms
        if self.changes:
            found -= (start_ms >= self.change[day]) * self.forward[day]
        return np.asarray(found)
