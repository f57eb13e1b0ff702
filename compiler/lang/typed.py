"""A value with its unit, and what messages call units."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.lang import model as m

UNITS: dict[str, m.Unit] = {
    "number": m.Unit.NUMBER, "percent": m.Unit.SHARE, "points": m.Unit.SHARE, "duration": m.Unit.TIME,
    "date": m.Unit.DATE, "time": m.Unit.CLOCK, "money": m.Unit.MONEY, "level": m.Unit.LEVEL,
}  # fmt: skip
UNIT_WORDS = {
    m.Unit.NUMBER: "a number", m.Unit.SHARE: "a share", m.Unit.TIME: "a time", m.Unit.MONEY: "an amount of money",
    m.Unit.DATE: "a date", m.Unit.CLOCK: "a time of day", m.Unit.LEVEL: "a level", m.Unit.TEXT: "a text",
    m.Unit.TRUTH: "a yes-or-no fact",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """A value with its unit; `points`: percentage points (unit is then SHARE)."""

    expr: m.Expr
    unit: m.Unit
    points: bool = False
    currency: str = ""


def agree(left: Typed, right: Typed) -> bool:
    return left.unit is right.unit and left.currency == right.currency and left.points == right.points


def unit_words(value: Typed) -> str:
    """The unit as messages call it."""
    if value.points:
        return "percentage points"
    if value.unit is m.Unit.MONEY:
        return f"an amount in {value.currency}"
    return UNIT_WORDS[value.unit]
