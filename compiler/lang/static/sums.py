"""Shares add up to 100% in every case: what effects take from one value they give to others (E0409, E0404)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.static.limits import extremes
from compiler.lang.static.look import Look

NEARLY = 1e-9


def points_cancel_out(look: Look) -> None:
    """The points that one condition moves between the values of a choice add up to nothing; where they do not, those
    of all conditions together may still do so in every case."""
    for field in look.model.fields:
        if field.kind not in ("choice", "number") or any(start.kind == "weights" for start in field.starts):
            continue
        moved = [effect for effect in field.effects if effect.op == "add" and effect.member is not None]
        groups: dict[str, list[m.Effect]] = {}
        for effect in moved:
            groups.setdefault(canon.key(effect.guard), []).append(effect)
        unlike = {guard: total for guard, effects in groups.items() if (total := _total(effects))}
        if unlike and not _cancel_together(look, field, moved):
            for guard, total in unlike.items():
                first, *others = sorted(
                    (effect.span for effect in groups[guard] if effect.span is not None),
                    key=lambda span: (span.file, span.line),
                )
                notes = [(span, "and here") for span in others]
                look.report(errors.points_do_not_cancel(first, total, field.id, guard, notes))


def _total(effects: Sequence[m.Effect]) -> float:
    """What the effects add up to where they do not cancel out: 0 where they do, or nobody can tell."""
    if any(effect.member == "rest" for effect in effects):
        return 0.0
    sums = [ends(effect.amount) for effect in effects]
    if any(each is None for each in sums):
        return 0.0
    for side in (0, 1):
        total = math.fsum(each[side] for each in sums if each is not None)
        if abs(total) > NEARLY:
            return total
    return 0.0


def ends(amount: m.Expr) -> tuple[float, float] | None:
    """The amount before and after: the same for a constant; None where it depends on the call."""
    match amount:
        case m.Constant(value):
            return value, value
        case m.Ramp(m.Constant(before), m.Constant(after)):
            return before, after
    return None


def _cancel_together(look: Look, field: m.Field, moved: Sequence[m.Effect]) -> bool:
    """Whether in every case the points of all conditions that hold add up to nothing."""
    amounts = [effect.amount.value for effect in moved if isinstance(effect.amount, m.Constant)]
    if len(amounts) < len(moved) or any(effect.member == "rest" for effect in moved):
        return False

    def worth(held: frozenset[int]) -> tuple[float, float]:
        total = math.fsum(amounts[number] for number in held)
        return total, total

    given = [(field.only_when, True)] if field.only_when is not None else []
    found = extremes(look.cases, [effect.guard for effect in moved], worth, given, apart=False)
    return found is not None and abs(found.low) <= NEARLY and abs(found.high) <= NEARLY


def shares_are_not_scaled(look: Look) -> None:
    """A share that is multiplied, or becomes another, would leave the others where they are."""
    for field in look.model.fields:
        lists = [start for start in field.starts if start.kind == "shares"]
        named = [effect for effect in field.effects if effect.member not in (None, "rest")]
        if lists and any(effect.op != "add" for effect in named) and not _has_rest(field):
            for start in lists:
                _scaled(look, field, start, named)


def _has_rest(field: m.Field) -> bool:
    return any(effect.member == "rest" for effect in field.effects)


def _scaled(look: Look, field: m.Field, start: m.Start, named: Sequence[m.Effect]) -> None:
    if not all(isinstance(effect.amount, m.Constant) for effect in named):
        return

    def worth(held: frozenset[int]) -> tuple[float, float]:
        total = math.fsum(moved(share, [named[n] for n in sorted(held) if named[n].member == name])
                          for name, share in start.shares)  # fmt: skip
        return total, total

    found = extremes(look.cases, [effect.guard for effect in named], worth, taken_by(field, start), apart=False)
    if found is None:
        return
    total, case = max((found.low, found.low_case), (found.high, found.high_case), key=lambda end: abs(end[0] - 1))
    span = next(effect.span for effect in named if effect.op != "add")
    if abs(total - 1) > NEARLY and span is not None:
        look.report(errors.shares_scaled(span, field.id, total, look.told(case, *(e.guard for e in named))))


def moved(value: float, effects: Sequence[m.Effect]) -> float:
    """The value after the effects that hold, in their phases; their amounts are constants."""
    amounts = {op: [e.amount.value for e in effects if e.op == op and isinstance(e.amount, m.Constant)]
               for op in ("add", "multiply", "becomes")}  # fmt: skip
    value = math.fsum([value, *amounts["add"]])
    for factor in amounts["multiply"]:
        value *= factor
    return amounts["becomes"][-1] if amounts["becomes"] else value


def taken_by(field: m.Field, start: m.Start) -> list[tuple[m.Expr, bool]]:
    """What holds where this line gives the field its start."""
    given = [(field.only_when, True)] if field.only_when is not None else []
    if start.guard is not None:
        return [*given, (start.guard, True)]
    return [*given, *((each.guard, False) for each in field.starts if each.guard is not None)]
