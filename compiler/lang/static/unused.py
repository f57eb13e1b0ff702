"""What is declared and never happens: personas, scenarios and values without a share (W01, W04), acts that nobody
does (W01), scenarios that no call can have (E0605)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lang import errors
from compiler.lang import model as m
from compiler.lang.show import expression
from compiler.lang.static.look import Look


def everything_is_used(look: Look) -> None:
    for field in look.model.fields:
        if field.id == "team" or field.kind == "decide":
            continue
        for member in _never_drawn(field):
            if member.span is not None:
                _unused(look, field, member)
    _acts(look)
    _teams(look)


def _never_drawn(field: m.Field) -> Iterator[m.Member]:
    """Members with a share of 0 (or none) in every list, which no effect raises."""
    lists = [dict(start.shares) for start in field.starts if start.kind in ("shares", "weights")]
    if not lists or field.id == "agent_shift" or any(effect.member == "rest" for effect in field.effects):
        return
    raised = {effect.member for effect in field.effects if effect.op != "multiply" and not _falls(effect.amount)}
    for member in field.members:
        if member.id not in raised and not member.hours and all(shares.get(member.id, 0.0) == 0 for shares in lists):
            yield member


def _falls(amount: m.Expr) -> bool:
    return isinstance(amount, m.Constant) and amount.value <= 0


def _unused(look: Look, field: m.Field, member: m.Member) -> None:
    if member.span is None:
        return
    if field.id in ("persona", "scenario"):
        why = f"is never {'drawn' if field.id == 'persona' else 'played'}: its weight is 0 and nothing raises it"
        look.report(errors.unused(member.span, f"{field.id} {member.id} {why}"))
    elif field.id == "agent_name":
        look.report(errors.unused(member.span, f"agent {member.id} never takes a call: their share is 0"))
    else:
        what = "weight" if any(start.kind == "weights" for start in field.starts) else "share"
        look.report(errors.never_drawn(member.span, field.id, member.id, what))


def _acts(look: Look) -> None:
    done = {act for s in look.model.scenarios for p in s.phases for line in p.lines for act in line.acts}
    done |= {field.shown_by for field in look.model.fields if field.shown_by}
    for block in look.stock.kind("act"):
        if block.id not in done:
            look.report(errors.unused(block.id_span(), f"act {block.id} is never used: no phase asks for it"))


def _teams(look: Look) -> None:
    staffed = {agent.team for agent in look.model.agents}
    for block in look.stock.kind("team"):
        if block.id not in staffed:
            look.report(errors.unused(block.id_span(), f"team {block.id} has no agents: no call will be theirs"))


def scenarios_serve_somebody(look: Look) -> None:
    """The `only when` of a scenario can hold, with values that are drawn at all."""
    scenario = look.world.fields.get("scenario")
    if scenario is None or not look.whole:
        return
    silent = {field.id: tuple(sorted(member.id for member in _never_drawn(field))) for field in look.model.fields}
    for member in scenario.members:
        if member.only_when is None or member.span is None:
            continue
        if look.cases.never(member.only_when):
            look.report(errors.serves_nobody(member.span, member.id, expression(member.only_when), ()))
            continue
        missing = [m.Not(m.Is(name, silent[name])) for name in _choices(member.only_when) if silent.get(name)]
        if missing and look.cases.never(member.only_when, *missing):
            gone = [value for name in _choices(member.only_when) for value in silent.get(name, ())]
            asked = [value for value in gone if value in expression(member.only_when)]
            look.report(errors.serves_nobody(member.span, member.id, expression(member.only_when), asked))


def _choices(condition: m.Expr) -> list[str]:
    match condition:
        case m.Is(name):
            return [name]
        case m.Not(inner):
            return _choices(inner)
        case m.All(parts) | m.Either(parts):
            return list(dict.fromkeys(name for part in parts for name in _choices(part)))
    return []
