"""The value of a setting -> plain data, one reader a type of the schema. What is wrong is reported and gives None."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compiler.lang import acts, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.resolve import Scope
from compiler.lang.suggest import nearest
from compiler.lang.tree import Line

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """One setting to read: `what` is its name as messages call it, `anchor` what a ramp counts from."""

    scope: Scope
    line: Line
    said: s.Sentence
    what: str
    anchor: str | None = None

    def wrong(self, node: s.Node, expected: str) -> None:
        self.scope.report(errors.wrong_value(self.line, node, self.what, expected))

    def one(self, expected: str) -> s.Node | None:
        """The only value; reported where there are several."""
        if len(self.said.values) == 1:
            return self.said.values[0]
        self.scope.report(errors.one_value(self.line, self.said, self.what, expected))
        return None


Reader = Callable[[Asked], object | None]


def read(type_: str, asked: Asked) -> object | None:
    """The setting's value; None where there is none or it is wrong (reported)."""
    if not asked.said.values:
        asked.scope.report(errors.value_missing(asked.line, asked.said, asked.what, EXAMPLES.get(type_, "a value")))
        return None
    return READERS[type_](asked)


def _lit(asked: Asked, kinds: tuple[str, ...], expected: str, low: float = 0, high: float = math.inf) -> s.Lit | None:
    """The only value as a literal of one of `kinds`, within low..high."""
    node = asked.one(expected)
    if node is None:
        return None
    return _as_lit(asked, node, kinds, expected, low, high)


def _as_lit(
    asked: Asked, node: s.Node, kinds: tuple[str, ...], expected: str, low: float = 0, high: float = math.inf
) -> s.Lit | None:
    if isinstance(node, s.Lit) and node.kind in kinds:
        if math.isnan(node.value):
            asked.scope.report(errors.no_such_day_or_time(asked.line, node))
            return None
        if low <= node.value <= high:
            return node
    asked.wrong(node, expected)
    return None


def _count(asked: Asked) -> int | None:
    found = _lit(asked, ("number",), "a whole number such as 3")
    if found is not None and found.value != int(found.value):
        asked.wrong(found, "a whole number such as 3")
        return None
    return None if found is None else int(found.value)


def _weight(asked: Asked) -> float | None:
    found = _lit(asked, ("number",), "a plain number such as 20")
    return None if found is None else found.value


def _share(asked: Asked) -> float | None:
    found = _lit(asked, ("percent",), "a share such as 20%", 0, 1)
    return None if found is None else found.value


def _factor(asked: Asked) -> float | None:
    found = _lit(asked, ("percent", "number"), "a factor such as 105%")
    return None if found is None else found.value


def _length(asked: Asked) -> float | None:
    found = _lit(asked, ("duration",), "a length of time such as 72h", low=1e-9)
    return None if found is None else found.value


def _days(asked: Asked) -> int | None:
    expected = "whole days such as 2d"
    found = _lit(asked, ("duration",), expected, low=DAY)
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


def _date(asked: Asked) -> int | None:
    found = _lit(asked, ("date",), "a date such as 2025-09-01")
    return None if found is None else int(found.value)


def _dates(asked: Asked) -> tuple[tuple[int, int], ...] | None:
    expected = "dates such as 2025-09-01 or 2025-09-01..2025-09-05"
    result: list[tuple[int, int]] = []
    for node in asked.said.values:
        low, high = (node.low, node.high) if isinstance(node, s.Range) else (node, node)
        first = _as_lit(asked, low, ("date",), expected)
        last = _as_lit(asked, high, ("date",), expected) if first is not None else None
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
    found = [_as_lit(asked, node, ("number",), "days of the month, 1 to 31", 1, 31) for node in asked.said.values]
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
        low, high = (_as_lit(asked, end, ("time",), expected) for end in (node.low, node.high))
        if low is None or high is None:
            return None
        start, end = int(low.value), int(high.value)
        if start == end:
            asked.wrong(node, expected)
            return None
        result += [(start, end)] if start < end else [(start, DAY), *([(0, end)] if end else [])]
    return tuple(sorted(result))


def _text(asked: Asked) -> str | None:
    node = asked.one("a text in quotation marks")
    if isinstance(node, s.Text):
        return node.value
    if node is not None:
        asked.wrong(node, 'a text in quotation marks, such as "…"')
    return None


def _word(*legal: str) -> Reader:
    def reader(asked: Asked) -> str | None:
        node = asked.one(" or ".join(legal))
        if node is None:
            return None
        if s.word_of(node) in legal:
            return s.word_of(node)
        asked.scope.report(errors.not_one_of(asked.line, node, asked.what, legal))
        return None

    return reader


def _yes_or_no(asked: Asked) -> bool | None:
    word = _word("yes", "no")(asked)
    return None if word is None else word == "yes"


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
    lit = _as_lit(asked, node, ("percent", "number"), "a factor such as 125%, or 125%..140%")
    return None if lit is None else m.Constant(lit.value, m.Unit.SHARE)


def _amount_of_calls(asked: Asked) -> float | None:
    found = _lit(asked, ("number",), "a number of calls such as 300")
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


def _pairs(asked: Asked, expected: str) -> list[tuple[s.Name, s.Lit]] | None:
    result: list[tuple[s.Name, s.Lit]] = []
    for node in asked.said.values:
        if not isinstance(node, s.Pair) or not isinstance(node.value, s.Lit):
            asked.wrong(node, expected)
            return None
        result.append((node.name, node.value))
    return result


def _how_many(asked: Asked) -> tuple[tuple[int, float], ...] | None:
    words = ("one", "two", "three", "four", "five")
    pairs = _pairs(asked, "numbers with shares, such as `one 70%, two 30%`")
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
        found = _as_lit(asked, first, ("percent", "number"), expected)
        if found is None:
            return None
        both = (found.value, found.kind == "percent")
        return (("workday", *both), ("weekend", *both))
    pairs = _pairs(asked, expected)
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
    pairs = _pairs(asked, "shifts with shares, such as `Early 45%, Mid 35%, Late 20%`")
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


def _names(asked: Asked, legal: Mapping[str, object], what: str, code: str = "E0201") -> tuple[str, ...] | None:
    """Values that must be among `legal`; sorted only by the caller."""
    result: list[str] = []
    for node in asked.said.values:
        word = s.word_of(node)
        if not isinstance(node, s.Name) or not word:
            asked.wrong(node, what)
            return None
        if word not in legal:
            if word not in asked.scope.names.doubtful:
                asked.scope.report(errors.unknown_of(asked.line, node, what, nearest(word, legal), code, tuple(legal)))
            return None
        result.append(word)
    return tuple(result)


def _acts(asked: Asked) -> tuple[str, ...] | None:
    return _names(asked, {**acts.ACTS, **asked.scope.names.acts}, "an act")


def _act(asked: Asked) -> str | None:
    return None if asked.one("an act") is None else next(iter(_acts(asked) or ()), None)


def _team(asked: Asked) -> str | None:
    if asked.one("a team") is None:
        return None
    return next(iter(_names(asked, asked.scope.names.teams, "a team") or ()), None)


def _voice(asked: Asked) -> str | None:
    if asked.one("a voice") is None:
        return None
    return next(iter(_voices(asked) or ()), None)


def _voices(asked: Asked) -> tuple[str, ...] | None:
    found = _names(asked, dict.fromkeys(acts.VOICES), "a voice of the cast", "E0701")
    return None if found is None else tuple(sorted(set(found)))


def _language(asked: Asked) -> str | None:
    node = asked.one("a language such as en")
    return None if node is None else asked.scope.member(asked.line, "agent.language", node)


def _kept_fields(asked: Asked) -> tuple[str, ...] | None:
    legal = {**dict.fromkeys(acts.CUSTOMER_TRAITS), **asked.scope.names.fields}
    found = _names(asked, legal, "a field")
    return None if found is None else tuple(sorted(set(found)))


def _same_fields(asked: Asked) -> tuple[str, ...] | None:
    legal = {"customer": None, "agent_name": None, "scenario": None, **asked.scope.names.fields}
    found = _names(asked, legal, "a field")
    return None if found is None else tuple(sorted(set(found)))


def _number_ranges(asked: Asked) -> tuple[str, ...] | None:
    result: list[str] = []
    for node in asked.said.values:
        if not isinstance(node, s.Text) or node.value not in acts.NUMBER_RANGES:
            asked.scope.report(errors.not_one_of(asked.line, node, asked.what, acts.NUMBER_RANGES))
            return None
        result.append(node.value)
    return tuple(sorted(set(result)))


def _voice_map(asked: Asked) -> dict[str, str] | None:
    result: dict[str, str] = {}
    for node in asked.said.values:
        if not isinstance(node, s.Pair) or not isinstance(node.value, s.Text):
            asked.wrong(node, '`nova "…"`, a voice of the cast and the engine\'s own')
            return None
        if node.name.text not in acts.VOICES:
            close = nearest(node.name.text, acts.VOICES)
            asked.scope.report(
                errors.unknown_of(asked.line, node.name, "a voice of the cast", close, "E0701", acts.VOICES)
            )
            return None
        result[node.name.text] = node.value.value
    return dict(sorted(result.items()))


def _upload_value(asked: Asked) -> object | None:
    """A number (seconds for lengths), a text, or EnvVar."""
    node = asked.one('a text, a number, a length or `env "NAME"`')
    match node:
        case s.Text(value):
            return value
        case s.Lit(kind="number" | "duration", value=number):
            return number
        case s.Name():
            return node.text
        case s.Pair(s.Name(("env",)), s.Text(name)):
            return m.EnvVar(name)
        case None:
            return None
    asked.wrong(node, 'a text, a number, a length or `env "NAME"`')
    return None


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


def _agent_voice(asked: Asked) -> str | None:
    node = asked.one("`agent.voice`")
    if node is None or s.word_of(node) == "agent.voice":
        return None if node is None else "agent.voice"
    asked.wrong(node, "`agent.voice`")
    return None


READERS: Mapping[str, Reader] = {
    "count": _count, "weight": _weight, "share": _share, "factor": _factor, "length": _length, "days": _days,
    "lengths": _lengths, "date": _date, "dates": _dates, "weekdays": _weekdays, "month days": _month_days,
    "hours": _hours, "text": _text, "yes or no": _yes_or_no, "calls": _calls, "arrivals": _arrivals,
    "amount of calls": _amount_of_calls, "how many": _how_many, "day share": _day_share, "works": _works,
    "acts": _acts, "act": _act, "team": _team, "voice": _voice, "voices": _voices, "language": _language,
    "kept fields": _kept_fields, "same fields": _same_fields, "number ranges": _number_ranges,
    "voice map": _voice_map, "upload value": _upload_value, "share of hold": _share_of_hold,
    "spoken amount": _spoken_amount, "agent.voice": _agent_voice, "gender": _word(*acts.GENDERS),
    "left": _word("left"), "right": _word("right"), "recording": _word("paused", "stops"),
}  # fmt: skip

EXAMPLES: Mapping[str, str] = {
    "count": "a whole number such as 3", "weight": "a plain number such as 20", "share": "a share such as 20%",
    "factor": "a factor such as 105%", "length": "a length such as 72h", "days": "whole days such as 2d",
    "date": "a date such as 2025-09-01", "dates": "dates such as 2025-09-01", "weekdays": "weekdays such as Mon, Thu",
    "hours": "hours such as 08:00..18:00", "text": 'a text such as "…"', "calls": "a factor such as 125%",
    "works": "shifts with shares, such as Early 45%, Mid 55%", "day share": "workday 12%, weekend 9%",
    "voice": "a voice such as nova", "gender": "female, male or neutral",
}  # fmt: skip
