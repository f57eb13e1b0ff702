"""Readers of settings that are figures: counts, shares, factors, lengths, spoken amounts."""

from __future__ import annotations

import math
from collections.abc import Mapping

from compiler.lang import errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.values.asked import Asked, Reader, as_literal, literal, pairs_of

DAY = 86_400


def _count(asked: Asked) -> int | None:
    found = literal(asked, ("number",), "a whole number such as 3")
    if found is not None and found.value != int(found.value):
        asked.wrong(found, "a whole number such as 3")
        return None
    return None if found is None else int(found.value)


def _count_of_some(asked: Asked) -> int | None:
    found = literal(asked, ("number",), "a whole number such as 1_000", low=1)
    if found is not None and found.value % 1:
        asked.wrong(found, "a whole number such as 1_000")
        return None
    return None if found is None else int(found.value)


def _weight(asked: Asked) -> float | None:
    found = literal(asked, ("number",), "a plain number such as 20")
    return None if found is None else found.value


def _share(asked: Asked) -> float | None:
    found = literal(asked, ("percent",), "a share such as 20%", 0, 1)
    return None if found is None else found.value


def _factor(asked: Asked) -> float | None:
    found = literal(asked, ("percent", "number"), "a factor such as 105%")
    return None if found is None else found.value


def _length(asked: Asked) -> float | None:
    found = literal(asked, ("duration",), "a length of time such as 72h", low=1e-9)
    return None if found is None else found.value


def _days(asked: Asked) -> int | None:
    expected = "whole days such as 2d"
    found = literal(asked, ("duration",), expected, low=DAY)
    if found is not None and found.value % DAY:
        asked.wrong(found, expected)
        return None
    return None if found is None else int(found.value // DAY)


def _lengths(asked: Asked) -> tuple[float, float] | None:
    node = asked.one("two lengths such as 150ms..600ms")
    match node:
        case s.Range(s.Lit(kind="duration") as low, s.Lit(kind="duration") as high) if low.value <= high.value:
            return low.value, high.value
        case None:
            return None
    asked.wrong(node, "two lengths such as 150ms..600ms")
    return None


def _calls(asked: Asked) -> object | None:
    """A factor: a Constant, a Ramp, or (low, high)."""
    node = asked.one("a factor such as 125%")
    match node:
        case None:
            return None
        case s.Range(s.Lit() as low, s.Lit() as high):
            if low.kind not in ("percent", "number") or high.kind != low.kind or high.value < low.value:
                asked.wrong(node, "a factor such as 125%, or 125%..140%")
                return None
            return low.value, high.value
        case s.RampOver():
            found = asked.scope.value(asked.line, node, asked.anchor)
            return None if found is None else found.expr
    lit = as_literal(asked, node, ("percent", "number"), "a factor such as 125%, or 125%..140%")
    return None if lit is None else m.Constant(lit.value, m.Unit.SHARE)


def _amount_of_calls(asked: Asked) -> float | None:
    found = literal(asked, ("number",), "a number of calls such as 300")
    return None if found is None else found.value


def _arrivals(asked: Asked) -> tuple[str, float] | None:
    legal = ("exact", "poisson", "gamma")
    first, *rest = asked.said.values
    if s.word_of(first) not in legal:
        asked.scope.report(errors.not_one_of(asked.line, first, asked.what, legal))
        return None
    spread = 0.0
    for node in rest:
        if isinstance(node, s.Pair) and node.name.text == "cv" and isinstance(node.value, s.Lit):
            spread = node.value.value
        else:
            asked.wrong(node, "`cv` and a number, such as `gamma, cv 0.1`")
            return None
    if (s.word_of(first) == "gamma") != (spread > 0):
        asked.wrong(first, "`gamma, cv 0.1`, or `exact` or `poisson` alone")
        return None
    return s.word_of(first), spread


def _how_many(asked: Asked) -> tuple[tuple[int, float], ...] | None:
    words = ("one", "two", "three", "four", "five")
    pairs = pairs_of(asked, "numbers with shares, such as `one 70%, two 30%`")
    if pairs is None:
        return None
    result: dict[int, float] = {}
    for name, value in pairs:
        if name.text not in words:
            asked.scope.report(errors.not_one_of(asked.line, name, asked.what, words))
            return None
        result[words.index(name.text) + 1] = value.value
    _sums_up(asked, [value for _, value in pairs])
    return tuple(sorted(result.items()))


def _sums_up(asked: Asked, values: list[s.Lit]) -> None:
    if all(value.kind == "percent" for value in values):
        total = math.fsum(value.value for value in values)
        if abs(total - 1) > 1e-9:
            span = asked.line.span((asked.said.values[0].at[0], asked.said.values[-1].at[1]))
            asked.scope.report(errors.shares_miss(span, total))


def _day_share(asked: Asked) -> tuple[tuple[str, float, bool], ...] | None:
    """((workday | weekend, number, is a percentage), …): always both days."""
    expected = "`workday 12%, weekend 9%`, or one share for both"
    first = asked.said.values[0]
    if len(asked.said.values) == 1 and isinstance(first, s.Lit):
        found = as_literal(asked, first, ("percent", "number"), expected)
        if found is None:
            return None
        both = (found.value, found.kind == "percent")
        return (("workday", *both), ("weekend", *both))
    pairs = pairs_of(asked, expected)
    if pairs is None:
        return None
    result: dict[str, tuple[float, bool]] = {}
    for name, value in pairs:
        if name.text not in ("workday", "weekend") or value.kind not in ("percent", "number"):
            asked.wrong(name, expected)
            return None
        result[name.text] = (value.value, value.kind == "percent")
    if len(result) < 2:
        asked.wrong(first, expected)
        return None
    return tuple((day, *result[day]) for day in ("workday", "weekend"))


def _works(asked: Asked) -> tuple[tuple[str, float], ...] | None:
    pairs = pairs_of(asked, "shifts with shares, such as `Early 45%, Mid 35%, Late 20%`")
    if pairs is None:
        return None
    result: dict[str, float] = {}
    for name, value in pairs:
        if "agent_shift" in asked.scope.names.doubtful:  # there are no shifts, or they could not be read
            return None
        member = asked.scope.member(asked.line, "agent_shift", name)
        if member is None:
            return None
        if value.kind != "percent":
            asked.wrong(value, "a share such as 45%")
            return None
        if member in result:
            asked.scope.report(errors.twice_in_line(asked.line, name))
            return None
        result[member] = value.value
    _sums_up(asked, [value for _, value in pairs])
    return tuple(sorted(result.items()))


def _share_of_hold(asked: Asked) -> object | None:
    """`100% of Hold_time` -> its share, as a Constant."""
    node = asked.one("a share of Hold_time, such as `100% of Hold_time`")
    match node:
        case s.Binary("of", s.Lit(kind="percent", value=share), s.Name(("Hold_time",))) if share <= 1:
            return m.Constant(share, m.Unit.SHARE)
        case None:
            return None
    asked.wrong(node, "a share of Hold_time, such as `100% of Hold_time`")
    return None


def _spoken_amount(asked: Asked) -> object | None:
    """An expression, or (low, high) constants."""
    node = asked.one("an amount such as `CHF 80..CHF 900` or a field")
    if isinstance(node, s.Range):
        low, high = (asked.scope.value(asked.line, end) for end in (node.low, node.high))
        if low is None or high is None:
            return None
        if not isinstance(low.expr, m.Constant) or not isinstance(high.expr, m.Constant) or low.unit is not high.unit:
            asked.wrong(node, "two amounts such as `CHF 80..CHF 900`")
            return None
        if low.expr.value > high.expr.value:
            asked.scope.report(errors.range_backwards(asked.line, node))
            return None
        return low.expr, high.expr
    found = None if node is None else asked.scope.value(asked.line, node)
    return None if found is None else found.expr


READERS: Mapping[str, Reader] = {
    "count": _count, "count of some": _count_of_some,
    "weight": _weight, "share": _share, "factor": _factor, "length": _length, "days": _days,
    "lengths": _lengths, "calls": _calls, "arrivals": _arrivals, "amount of calls": _amount_of_calls,
    "how many": _how_many, "day share": _day_share, "works": _works, "share of hold": _share_of_hold,
    "spoken amount": _spoken_amount,
}  # fmt: skip
