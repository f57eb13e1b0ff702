"""Buckets by a consistent hash: every one has the same chance, and growth moves only what goes into the new ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import rng
from compiler.plan.flip import MOST, flip
from tests.plan.test_uniforms import p_of_cells

KEYS = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=40)
MANY = rng.keys("flip", count=120_000)


@settings(deadline=None)
@given(KEYS, st.integers(1, 10_000_000), st.integers(1, 10_000_000))
def test_more_buckets_move_only_into_the_new_ones(keys, few, more):
    who = np.array(keys, dtype=np.uint64)
    before, after = flip(who, few), flip(who, few + more)
    assert (np.minimum(before, after) >= 0).all() and (before < few).all() and (after < few + more).all()
    assert ((after == before) | (after >= few)).all()


def test_one_bucket_more_takes_its_part_and_moves_nothing_else():
    who, before = MANY[:20_000], flip(MANY[:20_000], 1)
    for buckets in range(2, 600):
        after = flip(who, buckets)
        moved = after != before
        assert (after[moved] == buckets - 1).all()
        expected = len(who) / buckets
        assert abs(int(moved.sum()) - expected) < 5 * expected**0.5 + 1
        before = after


@pytest.mark.parametrize("buckets", [2, 3, 5, 7, 8, 9, 16, 17, 31, 33, 100, 129, 255, 257, 1000, 1025])
def test_every_bucket_has_the_same_chance(buckets):
    assert p_of_cells(np.bincount(flip(MANY, buckets), minlength=buckets), len(MANY) / buckets) > 1e-4


@pytest.mark.parametrize("buckets", [4000, 12_000, 480_000, 2**19 + 1, 1_000_000, 50_000_000, 10**9, MOST - 1, MOST])
def test_large_numbers_of_buckets_are_filled_evenly(buckets):
    parts = flip(MANY, buckets) * 200 // buckets
    assert p_of_cells(np.bincount(parts, minlength=200), len(MANY) / 200) > 1e-4


@pytest.mark.parametrize(("few", "many"), [(3, 8), (5, 8), (5, 9), (17, 33), (40, 64), (100, 300)])
def test_where_a_key_goes_says_nothing_of_where_it_was(few, many):
    one, two = flip(MANY, few), flip(MANY, many)
    went = two >= few
    table = np.bincount(one[went] * (many - few) + two[went] - few, minlength=few * (many - few))
    assert p_of_cells(table, int(went.sum()) / len(table)) > 1e-4


@pytest.mark.parametrize("buckets", [37, 64])
def test_neighbouring_keys_go_apart(buckets):
    found = flip(MANY, buckets)
    table = np.bincount(found[:-1] * buckets + found[1:], minlength=buckets**2)
    assert p_of_cells(table, (len(MANY) - 1) / buckets**2) > 1e-4


def test_how_many_keys_are_asked_at_once_changes_nothing(monkeypatch):
    whole = flip(MANY[:5000], 700)
    monkeypatch.setattr("compiler.plan.flip.PIECE", 7)
    assert (flip(MANY[:5000], 700) == whole).all()


@pytest.mark.parametrize("buckets", [0, -1, MOST + 1])
def test_there_are_limits(buckets):
    with pytest.raises(ValueError, match=f"^{buckets} buckets$"):
        flip(MANY[:1], buckets)


def test_the_function_stays_the_same():
    assert flip(rng.keys("fixed", count=8), 1000).tolist() == [98, 270, 11, 514, 201, 162, 597, 75]
