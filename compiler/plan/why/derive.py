"""A call of a plan -> why each of its fields has its value.

Nothing is remembered from drawing: every derivation asks chance again for that one row, and must come to what the plan
holds; one that does not is our mistake (AssertionError), never shown.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np

from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.plan.frame import DAILY
from compiler.plan.order import AGENT, BUCKET, SHIFT, START
from compiler.plan.plan import Plan
from compiler.plan.record import guessed_seconds
from compiler.plan.why import people as why_people
from compiler.plan.why import row as why_row
from compiler.plan.why import start as why_start
from compiler.plan.why.steps import NOWHERE, Derivation, Step
from compiler.plan.why.values import derive
from compiler.plan.why.view import View, program
from compiler.plan.why.words import Said, number, quantity

SAME_AS = {"agent": AGENT, "agent.gender": AGENT, "agent.language": AGENT, "agent.team": "team", "time": START}
PEOPLE = ("customer_id", "customer_name", "ANI")


class Why:
    """The derivations of one call. `said` knows the lines of the plan's model."""

    def __init__(self, plan: Plan, row: int, said: Said | None = None) -> None:
        self.plan, self.row = plan, row
        self.said = said or Said(plan.model, plan.model.places)
        self.view = View(why_row.frame(plan, row), plan.scope, self.said)
        self.person = View(why_row.person(plan, row), plan.scope, self.said, "customer")
        self.fields = {f.id: f for f in plan.model.fields}
        self.groups = sorted({f.group for f in plan.model.fields if f.group})
        self.memo: dict[str, Derivation] = {}

    @cached_property
    def record(self) -> dict[str, Any]:
        """The call's record as the plan has it."""
        return why_row.record(self.plan, self.row)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every field of the call, parents before children; checks one by one."""
        own = [START if name == START else name for name in self.plan.order]
        kept = [name for name in self.plan.people.kept if name in self.fields]
        rest = [name for name in own if name not in kept and name != "team"]
        at = rest.index(AGENT) + 1 if AGENT in rest else 0
        last = [name for name in ("Silence_ratio",) if "Silence_total_seconds" in self.fields]
        intents = ["intents"] if "intent" in self.fields else []
        if intents:
            place = rest.index("intent") + 1
            rest[place:place] = intents
            at += 1 if place < at else 0
        return ("call_id", "date", "weekday", "follows", *PEOPLE, *kept, *rest[:at], "team", *rest[at:], *last)

    def known(self, name: str) -> tuple[str, ...]:
        """The names that a user's word stands for. UsageError with the nearest for one that there is not."""
        own = SAME_AS.get(name, name)
        if own in self.groups:
            return tuple(f.id for f in self.plan.model.fields if f.group == own)
        legal = (*self.names, *DAILY, *self.view.scope.events)
        if own in legal:
            return (own,)
        short = {f.id.rpartition(".")[2]: f.id for f in self.plan.model.fields if f.group}
        if own in short:
            return (short[own],)
        everything = {each.lower(): each for each in (*legal, *short, *self.groups, *SAME_AS)}
        near = get_close_matches(own.lower(), everything, 3, 0.5)
        hint = f"did you mean {everything[near[0]]}?" if near else f"there is: {', '.join(self.names)}"
        raise UsageError(f"a call has no field `{name}`; {hint}")

    def of(self, name: str) -> Derivation:
        """The derivation of one name, compared with the plan."""
        if name not in self.memo:
            made = self._made(name)
            self._compare(made)
            seen = (SAME_AS.get(parent, parent) for parent in made.parents)
            self.memo[name] = replace(made, parents=tuple(dict.fromkeys(one for one in seen if one != name)))
        return self.memo[name]

    # -------------------------------------------------------------------------------- one name

    def _made(self, name: str) -> Derivation:
        view, plan, row = self.view, self.plan, self.row
        if name == START:
            return why_start.starts(view, plan)
        if name in self.view.scope.events:
            return why_start.event(view, plan, self.view.scope.events[name])
        match name:
            case "call_id":
                return self._call_id()
            case "date":
                return why_start.day(view, plan)
            case "weekday" | "weekend" | "workday" | "holiday":
                return why_start.daily(view, plan, name)
            case "follows":
                return why_people.follows(view, plan, row)
            case "customer_id":
                return why_people.customer(view, plan, row)
            case "customer_name":
                return why_people.name(self.person, plan, row)
            case "ANI":
                return why_people.number(self.person, plan, row)
            case "team":
                return why_people.team(view, plan)
            case "intents":
                return self._intents()
            case "Silence_ratio" if name not in self.fields:
                return self._silence_ratio()
        return self._field(self.fields[name])

    def _field(self, f: m.Field) -> Derivation:
        if f.id in self.plan.people.kept:
            made = derive(self.person, f, program(f, self.plan.programs, self.plan.scope))
            kept = Step(*self.said.fact("customers", "", slot=("keeps",)))
            made = replace(made, steps=(*made.steps, kept), parents=("customer_id", *made.parents))
            return self._one_of_several(f, made)
        timed = why_start.timed(self.view, self.plan, f) if f.id in (SHIFT, BUCKET) else None
        if timed is not None:
            return timed
        if why_row.took_over(self.plan, self.row, f.id):
            return self._taken(f)
        made = derive(self.view, f, program(f, self.plan.programs, self.plan.scope))
        if f.follow_up is not None:
            return why_people.repeated(self.view, self.plan, self.row, f, made)
        return self._one_of_several(f, made)

    def _one_of_several(self, f: m.Field, made: Derivation) -> Derivation:
        if not f.how_many or made.value in (None, NOWHERE):
            return made
        first = made.value[0]
        return replace(made, value=first, told=str(first))

    def _taken(self, f: m.Field) -> Derivation:
        first = why_row.first_of(self.plan, self.row)
        assert first is not None
        before = Why(self.plan, first, self.said).of(f.id)
        return why_people.taken_over(self.view, self.plan, self.row, before)

    # -------------------------------------------------------------------------------- what is no field of the spec

    def _call_id(self) -> Derivation:
        names = why_start.identity(self.view, self.plan)
        value = why_row.call_id(self.plan, self.row)
        said = ", ".join(names)
        note = "122 bits of the hash of its key, which is made of " + said
        return Derivation("call_id", value, value, said, notes=(note,), parents=("date",))

    def _intents(self) -> Derivation:
        f = self.fields["intent"]
        first = self.of("intent")
        view = self.person if "intent" in self.plan.people.kept else self.view
        ahead = first.value if why_row.took_over(self.plan, self.row, "intent") else None
        if first.value is None:
            return Derivation("intents", [], "none", first.how, parents=("intent",))
        made = derive(view, f, program(f, self.plan.programs, self.plan.scope), ahead)
        value = made.value if f.how_many else [made.value]
        told = ", ".join(value)
        how = f"the {len(value)} first of the race for intent" if len(value) > 1 else "intent alone"
        return replace(made, name="intents", value=value, told=told, how=how, label="", idle=(),
                       parents=("intent",))

    def _silence_ratio(self) -> Derivation:
        parts = [n for n in ("talk_time", "scenario", "Silence_total_seconds", "Hold_time", "Transfers_count")
                 if n in self.fields and (n != "scenario" or "talk_time" not in self.fields)]
        value = self.record.get("Silence_ratio", NOWHERE)
        if value is NOWHERE:
            return Derivation("Silence_ratio", NOWHERE, "not there", "like Silence_total_seconds",
                              parents=("Silence_total_seconds",))
        silence = float(self.view.frame["Silence_total_seconds"][0])
        length = float(guessed_seconds(self.view.frame)[0])
        ratio = float(np.floor(silence / length * 10_000.0 + 0.5) / 100.0)
        step = Step(f"100 x {quantity(silence, m.Unit.TIME)} of silence / {number(length, 2)} s, the guessed length "
                    "of the call", after=ratio)
        note = "an estimate: the audio target measures it in the recording and puts that in the final record"
        how = f"estimate: {quantity(silence, m.Unit.TIME)} of {number(length, 2)} s"
        return Derivation("Silence_ratio", ratio, f"{number(ratio, 2)}%", how, steps=(step,),
                          parents=tuple(parts), notes=(note,))

    # -------------------------------------------------------------------------------- is it so?

    def _compare(self, made: Derivation) -> None:
        found = self._planned(made.name, made.value)
        if found != made.value:
            call = why_row.call_id(self.plan, self.row)
            raise AssertionError(f"{made.name} of call {call} is {found!r} in the plan, but its derivation comes to "
                                 f"{made.value!r}")

    def _planned(self, name: str, derived: Any) -> Any:
        """The value that the plan holds; names that no record has are taken as they come."""
        if name == START:
            return int(self.view.frame["start_ms"][0])
        f = self.fields.get(name)
        if f is not None and f.group:
            said = self.record[f.group].get(name.rpartition(".")[2], NOWHERE)
            return said if said is NOWHERE else said == "pass"
        return self.record.get(name, NOWHERE) if name in self.names else derived

    def in_record(self, name: str) -> Any:
        """What the record holds under the name; NOWHERE where it has nothing."""
        f = self.fields.get(name)
        if f is not None and f.group:
            return self.record[f.group].get(name.rpartition(".")[2], NOWHERE)
        return self.record.get(name, NOWHERE)
