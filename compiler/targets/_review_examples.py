"""Plan -> which call is the example of each scenario, prompt locale and channel.

The choice must not move when something moves that the example does not show. It is the call with the smallest number
of its day, of several the one with the smallest keyed hash: both belong to the call's identity alone. A day that grows
only appends higher numbers, and a day that is added wins only where it has a smaller one or hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.part import Part
from compiler.plan.plan import Plan

Rank = tuple[int, int]  # (n, hash): the smallest wins


@dataclass(frozen=True, slots=True, order=True)
class Combination:
    """What has one example: a scenario id, the tag of the prompt's locale, a channel id."""

    scenario: str
    locale: str
    channel: str


def combinations(plan: Plan, tags: Mapping[str, str]) -> tuple[Combination, ...]:
    """All that the spec can have, sorted; scenarios without dialogue have no prompt."""
    return tuple(sorted({
        Combination(scenario.id, tag, channel)
        for scenario in plan.model.scenarios if scenario.dialogue
        for tag in tags.values() for channel in members(plan, "channel", "voice")
    }))


def members(plan: Plan, name: str, only: str) -> tuple[str, ...]:
    """The ids of a choice by code; the one that all calls have where the spec has no such choice."""
    return plan.scope.members.get(name) or (only,)


def chosen(plan: Plan, tags: Mapping[str, str]) -> dict[Combination, int]:
    """combination -> number of its example in the plan; combinations that no call has are absent. `tags` gives the
    prompt's locale for each language."""
    best: dict[Combination, tuple[Rank, int]] = {}
    for part in plan.parts():
        for combination, (rank, place) in _of_part(part, plan, tags).items():
            known = best.get(combination)
            if known is None or rank < known[0]:
                best[combination] = rank, place
    return {combination: best[combination][1] for combination in sorted(best)}


def _of_part(part: Part, plan: Plan, tags: Mapping[str, str]) -> dict[Combination, tuple[Rank, int]]:
    names = members(plan, "scenario", ""), members(plan, "language", "en"), members(plan, "channel", "voice")
    codes = [_codes(part, name) for name in ("scenario", "language", "channel")]
    talking = {scenario.id for scenario in plan.model.scenarios if scenario.dialogue}
    locales = sorted(set(tags.values()))
    place_of = np.array([locales.index(tags[language]) for language in names[1]] + [-1])
    kinds = (codes[0] * len(locales) + place_of[codes[1]]) * len(names[2]) + codes[2]
    there = np.flatnonzero((codes[0] >= 0) & (codes[1] >= 0) & (codes[2] >= 0))
    numbers, hashes = part.frame.columns["n"][there], rng.hashes(part.frame.who[there], "review")
    order = np.lexsort((hashes, numbers))
    found: dict[Combination, tuple[Rank, int]] = {}
    for at in order[np.unique(kinds[there][order], return_index=True)[1]].tolist():
        row = int(there[at])
        scenario, channel = names[0][codes[0][row]], names[2][codes[2][row]]
        if scenario in talking:
            combination = Combination(scenario, locales[place_of[codes[1][row]]], channel)
            found[combination] = (int(numbers[at]), int(hashes[at])), part.first + row
    return found


def _codes(part: Part, name: str) -> NDArray[Any]:
    """The column of a choice; 0 throughout where the spec has no such choice."""
    found = part.frame.columns.get(name)
    return np.zeros(part.count, dtype=np.int64) if found is None else found
