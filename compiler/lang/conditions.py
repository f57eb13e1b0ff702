"""Syntax nodes -> conditions: what an expression means that is true or false of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.lang import acts, canon, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.tree import Line
from compiler.lang.typed import Typed, agree

if TYPE_CHECKING:
    from compiler.lang.resolve import Scope

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def truth(scope: Scope, line: Line, node: s.Node) -> m.Expr | None:
    """A yes-or-no expression."""
    match node:
        case s.Junction(op, parts):
            done = [truth(scope, line, part) for part in parts]
            good = [part for part in done if part is not None]
            if len(good) < len(done):
                return None
            return canon.both(*good) if op == "and" else canon.either(good)
        case s.Negation(of):
            inner = truth(scope, line, of)
            return None if inner is None else canon.negated(inner)
        case s.Group((only,)):
            return truth(scope, line, only)
        case s.Comparison():
            return _comparison(scope, line, node)
        case s.Name():
            return _truth_name(scope, line, node)
    scope.report(errors.not_a_truth(line, node))
    return None


def _truth_name(scope: Scope, line: Line, node: s.Name) -> m.Expr | None:
    name = node.text
    if name in scope.lost:
        return None
    if scope.names.is_truth(name):
        return m.Ref(name)
    if len(node.parts) > 1:
        owner = ".".join(node.parts[:-1])
        domain = scope.names.domain(owner)
        if domain is not None:
            return _is(scope, line, owner, [s.Name((node.parts[-1],), node.at)])
    elif scope.names.is_choice(name) or scope.names.is_number(name):
        scope.report(errors.field_is_no_truth(line, node, scope.names.is_choice(name)))
        return None
    elif scope.names.holders(name):
        scope.report(errors.member_is_no_truth(line, node, scope.names.holders(name)))
        return None
    scope.unknown(line, node, [*scope.names.truths(), *scope.names.choices(), *scope.names.numbers()])
    scope.lost.add(name)
    return None


def _comparison(scope: Scope, line: Line, node: s.Comparison) -> m.Expr | None:
    if isinstance(node.left, s.Name):
        name = node.left.text
        if scope.names.domain(name) is not None or (name.startswith("agent.") and len(node.left.parts) == 2):
            return _choice(scope, line, node, node.left)
        if node.op in ("is", "is not", "in", "not in") and scope.names.is_truth(name):
            return _truth_is(scope, line, node, name)
        known = scope.names.is_truth(name) or scope.names.is_number(name) or scope.names.holders(name)
        if node.op in ("is", "is not", "in", "not in") and not known:
            scope.unknown(line, node.left, [*scope.names.choices(), *scope.names.numbers(), *scope.names.truths()])
            return None
    return _numbers(scope, line, node)


def _truth_is(scope: Scope, line: Line, node: s.Comparison, name: str) -> m.Expr | None:
    word = node.right.text if isinstance(node.right, s.Name) else ""
    good = {"yes": True, "pass": True, "no": False, "fail": False}
    if word not in good or node.op not in ("is", "is not"):
        scope.report(errors.truth_compared(line, node, name))
        return None
    return m.Ref(name) if good[word] == (node.op == "is") else m.Not(m.Ref(name))


def _choice(scope: Scope, line: Line, node: s.Comparison, left: s.Name) -> m.Expr | None:
    """`intent in (A, B)`, `language is not agent.language`."""
    name, right = left.text, node.right
    if name.startswith("agent.") and name not in ("agent.gender", "agent.language"):
        scope.unknown(line, left, ["agent.gender", "agent.language"])
        return None
    if node.op not in ("is", "is not", "in", "not in"):
        scope.report(errors.choice_ordered(line, node, name, list(scope.names.domain(name) or {})))
        return None
    if isinstance(right, s.Name) and right.text not in (scope.names.domain(name) or {}):
        other = right.text
        if scope.names.domain(other) is not None and (scope.names.is_choice(other) or "." in other):
            pair = m.SameAs(*sorted((_own(name), _own(other))))
            return m.Not(pair) if "not" in node.op else pair
    items = _members_of(scope, right)
    found = _is(scope, line, name, items)
    if found is None:
        return None
    return canon.negated(found) if "not" in node.op else found


def _members_of(scope: Scope, node: s.Node) -> list[s.Node]:
    if isinstance(node, s.Group):
        return list(node.items)
    if isinstance(node, s.Range) and isinstance(node.low, s.Name) and isinstance(node.high, s.Name):
        days = acts.WEEKDAYS
        if node.low.text in days and node.high.text in days:
            first, last = days.index(node.low.text), days.index(node.high.text)
            return [s.Name((day,), node.at) for day in days[first : last + 1]]
    return [node]


def _is(scope: Scope, line: Line, name: str, items: Sequence[s.Node]) -> m.Expr | None:
    members = [scope.member(line, name, item) for item in items]
    good = [member for member in members if member is not None]
    if len(good) < len(members) or not good:
        return None
    return m.Is(_own(name), tuple(sorted(set(good))))


def _numbers(scope: Scope, line: Line, node: s.Comparison) -> m.Expr | None:
    if node.op in ("in", "not in"):
        return _number_in(scope, line, node)
    left = scope.value(line, node.left)
    right = None if left is None else scope.value(line, node.right)  # one error a cause
    if left is None or right is None:
        return None
    if not agree(left, right):
        scope.report(errors.compared_unlike(line, node, left, right))
        return None
    op = {"is": "==", "is not": "!="}.get(node.op, node.op)
    return _compare(op, left.expr, right.expr)


def _number_in(scope: Scope, line: Line, node: s.Comparison) -> m.Expr | None:
    left = scope.value(line, node.left)
    ends = None if left is None else _ends(scope, line, node.right)
    if left is None or ends is None:
        return None
    parts: list[m.Expr] = []
    for low, high in ends:
        if not agree(left, low) or not agree(left, high):
            scope.report(errors.compared_unlike(line, node, left, low if not agree(left, low) else high))
            return None
        parts.append(_between(left, low, high))
    found = canon.either(parts)
    return canon.negated(found) if node.op == "not in" else found


def _ends(scope: Scope, line: Line, node: s.Node) -> list[tuple[Typed, Typed]] | None:
    """The stretches that the right side of `in` names."""
    if isinstance(node, s.Group):
        parts = [_ends(scope, line, item) for item in node.items]
        return None if any(part is None for part in parts) else [end for part in parts for end in part or []]
    low, high = (node.low, node.high) if isinstance(node, s.Range) else (node, node)
    first, last = scope.value(line, low), scope.value(line, high)
    return None if first is None or last is None else [(first, last)]


def _own(name: str) -> str:
    return "agent_name" if name == "agent" else name


def _between(value: Typed, low: Typed, high: Typed) -> m.Expr:
    if low.expr == high.expr:
        return _compare("==", value.expr, low.expr)
    above = _compare(">=", value.expr, low.expr)
    if value.unit is not m.Unit.CLOCK:
        return canon.both(above, _compare("<=", value.expr, high.expr)) or above
    below = _compare("<", value.expr, high.expr)
    over_midnight = (
        isinstance(low.expr, m.Constant) and isinstance(high.expr, m.Constant) and high.expr.value < low.expr.value
    )
    return canon.either((above, below)) if over_midnight else canon.both(above, below) or above


def _compare(op: str, left: m.Expr, right: m.Expr) -> m.Expr:
    """A comparison with its constant on the right."""
    if isinstance(left, m.Constant) and not isinstance(right, m.Constant):
        left, right, op = right, left, _FLIPPED[op]
    return m.Compare(op, left, right)  # type: ignore[arg-type]  # one of the six signs
