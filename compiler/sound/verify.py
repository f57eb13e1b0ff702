"""Pairs of WAV and .wav.json -> Report: a verdict on each, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path

from compiler.counting import counted
from compiler.failures import UsageError, WorldError
from compiler.sound import measure as meter
from compiler.sound.judge import Check, Document, Found, Verdict, judge


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
        return (f"{counted(len(self.verdicts), 'call')} measured; "
                f"{'all labels are true' if not off else f'{off} with labels that are off'}\n")


def run(paths: Sequence[Path], jobs: int = 1, out_format: str = "text") -> tuple[int, str]:
    """Folders or single files -> (exit code, what to print); UsageError when there is nothing to measure."""
    report = verify(paths, jobs)
    return (0 if report.ok else 1), report.to_json() if out_format == "json" else report.to_table()


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
