"""A race from tables draws what the race from each row's own weights draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import luck, rng
from compiler.plan.lottery import Lottery, first_of
from compiler.plan.shares import race, times

COUNT = 3_000
HALVES = luck.halves(rng.keys("lottery", count=COUNT))
WEIGHTS = st.sampled_from([0.0, 0.0, 1e-6, 1.0, 1.0, 0.3, 1e6])


def numbers(size: int) -> np.ndarray:
    return (rng.uniforms(rng.keys("number", count=COUNT), "x") * size).astype(np.int64)


@st.composite
def tables(pick) -> np.ndarray:
    """Member x combination."""
    members, size = pick(st.integers(1, 6)), pick(st.integers(1, 5))
    row = st.lists(WEIGHTS, min_size=size, max_size=size)
    return np.array(pick(st.lists(row, min_size=members, max_size=members)))


@settings(deadline=None, max_examples=80)
@given(tables())
def test_tables_draw_what_rows_draw(weights):
    ids = [f"member {i}" for i in range(len(weights))]
    number = numbers(weights.shape[1])
    lottery = Lottery("x", ids, list(weights), weights.shape[1])
    code, _ = race(HALVES, "x", ids, list(weights[:, number]))
    assert lottery.draw(HALVES, number).tolist() == code.tolist()
    assert lottery.somebody == bool((weights > 0).any(axis=0).all())
    board = lottery.board(HALVES, number)
    lots = luck.lots(HALVES, "x")
    for i, member in enumerate(ids):
        assert np.array_equal(board[i], times(lots, member, weights[i, number]) if weights[i, number].any()
                              else np.full(COUNT, np.inf))
    assert first_of(board).tolist() == code.tolist()


def test_without_a_combination_there_is_one_weight_a_member():
    lottery = Lottery("x", ["a", "b", "c"], [2.0, 0.0, 1.0], 1)
    code, _ = race(HALVES, "x", ["a", "b", "c"], [2.0, 0.0, 1.0])
    assert lottery.draw(HALVES, None).tolist() == code.tolist()
    assert set(code.tolist()) == {0, 2}


def test_members_who_arrive_together_win_in_their_order():
    lottery = Lottery("x", ["twin", "twin", "other"], [1.0, 1.0, 1.0], 1)
    assert set(lottery.draw(HALVES, None).tolist()) == {0, 2}


@pytest.mark.parametrize(("members", "kind"), [(128, np.int8), (129, np.int16)])
def test_codes_are_bytes_where_the_members_are_few(members, kind):
    ids = [str(i) for i in range(members)]
    everybody = Lottery("x", ids, [1.0] * members, 1).draw(HALVES, None)
    last = Lottery("x", ids, [0.0] * (members - 1) + [1.0], 1).draw(HALVES, None)
    assert everybody.dtype == last.dtype == kind
    assert everybody.max() > members * 0.9
    assert set(last.tolist()) == {members - 1}
