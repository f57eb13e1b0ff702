"""The meter: WAV -> what can be heard in it, in 10 ms frames (audible: above -52 dBFS on that channel).

Nothing here reads the timeline: holds, silences and interruptions are found in the sound alone.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from compiler.failures import WorldError
from compiler.sound.audio import FRAME, RATE, Measured
from compiler.sound.frames import AUDIBLE, Energies, Mask, energies, joined, runs

HOLD = 300  # frames of unbroken sound on channel 1 that make it music
SILENCE = 100  # frames of nothing on both channels that count
PAUSE = 45  # frames: a speaker who is quiet for longer has stopped
INTERRUPTS = 15  # frames that the interrupted one is still heard
GOES_ON = 100  # frames that the interrupter goes on for after that
_BLOCK = 30 * RATE

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The energies (sums of squares) of each frame on channels 1 and 2, and the sample count of the file."""

    left: Energies
    right: Energies
    samples: int

    @property
    def one(self) -> Mask:
        return self.left > AUDIBLE

    @property
    def two(self) -> Mask:
        return self.right > AUDIBLE

    @property
    def duration(self) -> float:
        return self.samples / RATE


def listen(path: Path) -> Heard:
    """Reads the file in blocks. WorldError when it is missing, truncated, or not 16 kHz 16-bit stereo PCM."""
    try:
        with path.open("rb") as file, wave.open(file, "rb") as wav:
            form = (wav.getnchannels(), wav.getframerate(), wav.getsampwidth() * 8)
            if form != (2, RATE, 16):
                raise WorldError(
                    f"{path} has {form[0]} channels of {form[2]} bits at {form[1]} Hz; it should be 2 channels of 16 "
                    f"bits at {RATE} Hz"
                )
            said, parts, samples = wav.getnframes(), [], 0
            while len(data := wav.readframes(_BLOCK)):
                stereo = np.frombuffer(data[: len(data) // 4 * 4], "<i2").reshape(-1, 2)
                samples += len(stereo)
                parts.append([energies(np.ascontiguousarray(stereo[:, channel])) for channel in (0, 1)])
    except FileNotFoundError:
        raise WorldError(f"there is no sound file {path}") from None
    except (wave.Error, EOFError) as error:
        raise WorldError(f"{path} is no PCM WAV file ({str(error) or 'it ends too early'})") from error
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
    if samples < said:
        raise WorldError(f"{path} is truncated: {samples / RATE:.2f} s of {said / RATE:.2f} s are there")
    nothing = np.zeros(0, np.int64)
    left, right = (np.concatenate([nothing, *(part[channel] for part in parts)]) for channel in (0, 1))
    return Heard(left, right, samples)


def measure(heard: Heard) -> Measured:
    """The labels, in their units."""
    silence = sum(end - start for start, end in silences(heard)) * FRAME / RATE
    return Measured(
        duration=heard.duration,
        Hold_time=sum(end - start for start, end in holds(heard)) * FRAME / RATE,
        Silence_total_seconds=silence,
        Silence_ratio=100 * silence / heard.duration if heard.samples else 0.0,
        Interruptions_count=len(interruptions(heard)),
    )


def holds(heard: Heard) -> list[Stretch]:
    """Stretches of 3 s and more with channel 1 audible in every frame and nobody on channel 2."""
    return [(a, b) for a, b in runs(heard.one & ~heard.two) if b - a >= HOLD]


def silences(heard: Heard) -> list[Stretch]:
    """Stretches of 1 s and more with nothing audible, between the first and the last audible frame."""
    sounds = runs(heard.one | heard.two)
    return [(a[1], b[0]) for a, b in pairwise(sounds) if b[0] - a[1] >= SILENCE]


def spurts(heard: Heard) -> tuple[list[Stretch], list[Stretch]]:
    """Who speaks when, per channel: audible stretches, pauses of up to 0.45 s closed, music left out."""
    one = heard.one.copy()
    for start, end in holds(heard):
        one[start:end] = False
    return joined(runs(one), PAUSE), joined(runs(heard.two), PAUSE)


def interruptions(heard: Heard) -> list[Stretch]:
    """(where B begins, where A has stopped): B begins while A speaks, A is heard for 0.15 s or more after that, and B
    goes on for 1.0 s or more."""
    one, two = spurts(heard)
    return sorted(taking_over(one, two) + taking_over(two, one))


def taking_over(speaker: list[Stretch], other: list[Stretch]) -> list[Stretch]:
    found, n = [], 0
    for start, end in other:
        while n < len(speaker) and speaker[n][1] <= start:
            n += 1
        if n < len(speaker):
            begins, stops = speaker[n]
            if begins < start and stops - start >= INTERRUPTS and end - stops >= GOES_ON:
                found.append((start, stops))
    return found
