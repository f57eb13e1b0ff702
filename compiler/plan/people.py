"""Who calls and who answers: customers with what they keep for life, agents with their voices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan import names
from compiler.plan.call import Speaker
from compiler.plan.draws import Program
from compiler.plan.expr import names as names_read
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame, Scope, narrow
from compiler.plan.numbers import MOST_CUSTOMERS, Numbers, Pool
from compiler.plan.order import expressions, topological
from compiler.plan.settle import Ints
from compiler.rng import Floats, Keys

Kept = Mapping[str, NDArray[Any]]
CHUNK = 16_384
HALF = np.uint64(1 << 63)
PERSONAL = frozenset({"ANI", "voice", "gender", "pitch", "name", "customer_name", "customer_id"})
BY_EAR = {"nova": "female", "shimmer": "female", "coral": "female", "fable": "female", "sage": "female",
          "alloy": "male", "ash": "male", "onyx": "male", "echo": "male"}


@dataclass
class _Store:
    """What is known of the whole population: `columns` and `masks` of the kept fields, one entry a customer, in narrow
    types; `wide` says as what they were drawn. Empty until that costs less than to draw what is asked for: `asked`
    counts how many customers were."""

    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    masks: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    wide: dict[str, np.dtype[Any]] = field(default_factory=dict)
    filled: bool = False
    asked: int = 0


@dataclass(frozen=True)
class People:
    """The whole population. What a customer keeps is drawn when somebody asks for it: of a few customers one by one,
    of as many as there are, or more, of all at once."""

    model: m.Model
    scope: Scope
    kept: tuple[str, ...]  # the fields that are drawn once per customer
    count: int
    programs: tuple[Program, ...]  # of the kept fields, parents first
    store: _Store = field(default_factory=_Store, compare=False, repr=False)

    def look_up(self, customers: Ints) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[np.bool_]]]:
        """(columns, masks) of what these customers keep."""
        if not self.store.filled:
            self.store.asked += len(customers)
            if self.count > CHUNK and self.store.asked < self.count:
                frame = self._drawn(self.keys(customers))
                return frame.columns, frame.masks
        known = self._known
        columns = {name: values[customers].astype(known.wide[name], copy=False)
                   for name, values in known.columns.items()}
        return columns, {name: values[customers] for name, values in known.masks.items()}

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """The kept fields of all customers, in narrow types."""
        return self._known.columns

    @property
    def _known(self) -> _Store:
        if not self.store.filled:
            for first in range(0, self.count, CHUNK):
                self._keep(self._drawn(self.who(first, CHUNK)), first)
            self.store.filled = True
        return self.store

    def _drawn(self, who: Keys) -> Frame:
        frame = Frame(len(who), who, self.scope)
        for program in self.programs:
            program.draw(frame)
        return frame

    def _keep(self, frame: Frame, first: int) -> None:
        """What was drawn of some customers goes into the columns of all."""
        rows, store = slice(first, first + frame.count), self.store
        for name, values in frame.columns.items():
            if name not in store.columns:
                choice = values.dtype.kind == "i" and name.removesuffix(":all") in self.scope.members
                kind = narrow(len(self.scope.members[name.removesuffix(":all")])) if choice else values.dtype
                store.columns[name] = np.zeros((self.count, *values.shape[1:]), dtype=kind)
                store.wide[name] = values.dtype
            store.columns[name][rows] = values
        for name, mask in frame.masks.items():
            store.masks.setdefault(name, np.zeros(self.count, dtype=bool))[rows] = mask

    def who(self, first: int = 0, count: int | None = None) -> Keys:
        """The keys of `count` customers from number `first` on (None: of all others)."""
        own = self.model.dataset
        count = self.count - first if count is None else min(count, self.count - first)
        return rng.keys("customer", own.id, own.seed, count=count, first=first)

    def keys(self, customers: Ints) -> Keys:
        """The keys of these customers."""
        return rng.keys_of(customers, "customer", self.model.dataset.id, self.model.dataset.seed)

    def some(self, first: int, count: int) -> Frame:
        """A frame of customers number `first` on, in which the kept fields can be drawn again."""
        if not self.store.filled and self.count > CHUNK:
            return self._drawn(self.who(first, count))
        frame, known = Frame(min(count, self.count - first), self.who(first, count), self.scope), self._known
        rows = slice(first, first + count)
        frame.columns = {name: values[rows].astype(known.wide[name]) for name, values in known.columns.items()}
        frame.masks = {name: mask[rows] for name, mask in known.masks.items()}
        return frame

    def those(self, customers: Ints) -> Frame:
        """A frame of these customers."""
        frame = Frame(len(customers), self.keys(customers), self.scope)
        frame.columns, frame.masks = self.look_up(customers)
        return frame

    def speaker(self, customer: int) -> Speaker:
        """The customer as a speaker: the voice and the name follow the gender, the name the language."""
        name, female = self._called(np.array([customer]), None)
        gender, who = "female" if female[0] else "male", self.who(customer, 1)
        voice = rng.ranked(self.voices[gender], int(who[0]), "voice")[0]
        pitch = float(pitches(who)[0])
        return Speaker(self.id(customer), self._names[int(name[0])], "customer", gender, voice, pitch)

    def labels(self, customers: Ints, kept: Kept | None = None) -> tuple[Ints, tuple[str, ...]]:
        """The names of many customers at once: the code of each one's, and the names that the codes stand for. `kept`
        has what they keep, by field, where it is known."""
        return self._called(customers, kept)[0], self._names

    @cached_property
    def _tables(self) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
        """(first names, last names, gender): two for each language, men first; those without a language come last."""
        languages = (*self.scope.members.get("language", ()), "en") if "language" in self.kept else ("en",)
        tables = [(names.tables(language), gender) for language in languages for gender in ("male", "female")]
        return [(first[gender], last, gender) for (first, last), gender in tables]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"{one} {two}" for first, last, _ in self._tables for one in first for two in last)

    def _called(self, customers: Ints, kept: Kept | None) -> tuple[Ints, NDArray[np.bool_]]:
        """(codes of the names, whether the customers are women)."""
        who, (starts, firsts, lasts) = self.keys(customers), self._sizes
        female = self._female(who)
        table = female.astype(np.int64)
        if len(firsts) > 2:
            language = self._of_all("language", customers, kept).astype(np.int64)
            table += np.where(language < 0, language + len(firsts) // 2, language) * 2
        last = lasts.take(table, mode="clip")
        codes = (rng.uniforms(who, "first name") * firsts.take(table, mode="clip")).astype(np.int64)
        codes *= last
        codes += (rng.uniforms(who, "last name") * last).astype(np.int64)
        codes += starts.take(table, mode="clip")
        return codes, female

    @cached_property
    def _sizes(self) -> tuple[Ints, Ints, Ints]:
        """By table: how many names those before it have, how many first and how many last names there are."""
        firsts, lasts = (np.array([len(table[k]) for table in self._tables]) for k in (0, 1))
        return np.cumsum([0, *(firsts * lasts)[:-1]]), firsts, lasts

    def _of_all(self, name: str, customers: Ints, kept: Kept | None) -> NDArray[Any]:
        """What these customers keep of one field."""
        return kept[name] if kept is not None else self.look_up(customers)[0][name]

    def _female(self, who: Keys) -> NDArray[np.bool_]:
        """Half and half, unless only one gender has voices left. `who`: keys of customers."""
        if not self.voices["male"] or not self.voices["female"]:
            return np.full(len(who), bool(self.voices["female"]))
        return rng.hashes(who, "gender") < HALF

    def id(self, customer: int) -> str:
        return f"C{customer + 1:06d}"

    def value(self, customer: int, name: str) -> str | None:
        """The id of the kept choice `name`, None if customers keep no such field."""
        if name not in self.kept:
            return None
        code = int(self.look_up(np.array([customer]))[0][name][0])
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
    def _numbers(self) -> Numbers:
        if "region" not in self.kept:
            return Numbers(self.model, self.count, self.who, None, ())
        return Numbers(self.model, self.count, self.who, lambda: self.columns["region"], self.scope.members["region"])

    def numbers(self, customers: Ints, kept: Kept | None = None) -> Ints:
        """The telephone numbers of many customers, as the integers that their digits make; `kept` as in labels()."""
        regions = self._of_all("region", customers, kept) if self._numbers.regions is not None else None
        return self._numbers.of(customers, regions)

    def pool(self, customer: int) -> Pool:
        """Out of which ranges the customer's number is."""
        region = self._of_all("region", np.array([customer]), None) if self._numbers.regions is not None else [None]
        return self._numbers.pool(customer, region[0])

    def place(self, customer: int, pool: Pool) -> Ints:
        """Where the number of the customer stands in a wide pool."""
        return self._numbers.place(pool, np.array([customer]))

    def ani(self, customer: int) -> str:
        return f"+{int(self.numbers(np.array([customer]))[0])}"

    def check(self) -> None:
        """SpecFailure where there are too few voices or numbers: found now rather than in the middle of the plan."""
        _ = self.voices
        self._numbers.check()


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
    people = People(model, scope, order, count, tuple(Program(fields[name], scope) for name in order))
    people.check()
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
