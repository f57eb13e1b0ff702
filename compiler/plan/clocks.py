"""Local times -> instants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.plan.days import Days
from compiler.plan.frame import Frame


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


def instants_of(model: m.Model, days: Days, frame: Frame) -> NDArray[np.int64]:
    """When each call starts, in milliseconds of universal time since ordinal 0. UsageError: unknown time zone."""
    zone = zone_of(model)
    shifts = [offsets(zone, days.day(d)) for d in range(days.count)]
    time = frame.columns["start_ms"]
    first = np.array([s[0][1] for s in shifts])[frame.columns["day"]]
    change = np.array([s[-1][0] if len(s) > 1 else 10**9 for s in shifts])[frame.columns["day"]]
    later = np.array([s[-1][1] for s in shifts])[frame.columns["day"]]
    offset = np.where(time // 1000 >= change, later, first)
    local = frame["date"].astype(np.int64) * 86_400_000 + time
    return np.asarray(local - offset * 1000)


def zone_of(model: m.Model) -> ZoneInfo:
    try:
        return ZoneInfo(model.dataset.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(f"I know no time zone `{model.dataset.time_zone}`; write one like Europe/Zurich") from None
