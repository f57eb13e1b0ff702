"""Day after day: who follows up whom, who the other callers are, and what has to be known to see who calls again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan import callers, follow
from compiler.plan.clocks import instants_of
from compiler.plan.expr import Formula, names, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.follow import Asker
from compiler.plan.frame import Scope
from compiler.plan.settle import Ints

if TYPE_CHECKING:
    from compiler.plan.engine import Work


@dataclass(frozen=True)
class Rule:
    """A flag that comes true by a later call. `same`: (fields, guard) of its lines, without the customer, who is always
    the same; `read`: the names that the guards read."""

    flag: str
    follow_up: m.FollowUp
    same: tuple[tuple[tuple[str, ...], Formula], ...]
    read: frozenset[str]

    @property
    def fields(self) -> set[str]:
        return {name for fields, _ in self.same for name in fields}


def rules_of(model: m.Model, scope: Scope) -> list[Rule]:
    """One for each flag with `comes true`, by id. SpecFailure where `same` names no field."""
    known = {f.id for f in model.fields} | {"customer"}
    found = []
    for f in model.fields:
        if f.follow_up is None:
            continue
        unknown = {n for ns, _ in f.follow_up.same for n in ns} - known
        if unknown:
            raise SpecFailure([f"{f.id}: `same` names {', '.join(sorted(unknown))}, which is no field"])
        same = tuple((tuple(sorted(set(ns) - {"customer"})), truth(guard, scope)) for ns, guard in f.follow_up.same)
        read = frozenset(n for _, guard in f.follow_up.same for n in names(guard))
        found.append(Rule(f.id, f.follow_up, same, read))
    return found


class Waves:
    """The follow-ups of all flags, settled one day at a time."""

    def __init__(self, work: Work, daily: Sequence[str]) -> None:
        self.work, self.daily, self.rules = work, daily, work.rules
        self.frame, self.links = work.frame, work.links
        self.known = "start_ms" in self.frame.columns  # before the customers are
        self.instants = instants_of(work.model, work.days, self.frame) if self.known else None
        self.span = max(follow.span_of(rule.follow_up.within_seconds) for rule in self.rules)
        for name in {n for rule in self.rules for n in rule.fields}:
            work.taken[name] = np.zeros(self.frame.count, dtype=bool)

    def run(self) -> None:
        seen = np.full(self.work.people.frame.count, -(10**9), dtype=np.int64)
        waiting: list[Asker] = []
        for day in range(self.work.days.count):
            rows = slice(int(self.work.days.rows[day]), int(self.work.days.rows[day + 1]))
            waiting = self._link(day, rows, waiting)
            callers.of_day(self.frame, rows, seen, day, self.span, self.work.fits)
            self.work.look_up(rows)
            self.work.evaluate(self.daily, rows)
            for number in range(len(self.rules)) if rows.start != rows.stop else ():
                waiting += self._flagged(day, rows, number)
        self.links.cut_off += [asker.row for asker in waiting]
        for number, rule in enumerate(self.rules):
            true = np.zeros(self.frame.count, dtype=bool)
            true[np.array(self.links.made_by.get(number, []), dtype=np.int64)] = True
            self.frame.columns[rule.flag] = true  # from here on the flag says what is in the plan

    def _link(self, day: int, rows: slice, waiting: list[Asker]) -> list[Asker]:
        """Settles who calls again on this day; gives who is still waiting."""
        today = [asker for asker in waiting if asker.target == day]
        still = [asker for asker in waiting if asker.target != day]
        fits = self._fits(today) if today and self.work.swell is not None else None
        placed = dict(follow.match(today, self.frame.who, self.instants, rows, fits))
        for i, asker in enumerate(today):
            if i in placed:
                continue
            further = asker.later()
            if further.lags:
                still.append(further)
            else:
                self.links.unplaced.append(asker.row)
        for number in range(len(self.rules)):
            own = [i for i in placed if today[i].rule == number]
            first = np.array([today[i].row for i in own], dtype=np.int64)
            self._join(number, first, np.array([placed[i] for i in own], dtype=np.int64))
        return still

    def _fits(self, askers: list[Asker]) -> follow.Fits:
        """Whether a row may follow the asker: what an event must be of the row, it is with the asker's customer too."""
        rows = np.array([asker.row for asker in askers], dtype=np.int64)
        numbers = np.array([asker.rule for asker in askers], dtype=np.int64)
        takes = self._takes(rows, numbers)

        def fits(places: Ints, targets: Ints) -> NDArray[np.bool_]:
            first = rows[places]
            given = {name: (where[places], self.frame.columns[name][first]) for name, where in takes.items()}
            return self.work.swell_fits(targets, self.frame.columns["customer"][first], given)

        return fits

    def _takes(self, rows: Ints, numbers: Ints) -> dict[str, NDArray[np.bool_]]:
        """field -> which of the askers hand it on."""
        before = self.frame.take(rows)
        found: dict[str, NDArray[np.bool_]] = {}
        for number, rule in enumerate(self.rules):
            for fields, guard in rule.same:
                holds = np.broadcast_to(np.asarray(guard(before)), rows.shape) & (numbers == number)
                for name in fields:
                    found[name] = found.get(name, np.zeros(len(rows), dtype=bool)) | holds
        return found

    def _join(self, number: int, first: Ints, later: Ints) -> None:
        """The later calls follow the first ones: their customers, and the fields under `same`."""
        if not len(first):
            return
        self.links.made += first.tolist()
        self.links.made_by.setdefault(number, []).extend(first.tolist())
        self.links.follows[later] = first
        self.links.wave[later] = self.links.waves(number)[first] + 1
        self.links.rule[later] = number
        self.frame.columns["customer"][later] = self.frame.columns["customer"][first]
        for name, holds in self._takes(first, np.full(len(first), number)).items():
            self.work.taken[name][later[holds]] = True

    def _flagged(self, day: int, rows: slice, number: int) -> list[Asker]:
        """The calls of the day whose flag was drawn true and who may still call again."""
        rule, within = self.rules[number], self.rules[number].follow_up.within_seconds
        wanted = np.flatnonzero(self.frame.columns[rule.flag][rows]) + rows.start
        last = self.links.waves(number)[wanted] >= rule.follow_up.at_most
        self.links.last_wave += wanted[last].tolist()
        wanted = wanted[~last]
        time: NDArray[Any] = np.zeros(len(wanted), dtype=np.int64)
        if self.known:
            time = self.frame.columns["start_ms"][wanted]
        keys = follow.keyed(self.frame.who[wanted], rule.flag)
        orders = follow.lag_orders(keys, time, within, not self.known)
        place = self.work.place[wanted]
        found = []
        for row, key, n, lags in zip(wanted.tolist(), keys.tolist(), place.tolist(), orders, strict=True):
            if lags:
                found.append(Asker(row, day, n, lags, number, key, within))
            else:
                self.links.unplaced.append(row)
        return found
