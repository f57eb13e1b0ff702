"""Uniforms -> numbers, by inverse distribution functions made of + - * / and sqrt only."""

from __future__ import annotations

from typing import Any

import numpy as np

from compiler import rng
from compiler.rng import Floats


def quantile(kind: str, u: Floats, given: dict[str, Any], within: tuple[float, float] | None) -> Any:
    """The value at u of the distribution `kind`; parameters are scalars or columns. KeyError for an unknown kind."""
    if kind == "constant":
        return np.broadcast_to(np.asarray(given["value"], dtype=np.float64), u.shape)
    if kind == "normal":
        return given["mean"] + given["sd"] * rng.normal(u)
    if kind == "truncated normal":
        return given["mean"] + given["sd"] * rng.normal(_squeeze(u, given, within))
    if kind == "lognormal":
        return given["median"] * rng.exponential(rng.normal(u) * _ln(given["spread"], u))
    if kind == "truncated lognormal":
        sigma = _ln(given["spread"], u)
        logs = {"mean": _ln(given["median"], u), "sd": sigma}
        bounds = None if within is None else (float(_log_bound(within[0])), float(_log_bound(within[1])))
        return rng.exponential(logs["mean"] + sigma * rng.normal(_squeeze(u, logs, bounds)))
    if kind == "uniform":
        return given["low"] + (given["high"] - given["low"]) * u
    if kind == "exponential":
        return given["mean"] * rng.neglog(1.0 - u)
    if kind == "poisson":
        return _poisson(u, np.broadcast_to(np.asarray(given["mean"], dtype=np.float64), u.shape))
    if kind == "gamma":
        return _gamma(u, np.broadcast_to(np.asarray(given["mean"], dtype=np.float64), u.shape),
                      np.broadcast_to(np.asarray(given["cv"], dtype=np.float64), u.shape))
    raise KeyError(kind)


def _ln(x: Any, like: Floats) -> Floats:
    return -rng.neglog(np.broadcast_to(np.asarray(x, dtype=np.float64), like.shape))


def _log_bound(x: float) -> float:
    return float(-rng.neglog(np.array([x]))[0]) if x > 0 else -700.0


def probability(z: Floats) -> Floats:
    """The normal distribution function at z: `rng.normal` turned round by 60 halvings, so that both always agree."""
    low, high = np.zeros_like(z), np.ones_like(z)
    for _ in range(60):
        middle = (low + high) * 0.5
        below = rng.normal(np.clip(middle, 1e-300, 1.0 - 1e-16)) < z
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) * 0.5


def _squeeze(u: Floats, given: dict[str, Any], within: tuple[float, float] | None) -> Floats:
    """u moved into the part of (0, 1) that belongs to the bounds: truncation by one draw, without redrawing."""
    if within is None:
        return u
    low, high = (
        probability(np.broadcast_to(np.asarray((bound - given["mean"]) / given["sd"], dtype=np.float64), u.shape))
        for bound in within
    )
    return np.clip(low + u * (high - low), 1e-16, 1.0 - 1e-16)


def _poisson(u: Floats, mean: Floats) -> Floats:
    """Counts up from 0; for means up to some hundreds."""
    term = rng.exponential(-np.minimum(mean, 700.0))
    total, value = term, np.zeros_like(u)
    going = u > total
    n = 0
    while going.any() and n < 5000:
        n += 1
        term = term * mean / n
        total = total + term
        value = np.where(going, float(n), value)
        going = going & (u > total)
    return value


def _gamma(u: Floats, mean: Floats, cv: Floats) -> Floats:
    """Gamma with this mean and coefficient of variation: 60 halvings of its distribution function."""
    shape = 1.0 / (cv * cv)
    low = np.zeros_like(u)
    high = 1.0 + 12.0 * cv + 40.0 * cv * cv  # in units of the mean, far beyond the last 2**-52
    for _ in range(60):
        middle = (low + high) * 0.5
        below = _gamma_probability(shape, middle * shape) < u
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return mean * (low + high) * 0.5


def _gamma_probability(a: Floats, x: Floats) -> Floats:
    """The regularised lower incomplete gamma function by its series (DLMF 8.11.4)."""
    safe = np.maximum(x, 1e-300)
    term = rng.exponential(np.clip(-a * rng.neglog(safe) - safe - _log_gamma(a + 1.0), -700.0, 700.0))
    total = term
    for n in range(1, 400):
        term = term * safe / (a + n)
        total = total + term
    return np.minimum(total, 1.0)


def _log_gamma(x: Floats) -> Floats:
    """ln Gamma(x) for x >= 1 by Stirling's series, shifted up by 8 first."""
    shift = np.ones_like(x)
    for n in range(8):
        shift = shift * (x + n)
    y = x + 8.0
    series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * y * y)) / (y * y)) / y
    return -rng.neglog(y) * (y - 0.5) - y + 0.9189385332046727 + series + rng.neglog(shift)


def arrivals(u: float, mean: float, cv: float) -> int:
    """How many calls arrive on a day: Poisson around `mean`, or around a gamma-distributed multiple of it with the
    coefficient of variation `cv` (a negative binomial count).  From the most likely count outwards, so that no
    exponential is needed: the ratios of neighbouring probabilities are all there is."""
    if mean <= 0.0:
        return 0
    k = 1.0 / (cv * cv) if cv > 0 else 0.0

    def up(n: int) -> float:  # p(n + 1) / p(n)
        return mean / (n + 1) if not k else (n + k) / (n + 1) * mean / (mean + k)

    mode = int(mean)
    below, n, p = [], mode, 1.0
    while n > 0 and p > 1e-18:
        n -= 1
        p = p / up(n)
        below.append(p)
    above, n, p = [1.0], mode, 1.0
    while p > 1e-18:
        p = p * up(n)
        n += 1
        above.append(p)
    chances = below[::-1] + above
    total = 0.0
    for p in chances:
        total += p
    wanted, reached = u * total, 0.0
    for i, p in enumerate(chances):
        reached += p
        if wanted <= reached:
            return mode - len(below) + i
    return mode - len(below) + len(chances) - 1
