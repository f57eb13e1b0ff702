"""The least that an edit must change: the total variation distance between what is drawn before and after it, summed
over the calls (nothing that draws each call's value rightly can change fewer), and what did change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.plan.part import Part
from compiler.plan.plan import Plan

Chances = Mapping[str, NDArray[np.float64]]  # member -> its probability in each call


@dataclass(frozen=True)
class Moved:
    """`calls` of `count` changed, `least` had to; `ways` are the pairs (old member, new member) that occur."""

    calls: int
    least: float
    count: int
    ways: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A field in all calls: what was drawn, with which probabilities, and the calls to count."""

    who: NDArray[np.uint64]
    drawn: NDArray[Any]
    chances: Chances
    counts: NDArray[np.bool_]


def moved(old: Plan, new: Plan, name: str) -> Moved:
    """What became of the field `name` (`start`: of shift, time bucket and start). AssertionError for other calls."""
    one, two = column(old, name), column(new, name)
    assert np.array_equal(one.who, two.who), "the edit is to leave the number of calls"
    counts = one.counts & two.counts
    distance = np.zeros(len(one.who))
    for member in {*one.chances, *two.chances}:
        nothing = np.zeros(len(one.who))
        distance += np.abs(one.chances.get(member, nothing) - two.chances.get(member, nothing)) / 2
    other = (one.drawn != two.drawn) & counts
    ways = frozenset(zip(one.drawn[other].tolist(), two.drawn[other].tolist(), strict=True))
    return Moved(int(other.sum()), float(distance[counts].sum()), int(counts.sum()), ways)


def links_moved(old: Plan, new: Plan) -> tuple[int, int]:
    """(the calls of both plans that follow another call than before, or none, or now one; the calls of both)."""
    one, two = _follows(old), _follows(new)
    kept = [call for call in one if call in two]
    return sum(one[call] != two[call] for call in kept), len(kept)


def customers_moved(old: Plan, new: Plan) -> tuple[int, int, float]:
    """(first contacts that another customer makes; first contacts of both plans; the share that must move)."""
    one, two = ({key: c for part in plan.parts() for key, c, later in zip(
        part.frame.who.tolist(), part.frame.columns["customer"].tolist(), part.followed.tolist(), strict=True)
        if not later} for plan in (old, new))
    kept = [call for call in one if call in two]
    sizes = old.model.customers.population, new.model.customers.population
    return sum(one[call] != two[call] for call in kept), len(kept), 1.0 - sizes[0] / sizes[1]


def _follows(plan: Plan) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in plan.parts():
        first = np.where(part.followed, part.follows, 0)
        found |= dict(zip(part.frame.who.tolist(), first.tolist(), strict=True))
    return found


def column(plan: Plan, name: str) -> Column:
    parts = list(plan.parts())
    tables = [dict(_chances(part, name)) for part in parts]
    members = {member for table in tables for member in table}
    chances = {member: np.concatenate([table[member] for table in tables]) for member in members}
    counts = np.concatenate([_own(part, name) for part in parts])
    return Column(np.concatenate([part.frame.who for part in parts]),
                  np.concatenate([_drawn(part, name) for part in parts]), chances, counts)


def _own(part: Part, name: str) -> NDArray[np.bool_]:
    """The calls that draw the field themselves: a follow-up may have taken the intent over."""
    return ~part.followed if name == "intent" else np.ones(part.count, dtype=bool)


def _drawn(part: Part, name: str) -> NDArray[Any]:
    if name == "start":
        return np.asarray(part.frame.columns["start_ms"])
    program = part.plan.programs[name]
    values = part.frame.columns[name]
    if program.field.kind in ("choice", "decide"):
        return np.asarray(np.array([*program.ids, ""])[values])
    return np.asarray(values)


def _chances(part: Part, name: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
    if name == "start":
        starting = part.plan.starting
        weights = starting.table[starting.kinds(part.frame)]
        total = weights.sum(axis=1)
        yield from ((str(i), weights[:, i] / total) for i in range(weights.shape[1]))
        return
    program = part.plan.programs[name]
    exists = np.broadcast_to(np.asarray(program.exists(part.frame), dtype=np.float64), (part.count,))
    if program.field.kind in ("flag", "check"):
        yield "yes", program.chance(part.frame) * exists
        yield "no", (1.0 - program.chance(part.frame)) * exists
    elif program.field.kind == "decide":
        found = program.decided_probabilities(part.frame, exists > 0)
        yield from zip(program.ids, found, strict=True)
    else:
        found = program.probabilities(part.frame)
        yield from ((member, share * exists) for member, share in zip(program.ids, found, strict=True))
