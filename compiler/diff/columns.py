"""Rows of two plans -> which values of the call record differ, field by field. Values are compared as what they mean:
members by id, customers by number and name, never by code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np

from compiler.diff.rows import Rows, Truths
from compiler.lang import model as m
from compiler.plan.plan import Plan
from compiler.plan.record import is_integer, silence_ratios
from compiler.plan.settle import Ints

Which = Ints | slice
ALL = slice(None)


class Columns:
    """The fields of two plans, as pairs of columns. `fields` says of what to look at no more than these."""

    def __init__(self, old: Plan, new: Plan) -> None:
        self.old, self.new = old, new
        self.before = {f.id: f for f in old.model.fields if f.id != "team"}
        self.after = {f.id: f for f in new.model.fields if f.id != "team"}
        self.names = sorted(self.before | self.after)
        self.tables = {name: self._table(name) for name in (*self.names, "team")}
        self.zone = old.model.dataset.time_zone != new.model.dataset.time_zone
        self.people = _People(old, new)

    def _table(self, name: str) -> tuple[Ints, Ints] | None:
        """For each code of either side a number that means the same on both (the last entry is for no value); None
        where the codes do already."""
        one, two = self._ids(self.old, name), self._ids(self.new, name)
        if one == two and name != "team":
            return None
        number = {member: i for i, member in enumerate(sorted({*one, *two}))}
        old, new = (np.array([number[member] for member in ids] + [-1]) for ids in (one, two))
        return old, new

    @staticmethod
    def _ids(plan: Plan, name: str) -> tuple[str, ...]:
        if name in ("agent_name", "team"):
            return plan.scope.ids(name)[1]
        field = next((f for f in plan.model.fields if f.id == name), None)
        return plan.scope.members.get(name, ()) if field is not None and field.kind in ("choice", "decide") else ()

    def differing(self, old: Rows, new: Rows, left: Which, right: Which) -> Iterator[tuple[str, Truths]]:
        """(field of the record, which of the calls differ in it), for fields in which any does."""
        if not (old.who[left]).size:
            return
        for name, find in self._finders():
            found = find(old, new, left, right)
            if found is not None and found.any():
                yield name, found

    def _finders(self) -> Iterator[tuple[str, Callable[..., Truths | None]]]:
        for name in self.names:
            yield name, partial(self._field, name)
            if name == "intent":
                yield "intents", self._intents
        yield "team", self._team
        yield "start", self._start
        yield "customer_id", lambda old, new, left, right: _differ(old, new, left, right, "customer")
        yield "customer_name", self.people.names
        yield "ANI", self.people.numbers
        yield "follows", _follows
        yield "Silence_ratio", self._silence

    # -------------------------------------------------------------------------------- fields of the spec

    def _field(self, name: str, old: Rows, new: Rows, left: Which, right: Which) -> Truths | None:
        one, two = self.before.get(name), self.after.get(name)
        if one is None or two is None:
            rows, which = (new, right) if one is None else (old, left)
            return _there(rows, which, name, one or two)
        if one.kind != two.kind or (one.kind == "number" and is_integer(one) != is_integer(two)):
            return _there(old, left, name, one) | _there(new, right, name, two)
        a, b = old.frame.columns[name][left], new.frame.columns[name][right]
        table = self.tables[name]
        if table is not None:
            a, b = table[0][a], table[1][b]
        masks = old.frame.masks.get(name), new.frame.masks.get(name)
        if (masks[0] is None and masks[1] is None) or one.kind in ("choice", "decide"):
            return np.asarray(a != b)
        there = _there(old, left, name, one), _there(new, right, name, two)
        return np.asarray(((a != b) & there[0] & there[1]) | (there[0] ^ there[1]))

    def _intents(self, old: Rows, new: Rows, left: Which, right: Which) -> Truths | None:
        sides = []
        for rows, which, side in ((old, left, 0), (new, right, 1)):
            codes = rows.frame.columns.get("intent:all")
            table = self.tables["intent"]
            if "intent" not in rows.frame.columns:
                return None
            found = codes[which] if codes is not None else rows.frame.columns["intent"][which][:, None]
            sides.append(found if table is None else table[side][found])
        a, b = sides
        width = max(a.shape[1], b.shape[1])
        a, b = (np.pad(x, ((0, 0), (0, width - x.shape[1])), constant_values=-1) for x in (a, b))
        return np.asarray((a != b).any(axis=1))

    def _team(self, old: Rows, new: Rows, left: Which, right: Which) -> Truths:
        a, b = old.frame.columns["agent_name"][left], new.frame.columns["agent_name"][right]
        table = self.tables["team"]
        assert table is not None
        return np.asarray(table[0][a] != table[1][b])

    # -------------------------------------------------------------------------------- what else a record holds

    def _start(self, old: Rows, new: Rows, left: Which, right: Which) -> Truths:
        if self.zone:
            return np.ones(len(old.who[left]), dtype=bool)
        return _differ(old, new, left, right, "start_ms")

    def _silence(self, old: Rows, new: Rows, left: Which, right: Which) -> Truths | None:
        if not {"Silence_total_seconds"} <= self.before.keys() & self.after.keys():
            return None
        a, b = silence_ratios(old.frame)[left], silence_ratios(new.frame)[right]
        return np.asarray((a != b) & ~(np.isnan(a) & np.isnan(b)))


class _People:
    """Customers of both sides: who they are by number and name, and how they are heard."""

    def __init__(self, old: Plan, new: Plan) -> None:
        self.old, self.new = old.people, new.people
        a, b = old.model, new.model
        self.same = (a.dataset.id, a.dataset.seed, a.customer_voices, {agent.voice for agent in a.agents}) == (
            b.dataset.id, b.dataset.seed, b.customer_voices, {agent.voice for agent in b.agents})

    def names(self, old: Rows, new: Rows, left: Which, right: Which) -> Truths:
        a, b = _customers(old, new, left, right)
        found = np.zeros(len(a), dtype=bool)
        doubt = np.flatnonzero((a != b) | self._tongue(a, b) if self.same else np.ones(len(a), dtype=bool))
        one, names = self.old.labels(a[doubt])
        two, others = self.new.labels(b[doubt])
        found[doubt] = np.array(names)[one] != np.array(others)[two]
        return found

    def _tongue(self, a: Ints, b: Ints) -> Truths:
        """Which customers may have another language than before: the language decides the name."""
        one, two = (people.look_up(who)[0].get("language") for people, who in ((self.old, a), (self.new, b)))
        if one is None and two is None:
            return np.zeros(len(a), dtype=bool)
        if one is None or two is None or (self.old.scope.members["language"] != self.new.scope.members["language"]):
            return np.ones(len(a), dtype=bool)
        return np.asarray(one != two)

    def genders(self, old: Rows, new: Rows, left: Which, right: Which) -> Truths:
        """Which calls have a customer of another gender: in no record, but in prompts."""
        a, b = _customers(old, new, left, right)
        if self.same:
            return np.asarray(a != b)
        one, two = (cache(lambda who, people=people: people.speaker(who).gender) for people in (self.old, self.new))
        return np.array([one(x) != two(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)], dtype=bool)

    def numbers(self, old: Rows, new: Rows, left: Which, right: Which) -> Truths:
        a, b = _customers(old, new, left, right)
        return np.asarray(self.old.numbers(a) != self.new.numbers(b))


def _customers(old: Rows, new: Rows, left: Which, right: Which) -> tuple[Ints, Ints]:
    return old.frame.columns["customer"][left], new.frame.columns["customer"][right]


def _differ(old: Rows, new: Rows, left: Which, right: Which, name: str) -> Truths:
    return np.asarray(old.frame.columns[name][left] != new.frame.columns[name][right])


def _there(rows: Rows, which: Which, name: str, field: m.Field | None) -> Truths:
    """Where the record has the field."""
    mask = rows.frame.masks.get(name)
    if mask is None or field is None or field.kind in ("choice", "decide"):
        return np.ones(len(rows.who[which]), dtype=bool)
    return np.asarray(mask[which])


def _follows(old: Rows, new: Rows, left: Which, right: Which) -> Truths:
    a, b = old.followed[left], new.followed[right]
    return np.asarray((a ^ b) | (a & b & (old.follows[left] != new.follows[right])))
