"""One logical line of a spec, and the way from offsets in it to places in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.lang.syntax import At
from compiler.source import Span


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line: `text` starts at (`number`, `column`) and holds line ends only inside a long text."""

    file: str
    number: int
    column: int
    text: str
    docs: str = ""
    children: tuple[Line, ...] = field(default=(), compare=False)
    broken: bool = False  # a text on it is never closed (reported)

    def span(self, at: At | None = None) -> Span:
        """The place of the offsets `at` (the whole line without)."""
        start, end = at if at is not None else (0, len(self.text))
        return Span(self.file, *self._place(start), *self._place(max(end, start)))

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        breaks = before.count("\n")
        if not breaks:
            return self.number, self.column + offset
        return self.number + breaks, offset - before.rfind("\n")
