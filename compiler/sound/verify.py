"""WAV and .wav.json -> Verdict: are the labels what is heard? The tolerances are those of architecture.md §3.

Labels are those of the call record, else of the header entries. A label that the document does not have is not judged;
what the timeline says (segments) is always compared with the sound.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from compiler.failures import UsageError, WorldError
from compiler.sound import measure as meter
from compiler.sound.audio import FRAME, RATE
from compiler.sound.frames import Mask, joined
from compiler.sound.measure import Heard

Document = Mapping[str, Any]
Found = str | float | int | bool | None

AGREES = 0.99  # share of audible frames that lie within a segment of their channel
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


@dataclass(frozen=True, slots=True)
class Report:
    verdicts: tuple[Verdict, ...]

    @property
    def ok(self) -> bool:
        return all(verdict.ok for verdict in self.verdicts)

    def to_json(self) -> str:
        calls = [{"stem": v.stem, "ok": v.ok, "checks": [asdict(c) for c in v.checks]} for v in self.verdicts]
        return json.dumps({"ok": self.ok, "calls": calls}, ensure_ascii=False, indent=1)

    def to_table(self) -> str:
        """One row per kind of check, then each check that is off."""
        from rich.console import Console
        from rich.table import Table

        table = Table(title=None, box=None, pad_edge=False)
        for heading in ("check", "calls", "true", "off", "largest error", "allowed"):
            table.add_column(heading, justify="left" if heading == "check" else "right", no_wrap=True)
        for row in self._rows():
            table.add_row(*row)
        out = StringIO()
        Console(file=out, width=100, color_system=None).print(table)
        return out.getvalue() + "".join(f"{line}\n" for line in self._faults()) + self._sum()

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for label in dict.fromkeys(check.label for verdict in self.verdicts for check in verdict.checks):
            checks = [c for v in self.verdicts for c in v.checks if c.label == label]
            off = sum(not c.ok for c in checks)
            errors = [e for c in checks if (e := _error(c)) is not None]
            worst = f"{max(errors):.2f}" if errors else ""
            allowed = f"{checks[0].tolerance:g}" if errors else ""
            rows.append((label, str(len(checks)), str(len(checks) - off), str(off or ""), worst, allowed))
        return rows

    def _faults(self) -> list[str]:
        return [
            f"{v.stem}: {c.label}: said {_shown(c.said)}, heard {_shown(c.measured)}"
            for v in self.verdicts
            for c in v.checks
            if not c.ok
        ]

    def _sum(self) -> str:
        off = sum(not v.ok for v in self.verdicts)
        calls = "1 call" if len(self.verdicts) == 1 else f"{len(self.verdicts)} calls"
        return f"{calls} measured; {'all labels are true' if not off else f'{off} with labels that are off'}\n"


def run(paths: Sequence[Path], jobs: int = 1, out_format: str = "text") -> tuple[int, str]:
    """Folders or single files -> (exit code, what to print); UsageError when there is nothing to measure."""
    report = verify(paths, jobs)
    return (0 if report.ok else 1), report.to_json() if out_format == "json" else report.to_table()


def verify_folder(folder: Path, jobs: int = 1) -> Report:
    return verify([folder], jobs)


def verify(paths: Sequence[Path], jobs: int = 1) -> Report:
    """All pairs of .wav and .wav.json in these folders (and below), by name."""
    pairs = sorted({pair for path in paths for pair in _pairs(path)})
    if not pairs:
        where = ", ".join(str(path) for path in paths)
        raise UsageError(f"there is no .wav or .wav.json in {where}")
    wavs, documents = zip(*pairs, strict=True)
    if jobs <= 1 or len(pairs) < 4:
        return Report(tuple(map(verify_pair, wavs, documents)))
    with ProcessPoolExecutor(min(jobs, len(pairs))) as pool:
        return Report(tuple(pool.map(verify_pair, wavs, documents, chunksize=4)))


def _pairs(path: Path) -> list[tuple[Path, Path]]:
    if path.is_dir():
        found = [*path.rglob("*.wav"), *path.rglob("*.wav.json")]
    elif path.exists():
        found = [path]
    else:
        raise UsageError(f"there is no file or folder {path}")
    wavs = {Path(str(file).removesuffix(".json")) for file in found if not file.name.startswith(".")}
    return [(wav, wav.with_name(wav.name + ".json")) for wav in wavs]


def verify_pair(wav: Path, document: Path) -> Verdict:
    """Reads and judges one call; a file that is missing or cannot be read is a check that is off. A text call has a
    document and no sound."""
    stem = wav.name.removesuffix(".wav")
    try:
        said = read_document(document)
    except WorldError as error:
        return Verdict(stem, (Check("timeline file", "whole", str(error), 0, False),))
    if _is_text(said):
        here = wav.exists()
        return Verdict(stem, (Check("no sound for text", "no sound", "a WAV" if here else "no sound", 0, not here),))
    try:
        heard = meter.listen(wav)
    except WorldError as error:
        return Verdict(stem, (Check("sound file", "whole", str(error), 0, False),))
    return judge(stem, heard, said)


def read_document(path: Path) -> Document:
    """WorldError when the file is missing, is no JSON or lacks the two channels."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        for channel in ("C1", "C2"):
            for segment in document[channel]["metadata"]["smoothed"]:
                float(segment["start"]), float(segment["end"]), str(segment["stype"])
    except FileNotFoundError:
        raise WorldError(f"there is no {path}") from None
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise WorldError(f"{path} is no JSON: {error}") from error
    except (KeyError, TypeError) as error:
        raise WorldError(f"{path} has no segments of channels C1 and C2 ({error} is not as it should be)") from error
    assert isinstance(document, dict)  # it has been read as one above
    return document


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


def _is_text(document: Document) -> bool:
    entries = document["C1"]
    record = entries.get("call")
    channel = record.get("channel") if isinstance(record, dict) else entries.get("channel")
    return bool(entries["metadata"].get("estimated")) or channel == "text"


def _error(check: Check) -> float | None:
    if isinstance(check.said, (int, float)) and isinstance(check.measured, (int, float)):
        return abs(check.said - check.measured)
    return None


def _shown(value: Found) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


CHECKS: tuple[Callable[[Heard, _Told], list[Check]], ...] = (
    _duration, _hold, _silence, _interruptions, _transfers, _channels,
)  # fmt: skip
