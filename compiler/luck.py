"""What the members of a race draw: exponential waiting times in single precision, cheap enough for a million calls.

A member's time is E / weight, E with the exponential distribution of mean 1; the first wins.  32 bits x of the member
are turned into E = -ln(x / 2**32) through the bits of x as a single: its exponent counts leading zeros, and what the
logarithm and a straight line over the mantissa differ by is a factor that a table holds for 2048 cells an octave.  The
factor belongs to the middle of its cell, so that E is off by less than 2e-4 of itself here and there but by nothing on
the whole: the chances of a race are right to some 1e-7.  E is never 0, and fine enough near 0 for weights of 1e-6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.rng import Keys, hashes, key, neglog

Singles = NDArray[np.float32]
Halves = tuple[NDArray[np.uint32], NDArray[np.uint32]]

BLOCK = 16_384  # rows whose columns stay in the cache
_CELLS = 11  # bits of the mantissa that choose the cell
_OCTAVES = 33
_TOP = np.int32(159 << 23)  # the bits of 2.0**32 as a single
_HALF = np.float32(0.25)
_FIRST, _SECOND, _FIFTEEN, _FINE = np.uint32(0x7FEB352D), np.uint32(0x846CA68B), np.uint32(15), np.int32(23 - _CELLS)
UNIT = 0.6931471805599453 / (1 << 23)  # what one step of `waits` is worth


@dataclass(frozen=True)
class Desk:
    """Room for the steps of a draw, used over and over."""

    mixed: NDArray[np.uint32]
    other: NDArray[np.uint32]
    cell: NDArray[np.int64]
    factor: Singles


_room = local()


def _desk(count: int) -> Desk:
    desk: Desk | None = getattr(_room, "desk", None)
    if desk is None or len(desk.cell) < count:
        size = max(count, BLOCK)
        desk = Desk(np.empty(size, np.uint32), np.empty(size, np.uint32), np.empty(size, np.int64),
                    np.empty(size, np.float32))
        _room.desk = desk
    return desk


@cache
def _factors() -> Singles:
    """Cell -> -log2 at its middle as a multiple of the straight line there."""
    line = (np.arange(_OCTAVES << _CELLS) + 0.5) / (1 << _CELLS)
    whole = np.floor(line)
    exact = whole + neglog(1.0 - (line - whole) * 0.5) / 0.6931471805599453
    return (exact / line).astype(np.float32)


def halves(who: Keys, *names: str | int) -> Halves:
    """The two halves of 64 keyed bits: what all members of one race share."""
    bits = hashes(who, *names)
    return bits.astype(np.uint32), (bits >> np.uint64(32)).astype(np.uint32)


@cache
def member_key(member: str) -> tuple[Any, Any]:
    """A member's own 64 bits, in two halves."""
    own = key(member)
    return np.uint32(own & 0xFFFFFFFF), np.uint32(own >> 32)


def _mix(race: Halves, member: str, desk: Desk, count: int) -> NDArray[np.uint32]:
    """32 bits for each row, of which the high ones are good: a multiplication and a shift (lowbias32, C. Wellons) of
    one half, the other half added, a multiplication again."""
    low, high = member_key(member)
    x, y = desk.mixed[:count], desk.other[:count]
    np.bitwise_xor(race[0], low, out=x)
    np.multiply(x, _FIRST, out=x)
    np.right_shift(x, _FIFTEEN, out=y)
    np.bitwise_xor(x, y, out=x)
    np.bitwise_xor(race[1], high, out=y)
    np.add(x, y, out=x)
    return np.multiply(x, _SECOND, out=x)


def waits(race: Halves, member: str, out: Singles | None = None) -> Singles:
    """The member's E in steps of UNIT, one for each row; always above 0."""
    count = len(race[0])
    desk = _desk(count)
    return exponentials(_mix(race, member, desk, count), np.empty(count, np.float32) if out is None else out)


def exponentials(bits: NDArray[np.uint32], out: Singles) -> Singles:
    """-ln(bits / 2**32) in steps of UNIT."""
    desk = _desk(len(bits))
    factor, steps = desk.factor[: len(bits)], desk.other[: len(bits)].view(np.int32)
    np.copyto(factor, bits, casting="unsafe")
    line = np.subtract(_TOP, factor.view(np.int32), out=steps)
    np.copyto(out, line, casting="unsafe")
    np.maximum(out, _HALF, out=out)  # the middle of the last half step, where the line is 0
    np.right_shift(line, _FINE, out=line)
    cell = desk.cell[: len(bits)]
    np.copyto(cell, line)
    _factors().take(cell, out=factor, mode="clip")
    return np.multiply(out, factor, out=out)


def slowness(weight: Any) -> Any:
    """A weight -> the single by which `waits` are multiplied to give times; infinite for no weight."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(np.asarray(weight) > 0, UNIT / np.asarray(weight, dtype=np.float64), np.inf).astype(np.float32)


def uniform_of(race: Halves, member: str) -> NDArray[np.float64]:
    """The uniform (0, 1) whose -ln is the member's E, to the table's accuracy: for explanations."""
    count = len(race[0])
    mixed = _mix(race, member, _desk(count), count)
    return (mixed.astype(np.float64) + 0.5) * (1.0 / (1 << 32))
