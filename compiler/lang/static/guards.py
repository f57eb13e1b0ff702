"""Conditions that never hold (W02) or always do (W03)."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.facts import Fact
from compiler.lang.show import expression
from compiler.lang.starting import DecideRow
from compiler.lang.static.look import Look
from compiler.source import Span

_OF_BLOCKS = ("agent_name", "team", "scenario", "persona")  # a block around the line may have said it


def conditions_say_something(look: Look) -> None:
    """Each condition once, at the first line that has it."""
    if not look.whole:
        return
    told: set[str] = set()
    for owner, facts in look.stock.of.items():
        only = look.world.fields[owner[1]].only_when if owner[0] == "field" and owner[1] in look.world.fields else None
        for fact in facts:
            for guard, span in _conditions(fact):
                _condition(look, guard, span, only, owner[1], told)
            if fact.slot == ("only when",) and isinstance(fact.value, m.All | m.Is | m.Ref | m.Not | m.Compare):
                _existence(look, owner, fact.value, fact)


def _conditions(fact: Fact) -> list[tuple[m.Expr, Span]]:
    """The conditions of a line, or of each row of a decide."""
    rows = fact.value if fact.slot == ("rows",) and isinstance(fact.value, tuple) else ()
    found = [(row.guard, row.span) for row in rows if isinstance(row, DecideRow) and row.guard is not None]
    return [*found, *([(fact.guard, fact.span)] if fact.guard is not None else [])]


def _condition(
    look: Look, guard: m.Expr, span: Span, only: m.Expr | None, field: str, told: set[str]
) -> None:
    key = canon.key(guard)
    if key in told:
        return
    if look.cases.never(guard):
        told.add(key)
        look.report(errors.never_true(span))
    elif only is not None and look.cases.never(guard, only) and not _whole_block(guard):
        look.report(errors.never_true_here(span, field, expression(only)))
    else:
        parts = guard.parts if isinstance(guard, m.All) else (guard,)
        for part in parts:
            if not _may_stand(look, part, parts) and look.cases.always(part):
                told.add(key)
                look.report(errors.always_true(span, expression(part)))
                return


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


def _existence(look: Look, owner: tuple[str, str], only: m.Expr, fact: Fact) -> None:
    if owner[0] != "scenario" and look.cases.never(only):
        look.report(errors.never_there(fact.span, fact.title or owner[1]))
