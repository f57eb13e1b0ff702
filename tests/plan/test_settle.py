"""Deferred acceptance."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import rng
from compiler.plan.settle import GIVES_UP, settle
from tests.plan.test_uniforms import p_of_cells


def slow(wishes: list[list[int]], ranks: dict[tuple[int, int], int]) -> list[int]:
    """Gale and Shapley as in the paper, one asker at a time."""
    held: dict[int, int] = {}
    at = [0] * len(wishes)
    asking = list(range(len(wishes)))
    while asking:
        asker = asking.pop()
        if at[asker] == len(wishes[asker]):
            continue
        place = wishes[asker][at[asker]]
        at[asker] += 1
        rival = held.get(place)
        if rival is None or ranks[asker, place] < ranks[rival, place]:
            held[place] = asker
            asking += [] if rival is None else [rival]
        else:
            asking.append(asker)
    return [next((p for p, a in held.items() if a == asker), -1) for asker in range(len(wishes))]


@settings(deadline=None)
@given(st.data())
def test_settling_equals_asking_one_by_one(data):
    count = data.draw(st.integers(1, 12))
    wishes = [data.draw(st.permutations(range(6)).map(lambda p: list(p)[:4])) for _ in range(count)]
    order = {place: data.draw(st.permutations(range(count))) for place in range(6)}
    ranks = {(asker, place): order[place].index(asker) for asker in range(count) for place in range(6)}

    def wish(askers, attempts):
        return np.array([wishes[a][t] if t < 4 else GIVES_UP for a, t in zip(askers, attempts, strict=True)])

    def rank(askers, places):
        return np.array([ranks[int(a), int(p)] for a, p in zip(askers, places, strict=True)])

    assert settle(count, wish, rank).tolist() == slow(wishes, ranks)


def test_pairs_of_keys_are_ordered_as_by_chance():
    """Which of 16 slots an asker asks for first: each as often, whatever a neighbouring asker asks for."""
    count = 120_000
    askers, slots = (np.asarray(rng.keys(name, count=n) >> np.uint64(32), dtype=np.uint32)
                     for name, n in (("askers", count), ("slots", 16)))
    luck = rng.paired(askers[:, None], slots)
    first = luck.argmin(axis=1)
    assert p_of_cells(np.bincount(first, minlength=16), count / 16) > 1e-4
    assert p_of_cells(np.bincount(first[1:] * 16 + first[:-1], minlength=256), (count - 1) / 256) > 1e-4
    luck[np.arange(count), first] = 2**32 - 1
    both = first * 16 + luck.argmin(axis=1)
    cells = np.bincount(both, minlength=256)[np.arange(256) % 17 > 0]
    assert p_of_cells(cells, count / 240) > 1e-4
