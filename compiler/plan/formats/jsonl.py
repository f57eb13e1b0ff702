"""Plan -> plan/calls.jsonl: a record a line, the keys and values of the json records, without spaces, UTF-8."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Any

from compiler.plan.cells import Table
from compiler.plan.formats._shelf import Shelf, one_file, record_of
from compiler.plan.formats._text import COMPACT, Encoder

HELP = "plan/calls.jsonl, a record a line"
FILE: str | None = "plan/calls.jsonl"


def ready() -> None:
    """Nothing to install."""


def read(out: Path, call_id: str, date: str) -> Mapping[str, Any] | None:
    """The record of a call, found without reading the others; None where there is no line of it."""
    path = out / str(FILE)
    if not path.is_file() or not path.stat().st_size:
        return None
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        at = text.find(b'"call_id":"' + call_id.encode())
        if at < 0:
            return None
        begin, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
        return record_of(text[begin : end if end >= 0 else len(text)], path)


@contextmanager
def opened(shelf: Shelf) -> Iterator[Lines]:
    with one_file(shelf, str(FILE)) as out:
        yield Lines(out)


class Lines:
    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.encoder = out, Encoder(COMPACT)

    def write(self, table: Table) -> None:
        for run, _ in self.encoder.runs(table):
            self.out.write(run)
