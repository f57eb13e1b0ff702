"""What every format is given, and what it gives back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import IO, Any, Protocol

from compiler import files
from compiler.failures import WorldError
from compiler.lang import model as m
from compiler.manifest import Entry, Made, Manifest
from compiler.plan.cells import Table


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the plan goes: the build folder, its manifest, and the spec that the plan is of. `seen` are the calls that
    the manifest knows and the plan still has, `changed` those of them of which later stages had another record."""

    out: Path
    manifest: Manifest
    model: m.Model
    seen: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def note(self, stem: str, call_id: str, key: str) -> Entry:
        """The call's entry; `key` is the digest of its record as a file."""
        entry = self.manifest.entry(stem)
        old = entry.files.get("plan")
        if entry.call_id not in ("", call_id):  # the name is another call's now
            if old is not None and files.holds(self.out / old.path, old.hash):
                (self.out / old.path).unlink(missing_ok=True)
            entry.files.clear()
            entry.record = ""
        before = old.made_from if old is not None else entry.record
        if before not in ("", key) and entry.files.keys() - {"plan"}:
            self.changed.add(stem)
        entry.call_id = call_id
        self.seen.add(stem)
        return entry


class Writer(Protocol):
    """Takes the plan part by part, in order; any division into parts gives the same files."""

    def write(self, table: Table) -> None: ...


def record_of(text: bytes, path: Path) -> Mapping[str, Any]:
    """A record from its JSON text; WorldError that names the file."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WorldError(f"{path} is not readable as JSON ({error}); make the plan again") from error
    if not isinstance(record, dict):
        raise WorldError(f"{path} holds no record")
    return record


@contextmanager
def one_file(shelf: Shelf, relative: str) -> Iterator[IO[bytes]]:
    """A file to write that takes its place when the context ends well; it is left alone where it holds that already."""
    path = shelf.out / relative
    with files.whole_if_new(path) as temporary:
        file = _Digested(temporary)
        with BufferedWriter(file) as out:
            yield out
    key = file.digest.hexdigest()
    shelf.manifest.whole[relative] = Made(relative, key, key)


class _Digested(FileIO):
    """A new file that knows the sha256 of what is written to it, from begin to end."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w")
        self.digest = sha256()

    def write(self, data: Any) -> int:
        written = super().write(data)
        self.digest.update(memoryview(data)[:written])
        return written
