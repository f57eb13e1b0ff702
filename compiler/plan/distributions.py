"""Uniforms -> numbers, by inverse distribution functions made of + - * / and sqrt only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from compiler import rng
from compiler.plan.gamma import gamma, log_factorial
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
        return given["median"] * rng.exponential(rng.normal(u) * _ln(given["spread"]))
    if kind == "truncated lognormal":
        sigma = _ln(given["spread"])
        logs = {"mean": _ln(given["median"]), "sd": sigma}
        bounds = None if within is None else (float(_log_bound(within[0])), float(_log_bound(within[1])))
        return rng.exponential(logs["mean"] + sigma * rng.normal(_squeeze(u, logs, bounds)))
    if kind == "uniform":
        return given["low"] + (given["high"] - given["low"]) * u
    if kind == "exponential":
        return given["mean"] * rng.neglog(1.0 - u)
    if kind == "poisson":
        return _poisson(u, given["mean"])
    if kind == "gamma":
        return gamma(u, given["mean"], given["cv"])
    raise KeyError(kind)


def _ln(x: Any) -> Any:
    return -rng.neglog(np.atleast_1d(np.asarray(x, dtype=np.float64)))


def _log_bound(x: float) -> float:
    return float(-rng.neglog(np.array([x]))[0]) if x > 0 else -700.0


def probability(z: Floats) -> Floats:
    """The normal distribution function at z: the straight lines of `rng.normal` turned round, so that both agree."""
    edges, constant, slope = rng.normal_table()
    size = np.abs(z)
    ends = constant[:-1] + slope[:-1] * edges[:-2]  # the quantile at the low end of each cell: it falls
    cell = np.clip(len(ends) - np.searchsorted(ends[::-1], size, side="left") - 1, 0, len(ends) - 1)
    tail = np.clip((size - constant[cell]) / slope[cell], 0.0, 0.5)
    return np.where(z < 0.0, tail, 1.0 - tail)


def _squeeze(u: Floats, given: dict[str, Any], within: tuple[float, float] | None) -> Floats:
    """u moved into the part of (0, 1) that belongs to the bounds: truncation by one draw, without redrawing."""
    if within is None:
        return u
    low, high = (probability(np.asarray((bound - given["mean"]) / given["sd"], dtype=np.float64)) for bound in within)
    return np.clip(low + u * (high - low), 1e-16, 1.0 - 1e-16)


def _poisson(u: Floats, mean: Any) -> Floats:
    """Counts up from where the probabilities begin: 0, or 12 deviations below a large mean.  Where the mean is the same
    for all rows, the sums are made once and looked up."""
    if np.ndim(mean) == 0:
        first, sums = poisson_sums(float(mean))
        return np.asarray(first + np.minimum(np.searchsorted(sums, u), len(sums) - 1), dtype=np.float64)
    mean = mean * np.ones_like(u)
    n, term = _poisson_start(mean)
    total = term.copy()
    value = n.copy()
    going = u > total
    while going.any():
        n += 1.0
        term *= mean
        term /= n
        total += term
        value[going] = n[going]
        going &= (u > total) & ((n <= mean) | (term > 1e-18))
    return value


@lru_cache(maxsize=4096)
def poisson_sums(mean: float) -> tuple[int, Floats]:
    """(the first count, the probabilities of it and of each further one added up)."""
    start, first = _poisson_start(np.array([mean]))
    n, term, sums = float(start[0]), float(first[0]), [float(first[0])]
    while n <= mean or term > 1e-18:
        n += 1.0
        term = term * mean / n
        sums.append(sums[-1] + term)
    return int(start[0]), np.array(sums)


def _poisson_start(mean: Floats) -> tuple[Floats, Floats]:
    """(the first count with a probability to speak of, that probability)."""
    first = np.where(mean < 600.0, 0.0, np.floor(mean - 12.0 * np.sqrt(np.maximum(mean, 0.0))))
    logs = -first * rng.neglog(np.maximum(mean, 1e-300)) - mean - log_factorial(first)
    return first, rng.exponential(np.where(first > 0.0, logs, -mean))


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
