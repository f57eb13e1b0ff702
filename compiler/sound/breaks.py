"""Interruptions: where a turn can break off, what is left of its words, and who breaks in when no turn is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.failures import Quarantined
from compiler.rng import ranked
from compiler.sound.clips import Clip
from compiler.sound.frames import EDGE, energies, joined, runs
from compiler.sound.parts import Line, Part

HEARD = 30  # frames before a break in which there is no pause
CLOSURE = 5  # frames: a quiet moment of up to this is part of a word
GOES_ON = 101  # frames that an interrupting turn goes on for; the meter asks for 100
OVERLAP = (20, 30)  # frames for which both are heard


def breaking_point(clip: Clip, at_least: int) -> int | None:
    """The latest frame, HEARD or later, at which the clip can break off in the middle of speech: its last 300 ms hold
    no pause (the moment before a "t" is none). None: there is no such frame."""
    energy = energies(clip.samples)
    unbroken = [(a, b) for a, b in joined(runs(energy >= EDGE), CLOSURE) if b - max(a, at_least - HEARD) >= HEARD]
    for start, end in reversed(unbroken):
        for frames in range(end, max(at_least, start + HEARD) - 1, -1):
            if frames == clip.frames or energy[frames - 1] >= 2 * EDGE:
                return frames
    return None


def first_words(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: max(1, round(len(words) * share))])


def interrupting(parts: Sequence[Part], count: int, key: int) -> list[Part]:
    """The parts with `count` turns marked: those whose preceding turn is longest, neighbours only when it must be."""
    found = {}
    for n in range(1, len(parts)):
        before, line = parts[n - 1], parts[n]
        if (
            isinstance(before, Line)
            and isinstance(line, Line)
            and before.turn.speaker != line.turn.speaker
            and not (before.turn.backchannel or line.turn.backchannel)
            and line.clip.frames >= OVERLAP[0] + GOES_ON
            and breaking_point(before.clip, 60) is not None
        ):
            found[n] = before.clip.frames
    order = sorted(ranked(list(found), key, "timeline", "who interrupts"), key=lambda n: -found[n])
    chosen: list[int] = []
    for n in order:
        if len(chosen) < count and not {n - 1, n + 1} & set(chosen):
            chosen.append(n)
    if len(chosen) < count:
        raise Quarantined(
            f"Interruptions_count: {count} are asked for, but only {len(chosen)} turns of this dialogue are long enough"
        )
    return [
        replace(part, turn=replace(part.turn, interrupts=True)) if isinstance(part, Line) and n in chosen else part
        for n, part in enumerate(parts)
    ]
