"""Fields -> what each reads, and an order in which to draw them that does not depend on how they were declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.lang import model as m
from compiler.plan.expr import names
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import DAILY

START = "start"  # the drawn start time: stands before the shift, the time bucket and `time`
AGENT, SHIFT, BUCKET = "agent_name", "agent_shift", "time_of_day_bucket"


def expressions(f: m.Field) -> Iterable[m.Expr]:
    """Every expression of a field."""
    for start in f.starts:
        yield from (value for _, value in start.parameters)
        if start.guard is not None:
            yield start.guard
    for effect in f.effects:
        yield effect.amount
        if effect.guard is not None:
            yield effect.guard
    yield from (row.guard for row in f.rows if row.guard is not None)
    yield from (member.only_when for member in f.members if member.only_when is not None)
    yield from (one for one in (f.only_when, f.value) if one is not None)


def parents(model: m.Model) -> dict[str, set[str]]:
    """Field -> the fields that it reads, with START as one of them; events are replaced by what they read."""
    events = {event.id: event for event in model.calendar.events}
    fields = {f.id: f for f in model.fields}
    agents = {agent.id for agent in model.agents}
    graph: dict[str, set[str]] = {}

    def resolved(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        if name in ("agent", "team") or name.startswith("agent.") or name in agents:
            return {AGENT}
        if name == "time":
            return {START}
        if name in events and name not in seen:
            event = events[name]
            read = {START} if event.hours else set()
            return read | {one for n in names(event.only_when) for one in resolved(n, seen | {name})}
        return {name} if name in fields and name not in DAILY else set()

    for f in model.fields:
        read = {name for expr in expressions(f) for name in names(expr)}
        graph[f.id] = {one for name in read for one in resolved(name)}
    timed = [name for name in (SHIFT, BUCKET) if name in fields and any(x.hours for x in fields[name].members)]
    graph[START] = set().union(*(graph[name] for name in timed)) - set(timed)
    if SHIFT in timed and AGENT in fields:
        graph[START].add(AGENT)
    for name in timed:
        graph[name] = {START}
    if "team" in fields:
        graph["team"] = {AGENT}
    return graph


def topological(graph: Mapping[str, set[str]]) -> list[str]:
    """Parents before children; of those that are free, the smallest name first. SpecFailure shows a cycle."""
    done: list[str] = []
    waiting = {name: set(read) for name, read in graph.items()}
    while waiting:
        free = sorted(name for name, read in waiting.items() if not read)
        if not free:
            raise SpecFailure([f"these fields depend on each other: {' -> '.join(_cycle(waiting))}"])
        done += free
        for name in free:
            del waiting[name]
        for read in waiting.values():
            read.difference_update(free)
    return done


def _cycle(waiting: Mapping[str, set[str]]) -> list[str]:
    path = [min(waiting)]
    while True:
        following = min(waiting[path[-1]])
        if following in path:
            return [*path[path.index(following):], following]
        path.append(following)


def descendants(graph: Mapping[str, set[str]], roots: Iterable[str]) -> set[str]:
    """The roots and everything that reads them, directly or not."""
    readers: dict[str, set[str]] = {}
    for name, read in graph.items():
        for one in read:
            readers.setdefault(one, set()).add(name)
    return ancestors(readers, roots)


def ancestors(graph: Mapping[str, set[str]], leaves: Iterable[str]) -> set[str]:
    """The leaves and everything that they read, directly or not."""
    found, waiting = set(leaves), list(leaves)
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
