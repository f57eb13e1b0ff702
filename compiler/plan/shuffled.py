"""0..size-1 in a keyed order that is computed, not stored: each place goes to another, and no two to the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compiler import rng

Ints = NDArray[np.int64]

ROUNDS = 3
MOST = 1 << 32


def shuffled(places: Ints, size: int, *names: str | int) -> Ints:
    """Where each place 0..size-1 goes, 0..size-1 too, under a full name.

    A multiplication by an odd number, within so many bits as `size` has, and a shift of the upper half onto the lower
    can both be undone, so numbers of so many bits stay apart; who comes out beyond the last place goes on from there
    until it lies within (Black and Rogaway 2002)."""
    if not 1 <= size <= MOST:
        raise ValueError(f"{size} places")
    bits = max((size - 1).bit_length(), 2)
    steps = [(np.uint64(rng.key(*names, "add", i) % (1 << bits)), np.uint64(rng.key(*names, "times", i) | 1))
             for i in range(ROUNDS)]
    found = _round(places.astype(np.uint64), bits, steps)
    rows = np.flatnonzero(found >= np.uint64(size))
    left = found[rows]
    while len(rows):
        found[rows] = _round(left, bits, steps)
        beyond = np.flatnonzero(left >= np.uint64(size))
        rows, left = rows[beyond], left[beyond]
    return found.view(np.int64)


def _round(x: NDArray[np.uint64], bits: int, steps: list[tuple[np.uint64, np.uint64]]) -> NDArray[np.uint64]:
    """In place."""
    mask, half = np.uint64((1 << bits) - 1), np.uint64((bits + 1) // 2)
    for add, times in steps:
        x ^= add
        x *= times
        x &= mask
        x ^= x >> half
    return x
