"""Conditions that never hold (W02) or always do (W03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from math import isfinite

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.facts import Fact
from compiler.lang.show import constant, expression
from compiler.lang.starting import DecideRow
from compiler.lang.static.look import Look
from compiler.source import Span

_OF_BLOCKS = ("agent_name", "team", "scenario", "persona")  # a block around the line may have said it


def conditions_say_something(look: Look) -> None:
    """Each condition once, at the first line that has it."""
    told: set[str] = set()
    for guard, span, field in sorted(_all(look), key=lambda each: (each[1].file, each[1].line)):
        _condition(look, guard, span, field, told)
    for owner, facts in look.stock.of.items():
        for fact in facts:
            if fact.slot == ("only when",) and owner[0] != "scenario" and look.cases.never(fact.value):  # type: ignore[arg-type]  # an Expr
                look.report(errors.never_there(fact.span, fact.title or owner[1]))


def _all(look: Look) -> Iterator[tuple[m.Expr, Span, str]]:
    """(condition, line, the field that it is about)."""
    for owner, facts in look.stock.of.items():
        for fact in facts:
            if fact.span.file in look.packs:
                continue
            yield from ((guard, span, owner[1] if owner[0] == "field" else "") for guard, span in _conditions(fact))


def _conditions(fact: Fact) -> list[tuple[m.Expr, Span]]:
    """The conditions of a line, or of each row of a decide."""
    rows = fact.value if fact.slot == ("rows",) and isinstance(fact.value, tuple) else ()
    found = [(row.guard, row.span) for row in rows if isinstance(row, DecideRow) and row.guard is not None]
    return [*found, *([(fact.guard, fact.span)] if fact.guard is not None else [])]


def _condition(look: Look, guard: m.Expr, span: Span, field: str, told: set[str]) -> None:
    key = canon.key(guard)
    if key in told:
        return
    only = look.world.fields[field].only_when if field in look.world.fields else None
    if look.cases.never(guard):
        told.add(key)
        look.report(errors.never_true(span, _why(look, guard)))
    elif only is not None and look.cases.never(guard, only) and not _whole_block(guard):
        look.report(errors.never_true_here(span, field, expression(only)))
    else:
        parts = guard.parts if isinstance(guard, m.All) else (guard,)
        for part in parts:
            if not _may_stand(look, part, parts) and look.cases.always(part):
                told.add(key)
                look.report(errors.always_true(span, expression(part)))
                return


def _why(look: Look, guard: m.Expr) -> str:
    """The part that never holds, or the two that never hold together, where there are more than those."""
    parts = guard.parts if isinstance(guard, m.All) else (guard,)
    for part in parts:
        if look.cases.never(part):
            return _limits(look, part) or (f"`{expression(part)}` never holds" if len(parts) > 1 else "")
    for one, two in combinations(parts, 2):
        if look.cases.never(one, two):
            return f"`{expression(one)}` and `{expression(two)}` never hold together"
    return ""


def _limits(look: Look, part: m.Expr) -> str:
    match part:
        case m.Compare(_, m.Ref(name) as left, m.Constant() as value) if name in look.world.fields:
            low, high = look.world.figures.of(left)
            ends = [constant(replace(value, value=end)) for end in (low, high) if isfinite(end)]
            return f"`{name}` is never outside {'..'.join(ends)}" if len(ends) == 2 else ""
    return ""


def _may_stand(look: Look, part: m.Expr, parts: Sequence[m.Expr]) -> bool:
    """What a block says, the only value of a choice (there may be more some day), one end of a range."""
    match part:
        case m.Is(name):
            return name in _OF_BLOCKS or len(look.world.axis(name).labels) == 1
        case m.Compare(_, left, _):
            return any(isinstance(other, m.Compare) and other.left == left and other != part for other in parts)
    return False


def _whole_block(guard: m.Expr) -> bool:
    """A block that holds effects on many fields says its condition once for all of them."""
    return isinstance(guard, m.Is) and guard.name in _OF_BLOCKS
