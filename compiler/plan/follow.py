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

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.settle import Ints
from compiler.rng import Floats, Keys

DAY_MS = 86_400_000
NEVER = 2**62  # no day
DAYS = 6  # of the table of Askers: where the days begin

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
    """Flagged calls that wait for their follow-up. `table`, what x asker: the row, its place among the calls of its
    day, the end of its limit of time (UTC milliseconds), the number of its flag, the key of its draws, the last day on
    which it asks (-1: none), then for each lag the day on which it still asks, NEVER for none."""

    table: Ints

    @property
    def count(self) -> int:
        return int(self.table.shape[1])

    @property
    def row(self) -> Ints:
        return self._line(0)

    @property
    def place(self) -> Ints:
        return self._line(1)

    @property
    def limit(self) -> Ints:
        return self._line(2)

    @property
    def rule(self) -> Ints:
        return self._line(3)

    @property
    def key(self) -> Keys:
        return self._line(4).view(np.uint64)

    @property
    def last(self) -> Ints:
        return self._line(5)

    def _line(self, number: int) -> Ints:
        line: Ints = self.table[number]
        return line

    @property
    def target(self) -> Ints:
        """The day on which each asks next."""
        days: Ints = self.table[DAYS:].min(axis=0)
        return days

    def take(self, which: Ints | NDArray[np.bool_]) -> Askers:
        return Askers(self.table.take(which if which.dtype != bool else np.flatnonzero(which), axis=1))

    def after(self, day: int) -> Askers:
        """The same when they have asked on that day in vain."""
        table = self.table.copy()
        table[DAYS:][table[DAYS:] == day] = NEVER
        return Askers(table)


def askers(rows: Ints, place: Ints, limit: Ints | int, rule: int, key: Keys, days: Ints, span: int) -> Askers:
    """`days` as from ask_days; `span`: the largest lag of all flags."""
    table = np.full((DAYS + span, len(rows)), NEVER, dtype=np.int64)
    table[0], table[1], table[2], table[3], table[4] = rows, place, limit, rule, key.view(np.int64)
    table[DAYS : DAYS + len(days)] = days
    table[5] = np.where(days < NEVER, days, -1).max(axis=0)
    return Askers(table)


def joined(several: Sequence[Askers]) -> Askers:
    return several[0] if len(several) == 1 else Askers(np.concatenate([askers.table for askers in several], axis=1))


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
    board = _race(who, time_ms, within_seconds, whole_days_only)
    order = np.argsort(board, axis=0, kind="stable")
    return [tuple(lag + 1 for lag in lags if board[lag, i] < np.inf) for i, lags in enumerate(order.T.tolist())]


def ask_days(who: Keys, day: int, time_ms: Ints, within_seconds: float, whole_days_only: bool) -> Ints:
    """Lag x flagged call of the day: on which day each asks, NEVER where it does not: after a refusal only later days
    of the keyed order are left, so it asks at a lag that comes before all longer ones in that order."""
    board = _race(who, time_ms, within_seconds, whole_days_only)
    days = np.full(board.shape, NEVER)
    least = np.full(len(who), np.inf)
    for lag in range(len(board), 0, -1):
        times = board[lag - 1]
        days[lag - 1, (times <= least) & (times < np.inf)] = day + lag
        least = np.minimum(least, times)
    return days


def _race(who: Keys, time_ms: Ints, within_seconds: float, whole_days_only: bool) -> Floats:
    """Lag x flagged call: the time of each lag in the race for the place in front, infinite for one that is out of the
    question."""
    names = [rng.key("follow-up", "lag", lag) for lag in range(1, span_of(within_seconds) + 1)]
    salts = np.array(names, dtype=np.uint64) ^ np.uint64(names[0])
    times = rng.neglog(rng.uniforms(who ^ salts[:, None], "follow-up", "lag", 1))
    for lag, time in enumerate(times, 1):
        if (lag + 1) * DAY_MS <= within_seconds * 1000.0:
            continue  # the whole day lies within the limit
        part: Floats = (within_seconds * 1000.0 + time_ms - lag * DAY_MS) / DAY_MS
        some = part >= 1.0 if whole_days_only else part > 0.0
        time[:] = np.divide(time, np.minimum(part, 1.0), out=np.full(len(who), np.inf), where=some)
    return times
