"""Columns -> the names that calls have in files: call_id and stem, as Plan.call(i) has them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from compiler.plan import cells as c
from compiler.plan.formats._beside import Texts, alike, beside, by_row, chosen, run_on, texts_of
from compiler.plan.formats._digits import laid_out, numerals, uuid_texts, whole_texts


def call_ids(table: c.Table) -> list[str]:
    found = table["call_id"]
    assert isinstance(found, c.Identity)
    return _listed(uuid_texts(found, b"", b""))


def stems(table: c.Table) -> list[str]:
    """Agent_YYYYMMDDHHMMSS_ANI"""
    agent, start, number = table["agent_name"], table["start"], table["ANI"]
    assert isinstance(agent, c.Category) and isinstance(start, c.Moment) and isinstance(number, c.Numbered)
    days = np.array([int(day.strftime("%Y%m%d")) for day in start.days], dtype=np.int64)[start.codes]
    seconds = start.local_ms // 1000
    clock = seconds // 3600 * 10_000 + seconds // 60 % 60 * 100 + seconds % 60
    times = laid_out(len(days), b"_", numerals(days, 8), numerals(clock, 6), b"_")
    pieces = (chosen(texts_of([one.encode() for one in agent.ids]), agent.codes), by_row(alike(times)),
              by_row(whole_texts(number.values, b"", number.width)))
    return _listed(beside(pieces, 0, len(days)))


def _listed(texts: Texts) -> list[str]:
    run, ends = run_on(texts)
    content = run.tobytes()
    return [str(content[first:last], "utf-8") for first, last in pairwise([0, *ends.tolist()])]
