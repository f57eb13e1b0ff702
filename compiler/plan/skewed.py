"""How far a sum lies from what was expected, on the scale of the normal distribution, skewness taken into account.

With few calls or a small chance an uncorrected z cries wolf.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from compiler import rng

MOST_SKEWED = 2.0  # beyond it a handful of values decides, and z says nothing


def z_of(off: float, variance: float, third: float) -> float | None:
    """z of a sum that is off by so much, its variance and third central moment being these: the cube root that makes
    gamma variates nearly normal (Wilson and Hilferty 1931). None where the sum is too skewed to judge."""
    if variance <= 1e-9:
        return 0.0 if abs(off) < 1e-3 else 99.0 if off > 0 else -99.0
    z, skewness = off / sqrt(variance), third / variance / sqrt(variance)
    if abs(skewness) > MOST_SKEWED:
        return None
    if abs(skewness) > 1e-3:
        z = 6.0 / skewness * (_cube_root(skewness * z / 2.0 + 1.0) - 1.0) + skewness / 6.0
    return round(min(max(z, -99.0), 99.0), 2) + 0.0  # never -0.0


def z_of_rare(hits: int, asked: float) -> float:
    """z of a count of rare things that are asked so many times: half of the chance of the very count goes to either
    side (mid-p), the counts being Poisson."""
    term = float(rng.exponential(np.array([-asked]))[0])
    below = 0.0
    for n in range(hits):
        below += term
        term = term * asked / (n + 1)
    tail = below + term / 2.0  # of the count and all smaller ones
    above = _above(hits, asked, term) + term / 2.0
    return _quantile(tail) if tail <= 0.5 else -_quantile(above)


def _quantile(tail: float) -> float:
    return float(rng.normal(np.array([max(tail, 1e-16)]))[0])


def _above(hits: int, asked: float, term: float) -> float:
    """The chance of more than so many; `term`: that of so many."""
    total, n = 0.0, hits
    while True:
        n += 1
        term = term * asked / n
        total += term
        if n > asked and term <= total * 1e-17:
            return total


def _cube_root(x: float) -> float:
    """By Newton's method: the same on every machine."""
    size = abs(x)
    if size < 1e-12:
        return 0.0
    root = max(size, 1.0)
    for _ in range(80):
        root = (2.0 * root + size / (root * root)) / 3.0
    return root if x > 0 else -root
