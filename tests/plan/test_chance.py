"""The door to chance: even, independent of order, monotonic where it should be."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import luck, rng
from compiler.plan import distributions
from compiler.plan.shares import race

WHO = rng.keys("test", count=20_000)
HALVES = luck.halves(WHO)


@pytest.mark.parametrize("name", ["AWT", "FCR", "intent"])
def test_uniforms_fill_their_cells_evenly(name):
    cells = np.bincount((rng.uniforms(WHO, name) * 20).astype(int), minlength=20)
    assert ((cells - 1000) ** 2 / 1000).sum() < 45.3  # chi-square, 19 degrees, p = .0006


def test_neighbouring_calls_fields_and_seeds_are_independent():
    one, two = rng.uniforms(WHO, "AWT"), rng.uniforms(WHO, "Hold_time")
    other = rng.uniforms(rng.keys("test", 1, count=len(WHO)), "AWT")
    for left, right in ((one, two), (one[1:], one[:-1]), (one, other)):
        assert abs(np.corrcoef(left, right)[0, 1]) < 4 / math.sqrt(len(left))


@settings(deadline=None)
@given(st.permutations(["a", "b", "c", "d"]))
def test_a_race_does_not_know_the_order_of_its_members(order):
    weights = {"a": 1.0, "b": 2.0, "c": 0.0, "d": 3.5}
    who = luck.halves(WHO[:300])
    code, _ = race(who, "x", order, [weights[name] for name in order])
    straight, _ = race(who, "x", list("abcd"), [weights[name] for name in "abcd"])
    assert [order[c] for c in code] == ["abcd"[c] for c in straight]
    assert "c" not in {order[c] for c in code}


def test_a_new_member_only_takes_and_one_weight_moves_the_minimum():
    base = {"a": 10.0, "b": 20.0, "c": 30.0}
    before, _ = race(HALVES, "x", list(base), list(base.values()))
    more, _ = race(HALVES, "x", [*base, "d"], [*base.values(), 5.0])
    assert set(more[more != before].tolist()) == {3}
    heavier, _ = race(HALVES, "x", list(base), [12.0, 20.0, 30.0])
    changed, least = (heavier != before).mean(), 12 / 62 - 10 / 60
    assert set(heavier[heavier != before].tolist()) == {0}
    assert changed < 1.1 * least + 3 * math.sqrt(least / len(WHO))


@settings(deadline=None)
@given(st.floats(1e-9, 1 - 1e-9))
def test_quantiles_agree_with_the_textbook(u):
    assert distributions.quantile("normal", np.array([u]), {"mean": 3.0, "sd": 2.0}, None)[0] == pytest.approx(
        NormalDist(3, 2).inv_cdf(u), abs=1e-7)
    median = distributions.quantile("lognormal", np.array([u]), {"median": 40.0, "spread": 1.5}, None)[0]
    assert median == pytest.approx(40 * math.exp(math.log(1.5) * NormalDist().inv_cdf(u)), rel=1e-7)
    assert distributions.quantile("exponential", np.array([u]), {"mean": 5.0}, None)[0] == pytest.approx(
        -5 * math.log1p(-u), rel=1e-6)


@pytest.mark.parametrize(("kind", "given_", "within", "mean", "sd"), [
    ("gamma", {"mean": 60.0, "cv": 0.5}, None, 60.0, 30.0),
    ("gamma", {"mean": 60.0, "cv": 1.5}, None, 60.0, 90.0),
    ("poisson", {"mean": 2.5}, None, 2.5, math.sqrt(2.5)),
    ("uniform", {"low": 2.0, "high": 8.0}, None, 5.0, 6 / math.sqrt(12)),
    ("truncated normal", {"mean": 0.0, "sd": 1.0}, (0.0, 50.0), math.sqrt(2 / math.pi), math.sqrt(1 - 2 / math.pi)),
])
def test_distributions_have_their_mean_and_spread(kind, given_, within, mean, sd):
    u = (np.arange(4000) + 0.5) / 4000
    values = distributions.quantile(kind, u, given_, within)
    assert values.mean() == pytest.approx(mean, rel=0.01)
    assert values.std() == pytest.approx(sd, rel=0.03)
    assert (np.diff(values) >= 0).all()


@pytest.mark.parametrize(("mean", "cv"), [(3.0, 0.0), (300.0, 0.0), (20_000.0, 0.0), (300.0, 0.1)])
def test_arrivals_are_poisson_or_wider(mean, cv):
    counts = np.array([distributions.arrivals((i + 0.5) / 2000, mean, cv) for i in range(2000)])
    assert counts.mean() == pytest.approx(mean, rel=0.005)
    assert counts.var() / mean == pytest.approx(1 + mean * cv * cv, rel=0.03)
