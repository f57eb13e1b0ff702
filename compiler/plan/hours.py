"""Shifts and time buckets -> when a call starts.

An agent's `works` shares and the day's bucket shares are two margins over one thing.  For each agent and kind of day,
the pieces (what a shift and a bucket have in common) are fitted to both margins from the pieces' open lengths.  Then
the piece is drawn by one race, and the start evenly within its open hours, to the millisecond.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.counting import counted, which
from compiler.lang import model as m
from compiler.plan.days import Days
from compiler.plan.draws import Program
from compiler.plan.expr import names
from compiler.plan.failure import SpecFailure
from compiler.plan.fitted import fitted
from compiler.plan.frame import DAILY, WEEKDAYS, Frame, Scope, member_ids, narrow
from compiler.plan.lottery import Lottery
from compiler.plan.order import BUCKET, SHIFT, expressions
from compiler.plan.pieces import Hours, Piece, common, opening, pieces_of, times
from compiler.rng import Floats

TOLERANCE = 0.005  # of all calls: what a fitted share may be off
SHOWN = 8  # cases told when shares cannot hold; the worst first
AGENTS = {"agent", "agent_name", "team", "agent.gender", "agent.language"}


class Starting:
    """Draws the start time, and with it the shift and the bucket."""

    def __init__(self, model: m.Model, scope: Scope, days: Days) -> None:
        self.scope, self.days = scope, days
        self.shift, self.bucket = _timed(model, SHIFT), _timed(model, BUCKET)
        self.opening = opening(model, scope, days)
        self.pieces = pieces_of(self.shift, self.bucket)
        if self.bucket is not None:
            _reads_only(self.bucket, model, set(), "the shares of the time buckets may depend on the date only")
        if self.shift is not None:
            _reads_only(self.shift, model, AGENTS, "the shares of the shifts may depend on the agent and the date only")
        self.agents = len(scope.agents) if self.shift is not None and scope.agents else 1
        self.table, self.kind = self._tables()
        self.ids = [self._name(piece) for piece in self.pieces]
        self.lottery = Lottery("start", self.ids, list(self.table.T), len(self.table))
        self.codes = {name: np.array([getattr(p, name) for p in self.pieces], narrow(len(member_ids(f))))
                      for name, f in (("shift", self.shift), ("bucket", self.bucket)) if f is not None}

    def _tables(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """kind x piece weights, and the kind of each (agent, day). Agents and days with equal margins share one."""
        frame = self._agent_days()
        shifts, buckets = self._margins(self.shift, frame), self._margins(self.bucket, frame)
        open_ = np.array([[piece.open(hours) for piece in self.pieces] for hours in self.opening.kinds])
        seeds = open_[self.opening.of_day[frame["day"]]]
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
        kept, kind = [], self.opening.of_day[frame["day"]]
        for name, share in zip(program.ids, shares, strict=True):
            length = sum(b - a for a, b in hours[name])
            part = [_overlap(hours[name], o) / length if length else 0.0 for o in self.opening.kinds]
            kept.append(share * np.array(part)[kind])
        total = np.zeros(frame.count)
        for share in kept:
            total = total + share
        return np.stack([np.divide(s, total, out=np.zeros(frame.count), where=total > 0) for s in kept], axis=1)

    def _fit(self, shifts: Floats, buckets: Floats, seeds: Floats, frame: Frame) -> Floats:
        weights = fitted(seeds, (buckets, [p.bucket for p in self.pieces]), (shifts, [p.shift for p in self.pieces]))
        self._check(weights, shifts, [p.shift for p in self.pieces], frame, self.shift)
        self._check(weights, buckets, [p.bucket for p in self.pieces], frame, self.bucket)
        return weights

    def _check(self, weights: Floats, margins: Floats, group: list[int], frame: Frame, f: m.Field | None) -> None:
        if f is None:
            return
        ids = member_ids(f)
        got = np.stack([_group_sum(weights, group, k) for k in range(len(ids))], axis=1)
        off = np.where(self._worked(frame)[:, None], np.abs(got - margins), 0.0)
        worst = off.argmax(axis=1)
        rows = [row for row in range(len(off)) if off[row, worst[row]] > TOLERANCE]
        rows.sort(key=lambda row: (-round(float(off[row, worst[row]]), 6), self._who(frame, row)))
        if rows:
            further = [f"... and {counted(len(rows) - SHOWN, 'more such case')}"] if len(rows) > SHOWN else []
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
        agent = frame["agent_name"].astype(np.int64) if self.agents > 1 else 0
        return np.asarray(self.kind.take(agent * self.days.count + frame["day"], mode="clip"))

    def probabilities(self, frame: Frame, name: str) -> list[Floats] | None:
        """What the spec implies for each call's shift or bucket, the opening hours counted in; None for other names."""
        f = {SHIFT: self.shift, BUCKET: self.bucket}.get(name)
        if f is None:
            return None
        codes = [p.shift if name == SHIFT else p.bucket for p in self.pieces]
        sums = np.stack([_group_sum(self.table, codes, k) for k in range(len(member_ids(f)))], axis=1)
        total = np.zeros(len(sums))
        for k in range(sums.shape[1]):
            total = total + sums[:, k]
        shares = np.divide(sums, total[:, None], out=np.zeros_like(sums), where=total[:, None] > 0)[self.kinds(frame)]
        return [shares[:, k] for k in range(sums.shape[1])]

    def draw(self, frame: Frame) -> None:
        """Adds start_ms (milliseconds since midnight), the shift and the bucket."""
        code = self.lottery.draw(frame.halves, self.kinds(frame)).astype(np.int64)
        if not self.lottery.somebody and (code < 0).any():
            nowhere = int(np.count_nonzero(code < 0))
            raise SpecFailure([f"{counted(nowhere, 'call')} {which(nowhere, 'has', 'have')} no hour to start "
                               "in: no shift or bucket is open"])
        frame.columns["start_ms"] = times(frame.halves, self.pieces, code, frame["day"], self.opening)
        if self.shift is not None:
            frame.columns[SHIFT] = np.take(self.codes["shift"], code)
        if self.bucket is not None:
            frame.columns[BUCKET] = np.take(self.codes["bucket"], code)

    def _name(self, piece: Piece) -> str:
        """A piece's name in the race: by its shift and bucket, so that others may come and go."""
        both = ((self.shift, piece.shift), (self.bucket, piece.bucket))
        return "@".join(member_ids(f)[code] if f is not None else "" for f, code in both)


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


def _overlap(one: Hours, two: Hours) -> int:
    return sum(high - low for low, high in common(one, two))
