"""A plan and another spec -> the plan of that spec, with only those fields drawn that may differ.

Every draw is keyed by its call and its own name, so a field that neither changed nor reads what changed has the same
values. That holds as long as the calls, their customers and the follow-ups between them stay as they are; where the
change reaches what decides on those, all is drawn anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan.days import partial
from compiler.plan.draws import Program
from compiler.plan.engine import CHUNK
from compiler.plan.expr import names
from compiler.plan.frame import Frame, Scope, scope_of
from compiler.plan.handovers import counted
from compiler.plan.order import AGENT, BUCKET, SHIFT, START, ancestors, descendants, parents, topological
from compiler.plan.plan import Plan
from compiler.plan.waves import rules_of


def redrawn(old: Plan, model: m.Model) -> Plan | None:
    """The plan of `model`, for the days of the old one; None where more than some fields has to be drawn."""
    model = counted(model)
    before, after = _without_texts(old.model), _without_texts(model)
    if replace(before, fields=()) != replace(after, fields=()):
        return None
    one, two = ({f.id: f for f in each.fields} for each in (before, after))
    changed = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
    graph, scope = parents(model), scope_of(model)
    fresh = descendants(graph, changed & two.keys())
    if (fresh | changed) & (_deciding(old.model, parents(old.model), old.scope) | _deciding(model, graph, scope)):
        return None
    order = tuple(topological(graph))
    frame = _frame(old.frame, scope, fresh | (one.keys() - two.keys()))
    programs = {f.id: Program(f, scope) for f in model.fields if f.id in fresh}
    _draw(frame, [programs[name] for name in order if name in fresh])
    kept = {name: program for name, program in old.programs.items() if name in two}
    return old.redone(model, frame, order, {**kept, **programs})


def _deciding(model: m.Model, graph: dict[str, set[str]], scope: Scope) -> set[str]:
    """The fields that decide which calls there are, who makes them, who answers and who calls again."""
    read: set[str] = set(model.customers.keeps) | {START, AGENT, SHIFT, BUCKET, "team"}
    for rule in rules_of(model, scope):
        read |= {rule.flag, *rule.fields, *rule.read}
    for event in partial(model.calendar):
        read |= _behind(event, {each.id: each for each in model.calendar.events}, set())
    return ancestors(graph, read & graph.keys()) | read


def _behind(event: m.Event, events: dict[str, m.Event], seen: set[str]) -> set[str]:
    """What the event's condition reads, also by way of other events."""
    found: set[str] = set()
    for name in names(event.only_when):
        found.add(name)
        if name in events and name not in seen:
            found |= _behind(events[name], events, seen | {event.id})
    return found


def _frame(old: Frame, scope: Scope, without: set[str]) -> Frame:
    """The same rows, without the columns of some fields."""
    frame = Frame(old.count, old.who, scope, old.days)
    frame.columns = {name: column for name, column in old.columns.items() if name.partition(":")[0] not in without}
    frame.masks = {name: mask for name, mask in old.masks.items() if name not in without}
    return frame


def _draw(frame: Frame, programs: list[Program]) -> None:
    """Draws the fields for all rows, in chunks."""
    columns: dict[str, list[NDArray[Any]]] = {}
    masks: dict[str, list[NDArray[np.bool_]]] = {}
    for begin in range(0, max(frame.count, 1), CHUNK) if programs else ():
        part = frame.take(slice(begin, begin + CHUNK))
        for program in programs:
            program.draw(part)
        for name in part.columns.keys() - frame.columns.keys():
            columns.setdefault(name, []).append(part.columns[name])
        for name in part.masks.keys() - frame.masks.keys():
            masks.setdefault(name, []).append(part.masks[name])
    frame.columns |= {name: np.concatenate(parts) for name, parts in columns.items()}
    frame.masks |= {name: np.concatenate(parts) for name, parts in masks.items()}


def _without_texts(model: m.Model) -> m.Model:
    """The model with all that no draw reads taken out; handovers are in Transfers_count already."""
    def field(each: m.Field) -> m.Field:
        members = tuple(replace(member, label="") for member in each.members)
        return replace(each, label="", doc="", members=members, shown_by=None)

    return replace(
        model, dataset=replace(model.dataset, label="", doc="", edition=1),
        calendar=replace(model.calendar, events=tuple(replace(event, label="", doc="")
                                                      for event in model.calendar.events)),
        fields=tuple(map(field, model.fields)),
        teams=tuple(replace(team, label="", doc="") for team in model.teams),
        agents=tuple(replace(agent, label="", doc="", voice="") for agent in model.agents),
        personas=tuple(replace(each, label="", doc="", tone="") for each in model.personas),
        scenarios=tuple(m.Scenario(each.id, "", ()) for each in model.scenarios),
        customer_voices=m.CustomerVoices((), ()), acts=(), locales=(), audio=m.Audio(), uploads=(),
    )  # fmt: skip
