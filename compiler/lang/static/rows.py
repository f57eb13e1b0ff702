"""The rows of `decide`: each is reached (E0503), and together they take every call (E0502)."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.lang import errors
from compiler.lang import model as m
from compiler.lang.static.exceptions import uncovered
from compiler.lang.static.look import Look
from compiler.source import Span


def rows_are_reached(look: Look) -> None:
    for field in look.model.fields:
        if field.kind == "decide" and field.rows:
            _rows(look, field)


def _rows(look: Look, field: m.Field) -> None:
    above: list[m.Row] = []
    full = False  # the rows so far take every call: said once
    for number, row in enumerate(field.rows):
        taken = [] if full else _taken(look, field, row, above)
        full = full or len(taken) > 1
        if row.guard is None:
            _after_the_last(look, row, field.rows[number + 1 :])
            return
        above += [] if taken else [row]
    case = uncovered(look, [row.guard for row in above if row.guard is not None], field.only_when)
    if case is not None:
        block = look.stock.names.fields[field.id].blocks[0]
        told = look.told(case, *(row.guard for row in above))
        look.report(errors.no_otherwise(block.id_span(), block.title, told))


def _after_the_last(look: Look, last: m.Row, rows: Sequence[m.Row]) -> None:
    for row in rows:
        if row.span is not None and last.span is not None:
            look.report(errors.never_reached(row.span, [last.span]))


def _taken(look: Look, field: m.Field, row: m.Row, above: Sequence[m.Row]) -> list[Span]:
    """The rows that leave no call for this one, reported; none where some call gets as far."""
    if row.span is None or not above or look.cases.never(row.guard, field.only_when):
        return []  # a condition that never holds is told as such
    taken = _taking(look, field, row, above)
    if taken:
        look.report(errors.never_reached(row.span, taken, otherwise=row.guard is None))
    return taken


def _taking(look: Look, field: m.Field, row: m.Row, above: Sequence[m.Row]) -> list[Span]:
    """The rows that leave nothing for this one: one alone if there is one, else all that take some; else none."""
    own = [(each, True) for each in (row.guard, field.only_when) if each is not None]
    for earlier in above:
        if earlier.guard is not None and earlier.span and look.cases.case(*own, (earlier.guard, False)) is False:
            return [earlier.span]
    if look.cases.case(*own, *((e.guard, False) for e in above if e.guard is not None)) is not False:
        return []
    some = [e for e in above if not look.cases.never(e.guard, row.guard)]
    return [each.span for each in some if each.span is not None]
