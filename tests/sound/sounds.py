"""Made sounds for the tests: bursts of noise with known audible ends, and recordings heard without a file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compiler.rng import keys, normal, uniforms
from compiler.sound import hold, mix
from compiler.sound.audio import FRAME, Samples, rounded
from compiler.sound.clips import Clip
from compiler.sound.frames import energies
from compiler.sound.measure import Heard
from compiler.sound.parts import Line, Part, Timeline
from compiler.sound.timeline import lay_out
from compiler.talk.dialogue import Turn

MUSIC = hold.load(None)


def noise(frames: int, level: float = -22.0, name: str = "burst") -> Samples:
    """Even noise at `level` dBFS."""
    values = normal(uniforms(keys(name, count=frames * FRAME), "sample"))
    return rounded(values * (32768 * 10 ** (level / 20)))


def burst(frames: int, pauses: Sequence[tuple[int, int]] = (), name: str = "burst") -> Clip:
    """A clip of noise that is silent in `pauses` (start, length), and for a moment every two seconds, so that it is no
    music; its first and last frames are audible."""
    samples = noise(frames, name=name)
    for start, length in [*pauses, *((n, 1) for n in range(50, frames - 40, 200))]:
        samples[start * FRAME : (start + length) * FRAME] = 0
    return Clip(samples)


def line(speaker: str, frames: int, pauses: Sequence[tuple[int, int]] = (), **marks: bool) -> Line:
    clip = burst(frames, pauses, speaker)
    stype = "female" if speaker == "agent" else "male"
    return Line(Turn(speaker, f"{speaker} for {frames}", **marks), clip, "some words here and there", stype)


def stereo(timeline: Timeline, who: int = 1) -> np.ndarray:
    return np.concatenate(list(mix.blocks(timeline, MUSIC, who)))


def heard(samples: np.ndarray) -> Heard:
    left, right = (energies(np.ascontiguousarray(samples[:, channel])) for channel in (0, 1))
    return Heard(left, right, len(samples))


def laid(*parts: Part, who: int = 1, interruptions: int | None = None) -> tuple[Timeline, Heard]:
    timeline = lay_out(parts, who, interruptions)
    return timeline, heard(stereo(timeline, who))
