"""Shifts x time buckets -> the pieces of a day, its opening hours, and a time within a piece.

A piece is what one shift and one bucket have in common, so what becomes of the hours of another changes nothing in it.
Opening hours cut no piece: a call that would start while it is closed draws its time again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compiler import luck
from compiler.lang import model as m
from compiler.luck import Halves
from compiler.plan.days import Days, frame_of
from compiler.plan.expr import canon, truth
from compiler.plan.frame import Scope
from compiler.plan.settle import Ints
from compiler.rng import Floats

DAY = 86_400
ATTEMPTS = 64  # how often a call draws its time anew while it is closed; after that, among the open hours only

Hours = tuple[tuple[int, int], ...]  # in order, apart from each other, in seconds of the day


@dataclass(frozen=True)
class Piece:
    """The hours that a shift and a bucket (-1: the spec has none) have in common."""

    shift: int
    bucket: int
    hours: Hours

    @property
    def length(self) -> int:
        return sum(high - low for low, high in self.hours)

    def open(self, hours: Hours) -> int:
        """The seconds of the piece within these hours."""
        return sum(high - low for low, high in common(self.hours, hours))

    def times(self, u: Floats, hours: Hours | None = None) -> Ints:
        """Milliseconds since midnight, evenly over the piece (or what of it lies within `hours`)."""
        spans = self.hours if hours is None else common(self.hours, hours)
        length = sum(high - low for low, high in spans)
        return self.at(np.floor(u * (length * 1000.0)).astype(np.int64), spans)

    def at(self, offset: Ints, spans: Hours | None = None) -> Ints:
        """The times that many milliseconds of the piece (or of these hours) after its beginning."""
        spans = spans or self.hours
        found = offset + spans[0][0] * 1000
        passed = 0
        for one, two in pairwise(spans):
            passed += one[1] - one[0]
            found += (offset >= passed * 1000) * ((two[0] - one[1]) * 1000)
        return found


def pieces_of(shift: m.Field | None, bucket: m.Field | None) -> list[Piece]:
    """The pieces that have any length, by shift and bucket."""
    found = [Piece(s, b, common(one, two)) for s, one in _members(shift) for b, two in _members(bucket)]
    return [piece for piece in found if piece.hours]


def _members(f: m.Field | None) -> list[tuple[int, Hours]]:
    """(code, hours) of each member; the whole day where there is no such field."""
    if f is None:
        return [(-1, ((0, DAY),))]
    return list(enumerate(_apart(member.hours) for member in sorted(f.members, key=lambda x: x.id)))


def _apart(hours: Sequence[tuple[int, int]]) -> Hours:
    """The same hours in order, those that touch or overlap made one."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(hours):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def common(one: Hours, two: Hours) -> Hours:
    """What both have."""
    return tuple(sorted((max(a, c), min(b, d)) for a, b in one for c, d in two if max(a, c) < min(b, d)))


@dataclass(frozen=True)
class Opening:
    """The opening hours of the period: the kinds that there are, in order, and which of them each day has."""

    kinds: tuple[Hours, ...]
    of_day: Ints

    def on(self, day: int) -> Hours:
        return self.kinds[self.of_day[day]]


def opening(model: m.Model, scope: Scope, days: Days) -> Opening:
    """The opening hours of the days: the calendar's, the guarded ones winning, cut short by the events'."""
    found: list[Hours] = [((0, DAY),)] * days.count
    frame = frame_of(days, scope)
    for hours, guard in sorted(model.calendar.opens, key=lambda o: (o[1] is not None, canon(o[1]))):
        holds = np.broadcast_to(np.asarray(truth(guard, scope)(frame)), (days.count,))
        found = [_apart(hours) if on else old for on, old in zip(holds, found, strict=True)]
    for event in sorted(model.calendar.events, key=lambda e: e.id):
        if event.opens:
            found = [common(old, _apart(event.opens)) if on else old
                     for on, old in zip(days.events[event.id], found, strict=True)]
    kinds = tuple(sorted(set(found)))
    number = {hours: i for i, hours in enumerate(kinds)}
    return Opening(kinds, np.array([number[hours] for hours in found], dtype=np.int64))


def times(of: Halves, pieces: Sequence[Piece], code: Ints, day: Ints, opens: Opening) -> Ints:
    """When each call starts within its piece, in milliseconds since midnight. The first attempt that lies in open hours
    counts, so that other hours move only the calls that they shut out."""
    found = _within(pieces, code, luck.uniforms(of, *asked(0)))
    kinds = opens.kinds
    if kinds == (((0, DAY),),):
        return found
    kind = opens.of_day[day]
    shut = np.flatnonzero(_closed(found, kind, kinds))
    for attempt in range(1, ATTEMPTS):
        if not len(shut):
            return found
        found[shut] = _within(pieces, code[shut], luck.uniforms(of[shut], *asked(attempt)))
        shut = shut[_closed(found[shut], kind[shut], kinds)]
    u = luck.uniforms(of[shut], *asked(ATTEMPTS))
    for row, part in zip(shut.tolist(), u, strict=True):
        found[row] = pieces[code[row]].times(np.array([part]), kinds[kind[row]])[0]
    return found


def _within(pieces: Sequence[Piece], code: Ints, u: Floats) -> Ints:
    """The time in the piece of each call; u is used up."""
    u *= np.take(np.array([piece.length * 1000.0 for piece in pieces]), code)
    found = np.floor(u, out=u).astype(np.int64)
    for i, piece in enumerate(pieces):
        if len(piece.hours) > 1:
            rows = np.flatnonzero(code == i)
            found[rows] = piece.at(found[rows])
    single = np.array([piece.hours[0][0] * 1000 if len(piece.hours) == 1 else 0 for piece in pieces])
    found += np.take(single, code)
    return found


def asked(attempt: int) -> tuple[str, ...]:
    """The name under which chance is asked at that attempt; at the last one the time lies in open hours."""
    return ("start", "within", str(attempt)) if attempt else ("start", "within")


def is_open(time: Ints, hours: Hours) -> NDArray[np.bool_]:
    """Whether milliseconds since midnight lie within the hours."""
    found = np.zeros(len(time), dtype=bool)
    for low, high in hours:
        found |= (time >= low * 1000) & (time < high * 1000)
    return found


def _closed(time: Ints, kind: Ints, kinds: Sequence[Hours]) -> NDArray[np.bool_]:
    """Whether it is closed at the time, by the kind of opening hours that the day has."""
    found = np.zeros(len(time), dtype=bool)
    for i, hours in enumerate(kinds):
        if hours != ((0, DAY),):
            found |= (kind == i) & ~is_open(time, hours)
    return found
