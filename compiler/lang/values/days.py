"""Readers of settings that are days and hours."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.lang import acts, errors
from compiler.lang import syntax as s
from compiler.lang.values.asked import Asked, Reader, as_literal, literal

DAY = 86_400


def _date(asked: Asked) -> int | None:
    found = literal(asked, ("date",), "a date such as 2025-09-01")
    return None if found is None else int(found.value)


def _dates(asked: Asked) -> tuple[tuple[int, int], ...] | None:
    expected = "dates such as 2025-09-01 or 2025-09-01..2025-09-05"
    result: list[tuple[int, int]] = []
    for node in asked.said.values:
        low, high = (node.low, node.high) if isinstance(node, s.Range) else (node, node)
        first = as_literal(asked, low, ("date",), expected)
        last = as_literal(asked, high, ("date",), expected) if first is not None else None
        if first is None or last is None:
            return None
        if last.value < first.value:
            asked.scope.report(errors.range_backwards(asked.line, node))
            return None
        result.append((int(first.value), int(last.value)))
    return tuple(sorted(result))


def _weekdays(asked: Asked) -> tuple[int, ...] | None:
    result: set[int] = set()
    for node in asked.said.values:
        ends = (node.low, node.high) if isinstance(node, s.Range) else (node, node)
        for end in ends:
            if s.word_of(end) not in acts.WEEKDAYS:
                asked.scope.report(errors.not_one_of(asked.line, end, asked.what, acts.WEEKDAYS))
                return None
        first, last = (acts.WEEKDAYS.index(s.word_of(end)) for end in ends)
        result.update(range(first, last + 1) if first <= last else (*range(first, 7), *range(last + 1)))
    return tuple(sorted(result))


def _month_days(asked: Asked) -> tuple[int, ...] | None:
    found = [as_literal(asked, node, ("number",), "days of the month, 1 to 31", 1, 31) for node in asked.said.values]
    good = [node for node in found if node is not None]
    return tuple(sorted({int(node.value) for node in good})) if len(good) == len(found) else None


def _hours(asked: Asked) -> tuple[tuple[int, int], ...] | None:
    """Stretches in seconds since midnight, end out; one over midnight becomes two."""
    expected = "hours such as 08:00..18:00"
    result: list[tuple[int, int]] = []
    for node in asked.said.values:
        if not isinstance(node, s.Range):
            asked.wrong(node, expected)
            return None
        low, high = (as_literal(asked, end, ("time",), expected) for end in (node.low, node.high))
        if low is None or high is None:
            return None
        start, end = int(low.value), int(high.value)
        if start == end:
            asked.wrong(node, expected)
            return None
        result += [(start, end)] if start < end else [(start, DAY), *([(0, end)] if end else [])]
    return tuple(sorted(result))


READERS: Mapping[str, Reader] = {
    "date": _date, "dates": _dates, "weekdays": _weekdays, "month days": _month_days, "hours": _hours,
}  # fmt: skip
