"""The value of a setting -> plain data, one reader a type of the schema. What is wrong is reported and gives None."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.lang import errors
from compiler.lang.values import days, figures, words
from compiler.lang.values.asked import Asked, Reader

__all__ = ["EXAMPLES", "READERS", "Asked", "read"]

READERS: Mapping[str, Reader] = {**figures.READERS, **days.READERS, **words.READERS}

EXAMPLES: Mapping[str, str] = {
    "count": "a whole number such as 3", "count of some": "a whole number such as 1_000",
    "weight": "a plain number such as 20", "share": "a share such as 20%",
    "factor": "a factor such as 105%", "length": "a length such as 72h", "days": "whole days such as 2d",
    "date": "a date such as 2025-09-01", "dates": "dates such as 2025-09-01", "weekdays": "weekdays such as Mon, Thu",
    "hours": "hours such as 08:00..18:00", "text": 'a text such as "…"', "calls": "a factor such as 125%",
    "works": "shifts with shares, such as Early 45%, Mid 55%", "day share": "workday 12%, weekend 9%",
    "voice": "a voice such as nova", "gender": "female, male or neutral",
}  # fmt: skip


def read(type_: str, asked: Asked) -> object | None:
    """The setting's value; None where there is none or it is wrong (reported)."""
    if not asked.said.values:
        asked.scope.report(errors.value_missing(asked.line, asked.said, asked.what, EXAMPLES.get(type_, "a value")))
        return None
    return READERS[type_](asked)
