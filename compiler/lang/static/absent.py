"""What exists only for some calls is read only for those (E0405).

`offer is Discount` and a flag say themselves that there is an offer: without one they are no.  What is denied, compared
or reckoned with must be there.  A row of `decide` that asks about what is not there is not taken: a warning (W11).
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.show import expression
from compiler.lang.static.cases import Box, Cases, Clause, TooMany, absent
from compiler.lang.static.look import Look
from compiler.lang.static.readings import Reading
from compiler.source import Span


def fields_are_read_where_they_exist(look: Look) -> None:
    optional = {field.id: field for field in look.model.fields if field.only_when is not None}
    told: set[tuple[Span | str, str]] = set()  # one for each line, or for all rows of a decide
    for reading in look.readings if optional else ():
        for name in sorted(canon.names_read(reading.expr) & optional.keys()):
            key = (reading.decide or reading.span, name)
            if key not in told and _reading(look, reading, optional[name]):
                told.add(key)


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
