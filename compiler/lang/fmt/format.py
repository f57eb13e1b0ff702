"""Source -> Formatted: the whole way, and the check that nothing was lost on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from compiler.diag import Diagnostic
from compiler.lang.fmt.layout import laid_out
from compiler.lang.fmt.rows import Code, Doc, Kept, Row, Rows, read
from compiler.lang.fmt.same import difference
from compiler.source import Source

WIDTH = 120  # characters; longer lines are not wrapped, a line is a fact, but said


@dataclass(frozen=True, slots=True)
class Formatted:
    """`text`: the file in the one layout, None where it may not be written. `found`: what cannot be read in it.
    `fault`: what the formatter itself would have done wrong, empty unless we have a bug. `long`: rows over 120
    characters, counted in `text`."""

    text: str | None
    found: tuple[Diagnostic, ...] = ()
    fault: str = ""
    long: tuple[int, ...] = ()


def formatted(source: Source, lines: bool = False) -> Formatted:
    """The file in the one layout. A file that cannot be read is left alone; with `lines` only its bad blocks are."""
    rows = read(source)
    found = rows.wrong(whole=rows.loose or not lines)
    if rows.found and (rows.loose or not lines):
        return Formatted(None, found)
    text = laid_out(rows.rows)
    if text != source.text:  # else nothing changes, and nothing can get lost
        good = replace(rows, rows=_good(rows.rows)) if rows.found else rows
        fault = _fault(source.name, good, laid_out(good.rows) if rows.found else text)
        if fault:
            return Formatted(None, found, fault)
    long = tuple(number for number, row in enumerate(text.split("\n"), 1) if len(row) > WIDTH)
    return Formatted(text, found, "", long)


def _good(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows without the blocks that have mistakes, and without their docs."""
    result: list[Row] = []
    block = 0  # where the trivia above the next line begin
    for row in rows:
        if isinstance(row, Kept):
            result[block:] = [above for above in result[block:] if not isinstance(above, Doc)]
        else:
            result.append(row)
        if isinstance(row, Code | Kept):
            block = len(result)
    return tuple(result)


def _fault(name: str, rows: Rows, text: str) -> str:
    """What would go wrong with the good blocks, whose text is read again by itself; empty if all is well."""
    again = read(Source(name, text))
    fault = difference(rows, again)
    if not fault and laid_out(again.rows) != text:
        fault = "formatting the result again would change it"
    return fault
