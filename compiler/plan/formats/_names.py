"""Columns -> the names that calls have in files: call_id and stem, as Plan.call(i) has them."""

from __future__ import annotations

import numpy as np

from compiler.plan import cells as c
from compiler.plan.formats._digits import beside, numerals, objects, uuid_texts, whole_texts


def call_ids(table: c.Table) -> list[str]:
    found = table["call_id"]
    assert isinstance(found, c.Identity)
    return [text.decode() for text in uuid_texts(found, b"", b"").tolist()]


def stems(table: c.Table) -> list[str]:
    """Agent_YYYYMMDDHHMMSS_ANI"""
    agent, start, number = table["agent_name"], table["start"], table["ANI"]
    assert isinstance(agent, c.Category) and isinstance(start, c.Moment) and isinstance(number, c.Numbered)
    names = np.array([one.encode() for one in agent.ids], dtype=object)[agent.codes]
    days = np.array([int(day.strftime("%Y%m%d")) for day in start.days], dtype=np.int64)[start.codes]
    seconds = start.local_ms // 1000
    clock = seconds // 3600 * 10_000 + seconds // 60 % 60 * 100 + seconds % 60
    times = objects(beside(len(days), b"_", numerals(days, 8), numerals(clock, 6), b"_"))
    digits = whole_texts(number.values, b"", number.width)
    return [b"".join(parts).decode() for parts in zip(names.tolist(), times.tolist(), digits.tolist(), strict=True)]
