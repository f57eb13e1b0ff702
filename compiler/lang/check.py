"""Outline -> Model: names, facts, layers, and then what must be true of the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from compiler.diag import Diagnostic, has_errors
from compiler.lang import canon, cases, centre, cycles, errors, origins
from compiler.lang import model as m
from compiler.lang.facts import Facts, owner_of
from compiler.lang.fields import fields
from compiler.lang.layers import merge
from compiler.lang.names import collect
from compiler.lang.outline import Outline, Report
from compiler.lang.relations import Relations
from compiler.lang.resolve import Scope
from compiler.lang.standing import standing
from compiler.lang.stock import Stock
from compiler.source import Span

_NEEDED = {
    "dataset": "`dataset NAME` with `seed`, `from` and `to`",
    "volume": "`volume` with `workday calls` and `weekend calls`",
    "agent": "`team NAME` and agents in it",
    "scenario": "`scenario NAME` with phases",
}
_NEEDED_CHOICES = ("agent_shift", "time_of_day_bucket")


def model(
    outline: Outline, folder: str, place: Span, relations: Relations
) -> tuple[m.Model | None, list[Diagnostic]]:
    """The Model, None when anything is wrong; `place` shows what is missing altogether."""
    found: list[Diagnostic] = []
    report = _once(found)
    stood = standing(outline.blocks, relations)
    found += stood.found
    names = collect(list(stood.blocks), frozenset(outline.doubtful))
    missing = [name for name in _NEEDED_CHOICES if name not in names.fields and name not in outline.doubtful]
    names.doubtful |= frozenset(missing)  # what is missing is said once, not wherever it is read
    scope = Scope(names, report, {})
    facts = Facts(scope)
    facts.add(stood.blocks)
    merged = merge(facts.facts, facts.removals, report, relations)
    stock = Stock(scope, stood.blocks, frozenset(facts.failed), cases.domain_of(scope.names.domain))
    stock.put(merged)
    stock.broken = frozenset(owner_of(block) for block in stood.blocks if block.broken)
    stock.removed_agents = any(block.removes and block.kind.words == "agent" for block in outline.blocks)
    built = _build(stock, folder)
    if not (has_errors(outline.found) and built is None):
        _needed(stock, outline, missing, place)
    if built is not None:
        for pass_ in PASSES:
            pass_(stock, built)
    if built is None or has_errors(found) or has_errors(outline.found):
        return None, found
    return replace(built, origins=origins.of(stood.blocks, merged)), found


def _once(found: list[Diagnostic]) -> Report:
    """One error a cause: an unknown name is reported where it comes first."""
    seen: set[str] = set()

    def report(diagnostic: Diagnostic) -> None:
        if diagnostic.code == "E0201":
            name = diagnostic.message.split("`")[1]
            if name in seen:
                return
            seen.add(name)
        found.append(diagnostic)

    return report


def _build(stock: Stock, folder: str) -> m.Model | None:
    dataset, volume = centre.dataset(stock), centre.volume(stock)
    all_fields = fields(stock)
    scenarios = centre.scenarios(stock)
    parts = {
        "calendar": centre.calendar(stock), "teams": centre.teams(stock), "agents": centre.agents(stock),
        "customers": centre.customers(stock), "customer_voices": centre.customer_voices(stock),
        "personas": centre.personas(stock), "acts": centre.used_acts(stock, scenarios, all_fields),
        "locales": centre.locales(stock), "audio": centre.audio(stock), "uploads": centre.uploads(stock),
    }  # fmt: skip
    if dataset is None or volume is None:
        return None
    return m.Model(
        dataset=dataset, volume=volume, fields=all_fields, scenarios=scenarios, folder=folder,
        **parts,  # type: ignore[arg-type]  # each part by its own name
    )  # fmt: skip


def _needed(stock: Stock, outline: Outline, missing: Sequence[str], place: Span) -> None:
    """Blocks without which there is no dataset."""
    for kind, example in _NEEDED.items():
        if not stock.kind(kind) and kind not in outline.doubtful:
            stock.report(errors.block_missing(kind, place, example))
    for name in missing:
        stock.report(errors.block_missing(f"choice {name}", place, f"`choice {name}` with its `hours of` lines"))


# ------------------------------------------------------------------------------------------------ passes
# Each looks at the whole Model for one kind of mistake.


def points_cancel_out(stock: Stock, model: m.Model) -> None:
    """The points that one condition moves between the values of a choice add up to nothing."""
    for field in model.fields:
        if field.kind not in ("choice", "number") or any(start.kind == "weights" for start in field.starts):
            continue
        groups: dict[str, list[m.Effect]] = {}
        for effect in field.effects:
            if effect.op == "add" and effect.member is not None:
                groups.setdefault(canon.key(effect.guard), []).append(effect)
        for guard, effects in groups.items():
            _cancel(stock, field.id, guard, effects)


def _cancel(stock: Stock, name: str, guard: str, effects: Sequence[m.Effect]) -> None:
    if any(effect.member == "rest" for effect in effects):
        return
    sums = [_ends(effect.amount) for effect in effects]
    if any(ends is None for ends in sums):
        return
    for side in (0, 1):
        total = math.fsum(ends[side] for ends in sums if ends is not None)
        if abs(total) > 1e-9:
            first, *others = [effect.span for effect in effects if effect.span is not None]
            notes = [(span, "and here") for span in others]
            stock.report(errors.points_do_not_cancel(first, total, name, guard, notes))
            return


def _ends(amount: m.Expr) -> tuple[float, float] | None:
    match amount:
        case m.Constant(value):
            return value, value
        case m.Ramp(m.Constant(before), m.Constant(after)):
            return before, after
    return None


def every_case_has_a_value(stock: Stock, model: m.Model) -> None:
    """A field with exceptions only, and a decide without otherwise, leave no call without a value."""
    for field in model.fields:
        known = stock.names.fields.get(field.id)
        if known is None or field.id == "agent_shift":
            continue
        if known.kind == "decide":
            _decide_rows(stock, field)
            continue
        guards = [start.guard for start in field.starts if start.guard is not None]
        if len(guards) == len(field.starts) and guards:
            case = cases.uncovered(guards, field.only_when, stock.domain)
            if isinstance(case, dict) or case is None:
                what = cases.words(case, guards) if isinstance(case, dict) else "other conditions"
                stock.report(errors.no_default(known.blocks[0], what or "other conditions", "starts"))


def every_agent_works_always(stock: Stock, model: m.Model) -> None:
    """Guarded `works` lines of an agent have a default, or take every call."""
    for block in stock.kind("agent"):
        lines = stock.all(("agent", block.id), "works")
        guards = [fact.guard for fact in lines if fact.guard is not None]
        if guards and len(guards) == len(lines):
            case = cases.uncovered(guards, None, stock.domain)
            if case is not False:
                what = cases.words(case, guards) if isinstance(case, dict) else ""
                stock.report(errors.no_default(block, what or "other conditions", "works"))


def agents_stay_before_they_leave(stock: Stock, model: m.Model) -> None:
    for agent in model.agents:
        place = stock.fact(("agent", agent.id), "to")
        if agent.first is not None and agent.last is not None and agent.last < agent.first and place is not None:
            stock.report(errors.agent_backwards(place.span, agent.id))


def _decide_rows(stock: Stock, field: m.Field) -> None:
    known = stock.names.fields[field.id]
    guards: list[m.Expr] = []
    for number, row in enumerate(field.rows):
        if row.guard is None:
            for late in field.rows[number + 1 :]:
                if late.span and row.span:
                    stock.report(errors.never_reached(late.span, row.span))
            return
        for earlier in field.rows[:number]:
            if earlier.guard is not None and row.span is not None and earlier.span is not None:
                left = m.All((row.guard, m.Not(earlier.guard)))
                if cases.overlap(left, left, stock.domain) is False:
                    stock.report(errors.never_reached(row.span, earlier.span))
                    break
        guards.append(row.guard)
    if not guards:
        return
    case = cases.uncovered(guards, field.only_when, stock.domain)
    if isinstance(case, dict):
        stock.report(errors.no_otherwise(known.blocks[0], cases.words(case, guards) or "other conditions"))
    elif case is None:
        stock.report(errors.no_otherwise(known.blocks[0], "other conditions"))


def exceptions_exclude_each_other(stock: Stock, model: m.Model) -> None:
    """Guarded `starts`, `becomes` and settings: no two of them hold in one call."""
    for field in model.fields:
        starts = [(start.guard, start.span) for start in field.starts if start.guard is not None]
        if field.id not in ("agent_shift", "agent_name"):
            _exclude(stock, starts, f"how `{field.id}` starts")
        by_member: dict[str, list[tuple[m.Expr | None, Span | None]]] = {}
        for effect in field.effects:
            if effect.op == "becomes":
                by_member.setdefault(effect.member or "", []).append((effect.guard, effect.span))
        for lines in by_member.values():
            _exclude(stock, lines, f"what `{field.id}` becomes")
    for owner, facts in stock.of.items():
        for name in ("open", "calls", "works", "same"):
            lines = [(fact.guard, fact.span) for fact in facts if fact.slot == (name,) and fact.guard is not None]
            if owner[0] in ("calendar", "agent", "field") and not (owner[0] == "calendar" and name == "calls"):
                _exclude(stock, lines, f"`{name}`")


def _exclude(stock: Stock, lines: Sequence[tuple[m.Expr | None, Span | None]], what: str) -> None:
    for number, (guard, span) in enumerate(lines):
        for other, place in lines[:number]:
            if span is None or place is None:
                continue
            if guard is None or other is None:
                continue  # a line without condition is the default
            case = cases.overlap(guard, other, stock.domain)
            if isinstance(case, dict):
                stock.report(errors.exceptions_meet(span, place, what, cases.words(case, (guard, other))))


def hours_do_not_overlap(stock: Stock, model: m.Model) -> None:
    """The hours of a choice that is drawn by time of day: each value has some, each minute belongs to one value."""
    for field in model.fields:
        if field.id == "agent_shift":  # shifts do overlap
            continue
        members = [member for member in field.members if member.hours]
        if members or field.id == "time_of_day_bucket":
            for member in field.members:
                if not member.hours and member.span is not None:
                    stock.report(errors.hours_missing(member.span, member.id, field.id))
        for number, member in enumerate(members):
            for other in members[:number]:
                _hours_pair(stock, field, member, other)


def _hours_pair(stock: Stock, field: m.Field, member: m.Member, other: m.Member) -> None:
    from compiler.lang.show import clock

    for start, end in member.hours:
        for first, last in other.hours:
            low, high = max(start, first), min(end, last)
            if low < high:
                facts = {fact.slot[1]: fact.span for fact in stock.all(("field", field.id), "hours of")}
                hours = f"{clock(low)}..{clock(high)}"
                names = (other.id, member.id)
                stock.report(errors.hours_overlap(facts[member.id], names, hours, facts[other.id]))
                return


def kept_fields_read_kept_fields(stock: Stock, model: m.Model) -> None:
    """What a customer keeps depends on nothing that differs between their calls."""
    kept = set(model.customers.keeps)
    for field in model.fields:
        known = stock.names.fields.get(field.id)
        if field.id not in kept or known is None:
            continue
        for name, _ in cycles.reads(field):
            if cycles.field_of(name) not in kept:
                stock.report(errors.kept_reads_call(known.blocks[0], field.id, name))
                break


def guards_say_something(stock: Stock, model: m.Model) -> None:
    """Conditions that never or always hold."""
    for field in model.fields:
        for effect in field.effects:
            if effect.guard is None or effect.span is None:
                continue
            parts = effect.guard.parts if isinstance(effect.guard, m.All) else (effect.guard,)
            if cases.always(effect.guard, stock.domain) is False:
                stock.report(errors.never_true(effect.span))
            elif any(part is not None and not _of_a_block(part) and cases.always(part, stock.domain) for part in parts):
                stock.report(errors.always_true(effect.span))


def _of_a_block(part: m.Expr) -> bool:
    """Whether the condition may come from the block around the line: a team may be the only one."""
    return isinstance(part, m.Is) and part.name in ("agent_name", "team", "scenario", "persona")


def no_field_reads_itself(stock: Stock, model: m.Model) -> None:
    for path, places in cycles.cycles(model):
        stock.report(errors.cycle(path, places))


PASSES = (
    points_cancel_out,
    every_case_has_a_value,
    every_agent_works_always,
    agents_stay_before_they_leave,
    exceptions_exclude_each_other,
    hours_do_not_overlap,
    kept_fields_read_kept_fields,
    guards_say_something,
    no_field_reads_itself,
)
