"""The parts of a call before they have times, and the timeline after."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.sound.audio import Segment
from compiler.sound.clips import Clip
from compiler.talk.dialogue import Hold, Silence, Transfer, Turn

CHANNEL = {"agent": 1, "customer": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A turn with its sound. `spoken` is the spoken form, `stype` female or male."""

    turn: Turn
    clip: Clip
    spoken: str
    stype: str


Part = Line | Hold | Silence | Transfer


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A segment and its sound, None where it is hold music."""

    segment: Segment
    clip: Clip | None


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """`length` and `transfers` in samples; `placed` by start, then channel."""

    length: int
    placed: tuple[Placed, ...]
    transfers: tuple[int, ...]

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(p.segment for p in self.placed)
