"""Two specs -> the fields of the call record that a change is about itself; all others change as a consequence."""

from __future__ import annotations

from compiler.lang import model as m
from compiler.plan.expr import names
from compiler.plan.order import expressions


def direct_fields(old: m.Model, new: m.Model) -> set[str]:
    """Fields that are said otherwise, or that read an event that is."""
    one, two = ({f.id: f for f in model.fields} for model in (old, new))
    found = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
    events = _events(old, new)
    for f in (*old.fields, *new.fields):
        if events & {name for expr in expressions(f) for name in names(expr)}:
            found.add(f.id)
    if {a.id: a.team for a in old.agents} != {a.id: a.team for a in new.agents}:
        found.add("team")
    if old.customers != new.customers:
        found |= {"customer_id", "customer_name", "ANI"}
    if "intent" in found:
        found.add("intents")
    if old.dataset.time_zone != new.dataset.time_zone:
        found.add("start")
    return found


def _events(old: m.Model, new: m.Model) -> set[str]:
    """The names of events and of kinds of days that may hold at other times than before."""
    one, two = ({event.id: event for event in model.calendar.events} for model in (old, new))
    found = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
    found |= {event.id for event in (*one.values(), *two.values()) if event.after in found}
    if (old.dataset.first, old.dataset.last) != (new.dataset.first, new.dataset.last):
        found |= {event.id for event in two.values() if event.happens is not None}
    if any(event.kind == "holiday" for event in (*one.values(), *two.values()) if event.id in found):
        found.add("holiday")
    if old.calendar.weekend != new.calendar.weekend:
        found |= {"weekend", "workday"}
    return found
