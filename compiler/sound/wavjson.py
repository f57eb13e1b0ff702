"""Timeline and labels -> the .wav.json document (architecture.md §4). The only place that knows its form.

`metadata` of C1 also says `duration` and `transfers` (seconds). Text calls have no sound: their segments are the
messages in order, at the times that writing and reading would take, and `metadata` says `"estimated": true`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from compiler.plan.call import Value
from compiler.sound.audio import RATE, Measured, Segment
from compiler.sound.parts import CHANNEL, Timeline
from compiler.talk.dialogue import Dialogue, Transfer, Turn

Document = dict[str, Any]

WRITING, READING = 0.12, 0.05  # seconds a character, an estimate for text calls


def of_recording(
    entries: Mapping[str, Value], record: Mapping[str, Value], timeline: Timeline, measured: Measured
) -> Document:
    """The document of a voice call; Silence_ratio, where it is a label, is the measured one."""
    about = {
        "duration": round(timeline.length / RATE, 3),
        "transfers": [round(at / RATE, 3) for at in timeline.transfers],
    }
    return _document(_known(entries, measured), _known(record, measured), timeline.segments, about)


def of_text(
    dialogue: Dialogue, spoken: Iterable[str], genders: Mapping[str, str], entries: Mapping[str, Value],
    record: Mapping[str, Value],
) -> Document:  # fmt: skip
    """The document of a text call. `spoken` has the spoken form of each turn, `genders` the stype of each role."""
    segments, transfers, now = [], [], 0.0
    forms = iter(spoken)
    for item in dialogue.items:
        if isinstance(item, Turn):
            start, end = now, now + 1 + WRITING * len(item.text)
            at, stype = (round(start * RATE), round(end * RATE)), genders[item.speaker]
            segments.append(Segment(CHANNEL[item.speaker], *at, next(forms), item.text, stype, act=item.act))
            now = end + 1 + READING * len(item.text)
        elif isinstance(item, Transfer):
            transfers.append(round(now, 3))
    return _document(entries, record, segments, {"estimated": True, "duration": round(now, 3), "transfers": transfers})


def text(document: Document) -> str:
    """The bytes of the file, as text: keys in their order, no surprises in any language."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _known(values: Mapping[str, Value], measured: Measured) -> dict[str, Value]:
    known = dict(values)
    if "Silence_ratio" in known:
        known["Silence_ratio"] = round(measured.Silence_ratio, 2)
    return known


def _document(
    entries: Mapping[str, Value], record: Mapping[str, Value], segments: Iterable[Segment], about: Mapping[str, object]
) -> Document:
    ordered = list(segments)
    sides = {channel: [_segment(s) for s in ordered if s.channel == channel] for channel in (1, 2)}
    estimated = {"estimated": True} if "estimated" in about else {}
    return {
        "C1": {
            **entries,
            "cid": "1",
            "metadata": {"smoothed": sides[1], **about},
            "call": dict(record),
        },
        "C2": {"cid": "2", "metadata": {"smoothed": sides[2], **estimated}},
    }


def _segment(segment: Segment) -> dict[str, object]:
    found: dict[str, object] = {
        "start": round(segment.start / RATE, 3),
        "end": round(segment.end / RATE, 3),
        "cid": f"C{segment.channel}",
        "text": segment.text,
        "denormalized": segment.denormalized,
        "stype": segment.stype,
    }
    if segment.kind == "backchannel":
        found["kind"] = segment.kind
    if segment.act:
        found["act"] = segment.act
    if segment.words:
        found["words"] = [
            {"text": w.text, "start": round(segment.start / RATE + w.start, 3),
             "end": round(segment.start / RATE + w.end, 3), "estimated": w.estimated}
            for w in segment.words
        ]  # fmt: skip
    return found
