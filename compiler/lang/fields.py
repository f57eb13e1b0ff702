"""Facts -> model.Field for each declared field, and for those that always exist (agent_name, team, scenario …)."""

from __future__ import annotations

import math

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.effects import agent_mode
from compiler.lang.facts import VERBS, Fact, Owner
from compiler.lang.names import FieldName
from compiler.lang.outline import Block
from compiler.lang.show import expression
from compiler.lang.starting import DecideRow, Starting, check_sum
from compiler.lang.stock import Stock

_KINDS: dict[str, m.FieldKind] = {
    "choice": "choice", "kpi": "number", "flag": "flag", "decide": "decide", "check": "check", "fact": "fact",
}  # fmt: skip
_OPS: dict[str, str] = {"rises by": "add", "falls by": "add", "is multiplied by": "multiply", "becomes": "becomes"}


def fields(stock: Stock) -> tuple[m.Field, ...]:
    """All fields, sorted by id."""
    found = [_field(stock, known) for known in stock.names.fields.values()]
    found += [_agents(stock), _teams(stock), *_drawn(stock, "scenario"), *_drawn(stock, "persona")]
    return tuple(sorted(found, key=lambda field: field.id))


def _field(stock: Stock, known: FieldName) -> m.Field:
    owner: Owner = ("field", known.id)
    block = known.blocks[0]
    group: Owner = ("checks", known.group)
    unit, currency = _unit(stock, known)
    value = stock.all(owner, "is")
    if len(value) > 1:
        stock.report(errors.said_twice(value[1].span, value[0].span, False))
    only = canon.both(stock.only_when(owner), stock.only_when(group), value[0].guard if value else None)
    within = stock.value(owner, "stays within", stock.value(group, "stays within"))
    if not _has_start(stock, known):
        stock.report(errors.no_start(block))
    return m.Field(
        id=known.id, kind=_KINDS[known.kind], label=stock.label(block), doc=stock.doc(block), unit=unit,
        currency=currency, decimals=_decimals(stock, known), members=_members(stock, known),
        how_many=stock.value(owner, "how many", ()), only_when=only, starts=_starts(stock, known),
        rows=_rows(stock, owner), value=value[0].value if value else None,  # type: ignore[arg-type]  # an Expr
        effects=_effects(stock, owner), within=within, follow_up=_follow_up(stock, owner),
        group=known.group or None, shown_by=stock.value(owner, "shown by"), span=block.id_span(),
    )  # fmt: skip


def _unit(stock: Stock, known: FieldName) -> tuple[m.Unit, str]:
    if known.kind in ("kpi", "fact"):
        return stock.scope.unit_of(known.id) or (m.Unit.NUMBER, "")
    return (m.Unit.TEXT if known.is_choice else m.Unit.TRUTH), ""


def _decimals(stock: Stock, known: FieldName) -> int | None:
    """As written; a kpi that starts as one of several whole numbers is whole."""
    said = stock.value(("field", known.id), "decimals")
    if said is None and known.kind == "kpi" and known.members:
        numbers = [member.number for member in known.members.values()]
        return 0 if all(number is not None and number == int(number) for number in numbers) else None
    return said if said is None else int(said)


def _members(stock: Stock, known: FieldName) -> tuple[m.Member, ...]:
    """Sorted by id, numbers by size. Only values that some standing line names."""
    owner: Owner = ("field", known.id)
    hours = {fact.slot[1]: fact.value for fact in stock.all(owner, "hours of")}
    named = set(hours)
    for fact in stock.all(owner, "starts"):
        if isinstance(fact.value, Starting):
            named |= {member for member, _ in fact.value.shares}
    for fact in stock.all(owner, "rows"):
        for row in fact.value if isinstance(fact.value, tuple) else ():
            named |= {member for member, _ in row.shares}
    found = [
        m.Member(held.id, held.label, None, held.number, hours.get(held.id, ()), held.span)  # type: ignore[arg-type]  # hours as read
        for held in known.members.values()
        if held.id in named
    ]
    return tuple(sorted(found, key=lambda member: (member.number if member.number is not None else 0.0, member.id)))


def _has_start(stock: Stock, known: FieldName) -> bool:
    owner: Owner = ("field", known.id)
    slot = {"decide": "rows", "fact": "is"}.get(known.kind, "starts")
    return stock.said(owner, slot) or (known.kind == "choice" and stock.said(owner, "hours of"))


def _starts(stock: Stock, known: FieldName) -> tuple[m.Start, ...]:
    if known.id == "agent_shift":
        return _shifts(stock)
    found: list[m.Start] = []
    for fact in stock.all(("field", known.id), "starts"):
        value = fact.value
        if isinstance(value, Starting):
            if value.shares and value.complete:
                check_sum(stock.scope, fact.span, dict(value.shares), value.kind == "weights")
            found.append(m.Start(value.kind, value.shares, value.parameters, fact.guard, fact.span))
    return _by_guard(found)


def _by_guard(starts: list[m.Start]) -> tuple[m.Start, ...]:
    return tuple(sorted(starts, key=lambda start: canon.key(start.guard)))


def _rows(stock: Stock, owner: Owner) -> tuple[m.Row, ...]:
    found = stock.fact(owner, "rows")
    rows = found.value if found is not None and isinstance(found.value, tuple) else ()
    return tuple(m.Row(row.shares, row.guard, row.span) for row in rows if isinstance(row, DecideRow))


def _follow_up(stock: Stock, owner: Owner) -> m.FollowUp | None:
    within = stock.value(owner, "comes true within")
    if within is None:
        return None
    lines = tuple((fact.value, fact.guard) for fact in stock.all(owner, "same"))
    same = tuple(sorted(lines, key=lambda line: canon.key(line[1])))
    return m.FollowUp(within, same, stock.value(owner, "at most", 1))  # type: ignore[arg-type]  # field names as read


def _effects(stock: Stock, owner: Owner) -> tuple[m.Effect, ...]:
    found = [
        m.Effect(_OPS[fact.slot[0]], fact.value, fact.slot[1] or None, fact.guard, fact.span)  # type: ignore[arg-type]  # an Expr
        for fact in stock.of.get(owner, ())
        if fact.slot[0] in VERBS
    ]
    return tuple(sorted(found, key=_effect_key))


def _effect_key(effect: m.Effect) -> tuple[str, str, str, str]:
    return effect.member or "", canon.key(effect.guard), effect.op, expression(effect.amount)


# ------------------------------------------------------------------------------------------------ always there


def _choice(
    name: str, label: str, members: list[m.Member], starts: tuple[m.Start, ...], effects: tuple[m.Effect, ...]
) -> m.Field:
    ordered = tuple(sorted(members, key=lambda member: member.id))
    return m.Field(name, "choice", label, unit=m.Unit.TEXT, members=ordered, starts=starts, effects=effects)


def _agents(stock: Stock) -> m.Field:
    members = []
    for block in stock.kind("agent"):
        team = team_of(stock, block)
        only = canon.both(stock.only_when(("agent", block.id)), stock.only_when(("team", team)) if team else None)
        members.append(m.Member(block.id, stock.label(block), only, span=block.id_span()))
    effects = _effects(stock, ("field", "agent_name"))
    return _choice("agent_name", "Agent", members, _agent_starts(stock), effects)


def team_of(stock: Stock, block: Block) -> str:
    """The team that the agent's block stands in or names; empty where there is none."""
    if block.parent is not None:
        return block.parent.id
    return str(stock.value(("agent", block.id), "team", ""))


def _agent_starts(stock: Stock) -> tuple[m.Start, ...]:
    """One list for workdays and one for weekends; only one where all agents have the same share on both."""
    weights = agent_mode(stock.scope) == "weights"
    days: dict[str, dict[str, float]] = {"workday": {}, "weekend": {}}
    percent: dict[str, list[float]] = {"workday": [], "weekend": []}
    spans: list[Fact] = []
    for block in stock.kind("agent"):
        fact = stock.fact(("agent", block.id), "share")
        if fact is None:
            continue
        spans.append(fact)
        for day, number, is_percent in fact.value:  # type: ignore[attr-defined]  # as values._day_share reads it
            if is_percent:
                percent[day].append(number)
            days[day][block.id] = _hundredfold(number) if weights and is_percent else number
    for day, shares in days.items():
        total = math.fsum(percent[day])
        if stock.removed_agents and not weights and total > 0:
            days[day] = {agent: share / total for agent, share in shares.items()}
        elif percent[day] and abs(total - 1) > 1e-9 and not _doubtful_shares(stock):
            way_out = ", or write plain numbers, which are weights"
            stock.report(errors.shares_miss(spans[0].span, total, f"the agents' {day} shares", way_out))
            break  # the other day's list most likely misses the same agent
    kind = "weights" if weights else "shares"
    lists = {day: tuple(sorted(shares.items())) for day, shares in days.items()}
    if lists["workday"] == lists["weekend"]:
        return (m.Start(kind, lists["workday"]),) if spans else ()
    return _by_guard([m.Start(kind, shares, guard=m.Ref(day)) for day, shares in lists.items()])


def _hundredfold(share: float) -> float:
    from compiler.lang.show import hundredfold

    return float(hundredfold(share))


def _doubtful_shares(stock: Stock) -> bool:
    return any(
        (("agent", block.id), "share") in stock.failed or not stock.said(("agent", block.id), "share")
        for block in stock.kind("agent")
    )


def _shifts(stock: Stock) -> tuple[m.Start, ...]:
    """Each agent's `works` lines, guarded by the agent."""
    found: list[m.Start] = []
    for block in stock.kind("agent"):
        for fact in stock.all(("agent", block.id), "works"):
            guard = canon.both(m.Is("agent_name", (block.id,)), fact.guard)
            found.append(m.Start("shares", fact.value, guard=guard, span=fact.span))  # type: ignore[arg-type]  # as read
    return _by_guard(found)


def _teams(stock: Stock) -> m.Field:
    members = [m.Member(block.id, stock.label(block), span=block.id_span()) for block in stock.kind("team")]
    return _choice("team", "Team", members, (), ())


def _drawn(stock: Stock, kind: str) -> list[m.Field]:
    """The field `scenario` or `persona`: weights, and `only when` of each."""
    blocks = stock.kind(kind)
    if not blocks:
        return []
    members, weights = [], []
    for block in blocks:
        owner: Owner = (kind, block.id)
        members.append(m.Member(block.id, stock.label(block), stock.only_when(owner), span=block.id_span()))
        weights.append((block.id, stock.value(owner, "weight", 10.0)))
    if sum(weight for _, weight in weights) <= 0:
        stock.report(errors.weights_all_zero(blocks[0].id_span()))
    effects = _effects(stock, ("field", kind))
    return [_choice(kind, kind.capitalize(), members, (m.Start("weights", tuple(sorted(weights))),), effects)]

