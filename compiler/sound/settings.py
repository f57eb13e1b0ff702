"""What the sound stage is asked for, as one frozen value that goes to every worker process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# The standard cast of nine (architecture.md, Voices): every engine maps these names to voices of its own.
GENDERS: Mapping[str, str] = {
    "nova": "female",
    "shimmer": "female",
    "fable": "female",
    "coral": "female",
    "alloy": "male",
    "ash": "male",
    "onyx": "male",
    "echo": "male",
    "sage": "male",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`engine` is a module of compiler.sound.voices; `hold` the user's hold music or None for the built-in loop.

    `voice_female` and `voice_male` replace the voices of all agents of that gender, `voice_customer` those of all
    customers, `voices` maps names of the cast to voices of the engine's own. `cache` is where paid speech is kept
    (None: nowhere). `overlaps` is the share of speaker changes that overlap a little. `options` are the engine's own,
    such as `model`. `jobs` is how many worker processes share the engine's limits.
    """

    engine: str = "pico"
    voice_female: str | None = None
    voice_male: str | None = None
    voice_customer: str | None = None
    hold: Path | None = None
    cache: Path | None = None
    jobs: int = 1
    voices: Mapping[str, str] = field(default_factory=dict)
    overlaps: float = 0.2
    options: Mapping[str, str] = field(default_factory=dict)
