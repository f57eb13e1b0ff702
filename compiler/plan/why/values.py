"""A field of one call -> its derivation: the phases of draws.py again, one row at a time, each line told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from compiler import rng
from compiler.lang import model as m
from compiler.lang.show import expression
from compiler.plan import distributions
from compiler.plan.draws import LEAST, Program
from compiler.plan.order import expressions
from compiler.plan.why.race import plain, run, weights
from compiler.plan.why.steps import NOWHERE, Derivation, Draw, Runner, Step
from compiler.plan.why.view import View, read_by, scalar
from compiler.plan.why.words import amount, number, quantity, small


def derive(view: View, f: m.Field, program: Program, first: str | None = None) -> Derivation:
    """How the field came by its value in the view's row. `first`: the member that a follow-up took over, which stands
    in front of the several that it has."""
    text, place = view.said.fact("field", f.id)
    unit = m.Unit.SHARE if f.kind in ("flag", "check") else f.unit
    reads = tuple(read_by(list(expressions(f))))
    bare = Derivation(f.id, NOWHERE, "", "", f.label, place, unit, f.currency, parents=reads)
    if not view.holds(f.only_when):
        return _absent(view, f, bare)
    made = _KINDS[f.kind](view, f, program, bare, first)
    if f.only_when is not None:
        text, place = view.said.fact("field", f.id, slot=("only when",))
        return replace(made, steps=(Step(text, place), *made.steps))
    return made


def _absent(view: View, f: m.Field, bare: Derivation) -> Derivation:
    text, place = view.said.fact("field", f.id, slot=("only when",))
    assert f.only_when is not None
    told = "none" if f.kind in ("choice", "decide") else "not there"
    how = f"not there: only when {expression(f.only_when)}"
    return replace(bare, value=None if told == "none" else NOWHERE, told=told, how=how, steps=(Step(text, place),),
                   parents=tuple(read_by([f.only_when])), notes=("that does not hold in this call",))


# ------------------------------------------------------------------------------------------------ categories


def _choice(view: View, f: m.Field, program: Program, bare: Derivation, first: str | None) -> Derivation:
    runners, lead, idle = weights(view, f)
    order = run(view, program.name, runners, first)
    made = replace(bare, steps=tuple(lead), race=tuple(order), idle=tuple(idle))
    if not f.how_many:
        return replace(made, value=order[0].member, told=order[0].member, how=_won(order))
    counts = plain(view, f"{program.name}:how many", [(str(int(k)), share) for k, share in f.how_many])
    wanted = int(counts[0].member)
    text, place = view.said.fact("field", f.id, slot=("how many",))
    found = [r.member for r in order[:wanted] if r.place is not None]
    step = Step(f"{text}: {wanted} by a race of their own ({_won(counts)})", place)
    return replace(made, value=found, told=", ".join(found), how=_won(order), steps=(*lead, step))


def _won(order: list[Runner]) -> str:
    """`15 of 119, u .9123`: the winner's weight among all, and its uniform."""
    total = sum(r.weight for r in order)
    winner = order[0]
    if winner.u is None:
        return "taken over"
    whole = abs(total - 1.0) < 1e-6
    part = quantity(winner.weight, m.Unit.SHARE) if whole else f"{small(winner.weight)} of {small(total)}"
    return f"{part}, u {winner.u:.4f}"


def _moves(steps: list[Step], made: Derivation) -> str:
    """`78% -7pp = 71%`: where it starts, what moves it, where it ends."""
    first = quantity(steps[0].after or 0.0, made.unit, made.currency) if steps else "0"
    moved = [amount(s.amount, s.op, made.unit, made.currency) for s in steps[1:] if s.amount is not None]
    held = any(s.amount is None for s in steps[1:])
    last = f" = {quantity(steps[-1].after or 0.0, made.unit, made.currency)}" if moved or held else ""
    return " ".join([first, *moved]) + last


def _decide(view: View, f: m.Field, program: Program, bare: Derivation, first: str | None) -> Derivation:
    passed = []
    for row in f.rows:
        text, place = view.said.line(row.span)
        if not view.holds(row.guard):
            passed.append(Step(text, place))
            continue
        order = plain(view, program.name, [(name, share) for name, share in sorted(row.shares) if share > 0])
        chosen = order[0].member
        alone = len(order) == 1
        return replace(bare, value=chosen, told=chosen, how=f"row `{text}`" + ("" if alone else f", {_won(order)}"),
                       steps=(Step(text, place),), race=() if alone else tuple(order), idle=tuple(passed),
                       notes=(f"the first row that holds takes the call; it is number {len(passed) + 1}",),
                       parents=tuple(read_by([f.only_when, *(r.guard for r in f.rows[: len(passed) + 1])])))
    raise AssertionError(f"no row of {f.id} takes this call")


# ------------------------------------------------------------------------------------------------ chances


def chance(view: View, f: m.Field) -> tuple[float, list[Step], list[Step]]:
    """(the probability of yes, all phases done; the steps to it; the lines that do not hold)."""
    best, others = view.start(f)
    value = float(view.value(best.parameters[0][1])) if best is not None else 0.0
    steps = [view.start_step(f, best, value)] if best is not None else []
    idle = [view.start_step(f, start) for start in others]
    value, more, off = view.effects(f, [e for e in f.effects if e.member is None], value)
    low, high = f.within or (0.0, 1.0)
    ends = max(low, 0.0), min(high, 1.0)
    kept = min(max(value, ends[0]), ends[1])
    if kept != value:
        said = _within(view, f)
        more.append(replace(said, after=kept) if f.within else Step("a chance lies within 0%..100%", after=kept))
    return kept, [*steps, *more], [*idle, *off]


def _flag(view: View, f: m.Field, program: Program, bare: Derivation, first: str | None) -> Derivation:
    p, steps, idle = chance(view, f)
    u = view.uniform(program.name)
    p = _settled(p, scalar(program.chance(view.frame)), f)
    value = u < p
    told = ("pass" if value else "fail") if f.kind == "check" else ("true" if value else "false")
    side = "below" if value else "not below"
    how = f"chance {_moves(steps, bare)}, u {u:.4f}"
    return replace(bare, value=value, told=told, how=how, steps=tuple(steps), idle=tuple(idle),
                   draws=(Draw((program.name,), u, view.whose),),
                   notes=(f"u({program.name}) = {u:.6f} is {side} {quantity(p, m.Unit.SHARE)}, so {told}",))


# ------------------------------------------------------------------------------------------------ numbers


def _number(view: View, f: m.Field, program: Program, bare: Derivation, first: str | None) -> Derivation:
    if program.shared:
        made, value = _of_list(view, f, program, bare)
    else:
        made, value = _of_distribution(view, f, program, bare)
    drawn = value
    value, steps, idle = view.effects(f, [e for e in f.effects if e.member is None], value)
    value = _settled(value, scalar(program.effects(np.array([drawn]), view.frame)), f)
    if f.within is not None:
        kept = min(max(value, f.within[0]), f.within[1])
        if kept != value:
            steps.append(replace(_within(view, f), after=kept))
            value = kept
    value, more = rounded(f, program, value)
    told = quantity(value, f.unit, f.currency)
    how = f"{made.how}: {_moves([Step('', after=drawn), *steps], bare)}" if steps else made.how
    return replace(made, value=value, told=told, how=how,
                   steps=(*made.steps, *steps, *more), idle=(*made.idle, *idle))


def _of_list(view: View, f: m.Field, program: Program, bare: Derivation) -> tuple[Derivation, float]:
    runners, lead, idle = weights(view, f)
    order = run(view, program.name, runners)
    numbers = {member.id: member.number for member in f.members}
    winner = order[0].member
    value = float(numbers.get(winner) or 0.0) if winner in numbers else float(winner)
    steps = tuple(replace(step, after=value) for step in lead)
    return replace(bare, steps=steps, race=tuple(order), idle=tuple(idle), how=_won(order)), value


def _of_distribution(view: View, f: m.Field, program: Program, bare: Derivation) -> tuple[Derivation, float]:
    best, others = view.start(f)
    idle = tuple(view.start_step(f, start) for start in others)
    if best is None:
        return replace(bare, idle=idle, how="no line holds"), 0.0
    u = view.uniform(program.name)
    given = {name: view.value(expr) for name, expr in best.parameters}
    value = float(np.broadcast_to(distributions.quantile(best.kind, np.array([u]), given, f.within), (1,))[0])
    step = view.start_step(f, best, value)
    if any(not isinstance(expr, m.Constant) for _, expr in best.parameters):
        there = ", ".join(f"{name} {quantity(float(x), f.unit, f.currency)}" for name, x in given.items())
        step = replace(step, text=f"{step.text}: {there}")
    made = replace(bare, steps=(step,), idle=idle)
    if best.kind == "constant":
        return replace(made, how=step.text), value
    made = replace(made, draws=(Draw((program.name,), u, view.whose),), notes=(_where(best.kind, program.name, u),))
    return replace(made, how=f"{best.kind}, u {u:.4f}"), value


def _settled(told: float, drawn: float, f: m.Field) -> float:
    """What the plan computes, of which the sum that is told line by line may differ in the last bit only."""
    if abs(told - drawn) > 1e-9 * max(1.0, abs(drawn)):
        raise AssertionError(f"{f.id} comes to {told!r} line by line, but the plan has {drawn!r}")
    return drawn


def _where(kind: str, name: str, u: float) -> str:
    """Where in its distribution a number lies."""
    if kind == "normal":
        z = float(rng.normal(np.array([u]))[0])
        return f"u({name}) = {u:.6f}: {abs(z):.4f} standard deviations {'above' if z >= 0 else 'below'} the mean"
    return f"u({name}) = {u:.6f}: {number(u * 100, 2)}% of the distribution lie below"


def rounded(f: m.Field, program: Program, value: float) -> tuple[float, list[Step]]:
    """(as the record has it, the step that made it so where it moved the value)."""
    found = float(program.rounded(np.array([value]))[0])
    if found == value:
        return found, []
    least = LEAST.get(f.id)
    if least is not None and found in (0.0, least) and abs(found - value) >= 0.01:
        rule = f"what can be heard is 0 or at least {number(least)} s: below half of it is 0, the rest goes up"
        return found, [Step(rule, after=found)]
    decimals = f.decimals
    if f.unit is m.Unit.TIME:
        decimals = min(decimals if decimals is not None else 2, 2)
    said = "a whole number" if decimals == 0 else f"{2 if decimals is None else decimals} decimals"
    return found, [Step(f"rounded to {said}, halves up", after=found)]


def _within(view: View, f: m.Field) -> Step:
    text, place = view.said.fact("field", f.id, slot=("stays within",))
    if not text and f.group:
        text, place = view.said.fact("checks", f.group, slot=("stays within",))
    return Step(text, place)


def _fact(view: View, f: m.Field, program: Program, bare: Derivation, first: str | None) -> Derivation:
    text, place = view.said.fact("field", f.id, slot=("is",))
    value: Any = view.value(f.value) if f.value is not None else 0.0
    if isinstance(value, bool):
        said = "true" if value else "false"
        return replace(bare, value=value, told=said, how=text, steps=(Step(text, place),))
    assert f.value is not None
    step = Step(f"{text}: {view.filled(f.value)}", place, after=float(value))
    value, more = rounded(f, program, float(value))
    return replace(bare, value=value, told=quantity(value, f.unit, f.currency), how=step.text, steps=(step, *more))


_KINDS: dict[str, Callable[[View, m.Field, Program, Derivation, str | None], Derivation]] = {
    "choice": _choice, "decide": _decide, "flag": _flag, "check": _flag, "number": _number, "fact": _fact,
}  # fmt: skip
