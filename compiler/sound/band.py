"""The telephone band: samples -> the same samples between 300 and 3400 Hz.

Filters with symmetric whole-number coefficients (in 1/32768), applied as sliced multiply-adds: every operation is one
rounding of one float32, so the bits are the same on every CPU. The high-pass takes away what a sparse low-pass keeps:
81 taps, eight samples apart, after a triangle of 15 samples whose zeros fall on the images at multiples of 2 kHz.
"""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from compiler.sound.audio import RATE

Floats = NDArray[np.float32]

LOW, HIGH = 314.0, 3420.0  # where the slopes are at -6 dB: inside 300..3400 Hz, so that little is left outside
STEP = 8
_UNIT = 32768
_REACH = 1024  # samples: more than both filters together look to either side


@cache
def low_pass(taps: int, cutoff: float) -> tuple[int, ...]:
    """The right half of a Hamming-windowed sinc, centre first, in 1/32768, adding up to exactly 1 over both halves.
    `cutoff` is a share of the sampling rate. Rounding to whole numbers makes it free of the last bit of sin and cos."""
    half = taps // 2
    ideal = [2 * cutoff] + [sin(2 * pi * cutoff * n) / (pi * n) for n in range(1, half + 1)]
    windowed = [h * (0.54 + 0.46 * cos(pi * n / (half + 0.5))) for n, h in enumerate(ideal)]
    total = windowed[0] + 2 * sum(windowed[1:])
    side = [round(h / total * _UNIT) for h in windowed[1:]]
    return (_UNIT - 2 * sum(side), *side)


def telephone(samples: Floats) -> Floats:
    """Mono at 16 kHz, silence on both sides -> as long, in the telephone band."""
    return _narrowed(_without_lows(samples))


def telephone_loop(samples: Floats) -> Floats:
    """The same for a loop: what is before its start is its end. The loop is longer than _REACH."""
    around = np.concatenate([samples[-_REACH:], samples, samples[:_REACH]])
    return telephone(around)[_REACH:-_REACH]


def _without_lows(samples: Floats) -> Floats:
    weights = low_pass(81, LOW * STEP / RATE)
    reach = STEP * (len(weights) - 1)
    padded = np.concatenate([np.zeros(reach, np.float32), _triangle(samples), np.zeros(reach, np.float32)])
    return samples - _symmetric(padded, weights, STEP, len(samples))


def _narrowed(samples: Floats) -> Floats:
    weights = low_pass(63, HIGH / RATE)
    reach = len(weights) - 1
    padded = np.concatenate([np.zeros(reach, np.float32), samples, np.zeros(reach, np.float32)])
    return _symmetric(padded, weights, 1, len(samples))


def _symmetric(padded: Floats, weights: tuple[int, ...], step: int, count: int) -> Floats:
    """y[n] = (w0 x[n] + sum over k of wk (x[n - k step] + x[n + k step])) / 32768."""
    middle = (len(padded) - count) // 2
    total = np.multiply(padded[middle : middle + count], np.float32(weights[0]))
    pair = np.empty(count, np.float32)
    for k, weight in enumerate(weights[1:], start=1):
        left, right = middle - k * step, middle + k * step
        np.add(padded[left : left + count], padded[right : right + count], out=pair)
        np.multiply(pair, np.float32(weight), out=pair)
        np.add(total, pair, out=total)
    np.multiply(total, np.float32(1 / _UNIT), out=total)
    return total


def _triangle(samples: Floats) -> Floats:
    """Two running means over STEP samples, in whole numbers (exact), the delay taken out."""
    summed = np.rint(samples * np.float32(16)).astype(np.int64)
    for before, after in ((STEP - 1, 0), (0, STEP - 1)):
        sums = np.cumsum(np.concatenate([np.zeros(before + 1, np.int64), summed, np.zeros(after, np.int64)]))
        summed = sums[STEP:] - sums[:-STEP]
    mean: Floats = summed.astype(np.float32) * np.float32(1 / (16 * STEP * STEP))
    return mean
