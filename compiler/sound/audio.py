"""The frozen types of the sound stage: clips, the timeline in integer samples, the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # samples a second of every timeline and recording
FRAME = 160  # samples in the 10 ms grid on which everything starts and ends

Samples = NDArray[np.int16]


def rounded(samples: NDArray[np.floating]) -> Samples:
    """The nearest int16 samples; what is out of range is clipped."""
    whole: Samples = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return whole


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: float  # seconds from the clip's first sample
    end: float
    estimated: bool


@dataclass(frozen=True, slots=True)
class Speech:
    """What an engine gives back: mono int16 at `rate`; `words` None where the engine does not know them."""

    samples: Samples
    rate: int
    words: tuple[Word, ...] | None = None


class Engine(Protocol):
    """A speech engine. `voice` is a name of the standard cast; `parameters` holds at least `pitch` (factor) and
    `locale`, and `tempo` (factor) for engines that can; `seed` is the 64-bit key of the utterance. `concurrency` is how
    many utterances it takes at once."""

    name: str
    concurrency: int

    def fingerprint(self) -> str:
        """Name, version and settings: everything besides the arguments that the bytes depend on."""

    def synthesize(self, text: str, voice: str, parameters: Mapping[str, str | float], seed: int) -> Speech: ...


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch on a channel (1 agent or music, 2 customer), in samples from sample 0, multiples of FRAME."""

    channel: int
    start: int
    end: int
    text: str  # spoken form, no digits
    denormalized: str  # written form
    stype: str  # female | male | music
    kind: str = "speech"  # speech | music | backchannel
    act: str = ""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """What can be measured of a recording, in the units of the labels."""

    duration: float
    Hold_time: float
    Silence_total_seconds: float
    Silence_ratio: float
    Interruptions_count: int


@dataclass(frozen=True, slots=True)
class Recording:
    wav: Path
    timeline_json: Path
    measured: Measured
