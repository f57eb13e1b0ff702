"""What of the build is ours: per call the stage reached, the files with their hashes and what they were made from;
and the files that are of no call but of the whole build, by path (the plan, where it is one file).

`manifest.json` is written whole at the end of each stage; between those, each result is appended to a journal
(`.cache/journal.jsonl`), so that a crash at any moment forgets nothing that was made or paid for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any

from compiler import files
from compiler.failures import WorldError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Made:
    """A file of ours: path relative to the build, sha256 of its bytes, and the key of all that it was made from."""

    path: str
    hash: str
    made_from: str


@dataclass(frozen=True, slots=True)
class Trouble:
    stage: str
    message: str
    retryable: bool
    quarantined: bool = False


@dataclass(slots=True)
class Entry:
    """One call. `files` by role: plan, prompt, dialogue, wav, timeline, form. `record` is the hash of the record that
    the later stages had, where it has no file of its own."""

    call_id: str = ""
    stage: str = ""
    files: dict[str, Made] = field(default_factory=dict)
    error: Trouble | None = None
    record: str = ""


class Manifest:
    """The manifest of one build folder. Not shared between processes: a build has one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "manifest.json"
        self.journal = folder / ".cache" / "journal.jsonl"
        self.about: dict[str, Any] = {}
        self.calls: dict[str, Entry] = {}
        self.whole: dict[str, Made] = {}
        self._read()

    # ------------------------------------------------------------------------------------------------ reading
    def _read(self) -> None:
        try:
            text = self.path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            text = ""
        except UnicodeDecodeError as error:
            raise self._unread(error) from error
        except OSError as error:
            raise WorldError(f"cannot read {self.path}: {error.strerror or error}") from error
        if text:
            self._take(text)
        if self.journal.exists():
            for line in self.journal.read_bytes().split(b"\n"):
                self._replay(line)

    def _take(self, text: str) -> None:
        try:
            stored = json.loads(text)
            if stored["format"] != FORMAT:
                raise ValueError(f"format {stored['format']}")
            self.about = dict(stored["about"])
            self.calls = {stem: _entry(row) for stem, row in stored["calls"].items()}
            self.whole = {path: Made(**made) for path, made in stored.get("whole", {}).items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise self._unread(error) from error

    def _unread(self, error: Exception) -> WorldError:
        return WorldError(f"{self.path} is not a manifest that this version reads ({error}); "
                          "move the build folder away, or name another with --out")

    def _replay(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            if "alike" in row:
                for stem, (call_id, *made) in row["alike"].items():
                    self._have(stem, row["stage"], row["role"], Made(*made)).call_id = call_id
            else:
                self.calls[row["stem"]] = _entry(row["entry"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return  # the last line of a crash may be torn; what it described will be found by its content again

    # ------------------------------------------------------------------------------------------------ writing
    def entry(self, stem: str) -> Entry:
        found = self.calls.get(stem)
        if found is None:
            found = self.calls[stem] = Entry()
        return found

    def made(self, stem: str, stage: str, made: Mapping[str, Made]) -> None:
        """Records files of a call that now stand on disk."""
        for role, one in made.items():
            self._have(stem, stage, role, one)
        self._append_entry(stem)

    def failed(self, stem: str, trouble: Trouble) -> None:
        self.entry(stem).error = trouble
        self._append_entry(stem)

    def _append_entry(self, stem: str) -> None:
        self._append(f'{{"stem": {quoted(stem)}, "entry": {_told(self.calls[stem])}}}')

    def made_alike(self, stage: str, role: str, made: Mapping[str, Made]) -> None:
        """Records one file for each of many calls at once."""
        for stem, one in made.items():
            self._have(stem, stage, role, one)
        rows = {stem: [self.calls[stem].call_id, one.path, one.hash, one.made_from] for stem, one in made.items()}
        self._append(json.dumps({"stage": stage, "role": role, "alike": rows}))

    def _have(self, stem: str, stage: str, role: str, made: Made) -> Entry:
        entry = self.entry(stem)
        entry.files[role] = made
        entry.stage = stage
        entry.error = None
        return entry

    def _append(self, line: str) -> None:
        try:
            self.journal.parent.mkdir(parents=True, exist_ok=True)
            with self.journal.open("a", encoding="utf-8") as out:
                out.write(line + "\n")
        except OSError as error:
            raise files.unwritable(self.journal, error) from error

    def save(self) -> None:
        """Writes manifest.json whole and empties the journal."""
        calls = ",".join(f"\n  {quoted(stem)}: {_told(self.calls[stem])}" for stem in sorted(self.calls))
        whole = {path: asdict(made) for path, made in self.whole.items()}
        about, rest = (json.dumps(part, ensure_ascii=False, sort_keys=True) for part in (self.about, whole))
        text = f'{{\n "about": {about},\n "calls": {{{calls}\n }},\n "format": {FORMAT},\n "whole": {rest}\n}}\n'
        files.write(self.path, text)
        self.journal.unlink(missing_ok=True)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        call_id=row["call_id"],
        stage=row["stage"],
        files={role: Made(**made) for role, made in row["files"].items()},
        error=Trouble(**row["error"]) if row["error"] else None,
        record=row.get("record", ""),
    )


def _told(entry: Entry) -> str:
    """The entry as a line of JSON, by hand: Python's own way to it (asdict, dumps) takes as long as writing the call's
    file."""
    made = ", ".join([
        f'{quoted(role)}: {{"path": {quoted(one.path)}, "hash": {quoted(one.hash)}, '
        f'"made_from": {quoted(one.made_from)}}}'
        for role, one in sorted(entry.files.items())
    ])
    error = "null" if entry.error is None else json.dumps(asdict(entry.error), ensure_ascii=False)
    record = f', "record": {quoted(entry.record)}' if entry.record else ""
    return (f'{{"call_id": {quoted(entry.call_id)}, "stage": {quoted(entry.stage)}, "files": {{{made}}}, '
            f'"error": {error}{record}}}')
