"""A keyed order that is computed: nobody shares a place, and the places look like drawn ones."""

from __future__ import annotations

import numpy as np
import pytest

from compiler.plan.shuffled import MOST, shuffled
from tests.plan.test_uniforms import p_of_cells


def test_each_place_goes_to_one_of_its_own():
    for size in range(1, 400):
        assert sorted(shuffled(np.arange(size), size, "small", size).tolist()) == list(range(size))


@pytest.mark.parametrize("size", [50_000_000, 10**8, 2 * 10**9, MOST])
def test_a_few_of_many_places_lie_everywhere_and_apart(size):
    count = 200_000
    found = shuffled(np.arange(count), size, "large")
    assert len(np.unique(found)) == count
    assert ((found >= 0) & (found < size)).all()
    assert p_of_cells(np.bincount(found * 256 // size, minlength=256), count / 256) > 1e-4
    assert p_of_cells(np.bincount(found % 256, minlength=256), count / 256) > 1e-4
    cells = found * 24 // size
    assert p_of_cells(np.bincount(cells[:-1] * 24 + cells[1:], minlength=576), (count - 1) / 576) > 1e-4


def test_the_name_decides_and_the_number_asked_does_not():
    places = np.arange(1000)
    one, other = (shuffled(places, 10**8, "number", key) for key in (1, 2))
    assert (one != other).mean() > 0.99
    assert (shuffled(places[500:], 10**8, "number", 1) == one[500:]).all()
    assert places.tolist() == list(range(1000))


@pytest.mark.parametrize("size", [0, MOST + 1])
def test_there_are_limits(size):
    with pytest.raises(ValueError, match=f"^{size} places$"):
        shuffled(np.arange(1), size, "x")
