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

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.settle import GIVES_UP, Ints, jump, settle
from compiler.rng import Floats, Keys

Fits = Callable[[Ints, Ints], NDArray[np.bool_]]
BLOCK = 16
DAY_MS = 86_400_000


PLAIN = "repeat_call_within_72h"  # the flag whose draws have names without it


@dataclass(frozen=True)
class Asker:
    """A flagged call that waits for its follow-up: its row, its identity (day, n), the lags left, in its order; the
    number of its flag, the key of its draws and the limit of time."""

    row: int
    day: int
    n: int
    lags: tuple[int, ...]
    rule: int = 0
    key: int = 0
    within: float = 0.0

    @property
    def target(self) -> int:
        """The day on which it asks next."""
        return self.day + self.lags[0]

    def later(self) -> Asker:
        """The same, with the lags that are still to come after a refusal."""
        return replace(self, lags=tuple(lag for lag in self.lags[1:] if lag > self.lags[0]))


@dataclass
class Links:
    """`follows[row]` is the row of the call that this one follows, or -1; `rule[row]` the number of the flag that made
    it follow; `wave[row]` how many calls of that flag stand before it, 0 for a first contact. The lists are rows of
    flagged calls, `made_by` those with a follow-up by the number of the flag."""

    follows: Ints
    wave: Ints
    rule: Ints
    flags: tuple[str, ...] = ()
    cut_off: list[int] = field(default_factory=list)
    unplaced: list[int] = field(default_factory=list)
    last_wave: list[int] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    made_by: dict[int, list[int]] = field(default_factory=dict)

    def waves(self, rule: int) -> Ints:
        """How many calls of that flag stand before each call."""
        return np.where(self.rule == rule, self.wave, 0)


def keyed(who: Keys, flag: str) -> Keys:
    """The keys of a flag's draws: two flags of one call ask independently."""
    return who if flag == PLAIN else rng.hashes(who, "follow-up of", flag)


def span_of(within_seconds: float) -> int:
    """The largest number of days by which a follow-up may come later."""
    return max(1, -int(-within_seconds // 86_400))


def lag_orders(
    who: Keys, time_ms: NDArray[np.int64], within_seconds: float, whole_days_only: bool
) -> list[tuple[int, ...]]:
    """For each flagged call its lags in keyed order, a race weighted by the part of that day within the limit."""
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
    counts = (~np.isinf(board)).sum(axis=1).tolist()
    return [tuple(lag + 1 for lag in lags[:count]) for lags, count in zip(order.tolist(), counts, strict=True)]


def match(
    askers: list[Asker], who: Keys, instants: NDArray[np.int64] | None, slots: slice, fits: Fits | None = None
) -> list[tuple[int, int]]:
    """The askers of one day -> (asker's place in the list, row of the slot). `who` and `instants` (UTC milliseconds,
    None where start times depend on the customer) are columns of the whole plan, `slots` the rows of the day.
    `fits(askers' places, rows)`: whether the row may be the follow-up of the asker."""
    if not askers or slots.start == slots.stop:
        return []
    rows = np.array([asker.row for asker in askers])
    targets, there = _candidates(askers, slots)
    if instants is not None:
        within = np.array([asker.within for asker in askers])
        there &= instants[targets] - instants[rows][:, None] <= within[:, None] * 1000.0
    if fits is not None:
        pairs = np.nonzero(there)
        there[pairs] &= fits(pairs[0], targets[pairs])
    own = np.array([asker.key for asker in askers], dtype=np.uint64)
    luck = rng.hashes(own[:, None] ^ rng.hashes(who[targets], "slot"), "follow-up", "order")
    other = np.broadcast_to(np.arange(targets.shape[1]) >= BLOCK, targets.shape)
    order = np.lexsort((luck, other, ~there), axis=1)
    counts = there.sum(axis=1)

    def wish(who_asks: Ints, attempts: Ints) -> Ints:
        best = order[who_asks, np.minimum(attempts, order.shape[1] - 1)]
        return np.where(attempts < counts[who_asks], targets[who_asks, best], GIVES_UP)

    def rank(who_asks: Ints, places: Ints) -> NDArray[np.uint64]:
        return rng.hashes(own[who_asks] ^ rng.hashes(who[places], "slot"), "follow-up", "rank")

    found = settle(len(askers), wish, rank)
    return [(i, int(place)) for i, place in enumerate(found) if place >= 0]


def _candidates(askers: list[Asker], slots: slice) -> tuple[Ints, NDArray[np.bool_]]:
    """Asker x slot: the rows that each may ask for, and which of them there are."""
    own = np.array([asker.n // BLOCK for asker in askers])
    last = np.array([not asker.later().lags for asker in askers])
    blocks = max(1, -(-(slots.stop - slots.start) // BLOCK))
    here = own < blocks
    block = np.where(here, own, jump(rng.keys("follow-up", "block", count=int(own.max()) + 1), blocks)[own])
    steps = np.arange(BLOCK * 2)
    candidates = (block[:, None] - steps // BLOCK) * BLOCK + steps % BLOCK
    there = (candidates >= 0) & (candidates < slots.stop - slots.start)
    there &= last[:, None] | ((steps < BLOCK) & here[:, None])
    return np.where(there, candidates, 0) + slots.start, there
