"""Rows and their columns: what a compiled expression reads.

A frame holds some calls (or customers, or days), one array a name.  Choices are codes, -1 where there is no value, in
the narrowest integers that hold them; numbers are float64, truths bool.  Names that follow from the day or the agent
are looked up, not stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.luck import Halves, halves
from compiler.rng import Keys

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAILY = ("date", "weekday", "weekend", "workday", "holiday")  # names that the calendar gives


@dataclass(frozen=True)
class Scope:
    """The names of a spec: which column holds a name, and what its codes mean."""

    model: m.Model
    members: dict[str, tuple[str, ...]]  # choice -> ids by code
    agents: tuple[m.Agent, ...]
    events: dict[str, m.Event]
    of_agents: dict[str, tuple[str, ...]]  # what is asked of an agent, in their order

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each field is."""
        return {f.id: f.kind for f in self.model.fields}

    @cached_property
    def whole_days(self) -> frozenset[str]:
        """The names of which each day has one answer: the calendar's, events of whole days that concern everybody, and
        the agents'."""
        events = {e.id for e in self.events.values() if not e.hours and e.only_when is None}
        return frozenset({*DAILY, *events, *(agent.id for agent in self.agents)})

    def ids(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The column behind the choice `name` and the id that each of its codes stands for. KeyError if unknown."""
        if name == "weekday":
            return "weekday", WEEKDAYS
        if name in self.of_agents:
            return "agent_name", self.of_agents[name]
        return name, self.members[name]

    def column(self, name: str) -> str:
        """The column of a number or truth: checks may be read as `compliance_flags.Greeting` or by their own id."""
        return name


def scope_of(model: m.Model) -> Scope:
    members = {f.id: member_ids(f) for f in model.fields if f.kind in ("choice", "decide") or f.members}
    agents = tuple(sorted(model.agents, key=lambda agent: agent.id))
    teams = {team.id: team.language for team in model.teams}
    names, own = tuple(agent.id for agent in agents), tuple(agent.team for agent in agents)
    asked = {
        "agent": names, "agent_name": names, "team": own, "agent.team": own,
        "agent.gender": tuple(agent.gender for agent in agents),
        "agent.language": tuple(agent.language or teams.get(agent.team) or "" for agent in agents),
    }  # fmt: skip
    return Scope(model, members, agents, {event.id: event for event in model.calendar.events}, asked)


def member_ids(f: m.Field) -> tuple[str, ...]:
    """The ids of a field's members, sorted: a code never depends on the order of declaration."""
    named = {member.id for member in f.members}
    drawn = {name for row in f.rows for name, _ in row.shares} | {name for s in f.starts for name, _ in s.shares}
    return tuple(sorted(named | drawn))


def narrow(members: int) -> type[np.signedinteger[Any]]:
    """The smallest type for codes -1..members-1."""
    return np.int8 if members <= 2**7 else np.int16 if members <= 2**15 else np.int32


@dataclass
class Frame:
    """Columns under construction. `days` is the calendar behind the column `day`; customers have none."""

    count: int
    who: Keys
    scope: Scope
    days: Any = None  # compiler.plan.days.Days
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    masks: dict[str, NDArray[np.bool_]] = field(default_factory=dict)  # where the field exists; absent = everywhere
    told: dict[str, Any] = field(default_factory=dict, repr=False)  # truths that several fields ask for: see fold.py
    _halves: Halves | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> NDArray[Any]:
        found = self.columns.get(name)
        if found is not None:
            return found
        if name in DAILY:
            by_day: NDArray[Any] = getattr(self.days, name)[self.columns["day"]]
            return by_day
        if name == "time":
            return self.columns["start_ms"] / 1000.0
        raise KeyError(name)

    @property
    def halves(self) -> Halves:
        """What the rows' keys are to what is drawn; split once."""
        if self._halves is None:
            self._halves = halves(self.who)
        return self._halves

    def day_truth(self, event: str) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.days.events[event][self.columns["day"]]
        return found

    def anchor(self, name: str) -> NDArray[np.float64]:
        """The first day (ordinal) of the event's run that the row's day lies in, or of the agent."""
        if name in self.scope.events:
            found: NDArray[np.float64] = self.days.runs[name][self.columns["day"]]
            return found
        first = next(agent.first for agent in self.scope.agents if agent.id == name)
        return np.full(self.count, float(first if first is not None else self.days.date[0]))

    def take(self, rows: NDArray[np.int64] | slice) -> Frame:
        """The same columns for some of the rows."""
        who = self.who[rows]
        part = Frame(len(who), who, self.scope, self.days)
        part._halves = None if self._halves is None else self._halves[rows]
        part.columns = {name: values[rows] for name, values in self.columns.items()}
        part.masks = {name: mask[rows] for name, mask in self.masks.items()}
        return part
