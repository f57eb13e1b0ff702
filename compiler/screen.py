"""What a run tells the person who waits: progress, notes, warnings, the closing table. All of it on stderr, so that
stdout stays free for results."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console

FRAME = 7  # columns of a table's lines and margins
SECONDS_BETWEEN_LINES = 15.0  # where there is no terminal to draw a bar on


class Step(Protocol):
    """One long piece of work, counted."""

    def advance(self, count: int = 1) -> None: ...


@dataclass
class Screen:
    """`warnings` collects what the closing table counts, `notes` all lines of information, shown or not; `drawn`
    says that there were diagnostics."""

    quiet: bool = False
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    drawn: bool = False

    def _console(self, width: int | None = None) -> Console:
        from rich.console import Console

        height = None if width is None else 25  # of a terminal that says nothing of itself, rich takes both or neither
        return Console(stderr=True, highlight=False, soft_wrap=True, width=width, height=height)

    def note(self, text: str) -> None:
        """A line of information; nothing with --quiet."""
        self.notes.append(text)
        if not self.quiet:
            self._print(text)

    def warn(self, text: str) -> None:
        """A line that matters: printed even with --quiet, and again in the closing table's count."""
        self.warnings.append(text)
        self._print(f"warning: {text}")

    @property
    def colour(self) -> bool:
        """Colour only on a terminal that wants it (https://no-color.org)."""
        return sys.stderr.isatty() and not os.environ.get("NO_COLOR")

    def draw(self, text: str) -> None:
        """Text that is complete already: drawn diagnostics, tables."""
        self.drawn = True
        self._print(text.rstrip("\n"))

    def fail(self, text: str) -> None:
        self._print(f"error: {text}")

    def _print(self, text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    @contextmanager
    def step(self, title: str, total: int) -> Iterator[Step]:
        """A progress bar on a terminal; elsewhere a line at the end and one now and then."""
        if self.quiet or total == 0:
            yield _Silent()
        elif sys.stderr.isatty():
            yield from self._bar(title, total)
        else:
            lines = _Lines(title, total)
            yield lines
            lines.close()

    def _bar(self, title: str, total: int) -> Iterator[Step]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._console()) as progress:
            yield _Bar(progress, progress.add_task(title, total=total))

    def table(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Two columns, on stderr; nothing with --quiet."""
        if self.quiet:
            return
        from rich.table import Table

        table = Table(title=title, title_justify="left", show_header=False, title_style="bold")
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for left, right in rows:
            table.add_row(left, right)
        needed = FRAME + sum(max(map(len, column), default=0) for column in zip(*rows, strict=True))
        # a file or a pipe is as wide as it must be: a long path stays in one piece, and can be copied
        self._console(None if sys.stderr.isatty() else max(80, needed)).print(table)


class _Silent:
    def advance(self, count: int = 1) -> None:
        pass


@dataclass
class _Bar:
    progress: object
    task: object

    def advance(self, count: int = 1) -> None:
        self.progress.advance(self.task, count)  # type: ignore[attr-defined]  # rich is imported only when drawn


class _Lines:
    def __init__(self, title: str, total: int) -> None:
        self.title, self.total, self.done = title, total, 0
        self.begun = self.said = time.monotonic()

    def advance(self, count: int = 1) -> None:
        self.done += count
        now = time.monotonic()
        if now - self.said >= SECONDS_BETWEEN_LINES and self.done < self.total:
            self.said = now
            left = (now - self.begun) / self.done * (self.total - self.done)
            sys.stderr.write(f"{self.title}: {self.done} of {self.total}, about {left:.0f} s left\n")
            sys.stderr.flush()

    def close(self) -> None:
        sys.stderr.write(f"{self.title}: {self.done} of {self.total}\n")
        sys.stderr.flush()
