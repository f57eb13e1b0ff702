"""A case in words: `with outage and channel text on a Monday`, as far as the conditions speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.lang import canon
from compiler.lang import model as m
from compiler.lang.show import clock, constant
from compiler.lang.static.axes import NO, YES, Axis
from compiler.lang.static.cases import Box
from compiler.lang.static.world import AGENT, BUCKET, CLOCK, OF_AGENT, WEEKDAY, World

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def case_words(box: Box, conditions: Iterable[m.Expr | None], world: World) -> str:
    """`with outage and channel text, without FCR on a Monday`; empty where there is nothing to tell."""
    day, parts = told(box, conditions, world)
    there = [part for part in parts if not part.startswith("not ")]
    gone = [part.removeprefix("not ") for part in parts if part.startswith("not ")]
    with_ = f"with {listed(there)}" if there else ""
    without = f"without {' or '.join(gone)}" if gone else ""
    return " ".join(filter(None, (", ".join(filter(None, (with_, without))), day)))


def told(box: Box, conditions: Iterable[m.Expr | None], world: World) -> tuple[str, list[str]]:
    """(the weekday or nothing, all else), only what the conditions ask about."""
    given = [condition for condition in conditions if condition is not None]
    read = frozenset().union(*(canon.names_read(condition) for condition in given))
    day, parts = "", []
    for name, mask in sorted(box.items()):
        axis = world.axis(name) if name not in world.known else world.known[name]
        if name == WEEKDAY:
            day = _day(mask, read, world)
        elif (mask == axis.full and name != CLOCK) or (mask == axis.absent and name not in read):
            continue
        elif name == AGENT:
            parts += _agent(mask, read, world)
        elif name == CLOCK:
            parts += _time(mask, read, world)
        elif name in read or name in world.named or " against " in name or _stands_for(name, read, world):
            parts.append(_value(axis, mask, given, world))
    return day, [part for part in parts if part]


def _stands_for(name: str, read: frozenset[str], world: World) -> bool:
    """`holiday` speaks of the days that are holidays."""
    return "holiday" in read and name in world.events and world.events[name].kind == "holiday"


def _first(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _day(mask: int, read: frozenset[str], world: World) -> str:
    if "weekday" in read:
        return "" if mask == 127 else f"on a {_DAYS[_first(mask)]}"
    if not read & {"workday", "weekend"} or (mask & world.weekend and mask & ~world.weekend):
        return ""
    return "at the weekend" if mask & world.weekend else "on a workday"


def _agent(mask: int, read: frozenset[str], world: World) -> list[str]:
    agents = world.model.agents
    if mask == world.axis(AGENT).full or _first(mask) >= len(agents):
        return []
    agent = agents[_first(mask)]
    if "agent_name" in read or "agent" in read:
        return [f"agent {agent.id}"]
    told = {"team": f"team {agent.team}", "agent.team": f"team {agent.team}",
            "agent.gender": f"a {agent.gender} agent",
            "agent.language": f"an agent who speaks {agent.language or 'no language that is named'}"}  # fmt: skip
    return [told[name] for name in OF_AGENT if name in read and name in told][:2]


def _time(mask: int, read: frozenset[str], world: World) -> list[str]:
    if mask == world.axis(CLOCK).full:
        return []
    figure = world.axis(CLOCK).figures[_first(mask)]
    if "time" not in read and BUCKET in read:
        for member in world.fields[BUCKET].members:
            if any(start <= figure < end for start, end in member.hours):
                return [f"{BUCKET} {member.id}"]
    return [f"time {clock(figure)}"] if "time" in read else []


def _value(axis: Axis, mask: int, given: Sequence[m.Expr], world: World) -> str:
    if mask == axis.absent:
        return f"no {axis.name}"
    if axis.figures:
        return f"{axis.name} {_figure(axis, mask, given)}"
    here = axis.labels[_first(mask)]
    if axis.labels == ("yes", "no"):
        return axis.name if mask & YES and not mask & NO else f"not {axis.name}"
    if " against " in axis.name:
        first, second = axis.name.split(" against ")
        return f"{first} {({'less': 'below', 'equal': 'equal to', 'more': 'above'})[here]} {second}"
    return f"{axis.name} {here}"


def _figure(axis: Axis, mask: int, given: Sequence[m.Expr]) -> str:
    """The figure in the unit that the conditions compare with."""
    figure = axis.figures[_first(mask)]
    for condition in given:
        unit = _unit(axis.name, condition)
        if unit is not None:
            return constant(m.Constant(figure, unit.unit, unit.currency))
    return f"{figure:g}"


def _unit(name: str, condition: m.Expr) -> m.Constant | None:
    from compiler.lang.static.world import text_of

    match condition:
        case m.Compare(_, left, m.Constant() as right) if text_of(left) == name:
            return right
        case m.Not(inner):
            return _unit(name, inner)
        case m.All(parts) | m.Either(parts):
            return next((found for found in (_unit(name, part) for part in parts) if found is not None), None)
    return None
