"""An effect sentence -> the field and value that it moves, and by how much, its unit checked against the field's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compiler.lang import errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.names import FieldName
from compiler.lang.outline import Block, Statement
from compiler.lang.resolve import Scope
from compiler.lang.schema import EVENTS
from compiler.lang.typed import Typed

Mode = Literal["value", "chance", "shares", "weights"]


@dataclass(frozen=True, slots=True)
class Found:
    """`owners`: the fields moved (one, or all checks of a group). `about_block`: `weight rises by …` in a scenario
    speaks about the scenario itself, so it is not guarded by it."""

    owners: tuple[tuple[str, str], ...]
    member: str
    amount: m.Expr
    about_block: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    fields: tuple[str, ...]
    member: str
    mode: Mode
    about_block: bool = False


def effect(scope: Scope, block: Block, statement: Statement) -> Found | None:
    """What one line moves; None when it is wrong (reported)."""
    target = _target(scope, block, statement)
    if target is None:
        return None
    said, line = statement.said, statement.line
    if said.form in ("rises by", "falls by") and _has_sign(said.values[0]):
        scope.report(errors.amount_with_sign(line, said))
        return None
    typed = scope.value(line, said.values[0], _anchor(scope, block, statement))
    if typed is None or not _fits(scope, statement, target, typed):
        return None
    amount = _negative(typed.expr) if said.form == "falls by" else typed.expr
    owners = tuple(("field", name) for name in target.fields)
    return Found(owners, target.member, amount, target.about_block)


def _has_sign(node: s.Node) -> bool:
    match node:
        case s.Minus():
            return True
        case s.Group((only,)):
            return _has_sign(only)
        case s.RampOver(before, after):
            return _has_sign(before) or _has_sign(after)
    return False


def _anchor(scope: Scope, block: Block, statement: Statement) -> str | None:
    """What a ramp's length counts from: the event or agent around it, or the only one that the condition names."""
    if block.kind.words in (*EVENTS, "agent"):
        return block.id
    named: set[str] = set()
    for condition in statement.conditions:
        named |= _anchors_in(scope, condition.node)
    return named.pop() if len(named) == 1 else None


def _anchors_in(scope: Scope, node: s.Node) -> set[str]:
    match node:
        case s.Name() if node.text in scope.names.events:
            return {node.text}
        case s.Junction("and", parts):
            return set().union(*(_anchors_in(scope, part) for part in parts))
        case s.Group((only,)):
            return _anchors_in(scope, only)
        case s.Comparison("is", s.Name(("agent",) | ("agent_name",)), s.Name() as agent):
            return {agent.text} & set(scope.names.agents)
    return set()


def _negative(expr: m.Expr) -> m.Expr:
    match expr:
        case m.Constant(value, unit, currency):
            return m.Constant(-value, unit, currency)
        case m.Ramp(before, after, first, last, days, anchor):
            return m.Ramp(_negative(before), _negative(after), first, last, days, anchor)
    return m.Arith("*", m.Constant(-1.0), expr)


# ------------------------------------------------------------------------------------------------ what is moved


def _target(scope: Scope, block: Block, statement: Statement) -> Target | None:
    said, line, words = statement.said, statement.line, block.kind.words
    if not said.head:
        return _own(scope, block, statement)
    if len(said.head) > 1:
        scope.report(errors.effect_on_words(line, said))
        return None
    node = said.head[0]
    name = s.word_of(node)
    own = scope.names.fields.get(block.id) if words in ("choice", "kpi") else None
    if own is not None and (name in own.members or name == "rest"):
        return Target((own.id,), name, mode_of_members(own))
    if words == "checks" and f"{block.id}.{name}" in scope.names.fields:
        return Target((f"{block.id}.{name}",), "", "chance")
    about = {"scenario": "weight", "persona": "weight", "agent": "share"}.get(words)
    if about == name:
        field = "agent_name" if words == "agent" else words
        return Target((field,), block.id, agent_mode(scope) if words == "agent" else "weights", about_block=True)
    return _elsewhere(scope, block, statement, node, name)


def _own(scope: Scope, block: Block, statement: Statement) -> Target | None:
    words = block.kind.words
    if words == "kpi":
        return Target((block.id,), "", "value")
    if words == "flag":
        return Target((block.id,), "", "chance")
    if words == "check" and block.parent is not None:
        return Target((f"{block.parent.id}.{block.id}",), "", "chance")
    if words == "checks":
        return Target(tuple(scope.names.checks_of(block.id)), "", "chance")
    scope.report(errors.effect_on_nothing(statement.line, statement.said, block.kind))
    return None


def _elsewhere(scope: Scope, block: Block, statement: Statement, node: s.Node, name: str) -> Target | None:
    """A field, a group of checks, or a value written with its choice: `intent.Transfer`."""
    names, line = scope.names, statement.line
    known = names.fields.get(name)
    if known is not None:
        return _whole_field(scope, statement, known)
    if name in names.groups:
        return Target(tuple(names.checks_of(name)), "", "chance")
    if isinstance(node, s.Name) and len(node.parts) > 1:
        return _dotted(scope, statement, node)
    if block.kind.words in ("choice", "decide") and isinstance(node, s.Name | s.Lit):
        legal = list(names.domain(block.id) or {})
        if name not in names.doubtful:
            scope.report(errors.unknown_member(line, node, block.id, legal, names.holders(name)))
        return None
    if isinstance(node, s.Lit | s.Range):
        scope.report(errors.effect_on_words(line, statement.said))
        return None
    holders = names.holders(name)
    if holders:
        scope.report(errors.member_without_choice(line, node, holders))
    elif isinstance(node, s.Name):
        movable = [field.id for field in names.fields.values() if field.kind in ("kpi", "flag", "check")]
        own = list(names.fields[block.id].members) if block.id in names.fields else []
        extra = {"scenario": ["weight"], "persona": ["weight"], "agent": ["share"]}.get(block.kind.words, [])
        scope.unknown(line, node, [*movable, *names.groups, *own, *extra])
    return None


def _whole_field(scope: Scope, statement: Statement, known: FieldName) -> Target | None:
    if known.kind == "kpi":
        return Target((known.id,), "", "value")
    if known.kind in ("flag", "check"):
        return Target((known.id,), "", "chance")
    if known.kind == "choice" and statement.said.form == "becomes":
        scope.report(errors.choice_becomes(statement.line, statement.said, known.id))
    elif known.kind == "choice":
        scope.report(errors.which_member(statement.line, statement.said, known.id, list(known.members)))
    else:
        scope.report(errors.computed_field(statement.line, statement.said, known.id, known.kind))
    return None


def _dotted(scope: Scope, statement: Statement, node: s.Name) -> Target | None:
    names, line = scope.names, statement.line
    choice, member = ".".join(node.parts[:-1]), node.parts[-1]
    known = names.fields.get(choice)
    if choice in names.groups:
        scope.unknown(line, node, names.checks_of(choice))
        return None
    if known is not None and known.kind == "kpi" and known.members:
        found = member if member in known.members else None
        if found is None:
            scope.report(errors.unknown_member(line, node, choice, list(known.members), []))
        return None if found is None else Target((choice,), found, mode_of_members(known))
    if names.domain(choice) is None or choice in ("weekday", "team") or choice.startswith("agent."):
        scope.unknown(line, node, [*names.fields, "scenario", "persona", "agent"])
        return None
    if known is not None and known.kind == "decide":
        scope.report(errors.computed_field(line, statement.said, choice, "decide"))
        return None
    checked = "rest" if member == "rest" else scope.member(line, choice, s.Name((member,), node.at))
    if checked is None:
        return None
    if choice in ("agent", "agent_name"):
        return Target(("agent_name",), checked, agent_mode(scope))
    mode: Mode = "weights" if choice in ("scenario", "persona") or known is None else mode_of_members(known)
    return Target((choice,), checked, mode)


def mode_of_members(known: FieldName) -> Mode:
    """Whether the field's lists hold shares or weights; the shifts of agents are shares."""
    for block in known.blocks:
        for statement in block.statements:
            if statement.said.distribution in ("one of", "weights"):
                return "weights" if statement.said.distribution == "weights" else "shares"
    return "shares"


def agent_mode(scope: Scope) -> Mode:
    """Agents' shares are weights as soon as one of them is a plain number."""
    for block in scope.names.agents.values():
        for statement in block.statements:
            if statement.said.words == ("share",):
                for node in statement.said.values:
                    value = node.value if isinstance(node, s.Pair) else node
                    if isinstance(value, s.Lit) and value.kind == "number":
                        return "weights"
    return "shares"


# ------------------------------------------------------------------------------------------------ by how much


def _fits(scope: Scope, statement: Statement, target: Target, typed: Typed) -> bool:
    said, line = statement.said, statement.line
    node = said.values[0]
    name = target.fields[0] if target.fields else ""
    if said.form == "is multiplied by":
        if typed.unit in (m.Unit.NUMBER, m.Unit.SHARE) and not typed.points:
            return True
        scope.report(errors.factor_expected(line, node, typed))
        return False
    if said.form == "becomes" or target.mode == "value":
        return _fits_value(scope, statement, target, typed, name)
    if target.mode == "weights":
        good = typed.unit is m.Unit.NUMBER
        if not good:
            scope.report(errors.weight_moves_by_number(line, node, name, typed))
        return good
    if typed.points:
        return True
    if typed.unit is m.Unit.SHARE:
        scope.report(errors.percent_of_chance(line, said, name, typed, _start_of(scope, name)))
    else:
        scope.report(errors.points_expected(line, node, name, typed))
    return False


def _fits_value(scope: Scope, statement: Statement, target: Target, typed: Typed, name: str) -> bool:
    said, line = statement.said, statement.line
    node = said.values[0]
    if target.mode != "value":  # becomes: a chance or share
        wanted = m.Unit.NUMBER if target.mode == "weights" else m.Unit.SHARE
        if typed.unit is wanted and not typed.points:
            return True
        scope.report(errors.unit_of_field(line, node, name, typed, wanted, ""))
        return False
    unit = scope.unit_of(name)
    if unit is None:
        return True  # its own `starts` line is wrong, and reported
    if said.form != "becomes":
        if typed.unit is m.Unit.SHARE and not typed.points and unit[0] is not m.Unit.SHARE:
            scope.report(errors.percent_of_number(line, said, name))
            return False
        if unit[0] is m.Unit.SHARE and not typed.points and typed.unit is m.Unit.SHARE:
            scope.report(errors.percent_of_chance(line, said, name, typed, None))
            return False
    if (typed.unit, typed.currency) == unit and (typed.points == (unit[0] is m.Unit.SHARE) or said.form == "becomes"):
        return True
    scope.report(errors.unit_of_field(line, node, name, typed, *unit))
    return False


def _start_of(scope: Scope, name: str) -> float | None:
    """The constant that a chance starts at, to show what a percentage could mean."""
    known = scope.names.fields.get(name)
    for block in known.blocks if known is not None else ():
        for statement in block.statements:
            value = statement.said.values[0] if statement.said.values else None
            if statement.said.form == "starts at" and isinstance(value, s.Lit) and statement.said.guard is None:
                return value.value
    return None

