"""Conditions in one canonical form, so that the same condition is the same value however it was written."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.lang import model as m
from compiler.lang.show import expression


def both(*conditions: m.Expr | None) -> m.Expr | None:
    """All of them hold; None stands for no condition."""
    parts: dict[str, m.Expr] = {}
    for condition in conditions:
        if condition is None:
            continue
        for part in condition.parts if isinstance(condition, m.All) else (condition,):
            parts[expression(part)] = part
    return _sorted(parts, m.All) if parts else None


def either(conditions: Iterable[m.Expr]) -> m.Expr:
    """One of them holds; equalities of one choice become one."""
    parts: dict[str, m.Expr] = {}
    members: dict[str, set[str]] = {}
    for condition in conditions:
        for part in condition.parts if isinstance(condition, m.Either) else (condition,):
            if isinstance(part, m.Is):
                members.setdefault(part.name, set()).update(part.members)
            else:
                parts[expression(part)] = part
    for name, values in members.items():
        merged = m.Is(name, tuple(sorted(values)))
        parts[expression(merged)] = merged
    return _sorted(parts, m.Either)


def _sorted(parts: dict[str, m.Expr], kind: type[m.All] | type[m.Either]) -> m.Expr:
    ordered = tuple(parts[text] for text in sorted(parts))
    return ordered[0] if len(ordered) == 1 else kind(ordered)


def negated(condition: m.Expr) -> m.Expr:
    match condition:
        case m.Not(inner):
            return inner
        case m.Compare("==", left, right):
            return m.Compare("!=", left, right)
        case m.Compare("!=", left, right):
            return m.Compare("==", left, right)
    return m.Not(condition)


def key(condition: m.Expr | None) -> str:
    """The condition as a dictionary key; empty for none."""
    return "" if condition is None else expression(condition)


def names_read(expr: m.Expr | None) -> frozenset[str]:
    """All names that the value of `expr` depends on, as they stand (fields, events, `agent.gender`)."""
    match expr:
        case m.Ref(name) | m.Is(name=name):
            return frozenset((name,))
        case m.SameAs(left, right):
            return frozenset((left, right))
        case m.Compare(_, a, b) | m.Arith(_, a, b) | m.Ramp(a, b):
            own = names_read(a) | names_read(b)
            return own | {expr.anchor} if isinstance(expr, m.Ramp) and expr.anchor else own
        case m.Not(inner):
            return names_read(inner)
        case m.All(parts) | m.Either(parts) | m.Apply(_, parts):
            return frozenset().union(*map(names_read, parts))
    return frozenset()
