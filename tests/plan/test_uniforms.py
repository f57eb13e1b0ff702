"""The keyed uniforms and the races: even, and unrelated between neighbouring calls, fields, members and seeds.

Every statistic is turned into a probability p; a right generator passes p > 1e-4 with these fixed keys, and the last
tests show that weak ones do not.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import erfc, exp, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from compiler import luck, rng
from compiler.plan.shares import race
from compiler.rng import Floats, Keys

COUNT = 400_000
FIELDS = ("AWT", "AWU", "FCR", "intent", "Hold_time")
Source = Callable[[Keys, str], Floats]


def calls(seed: int = 7, day: str = "2025-09-01", count: int = COUNT) -> Keys:
    return rng.keys("call", "MusterBank", seed, day, count=count)


# ------------------------------------------------------------------------------------------------ statistics


def p_of_cells(cells: NDArray[np.int64], expected: Floats | float) -> float:
    """Chi-squared, its tail by Wilson and Hilferty (1931)."""
    degrees = cells.size - 1
    statistic = float(((cells - expected) ** 2 / expected).sum())
    z = ((statistic / degrees) ** (1 / 3) - (1 - 2 / (9 * degrees))) / sqrt(2 / (9 * degrees))
    return 0.5 * erfc(z / sqrt(2))


def p_even(u: Floats, cells: int = 256) -> float:
    return p_of_cells(np.bincount((u * cells).astype(int), minlength=cells), len(u) / cells)


def p_kolmogorov(u: Floats) -> float:
    """Kolmogorov and Smirnov's test of u against even values (the limit of its distribution)."""
    ordered = np.sort(u)
    steps = np.arange(len(u) + 1) / len(u)
    off = max(float((steps[1:] - ordered).max()), float((ordered - steps[:-1]).max())) * sqrt(len(u))
    return min(1.0, 2 * sum((-1) ** (k - 1) * exp(-2 * k * k * off * off) for k in range(1, 101)))


def p_unrelated(one: Floats, two: Floats, cells: int = 24) -> float:
    """Pairs of values fall evenly into cells x cells."""
    both = (one * cells).astype(int) * cells + (two * cells).astype(int)
    return p_of_cells(np.bincount(both, minlength=cells * cells), len(one) / cells**2)


def serial(source: Source) -> dict[str, float]:
    """The p of neighbours of all kinds."""
    who = calls()
    u = {name: source(who, name) for name in FIELDS}
    found = {f"{name} even": p_even(u[name]) for name in FIELDS}
    found |= {f"{name} distribution": p_kolmogorov(u[name]) for name in FIELDS}
    found |= {f"{name} next call +{lag}": p_unrelated(u[name][:-lag], u[name][lag:])
              for name in FIELDS for lag in (1, 2)}
    found |= {f"{a} and {b}": p_unrelated(u[a], u[b]) for a in FIELDS for b in FIELDS if a < b}
    found |= {f"{name} next seed": p_unrelated(u[name], source(calls(seed=8), name)) for name in FIELDS}
    found |= {f"{name} next day": p_unrelated(u[name], source(calls(day="2025-09-02"), name)) for name in FIELDS}
    return found


def low(found: dict[str, float]) -> dict[str, float]:
    return {name: p for name, p in found.items() if p < 1e-4}


# ------------------------------------------------------------------------------------------------ uniforms


def test_uniforms_of_neighbours_are_even_and_unrelated():
    assert low(serial(rng.uniforms)) == {}


def test_words_of_neighbours_are_even_and_unrelated():
    assert low(serial(lambda who, name: luck.uniforms(luck.halves(who), name))) == {}


def test_three_fields_together_are_unrelated():
    halves = luck.halves(calls())
    eighths = {name: (luck.uniforms(halves, name) * 8).astype(int) for name in FIELDS}
    for one, two, three in combinations(FIELDS, 3):
        together = eighths[one] * 64 + eighths[two] * 8 + eighths[three]
        assert p_of_cells(np.bincount(together, minlength=512), COUNT / 512) > 1e-4, (one, two, three)


@pytest.mark.parametrize("shift", [0, 32])
def test_calls_whose_keys_share_a_half_draw_apart(shift):
    """Of a million calls some hundred have one half of the key in common with another."""
    halves = luck.halves((np.arange(4096, dtype=np.uint64) << np.uint64(shift)) | np.uint64(0x9E3779B9 << 32 - shift))
    assert len(np.unique(luck.words(halves, "FCR"))) > 4000
    assert len(np.unique(luck.waits(luck.lots(halves, "intent"), "Transfer"))) > 4000


def test_each_bit_of_a_hash_is_fair():
    bits = rng.hashes(calls(), "AWT")
    for place in range(64):
        ones = int(((bits >> np.uint64(place)) & np.uint64(1)).sum())
        assert abs(ones - COUNT / 2) < 4.5 * sqrt(COUNT / 4), place


# ------------------------------------------------------------------------------------------------ races


MEMBERS = ("Card", "Carf", "Loan", "Mortgage", "Transfer", "a", "b")


def member(name: str) -> Source:
    """A member's E in a field's race, turned back into an even value."""
    return lambda who, field: np.exp(-luck.waits(lots(who, field), name).astype(float) * luck.UNIT)


def lots(who: Keys, field: str) -> luck.Lots:
    return luck.lots(luck.halves(who), field)


@pytest.mark.parametrize("name", MEMBERS[:2])
def test_what_one_member_draws_is_even_and_unrelated(name):
    assert low(serial(member(name))) == {}


def test_what_two_members_draw_is_unrelated():
    board = lots(calls(), "intent")
    u = {name: np.exp(-luck.waits(board, name).astype(float) * luck.UNIT) for name in MEMBERS}
    pairs = {f"{a} and {b}": p_unrelated(u[a], u[b]) for a in MEMBERS for b in MEMBERS if a < b}
    pairs |= {f"{a}, {b} next call": p_unrelated(u[a][:-1], u[b][1:]) for a in MEMBERS for b in MEMBERS}
    assert low(pairs) == {}


def test_three_members_together_are_unrelated():
    board = lots(calls(), "intent")
    a, b, c = (np.exp(-luck.waits(board, name).astype(float) * luck.UNIT) for name in MEMBERS[:3])
    cells = (a * 8).astype(int) * 64 + (b * 8).astype(int) * 8 + (c * 8).astype(int)
    assert p_of_cells(np.bincount(cells, minlength=512), COUNT / 512) > 1e-4


HALVES = luck.halves(calls())
WEIGHTS = (40.0, 25.0, 20.0, 10.0, 3.0, 1.5, 0.5)


@pytest.mark.parametrize("field", FIELDS)
def test_a_race_is_won_by_weight_whoever_won_next_to_it(field):
    code, _ = race(HALVES, field, MEMBERS, WEIGHTS)
    shares = np.array(WEIGHTS) / sum(WEIGHTS)
    assert p_of_cells(np.bincount(code, minlength=7), shares * COUNT) > 1e-4
    pairs = np.outer(shares, shares).ravel() * (COUNT - 1)
    assert p_of_cells(np.bincount(code[:-1] * 7 + code[1:], minlength=49), pairs) > 1e-4
    other, _ = race(HALVES, f"{field}2", MEMBERS, WEIGHTS)
    seed, _ = race(luck.halves(calls(seed=8)), field, MEMBERS, WEIGHTS)
    for beside in (other, seed):
        cells = np.bincount(code * 7 + beside, minlength=49)
        assert p_of_cells(cells, np.outer(shares, shares).ravel() * COUNT) > 1e-4


def test_the_smallest_waits_have_the_chance_that_they_should():
    """What lets a weight of a millionth against 1 win: E below t has the chance 1 - exp(-t), down to small t."""
    highest = np.arange(2**32 - 2**16, 2**32, dtype=np.uint64).astype(np.uint32)
    waits = luck.exponentials(highest.copy(), np.empty(len(highest), np.float32)).astype(float) * luck.UNIT
    assert waits.min() > 0
    for t in (1e-6, 3e-6, 1e-5):
        assert np.count_nonzero(waits < t) / 2**32 == pytest.approx(t, rel=0.06)
    # the mean of that chance over what the other member draws: the steps of E even out
    others = np.linspace(0.02, 8.0, 400)
    won = np.searchsorted(np.sort(waits), others * 1e-6) / 2**32
    weights = np.exp(-others)
    right = 1e-6 * (others * weights).sum() / weights.sum()
    assert (won * weights).sum() / weights.sum() == pytest.approx(right, rel=0.005)


def test_waits_are_the_logarithm():
    bits = rng.hashes(calls(count=50_000), "x").astype(np.uint32)
    waits = luck.exponentials(bits.copy(), np.empty(len(bits), np.float32)).astype(float) * luck.UNIT
    assert np.allclose(waits, -np.log((bits + 0.5) / 2**32), rtol=7e-4, atol=1e-7)
    assert waits.mean() == pytest.approx(1.0, abs=0.02)


def test_the_waits_of_the_outermost_bits():
    bits = np.array([0, 1, 2, 2**31, 2**32 - 129, 2**32 - 128, 2**32 - 1], dtype=np.uint32)
    waits = luck.exponentials(bits, np.empty(len(bits), np.float32))
    assert waits.tolist() == [
        1333771264.0, 268433168.0, 260044576.0, 8386329.0, 0.7215237021446228, 0.1803809255361557, 0.1803809255361557]


# ------------------------------------------------------------------------------------------------ the tests can fail


def weak_one(who: Keys, name: str) -> Floats:
    """No mixing at all between call and field."""
    return ((who ^ np.uint64(rng.key(name))) >> np.uint64(12)).astype(float) / 2**52


def weak_two(who: Keys, name: str) -> Floats:
    """One multiplication of a counter."""
    numbers = np.arange(len(who), dtype=np.uint64) + np.uint64(rng.key(name))
    return ((numbers * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(12)).astype(float) / 2**52


def weak_three(who: Keys, name: str) -> Floats:
    """A slope of two parts in a hundred."""
    u = rng.uniforms(who, name)
    return u * (0.98 + 0.02 * u)


@pytest.mark.parametrize(("weak", "seen"), [
    (weak_one, "AWT and FCR"), (weak_two, "AWT next call +1"), (weak_three, "AWT distribution"),
])
def test_a_weak_generator_is_found_out(weak, seen):
    assert serial(weak)[seen] < 1e-6
