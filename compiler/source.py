"""A text and the places in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A spec file as read: `name` is the path as the user wrote it, `text` is NFC with `\\n` line ends."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line or more. Lines and columns count from 1, in characters; the end column is out."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
