"""How many calls a day has, and when within the day they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import exp, log, sqrt

import numpy as np
import pytest

from compiler.lang import model as m
from compiler.plan import distributions
from compiler.plan.days import Days, days_of
from compiler.plan.frame import scope_of
from compiler.plan.plan import Plan, draw
from tests.plan.models import AFTER, OUTAGE, bank

MEAN = 120.0


def days_with(arrivals: str, cv: float = 0.0, mean: float = MEAN, count: int = 364, seed: int = 7) -> Days:
    """So many days that are alike."""
    quiet = m.Calendar()
    volume = m.Volume(mean, mean, arrivals=arrivals, cv=cv)  # type: ignore[arg-type]
    base = bank(calendar=quiet, volume=volume)
    model = replace(base, dataset=replace(base.dataset, seed=seed))
    first = date(2025, 1, 1)
    return days_of(model, scope_of(model), first, date.fromordinal(first.toordinal() + count - 1))


def test_exact_is_exact():
    assert set(days_with("exact").volumes.tolist()) == {120}
    assert set(days_with("exact", mean=80.5).volumes.tolist()) == {81}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_poisson_counts_vary_as_much_as_their_mean(seed):
    counts = days_with("poisson", seed=seed).volumes
    assert counts.mean() == pytest.approx(MEAN, abs=4.5 * sqrt(MEAN / 364))
    assert counts.var(ddof=1) / counts.mean() == pytest.approx(1.0, abs=4.5 * sqrt(2 / 363))


@pytest.mark.parametrize("cv", [0.1, 0.25, 0.5])
@pytest.mark.parametrize(("count", "seed"), [(60, 7), (364, 1), (364, 2), (364, 3)])
def test_gamma_counts_vary_as_their_cv_says(cv, count, seed):
    counts = days_with("gamma", cv=cv, count=count, seed=seed).volumes
    assert counts.var(ddof=1) / counts.mean() == pytest.approx(1 + MEAN * cv * cv, rel=0.25)


@pytest.mark.parametrize(("mean", "cv"), [(0.3, 0.0), (7.0, 0.0), (5000.0, 0.0), (7.0, 0.6), (900.0, 0.2)])
def test_arrivals_have_the_moments_that_they_should(mean, cv):
    """Over an even grid of uniforms: the distribution itself, without luck."""
    u = (np.arange(4000) + 0.5) / 4000
    counts = np.array([distributions.arrivals(float(x), mean, cv) for x in u])
    assert counts.mean() == pytest.approx(mean, rel=0.004)
    assert counts.var() == pytest.approx(mean + (mean * cv) ** 2, rel=0.02)
    assert (np.diff(counts) >= 0).all()


def test_no_calls_are_expected_none_come():
    assert distributions.arrivals(0.999, 0.0, 0.3) == 0


# ------------------------------------------------------------------------------------------------ within the day


def brown(times: np.ndarray, low: float, high: float) -> list[float]:
    """Brown et al. (2005): what the arrivals of one stretch of even rate give if they are Poisson: exponential values
    of mean 1."""
    ordered = np.concatenate([[low], np.sort(times)])
    j = len(times)
    return [(j - i) * -log((high - ordered[i + 1]) / (high - ordered[i])) for i in range(j) if ordered[i + 1] < high]


def p_exponential(values: list[float]) -> float:
    """Kolmogorov and Smirnov's test against the exponential distribution of mean 1."""
    reached = 1.0 - np.exp(-np.sort(np.array(values)))
    steps = np.arange(len(values) + 1) / len(values)
    off = max(float((steps[1:] - reached).max()), float((reached - steps[:-1]).max())) * sqrt(len(values))
    return min(1.0, 2 * sum((-1) ** (k - 1) * exp(-2 * k * k * off * off) for k in range(1, 101)))


def stretches() -> list[tuple[np.ndarray, float, float]]:
    """The start times by day, shift and bucket, between hours in which both last without a break."""
    quiet = m.Calendar(events=tuple(replace(event, calls=None) for event in (AFTER, OUTAGE)))
    base = bank(calendar=quiet, volume=m.Volume(400.0, 400.0, arrivals="poisson"))
    plan: Plan = draw(replace(base, customers=replace(base.customers, population=9000)))
    columns = plan.frame.columns
    hour = 3_600_000.0
    found = []
    for shift, low, high in (("Early", 6 * hour, 14 * hour), ("Late", 16 * hour, 22 * hour)):
        code = plan.scope.members["agent_shift"].index(shift)
        at = columns["start_ms"]
        for day in range(plan.days.count):
            here = (columns["day"] == day) & (columns["agent_shift"] == code) & (at >= low) & (at < high)
            found.append((at[here].astype(float) + 0.5, low, high))
    return found


def test_poisson_arrivals_pass_browns_test_within_their_days():
    parts = stretches()
    values = [value for times, low, high in parts for value in brown(times, low, high)]
    assert len(values) > 3000
    assert p_exponential(values) > 1e-3


def test_arrivals_that_keep_their_distance_do_not_pass():
    """The same counts, but evenly spread: the test sees it."""
    parts = stretches()
    even = [value for times, low, high in parts
            for value in brown(low + (np.arange(len(times)) + 0.5) * (high - low) / max(len(times), 1), low, high)]
    assert p_exponential(even) < 1e-9
