"""The askers of one day, the day's calls -> who gets which: each call of a block is a slot, and a slot keeps the asker
with the smallest rank (settle.py)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.flip import flip
from compiler.plan.follow import Askers
from compiler.plan.settle import Board, Ints
from compiler.rng import Keys

Fits = Callable[[Ints, Ints], NDArray[np.bool_]]
BLOCK = 16
PIECE = 1024  # askers at a time
NONE = np.uint32(2**32 - 1)  # the luck of a slot that is out of the question


def match(askers: Askers, day: int, slots: Keys, instants: Ints | None, fits: Fits | None = None) -> Ints:
    """The askers of one day -> the place of each one's slot among the calls of the day, -1 for none. `slots` are the
    keys of the day's calls, `instants` their starts (UTC milliseconds; None where these depend on the customer).
    `fits(askers' numbers, places)`: whether the call may be the follow-up of the asker."""
    place = np.full(askers.count, -1, dtype=np.int64)
    if not askers.count or not len(slots):
        return place
    wishes, board = _Wishes(askers, day, slots, instants, fits), Board(len(slots))
    asking = np.flatnonzero(wishes.block >= 0)
    while len(asking):
        asking, wanted = wishes.next(asking)
        won, out = board.meet(asking, wanted, wishes.rank(asking, wanted))
        asking = np.concatenate([asking[~won], out])
    taken = np.flatnonzero(board.holder >= 0)
    place[board.holder[taken]] = taken
    return place


class _Wishes:
    """What each asker asks for next: the slot with the smallest luck of those that it has not asked for, first in its
    own block, then, on its last day, in one block more."""

    def __init__(self, askers: Askers, day: int, slots: Keys, instants: Ints | None, fits: Fits | None) -> None:
        self.fits = fits
        blocks = -(-len(slots) // BLOCK)
        own = askers.place // BLOCK
        block = own if own.max() < blocks else np.where(
            own < blocks, own, flip(rng.keys("follow-up", "block", count=int(own.max()) + 1), blocks)[own])
        last = askers.last == day
        self.count, self.instants = len(slots), instants
        self.latest = 0 if instants is None else int(instants.max())
        self.hashes = rng.hashes(slots, "slot")
        self.slots = np.zeros((blocks, BLOCK), dtype=np.uint32)
        self.slots.reshape(-1)[: len(slots)] = self.hashes >> np.uint64(32)
        self.limit = askers.limit
        self.keys = askers.key
        self.orders = (rng.hashes(self.keys, "follow-up", "order") >> np.uint64(32)).astype(np.uint32)
        self.block = np.where(last | (own < blocks), block, -1)  # -1: none
        self.other = np.where(last, block - 1, -1)
        self.luck = np.empty((askers.count, BLOCK), dtype=np.uint32)
        self._look(np.arange(askers.count))

    def _look(self, who: Ints) -> None:
        """The luck of the slots in the block of each."""
        for begin in range(0, len(who), PIECE):
            some = who[begin : begin + PIECE]
            block = self.block[some]
            luck = rng.paired(self.orders[some][:, None], self.slots[block])
            if self.count % BLOCK:
                luck[block == len(self.slots) - 1, self.count % BLOCK :] = NONE
            if self.instants is not None:
                late = np.flatnonzero(self.limit[some] < self.latest)
                starts = self.instants.take(block[late, None] * BLOCK + np.arange(BLOCK), mode="clip")
                luck[late] = np.where(starts > self.limit[some[late], None], NONE, luck[late])
            self.luck[some] = luck

    def next(self, who: Ints) -> tuple[Ints, Ints]:
        """(those who still have a wish, the places that they ask for)."""
        asking, wanted = [], []
        while len(who):
            best = self.luck.take(who, axis=0).argmin(axis=1)
            at, luck = who * BLOCK + best, self.luck.reshape(-1)
            some = luck[at] != NONE
            luck[at] = NONE
            places = self.block[who] * BLOCK + best
            if not some.all():
                self._go_on(who[~some])
            if self.fits is not None:
                some[some] = self.fits(who[some], places[some])
            asking.append(who[some])
            wanted.append(places[some])
            who = who[~some]
            who = who[self.block[who] >= 0]
        return np.concatenate(asking), np.concatenate(wanted)

    def _go_on(self, who: Ints) -> None:
        """To the block that is left, if any."""
        self.block[who], self.other[who] = self.other[who], -1
        self._look(who[self.block[who] >= 0])

    def rank(self, who: Ints, places: Ints) -> Keys:
        return rng.hashes(self.keys[who] ^ self.hashes[places], "follow-up", "rank")
