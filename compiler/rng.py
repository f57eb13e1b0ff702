"""The only door to chance.

A draw is a pure function of (who, the full name of what is drawn): no stream, no order.  `who` is a 64-bit key made
from a stable identity; names are hashed, never counted.  Everything is built from integer mixing and `+ - * /` and
`sqrt` on doubles, one numpy operation at a time, so that each machine gives the same bits; numpy's own log, exp and
power differ between CPUs and are not used.

Mixing: splitmix64 (Steele, Lea, Flood 2014). Inverse normal: Acklam's rational approximation (|error| < 1.2e-9) at
1024 points an octave of the smaller tail, straight between them (|error| < 1e-7).  What the fields of a call draw
stands in compiler/luck.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from math import factorial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Halves = NDArray[np.uint32]
Floats = NDArray[np.float64]
T = TypeVar("T")

_MASK = (1 << 64) - 1
_STEP = np.array(0x9E3779B97F4A7C15, np.uint64)  # arrays: numpy is quicker with them than with its numbers
_FACTORS = (np.array(0xBF58476D1CE4E5B9, np.uint64), np.array(0x94D049BB133111EB, np.uint64))
_SHIFTS = (np.array(30, np.uint64), np.array(27, np.uint64), np.array(31, np.uint64))
_TWELVE = np.array(12, np.uint64)
_PAIRING = ((np.array(0x7FEB352D, np.uint32), np.array(15, np.uint32)),
            (np.array(0x846CA68B, np.uint32), np.array(16, np.uint32)))
_LN2 = 0.6931471805599453
_SERIES = tuple(1.0 / factorial(n) for n in range(13, -1, -1))  # of the exponential series


def key(*names: str | int) -> int:
    """A 64-bit key for a tuple of names; ("ab", "c") and ("a", "bc") differ."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=4096, typed=True)
def _named(*names: str | int) -> Keys:
    """The key as an array of no dimension."""
    return np.array(key(*names), np.uint64)


def keys(*parts: str | int, count: int, first: int = 0) -> Keys:
    """Keys of `count` numbered things under one name: keys("day", d, count=3)[i] is thing number first + i."""
    return keys_of(np.arange(first, first + count, dtype=np.uint64), *parts)


def keys_of(numbers: NDArray[np.uint64] | NDArray[np.int64], *parts: str | int) -> Keys:
    """Keys of the things with these numbers under one name, as in `keys`."""
    return _mix(np.bitwise_xor(_named(*parts), _mix(numbers.astype(np.uint64, copy=False) + _STEP)))


def _mix(z: Keys) -> Keys:
    """Mixes an array of the caller's own, in place: memory is what takes the time here."""
    np.add(z, _STEP, out=z)
    shifted = z >> _SHIFTS[0]
    for factor, shift in zip(_FACTORS, _SHIFTS[1:], strict=True):
        np.bitwise_xor(z, shifted, out=z)
        np.multiply(z, factor, out=z)
        np.right_shift(z, shift, out=shifted)
    np.bitwise_xor(z, shifted, out=z)
    return z


def hashes(who: Keys, *names: str | int) -> Keys:
    """64 keyed bits for each of `who`."""
    return _mix(np.asarray(np.bitwise_xor(who, _named(*names))))


def paired(one: Halves, other: Halves) -> Halves:
    """32 bits for each pair of two 32 keyed bits: xor-shift and multiply (lowbias32, C. Wellons), for orders in which
    many pairs are compared."""
    found: Halves = np.bitwise_xor(one, other)
    shifted = found >> _PAIRING[1][1]
    for factor, shift in _PAIRING:
        np.bitwise_xor(found, shifted, out=found)
        np.multiply(found, factor, out=found)
        np.right_shift(found, shift, out=shifted)
    np.bitwise_xor(found, shifted, out=found)
    return found


def uniforms(who: Keys, *names: str | int) -> Floats:
    """Uniform doubles in (0, 1), never 0 or 1: (top 52 bits + 0.5) / 2**52."""
    bits = hashes(who, *names)
    found = np.right_shift(bits, _TWELVE, out=bits).astype(np.float64)
    found += 0.5
    found *= 1.0 / (1 << 52)
    return found


def neglog(u: Floats) -> Floats:
    """-ln(u) for u in (0, 1], to 1e-15 relative, by + * / only."""
    mantissa, exponent = np.frexp(u)  # exact: u = mantissa * 2**exponent, mantissa in [.5, 1)
    low = mantissa < 0.7071067811865476
    mantissa = mantissa * (low + 1.0)  # doubled where low
    power = exponent.astype(np.float64) - low.astype(np.float64)
    s = (mantissa - 1.0) / (mantissa + 1.0)  # ln m = 2 (s + s^3/3 + s^5/5 + ...), |s| <= .1716
    square = s * s
    total = np.full_like(s, 1.0 / 21.0)
    for odd in (19, 17, 15, 13, 11, 9, 7, 5, 3, 1):  # in place: this loop is where the plan spends its time
        total *= square
        total += 1.0 / odd
    s *= 2.0
    s *= total
    power *= _LN2
    power += s
    return np.negative(power)


def exponential(x: Floats) -> Floats:
    """e**x for |x| <= 700, to 1e-15 relative, by + * and exact scaling only."""
    whole = np.floor(x * (1.0 / _LN2) + 0.5)
    rest = x - whole * _LN2
    total = np.full_like(rest, _SERIES[0])
    for factor in _SERIES[1:]:
        total *= rest
        total += factor
    scale = (whole.astype(np.int64) + 1023) << 52  # the bits of 2.0**whole
    total *= scale.view(np.float64)
    return total


_A = (-3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02,
      -3.066479806614716e01, 2.506628277459239e00)
_B = (-5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02, 6.680131188771972e01,
      -1.328068155288572e01, 1.0)
_C = (-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00,
      4.374664141464968e00, 2.938163982698783e00)
_D = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0)


def _horner(coefficients: Sequence[float], x: Floats) -> Floats:
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total = total * x + c
    return total


def _rational(u: Floats) -> Floats:
    """Acklam's quantile of u in (0, .5]: never positive."""
    q = u - 0.5
    r = q * q
    middle = q * _horner(_A, r) / _horner(_B, r)
    t = np.sqrt(2.0 * neglog(u))
    outer = _horner(_C, t) / _horner(_D, t)
    return np.where(u < 0.02425, outer, middle)


CELLS = 10  # bits of the mantissa that choose the cell
_LEAST = 1023 - 56  # biased exponent of the smallest tail in the table


@cache
def normal_table() -> tuple[Floats, Floats, Floats]:
    """(edges, constant, slope): in cell i, between edges[i] and edges[i + 1], the size of the quantile of a tail t is
    constant[i] + slope[i] * t. The last cell is the tail .5 itself."""
    bits = (np.arange(((1022 - _LEAST) << CELLS) + 2, dtype=np.int64) + (_LEAST << CELLS)) << (52 - CELLS)
    edges = bits.view(np.float64)
    size = -_rational(np.minimum(edges, 0.5))
    slope = (size[1:] - size[:-1]) / (edges[1:] - edges[:-1])
    return edges, size[:-1] - slope * edges[:-1], slope


def normal(u: Floats) -> Floats:
    """The standard normal quantile of u in (0, 1)."""
    _, constant, slope = normal_table()
    tail = np.subtract(1.0, u)
    np.minimum(tail, u, out=tail)
    cell = tail.view(np.int64) >> (52 - CELLS)
    cell -= _LEAST << CELLS
    found = np.take(slope, cell, mode="clip")
    found *= tail
    found += np.take(constant, cell, out=tail, mode="clip")
    return np.copysign(found, u - 0.5, out=found)


# -------------------------------------------------------------------------------- one draw at a time (talk, sound)


def u(who: int, *names: str | int) -> float:
    """One uniform in (0, 1) for the key `who`."""
    return float(uniforms(np.array([who & _MASK], dtype=np.uint64), *names)[0])


def pick(items: Sequence[T], who: int, *names: str | int) -> T:
    """One of `items`, evenly, keyed. IndexError if there are none."""
    return items[min(int(u(who, *names) * len(items)), len(items) - 1)]


def ranked(items: Sequence[T], who: int, *names: str | int) -> list[T]:
    """All `items` in a keyed order that depends on each item's text, not on its place."""
    return sorted(items, key=lambda item: (key(who, *names, str(item)), str(item)))
