"""Engine -> the rows of the plan, chunk after chunk, in memory that does not grow with their number.

Two things go on side by side.  Days are settled in order: who calls, who follows whom, which flags come true; this
needs a window of as many days as the longest limit of a follow-up.  What is settled leaves the window in chunks, for
which all other fields are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler.plan import callers, engine, follow
from compiler.plan.engine import START_MS, Engine
from compiler.plan.follow import Fate
from compiler.plan.frame import Frame
from compiler.plan.order import AGENT, START
from compiler.plan.swell import joined
from compiler.plan.waves import Waves, fate_of, taken_of
from compiler.plan.window import Window
from compiler.rng import Keys


@dataclass(frozen=True)
class Block:
    """Consecutive rows with all their columns. `row`: the first of them in the period. `before[i]`: by how many rows
    the call that row i follows lies before it (0: it follows none), `first[i]` its key; `rule`, `wave`, `fates` as in
    follow.Links; `taken[field]`: where the field was taken over."""

    row: int
    frame: Frame
    before: NDArray[np.int64]
    first: Keys
    rule: NDArray[np.int8]
    wave: NDArray[np.int8]
    fates: dict[str, NDArray[np.int8]]
    taken: dict[str, NDArray[np.bool_]]

    def take(self, rows: slice) -> Block:
        """Some of the rows."""
        return Block(self.row + rows.start, self.frame.take(rows), self.before[rows], self.first[rows], self.rule[rows],
                     self.wave[rows], {flag: fate[rows] for flag, fate in self.fates.items()},
                     {name: mask[rows] for name, mask in self.taken.items()})


class Stream:
    """One way through the period. Every stream of one engine gives the same rows, wherever it begins and ends."""

    def __init__(self, made_with: Engine) -> None:
        self.engine = made_with
        self.window: Window = made_with.window()
        self.waves = Waves(made_with, self.window) if made_with.rules else None
        within = [rule.follow_up.within_seconds for rule in made_with.rules]
        self.span = max((follow.span_of(seconds) for seconds in within), default=0)

    def blocks(self, first_day: int, last_day: int) -> Iterator[Block]:
        """The rows of the days first..last, both in, in chunks; the last has the rest."""
        rows = self.engine.days.rows
        at, end = int(rows[first_day]), int(rows[last_day + 1])
        clashes = callers.Clashes() if START in self.engine.rest else None
        empty = at == end  # a plan without calls has all its columns too
        for settled in self._settle(last_day):
            ready = min(settled, end)
            while ready - at >= engine.CHUNK or (ready == end and (at < end or empty)):
                part = slice(at, min(at + engine.CHUNK, ready))
                block = self._block(part)
                if clashes is not None:
                    c = block.frame.columns
                    clashes.add(c["day"], c[START_MS], c[AGENT], c["customer"])
                yield block
                at, empty = part.stop, False
            self.window.drop(min(settled, at))
        if clashes is not None:
            clashes.end()

    # -------------------------------------------------------------------------------- settling

    def _settle(self, last_day: int) -> Iterator[int]:
        """After each batch of days: the row before which all is settled."""
        days = self.engine.days
        for batch in self._batches(min(last_day + self.span, days.count - 1)):
            rows = self.engine.append(self.window, joined([self.engine.calls(day) for day in batch]))
            for part in self.engine.pieces(rows) if self.engine.first else ():
                frame = self.engine.glance(self.window, part)
                self.engine.draw(self.engine.first, frame)
                self.engine.keep(self.window, part, frame, self.engine.first)
            if self.waves is None:
                self._customers(rows)
                yield rows.stop
                continue
            for day in batch:
                self.waves.day(day, slice(int(days.rows[day]), int(days.rows[day + 1])))
            if batch.stop == days.count:
                self.waves.end()
                yield rows.stop
            else:
                yield int(days.rows[max(0, batch.stop - self.span)])

    def _batches(self, last_day: int) -> Iterator[range]:
        """Days that are drawn together: so many as a chunk holds, at least one."""
        days, first = self.engine.days, 0
        for day in range(last_day + 1):
            if day == last_day or days.rows[day + 2] - days.rows[first] > engine.CHUNK:
                yield range(first, day + 1)
                first = day + 1

    def _customers(self, rows: slice) -> None:
        """Without follow-ups: whole days at once."""
        window, swell = self.window, self.engine.swell
        together = None
        if self.engine.first:
            day, start_ms = window.get("day", rows), window.get(START_MS, rows)
            together = day * 86_400 + start_ms // 1000, window.get(AGENT, rows)
        fits = None
        if swell is not None:
            fits = lambda places, customers: swell.fits(  # noqa: E731  # as short as what it says
                self.engine.rows(window, places + rows.start), customers)
        customer = callers.of_all(window.get("who", rows), self.engine.people.count, together, fits)
        window.put("customer", rows, customer + 1)  # held one higher, so that 0 is nobody

    # -------------------------------------------------------------------------------- what is settled

    def _block(self, rows: slice) -> Block:
        window, frame = self.window, self.engine.frame(self.window, rows)
        zero = np.zeros(frame.count, dtype=np.int64)
        state = {name: window.get(name, rows) if name in window else zero for name in ("before", "rule", "wave")}
        first = window.get("first", rows) if "first" in window else zero.astype(np.uint64)
        fates = {rule.flag: window.get(fate_of(rule.flag), rows) for rule in self.engine.rules}
        names = sorted({name for rule in self.engine.rules for name in rule.fields})
        taken = {name: window.get(taken_of(name), rows) for name in names}
        for flag, fate in fates.items():
            frame.columns[flag] = fate == Fate.MADE  # from here on the flag says what is in the plan
        self.engine.draw(self.engine.rest, frame)
        rule = np.where(state["before"] > 0, state["rule"], -1).astype(np.int8)
        return Block(rows.start, frame, state["before"], first, rule, state["wave"].astype(np.int8), fates, taken)
