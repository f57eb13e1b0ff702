"""Who calls and who answers: customers with what they keep for life, agents with their voices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan import names, numbers
from compiler.plan.call import Speaker
from compiler.plan.draws import Program
from compiler.plan.expr import names as names_read
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame, Scope
from compiler.plan.order import expressions, topological
from compiler.plan.settle import Ints
from compiler.rng import Floats, Keys

PERSONAL = frozenset({"ANI", "voice", "gender", "pitch", "name", "customer_name", "customer_id"})
BY_EAR = {"nova": "female", "shimmer": "female", "coral": "female", "fable": "female", "sage": "female",
          "alloy": "male", "ash": "male", "onyx": "male", "echo": "male"}


@dataclass(frozen=True)
class People:
    """The whole population: a frame with one row a customer (kept fields as columns), and their numbers."""

    model: m.Model
    scope: Scope
    kept: tuple[str, ...]  # the fields that are drawn once per customer
    frame: Frame

    def speaker(self, customer: int) -> Speaker:
        """The customer as a speaker: the voice and the name follow the gender, the name the language."""
        gender = "female" if self._female[customer] else "male"
        first, last = names.tables(self.value(customer, "language") or "en")
        one, two = (c[int(u[customer] * len(c))] for c, u in zip((first[gender], last), self._luck, strict=True))
        voice = rng.ranked(self.voices[gender], int(self.frame.who[customer]), "voice")[0]
        return Speaker(self.id(customer), f"{one} {two}", "customer", gender, voice, float(self._pitch[customer]))

    def labels(self, customers: Ints) -> tuple[Ints, tuple[str, ...]]:
        """The names of many customers at once: the code of each one's, and the names that the codes stand for."""
        who = self.frame.who[customers]
        luck, female = [rng.uniforms(who, name) for name in ("first name", "last name")], self._gender(who)
        ids = (*self.scope.members.get("language", ()), "en") if "language" in self.frame.columns else ("en",)
        tongue = self.frame.columns["language"][customers] if len(ids) > 1 else np.zeros(len(customers), dtype=np.int64)
        found = np.empty(len(customers), dtype=np.int64)
        labels: list[str] = []
        for code, language in enumerate(ids):
            first, last = names.tables(language)
            for gender in (False, True):
                own = first["female" if gender else "male"]
                rows = np.flatnonzero((tongue % len(ids) == code) & (female == gender))
                one, two = ((u[rows] * len(c)).astype(np.int64) for u, c in zip(luck, (own, last), strict=True))
                found[rows] = len(labels) + one * len(last) + two
                labels += [f"{a} {b}" for a in own for b in last]
        return found, tuple(labels)

    @cached_property
    def _luck(self) -> tuple[Floats, ...]:
        return tuple(rng.uniforms(self.frame.who, name) for name in ("first name", "last name"))

    @cached_property
    def _female(self) -> NDArray[np.bool_]:
        return self._gender(self.frame.who)

    def _gender(self, who: Keys) -> NDArray[np.bool_]:
        """Who is female: half and half, unless only one gender has voices left."""
        if not self.voices["male"] or not self.voices["female"]:
            return np.full(len(who), bool(self.voices["female"]))
        return rng.uniforms(who, "gender") < 0.5

    @cached_property
    def _pitch(self) -> Floats:
        return pitches(self.frame.who)

    def id(self, customer: int) -> str:
        return f"C{customer + 1:06d}"

    def value(self, customer: int, name: str) -> str | None:
        """The id of the kept choice `name`, None if customers keep no such field."""
        if name not in self.frame.columns:
            return None
        code = int(self.frame.columns[name][customer])
        return self.scope.members[name][code] if code >= 0 else None

    @cached_property
    def voices(self) -> dict[str, tuple[str, ...]]:
        """The voices that customers may have, by gender: never an agent's."""
        taken = {agent.voice for agent in self.model.agents}
        own = {"female": self.model.customer_voices.female, "male": self.model.customer_voices.male}
        left = {gender: tuple(sorted(set(voices) - taken)) for gender, voices in own.items()}
        if not any(left.values()):
            raise SpecFailure([
                "no voice is left for the customers: every one of `customer voices` belongs to an agent; "
                "give the agents fewer different voices, or the customers others"
            ])
        return left

    @cached_property
    def numbers(self) -> Ints:
        """The number of each customer, as the integer that its digits make."""
        if "region" not in self.kept:
            return numbers.assign(self.model, self.frame.who, None, ())
        return numbers.assign(self.model, self.frame.who, self.frame.columns["region"], self.scope.members["region"])

    def ani(self, customer: int) -> str:
        return f"+{int(self.numbers[customer])}"


def pitches(who: Keys) -> Floats:
    """A person's own pitch, .96 to 1.04 in thousandths."""
    return (960.0 + np.floor(rng.uniforms(who, "pitch") * 81.0)) / 1000.0


def people_of(model: m.Model, scope: Scope) -> People:
    """Draws what customers keep. SpecFailure when there are none, or a kept field reads something of the call."""
    count = model.customers.population
    if count < 1:
        raise SpecFailure(["`customers` needs a `population` of at least 1"])
    fields = {f.id: f for f in model.fields}
    kept = {name for name in model.customers.keeps if name in fields}
    _read_only_kept((fields[name] for name in sorted(kept)), kept)
    who = rng.keys("customer", model.dataset.id, model.dataset.seed, count=count)
    frame = Frame(count, who, scope)
    graph = {name: {n for e in expressions(fields[name]) for n in names_read(e)} & kept for name in kept}
    order = topological(graph)
    for name in order:
        Program(fields[name], scope).draw(frame)
    people = People(model, scope, tuple(order), frame)
    _ = people.voices, people.numbers  # found wrong now rather than in the middle of the plan
    return people


def _read_only_kept(fields: Iterable[m.Field], kept: set[str]) -> None:
    wrong = []
    for f in fields:
        read = {n for e in expressions(f) for n in names_read(e)} - kept
        wrong += [f"{f.id} is kept per customer but reads the call's {name}" for name in sorted(read)]
    if wrong:
        raise SpecFailure(wrong)


def agent_speaker(model: m.Model, agent: m.Agent) -> Speaker:
    """An agent as a speaker; `neutral` takes the gender that the voice is heard as."""
    who = np.array([rng.key("agent", model.dataset.id, agent.id)], dtype=np.uint64)
    pitch = float(pitches(who)[0])
    gender = agent.gender if agent.gender != "neutral" else BY_EAR.get(agent.voice, "female")
    return Speaker(agent.id, agent.label, "agent", gender, agent.voice, pitch)
