"""Day after day: who follows up whom, who the other callers are, and what has to be known to see who calls again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler.plan import follow
from compiler.plan.callers import Free
from compiler.plan.follow import Askers, Fate
from compiler.plan.frame import Frame
from compiler.plan.match import Fits, match
from compiler.plan.rules import Rule, rules_of
from compiler.plan.settle import Ints

if TYPE_CHECKING:
    from compiler.plan.engine import Engine
    from compiler.plan.window import Window


@dataclass(frozen=True)
class Given:
    """What some rows take over from the calls that they follow: `values[i]` for row `rows[i]`; `mask` says where the
    field exists, None where it always does."""

    rows: Ints
    values: NDArray[Any]
    mask: NDArray[np.bool_] | None

    def within(self, part: slice) -> Given:
        """Those of some of the rows, counted from the first of these."""
        on = (self.rows >= part.start) & (self.rows < part.stop)
        return Given(self.rows[on] - part.start, self.values[on], None if self.mask is None else self.mask[on])


__all__ = ["Given", "Rule", "Waves", "fate_of", "rules_of", "taken_of"]


def fate_of(flag: str) -> str:
    """The name of the column that says what became of the flag."""
    return f"{flag}:fate"


def taken_of(name: str) -> str:
    """The name of the column that says where the field was taken over."""
    return f"{name}:taken"


class Waves:
    """The follow-ups of all flags, settled one day at a time in the window."""

    def __init__(self, engine: Engine, window: Window) -> None:
        self.engine, self.window, self.rules = engine, window, engine.rules
        span = max(follow.span_of(rule.follow_up.within_seconds) for rule in self.rules)
        self.free, self.span = Free(engine.people.count, span), span
        self.waiting: dict[int, list[Askers]] = {}
        self.begun = False

    def day(self, day: int, rows: slice) -> None:
        """Settles the day; its rows are in the window, with what is drawn before customers are known."""
        given = self._link(day, rows)
        customer = self.window.get("customer", rows) - 1  # held one higher, so that 0 is nobody
        fits = self._may_have(rows) if self.engine.swell is not None else None
        said = self.engine.days.day(day)
        self.engine.meet(self.window, rows, self.free.of_day(self.window.look("who", rows), customer, said, fits))
        for part in self.engine.pieces(rows) if rows.start < rows.stop or not self.begun else ():
            self.begun = True
            frame = self.engine.glance(self.window, part, self.engine.by_day)
            self.engine.draw(self.engine.daily, frame, {name: one.within(part) for name, one in given.items()})
            self.engine.keep(self.window, part, frame, self.engine.daily)
            for number in range(len(self.rules)):
                self._flagged(day, part, frame, number)

    def end(self) -> None:
        """The period is over: nobody who still waits calls again."""
        for several in self.waiting.values():
            self._say(follow.joined(several), Fate.CUT_OFF)

    def _say(self, askers: Askers, fate: Fate) -> None:
        for number, rule in enumerate(self.rules):
            self.window.put(fate_of(rule.flag), askers.row[askers.rule == number], int(fate))

    # -------------------------------------------------------------------------------- who calls again today

    def _link(self, day: int, rows: slice) -> dict[str, Given]:
        """Settles who calls again on this day; gives what the follow-ups take over, by field."""
        several = self.waiting.pop(day, [])
        if not several:
            return {}
        today = follow.joined(several)
        slots = self.window.look("who", rows)
        instants = None
        if self.engine.clocks is not None:
            instants = self.engine.clocks.instants(day, self.window.look("start_ms", rows))
        fits = self._may_follow(today, rows) if self.engine.swell is not None else None
        found = match(today, day, slots, instants, fits)
        refused = today.take(found < 0)
        self._say(refused.take(refused.last == day), Fate.UNPLACED)
        self._wait(refused.take(refused.last > day).after(day))
        made = np.flatnonzero(found >= 0)
        return self._join(today.take(made), found[made] + rows.start)

    def _wait(self, askers: Askers) -> None:
        target = askers.target
        for day in range(int(target.min()), int(target.max()) + 1) if len(target) else ():
            on = np.flatnonzero(target == day)
            if len(on):
                self.waiting.setdefault(day, []).append(askers.take(on))

    def _join(self, askers: Askers, later: Ints) -> dict[str, Given]:
        """The later calls follow the askers: their customers, and the fields under `same`."""
        first, window = askers.row, self.window
        self._say(askers, Fate.MADE)
        same = window.get("rule", first) == askers.rule
        window.put("wave", later, np.where(same, window.get("wave", first), 0) + 1)
        window.put("rule", later, askers.rule)
        window.put("before", later, later - first)
        window.put("first", later, window.get("who", first))
        window.put("customer", later, window.get("customer", first))
        given = {}
        before = self.engine.glance(window, first, self.engine.by_links)
        for name, holds in self._takes(before, askers.rule).items():
            window.put(taken_of(name), later[holds], True)
            mask = before.masks.get(name)
            given[name] = Given(later[holds], before.columns[name][holds], None if mask is None else mask[holds])
        return given

    def _takes(self, before: Frame, numbers: Ints) -> dict[str, NDArray[np.bool_]]:
        """field -> which of the askers (whose rows are `before`) hand it on."""
        found: dict[str, NDArray[np.bool_]] = {}
        for number, rule in enumerate(self.rules):
            for fields, guard in rule.same:
                holds = np.broadcast_to(np.asarray(guard(before)), numbers.shape) & (numbers == number)
                for name in fields:
                    found[name] = found.get(name, np.zeros(len(numbers), dtype=bool)) | holds
        return found

    # -------------------------------------------------------------------------------- what events want of a call

    def _may_follow(self, askers: Askers, rows: slice) -> Fits:
        """Whether a call may follow the asker: what an event must be of it, it is with the asker's customer too."""
        assert self.engine.swell is not None
        swell, before = self.engine.swell, self.engine.frame(self.window, askers.row)
        takes = self._takes(before, askers.rule)

        def fits(numbers: Ints, places: Ints) -> NDArray[np.bool_]:
            given = {name: (where[numbers], before.columns[name][numbers]) for name, where in takes.items()}
            called = self.engine.rows(self.window, places + rows.start)
            return swell.fits(called, before.columns["customer"][numbers], given)

        return fits

    def _may_have(self, rows: slice) -> Fits:
        assert self.engine.swell is not None
        swell = self.engine.swell
        return lambda places, customers: swell.fits(self.engine.rows(self.window, places + rows.start), customers)

    # -------------------------------------------------------------------------------- who is to call again

    def _flagged(self, day: int, part: slice, frame: Frame, number: int) -> None:
        """The calls of the day whose flag was drawn true: those who may still call again wait for their day."""
        rule, within = self.rules[number], self.rules[number].follow_up.within_seconds
        drawn = np.flatnonzero(frame.columns[rule.flag])
        wanted = drawn + part.start
        window, fate = self.window, fate_of(rule.flag)
        waves = np.where(window.get("rule", wanted) == number, window.get("wave", wanted), 0)
        last = waves >= rule.follow_up.at_most
        window.put(fate, wanted, np.where(last, int(Fate.LAST_WAVE), int(Fate.WAITING)))
        drawn, wanted = drawn[~last], wanted[~last]
        key = follow.keyed(frame.who[drawn], rule.flag)
        time = limit = np.zeros(len(wanted), dtype=np.int64)
        if self.engine.clocks is not None:
            time = frame.columns["start_ms"][drawn]
            limit = self.engine.clocks.instants(day, time) + int(within * 1000.0 // 1)
        days = follow.ask_days(key, day, time, within, self.engine.clocks is None)
        askers = follow.askers(wanted, window.look("place", wanted), limit, number, key, days, self.span)
        nowhere = askers.last < 0
        if nowhere.any():
            self._say(askers.take(nowhere), Fate.UNPLACED)
            askers = askers.take(~nowhere)
        self._wait(askers)
