"""Diagnostics as found -> one for each cause: what only follows from an earlier mistake is left out, and what has one
cause in several lines is said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import accumulate

from compiler.counting import counted
from compiler.diag import Diagnostic
from compiler.source import Source, Span

Found = list[Diagnostic]
_READING = ("E01", "E020", "E0210", "E0211", "E0212", "E0213")  # a line or a name could not be read
_OF_THE_WHOLE = ("E0303", "E0304", "E0310", "E0404", "E0409", "E0502", "E0503", "E0504", "E0603", "E0604", "E0605")


def settled(found: Iterable[Diagnostic], sources: Mapping[str, Source]) -> Found:
    """The diagnostics in their order, without echoes."""
    text = _Text(sources)
    diagnostics = _first_of_each(dict.fromkeys(found))
    for rule in (_second_on_a_line, _below_nothing, _lost, _echoes_of_reading, _missing_in_broken, _lost_team):
        diagnostics = rule(diagnostics, text)
    for code in ("E0303", "E0306"):
        diagnostics = _once(diagnostics, code)
    diagnostics = _twice(diagnostics, text)
    for code, start in (("E0211", ""), ("E0124", "this is no line of a list")):
        diagnostics = _runs(diagnostics, code, start)
    return diagnostics


class _Text:
    """The rows of the sources, and which of them belong together."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._rows: dict[str, list[str]] = {}
        self._tops: dict[str, list[int]] = {}  # for each row, the one at the left edge that begins its block

    def rows(self, file: str) -> list[str]:
        if file not in self._rows:
            source = self._sources.get(file)
            self._rows[file] = source.text.split("\n") if source is not None else []
        return self._rows[file]

    def indent(self, span: Span) -> int:
        rows = self.rows(span.file)
        row = rows[span.line - 1] if span.line <= len(rows) else ""
        return len(row) - len(row.lstrip())

    def inside(self, header: Span) -> range:
        """The lines of the block that begins at `header`, and the one after it, where a line may have left it."""
        rows, own = self.rows(header.file), self.indent(header)
        line = header.line + 1
        while line <= len(rows) and (not rows[line - 1].strip() or rows[line - 1][: own + 1].isspace()):
            line += 1
        return range(header.line + 1, line + 1)

    def top(self, span: Span) -> tuple[str, int]:
        """The block at the left edge that holds the place."""
        if span.file not in self._tops:
            rows = enumerate(self.rows(span.file), 1)
            begins = (number if row.strip() and row[0] not in " \t#" else 1 for number, row in rows)
            self._tops[span.file] = list(accumulate(begins, max))
        tops = self._tops[span.file]
        return span.file, tops[min(span.line, len(tops)) - 1] if tops else 0


# ------------------------------------------------------------------------------------------------ echoes


def _first_of_each(found: Iterable[Diagnostic]) -> Found:
    """A word that begins no block is reported once a file."""
    seen: set[tuple[str, str]] = set()
    result: Found = []
    for each in found:
        key = (each.primary.span.file, each.message)
        if not (each.code == "E0210" and key in seen):
            result.append(each)
        seen.add(key)
    return result


def _second_on_a_line(found: Found, text: _Text) -> Found:
    """A line that stands out of step is not asked what it does in its new place."""
    strays = {_line(each) for each in found if each.code == "E0102"}
    strays |= {(note.span.file, note.span.line) for each in found if each.code == "E0213" for note in each.notes}
    return [each for each in found if each.code[:3] not in ("E02", "E03") or _line(each) not in strays]


def _below_nothing(found: Found, text: _Text) -> Found:
    """Where nothing stands below a line, the next ones stand wrong; where they nest too deep, something did."""
    too_deep = {(file, line - 1) for file, line in (_line(each) for each in found if each.code == "E0108")}
    found = [each for each in found if not (_says_nothing(each) and _line(each) in too_deep)]
    places = {(file, line + more) for file, line in map(_line, filter(_says_nothing, found)) for more in (1, 2)}
    echoes = ("E0102", "E0211", "E0212", "E0213")
    return [each for each in found if each.code not in echoes or _line(each) not in places]


def _says_nothing(each: Diagnostic) -> bool:
    return each.message.startswith("nothing stands below")


def _echoes_of_reading(found: Found, text: _Text) -> Found:
    """What is true of the whole is not known of a spec that was read only in part."""
    if not any(each.code.startswith(_READING) for each in found):
        return found
    return [each for each in found if each.code not in _OF_THE_WHOLE or each.message.startswith("these shares")]


def _lost(found: Found, text: _Text) -> Found:
    """A block that lost its name, or stands in a pack that is not used, is the one that is not found elsewhere."""
    lost_pack = sum(each.code in ("E0303", "E0306") and " has no " not in each.message for each in found) > 2
    if not lost_pack and not any(each.help.startswith("a name comes after") for each in found):
        return found
    echoes = ("I know no", "the spec has no")
    return [each for each in found if not each.message.startswith(echoes) or "did you mean" in each.help]


def _missing_in_broken(found: Found, text: _Text) -> Found:
    """A line that a block lacks is most likely the one in it that could not be read."""
    wrong = {_line(each) for each in found if each.code.startswith((*_READING, "E0215", "E0401"))}
    unread = {_line(each) for each in found if each.code in ("E0103", "E0109", "E0115")}

    def echo(each: Diagnostic) -> bool:
        span = each.primary.span
        if each.message.startswith("the spec has no") and (span.file, 1) in unread:
            return True
        return each.code == "E0214" and any((span.file, line) in wrong for line in text.inside(span))

    return [each for each in found if not echo(each)]


def _lost_team(found: Found, text: _Text) -> Found:
    """Agents that stand indented at the top have lost the line of their team, which is said already."""
    return [each for each in found if each.code != "E0204" or not text.indent(each.primary.span)]


# ------------------------------------------------------------------------------------------------ one cause, many lines


def _once(found: Found, code: str) -> Found:
    """More than two of one code have one cause: something below them is not there."""
    same = [each for each in found if each.code == code and " has no " not in each.message]
    if len(same) < 3:
        return found
    first = min(same, key=lambda each: _line(each))
    others = {id(each) for each in same}
    said = replace(
        first, message=f"{first.message} (and so with {counted(len(same) - 1, 'more line')})",
        help="is a line `use \"…\"` missing, which brings what these lines change?",
    )  # fmt: skip
    return [said if each is first else each for each in found if each is first or id(each) not in others]


def _twice(found: Found, text: _Text) -> Found:
    """Several things said twice in one block: its first line is probably missing."""
    groups: dict[tuple[str, int], Found] = {}
    for each in found:
        block = text.top(each.primary.span)
        if each.code in ("E0301", "E0302") and each.notes and text.top(each.notes[0].span) == block:
            groups.setdefault(block, []).append(each)
    told: dict[int, Diagnostic | None] = {}  # by what it stands for: None is not said
    for group in groups.values():
        first = min(group, key=lambda each: _line(each))
        if len(group) > 1:
            message = f"{len(group)} things in this block are said twice, the first one here"
            way_out = "is the first line of a block missing above? Else delete what stands twice"
            told |= {id(each): None for each in group}
            told[id(first)] = replace(first, code="E0302", message=message, help=way_out, fixes=())
    result = [told.get(id(each), each) for each in found]
    return [each for each in result if each is not None]


def _runs(found: Found, code: str, start: str) -> Found:
    """Several of one code, whose messages begin alike, on neighbouring lines become one."""
    result: Found = []
    first, last, count = -1, 0, 0
    for each in sorted(found, key=_line):
        span = each.primary.span
        joins = first >= 0 and result[first].primary.span.file == span.file and span.line - last in (1, 2)
        alike = each.code == code and each.message.startswith(start)
        if alike and joins:
            count, last = count + 1, span.line
            more = "is the next line" if count == 2 else f"are the next {count - 1} lines"
            result[first] = replace(result[first], message=f"{result[first].message.split(' (nor')[0]} (nor {more})")
            continue
        if alike:
            first, last, count = len(result), span.line, 1
        result.append(each)
    return result


def _line(each: Diagnostic) -> tuple[str, int]:
    return each.primary.span.file, each.primary.span.line


