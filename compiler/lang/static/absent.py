"""What exists only for some calls is read only for those (E0405).

`offer is Discount` and a flag say themselves that there is an offer: without one they are no.  What is denied, compared
or reckoned with must be there.  A row of `decide` that asks about what is not there is not taken: a warning (W11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.show import expression
from compiler.lang.static.cases import Box, Cases, Clause, TooMany, absent
from compiler.lang.static.look import Look
from compiler.source import Span


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that is read on a line: `given` holds wherever the line is looked at."""

    expr: m.Expr
    given: tuple[m.Expr, ...]
    span: Span
    condition: bool
    decide: str = ""


def fields_are_read_where_they_exist(look: Look) -> None:
    optional = {field.id: field for field in look.model.fields if field.only_when is not None}
    told: set[tuple[Span | str, str]] = set()  # one for each line, or for all rows of a decide
    if not optional:
        return
    for reading in readings(look.model, look.places()):
        for name in sorted(canon.names_read(reading.expr) & optional.keys()):
            key = (reading.decide or reading.span, name)
            if key not in told and _reading(look, reading, optional[name]):
                told.add(key)


def readings(model: m.Model, places: Mapping[str, Span]) -> Iterator[Reading]:
    """All that is read in drawing fields and playing scenarios, and where; `places`: the `is` lines of facts."""
    for field in model.fields:
        place = places.get(field.id, field.span)
        yield from (reading for reading in _of_field(field, place) if field.id not in canon.names_read(reading.expr))
    for scenario in model.scenarios:
        for phase in scenario.phases:
            around = (m.Is("scenario", (scenario.id,)), *_some(phase.only_when))
            for line in phase.lines:
                if line.span is None:
                    continue
                yield from (Reading(guard, around, line.span, True) for guard in _some(line.guard))
                if line.kind == "amount" and line.amount is not None and not isinstance(line.amount, tuple):
                    yield Reading(line.amount, (*around, *_some(line.guard)), line.span, False)


def _some(condition: m.Expr | None) -> tuple[m.Expr, ...]:
    return () if condition is None else (condition,)


def _of_field(field: m.Field, place: Span | None) -> Iterator[Reading]:
    only = _some(field.only_when)
    for start in field.starts:
        if start.span is not None:
            yield from (Reading(guard, only, start.span, True) for guard in _some(start.guard))
            taken = (*only, *_some(start.guard))
            yield from (Reading(value, taken, start.span, False) for _, value in start.parameters)
    for effect in field.effects:
        if effect.span is not None:
            yield from (Reading(guard, only, effect.span, True) for guard in _some(effect.guard))
            yield Reading(effect.amount, (*only, *_some(effect.guard)), effect.span, False)
    above: tuple[m.Expr, ...] = ()
    for row in field.rows:
        if row.guard is not None and row.span is not None:
            yield Reading(row.guard, (*only, *above), row.span, True, field.id)
            above = (*above, m.Not(row.guard))
    if field.value is not None and place is not None:
        yield Reading(field.value, only, place, False)


def _reading(look: Look, reading: Reading, read: m.Field) -> bool:
    """Whether it was reported that `read` may be missing there."""
    clauses = [(absent(read.id), True), *((each, True) for each in reading.given)]
    asked = (reading.expr, read.id, clauses)
    case = _matters(look.cases, *asked) if reading.condition else look.cases.case(*clauses)
    if isinstance(case, bool) or case is None or read.only_when is None:
        return False
    told = look.told(case, read.only_when) or "of another kind"
    only = expression(read.only_when)
    if reading.decide:
        look.report(errors.row_reads_absent(reading.span, read.id, only, told, reading.decide))
        return True
    look.report(errors.read_where_absent(reading.span, read.id, only, told, read.span, reading.condition))
    return True


def _matters(cases: Cases, guard: m.Expr, name: str, clauses: Sequence[Clause]) -> Box | bool | None:
    """A case in which the condition comes out one way or the other by what `name` would be."""
    most, least = _taken_as(guard, name, True), _taken_as(guard, name, False)
    if most == least:
        return False
    try:
        return cases.case(*clauses, (most, True), (least, False))
    except TooMany:
        return None


_SURE = m.Either((m.Ref("weekend"), m.Ref("workday")))


def _taken_as(guard: m.Expr, name: str, yes: bool, denied: bool = False) -> m.Expr:
    """The condition when everything that reads `name` comes out in favour (or not); what says itself that the field is
    there is no, either way."""
    match guard:
        case m.Not(inner):
            return m.Not(_taken_as(inner, name, not yes, not denied))
        case m.All(parts):
            return m.All(tuple(_taken_as(part, name, yes, denied) for part in parts))
        case m.Either(parts):
            return m.Either(tuple(_taken_as(part, name, yes, denied) for part in parts))
        case m.Is(own, _) | m.Ref(own) if own == name and not denied:
            return m.Not(_SURE)
    if name not in canon.names_read(guard):
        return guard
    return _SURE if yes else m.Not(_SURE)
