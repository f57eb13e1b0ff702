"""Plan -> plan/<date>/<call_id>.json, one file a call.

The files of a day that is not there yet are written into a folder of another name, which then takes the day's: so they
stand all or none, and none of them has to be renamed. In a day that is there, only files that change are written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from compiler import files
from compiler.manifest import Made
from compiler.plan.cells import Day, Table
from compiler.plan.formats._names import call_ids, stems
from compiler.plan.formats._shelf import Shelf, record_of
from compiler.plan.formats._text import INDENTED, Encoder

HELP = "plan/<date>/<call_id>.json, one file a call (default)"
FILE: str | None = None
_BY_HANDLE = os.open in os.supports_dir_fd
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def ready() -> None:
    """Nothing to install."""


def read(out: Path, call_id: str, date: str) -> Mapping[str, Any] | None:
    """The record of a call; None where it has no file."""
    path = out / "plan" / date / f"{call_id}.json"
    return record_of(path.read_bytes(), path) if path.is_file() else None


@contextmanager
def opened(shelf: Shelf) -> Iterator[Folders]:
    writer = Folders(shelf)
    try:
        yield writer
        writer.end_day()
    finally:
        writer.give_up()


class Folders:
    """One folder a day."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.plan = shelf, shelf.out / "plan"
        self.encoder = Encoder(INDENTED)
        self.day = ""
        self.temporary: Path | None = None  # where a day's files wait that has no folder yet
        self.handle: int | None = None  # of that folder, where the system can create by it
        self.made: dict[str, Made] = {}

    def write(self, table: Table) -> None:
        texts, ids, names, date = self.encoder.each(table), call_ids(table), stems(table), table["date"]
        assert isinstance(date, Day)
        edges = [0, *(np.flatnonzero(np.diff(date.codes)) + 1).tolist(), len(texts)]
        for first, last in pairwise(edges):
            if last > first:
                self._begin_day(date.days[int(date.codes[first])].isoformat())
                self._write(names[first:last], ids[first:last], texts[first:last])

    def _write(self, names: Sequence[str], ids: Sequence[str], texts: Sequence[bytes]) -> None:
        for stem, call_id, text in zip(names, ids, texts, strict=True):
            name = f"{call_id}.json"
            if self.temporary is None:
                files.write(self.plan / self.day / name, text)
            else:
                _create(self.temporary, self.handle, name, text)
            key = files.digest(text)
            entry = self.shelf.note(stem, call_id, key)
            entry.record = ""
            made = Made(f"plan/{self.day}/{name}", key, key)
            if entry.files.get("plan") != made:
                self.made[stem] = made

    def _begin_day(self, day: str) -> None:
        if day == self.day:
            return
        self.end_day()
        self.day = day
        if not (self.plan / day).exists():
            self.temporary = self.plan / f".{day}.{os.getpid()}.part"
            try:
                self.temporary.mkdir(parents=True)
                if _BY_HANDLE:
                    self.handle = os.open(self.temporary, os.O_RDONLY | os.O_DIRECTORY)
            except OSError as error:
                raise files.unwritable(self.temporary, error) from error

    def end_day(self) -> None:
        """The day's files stand, and the manifest knows them."""
        if self.made:
            self.shelf.manifest.made_alike("plan", "plan", self.made)
            self.made = {}
        self._let_go()
        if self.temporary is not None:
            try:
                self.temporary.rename(self.plan / self.day)
            except OSError as error:
                raise files.unwritable(self.plan / self.day, error) from error
            self.temporary = None

    def give_up(self) -> None:
        """What has not taken its place is removed."""
        self._let_go()
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)


    def _let_go(self) -> None:
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None


def _create(folder: Path, handle: int | None, name: str, content: bytes) -> None:
    """A new file in a folder that nobody knows yet, at the cost of three calls of the system; with the handle of the
    folder these do not have to find it each time."""
    path = f"{folder}/{name}" if handle is None else name
    try:
        file = os.open(path, _NEW, 0o666, dir_fd=handle)
        try:
            while content:
                content = content[os.write(file, content) :]
        finally:
            os.close(file)
    except OSError as error:
        raise files.unwritable(folder / name, error) from error
