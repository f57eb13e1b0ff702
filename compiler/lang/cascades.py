"""Diagnostics as found -> one for each cause: what only follows from an earlier mistake is left out, and what has one
cause in several lines is said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from compiler.diag import Diagnostic
from compiler.source import Source

_READING = ("E01", "E020", "E021")  # a line or a name that could not be read: what depends on it is not known
_SUMS = ("E0404", "E0409", "E0603", "E0502", "E0503", "E0310", "E0504")


def settled(found: Iterable[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """The diagnostics in their order, without echoes."""
    diagnostics = list(found)
    for rule in (_second_on_a_line, _echoes_of_reading, _agents_of_a_lost_team):
        diagnostics = rule(diagnostics, sources)
    for code, tell in _RUNS.items():
        diagnostics = _runs(diagnostics, code, tell)
    return diagnostics


def _second_on_a_line(found: list[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """A line that stands out of step is not asked what it does in its new place."""
    strays = {_line(each) for each in found if each.code == "E0102"}
    return [each for each in found if each.code == "E0102" or each.code[:3] != "E02" or _line(each) not in strays]


def _echoes_of_reading(found: list[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """Sums and cases of a spec that was read only in part are not worth a word."""
    if not any(each.code.startswith(_READING) for each in found):
        return found
    own = [each for each in found if each.code not in _SUMS or each.message.startswith("these shares")]
    return own


def _agents_of_a_lost_team(found: list[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """Agents that stand indented at the top have lost the line of their team, which is said already."""

    def indented(each: Diagnostic) -> bool:
        source = sources.get(each.primary.span.file)
        rows = source.text.split("\n") if source is not None else []
        at = each.primary.span.line - 1
        return at < len(rows) and rows[at][:1] in (" ", "\t")

    return [each for each in found if each.code != "E0204" or not indented(each)]


def _runs(found: list[Diagnostic], code: str, tell: Callable[[Diagnostic, int], Diagnostic]) -> list[Diagnostic]:
    """Several of one code on neighbouring lines become one."""
    result: list[Diagnostic] = []
    first, last, count = -1, 0, 0
    for each in sorted(found, key=lambda one: (one.primary.span.file, one.primary.span.line)):
        span = each.primary.span
        if each.code == code and first >= 0 and _joins(result[first], each, last):
            count, last = count + 1, span.line
            result[first] = replace(tell(result[first], count), fixes=())
            continue
        if each.code == code:
            first, last, count = len(result), span.line, 1
        result.append(each)
    return result


def _joins(one: Diagnostic, other: Diagnostic, last: int) -> bool:
    """Whether both belong to one stretch of lines."""
    return one.primary.span.file == other.primary.span.file and other.primary.span.line - last in (1, 2)


def _line(each: Diagnostic) -> tuple[str, int]:
    return each.primary.span.file, each.primary.span.line


def _twice(each: Diagnostic, count: int) -> Diagnostic:
    message = f"{count} lines in a row say again what was said before"
    return replace(each, message=message, help="is the first line of a block missing above them? Else delete them")


def _no_settings(each: Diagnostic, count: int) -> Diagnostic:
    message = f"{each.message.split(' (nor')[0]} (nor are {count - 1} more lines here)"
    return replace(each, message=message.replace("(nor are 1 more lines here)", "(nor is the next)"))


def _no_rows(each: Diagnostic, count: int) -> Diagnostic:
    message = f"{each.message.split(' (nor')[0]} (nor {'is the next' if count == 2 else f'are {count - 1} more below'})"
    return replace(each, message=message)


_RUNS: Mapping[str, Callable[[Diagnostic, int], Diagnostic]] = {
    "E0302": _twice, "E0211": _no_settings, "E0217": _no_rows,
}  # fmt: skip
