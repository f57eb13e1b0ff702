"""Figures and lines of Callsheet, written as the formatter would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

Block = list[str]


def number(value: Decimal) -> str:
    """Without exponent and needless zeros; digits in groups from five on."""
    written = format(abs(value), "f")
    written = written.rstrip("0").rstrip(".") if "." in written else written
    whole, point, rest = written.partition(".")
    if len(whole) >= 5:
        whole = f"{int(whole):_}"
    return ("-" if value < 0 else "") + whole + point + rest


def hundred(value: Decimal) -> str:
    """A weight of the old files as a plain number: 0.25 -> 25."""
    return number(value * 100)


def percent(value: Decimal) -> str:
    return f"{number(value * 100)}%"


def points(value: Decimal) -> str:
    return f"{number(value * 100)}pp"


def seconds(value: Decimal) -> str:
    return f"{number(value)}s"


def moves(what: str, value: Decimal, written: str) -> str:
    """`Night rises by 5pp`; `written` is the size of `value`, in its unit. `what` may be empty inside its own block."""
    verb = "rises by" if value > 0 else "falls by"
    return f"{what} {verb} {written.removeprefix('-')}".lstrip()


def inside(lines: Iterable[str], levels: int = 1) -> list[str]:
    """Indented by so many levels; empty lines stay empty."""
    return [("  " * levels + line) if line else "" for line in lines]


def listed(names: Sequence[str]) -> str:
    """`is A` or `in (A, B)`, for a condition."""
    return f"is {names[0]}" if len(names) == 1 else f"in ({', '.join(names)})"
