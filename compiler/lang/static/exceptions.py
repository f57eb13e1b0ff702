"""Defaults and exceptions: no two of them hold in one call (E0310), and each call gets a value (E0502)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from compiler.lang import errors
from compiler.lang import model as m
from compiler.lang.static.cases import Box
from compiler.lang.static.look import Look
from compiler.lang.static.world import fields_of
from compiler.source import Span

Line = tuple[m.Expr, Span]
_SETTINGS = {"calendar": ("open",), "agent": ("works",), "field": ("same",)}  # with conditions, by their owner


def exceptions_exclude_each_other(look: Look) -> None:
    """Guarded `starts`, `becomes` and settings: no two of them hold in one call."""
    for field in look.model.fields:
        if field.id not in ("agent_shift", "agent_name"):
            starts = [(start.guard, start.span) for start in field.starts]
            _exclude(look, _guarded(starts), f"how `{field.id}` starts", field.only_when)
        members = sorted({effect.member or "" for effect in field.effects if effect.op == "becomes"})
        for member in members:
            lines = [(e.guard, e.span) for e in field.effects if e.op == "becomes" and (e.member or "") == member]
            what = f"{field.id}.{member}" if member else field.id
            _exclude(look, _guarded(lines), f"what `{what}` becomes", field.only_when)
    for owner, facts in look.stock.of.items():
        for name in _SETTINGS.get(owner[0], ()):
            lines = [(fact.guard, fact.span) for fact in facts if fact.slot == (name,)]
            _exclude(look, _guarded(lines), f"`{name}`", None)


def _guarded(lines: Sequence[tuple[m.Expr | None, Span | None]]) -> list[Line]:
    """Those with a condition: the one without is the default."""
    return [(guard, span) for guard, span in lines if guard is not None and span is not None]


def _exclude(look: Look, lines: Sequence[Line], what: str, only: m.Expr | None) -> None:
    for (first, place), (second, span) in combinations(sorted(lines, key=lambda line: _at(line[1])), 2):
        if look.cases.apart(first, second):
            continue
        case = look.cases.both(first, second, only)
        if isinstance(case, bool) or case is None or _entangled(look, case, first, second):
            continue
        look.report(errors.exceptions_meet(span, place, what, look.told(case, first, second)))


def _at(span: Span) -> tuple[str, int, int]:
    return span.file, span.line, span.column


def _entangled(look: Look, case: Box, *conditions: m.Expr) -> bool:
    """Whether the case speaks twice of one figure, so that it may not be possible after all."""
    spoken = {name for c in conditions for box in look.cases.boxes(c, True) for name in box if name in look.world.named}
    fields = [fields_of(name, look.world) for name in sorted(spoken & set(case))]
    return any(one & two for one, two in combinations(fields, 2))


def every_case_has_a_value(look: Look) -> None:
    """A field with exceptions only leaves no call without a value."""
    for field in look.model.fields:
        known = look.stock.names.fields.get(field.id)
        if known is None or known.kind == "decide" or field.id == "agent_shift":
            continue
        guards = [start.guard for start in field.starts if start.guard is not None]
        if guards and len(guards) == len(field.starts) and _is_sound(look, field.id):
            case = uncovered(look, guards, field.only_when)
            if case is not None:
                block = known.blocks[0]
                told = look.told(case, *guards)
                look.report(errors.no_default(block.id_span(), block.title, told, "starts"))


def every_agent_works_always(look: Look) -> None:
    """Guarded `works` lines of an agent have a default, or take every call."""
    for block in look.stock.kind("agent"):
        lines = look.stock.all(("agent", block.id), "works")
        guards = [fact.guard for fact in lines if fact.guard is not None]
        if guards and len(guards) == len(lines):
            case = uncovered(look, guards, m.Is("agent_name", (block.id,)))
            if case is not None:
                told = look.told(case, *guards)
                look.report(errors.no_default(block.id_span(), block.title, told, "works"))


def _is_sound(look: Look, name: str) -> bool:
    """Whether all that was said about how the field starts could be read."""
    return (("field", name), "starts") not in look.stock.failed and ("field", name) not in look.stock.broken


def uncovered(look: Look, guards: Sequence[m.Expr], given: m.Expr | None) -> Box | None:
    """A case (where `given` holds) that none of the guards takes; None where there is none, or it stays open."""
    clauses = [(guard, False) for guard in guards]
    case = look.cases.case(*clauses, *([(given, True)] if given is not None else []))
    return case if case and not isinstance(case, bool) else ({} if case == {} else None)
