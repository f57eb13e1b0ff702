"""A place in the spec -> the line that stands there and where it was said; values -> words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compiler.lang import model as m
from compiler.lang import pretty
from compiler.lang.show import clock, hundredfold
from compiler.source import Span


class Said:
    """The lines of a model's canonical text, by their spans. `places` says where each line was said, as
    `Model.places` does; without it no line is known."""

    def __init__(self, model: m.Model, places: Sequence[str]) -> None:
        self.model = model
        self.lines: dict[Span, tuple[str, str]] = {}
        rows = [row for block in pretty.blocks(model) for row in (*block, None)] if places else []
        for row, place in zip(rows, places, strict=False):
            if row is not None and row.span is not None:
                self.lines.setdefault(row.span, (row.strip(), place))

    def line(self, span: Span | None) -> tuple[str, str]:
        """(text, place) of the line at the span; two empty texts where no line says it."""
        return self.lines.get(span, ("", "")) if span is not None else ("", "")

    def fact(self, *owner: str, slot: tuple[str, ...] = (), guard: str = "") -> tuple[str, str]:
        """The line that gives a fact of ("volume", ""), ("field", "AWT"), …; without slot, the block's first."""
        return self.line(self.model.origins.get((owner, slot, guard)))

    def member(self, span: Span | None, name: str) -> tuple[str, str]:
        """The row of `name` in the list that stands at the span."""
        return self.line(self.model.origins.get((span, name), span))


def number(value: float, digits: int = 6) -> str:
    """A number for reading: at most `digits` digits behind the point, no zeros at the end, no exponent."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def small(value: float) -> str:
    """A number that may be tiny or huge, with five digits that count."""
    return number(value, 5) if value == 0 or 0.001 <= abs(value) < 100_000 else f"{value:.4g}"


def quantity(value: float, unit: m.Unit, currency: str = "") -> str:
    """A value in the unit of its field: `134.11 s`, `71%`, `CHF 20`."""
    match unit:
        case m.Unit.SHARE:
            return f"{number(float(hundredfold(value)), 4)}%"
        case m.Unit.TIME:
            return f"{number(value, 4)} s"
        case m.Unit.MONEY:
            return f"{currency} {number(value, 4)}".strip()
        case m.Unit.DATE:
            return date.fromordinal(int(value)).isoformat()
        case m.Unit.CLOCK:
            return clock(value)
        case m.Unit.LEVEL:
            return f"{number(value, 4)} dB"
    return number(value, 4)


def amount(value: float, op: str, unit: m.Unit, currency: str = "") -> str:
    """What an effect does: `+35 s`, `-7pp`, `x 1.2`, `= 3`."""
    if op == "multiply":
        return f"x {number(value, 4)}"
    if op == "becomes":
        return f"= {quantity(value, unit, currency)}"
    sign = "-" if value < 0 else "+"
    size = abs(value)
    said = f"{number(float(hundredfold(size)), 4)}pp" if unit is m.Unit.SHARE else quantity(size, unit, currency)
    return sign + said


def word(value: object) -> str:
    """A value of the record as people read it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return str(value)
