"""Syntax nodes -> values with their units."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from compiler.lang import acts, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.tree import Line
from compiler.lang.typed import UNITS, Typed, agree

if TYPE_CHECKING:
    from compiler.lang.resolve import Scope


def value(scope: Scope, line: Line, node: s.Node, anchor: str | None = None) -> Typed | None:
    """A number with its unit. `anchor`: the event or agent that a ramp's length counts from."""
    match node:
        case s.Lit():
            return _literal(scope, line, node)
        case s.Name():
            return _value_name(scope, line, node)
        case s.Minus(of):
            return _minus(scope, line, of)
        case s.Group((only,)):
            return value(scope, line, only, anchor)
        case s.Binary():
            return _arithmetic(scope, line, node)
        case s.Call():
            return _call(scope, line, node)
        case s.RampOver():
            return _ramp(scope, line, node, anchor)
    scope.report(errors.not_a_value(line, node))
    return None


def _literal(scope: Scope, line: Line, node: s.Lit) -> Typed | None:
    if math.isnan(node.value):
        scope.report(errors.no_such_day_or_time(line, node))
        return None
    unit = UNITS[node.kind]
    return Typed(m.Constant(node.value, unit, node.currency), unit, node.kind == "points", node.currency)


def _minus(scope: Scope, line: Line, of: s.Node) -> Typed | None:
    inner = value(scope, line, of)
    if inner is None:
        return None
    if isinstance(inner.expr, m.Constant):
        return replace(inner, expr=replace(inner.expr, value=-inner.expr.value))
    return replace(inner, expr=m.Arith("-", m.Constant(0.0, inner.unit, inner.currency), inner.expr))


def _value_name(scope: Scope, line: Line, node: s.Name) -> Typed | None:
    name = node.text
    if name == "date":
        return Typed(m.Ref(name), m.Unit.DATE)
    if name == "time":
        return Typed(m.Ref(name), m.Unit.CLOCK)
    if scope.names.is_number(name):
        unit = scope.unit_of(name)
        return None if unit is None else Typed(m.Ref(name), unit[0], False, unit[1])
    if scope.names.is_truth(name) or scope.names.is_choice(name):
        scope.report(errors.not_a_number(line, node, scope.names.is_truth(name)))
        return None
    if scope.names.holders(name):
        scope.report(errors.member_as_number(line, node, scope.names.holders(name)))
        return None
    scope.unknown(line, node, scope.names.numbers())
    return None


def first_unit(scope: Scope, name: str) -> tuple[m.Unit, str] | None:
    for block in scope.names.fields[name].blocks:
        for statement in block.statements:
            said = statement.said
            node: s.Node | None = None
            if said.form in ("starts at", "is") and said.values:
                node = said.values[0]
            elif said.form == "starts as" and statement.rows:
                head = statement.rows[0].said.head
                node = head[0] if head else None
            elif said.form == "starts as" and said.values:
                pair = said.values[0]
                node = pair.value if isinstance(pair, s.Pair) else None
            typed = None if node is None or isinstance(node, s.Text) else value(scope, statement.line, node)
            if typed is not None:
                return typed.unit, typed.currency
    return None


def _arithmetic(scope: Scope, line: Line, node: s.Binary) -> Typed | None:
    left, right = value(scope, line, node.left), value(scope, line, node.right)
    if left is None or right is None:
        return None
    if node.op in "+-":
        if not agree(left, right) or left.unit in (m.Unit.DATE, m.Unit.CLOCK):
            scope.report(errors.added_unlike(line, node, left, right))
            return None
        return replace(left, expr=m.Arith(node.op, left.expr, right.expr))  # type: ignore[arg-type]  # + or -
    if node.op == "/":
        return _division(scope, line, node, left, right)
    return _product(scope, line, node, left, right)


def _division(scope: Scope, line: Line, node: s.Binary, left: Typed, right: Typed) -> Typed | None:
    if isinstance(right.expr, m.Constant) and right.expr.value == 0:
        scope.report(errors.divides_by_zero(line, node.right))
        return None
    expr = m.Arith("/", left.expr, right.expr)
    if right.unit is m.Unit.NUMBER or (right.unit is m.Unit.SHARE and not right.points):
        return replace(left, expr=expr)
    if agree(left, right):
        return Typed(expr, m.Unit.NUMBER)
    scope.report(errors.divided_unlike(line, node, left, right))
    return None


def _product(scope: Scope, line: Line, node: s.Binary, left: Typed, right: Typed) -> Typed | None:
    """`of` is a product whose left side is a share. The side with points or a unit goes right (see show.py)."""
    plain = (m.Unit.NUMBER, m.Unit.SHARE)
    if left.unit not in plain and right.unit not in plain:
        scope.report(errors.multiplied_unlike(line, node, left, right))
        return None
    if left.points and right.unit is m.Unit.SHARE:
        left, right = right, left
    expr = m.Arith("*", left.expr, right.expr)
    if left.points or left.unit not in plain:
        return replace(left, expr=expr)
    if right.unit is m.Unit.NUMBER and left.unit is m.Unit.SHARE and not left.points:
        return replace(right, expr=expr)
    return replace(right, expr=expr)


def _call(scope: Scope, line: Line, node: s.Call) -> Typed | None:
    if node.function not in acts.FUNCTIONS:
        scope.report(errors.unknown_function(line, node, acts.FUNCTIONS))
        return None
    arguments = [value(scope, line, part) for part in node.arguments]
    good = [part for part in arguments if part is not None]
    if len(good) < len(arguments):
        return None
    count = {"min": 2, "max": 2, "round": 1, "clamp": 3}.get(node.function, 1)
    if len(good) < count or (len(good) > count and node.function not in ("min", "max")):
        scope.report(errors.argument_count(line, node, count))
        return None
    expr = m.Apply(node.function, tuple(part.expr for part in good))
    need = {"hour_of": m.Unit.CLOCK, "day_of_month": m.Unit.DATE, "days_since": m.Unit.DATE}.get(node.function)
    if need is not None:
        if good[0].unit is not need:
            scope.report(errors.argument_unit(line, node, good[0], need))
            return None
        return Typed(expr, m.Unit.NUMBER)
    for part in good[1:]:
        if not agree(good[0], part):
            scope.report(errors.compared_unlike(line, node, good[0], part))
            return None
    return replace(good[0], expr=expr)


def _ramp(scope: Scope, line: Line, node: s.RampOver, anchor: str | None) -> Typed | None:
    before, after = value(scope, line, node.before), value(scope, line, node.after)
    if before is None or after is None:
        return None
    if not agree(before, after):
        scope.report(errors.compared_unlike(line, node, before, after))
        return None
    match node.over:
        case s.Range(s.Lit(kind="date") as first, s.Lit(kind="date") as last):
            expr = m.Ramp(before.expr, after.expr, first=int(first.value), last=int(last.value))
        case s.Lit(kind="duration", value=length) if length > 0:
            expr = m.Ramp(before.expr, after.expr, days=length / 86_400, anchor=anchor)
            if anchor is None:
                scope.report(errors.ramp_without_start(line, node))
                return None
        case _:
            scope.report(errors.ramp_without_span(line, node))
            return None
    return replace(before, expr=expr)
