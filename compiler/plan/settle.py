"""Deferred acceptance: many want places, each place keeps the one with the smallest rank, the others try on.

The outcome does not depend on the order in which anybody asks (Gale and Shapley 1962).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Wish = Callable[[Ints, Ints], Ints]
Rank = Callable[[Ints, Ints], NDArray[np.uint64] | Ints]
GIVES_UP, SKIPS = -1, -2


def settle(count: int, wish: Wish, rank: Rank | None, rounds: int = 10_000) -> Ints:
    """The place of each of `count` askers, -1 for none.

    wish(askers, attempts) -> the place that each asks for at its attempt number, GIVES_UP when it has no further
    wish, SKIPS to go to its next attempt at once. rank(askers, places) -> the smaller wins; None: the first asker.
    """
    place = np.full(count, -1, dtype=np.int64)
    attempt = np.zeros(count, dtype=np.int64)
    asking = np.arange(count)
    for _ in range(rounds):
        if not len(asking):
            break
        wanted = wish(asking, attempt[asking])
        attempt[asking] += 1
        named = wanted >= 0
        skipping = asking[wanted == SKIPS]
        refused = asking[:0]
        if named.any():
            refused = _meet(asking[named], wanted[named], place, rank)
        asking = np.sort(np.concatenate([skipping, refused]))
    return place


def _meet(askers: Ints, places: Ints, place: Ints, rank: Rank | None) -> Ints:
    """Those who ask meet those who hold what they ask for; gives who has to go on."""
    holding = np.flatnonzero(np.isin(place, places)) if (place >= 0).any() else askers[:0]
    askers, places = np.concatenate([holding, askers]), np.concatenate([place[holding], places])
    order = np.lexsort((askers if rank is None else rank(askers, places), places))
    first = np.ones(len(order), dtype=bool)
    first[1:] = places[order][1:] != places[order][:-1]
    place[askers] = -1
    place[askers[order][first]] = places[order][first]
    return askers[order][~first]


class Board:
    """So many places, and who holds each: for rounds of few askers among many places."""

    def __init__(self, places: int) -> None:
        self.holder = np.full(places, -1, dtype=np.int64)
        self.rank = np.full(places, 2**64 - 1, dtype=np.uint64)

    def meet(self, askers: Ints, places: Ints, ranks: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], Ints]:
        """(which of the askers now hold the places that they ask for, who had to give one up)."""
        np.minimum.at(self.rank, places, ranks)
        won = self.rank[places] == ranks
        got = places[won]
        before = self.holder[got]
        self.holder[got] = askers[won]
        return won, before[before >= 0]
