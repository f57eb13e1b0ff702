"""Rows -> text: indentation, comments beside their lines, docs above them, empty lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from compiler.lang.fmt.rows import Code, Comment, Doc, Empty, Kept, Row
from compiler.lang.fmt.words import spaced

_EMPTY = ""


def laid_out(rows: Sequence[Row]) -> str:
    """The whole text, with one line end at its end."""
    result: list[str] = []
    before: Code | Kept | None = None
    open_lines: list[Code] = []  # the line before and those that it stands in, outermost first
    for trivia, line in _with_trivia(rows):
        result += _between(trivia, before, open_lines, line)
        if line is None:
            break
        result += _written(line)
        while open_lines and not (isinstance(line, Code) and open_lines[-1].level < line.level):
            open_lines.pop()
        open_lines += [line] if isinstance(line, Code) else []
        before = line
    text = "\n".join(result).strip("\n")
    return text + "\n" if text else ""


def _with_trivia(rows: Iterable[Row]) -> Iterator[tuple[list[Comment | Doc | Empty], Code | Kept | None]]:
    """Each line with the comments, docs and empty lines before it; at last those after all lines."""
    trivia: list[Comment | Doc | Empty] = []
    for row in rows:
        if isinstance(row, Code | Kept):
            yield trivia, row
            trivia = []
        else:
            trivia.append(row)
    yield trivia, None


def _written(line: Code | Kept) -> list[str]:
    if isinstance(line, Kept):
        return line.text.split("\n")
    margin = "  " * line.level
    first, *body = spaced(line.text).split("\n")
    rows = [margin + first.rstrip(), *(_body(body, line.level + 1) if body else ())]
    if line.remark:
        rows[-1] += "  " + comment(line.remark)
    return rows


def _body(rows: Sequence[str], level: int) -> list[str]:
    """The rows of a long text: the least indented one at `level`, the others as far from it as they were."""
    spare = min((len(row) - len(row.lstrip(" ")) for row in rows if row.strip()), default=0)
    return ["  " * level + row[spare:].rstrip() if row.strip() else _EMPTY for row in rows]


def comment(text: str) -> str:
    """`#like this` -> `# like this`."""
    signs = text[: len(text) - len(text.lstrip("#"))]
    words = text[len(signs) :].rstrip()
    return f"{signs} {words}" if words and not words[0].isspace() else signs + words


# ------------------------------------------------------------------------------------------------ between two lines


def _between(
    trivia: Sequence[Comment | Doc | Empty], before: Code | Kept | None, open_lines: Sequence[Code],
    line: Code | Kept | None,
) -> list[str]:  # fmt: skip
    """The rows between two lines: comments with their empty lines, then the docs of the line below."""
    if not trivia and isinstance(line, Code) and line.level:
        return []
    margin = "  " * (line.level if isinstance(line, Code) else 0)
    docs = [f"{margin}## {row.text}".rstrip() for row in trivia if isinstance(row, Doc)]
    rows: list[str] = []
    level = len(open_lines) + 1
    for row in _without_docs(trivia):
        if isinstance(row, Comment):
            level = min(level, _comment_level(row, open_lines, line))
            rows.append("  " * level + comment(row.text))
        elif not rows or rows[-1]:
            rows.append(_EMPTY)
    return _parted(rows, before, line) + docs


def _without_docs(trivia: Sequence[Comment | Doc | Empty]) -> list[Comment | Empty]:
    """Comments and empty lines; the empty lines between docs and their line vanish."""
    after = max((number for number, row in enumerate(trivia, 1) if isinstance(row, Comment)), default=0)
    docs = (number for number, row in enumerate(trivia) if number >= after and isinstance(row, Doc))
    return [row for row in trivia[: next(docs, None)] if not isinstance(row, Doc)]


def _comment_level(row: Comment, open_lines: Sequence[Code], line: Code | Kept | None) -> int:
    """A comment belongs to the next line; one that is indented more than that to the block that ends here."""
    indent, level = (line.indent, line.level) if isinstance(line, Code) else (0, 0)
    if row.indent <= indent or not open_lines:
        return level
    last = open_lines[-1]
    if last.level == 0 and not last.opens and row.indent >= 2:
        return 1  # in a block that has no line yet
    return max([level, *(each.level for each in open_lines if each.indent <= row.indent)])


def _parted(rows: list[str], before: Code | Kept | None, line: Code | Kept | None) -> list[str]:
    """The rows with the empty lines that must be there, without those that must not."""
    if before is None or (isinstance(before, Code) and isinstance(line, Code) and line.level > before.level):
        return rows[1:] if rows and not rows[0] else rows
    if line is None or (isinstance(line, Code) and line.level):
        return rows
    if _stands_alone(before) and _stands_alone(line) and not any(row[:1] == " " for row in rows):
        return rows
    place = next((number for number, row in enumerate(rows) if row and row[0] == "#"), len(rows))
    above = rows[:place]
    while above and not above[-1]:
        above.pop()
    return [*above, _EMPTY, *rows[place:]]


def _stands_alone(line: Code | Kept) -> bool:
    """A top line with nothing below it, such as `use`."""
    return isinstance(line, Code) and line.level == 0 and not line.opens
