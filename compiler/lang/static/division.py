"""Nothing is divided by what may be 0 (E0406)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.show import constant, expression
from compiler.lang.static.look import Look
from compiler.lang.static.readings import Reading
from compiler.lang.static.world import World


def nothing_is_divided_by_zero(look: Look) -> None:
    for reading in look.readings:
        for below in _divisors(reading.expr):
            if not isinstance(below, m.Constant) and _may_be_zero(look, below, reading):
                name = expression(below)
                field = look.world.fields.get(below.name) if isinstance(below, m.Ref) else None
                one, none = (constant(m.Constant(each, *_unit(below, look.world))) for each in (1.0, 0.0))
                place = field.span if field is not None else None
                look.report(errors.may_divide_by_zero(reading.span, name, place, one, none))


def _unit(expr: m.Expr, world: World) -> tuple[m.Unit, str]:
    """The unit of a figure, by the first field in it."""
    names = sorted(canon.names_read(expr) & world.fields.keys())
    return (world.fields[names[0]].unit, world.fields[names[0]].currency) if names else (m.Unit.NUMBER, "")


def cut_at_divisors(look: Look) -> None:
    """Lets the world tell 0 from other figures where something is divided by them; before anything is asked."""
    for reading in look.readings:
        for below in _divisors(reading.expr):
            look.world.cut_at(below, 0.0)


def _divisors(expr: m.Expr) -> Iterator[m.Expr]:
    match expr:
        case m.Arith(op, left, right):
            if op == "/":
                yield right
            yield from _divisors(left)
            yield from _divisors(right)
        case m.Compare(_, left, right) | m.Ramp(left, right):
            yield from _divisors(left)
            yield from _divisors(right)
        case m.Not(inner):
            yield from _divisors(inner)
        case m.All(parts) | m.Either(parts) | m.Apply(_, parts):
            for part in parts:
                yield from _divisors(part)


def _may_be_zero(look: Look, below: m.Expr, reading: Reading) -> bool:
    """Whether 0 is among the figures it can come to, and no condition of the line keeps it away."""
    low, high = look.world.figures.of(below)
    if not low <= 0 <= high:
        return False
    case = look.cases.both(m.Compare("==", below, m.Constant(0.0)), *reading.given)
    return case is not False
