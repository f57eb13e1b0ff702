"""Indents of lines -> indents as they were meant, where one line alone is out of step with all around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from compiler.diag import Diagnostic
from compiler.lang import errors
from compiler.lang.lines import Line
from compiler.lang.schema import KINDS

USUAL = 2
_OPENS = re.compile(
    rf"(?:override\s+)?(?:when\b|(?:{'|'.join(KINDS)})\b[^:]*$|by weekday\s*$"
    r"|(?:starts as|otherwise)\s.*\b(?:one of|weights)\b)"
)


_CLOSED = re.compile(
    r".*?(?::\s*(?!\d+(?:\.\d+)?%$)\S|\b(?:rises|falls|multiplied) by\b|\bstarts at\b|\bstarts as (?!one\b|weights\b)"
    r"|\bbecomes\b|\bstays within\b)"
)  # a line that nothing can stand below


def in_step(rows: Sequence[tuple[int, Line]], found: list[Diagnostic]) -> list[tuple[int, Line]]:
    """The rows with the indent of each lone stray put right, by its neighbours; each stray is reported."""
    step = _step([indent for indent, _ in rows])
    result: list[tuple[int, Line]] = []
    for number, (indent, line) in enumerate(rows):
        before, above = (result[-1][0], result[-1][1]) if result else (-step, None)
        after = rows[number + 1][0] if number + 1 < len(rows) else -1
        meant = _meant(indent, before, after, step, line, above)
        if above is None and indent and _moved_first(indent, after, step, rows[number + 1 : number + 2]):
            found.append(errors.indented_at_top(line, indent))  # it alone has moved: what follows stands below it
            meant = 0
        elif meant != indent:
            found.append(errors.out_of_step(line, indent, meant, above))
        result.append((meant, line))
    return result


def _closed(line: Line) -> bool:
    """Whether surely nothing can stand below the line."""
    return _looks(line.text)[1]


def _opens(line: Line) -> bool:
    """Whether the line looks like one with lines below it."""
    return _looks(line.text)[0]


@lru_cache(maxsize=8_192)
def _looks(text: str) -> tuple[bool, bool]:
    """(whether lines seem to stand below such a line, whether surely none can)."""
    plain = " ".join(text.split())
    opens = _OPENS.match(plain) is not None
    return opens, not opens and _CLOSED.match(plain) is not None


def _moved_first(indent: int, after: int, step: int, following: Sequence[tuple[int, Line]]) -> bool:
    """Whether the first line alone has moved: what follows stands where it would stand below it."""
    same = indent == after and not any(_opens(line) for _, line in following)
    return same or (after > 0 and (after - indent) % step != 0)


def _step(indents: Sequence[int]) -> int:
    """What the file takes as one level: the most usual jump to the right."""
    jumps = Counter(later - earlier for earlier, later in pairwise(indents) if later > earlier + 1)
    return max(sorted(jumps), key=lambda jump: (jumps[jump], jump == USUAL)) if jumps else USUAL


def _meant(indent: int, before: int, after: int, step: int, line: Line, above: Line | None) -> int:
    """The indent that fits; the line's own where it has company in its place or no place is better."""
    if above is None or indent in (before, after):
        return indent
    if indent % step == 0 and indent <= before + (0 if _closed(above) else step):
        return indent
    if after > indent and (after - indent) % step == 0:  # what stands below it keeps it company
        return indent
    if indent > before and _closed(above):
        return before
    deepest = before + step if before >= 0 else 0
    near = [level for level in (indent // step * step, -(-indent // step) * step) if level <= deepest]
    near = near or [deepest]
    if _opens(line):
        return next((level for level in near if level == after - step), near[0])
    if above is not None and before in near and not _opens(above):
        return before
    if above is not None and _opens(above) and before + step in near:
        return before + step
    return after if after in near else near[0]
