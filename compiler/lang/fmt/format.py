"""Source -> Formatted: the whole way, and the check that nothing was lost on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.diag import Diagnostic
from compiler.lang.fmt.layout import laid_out
from compiler.lang.fmt.rows import Kept, Rows, read
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
    if rows.found and not lines:
        return Formatted(None, rows.found)
    fault = _fault(source.name, replace(rows, rows=tuple(row for row in rows.rows if not isinstance(row, Kept))))
    if fault:
        return Formatted(None, rows.found, fault)
    text = laid_out(rows.rows)
    long = tuple(number for number, row in enumerate(text.split("\n"), 1) if len(row) > WIDTH)
    return Formatted(text, rows.found, "", long)


def _fault(name: str, rows: Rows) -> str:
    """What would go wrong with the good blocks, which are read again by themselves; empty if all is well."""
    text = laid_out(rows.rows)
    again = read(Source(name, text))
    fault = difference(rows, again)
    if not fault and (again.found or laid_out(again.rows) != text):
        fault = "formatting the result again would change it"
    return fault
