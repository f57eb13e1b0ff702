"""The quantiles of the gamma distribution: by halving, and by a table where the shape is the same for all rows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.rng import Floats

_CELLS = 7  # bits of the mantissa that choose the cell: 128 cells an octave of the smaller tail
_LEAST = 1023 - 54  # biased exponent of the smallest tail in the table


def gamma(u: Floats, mean: Any, cv: Any) -> Floats:
    """Gamma with this mean and coefficient of variation."""
    if np.ndim(cv) == 0:
        return np.asarray(mean * _looked_up(u, float(cv)))
    return np.asarray(mean * solved(u, cv * np.ones_like(u)))


def _looked_up(u: Floats, cv: float) -> Floats:
    """The quantile in units of the mean; in each cell a straight line in the smaller tail."""
    edges, constant, slope = _table(cv)
    tail = np.minimum(u, 1.0 - u)
    cell = (tail.view(np.int64) >> (52 - _CELLS)) - (_LEAST << _CELLS)
    cell = np.clip(cell, 0, len(edges) - 2)
    upper = (u > 0.5).astype(np.int64)
    return np.asarray(constant[upper, cell] + slope[upper, cell] * tail)


@lru_cache(maxsize=64)
def _table(cv: float) -> tuple[Floats, NDArray[Any], NDArray[Any]]:
    """(edges of the tail, constant and slope of each cell), for the lower and the upper tail."""
    bits = (np.arange(((1022 - _LEAST) << _CELLS) + 2, dtype=np.int64) + (_LEAST << _CELLS)) << (52 - _CELLS)
    edges = bits.view(np.float64)
    inside = np.minimum(edges, 0.5)
    values = np.stack([solved(inside, np.full_like(inside, cv)), solved(1.0 - inside, np.full_like(inside, cv))])
    slope = (values[:, 1:] - values[:, :-1]) / (edges[1:] - edges[:-1])
    return edges, values[:, :-1] - slope * edges[:-1], slope


def solved(u: Floats, cv: Floats) -> Floats:
    """The quantile in units of the mean, by 60 halvings of the distribution function."""
    shape = 1.0 / (cv * cv)
    base = _log_gamma(shape + 1.0)
    low = np.zeros_like(u)
    high = 1.0 + 12.0 * cv + 40.0 * cv * cv  # far beyond the last 2**-52
    for _ in range(60):
        middle = (low + high) * 0.5
        below = _probability(shape, middle * shape, base) < u
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) * 0.5


def _probability(a: Floats, x: Floats, base: Floats) -> Floats:
    """The regularised lower incomplete gamma function by its series (DLMF 8.11.4), `base` = ln Gamma(a + 1).  It ends
    where no row's sum changes any more: the terms fall from there on, so further ones would change nothing either."""
    safe = np.maximum(x, 1e-300)
    term = rng.exponential(np.clip(-a * rng.neglog(safe) - safe - base, -700.0, 700.0))
    total = term.copy()
    for n in range(1, 400):
        term *= safe
        term /= a + n
        total += term
        if n % 16 == 0 and bool(((term <= total * 1e-17) & (safe < a + n)).all()):
            break
    return np.minimum(total, 1.0)


def _log_gamma(x: Floats) -> Floats:
    """ln Gamma(x) for x >= 1 by Stirling's series, shifted up by 8 first."""
    shift = np.ones_like(x)
    for n in range(8):
        shift = shift * (x + n)
    y = x + 8.0
    series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * y * y)) / (y * y)) / y
    return -rng.neglog(y) * (y - 0.5) - y + 0.9189385332046727 + series + rng.neglog(shift)


def log_factorial(n: Floats) -> Floats:
    """ln n!"""
    return _log_gamma(n + 1.0)
