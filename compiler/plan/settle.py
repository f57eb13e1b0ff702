"""Deferred acceptance: many want places, each place keeps the one with the smallest rank, the others try on.

The outcome does not depend on the order in which anybody asks (Gale and Shapley 1962).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compiler.rng import Floats, Keys

Ints = NDArray[np.int64]
Wish = Callable[[Ints, Ints], Ints]
Rank = Callable[[Ints, Ints], NDArray[np.uint64] | Ints]
Board = NDArray[np.int64] | NDArray[np.int32]
GIVES_UP, SKIPS = -1, -2
PIECE = 8192  # keys at a time: what fits into the fast memory of a core


def settle(count: int, wish: Wish, rank: Rank | None, rounds: int = 10_000, board: Board | None = None) -> Ints:
    """The place of each of `count` askers, -1 for none.

    wish(askers, attempts) -> the place that each asks for at its attempt number, GIVES_UP when it has no further
    wish, SKIPS to go to its next attempt at once. rank(askers, places) -> the smaller wins; None: the first asker.
    `board` has an entry, -1, for each place where their number is known; it is left as it was.
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
            meet = _meet if board is None else _meet_on_board
            refused = meet(asking[named], wanted[named], place, rank, board)
        asking = np.sort(np.concatenate([skipping, refused]))
    if board is not None:
        board[place[place >= 0]] = -1
    return place


def _meet(askers: Ints, places: Ints, place: Ints, rank: Rank | None, board: Board | None) -> Ints:
    """Those who ask meet those who hold what they ask for; gives who has to go on."""
    holding = np.flatnonzero(np.isin(place, places)) if (place >= 0).any() else askers[:0]
    askers, places = np.concatenate([holding, askers]), np.concatenate([place[holding], places])
    order = np.lexsort((askers if rank is None else rank(askers, places), places))
    first = np.ones(len(order), dtype=bool)
    first[1:] = places[order][1:] != places[order][:-1]
    place[askers] = -1
    place[askers[order][first]] = places[order][first]
    return askers[order][~first]


def _meet_on_board(askers: Ints, places: Ints, place: Ints, rank: Rank | None, board: Board | None) -> Ints:
    """The same, where `board` says who holds each place."""
    assert board is not None
    holders = board[places]
    ranks = askers if rank is None else rank(askers, places)
    order = np.arange(len(askers))[::-1] if rank is None else np.argsort(ranks, kind="stable")[::-1]
    board[places[order]] = order  # of several the last is written, the one with the smallest rank
    won = board[places] == np.arange(len(askers))
    lost = askers[~won]
    askers, places, holders, ranks = askers[won], places[won], holders[won], ranks[won]
    kept = holders >= 0
    if kept.any():
        theirs = holders[kept] if rank is None else rank(holders[kept], places[kept])
        kept[kept] = theirs <= ranks[kept]
    board[places] = np.where(kept, holders, askers)
    place[askers[~kept]] = places[~kept]
    out = holders[~kept & (holders >= 0)]
    place[out] = -1
    return np.concatenate([lost, askers[kept], out])


def jump(keys: Keys, buckets: int) -> Ints:
    """Jump consistent hash (Lamping and Veach 2014): key -> 0..buckets-1; more buckets move only what they must."""
    found = np.empty(len(keys), dtype=np.int64)
    for begin in range(0, len(keys), PIECE):
        found[begin : begin + PIECE] = _jumped(keys[begin : begin + PIECE], buckets)
    return found


def _jumped(keys: Keys, buckets: int) -> Ints:
    found = np.zeros(len(keys), dtype=np.float64)
    rows, state, at = np.arange(len(keys)), keys.copy(), np.zeros(len(keys), dtype=np.float64)
    last = at.copy()  # of each row that is still going: the largest number below `buckets`
    with np.errstate(over="ignore"):
        while True:
            state *= np.uint64(2862933555777941757)
            state += np.uint64(1)
            divisor: Floats = (state >> np.uint64(33)).view(np.int64).astype(np.float64)
            divisor += 1.0
            np.divide(2147483648.0, divisor, out=divisor)
            at += 1.0
            at *= divisor
            np.floor(at, out=at)
            going = at < buckets
            left = int(np.count_nonzero(going))
            if not left:
                break
            last = np.where(going, at, last)
            if left < len(rows) * 0.7:
                found[rows] = last
                still = np.flatnonzero(going)
                rows, state, at = rows[still], state[still], at[still]
                last = at.copy()
    found[rows] = last
    return found.astype(np.int64)
