"""Speech -> Clip: telephone band, level, audible ends on the 10 ms grid, no long pause inside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from compiler.failures import WorldError
from compiler.sound.audio import FRAME, RATE, Samples, Speech, Word, rounded
from compiler.sound.band import Floats, telephone
from compiler.sound.frames import EDGE, Mask, energies, runs, threshold

LEVEL = -22.0  # dBFS of the frames in which somebody speaks
PEAK = 30_000.0  # no clip goes above, whatever its level
PAUSE = 45  # frames: longer pauses inside a clip are shortened to this
BREATH = 280  # frames: music is told from speech by 3 s without a gap, so speech has one before that
_FADE = 32  # samples, 2 ms
_SILENT = threshold(-70.0)
_HEARD = threshold(-54.0)  # what may be audible once noise is added


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One utterance as it will be heard: mono int16 at 16 kHz, whole frames, the first and the last one audible."""

    samples: Samples
    words: tuple[Word, ...] = ()

    @property
    def frames(self) -> int:
        return len(self.samples) // FRAME


def prepare(speech: Speech, level: float = LEVEL) -> Clip:
    """Speech of any rate -> a clip at `level` dBFS; WorldError when there is nothing to hear in it."""
    banded = telephone(_at_16k(speech))
    whole = np.concatenate([banded, np.zeros(-len(banded) % FRAME, np.float32)])
    samples = _levelled(whole, level)
    loud = energies(samples) >= EDGE
    if not loud.any():
        raise WorldError("the engine's sound is silent")
    kept = _without_long_pauses(loud)
    shorter = np.ascontiguousarray(_spliced(samples, kept))
    sound, lead = trimmed(_with_breaths(shorter))
    return Clip(sound, _moved(speech.words or (), kept, lead))


def cut(clip: Clip, frames: int) -> Clip:
    """The clip broken off after `frames` frames, in the middle of a sound."""
    samples = clip.samples[: frames * FRAME].copy()
    _fade_out(samples, len(samples))
    words = tuple(word for word in clip.words if word.start * RATE < len(samples))
    return Clip(samples, words)


def _at_16k(speech: Speech) -> Floats:
    floats = speech.samples.astype(np.float32)
    if speech.rate == RATE:
        return floats
    import soxr

    return np.asarray(soxr.resample(floats, speech.rate, RATE, quality="HQ"), np.float32)


def _levelled(samples: Floats, level: float) -> Samples:
    """Gain that brings the active frames to `level`, less where the peak would go too high; then int16."""
    found = active(energies(rounded(samples)))
    if not found:
        return np.zeros(len(samples), np.int16)
    peak = float(np.abs(samples).max())
    gain = min(sqrt(threshold(level) / found), PEAK / peak)
    return rounded(samples * np.float32(gain))


def active(energy: NDArray[np.int64]) -> int:
    """The mean energy of the frames in which there is speech: those within 16 dB of the mean, found in three rounds."""
    heard = [int(e) for e in energy if e > _SILENT]
    floor = 0
    for _ in range(3):
        heard = [e for e in heard if e >= floor]
        if not heard:
            return 0
        floor = sum(heard) // len(heard) // 40
    return sum(heard) // len(heard)


def _without_long_pauses(loud: Mask) -> Mask:
    """The frames that stay: of a pause between audible frames, its first and last 22."""
    kept = np.ones(len(loud), np.bool_)
    for start, end in runs(~loud):
        if start > 0 and end < len(loud) and end - start > PAUSE:
            kept[start + PAUSE // 2 : end - (PAUSE - PAUSE // 2)] = False
    return kept


def _spliced(samples: Samples, kept: Mask) -> Samples:
    if kept.all():
        return samples
    result = samples.copy()
    for start, end in runs(~kept):
        _fade_out(result, start * FRAME)
        _fade_in(result, end * FRAME)
    return result.reshape(-1, FRAME)[kept].reshape(-1)


def _with_breaths(samples: Samples) -> Samples:
    """Speech without any gap for BREATH frames gets one: its quietest frame there is muted."""
    result, energy = samples, energies(samples)
    start = 0
    for n in range(len(energy)):
        if energy[n] <= _HEARD:
            start = n + 1
        elif n - start >= BREATH:
            muted = start + BREATH // 3 + int(energy[start + BREATH // 3 : n].argmin())
            result = result.copy() if result is samples else result
            result[muted * FRAME : (muted + 1) * FRAME] = 0
            _fade_out(result, muted * FRAME)
            _fade_in(result, (muted + 1) * FRAME)
            start = muted + 1
    return result


def trimmed(samples: Samples) -> tuple[Samples, int]:
    """From the first to the last frame of at least -50 dBFS, both measured with their fades; how many frames went."""
    loud = np.flatnonzero(energies(samples) >= EDGE)
    while len(loud):
        first, last = int(loud[0]), int(loud[-1])
        clip = samples[first * FRAME : (last + 1) * FRAME].copy()
        _fade_in(clip, 0)
        _fade_out(clip, len(clip))
        after = energies(clip)
        if after[0] >= EDGE and after[-1] >= EDGE:
            return clip, first
        loud = loud[1:] if after[0] < EDGE else loud[:-1]
    raise WorldError("the engine's sound is silent")


_RAMP = (np.arange(_FADE, dtype=np.float32) + np.float32(0.5)) * np.float32(1 / _FADE)


def _fade_in(samples: Samples, start: int) -> None:
    part = samples[start : start + _FADE]
    part[:] = np.rint(part * _RAMP[: len(part)])


def _fade_out(samples: Samples, end: int) -> None:
    part = samples[max(0, end - _FADE) : end]
    part[:] = np.rint(part * _RAMP[::-1][_FADE - len(part) :])


def _moved(words: tuple[Word, ...], kept: Mask, lead: int) -> tuple[Word, ...]:
    """Word times after pauses were shortened and the clip was trimmed, in its new seconds (to the frame)."""
    before = np.concatenate([[0], np.cumsum(kept)])

    def at(seconds: float) -> float:
        return int(before[min(max(round(seconds * RATE / FRAME), 0), len(kept))] - lead) * FRAME / RATE

    return tuple(replace(word, start=at(word.start), end=at(word.end)) for word in words)
