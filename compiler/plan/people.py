"""Who calls and who answers: customers with what they keep for life, agents with their voices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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

CHUNK = 16_384
MOST_CUSTOMERS = 50_000_000
PERSONAL = frozenset({"ANI", "voice", "gender", "pitch", "name", "customer_name", "customer_id"})
BY_EAR = {"nova": "female", "shimmer": "female", "coral": "female", "fable": "female", "sage": "female",
          "alloy": "male", "ash": "male", "onyx": "male", "echo": "male"}


@dataclass(frozen=True)
class _Traits:
    """One entry a customer: codes of names, genders, thousandths of pitch above .96."""

    name: NDArray[np.int32]
    female: NDArray[np.bool_]
    pitch: NDArray[np.int8]


@dataclass(frozen=True)
class People:
    """The whole population. `columns` and `masks` are of the kept fields, one entry a customer, in narrow types; `wide`
    says as what they were drawn."""

    model: m.Model
    scope: Scope
    kept: tuple[str, ...]  # the fields that are drawn once per customer
    count: int
    columns: dict[str, NDArray[Any]]
    masks: dict[str, NDArray[np.bool_]]
    wide: dict[str, np.dtype[Any]]

    def look_up(self, customers: Ints) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[np.bool_]]]:
        """(columns, masks) of what these customers keep."""
        columns = {name: values[customers].astype(self.wide[name], copy=False) for name, values in self.columns.items()}
        return columns, {name: values[customers] for name, values in self.masks.items()}

    def who(self, first: int = 0, count: int | None = None) -> Keys:
        """The keys of `count` customers from number `first` on (None: of all others)."""
        own = self.model.dataset
        count = self.count - first if count is None else min(count, self.count - first)
        return rng.keys("customer", own.id, own.seed, count=count, first=first)

    def some(self, first: int, count: int) -> Frame:
        """A frame of customers number `first` on, in which the kept fields can be drawn again."""
        frame = Frame(min(count, self.count - first), self.who(first, count), self.scope)
        rows = slice(first, first + count)
        frame.columns = {name: values[rows].astype(self.wide[name]) for name, values in self.columns.items()}
        frame.masks = {name: mask[rows] for name, mask in self.masks.items()}
        return frame

    @cached_property
    def frame(self) -> Frame:
        """All customers at once."""
        return self.some(0, self.count)

    def speaker(self, customer: int) -> Speaker:
        """The customer as a speaker: the voice and the name follow the gender, the name the language."""
        traits = self._traits
        gender = "female" if traits.female[customer] else "male"
        voice = rng.ranked(self.voices[gender], int(self.who(customer, 1)[0]), "voice")[0]
        pitch = (960.0 + int(traits.pitch[customer])) / 1000.0
        return Speaker(self.id(customer), self._names[int(traits.name[customer])], "customer", gender, voice, pitch)

    def labels(self, customers: Ints) -> tuple[Ints, tuple[str, ...]]:
        """The names of many customers at once: the code of each one's, and the names that the codes stand for."""
        return self._traits.name[customers].astype(np.int64), self._names

    @cached_property
    def _tables(self) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
        """(first names, last names, gender): two for each language, men first; those without a language come last."""
        languages = (*self.scope.members.get("language", ()), "en") if "language" in self.columns else ("en",)
        tables = [(names.tables(language), gender) for language in languages for gender in ("male", "female")]
        return [(first[gender], last, gender) for (first, last), gender in tables]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"{one} {two}" for first, last, _ in self._tables for one in first for two in last)

    @cached_property
    def _traits(self) -> _Traits:
        """Of all customers."""
        name, woman = np.empty(self.count, dtype=np.int32), np.empty(self.count, dtype=np.bool_)
        traits = _Traits(name, woman, np.empty(self.count, dtype=np.int8))
        sizes = np.array([(len(first), len(last)) for first, last, _ in self._tables])
        starts = np.cumsum([0, *(sizes[:, 0] * sizes[:, 1])])
        tongue = self.columns["language"] if len(sizes) > 2 else np.zeros(self.count, dtype=np.int8)
        for begin in range(0, self.count, CHUNK):
            who, rows = self.who(begin, CHUNK), slice(begin, begin + CHUNK)
            female = self._female(who)
            table = tongue[rows].astype(np.int64) % (len(sizes) // 2) * 2 + female
            one, two = ((rng.uniforms(who, name) * sizes[table, k]).astype(np.int64)
                        for k, name in enumerate(("first name", "last name")))
            traits.name[rows], traits.female[rows] = starts[table] + one * sizes[table, 1] + two, female
            traits.pitch[rows] = np.floor(rng.uniforms(who, "pitch") * 81.0)
        return traits

    def _female(self, who: Keys) -> NDArray[np.bool_]:
        """Half and half, unless only one gender has voices left. `who`: keys of customers."""
        if not self.voices["male"] or not self.voices["female"]:
            return np.full(len(who), bool(self.voices["female"]))
        return rng.uniforms(who, "gender") < 0.5

    def id(self, customer: int) -> str:
        return f"C{customer + 1:06d}"

    def value(self, customer: int, name: str) -> str | None:
        """The id of the kept choice `name`, None if customers keep no such field."""
        if name not in self.columns:
            return None
        code = int(self.columns[name][customer])
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
        return numbers.assign(self.model, self.who(), *self._regions())

    def _regions(self) -> tuple[NDArray[Any] | None, tuple[str, ...]]:
        return (self.columns["region"], self.scope.members["region"]) if "region" in self.kept else (None, ())

    def ani(self, customer: int) -> str:
        return f"+{int(self.numbers[customer])}"

    def check(self) -> None:
        """SpecFailure where there are too few voices or numbers: found now rather than in the middle of the plan."""
        _ = self.voices
        numbers.check(self.model, self.count, *self._regions())


def pitches(who: Keys) -> Floats:
    """A person's own pitch, .96 to 1.04 in thousandths."""
    return (960.0 + np.floor(rng.uniforms(who, "pitch") * 81.0)) / 1000.0


def people_of(model: m.Model, scope: Scope) -> People:
    """Draws what customers keep. SpecFailure when there are none, or a kept field reads something of the call."""
    count = model.customers.population
    if count < 1:
        raise SpecFailure(["`customers` needs a `population` of at least 1"])
    if count > MOST_CUSTOMERS:
        raise SpecFailure([f"`customers` has a `population` of {count:,}; at most {MOST_CUSTOMERS:,} can be drawn"])
    fields = {f.id: f for f in model.fields}
    kept = {name for name in model.customers.keeps if name in fields}
    _read_only_kept((fields[name] for name in sorted(kept)), kept)
    graph = {name: {n for e in expressions(fields[name]) for n in names_read(e)} & kept for name in kept}
    order = tuple(topological(graph))
    people = People(model, scope, order, count, {}, {}, {})
    programs = [Program(fields[name], scope) for name in order]
    for first in range(0, count, CHUNK):
        frame = Frame(min(CHUNK, count - first), people.who(first, CHUNK), scope)
        for program in programs:
            program.draw(frame)
        _keep(people, frame, first)
    people.check()
    return people


def _keep(people: People, frame: Frame, first: int) -> None:
    """What was drawn of some customers goes into the columns of all."""
    rows = slice(first, first + frame.count)
    for name, values in frame.columns.items():
        if name not in people.columns:
            choice = values.dtype.kind == "i" and name.removesuffix(":all") in people.scope.members
            kind = narrow(len(people.scope.members[name.removesuffix(":all")])) if choice else values.dtype
            people.columns[name] = np.zeros((people.count, *values.shape[1:]), dtype=kind)
            people.wide[name] = values.dtype
        people.columns[name][rows] = values
    for name, mask in frame.masks.items():
        people.masks.setdefault(name, np.zeros(people.count, dtype=bool))[rows] = mask


def narrow(members: int) -> type[np.signedinteger[Any]]:
    """The smallest type for codes -1..members-1."""
    return np.int8 if members <= 2**7 else np.int16 if members <= 2**15 else np.int32


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
