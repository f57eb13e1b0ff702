"""The 10 ms grid: samples -> what is audible in each frame. Whole-number energies, so nothing depends on the CPU."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compiler.sound.audio import FRAME, Samples

Energies = NDArray[np.int64]
Mask = NDArray[np.bool_]


def threshold(decibels: float) -> int:
    """The sum of squares over one frame whose level is `decibels` full scale (a full-scale square wave is 0 dB)."""
    return round(FRAME * 32768**2 * 10 ** (decibels / 10))


AUDIBLE = threshold(-52.0)  # the meter: a frame above this is heard
EDGE = threshold(-50.0)  # a clip begins and ends with frames of at least this


def energies(samples: Samples) -> Energies:
    """Mono int16 -> sum of squares per whole frame; samples after the last whole frame are left out."""
    count = len(samples) // FRAME
    wide = samples[: count * FRAME].reshape(count, FRAME).astype(np.int32)
    squares = np.multiply(wide, wide, out=wide)  # at most 2**30
    sums: Energies = squares.sum(axis=1, dtype=np.int64)
    return sums


def audible(samples: Samples) -> Mask:
    """Mono int16 -> the frames that are heard."""
    return energies(samples) > AUDIBLE


def runs(mask: Mask) -> list[tuple[int, int]]:
    """The stretches [start, end) in which `mask` holds."""
    steps = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(steps[::2], steps[1::2], strict=True)]


def joined(stretches: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Stretches with holes of at most `gap` frames closed."""
    if not stretches:
        return []
    starts = [stretches[0][0]] + [b[0] for a, b in pairwise(stretches) if b[0] - a[1] > gap]
    ends = [a[1] for a, b in pairwise(stretches) if b[0] - a[1] > gap] + [stretches[-1][1]]
    return list(zip(starts, ends, strict=True))
