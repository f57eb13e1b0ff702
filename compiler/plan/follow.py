"""Follow-ups: a flag that says "the customer contacts us again within 72 h" is made real. There may be several such
flags, each with its own limit of time and of waves; a call has a follow-up of its own for each that is true.

Each flagged call has its lags (1, 2, ... days) in a keyed order, in which a day that lies only partly within the time
limit comes first more seldom, by the part of it that does.  It asks for a slot on the day of its first lag, among the
calls of its own block there (n // 16) in keyed order; on the day of its last lag, when its own block has no slot for
it, among those of the block below too.  Where the day has no such block (a Sunday after a Friday), a jump hash gives it
one, so that more calls a day move few; it asks for it, and the one below, on its last lag only.  On each day the askers
are settled at once by deferred acceptance; who gets no slot goes on to the next lag that is still to come.  So the
links into a day depend on earlier days only, and a longer period displaces none.  A lag beyond the period makes the
flag false (`cut_off`), and so does running out of lags (`unplaced`), and a call that is the last allowed wave
(`last_wave`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.settle import GIVES_UP, SKIPS, Ints, jump, settle
from compiler.rng import Floats, Keys

Fits = Callable[[Ints, Ints], NDArray[np.bool_]]
BLOCK = 16
DAY_MS = 86_400_000
PIECE = 2048  # askers at a time

PLAIN = "repeat_call_within_72h"  # the flag whose draws have names without it


class Fate(IntEnum):
    """What became of a flag that comes true by a later call."""

    FALSE = 0  # drawn false
    MADE = 1
    CUT_OFF = 2
    UNPLACED = 3
    LAST_WAVE = 4
    WAITING = 5  # its day is still to come


@dataclass(frozen=True)
class Askers:
    """Flagged calls that wait for their follow-up, in columns: the row, its day, its place among the calls of the day,
    its start (UTC milliseconds), the limit of time (milliseconds), the number of its flag, the key of its draws.
    `lags` has the lags that it asks at, one after the other, then zeros; `turn` is the number of the one it is at."""

    row: Ints
    day: Ints
    place: Ints
    instant: Ints
    within: Ints
    rule: Ints
    key: Keys
    lags: NDArray[np.int16]
    turn: Ints

    @property
    def count(self) -> int:
        return len(self.row)

    @property
    def target(self) -> Ints:
        """The day on which each asks next."""
        return self.day + self._lag(self.turn)

    @property
    def last(self) -> NDArray[np.bool_]:
        """Whether each is at its last lag."""
        return np.asarray(self._lag(self.turn + 1) == 0)

    def _lag(self, turn: Ints) -> Ints:
        return self.lags[np.arange(self.count), turn].astype(np.int64)

    def take(self, which: Ints | NDArray[np.bool_]) -> Askers:
        return Askers(*(getattr(self, f.name)[which] for f in fields(self)))

    def later(self) -> Askers:
        """The same at their next lags."""
        return replace(self, turn=self.turn + 1)


def joined(several: Sequence[Askers]) -> Askers:
    if len(several) == 1:
        return several[0]
    width = max(askers.lags.shape[1] for askers in several)
    lags = [np.pad(askers.lags, ((0, 0), (0, width - askers.lags.shape[1]))) for askers in several]
    columns = {f.name: np.concatenate([getattr(askers, f.name) for askers in several])
               for f in fields(Askers) if f.name != "lags"}
    return Askers(**columns, lags=np.concatenate(lags))


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
    chains = np.zeros((len(who), lags.shape[1] + 2), dtype=np.int16)  # zeros at the end: there is always a next
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
    board = np.full((len(who), span), np.inf)
    for lag in range(1, span + 1):
        part: Floats = (within_seconds * 1000.0 + time_ms - lag * DAY_MS) / DAY_MS
        part = np.clip(part, 0.0, 1.0)
        if whole_days_only:
            part = np.where(part < 1.0, 0.0, 1.0) if (lag + 1) * 86_400 > within_seconds else part
        luck = rng.neglog(rng.uniforms(who, "follow-up", "lag", lag))
        board[:, lag - 1] = np.divide(luck, part, out=np.full(len(who), np.inf), where=part > 0)
    order = np.argsort(board, axis=1, kind="stable")
    return np.where(np.isinf(np.take_along_axis(board, order, axis=1)), 0, order + 1)


def match(askers: Askers, slots: Keys, instants: Ints | None, fits: Fits | None = None) -> Ints:
    """The askers of one day -> the place of each one's slot among the calls of the day, -1 for none. `slots` are the
    keys of the day's calls, `instants` their starts (UTC milliseconds; None where these depend on the customer).
    `fits(askers' numbers, places)`: whether the call may be the follow-up of the asker."""
    if not askers.count or not len(slots):
        return np.full(askers.count, -1, dtype=np.int64)
    wishes = _Wishes(askers, slots, instants, fits)
    return settle(askers.count, wishes.next, wishes.rank, board=np.full(len(slots), -1, dtype=np.int64))


class _Wishes:
    """What each asker asks for next: the free slot with the smallest luck above that of the one before, first in its
    own block, then, on its last day, in one block more."""

    def __init__(self, askers: Askers, slots: Keys, instants: Ints | None, fits: Fits | None) -> None:
        self.askers, self.fits = askers, fits
        blocks = -(-len(slots) // BLOCK)
        self.hashes = _in_blocks(rng.hashes(slots, "slot"), blocks, 0)
        self.starts = _in_blocks(np.zeros(len(slots), dtype=np.int64) if instants is None else instants, blocks, 2**62)
        self.limit = askers.instant + askers.within if instants is not None else np.zeros(askers.count, dtype=np.int64)
        own = askers.place // BLOCK
        here, last = own < blocks, askers.last
        block = np.where(here, own, jump(rng.keys("follow-up", "block", count=int(own.max()) + 1), blocks)[own])
        self.block = np.where(here | last, block, -1)  # -1: none
        self.other = np.where(last, block - 1, -1)
        self.least = np.zeros(askers.count, dtype=np.uint64)

    def next(self, who: Ints, attempts: Ints) -> Ints:
        del attempts  # `least` and `block` say how far each has come
        return np.concatenate([self._next(who[begin : begin + PIECE]) for begin in range(0, len(who), PIECE)])

    def _next(self, who: Ints) -> Ints:
        block = self.block[who]
        luck = rng.hashes(self.askers.key[who][:, None] ^ self.hashes[block], "follow-up", "order")
        there = self.starts[block] <= self.limit[who][:, None]
        there &= (luck >= self.least[who][:, None]) & (block >= 0)[:, None]
        luck = np.where(there, luck, np.uint64(2**64 - 1))
        best = luck.argmin(axis=1)
        rows = np.arange(len(who))
        some = there[rows, best]
        self.least[who] = np.where(some, luck[rows, best] + np.uint64(1), np.uint64(0))
        found = np.where(some, block * BLOCK + best, SKIPS)
        if not some.all():
            self._move_on(who[~some])
            found[~some & (self.block[who] < 0)] = GIVES_UP
        return found if self.fits is None else self._fitting(who, found)

    def _move_on(self, who: Ints) -> None:
        """To the block that is left, if any."""
        self.block[who] = self.other[who]
        self.other[who] = -1

    def _fitting(self, who: Ints, found: Ints) -> Ints:
        assert self.fits is not None
        asked = np.flatnonzero(found >= 0)
        found[asked[~self.fits(who[asked], found[asked])]] = SKIPS
        return found

    def rank(self, who: Ints, places: Ints) -> Keys:
        return rng.hashes(self.askers.key[who] ^ self.hashes.reshape(-1)[places], "follow-up", "rank")


def _in_blocks(values: NDArray[Any], blocks: int, rest: int) -> NDArray[Any]:
    """Block x place, filled up with `rest`."""
    padded = np.full(blocks * BLOCK, rest, dtype=values.dtype)
    padded[: len(values)] = values
    return padded.reshape(blocks, BLOCK)
