"""Plan -> what the spec asked for and what the plan got, as the summary.json that people read.

`asked` is the mean, over the calls drawn, of the probability (or the mean value) that the spec implies for each of them
given what was drawn before; so got - asked is sampling error alone, and z measures it.  Sums are made of whole
billionths, or exactly rounded, so that they are the same on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan.expr import names
from compiler.plan.follow import Fate, span_of
from compiler.plan.order import BUCKET, SHIFT, START, ancestors
from compiler.plan.part import Part
from compiler.plan.tally import Numbers, Overlaps, shown
from compiler.plan.tally_means import Means
from compiler.plan.tally_shares import Shares

if TYPE_CHECKING:
    from compiler.plan.plan import Plan

LIMIT = 4.0  # a |z| beyond this is flagged
HEADLINE = ("channel", "FCR", "repeat_call_within_72h")
MISSING = (("cut_off_by_the_period", "cut off"), ("no_slot_in_time", "no slot"), ("beyond_at_most", "chain full"))
FURTHEST = 2  # means that the closing table shows
CHUNK = 16_384
FOLLOWS = "it follows from other fields: nothing of it is drawn"
CALLS = "events bring calls or keep them away by it: days without them are judged"
CALLERS = "events bring calls or keep them away by it, and with them callers"
GUESSED = "the plan holds an estimate of it, made from other fields; the sound is measured"


def summarise(plan: Plan) -> dict[str, Any]:
    """Asked and got per field, numbers, days, follow-ups, callers; `headline` has the lines of the closing table."""
    tally = Tally(plan)
    for part in plan.parts():
        tally.add(part)
    return tally.told()


class Tally:
    """The summary, gathered while the parts of the plan pass by in their order."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.called = np.zeros(plan.people.count, dtype=bool)
        self.days: tuple[int, int] | None = None  # the first and the last with calls
        self.fates = dict.fromkeys(Fate, 0)
        self.overlaps = Overlaps()
        own = [f for f in plan.model.fields if _shared(plan, f)]
        self.shares = {f.id: Shares(plan, plan.programs[f.id]) for f in sorted(own, key=lambda f: f.id)}
        self.numbers = {f.id: Numbers(f) for f in plan.model.fields if f.kind in ("number", "fact")}
        self.means = {f.id: Means(plan, f) for f in plan.model.fields if f.kind == "number"}
        self.picked, self.picks = picked(plan)

    def add(self, part: Part) -> None:
        frame = part.frame
        if not frame.count:
            return
        first, last = (int(frame.columns["day"][row]) for row in (0, -1))
        self.days = (self.days[0], last) if self.days else (first, last)
        self.called[frame.columns["customer"]] = True
        for fate in part.block.fates.values():
            for what, count in enumerate(np.bincount(fate, minlength=len(Fate)).tolist()):
                self.fates[Fate(what)] += count
        self.overlaps.add(frame)
        kept = self.plan.people.kept
        for name, shares in self.shares.items():
            if name not in kept:
                shares.add(frame, self._rows(part, shares.field), part.block.fates.get(name))
        for name, means in self.means.items():
            if name not in kept:
                means.add(frame, self._rows(part, means.field))
        for name, numbers in self.numbers.items():
            if name in frame.columns and frame.columns[name].dtype != bool:
                values, rows = shown(frame, name)
                numbers.add(values if rows is None else values[rows])

    def _rows(self, part: Part, f: m.Field) -> NDArray[np.bool_] | None:
        """The rows that count: drawn in the call, not taken over, not cut off, not picked by an event; None for all."""
        found = [part.frame.masks[f.id]] if f.id in part.frame.masks else []
        if f.id in self.picked:
            found.append(~self.picks[part.frame.columns["day"]])
        if f.id in part.block.taken:
            found.append(~part.block.taken[f.id])
        if f.follow_up is not None:
            last = self.plan.days.count - span_of(f.follow_up.within_seconds)
            own = part.block.rule == list(part.block.fates).index(f.id)
            found += [part.frame.columns["day"] < last, np.where(own, part.block.wave, 0) < f.follow_up.at_most]
        return np.logical_and.reduce(found) if found else None

    def _people(self) -> None:
        """What customers keep: of those who called."""
        people = self.plan.people
        for first in range(0, people.count, CHUNK):
            called = self.called[first : first + CHUNK]
            if called.any():
                frame = people.some(first, CHUNK)
                for name in (one for one in people.kept if one not in self.picked):
                    mask = frame.masks.get(name)
                    rows = called if mask is None else called & mask
                    if name in self.shares:
                        self.shares[name].add(frame, rows)
                    if name in self.means:
                        self.means[name].add(frame, rows)

    def told(self) -> dict[str, Any]:
        plan, own = self.plan, self.plan.model.dataset
        self._people()
        self.overlaps.end()
        for shares in self.shares.values():
            shares.end()
        for means in self.means.values():
            means.end()
        fields = {name: rows for name, each in self.shares.items() if (rows := each.told())}
        guards = {name: told for name, each in self.shares.items() if (told := list(each.told_by_guard()))}
        judged = {name: each.told() for name, each in self.means.items()}
        numbers = {name: each.told() | judged.get(name, {}) for name, each in self.numbers.items() if each.n}
        first, last = self.days or (0, plan.days.count - 1)
        span = range(first, last + 1)
        follow_ups = _follow_ups(plan, self.fates)
        return {
            "dataset": own.id,
            "seed": own.seed,
            "period": [plan.days.day(first).isoformat(), plan.days.day(last).isoformat()],
            "calls": plan.count,
            "agents_in_two_calls": self.overlaps.found["agent_name"],
            "customers_in_two_calls": self.overlaps.found["customer"],
            "callers": int(np.count_nonzero(self.called)),
            "events": _events(plan, span),
            "days": _days(plan, span),
            "fields": fields,
            "guards": guards,
            "numbers": numbers,
            "not_judged": self._not_judged(),
            "follow_ups": follow_ups,
            "flagged": [*_flagged(fields), *_flagged_guards(guards), *_flagged_means(numbers)],
            "headline": headline(fields, follow_ups),
            "means": _means(numbers),
        }


    def _not_judged(self) -> dict[str, str]:
        """Field -> why, for those that are judged on some days only, too."""
        found = {name: FOLLOWS for name, each in self.numbers.items() if each.n and name not in self.means}
        if "Silence_total_seconds" in self.numbers:
            found["Silence_ratio"] = GUESSED
        for name in sorted(self.picked & {*self.shares, *self.means}):
            found[name] = CALLERS if name in self.plan.people.kept else CALLS
        return found


def picked(plan: Plan) -> tuple[set[str], NDArray[np.bool_]]:
    """(the fields by which events bring calls or keep them away, the days on which they do): what is picked by value
    is no sample of what the spec asks for."""
    swell, days = plan.engine.swell, np.zeros(plan.days.count, dtype=bool)
    if swell is None:
        return set(), days
    for event in swell.factors:
        days |= plan.days.events[event]
    read = {name for event in swell.factors for name in names(plan.scope.events[event].only_when)}
    found = {*swell.fields, *(ancestors(plan.engine.graph, {*swell.fields, *(read & set(plan.engine.graph))}))}
    return found | ({SHIFT, BUCKET} if START in found else set()), days


def _shared(plan: Plan, f: m.Field) -> bool:
    """Whether the spec states shares or a chance of the field."""
    own = plan.programs.get(f.id)
    return own is not None and (f.kind in ("choice", "flag", "check", "decide") or own.shared)


def _flagged(fields: dict[str, Any]) -> list[str]:
    return [f"{name}: {member} asked {row['asked']:.2%}, got {row['got']:.2%}{_lost(row)} (z {row['z']:+.1f})"
            for name, rows in fields.items() for member, row in rows.items() if abs(row["z"]) > LIMIT]


def _flagged_guards(guards: dict[str, Any]) -> list[str]:
    return [f"{name} when {row['when']}: {row['is']} asked {row['asked']:.2%}, got {row['got']:.2%}{_lost(row)} "
            f"(z {row['z']:+.1f})" for name, rows in guards.items() for row in rows if abs(row["z"]) > LIMIT]


def _lost(row: dict[str, Any]) -> str:
    return f" + no slot {row['no_slot']:.2%}" if row.get("no_slot") else ""


def _flagged_means(numbers: dict[str, Any]) -> list[str]:
    return [text for z, text in _all_means(numbers) if abs(z) > LIMIT]


def _means(numbers: dict[str, Any]) -> dict[str, Any]:
    """How many means were judged, and those that lie furthest from what was asked."""
    every = _all_means(numbers)
    worst = sorted(every, key=lambda one: -abs(one[0]))[:FURTHEST]
    return {"judged": len(every), "furthest": [text for _, text in worst]}


def _all_means(numbers: dict[str, Any]) -> list[tuple[float, str]]:
    """(z, what is said of it) of each number, and of it under each guard."""
    found = []
    for name, row in numbers.items():
        for one in (row, *row.get("guards", ())):
            if one.get("z") is not None:
                where = f" when {one['when']}" if "when" in one else ""
                asked, got = _like(one["asked"], one["se"]), _like(one["got"], one["se"])
                found.append((one["z"], f"{name}{where}: mean asked {asked}, got {got} (z {one['z']:+.1f})"))
    return found


def _like(value: float, error: float) -> str:
    """The value with as many decimals as its standard error is worth."""
    decimals = 0 if error >= 10 else 1 if error >= 1 else 2 if error >= 0.1 else 3
    return f"{value:,.{decimals}f}"


def _events(plan: Plan, shown_days: range) -> dict[str, list[str]]:
    return {
        name: [plan.days.day(d).isoformat() for d in shown_days if truths[d]]
        for name, truths in sorted(plan.days.events.items())
    }


def _days(plan: Plan, shown_days: range) -> dict[str, dict[str, float]]:
    return {
        plan.days.day(d).isoformat(): {
            "calls": int(plan.days.volumes[d]), "factor": round(float(plan.days.factors[d]), 4)
        }
        for d in shown_days
    }


def _follow_ups(plan: Plan, fates: dict[Fate, int]) -> dict[str, int]:
    """How often the flag was drawn true, and what became of it; empty where the spec has no such flag."""
    if not any(f.follow_up for f in plan.model.fields):
        return {}
    made, cut, unplaced, last = (fates[what] for what in (Fate.MADE, Fate.CUT_OFF, Fate.UNPLACED, Fate.LAST_WAVE))
    return {"asked": made + cut + unplaced + last, "made": made, "cut_off_by_the_period": cut,
            "no_slot_in_time": unplaced, "beyond_at_most": last}


def headline(fields: dict[str, Any], links: dict[str, int]) -> list[tuple[str, str, str]]:
    """The lines of the closing table: (name, asked, got)."""
    lines = []
    for name in HEADLINE:
        rows = fields.get(name, {})
        for member in ("voice", "true"):
            if member in rows:
                label = name if member == "true" else f"{name} {member}"
                lines.append((label, f"{rows[member]['asked']:.1%}", f"{rows[member]['got']:.1%}"))
    if links:
        lines.append(("follow-ups", str(links["asked"]), f"{links['made']}{_missing(links)}"))
    return lines


def _missing(links: dict[str, int]) -> str:
    """What became of the others: the parts add up to what was asked."""
    parts = [f"{links[name]} {words}" for name, words in MISSING if links[name]]
    return f" ({', '.join(parts)})" if parts else ""
