"""Deferred acceptance: many want places, each place keeps the one with the smallest rank, the others try on.

The outcome does not depend on the order in which anybody asks (Gale and Shapley 1962).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compiler.rng import Floats, Keys

Ints = NDArray[np.int64]
GIVES_UP, SKIPS = -1, -2


def settle(
    count: int,
    wish: Callable[[Ints, Ints], Ints],
    rank: Callable[[Ints, Ints], NDArray[np.uint64] | Ints],
    rounds: int = 10_000,
) -> Ints:
    """The place of each of `count` askers, -1 for none.

    wish(askers, attempts) -> the place that each asks for at its attempt number, GIVES_UP when it has no further
    wish, SKIPS to go to its next attempt at once. rank(askers, places) -> the smaller wins.
    """
    place = np.full(count, -1, dtype=np.int64)
    attempt = np.zeros(count, dtype=np.int64)
    asking = np.arange(count)
    for _ in range(rounds):
        if not len(asking):
            break
        wanted = wish(asking, attempt[asking])
        attempt[asking] += 1
        skipping = asking[wanted == SKIPS]
        named = wanted >= 0
        if not named.any():
            asking = skipping
            continue
        holding = np.flatnonzero(np.isin(place, wanted[named])) if (place >= 0).any() else asking[:0]
        askers = np.concatenate([holding, asking[named]])
        places = np.concatenate([place[holding], wanted[named]])
        order = np.lexsort((rank(askers, places), places))
        first = np.ones(len(order), dtype=bool)
        first[1:] = places[order][1:] != places[order][:-1]
        place[askers] = -1
        place[askers[order][first]] = places[order][first]
        asking = np.sort(np.concatenate([skipping, askers[order][~first]]))
    return place


def jump(keys: Keys, buckets: int) -> Ints:
    """Jump consistent hash (Lamping and Veach 2014): key -> 0..buckets-1; more buckets move only what they must."""
    found = np.zeros(len(keys), dtype=np.int64)
    rows = np.arange(len(keys))
    state = keys.copy()
    at = np.zeros(len(keys), dtype=np.float64)
    with np.errstate(over="ignore"):
        while len(rows):
            found[rows] = at.astype(np.int64)
            state = state * np.uint64(2862933555777941757) + np.uint64(1)
            divisor: Floats = ((state >> np.uint64(33)) + np.uint64(1)).astype(np.float64)
            at = np.floor((at + 1.0) * (2147483648.0 / divisor))
            going = at < buckets
            rows, state, at = rows[going], state[going], at[going]
    return found
