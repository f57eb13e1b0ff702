"""Shifts and time buckets -> when a call starts.

An agent's `works` shares and the day's bucket shares are two margins over one thing.  The day is cut at all hours
where a shift or a bucket begins or ends; for each agent and kind of day, the pieces x shifts are fitted to both
margins by iterative proportional fitting from the pieces' lengths (Deming and Stephan 1940), a fixed number of rounds,
`+ * /` only.  Then (shift, piece) is drawn by one race, and the start evenly within the piece, to the millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan.days import Days, frame_of
from compiler.plan.draws import Program
from compiler.plan.expr import canon, names, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import DAILY, WEEKDAYS, Frame, Scope
from compiler.plan.lottery import Lottery
from compiler.plan.order import BUCKET, SHIFT, expressions
from compiler.rng import Floats

ROUNDS = 400
TOLERANCE = 0.005  # of all calls: what a fitted share may be off
DAY = 86_400
SHOWN = 8  # cases told when shares cannot hold; the worst first
AGENTS = {"agent", "agent_name", "team", "agent.gender", "agent.language"}


@dataclass(frozen=True)
class Piece:
    """A stretch of the day within one shift and one bucket (-1: the spec has none), in seconds."""

    shift: int
    bucket: int
    low: int
    high: int

    @property
    def length(self) -> int:
        return self.high - self.low


class Starting:
    """Draws the start time, and with it the shift and the bucket."""

    def __init__(self, model: m.Model, scope: Scope, days: Days) -> None:
        self.scope, self.days = scope, days
        self.shift, self.bucket = _timed(model, SHIFT), _timed(model, BUCKET)
        self.open = _open_hours(model, scope, days)
        self.pieces = _pieces(self.shift, self.bucket, self.open)
        if self.bucket is not None:
            _reads_only(self.bucket, model, set(), "the shares of the time buckets may depend on the date only")
        if self.shift is not None:
            _reads_only(self.shift, model, AGENTS, "the shares of the shifts may depend on the agent and the date only")
        self.agents = len(scope.agents) if self.shift is not None and scope.agents else 1
        self.table, self.kind = self._tables()
        self.ids = [self._name(piece) for piece in self.pieces]
        self.lottery = Lottery("start", self.ids, list(self.table.T), len(self.table))
        self.codes = {
            name: np.array([getattr(p, name) for p in self.pieces]) for name in ("low", "length", "shift", "bucket")
        }

    def _tables(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """kind x piece weights, and the kind of each (agent, day). Agents and days with equal margins share one."""
        frame = self._agent_days()
        shifts, buckets = self._margins(self.shift, frame), self._margins(self.bucket, frame)
        open_ = np.array([[_overlap(p.low, p.high, hours) for p in self.pieces] for hours in self.open])
        seeds = open_[frame["day"]]
        key = np.concatenate([shifts, buckets, seeds], axis=1)
        _, where, kind = np.unique(key, axis=0, return_index=True, return_inverse=True)
        fitted = self._fit(shifts[where], buckets[where], seeds[where], frame.take(where))
        return fitted, kind.reshape(-1)

    def _agent_days(self) -> Frame:
        count = self.agents * self.days.count
        frame = Frame(count, rng.keys("agent and day", count=count), self.scope, self.days)
        frame.columns["agent_name"] = np.repeat(np.arange(self.agents), self.days.count)
        frame.columns["day"] = np.tile(np.arange(self.days.count), self.agents)
        return frame

    def _margins(self, f: m.Field | None, frame: Frame) -> Floats:
        """Row x member: the shares asked for. On days with shorter hours a member keeps the open part of its own."""
        if f is None:
            return np.zeros((frame.count, 0))
        program = Program(f, self.scope)
        shares = program.probabilities(frame)
        hours = {member.id: member.hours for member in f.members}
        kept = []
        for name, share in zip(program.ids, shares, strict=True):
            length = sum(b - a for a, b in hours[name])
            part = [sum(_overlap(a, b, o) for a, b in hours[name]) / length if length else 0.0 for o in self.open]
            kept.append(share * np.array(part)[frame["day"]])
        total = np.zeros(frame.count)
        for share in kept:
            total = total + share
        return np.stack([np.divide(s, total, out=np.zeros(frame.count), where=total > 0) for s in kept], axis=1)

    def _fit(self, shifts: Floats, buckets: Floats, seeds: Floats, frame: Frame) -> Floats:
        weights = seeds.astype(np.float64)
        for _ in range(ROUNDS):
            weights = self._scale(weights, buckets, [p.bucket for p in self.pieces])
            weights = self._scale(weights, shifts, [p.shift for p in self.pieces])
        self._check(weights, shifts, [p.shift for p in self.pieces], frame, self.shift)
        self._check(weights, buckets, [p.bucket for p in self.pieces], frame, self.bucket)
        return weights

    def _scale(self, weights: Floats, margins: Floats, group: list[int]) -> Floats:
        factors = []
        for k in range(margins.shape[1]):
            total = _group_sum(weights, group, k)
            factors.append(np.divide(margins[:, k], total, out=np.zeros(len(total)), where=total > 0))
        return np.stack([weights[:, i] * factors[k] if k >= 0 else weights[:, i] for i, k in enumerate(group)], axis=1)

    def _check(self, weights: Floats, margins: Floats, group: list[int], frame: Frame, f: m.Field | None) -> None:
        if f is None:
            return
        ids = Program(f, self.scope).ids
        got = np.stack([_group_sum(weights, group, k) for k in range(len(ids))], axis=1)
        off = np.where(self._worked(frame)[:, None], np.abs(got - margins), 0.0)
        worst = off.argmax(axis=1)
        rows = [row for row in range(len(off)) if off[row, worst[row]] > TOLERANCE]
        rows.sort(key=lambda row: (-round(float(off[row, worst[row]]), 6), self._who(frame, row)))
        if rows:
            further = [f"... and {len(rows) - SHOWN} more such cases"] if len(rows) > SHOWN else []
            raise SpecFailure([
                "the shares of the shifts and of the time buckets cannot both hold; change the hours or the shares:",
                *(f"  {self._who(frame, row)}: {f.id} {ids[worst[row]]} is asked for with "
                  f"{margins[row, worst[row]] * 100:.1f}%, but within the hours of the shifts it comes to "
                  f"{got[row, worst[row]] * 100:.1f}%" for row in rows[:SHOWN]),
                *further,
            ])

    def _worked(self, frame: Frame) -> NDArray[np.bool_]:
        """Agents without calls on a kind of day need no shares there; closed days neither."""
        agent = next((f for f in self.scope.model.fields if f.id == "agent_name"), None)
        open_ = self.days.volumes[frame["day"]] > 0
        if agent is None or self.shift is None or any(_not_daily(agent)):
            return np.asarray(open_)
        shares = Program(agent, self.scope).probabilities(frame)
        own = np.stack(shares, axis=1)[np.arange(frame.count), frame["agent_name"]]
        return np.asarray(open_ & (own > 0))

    def _who(self, frame: Frame, row: int) -> str:
        day = self.days.day(int(frame["day"][row]))
        agent = self.scope.agents[int(frame["agent_name"][row])].id if self.shift is not None else "everybody"
        return f"{agent} on days such as {WEEKDAYS[day.weekday()]} {day}"

    def kinds(self, frame: Frame) -> NDArray[np.int64]:
        """The row of the table for each call: by its agent and day."""
        agent = frame["agent_name"] if self.agents > 1 else np.zeros(frame.count, dtype=np.int64)
        return np.asarray(self.kind[agent * self.days.count + frame["day"]])

    def probabilities(self, frame: Frame, name: str) -> list[Floats] | None:
        """What the spec implies for each call's shift or bucket, the opening hours counted in; None for other names."""
        f = {SHIFT: self.shift, BUCKET: self.bucket}.get(name)
        if f is None:
            return None
        codes = [p.shift if name == SHIFT else p.bucket for p in self.pieces]
        sums = np.stack([_group_sum(self.table, codes, k) for k in range(len(Program(f, self.scope).ids))], axis=1)
        total = np.zeros(len(sums))
        for k in range(sums.shape[1]):
            total = total + sums[:, k]
        shares = np.divide(sums, total[:, None], out=np.zeros_like(sums), where=total[:, None] > 0)[self.kinds(frame)]
        return [shares[:, k] for k in range(sums.shape[1])]

    def draw(self, frame: Frame) -> None:
        """Adds start_ms (milliseconds since midnight), the shift and the bucket."""
        code = self.lottery.draw(frame.who, self.kinds(frame))
        if not self.lottery.somebody and (code < 0).any():
            nowhere = int(np.count_nonzero(code < 0))
            raise SpecFailure([f"{nowhere} calls have no hour to start in: no shift or bucket is open"])
        within = rng.uniforms(frame.who, "start", "within")
        within *= np.take(self.codes["length"] * 1000.0, code)
        frame.columns["start_ms"] = np.take(self.codes["low"] * 1000, code) + np.floor(within).astype(np.int64)
        if self.shift is not None:
            frame.columns[SHIFT] = np.take(self.codes["shift"], code)
        if self.bucket is not None:
            frame.columns[BUCKET] = np.take(self.codes["bucket"], code)

    def _name(self, piece: Piece) -> str:
        """A piece's name in the race: by its shift and hours, so that other pieces may come and go."""
        shift = Program(self.shift, self.scope).ids[piece.shift] if self.shift is not None else ""
        return f"{shift}@{piece.low}-{piece.high}"


def _group_sum(weights: Floats, group: list[int], k: int) -> Floats:
    total = np.zeros(len(weights))
    for i, member in enumerate(group):
        if member == k:
            total = total + weights[:, i]
    return total


def _timed(model: m.Model, name: str) -> m.Field | None:
    """The choice `name` if its members have hours."""
    found = next((f for f in model.fields if f.id == name), None)
    return found if found is not None and any(member.hours for member in found.members) else None


def _not_daily(f: m.Field) -> list[str]:
    return sorted({n for e in expressions(f) for n in names(e)} - set(DAILY))


def _reads_only(f: m.Field, model: m.Model, allowed: set[str], rule: str) -> None:
    events = {event.id for event in model.calendar.events if not event.hours and event.only_when is None}
    wrong = sorted({n for e in expressions(f) for n in names(e)} - set(DAILY) - events - allowed)
    if wrong:
        raise SpecFailure([f"{f.id} reads {', '.join(wrong)}, but {rule}: weekday, weekend, holiday, date and events"])


def _overlap(low: int, high: int, hours: tuple[tuple[int, int], ...]) -> int:
    return sum(max(0, min(high, b) - max(low, a)) for a, b in hours)


def _open_hours(model: m.Model, scope: Scope, days: Days) -> list[tuple[tuple[int, int], ...]]:
    """The opening hours of each day: the calendar's, the guarded ones winning, cut short by the events'."""
    found: list[tuple[tuple[int, int], ...]] = [((0, DAY),)] * days.count
    frame = frame_of(days, scope)
    for hours, guard in sorted(model.calendar.opens, key=lambda o: (o[1] is not None, canon(o[1]))):
        holds = np.broadcast_to(np.asarray(truth(guard, scope)(frame)), (days.count,))
        found = [hours if on else old for on, old in zip(holds, found, strict=True)]
    for event in sorted(model.calendar.events, key=lambda e: e.id):
        if event.opens:
            found = [_both(old, event.opens) if on else old
                     for on, old in zip(days.events[event.id], found, strict=True)]
    return found


def _both(one: tuple[tuple[int, int], ...], two: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in two if max(a, c) < min(b, d))


def _pieces(shift: m.Field | None, bucket: m.Field | None, opens: list[tuple[tuple[int, int], ...]]) -> list[Piece]:
    fields = [f for f in (shift, bucket) if f is not None]
    spans = [span for f in fields for member in f.members for span in member.hours]
    cuts = sorted({0, DAY} | {edge for span in spans for edge in span} | {e for o in opens for s in o for e in s})
    found = []
    for low, high in pairwise(cuts):
        for s in _covering(shift, low, high):
            found += [Piece(s, b, low, high) for b in _covering(bucket, low, high)]
    return found


def _covering(f: m.Field | None, low: int, high: int) -> list[int]:
    """The members whose hours cover the piece; [-1] where there is no such field."""
    if f is None:
        return [-1]
    ids = sorted({member.id for member in f.members})
    return [ids.index(x.id) for x in sorted(f.members, key=lambda x: x.id)
            if any(a <= low and high <= b for a, b in x.hours)]
