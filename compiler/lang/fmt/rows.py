"""Source -> Rows: each line with its level, each comment, doc and empty line in its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from compiler.diag import Diagnostic, in_order
from compiler.lang import errors
from compiler.lang.parse import sentence
from compiler.lang.syntax import Mistake
from compiler.lang.tree import HIDDEN, Line, nest
from compiler.source import Source

REPAIRED = frozenset({"E0101", "E0104"})  # tabs and foreign blanks: putting them right is what the formatter is for


@dataclass(frozen=True, slots=True)
class Code:
    """A logical line. `rows`: how many rows of the file it takes; `remark`: the comment at its end, with its `#`;
    `opens`: whether lines stand below it."""

    text: str
    level: int
    indent: int
    remark: str
    number: int
    rows: int
    opens: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """A row that is a comment; `text` begins with its `#`."""

    text: str
    indent: int


@dataclass(frozen=True, slots=True)
class Doc:
    """A row `## text`, without the signs."""

    text: str


@dataclass(frozen=True, slots=True)
class Empty:
    pass


@dataclass(frozen=True, slots=True)
class Kept:
    """A block with a mistake in it, as it stands."""

    text: str


Row = Code | Comment | Doc | Empty | Kept


@dataclass(frozen=True, slots=True)
class Rows:
    """`found`: what cannot be read; the blocks in which it stands are Kept, `kept` are their rows in the file. `good`:
    the top lines of the others. `loose`: a mistake stands between blocks, where nothing can be kept as it is.
    `repaired`: what formatting puts right, where it does anything."""

    rows: tuple[Row, ...]
    good: tuple[Line, ...]
    found: tuple[Diagnostic, ...]
    loose: bool = False
    repaired: tuple[Diagnostic, ...] = ()
    kept: tuple[range, ...] = ()

    def wrong(self, whole: bool) -> tuple[Diagnostic, ...]:
        """All that stays wrong where the kept blocks, or the whole file, are left as they are."""
        left = (_left(each, self.kept, whole) for each in self.repaired if self.found)
        return in_order([*self.found, *(each for each in left if each is not None)])


def _left(repaired: Diagnostic, kept: Sequence[range], whole: bool) -> Diagnostic | None:
    """What is left of a mistake of several rows where only some of them are put right."""
    spans = [fix.span for fix in repaired.fixes if whole or any(fix.span.line in rows for rows in kept)]
    return errors.tabs(spans) if spans and repaired.code == "E0101" else repaired if spans else None


def read(source: Source) -> Rows:
    """All rows of the file, in their order."""
    top, layout = nest(source)
    found = [each for each in layout if each.code not in REPAIRED]
    found += [_mistake(line) for line, _ in _flat(top, 0) if not line.broken and _unreadable(line)]
    bad = sorted({each.primary.span.line for each in found})
    written = source.text.split("\n")
    rows: list[Row] = _trivia(written[: top[0].number - 1] if top else written)
    good: list[Line] = []
    kept: list[range] = []
    for place, line in enumerate(top, 1):
        end = top[place].number - 1 if place < len(top) else len(written)
        last = _last(written[line.number - 1 : end]) + line.number - 1
        if line.column > 1 or any(line.number <= number <= last for number in bad):
            rows.append(Kept("\n".join(written[line.number - 1 : last])))
            kept.append(range(line.number, last + 1))
            bad = [number for number in bad if not line.number <= number <= last]
            rows += _trivia(written[last:end])
        else:
            good.append(line)
            rows += _block(line, written, end)
    repaired = tuple(each for each in layout if each.code in REPAIRED)
    return Rows(tuple(rows), tuple(good), in_order(found), bool(bad), repaired, tuple(kept))


def _block(line: Line, written: Sequence[str], end: int) -> list[Row]:
    """A top line with all below it, and the trivia up to the row `end`."""
    rows: list[Row] = []
    number = line.number
    for each, level in _flat((line,), 0):
        rows += _trivia(written[number - 1 : each.number - 1])
        code = _code(each, level, written)
        rows.append(code)
        number = each.number + code.rows
    return rows + _trivia(written[number - 1 : end])


def _last(rows: Sequence[str]) -> int:
    """How many of the rows of a block are its own: its lines, and the indented comments after them."""
    seen = [HIDDEN.sub("", row).strip() for row in rows]  # a hidden sign before `#` says nothing
    last = max((number for number, row in enumerate(seen, 1) if row and row[0] != "#"), default=1)
    for number, row in enumerate(rows[last:], last + 1):
        if row.strip() and (row[0] not in " \t" or seen[number - 1].startswith("##")):
            break
        last = number if row.strip() else last
    return last


def _flat(lines: Iterable[Line], level: int) -> Iterator[tuple[Line, int]]:
    for line in lines:
        yield line, level
        if line.children:
            yield from _flat(line.children, level + 1)


def _unreadable(line: Line) -> bool:
    return isinstance(sentence(line.text), Mistake)


def _mistake(line: Line) -> Diagnostic:
    said = sentence(line.text)
    assert isinstance(said, Mistake)
    return errors.syntax(said, line)


def _code(line: Line, level: int, written: Sequence[str]) -> Code:
    *body, last = line.text.split("\n")
    first = written[line.number - 1]
    end = written[line.number - 1 + len(body)]
    start = 0 if body else line.column - 1
    margin = first[: len(first) - len(first.lstrip())]
    remark = end[start + len(last) :].strip()
    indent = len(margin.replace("\t", "  "))
    return Code(line.text, level, indent, remark, line.number, len(body) + 1, bool(line.children))


def _trivia(rows: Sequence[str]) -> list[Row]:
    """The rows between two lines."""
    found: list[Row] = []
    for row in rows:
        body = row.strip()
        margin = row[: len(row) - len(row.lstrip())]
        if body.startswith("##"):
            found.append(Doc(body[2:].removeprefix(" ").rstrip()))
        elif body.startswith("#"):
            found.append(Comment(body, len(margin.replace("\t", "  "))))
        elif not body:
            found.append(Empty())
    return found
