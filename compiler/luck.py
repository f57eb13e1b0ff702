"""What the fields of a call draw, cheap enough for a million calls: 31 bits a name, and the races of categories.

The 64 bits of `who` come out of a strong mix (rng.keys) and are split into halves once.  A name has two odd factors,
from its hash, and draws low * one + high * two: multiply-add hashing (Dietzfelbinger 1996), even for each name and
unrelated between any two; only the high bits are used.

A member of a race has a waiting time E / weight, E with the exponential distribution of mean 1; the first wins.  32
bits x are turned into E = -ln(x / 2**32) through the bits of x as a single: its exponent counts leading zeros, and what
the logarithm and a straight line over the mantissa differ by is a factor that a table holds for 512 cells an octave.
The factor belongs to the middle of its cell, so that E is off by less than 6e-4 of itself here and there but by nothing
on the whole: the chances of a race are right to some 1e-7.  E is never 0, and fine enough near 0 for weights of 1e-6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.rng import Floats, Keys, key, neglog

Singles = NDArray[np.float32]
Bits = NDArray[np.uint32]

BLOCK = 24_576  # rows whose columns stay in the cache
STEPS = float(1 << 31)  # how many values `words` has
_CELLS = 9  # bits of the mantissa that choose the cell
_OCTAVES, _PAST = 33, 30
_TOP = np.array(159 << 23, np.int32)  # the bits of 2.0**32 as a single; numpy is quicker with this than with np.int32
_FINE = np.array(23 - _CELLS, np.int32)
_HALF, _ONE = np.array(32, np.uint64), np.array(1, np.uint32)
UNIT = 0.6931471805599453 / (1 << 23)  # what one step of `waits` is worth


@dataclass(frozen=True)
class Halves:
    """The two halves of the keys of some rows."""

    low: Bits
    high: Bits

    def __len__(self) -> int:
        return len(self.low)

    def __getitem__(self, rows: NDArray[np.int64] | slice) -> Halves:
        return Halves(self.low[rows], self.high[rows])


@dataclass(frozen=True)
class Lots:
    """What all members of one race share: the low halves, and what the race has made of the high ones."""

    race: str
    low: Bits
    high: Bits


@dataclass(frozen=True)
class Desk:
    """Room for the steps of a draw, used over and over."""

    mixed: Bits
    other: Bits
    cell: NDArray[np.int64]
    least: Singles


_room = local()


def _desk(count: int) -> Desk:
    desk: Desk | None = getattr(_room, "desk", None)
    if desk is None or len(desk.cell) < count:
        size = max(count, BLOCK)
        least = np.full(size, 0.25, np.float32)  # the middle of the last half step, where the line is 0
        mixed, other = np.empty((2, size), np.uint32)
        desk = _room.desk = Desk(mixed, other, np.empty(size, np.int64), least)
    return desk


def halves(who: Keys) -> Halves:
    return Halves(who.astype(np.uint32), (who >> _HALF).astype(np.uint32))


@cache
def factors(*names: str) -> tuple[Any, Any]:
    """The two odd factors of a full name."""
    own = key(*names)
    return np.array(own & 0xFFFFFFFF | 1, np.uint32), np.array(own >> 32 | 1, np.uint32)


# -------------------------------------------------------------------------------- one draw a name


def words(of: Halves, *names: str) -> NDArray[np.int32]:
    """31 keyed bits for each row: 0 .. STEPS - 1."""
    one, two = factors(*names)
    found = np.multiply(of.low, one)
    found += np.multiply(of.high, two, out=_desk(len(of)).other[: len(of)])
    found >>= _ONE
    narrow: NDArray[np.int32] = found.view(np.int32)
    return narrow


def uniforms(of: Halves, *names: str) -> Floats:
    """Uniform doubles in (0, 1), never 0 or 1: the middles of STEPS cells."""
    found = words(of, *names).astype(np.float64)
    found += 0.5
    found *= 1.0 / STEPS
    return found


def bars(chance: Any) -> NDArray[np.uint32]:
    """A chance -> the bar: `words` below it are those whose uniform is below the chance; none for no number."""
    chance = np.asarray(chance, dtype=np.float64)
    high = np.ceil(np.where(np.isnan(chance), 0.0, chance) * STEPS - 0.5)
    return np.asarray(high.clip(0.0, STEPS).astype(np.uint32))


# -------------------------------------------------------------------------------- races


@cache
def _factors() -> Singles:
    """Cell -> -log2 at its middle as a multiple of the straight line there. Behind the end it stays as it is: so many
    octaves that the cell of no bits at all, 159 octaves up, is wrapped to the first of them."""
    line = (np.arange(_OCTAVES << _CELLS) + 0.5) / (1 << _CELLS)
    whole = np.floor(line)
    exact = whole + neglog(1.0 - (line - whole) * 0.5) / 0.6931471805599453
    found = (exact / line).astype(np.float32)
    return np.pad(found, (0, _PAST << _CELLS), mode="edge")


def lots(of: Halves, race: str) -> Lots:
    """What is shared by all members that run in the race of this name."""
    return Lots(race, of.low, np.multiply(of.high, factors(race)[1]))


def _mix(lots: Lots, member: str) -> Bits:
    """The member's own 32 bits for each row, of which the high ones are good; in room that is used again."""
    mixed = _desk(len(lots.low)).mixed[: len(lots.low)]
    np.multiply(lots.low, factors(lots.race, member)[0], out=mixed)
    return np.add(mixed, lots.high, out=mixed)


def waits(lots: Lots, member: str, out: Singles | None = None) -> Singles:
    """The member's E in steps of UNIT, one for each row; always above 0."""
    return exponentials(_mix(lots, member), np.empty(len(lots.low), np.float32) if out is None else out)


def exponentials(bits: Bits, out: Singles) -> Singles:
    """-ln(bits / 2**32) in steps of UNIT. The bits are used up: one column less takes part in the cache."""
    desk = _desk(len(bits))
    single, line, cell = bits.view(np.float32), bits.view(np.int32), desk.cell[: len(bits)]
    np.copyto(single, bits, casting="unsafe")
    np.subtract(_TOP, line, out=line)
    np.copyto(out, line, casting="unsafe")
    np.maximum(out, desk.least[: len(bits)], out=out)  # an array on both sides: three times as fast as with a number
    np.right_shift(line, _FINE, out=line)
    np.copyto(cell, line)
    _factors().take(cell, out=single, mode="wrap")  # quicker than "clip"
    return np.multiply(out, single, out=out)


def slowness(weight: Any) -> Any:
    """A weight -> the single by which `waits` are multiplied to give times; infinite for no weight."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(np.asarray(weight) > 0, UNIT / np.asarray(weight, dtype=np.float64), np.inf).astype(np.float32)


def uniform_of(lots: Lots, member: str) -> Floats:
    """The uniform (0, 1) whose -ln is the member's E, to the table's accuracy: for explanations."""
    return (_mix(lots, member).astype(np.float64) + 0.5) * (1.0 / (1 << 32))
