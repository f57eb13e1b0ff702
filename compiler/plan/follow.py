"""Follow-ups: a flag that says "the customer contacts us again within 72 h" is made real. There may be several such
flags, each with its own limit of time and of waves; a call has a follow-up of its own for each that is true.

Each flagged call has its lags (1, 2, ... days) in a keyed order, in which a day that lies only partly within the time
limit comes first more seldom, by the part of it that does.  It asks for a slot on the day of its first lag, among the
calls of its own block there (n // 16) in keyed order; on the day of its last lag, when its own block has no slot for
it, among those of the block below too.  Where the day has no such block (a Sunday after a Friday), a consistent hash
(flip.py) gives it one, so that more calls a day move few; it asks for it, and the one below, on its last lag only.  On
each day the askers are settled at once by deferred acceptance; who gets no slot goes on to the next lag that is still
to come.  So the links into a day depend on earlier days only, and a longer period displaces none.  A lag beyond the
period makes the flag false (`cut_off`), and so does running out of lags (`unplaced`), and a call that is the last
allowed wave (`last_wave`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.flip import flip
from compiler.plan.settle import Board, Ints
from compiler.rng import Floats, Keys

Fits = Callable[[Ints, Ints], NDArray[np.bool_]]
BLOCK = 16
DAY_MS = 86_400_000
PIECE = 1024  # askers at a time
NEVER = np.uint32(2**32 - 1)

PLAIN = "repeat_call_within_72h"  # the flag whose draws have names without it


class Fate(IntEnum):
    """What became of a flag that comes true by a later call."""

    FALSE = 0  # drawn false
    MADE = 1
    CUT_OFF = 2
    UNPLACED = 3
    LAST_WAVE = 4
    WAITING = 5  # its day is still to come


def asker(span: int) -> np.dtype[Any]:
    """A flagged call that waits for its follow-up: its row, its day, its place among the calls of the day, the end of
    its limit of time (UTC milliseconds), the number of its flag, the key of its draws, the lags that it still asks at,
    one after the other, then zeros. `span`: the largest lag."""
    return np.dtype([("row", "i8"), ("day", "i8"), ("place", "i8"), ("limit", "i8"), ("rule", "i8"), ("key", "u8"),
                     ("lags", "i2", (span + 1,))])


@dataclass(frozen=True)
class Askers:
    """Flagged calls that wait for their follow-up, an entry of the type `asker` each."""

    entries: NDArray[Any]

    @property
    def count(self) -> int:
        return len(self.entries)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """One column of all."""
        found: NDArray[Any] = self.entries[name]
        return found

    @property
    def target(self) -> Ints:
        """The day on which each asks next."""
        return np.asarray(self["day"] + self["lags"][:, 0])

    @property
    def last(self) -> NDArray[np.bool_]:
        """Whether each is at its last lag."""
        return np.asarray(self["lags"][:, 1] == 0)

    def take(self, which: Ints | NDArray[np.bool_]) -> Askers:
        return Askers(self.entries[which])

    def later(self) -> Askers:
        """The same at their next lags."""
        entries = self.entries.copy()
        entries["lags"][:, :-1] = self["lags"][:, 1:]
        return Askers(entries)


def joined(several: Sequence[Askers]) -> Askers:
    return several[0] if len(several) == 1 else Askers(np.concatenate([askers.entries for askers in several]))


@dataclass
class Links:
    """`follows[row]` is the row of the call that this one follows, or -1; `rule[row]` the number of the flag that made
    it follow; `wave[row]` how many calls of that flag stand before it, 0 for a first contact. `fates[number][row]` is
    what became of the flag with that number."""

    follows: Ints
    wave: NDArray[np.int8]
    rule: NDArray[np.int8]
    flags: tuple[str, ...] = ()
    fates: tuple[NDArray[np.int8], ...] = field(default=())

    def waves(self, rule: int) -> Ints:
        """How many calls of that flag stand before each call."""
        return np.where(self.rule == rule, self.wave, 0).astype(np.int64)

    @property
    def made(self) -> list[int]:
        """The rows of flagged calls that have their follow-up, once for each flag; and so on."""
        return self._rows(Fate.MADE)

    @property
    def cut_off(self) -> list[int]:
        return self._rows(Fate.CUT_OFF)

    @property
    def unplaced(self) -> list[int]:
        return self._rows(Fate.UNPLACED)

    @property
    def last_wave(self) -> list[int]:
        return self._rows(Fate.LAST_WAVE)

    def _rows(self, what: Fate) -> list[int]:
        return [row for fate in self.fates for row in np.flatnonzero(fate == what).tolist()]


def keyed(who: Keys, flag: str) -> Keys:
    """The keys of a flag's draws: two flags of one call ask independently."""
    return who if flag == PLAIN else rng.hashes(who, "follow-up of", flag)


def span_of(within_seconds: float) -> int:
    """The largest number of days by which a follow-up may come later."""
    return max(1, -int(-within_seconds // 86_400))


def lag_orders(who: Keys, time_ms: Ints, within_seconds: float, whole_days_only: bool) -> list[tuple[int, ...]]:
    """For each flagged call its lags in keyed order, a race weighted by the part of that day within the limit."""
    return [tuple(lag for lag in lags if lag)
            for lags in _lags(who, time_ms, within_seconds, whole_days_only).tolist()]


def lag_chains(who: Keys, time_ms: Ints, within_seconds: float, whole_days_only: bool) -> NDArray[np.int16]:
    """Call x turn: the lags at which each flagged call asks, zeros after them: after a refusal only later days of the
    keyed order are left."""
    lags = _lags(who, time_ms, within_seconds, whole_days_only)
    chains = np.zeros((len(who), lags.shape[1] + 1), dtype=np.int16)  # a zero at the end: there is always a next
    rows = np.arange(len(who))
    reached = turn = np.zeros(len(who), dtype=np.int64)
    for at in range(lags.shape[1]):
        on = lags[:, at] > reached
        chains[rows[on], turn[on]] = lags[on, at]
        reached = np.maximum(reached, lags[:, at])
        turn = turn + on
    return chains


def _lags(who: Keys, time_ms: Ints, within_seconds: float, whole_days_only: bool) -> Ints:
    """Call x place: the lags in keyed order, 0 for one that is out of the question."""
    span = span_of(within_seconds)
    lags = np.arange(1, span + 1)
    part: Floats = (within_seconds * 1000.0 + time_ms[:, None] - lags * DAY_MS) / DAY_MS
    part = np.clip(part, 0.0, 1.0)
    if whole_days_only:
        part = np.where((part < 1.0) & ((lags + 1) * 86_400 > within_seconds), 0.0, part)
    luck = rng.neglog(np.stack([rng.uniforms(who, "follow-up", "lag", lag) for lag in lags.tolist()], axis=1))
    board = np.divide(luck, part, out=np.full(luck.shape, np.inf), where=part > 0)
    order = np.argsort(board, axis=1, kind="stable")
    return np.where(np.isinf(np.take_along_axis(board, order, axis=1)), 0, order + 1)


def match(askers: Askers, slots: Keys, instants: Ints | None, fits: Fits | None = None) -> Ints:
    """The askers of one day -> the place of each one's slot among the calls of the day, -1 for none. `slots` are the
    keys of the day's calls, `instants` their starts (UTC milliseconds; None where these depend on the customer).
    `fits(askers' numbers, places)`: whether the call may be the follow-up of the asker."""
    place = np.full(askers.count, -1, dtype=np.int64)
    if not askers.count or not len(slots):
        return place
    wishes, board = _Wishes(askers, slots, instants, fits), Board(len(slots))
    asking = np.flatnonzero(wishes.block >= 0)
    while len(asking):
        asking, wanted = wishes.next(asking)
        taken, out = board.meet(asking, wanted, wishes.rank(asking, wanted))
        place[out] = -1
        place[asking[taken]] = wanted[taken]
        asking = np.concatenate([asking[~taken], out])
    return place


class _Wishes:
    """What each asker asks for next: the free slot with the smallest luck above that of the one before, first in its
    own block, then, on its last day, in one block more."""

    def __init__(self, askers: Askers, slots: Keys, instants: Ints | None, fits: Fits | None) -> None:
        self.fits = fits
        blocks = -(-len(slots) // BLOCK)
        own = askers["place"] // BLOCK
        here, last = own < blocks, askers.last
        block = own
        if not here.all():
            block = np.where(here, own, flip(rng.keys("follow-up", "block", count=int(own.max()) + 1), blocks)[own])
        self.hashes = rng.hashes(slots, "slot")
        self.slots = _in_blocks(_upper(self.hashes), blocks, 0)
        self.starts = _in_blocks(np.zeros(len(slots), dtype=np.int64) if instants is None else instants, blocks, 2**62)
        self.limit = askers["limit"] if instants is not None else np.zeros(askers.count, dtype=np.int64)
        self.keys = askers["key"].copy()
        self.orders = _upper(rng.hashes(self.keys, "follow-up", "order"))
        self.latest = self.starts.max(axis=1)  # of each block
        self.block = np.where(here | last, block, -1)  # -1: none
        self.other = np.where(last, block - 1, -1)
        self.least = np.zeros(askers.count, dtype=np.uint32)

    def next(self, who: Ints) -> tuple[Ints, Ints]:
        """(those who still have a wish, the places that they ask for)."""
        asking, wanted = [], []
        while len(who):
            found = np.concatenate([self._next(who[begin : begin + PIECE]) for begin in range(0, len(who), PIECE)])
            some = found >= 0
            spent = who[~some]
            self.block[spent], self.other[spent] = self.other[spent], -1  # to the block that is left, if any
            if self.fits is not None:
                some[some] = self.fits(who[some], found[some])
            asking.append(who[some])
            wanted.append(found[some])
            who = who[~some]
            who = who[self.block[who] >= 0]
        return np.concatenate(asking), np.concatenate(wanted)

    def _next(self, who: Ints) -> Ints:
        """The place with the smallest luck of those that are left in the block of each, -1 for none."""
        block, limit, least = self.block[who], self.limit[who], self.least[who]
        luck = rng.paired(self.orders[who][:, None], self.slots[block])
        if least.any():
            luck[luck < least[:, None]] = NEVER
        late = np.flatnonzero(self.latest[block] > limit)
        if len(late):
            luck[late] = np.where(self.starts[block[late]] > limit[late][:, None], NEVER, luck[late])
        best = luck.argmin(axis=1)
        smallest = luck[np.arange(len(who)), best]
        some = smallest != NEVER
        self.least[who] = np.where(some, smallest + np.uint32(1), np.uint32(0))
        return np.where(some, block * BLOCK + best, -1)

    def rank(self, who: Ints, places: Ints) -> Keys:
        return rng.hashes(self.keys[who] ^ self.hashes[places], "follow-up", "rank")


def _upper(hashes: Keys) -> rng.Halves:
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _in_blocks(values: NDArray[Any], blocks: int, rest: int) -> NDArray[Any]:
    """Block x place, filled up with `rest`."""
    padded = np.full(blocks * BLOCK, rest, dtype=values.dtype)
    padded[: len(values)] = values
    return padded.reshape(blocks, BLOCK)
