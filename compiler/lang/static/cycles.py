"""What each field reads, and the cycles in that."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from compiler.lang import canon
from compiler.lang import model as m
from compiler.source import Span

_NOWHERE = Span("", 0, 0, 0, 0)


def field_of(name: str) -> str:
    """The field behind a name that an expression reads: `agent.gender` -> agent_name, `team` -> agent_name."""
    return "agent_name" if name == "team" or name.startswith("agent.") or name == "agent" else name


def reads(field: m.Field) -> list[tuple[str, Span | None]]:
    """(name, the line that reads it) for all that the field's value depends on."""
    found: list[tuple[str, Span | None]] = []

    def add(expr: m.Expr | None, span: Span | None) -> None:
        found.extend((name, span) for name in sorted(canon.names_read(expr)))

    add(field.only_when, field.span)
    add(field.value, field.span)
    for start in field.starts:
        add(start.guard, start.span)
        for _, parameter in start.parameters:
            add(parameter, start.span)
    for row in field.rows:
        add(row.guard, row.span)
    for effect in field.effects:
        add(effect.guard, effect.span)
        add(effect.amount, effect.span)
    for member in field.members:
        add(member.only_when, member.span)
    return found


def graph(model: m.Model) -> Mapping[str, Mapping[str, Span | None]]:
    """field or event -> what it reads among fields and events, with one place each."""
    known = {field.id for field in model.fields} | {event.id for event in model.calendar.events}
    edges: dict[str, dict[str, Span | None]] = {}
    for field in model.fields:
        out = edges.setdefault(field.id, {})
        for name, span in reads(field):
            target = field_of(name)
            if target == "time":
                target = "time_of_day_bucket"
            if target in known:
                out.setdefault(target, span)
    for event in model.calendar.events:
        out = edges.setdefault(event.id, {})
        for name in sorted(canon.names_read(event.only_when)):
            if field_of(name) in known:
                out.setdefault(field_of(name), event.span)
    return edges


def cycles(model: m.Model) -> list[tuple[list[str], list[tuple[Span, str]]]]:
    """Each cycle once: the path from its first name back to it, and a place for each step."""
    edges = graph(model)
    state: dict[str, int] = {}  # 1: on the way, 2: done
    found: list[tuple[list[str], list[tuple[Span, str]]]] = []
    for start in sorted(edges):
        if start not in state:
            _visit(start, edges, state, found)
    return found


def _visit(
    start: str, edges: Mapping[str, Mapping[str, Span | None]], state: dict[str, int],
    found: list[tuple[list[str], list[tuple[Span, str]]]],
) -> None:  # fmt: skip
    """Depth first without recursion: specs may be long chains."""
    path = [start]
    pending = [iter(sorted(edges[start]))]
    state[start] = 1
    while pending:
        name = next(pending[-1], None)
        if name is None:
            pending.pop()
            state[path.pop()] = 2
        elif state.get(name) == 1:
            found.append(_told([*path[path.index(name) :], name], edges))
        elif name not in state:
            state[name] = 1
            path.append(name)
            pending.append(iter(sorted(edges.get(name, {}))))


def _told(
    path: list[str], edges: Mapping[str, Mapping[str, Span | None]]
) -> tuple[list[str], list[tuple[Span, str]]]:
    steps = pairwise(path)
    return path, [(edges[reader][read] or _NOWHERE, f"{reader} reads {read} here") for reader, read in steps]
