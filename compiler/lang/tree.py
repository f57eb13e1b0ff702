"""Source -> lines nested by indentation. Plain Python: one bad line costs one line.

Comments vanish, `##` docs go to the line after them, a `\"\"\"` text makes one logical line of several.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile

from compiler.diag import Diagnostic
from compiler.lang import errors
from compiler.lang.lines import Line
from compiler.lang.steps import in_step
from compiler.source import Source, Span

__all__ = ["DEEPEST", "HIDDEN", "Line", "nest", "too_long"]

DEEPEST = 12  # levels; a real spec has five
LONGEST_ROW = 20_000  # characters; texts that are longer go between `"""`
LONGEST_FILE = 4_000_000  # characters; a spec of 10,000 lines has 300,000
_BLANKS = re.compile(r"[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")  # they come with pasted text
MOST_ROWS = 100_000
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_PIECE = re.compile(r'"""(?:.*?""")?|"(?:[^"\\\n]|\\.)*"|"|#|[^"#]+')


@dataclass(slots=True)
class _Open:
    """A line whose children are still being read."""

    line: Line
    indent: int
    children: list[_Open] = field(default_factory=list)

    def closed(self) -> Line:
        line = self.line
        if not self.children:
            return line
        below = tuple([child.closed() for child in self.children])
        return Line(line.file, line.number, line.column, line.text, line.docs, below, line.broken)


def nest(source: Source) -> tuple[tuple[Line, ...], tuple[Diagnostic, ...]]:
    """The top lines of `source` with all below them, and what is wrong with its layout."""
    if (wrong := too_long(source)) is not None:
        return (), (wrong,)
    found: list[Diagnostic] = []
    top = _Open(Line(source.name, 0, 1, ""), -1)
    path = [top]
    for indent, line in in_step(_logical(source, found), found):
        _place(path, indent, line, found)
    return tuple(child.closed() for child in top.children), tuple(found)


def too_long(source: Source) -> Diagnostic | None:
    if len(source.text) > LONGEST_FILE:
        return errors.file_too_long(source, len(source.text), "characters", LONGEST_FILE)
    if (count := source.text.count("\n")) > MOST_ROWS:
        return errors.file_too_long(source, count, "lines", MOST_ROWS)
    return None


def _place(path: list[_Open], indent: int, line: Line, found: list[Diagnostic]) -> None:
    """Hangs `line` below the right line of `path` (the open lines, outermost first)."""
    while indent < path[-1].indent:
        last = path.pop()
        if len(path) > 1 and path[-1].indent < indent:  # between two levels: it belongs beside the deeper one
            found.append(errors.indented_unlike(line, indent, last.line, last.indent))
            indent = last.indent
    if indent == path[-1].indent:
        path.pop()
    elif indent == path[-1].indent + 1 and len(path) > 1:  # one space too many is no new level
        found.append(errors.indented_unlike(line, indent, path[-1].line, path[-1].indent))
        indent = path.pop().indent
    elif len(path) == 1 and indent > 0 and not (path[0].children and path[0].children[-1].indent):
        found.append(errors.indented_at_top(line, indent))  # once for all that stand there
    if len(path) > DEEPEST:
        if not (found and found[-1].code == "E0108"):  # once for all that is deeper
            found.append(errors.too_deep(line, DEEPEST))
        return
    node = _Open(line, indent)
    path[-1].children.append(node)
    path.append(node)


def _logical(source: Source, found: list[Diagnostic]) -> list[tuple[int, Line]]:
    """(indent, line without children) for each line that says something."""
    rows = source.text.split("\n")
    result: list[tuple[int, Line]] = []
    docs: list[str] = []
    tabs: list[Span] = []
    number = 0
    clean = source.text.isascii() and HIDDEN.search(source.text) is None
    while number < len(rows):
        row = _short(rows, number, source.name, found)
        row = row if clean else _cleaned(row, source.name, number + 1, found)
        number += 1
        body = row.lstrip(" \t")
        if not body or body.startswith("#"):
            if body.startswith("##"):
                docs.append(body[2:].removeprefix(" ").rstrip())
            continue
        margin = row[: len(row) - len(body)]
        if "\t" in margin:
            place = margin.index("\t") + 1
            tabs.append(Span(source.name, number, place, number, len(margin) + 1))
        line = Line(source.name, number, len(margin) + 1, body.rstrip(), "\n".join(docs))
        docs = []
        if '"' in body or "#" in body:
            text, used = _whole_text(line, rows, found)
            number += used
            line = replace(line, text=text or body, broken=not text)
        result.append((len(margin.replace("\t", "  ")), line))
    if tabs:
        found.append(errors.tabs(tabs))
    return result


def _short(rows: list[str], number: int, file: str, found: list[Diagnostic]) -> str:
    """The row; empty where it is too long to be one (reported)."""
    row = rows[number]
    if len(row) <= LONGEST_ROW:
        return row
    found.append(errors.row_too_long(Span(file, number + 1, 1, number + 1, 41), len(row), LONGEST_ROW))
    rows[number] = ""  # a long text that goes on here is not that long either
    return ""


def _cleaned(row: str, file: str, number: int, found: list[Diagnostic]) -> str:
    """The row with look-alike blanks made spaces and hidden signs taken out of the way, each reported once a row."""
    for sign in () if row.isascii() else sorted(set(_BLANKS.findall(row))):
        if _outside_text(row, row.index(sign)):
            column = row.index(sign) + 1
            found.append(errors.foreign_blank(Span(file, number, column, number, column + 1), sign))
            row = row.replace(sign, " ")
    hidden = HIDDEN.search(row)
    if hidden:
        column = hidden.start() + 1
        found.append(errors.hidden_sign(Span(file, number, column, number, column + 1), hidden.group()))
        row = HIDDEN.sub("", row)
    return row


def _outside_text(row: str, offset: int) -> bool:
    """Whether the sign at `offset` stands outside texts and comments, where it would be read."""
    return not any(
        piece.start() <= offset and (piece.group() == "#" or (piece.group()[0] == '"' and offset < piece.end()))
        for piece in _PIECE.finditer(row)
    )


def _whole_text(line: Line, rows: list[str], found: list[Diagnostic]) -> tuple[str, int]:
    """The line's text without its comment, with the rest of a long text that goes on in the `rows` of the file below,
    and how many rows that took. Empty where a text is never closed."""
    row = line.text
    for piece in _PIECE.finditer(row):
        sign = piece.group()
        if sign == "#":
            return row[: piece.start()].rstrip(), 0
        if sign == '"':
            found.append(errors.text_never_closed(line, (piece.start(), len(row.rstrip()))))
            return "", 0
        if sign == '"""':
            return _long_text(line, piece.start(), rows[line.number :], found)
    return row.rstrip(), 0


def _long_text(line: Line, start: int, following: list[str], found: list[Diagnostic]) -> tuple[str, int]:
    """As `_whole_text` for a line whose long text opens at `start` and goes on below."""
    for used, row in enumerate(following, 1):
        close = row.find('"""')
        if close >= 0:
            text = "\n".join((line.text, *following[: used - 1], row[: close + 3]))
            return text + row[close + 3 :].split("#")[0].rstrip(), used
    found.append(errors.long_text_never_closed(line, (start, start + 3)))
    inside = takewhile(lambda row: not row.strip() or row[0] in " \t", following)  # most likely still the text
    return "", sum(1 for _ in inside)
