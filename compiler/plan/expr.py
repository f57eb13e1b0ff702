"""Expr -> canonical text, the names it reads, a numpy function over the columns of a frame.

Compiled once per spec.  A compiled expression gives an array with one entry per row, or a plain number or truth where
it is the same for all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compiler.lang import model as m
from compiler.plan.frame import DAILY, Frame, Scope

MARK = "?"  # stands before the text of a truth that has become a column of its own
Formula = Callable[[Frame], Any]  # -> float64 or bool array of frame.count, or a scalar


def canon(expr: m.Expr | None) -> str:
    """The same text for equal expressions, whatever their layout; no spans, no order of declaration."""
    match expr:
        case None:
            return ""
        case m.Constant(value, unit, currency):
            return f"{value!r}{unit.value}{currency}"
        case m.Ref(name):
            return name.removeprefix(MARK)
        case m.Is(name, members):
            return f"{name} in ({','.join(sorted(members))})"
        case m.SameAs(left, right):
            return f"{left} same {right}"
        case m.Not(of):
            return f"not({canon(of)})"
        case m.All(parts):
            return f"all({','.join(sorted(canon(part) for part in parts))})"
        case m.Either(parts):
            return f"either({','.join(sorted(canon(part) for part in parts))})"
        case m.Compare(op, left, right) | m.Arith(op, left, right):
            return f"({canon(left)}{op}{canon(right)})"
        case m.Apply(function, arguments):
            return f"{function}({','.join(canon(a) for a in arguments)})"
        case m.Ramp(before, after, first, last, days, anchor):
            return f"ramp({canon(before)},{canon(after)},{first},{last},{days},{anchor})"


def names(expr: m.Expr | None) -> set[str]:
    """Every name that the expression reads, as it is written there."""
    match expr:
        case None | m.Constant():
            return set()
        case m.Ref(name) | m.Is(name, _):
            return {name}
        case m.SameAs(left, right):
            return {left, right}
        case m.Not(of):
            return names(of)
        case m.All(parts) | m.Either(parts) | m.Apply(_, parts):
            return {name for part in parts for name in names(part)}
        case m.Compare(_, one, two) | m.Arith(_, one, two):
            return names(one) | names(two)
        case m.Ramp(before, after):
            own = {expr.anchor} if expr.anchor else {"date"}
            return names(before) | names(after) | own


def steady(expr: m.Expr | None, scope: Scope) -> bool:
    """Whether the expression takes a handful of values only: it reads no number of the call, nor its time."""
    return all(scope.kinds.get(name) in ("flag", "check") for name in _read_as_values(expr, scope))


def _read_as_values(expr: m.Expr | None, scope: Scope) -> set[str]:
    """The names whose values the expression reads, other than whether a choice has some members; what the calendar
    says is left out, and so are events that last whole days and concern everybody."""
    match expr:
        case None | m.Constant() | m.Is() | m.SameAs():
            return set()
        case m.Ref(name):
            event = scope.events.get(name)
            if event is not None:
                return ({"time"} if event.hours else set()) | _read_as_values(event.only_when, scope)
            return set() if name in DAILY else {name}
        case m.Not(of):
            return _read_as_values(of, scope)
        case m.All(parts) | m.Either(parts) | m.Apply(_, parts):
            return {name for part in parts for name in _read_as_values(part, scope)}
        case m.Compare(_, one, two) | m.Arith(_, one, two) | m.Ramp(one, two):
            return _read_as_values(one, scope) | _read_as_values(two, scope)


_ARITH: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: _ratio(a, b),
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}


def _ratio(a: Any, b: Any) -> Any:
    """a / b; what is divided by 0 is no number, which the field that reads it reports."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(a, b)


def half_up(x: Any, decimals: int) -> Any:
    """Rounds to `decimals` places, halves up: floor(x * 10**d + .5) / 10**d, the same on every machine."""
    scale = float(10**decimals)
    found = x * scale
    if not isinstance(found, np.ndarray):
        return np.floor(found + 0.5) / scale
    found += 0.5
    np.floor(found, out=found)
    found /= scale
    return found


_APPLY: dict[str, Callable[..., Any]] = {
    "min": lambda *a: _fold(np.minimum, a),
    "max": lambda *a: _fold(np.maximum, a),
    "round": lambda x, d=0: half_up(x, int(d)),
    "clamp": lambda x, low, high: np.minimum(np.maximum(x, low), high),
    "hour_of": lambda seconds: np.floor(seconds / 3600.0),
    "day_of_month": lambda ordinal: _day_of_month(ordinal),
}


def _fold(step: Callable[[Any, Any], Any], items: tuple[Any, ...]) -> Any:
    total = items[0]
    for item in items[1:]:
        total = step(total, item)
    return total


def _day_of_month(ordinal: Any) -> Any:
    days = np.asarray(ordinal).astype(np.int64) - 719163  # numpy counts days from 1970-01-01
    stamps = days.astype("datetime64[D]")
    return (stamps - stamps.astype("datetime64[M]")).astype(np.float64) + 1.0


def formula(expr: m.Expr, scope: Scope) -> Formula:
    """The numpy function of `expr`. KeyError for a name that the scope does not have."""
    match expr:
        case m.Constant(value, unit):
            constant: float | bool = bool(value) if unit is m.Unit.TRUTH else value
            return lambda frame: constant
        case m.Ref(name):
            return _reference(name, scope)
        case m.Is(name, members):
            column, ids = scope.ids(name)
            table = np.array([one in members for one in ids] + [False])  # the last entry answers for "no value"
            return lambda frame: table[frame[column]]
        case m.SameAs(left, right):
            return _same(left, right, scope)
        case m.Not(of):
            inner = formula(of, scope)
            return lambda frame: np.logical_not(inner(frame))
        case m.All(parts):
            every = [formula(part, scope) for part in parts]
            return lambda frame: _fold(np.logical_and, tuple(part(frame) for part in every))
        case m.Either(parts):
            some = [formula(part, scope) for part in parts]
            return lambda frame: _fold(np.logical_or, tuple(part(frame) for part in some))
        case m.Compare(op, left_, right_):
            return _binary(_COMPARE[op], formula(left_, scope), formula(right_, scope))
        case m.Arith(op, left_, right_):
            return _binary(_ARITH[op], formula(left_, scope), formula(right_, scope))
        case m.Apply(function, arguments):
            return _apply(function, arguments, scope)
        case m.Ramp():
            return _ramp(expr, scope)


def _binary(step: Callable[[Any, Any], Any], left: Formula, right: Formula) -> Formula:
    return lambda frame: step(left(frame), right(frame))


def _apply(function: str, arguments: tuple[m.Expr, ...], scope: Scope) -> Formula:
    parts = [formula(argument, scope) for argument in arguments]
    if function == "days_since":
        return lambda frame: frame["date"] - parts[0](frame)
    step = _APPLY[function]
    return lambda frame: step(*(part(frame) for part in parts))


def _reference(name: str, scope: Scope) -> Formula:
    event = scope.events.get(name)
    if event is None:
        column = scope.column(name)
        return lambda frame: frame[column]
    guard = truth(event.only_when, scope)
    hours = event.hours

    def on(frame: Frame) -> Any:
        value = frame.day_truth(event.id)
        if hours:
            time = frame["time"]
            value = value & _fold(np.logical_or, tuple((time >= a) & (time < b) for a, b in hours))
        return value & guard(frame) if event.only_when is not None else value

    return on


def truth(guard: m.Expr | None, scope: Scope) -> Formula:
    """The guard as a function; no guard is true everywhere."""
    return formula(guard, scope) if guard is not None else lambda frame: True


def _same(left: str, right: str, scope: Scope) -> Formula:
    (one, ids), (two, others) = scope.ids(left), scope.ids(right)
    numbers = {name: i for i, name in enumerate(sorted({*ids, *others}))}
    table = np.array([numbers[name] for name in ids] + [-1])
    other = np.array([numbers[name] for name in others] + [-2])
    return lambda frame: table[frame[one]] == other[frame[two]]


def _ramp(ramp: m.Ramp, scope: Scope) -> Formula:
    before, after = formula(ramp.before, scope), formula(ramp.after, scope)

    def along(frame: Frame) -> Any:
        start: Any
        if ramp.anchor is not None:
            start, length = frame.anchor(ramp.anchor), float(ramp.days or 0.0)
        else:
            start = float(ramp.first or 0)
            length = float((ramp.last or 0) - (ramp.first or 0))
        way = (frame["date"] - start) / length if length else (frame["date"] >= start) * 1.0
        way = np.minimum(np.maximum(way, 0.0), 1.0)
        return before(frame) + (after(frame) - before(frame)) * way

    return along
