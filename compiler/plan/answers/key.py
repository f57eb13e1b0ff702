"""Plan -> the answer key: what the spec planted, how large it is in this plan, whether so many calls can show it."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from compiler.lang import model as m
from compiler.lang.pretty_fields import moves_by_points
from compiler.lang.show import expression, hundredfold
from compiler.plan.answers.effects import Column, Size, lines
from compiler.plan.answers.planted import causes, follow_ups, volume
from compiler.plan.answers.rows import Sample, Sampler
from compiler.plan.part import Part
from compiler.plan.plan import Plan
from compiler.plan.why.view import View
from compiler.plan.why.words import Said, amount

POWER = 3.0  # standard errors that a difference has to stand out by

ABOUT = {
    "difference": "Mean of the field over the calls that the line touches, with the line less without it, all else of "
                  "these calls as it is in the plan: chances and shares from what the spec implies for each call, "
                  "numbers with the same draws. Lines of one choice under one condition give and take, so they are "
                  "left out together.",
    "gap": "Expected mean of the touched calls less that of all others, as a plain comparison finds it: it holds what "
           "else differs between the two groups, so it need not be the difference.",
    "can_be_shown": f"The difference is at least {POWER:g} standard errors of the comparison between touched and other "
                    "calls of this plan.",
    "calls_needed": "About so many calls in all, made the same way, would show it; null where nothing is to be shown "
                    "or all calls are touched.",
    "not_included": "Effects that pass through another field (`indirect` under `causes` names the fields, not a size); "
                    "`rest` lines; the rows of `decide` and lists of shares that differ by condition, such as `works`; "
                    "calls that took the field over from the call they follow.",
}


class Key:
    """The answer key in the making: `add` each part of the plan as it comes by, then ask for it."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.rows = plan, Sampler(plan)

    def add(self, part: Part) -> None:
        self.rows.add(part)

    def told(self) -> dict[str, Any]:
        """What stands in plan/_meta/answers.json. Large plans are measured on a keyed sample, and `calls` says so."""
        plan, rows = self.plan, self.rows.sample()
        said = Said(plan.model, plan.model.places)
        return {
            "about": ABOUT,
            "calls": {"planned": plan.count, "measured_on": rows.frame.count},
            "effects": list(_effects(plan, rows, said)),
            "causes": causes(plan, said),
            "volume": volume(plan, said),
            "follow_ups": follow_ups(plan, self.rows.chains),
        }


def answers(plan: Plan) -> dict[str, Any]:
    """The answer key of a plan, in a pass of its own."""
    key = Key(plan)
    for part in plan.parts():
        key.add(part)
    return key.told()


def _effects(plan: Plan, rows: Sample, said: Said) -> Iterator[dict[str, Any]]:
    view = View(rows.frame, plan.scope, said)
    taken = {name for f in plan.model.fields if f.follow_up for names, _ in f.follow_up.same for name in names}
    for f in plan.model.fields:
        found = lines(f) if f.id in plan.programs else []
        if not found or not rows.frame.count:
            continue
        frame = rows.people if f.id in plan.people.kept else rows.frame
        own = ~rows.follow if f.id in taken else rows.follow | True
        column = Column(f, plan.programs[f.id], plan.scope, frame, own)
        for line in found:
            text, place = view.words(f, line) if isinstance(line, m.Effect) else said.line(line.span)
            yield _told(plan, f, line, column.size(line, rows.scale), text, place)


def _told(plan: Plan, f: m.Field, line: m.Effect | m.Start, size: Size, text: str, place: str) -> dict[str, Any]:
    member = line.member if isinstance(line, m.Effect) else None
    unit = m.Unit.SHARE if member is not None or f.kind in ("flag", "check") else f.unit
    difference = size.with_it - size.without
    shown = size.others > 0 and size.touched > 0 and difference != 0 and abs(difference) >= POWER * size.error
    return {
        "field": f.id,
        "member": member,
        "line": text,
        "place": place,
        "guard": expression(line.guard) if line.guard is not None else None,
        "causes": causes_in(plan, line.guard),
        "asked": _asked(f, line),
        "unit": "pp" if unit is m.Unit.SHARE else "s" if unit is m.Unit.TIME else f.currency or unit.value,
        "touched": size.touched,
        "not_touched": size.others,
        "mean_with": _figure(size.with_it, unit),
        "mean_without": _figure(size.without, unit),
        "difference": _figure(difference, unit),
        "told": _in_words(f, member, difference, unit, line),
        "gap": _figure(size.with_it - size.elsewhere, unit) if size.touched and size.others else None,
        "standard_error": _figure(size.error, unit),
        "can_be_shown": shown,
        "why_not": "" if shown else _why_not(size, difference),
        "calls_needed": _needed(plan, size, difference),
    }


def causes_in(plan: Plan, guard: m.Expr | None) -> list[str]:
    """The events, teams and agents that a condition names."""
    from compiler.plan.answers.planted import named

    return sorted(named(plan.model, guard))


def _asked(f: m.Field, line: m.Effect | m.Start) -> str:
    """`-12pp`, `x 1.8`, `starts at 10%`; an expression as it stands in the spec."""
    if isinstance(line, m.Start):
        return "starts " + ", ".join(f"{name} {expression(value)}" for name, value in line.parameters)
    points = line.op == "add" and moves_by_points(f, line.member)
    if not isinstance(line.amount, m.Constant):
        sign = {"add": "+", "multiply": "x ", "becomes": "= "}[line.op]
        return f"{sign}{expression(line.amount, points)}"
    unit = f.unit if line.member is None else m.Unit.SHARE if points else m.Unit.NUMBER
    return amount(line.amount.value, line.op, m.Unit.SHARE if f.kind in ("flag", "check") else unit, f.currency)


def _in_words(f: m.Field, member: str | None, difference: float, unit: m.Unit, line: m.Effect | m.Start) -> str:
    """`FCR -12pp when outage`."""
    what = f"{f.id}.{member}" if member is not None else f.id
    when = f" when {expression(line.guard)}" if line.guard is not None else " in all calls"
    digits = 4 if unit is m.Unit.SHARE else 3
    return f"{what} {amount(round(difference, digits), 'add', unit, f.currency)}{when}"


def _figure(value: float, unit: m.Unit) -> float:
    """Shares as per cent or points, all with four decimals."""
    return round(float(hundredfold(round(value, 9))) if unit is m.Unit.SHARE else value, 4)


def _why_not(size: Size, difference: float) -> str:
    if not size.touched:
        return "touches no call of this plan"
    if not size.others:
        return "touches every call: there is nothing to compare with"
    return "moves nothing in the calls it touches" if difference == 0 else "too few calls for its size"


def _needed(plan: Plan, size: Size, difference: float) -> int | None:
    """The calls that would make the difference stand out, two figures that count, rounded up."""
    if not size.touched or not size.others or difference == 0 or size.error == 0:
        return None
    calls = plan.count * (POWER * size.error / difference) ** 2
    step: int = 10 ** max(0, len(str(int(calls))) - 2)
    return ceil(calls / step) * step


