"""Plan -> what the spec planted besides single lines: who causes what, the days' volumes, the chains of follow-ups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from compiler.lang import model as m
from compiler.plan.days import event_factors, partial
from compiler.plan.expr import names
from compiler.plan.frame import WEEKDAYS
from compiler.plan.order import expressions
from compiler.plan.plan import Plan
from compiler.plan.why.words import Said

AGENT = ("agent", "agent_name")


def named(model: m.Model, guard: m.Expr | None) -> set[str]:
    """The ids of the events, teams and agents that a condition names."""
    events = {event.id for event in model.calendar.events}
    found: set[str] = set()
    for part in _walk(guard):
        if isinstance(part, m.Ref) and part.name in events:
            found.add(part.name)
        elif isinstance(part, m.Is) and part.name in (*AGENT, "team", "agent.team"):
            found.update(part.members)
    return found


def _walk(expr: m.Expr | None) -> Iterator[m.Expr]:
    if expr is None:
        return
    yield expr
    match expr:
        case m.Not(of):
            yield from _walk(of)
        case m.All(parts) | m.Either(parts) | m.Apply(_, parts):
            for part in parts:
                yield from _walk(part)
        case m.Compare(_, left, right) | m.Arith(_, left, right):
            yield from _walk(left)
            yield from _walk(right)


def causes(plan: Plan, said: Said) -> list[dict[str, Any]]:
    """Each event, team and agent that some line names: the fields that it moves or decides itself, and those that
    read these (`indirect`, each with the fields through which it is reached)."""
    model = plan.model
    known = [(e.id, e.kind, said.fact("event", e.id)[1]) for e in model.calendar.events]
    known += [(t.id, "team", said.fact("team", t.id)[1]) for t in model.teams]
    known += [(a.id, "agent", said.fact("agent", a.id)[1]) for a in model.agents]
    direct: dict[str, dict[str, set[str]]] = {name: {"moves": set(), "decides": set()} for name, _, _ in known}
    for f in model.fields:
        for effect in f.effects:
            for name in named(model, effect.guard):
                direct[name]["moves"].add(f.id)
        others = [*(r.guard for r in f.rows), *(s.guard for s in f.starts), f.only_when, f.value]
        for name in {name for expr in others for name in named(model, expr)}:
            direct[name]["decides"].add(f.id)
    reads = {f.id: {n for e in expressions(f) for n in names(e)} for f in model.fields}
    found = []
    for name, kind, place in known:
        own = direct[name]["moves"] | direct[name]["decides"]
        if own:
            found.append({
                "name": name, "kind": kind, "place": place, "moves": sorted(direct[name]["moves"]),
                "decides": sorted(direct[name]["decides"] - direct[name]["moves"]), "indirect": _indirect(reads, own),
            })
    return found


def _indirect(reads: dict[str, set[str]], own: set[str]) -> list[dict[str, Any]]:
    """The fields that read the cause's own ones, directly or not."""
    reached = set(own)
    found: list[dict[str, Any]] = []
    while True:
        more = {name: sorted(read & reached) for name, read in reads.items() if name not in reached and read & reached}
        if not more:
            return found
        found += [{"field": name, "through": through} for name, through in sorted(more.items())]
        reached |= set(more)


# ------------------------------------------------------------------------------------------------ volumes


def volume(plan: Plan, said: Said) -> dict[str, Any]:
    """The factors of the weekdays and of each event's days: planned calls, and what they would be without it."""
    model, days = plan.model, plan.days
    shown = _shown_days(plan)
    weekdays = {WEEKDAYS[d]: model.volume.by_weekday[d] for d in range(7) if model.volume.by_weekday[d] != 1.0}
    parts = {event.id for event in partial(model.calendar)}
    events = []
    for event in model.calendar.events:
        if event.calls is None:
            continue
        factors = event_factors(event, model, plan.scope, days)
        on = [d for d in shown if days.events[event.id][d]]
        planned = sum(int(days.volumes[d]) for d in on)
        without = sum(int(days.volumes[d]) / float(factors[d]) for d in on if factors[d] > 0)
        text, place = said.fact("event", event.id, slot=("calls",))
        events.append({
            "event": event.id, "line": text, "place": place,
            "days": {days.day(d).isoformat(): round(float(factors[d]), 4) for d in on}, "calls": planned,
            "calls_without": None if event.id in parts else round(without, 1),
            "about": "the calls that its `hours` and `only when` are about" if event.id in parts else "all calls",
        })
    return {"by_weekday": weekdays, "scale": model.volume.scale, "events": events}


def _shown_days(plan: Plan) -> range:
    """The days of the plan's calls."""
    if not plan.count:
        return range(0)
    rows = plan.days.rows
    first = int(np.searchsorted(rows, plan.first_row, side="right")) - 1
    return range(first, int(np.searchsorted(rows, plan.last_row - 1, side="right")))


# ------------------------------------------------------------------------------------------------ follow-ups


def follow_ups(plan: Plan, chains: Mapping[tuple[int, int], int]) -> list[dict[str, Any]]:
    """For each flag that comes true by a later call: how many such calls there are, by their place in the chain.
    `chains`: (number of the flag, place) -> calls."""
    found = []
    for number, f in enumerate(f for f in plan.model.fields if f.follow_up is not None):
        assert f.follow_up is not None
        places = {place: count for (rule, place), count in sorted(chains.items()) if rule == number}
        found.append({
            "flag": f.id, "within_hours": f.follow_up.within_seconds / 3600.0, "follow_ups": sum(places.values()),
            "by_place_in_the_chain": {str(place): count for place, count in places.items()},
        })
    return found
