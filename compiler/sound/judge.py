"""What was heard against what the document says -> Verdict. The tolerances are those of architecture.md §3.

Labels are those of the call record, else of the header entries. A label that the document does not have is not judged;
what the timeline says (segments) is always compared with the sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from compiler.sound import measure as meter
from compiler.sound.audio import FRAME, RATE
from compiler.sound.frames import Mask, joined
from compiler.sound.measure import Heard

Document = Mapping[str, Any]
Found = str | float | int | bool | None

AGREES = 0.99  # share of audible frames that lie within a segment of their channel
MEASURED = ("Hold_time", "Silence_total_seconds", "Silence_ratio", "Interruptions_count", "Transfers_count")
_SLACK = 2  # frames


@dataclass(frozen=True, slots=True)
class Check:
    label: str
    said: Found
    measured: Found
    tolerance: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    stem: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


def judge(stem: str, heard: Heard, document: Document) -> Verdict:
    """All checks of one recording."""
    told = _Told(document)
    checks = [check for checker in CHECKS for check in checker(heard, told)]
    return Verdict(stem, tuple(checks))


class _Told:
    """What the document says: labels, and segments as frames."""

    def __init__(self, document: Document) -> None:
        self.entries: Mapping[str, Any] = document["C1"]
        record = self.entries.get("call")
        self.record: Mapping[str, Any] = record if isinstance(record, Mapping) else {}
        self.about: Mapping[str, Any] = self.entries["metadata"]
        one, two = (document[c]["metadata"]["smoothed"] for c in ("C1", "C2"))
        self.music = [_frames(s) for s in one if s["stype"] == "music"]
        self.speech = [[_frames(s) for s in side if s["stype"] != "music"] for side in (one, two)]
        taking = [[s for s in side if s["stype"] != "music" and s.get("kind") != "backchannel"] for side in (one, two)]
        self.turns = [[_frames(s) for s in side] for side in taking]

    def label(self, name: str) -> float | None:
        value = self.record.get(name, self.entries.get(name))
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _frames(segment: Mapping[str, Any]) -> tuple[int, int]:
    return round(float(segment["start"]) * RATE / FRAME), round(float(segment["end"]) * RATE / FRAME)


def _near(label: str, said: float | None, measured: float, tolerance: float) -> list[Check]:
    if said is None:
        return []
    return [Check(label, said, round(measured, 3), tolerance, abs(said - measured) <= tolerance + 1e-9)]


def _duration(heard: Heard, told: _Told) -> list[Check]:
    said = told.about.get("duration")
    last = max((end for side in (*told.speech, told.music) for _, end in side), default=0) * FRAME / RATE
    inside = Check("segments inside", f"to {last:.2f} s", f"{heard.duration:.2f} s", 0, last <= heard.duration)
    return [inside, *_near("duration", said, heard.duration, 0.01)]


def _hold(heard: Heard, told: _Told) -> list[Check]:
    measured = meter.measure(heard).Hold_time
    music = sum(end - start for start, end in told.music) * FRAME / RATE
    said = told.label("Hold_time")
    return [*_near("Hold_time", said, measured, 0.02), *_near("music segments", music, measured, 0.02)]


def _silence(heard: Heard, told: _Told) -> list[Check]:
    found = meter.measure(heard)
    return [
        *_near("Silence_total_seconds", told.label("Silence_total_seconds"), found.Silence_total_seconds, 0.05),
        *_near("Silence_ratio", told.label("Silence_ratio"), found.Silence_ratio, 0.1),
    ]


def _interruptions(heard: Heard, told: _Told) -> list[Check]:
    measured = len(meter.interruptions(heard))
    one, two = (joined(sorted(side), meter.PAUSE) for side in told.turns)
    drawn = len(meter.taking_over(one, two) + meter.taking_over(two, one))
    return [
        *_near("Interruptions_count", told.label("Interruptions_count"), measured, 0),
        *_near("interruptions in segments", drawn, measured, 0),
    ]


def _transfers(heard: Heard, told: _Told) -> list[Check]:
    events = told.about.get("transfers")
    return _near("Transfers_count", told.label("Transfers_count"), len(events), 0) if isinstance(events, list) else []


def _channels(heard: Heard, told: _Told) -> list[Check]:
    """Sound only where a segment of that channel is, and sound at both ends of each segment; left is the agent."""
    sides = [[*told.speech[0], *told.music], told.speech[1]]
    straight = _agreement(heard.one, heard.two, sides)
    swapped = _agreement(heard.two, heard.one, sides)
    both = zip((heard.one, heard.two), sides, strict=True)
    ends = [segment for mask, side in both for segment in side if not _heard_ends(mask, segment)]
    place = f"nothing at the ends of {len(ends)} segments, first at {ends[0][0] / 100:.2f} s" if ends else "sound"
    left = "the customer" if swapped > straight else "the agent"
    return [
        Check("left channel", "the agent", left, 0, swapped <= straight),
        Check("sound within segments", 1.0, round(straight, 4), round(1 - AGREES, 4), straight >= AGREES),
        Check("ends of segments", "sound", place, 0, not ends),
    ]


def _agreement(one: Mask, two: Mask, sides: list[list[tuple[int, int]]]) -> float:
    """The smaller share, over both channels, of audible frames inside the channel's segments."""
    shares = []
    for mask, side in zip((one, two), sides, strict=True):
        inside = np.zeros(len(mask), np.bool_)
        for start, end in side:
            inside[max(0, start - _SLACK) : end + _SLACK] = True
        heard = int(mask.sum())
        shares.append(int((mask & inside).sum()) / heard if heard else 1.0 if not side else 0.0)
    return min(shares)


def _heard_ends(mask: Mask, segment: tuple[int, int]) -> bool:
    start, end = segment
    first, last = mask[max(0, start - _SLACK) : start + 1 + _SLACK], mask[max(0, end - 1 - _SLACK) : end + _SLACK]
    return bool(first.any() and last.any())


def _header(heard: Heard, told: _Told) -> list[Check]:
    """The header entries of C1 say what the record says, and both have the labels that a recording carries."""
    if not told.record:
        return []
    checks = told.record.get("compliance_flags")
    known = {**told.record, **checks} if isinstance(checks, Mapping) else told.record
    whole = "call_id" in told.record  # a record of a plan, not a part of one
    missing = [name for name in MEASURED if whole and (name not in told.record or name not in told.entries)]
    plain = [name for name, value in told.entries.items() if isinstance(value, (bool, int, float)) and name in known]
    other = [name for name in plain if known[name] != told.entries[name]]
    wrong = [*(f"{name} is missing" for name in missing), *(f"{name} differs" for name in other)]
    return [Check("header as record", "the same", "; ".join(wrong) or "the same", 0, not wrong)]


CHECKS: tuple[Callable[[Heard, _Told], list[Check]], ...] = (
    _duration, _header, _hold, _silence, _interruptions, _transfers, _channels,
)  # fmt: skip
