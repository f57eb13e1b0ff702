"""Expr -> the least and the most that it can come to, by interval arithmetic; never less than what can occur."""

from __future__ import annotations

import math
from collections.abc import Mapping

from compiler.lang import model as m

Span = tuple[float, float]
EVERYTHING: Span = (-math.inf, math.inf)
SIGMAS = 6  # beyond so many standard deviations nothing is drawn
DEEPEST = 40  # fields that read one another: further down anything is possible


class Figures:
    """The figures that fields and expressions can take."""

    def __init__(self, fields: Mapping[str, m.Field]) -> None:
        self.fields = fields
        self.known: dict[str, Span] = {}
        self.depth = 0

    def of(self, expr: m.Expr) -> Span:
        match expr:
            case m.Constant(value):
                return value, value
            case m.Ref("time"):
                return 0.0, 86_400.0
            case m.Ref(name):
                return self.field(name)
            case m.Arith(op, left, right):
                return _arithmetic(op, self.of(left), self.of(right))
            case m.Ramp(before, after):
                return hull(self.of(before), self.of(after))
            case m.Apply(function, arguments):
                return _applied(function, [self.of(argument) for argument in arguments])
        return EVERYTHING

    def field(self, name: str) -> Span:
        """What a number can be, all phases done; a field that reads itself can be anything."""
        if name not in self.known:
            self.known[name] = EVERYTHING
            field = self.fields.get(name)
            if field is not None and field.kind in ("number", "fact") and self.depth < DEEPEST:
                self.depth += 1
                self.known[name] = self._number(field)
                self.depth -= 1
        return self.known[name]

    def whole(self, name: str) -> bool:
        """Whether the field is a whole number in every call."""
        field = self.fields.get(name)
        return field is not None and field.decimals == 0

    def _number(self, field: m.Field) -> Span:
        if field.value is not None:
            return self.of(field.value)
        within = field.within or EVERYTHING
        low, high = self._start(field)
        for effect in field.effects:
            if effect.member is None and effect.op == "add":
                least, most = self.of(effect.amount)
                low, high = low + min(least, 0.0), high + max(most, 0.0)
        for effect in field.effects:
            if effect.member is None and effect.op == "multiply":
                low, high = hull((low, high), _arithmetic("*", (low, high), self.of(effect.amount)))
        for effect in field.effects:
            if effect.member is None and effect.op == "becomes":
                low, high = hull((low, high), self.of(effect.amount))
        return min(max(low, within[0]), within[1]), max(min(high, within[1]), within[0])

    def _start(self, field: m.Field) -> Span:
        numbers = [member.number for member in field.members if member.number is not None]
        if numbers:
            return min(numbers), max(numbers)
        spans = [self._drawn(start, field) for start in field.starts]
        return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else EVERYTHING

    def _drawn(self, start: m.Start, field: m.Field) -> Span:
        given = {name: self.of(value) for name, value in start.parameters}
        rounded = field.decimals is not None or field.unit in (m.Unit.TIME, m.Unit.MONEY)
        least = 0.0 if rounded else math.ulp(0.0)
        match start.kind:
            case "constant":
                return given["value"]
            case "uniform":
                return given["low"][0], given["high"][1]
            case "lognormal":
                middle, spread = given["median"], max(given["spread"][1], 1.0)
                return (middle[0] / spread**SIGMAS, math.inf) if 0 < middle[0] < math.inf else (least, math.inf)
            case "exponential" | "gamma":
                return least, math.inf
            case "poisson":
                return 0.0, math.inf
            case "truncated normal" if field.within is not None:
                return field.within
        return EVERYTHING


def hull(one: Span, two: Span) -> Span:
    return min(one[0], two[0]), max(one[1], two[1])


def _arithmetic(op: str, left: Span, right: Span) -> Span:
    match op:
        case "+":
            return left[0] + right[0], left[1] + right[1]
        case "-":
            return left[0] - right[1], left[1] - right[0]
        case "*":
            corners = [_times(a, b) for a in left for b in right]
            return min(corners), max(corners)
    if right[0] <= 0 <= right[1]:
        return EVERYTHING
    corners = [a / b if math.isfinite(b) else 0.0 for a in left for b in right]
    return (EVERYTHING if any(map(math.isnan, corners)) else (min(corners), max(corners)))


def _times(one: float, two: float) -> float:
    return 0.0 if one == 0 or two == 0 else one * two


def _applied(function: str, given: list[Span]) -> Span:
    match function:
        case "min":
            return min(s[0] for s in given), min(s[1] for s in given)
        case "max":
            return max(s[0] for s in given), max(s[1] for s in given)
        case "clamp":
            return max(given[0][0], given[1][0]), min(max(given[0][1], given[1][0]), given[2][1])
        case "round":
            return tuple(math.floor(end + 0.5) if math.isfinite(end) else end for end in given[0])  # type: ignore[return-value]  # two ends in, two out
        case "hour_of":
            return 0.0, 23.0
        case "day_of_month":
            return 1.0, 31.0
    return EVERYTHING
