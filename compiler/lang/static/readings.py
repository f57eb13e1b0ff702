"""Model -> all that is read in drawing fields and playing scenarios: what, on which line, and what holds there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler.lang import model as m
from compiler.source import Span


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that is read on a line: `given` holds wherever the line is looked at."""

    expr: m.Expr
    given: tuple[m.Expr, ...]
    span: Span
    condition: bool
    decide: str = ""


def readings(model: m.Model, places: Mapping[str, Span]) -> Iterator[Reading]:
    """All that is read in drawing fields and playing scenarios, and where; `places`: the `is` lines of facts."""
    for field in model.fields:
        place = places.get(field.id, field.span)
        yield from _of_field(field, place)
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
            figures = (value for _, value in start.parameters if not isinstance(value, m.Constant))
            yield from (Reading(value, taken, start.span, False) for value in figures)
    for effect in field.effects:
        if effect.span is not None:
            yield from (Reading(guard, only, effect.span, True) for guard in _some(effect.guard))
            if not isinstance(effect.amount, m.Constant):
                yield Reading(effect.amount, (*only, *_some(effect.guard)), effect.span, False)
    above: tuple[m.Expr, ...] = ()
    for row in field.rows:
        if row.guard is not None and row.span is not None:
            yield Reading(row.guard, (*only, *above), row.span, True, field.id)
            above = (*above, m.Not(row.guard))
    if field.value is not None and place is not None:
        yield Reading(field.value, only, place, False)
