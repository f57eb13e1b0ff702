"""The only door to chance.

A draw is a pure function of (who, the full name of what is drawn): no stream, no order.  `who` is a 64-bit key made
from a stable identity; names are hashed, never counted.  Everything is built from integer mixing and `+ - * /` and
`sqrt` on doubles, one numpy operation at a time, so that each machine gives the same bits; numpy's own log, exp and
power differ between CPUs and are not used.

Mixing: splitmix64 (Steele, Lea, Flood 2014). Inverse normal: Acklam's rational approximation (|error| < 1.2e-9).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
T = TypeVar("T")

_MASK = (1 << 64) - 1
_LN2 = 0.6931471805599453


def key(*names: str | int) -> int:
    """A 64-bit key for a tuple of names; ("ab", "c") and ("a", "bc") differ."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def keys(*parts: str | int, count: int, first: int = 0) -> Keys:
    """Keys of `count` numbered things under one name: keys("day", d, count=3)[i] is thing number first + i."""
    numbers = np.arange(first, first + count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        return _mix(np.uint64(key(*parts)) ^ _mix(numbers + np.uint64(0x9E3779B97F4A7C15)))


def _mix(x: Keys) -> Keys:
    with np.errstate(over="ignore"):
        z = x + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return cast(Keys, z ^ (z >> np.uint64(31)))


def hashes(who: Keys, *names: str | int) -> Keys:
    """64 keyed bits for each of `who`."""
    return _mix(who ^ np.uint64(key(*names)))


def uniforms(who: Keys, *names: str | int) -> Floats:
    """Uniform doubles in (0, 1), never 0 or 1: (top 52 bits + 0.5) / 2**52."""
    return ((hashes(who, *names) >> np.uint64(12)).astype(np.float64) + 0.5) * (1.0 / (1 << 52))


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
    whole = np.floor(x / _LN2 + 0.5)
    rest = x - whole * _LN2
    total = np.full_like(rest, 1.0)
    for n in range(17, 0, -1):
        total = total * rest / n + 1.0
    return np.ldexp(total, whole.astype(np.int32))


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


def normal(u: Floats) -> Floats:
    """The standard normal quantile of u in (0, 1)."""
    tail = np.minimum(u, 1.0 - u)
    q = u - 0.5
    r = q * q
    middle = q * _horner(_A, r) / _horner(_B, r)
    t = np.sqrt(2.0 * neglog(tail))
    outer = _horner(_C, t) / _horner(_D, t)
    return np.where(tail < 0.02425, np.where(u < 0.5, outer, -outer), middle)


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
