"""The built-in hold music: nothing -> a loop of 24 seconds, the same samples on every machine.

Four slow chords with a plucked figure over them. Notes are read from one table of whole numbers by whole-number phases;
envelopes use `+ *` only.
"""

from __future__ import annotations

from functools import cache
from math import pi, sin

import numpy as np

from compiler.sound.audio import RATE
from compiler.sound.band import Floats

BEATS, BEAT = 32, RATE * 3 // 4  # 80 beats a minute; a chord lasts eight
_TABLE = 4096
_CHORDS = (
    (349.23, 440.00, 523.25, 659.26),  # F major 7
    (392.00, 493.88, 587.33, 659.26),  # G 6
    (329.63, 440.00, 523.25, 783.99),  # A minor 7
    (329.63, 392.00, 493.88, 587.33),  # E minor 7
)
_FIGURE = (0, 2, 1, 3, 2, 1, 3, 2, 0, 3, 1, 2, 3, 2, 1, 2)  # tones of the chord, two to a beat
_PLUCKED = ((1, 0.70), (2, 0.22), (3, 0.08))  # partials and their weights
_SOFT = ((1, 0.85), (2, 0.15))


@cache
def _sine() -> Floats:
    """One period in whole numbers of 1/16384: rounding takes away the last bit, in which sines differ."""
    return np.array([round(16384 * sin(2 * pi * n / _TABLE)) for n in range(_TABLE)], np.float32) * np.float32(2**-14)


def _tone(pitch: float, count: int, partials: tuple[tuple[int, float], ...]) -> Floats:
    step = round(pitch * (1 << 32) / RATE)
    phase = (np.arange(count, dtype=np.int64) * step) & 0xFFFFFFFF
    total = np.zeros(count, np.float32)
    for number, weight in partials:
        total += _sine()[((phase * number) >> 20) & (_TABLE - 1)] * np.float32(weight)
    return total


def _ramp(count: int) -> Floats:
    return np.arange(count, dtype=np.float32) * np.float32(1 / count)


def tune() -> Floats:
    """Mono at 16 kHz, full scale 1, not yet in the telephone band or at its level."""
    loop = np.zeros(BEATS * BEAT, np.float32)
    for number, chord in enumerate(_CHORDS):
        start, length = number * 8 * BEAT, 8 * BEAT
        for voice, pitch in enumerate(chord):
            _add(loop, start, _pad(pitch, length) * np.float32(0.16 - 0.02 * voice))
        for place in range(16):
            tone = chord[_FIGURE[(place + 5 * number) % 16]] * (2 if place % 8 == 7 else 1)
            strength = np.float32(0.30 if place % 4 == 0 else 0.22)
            _add(loop, start + place * BEAT // 2, _pluck(tone, 2 * BEAT) * strength)
    return loop


def _pad(pitch: float, length: int) -> Floats:
    """A held tone that comes in over half a beat and goes out over the first half beat of the next chord."""
    swell = BEAT // 2
    tone = _tone(pitch, length + swell, _SOFT)
    tone[:swell] *= _ramp(swell)
    tone[-swell:] *= _ramp(swell)[::-1]
    return tone


def _pluck(pitch: float, length: int) -> Floats:
    """A tone that starts within 6 ms and dies away by the fourth power of the time that is left."""
    tone = _tone(pitch, length, _PLUCKED)
    left = _ramp(length)[::-1]
    tone *= left * left * (left * left)
    attack = RATE * 6 // 1000
    tone[:attack] *= _ramp(attack)
    return tone


def _add(loop: Floats, start: int, tone: Floats) -> None:
    """Adds the tone; what reaches over the loop's end goes on at its start."""
    end = start + len(tone)
    over = max(0, end - len(loop))
    loop[start : end - over] += tone[: len(tone) - over]
    if over:
        loop[:over] += tone[len(tone) - over :]
