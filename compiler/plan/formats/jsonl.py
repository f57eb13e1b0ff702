"""Plan -> plan/calls.jsonl: a record a line, the keys and values of the json records, without spaces, UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from compiler.plan.cells import Table
from compiler.plan.formats._shelf import Shelf, one_file
from compiler.plan.formats._text import COMPACT, Encoder

HELP = "plan/calls.jsonl, a record a line"
FILE: str | None = "plan/calls.jsonl"


def ready() -> None:
    """Nothing to install."""


@contextmanager
def opened(shelf: Shelf) -> Iterator[Lines]:
    with one_file(shelf, str(FILE)) as out:
        yield Lines(out)


class Lines:
    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.encoder = out, Encoder(COMPACT)

    def write(self, table: Table) -> None:
        for run in self.encoder.runs(table):
            self.out.write(run)
