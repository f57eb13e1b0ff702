"""Diagnostics + sources -> the text that a person, an editor or GitHub reads. A pure function; one form a function."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

from compiler.diag import Diagnostic, Label
from compiler.source import Source, Span

MOST = 20

_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "place": "\x1b[1;34m", "help": "\x1b[1;36m", "": "\x1b[0m"}


def draw(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source], form: str = "text", colour: bool = False
) -> str:
    """The diagnostics in `form` (text, json, github), each ended by a line end; empty for none.

    Text shows at most 20, errors before warnings where not all fit, and counts them all.
    """
    if form == "json":
        return "".join(json.dumps(_as_json(each, sources), ensure_ascii=False) + "\n" for each in diagnostics)
    if form == "github":
        return "".join(_github(each) + "\n" for each in diagnostics)
    shown = _shown(diagnostics)
    blocks = [_text(each, sources, colour) for each in shown]
    if diagnostics:
        blocks.append(_count(diagnostics, shown) + "\n")
    return "\n".join(blocks)


def _shown(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The first ones, in their order; where not all fit, errors go first."""
    if len(diagnostics) <= MOST:
        return list(diagnostics)
    chosen = sorted(range(len(diagnostics)), key=lambda i: (diagnostics[i].severity != "error", i))[:MOST]
    return [diagnostics[i] for i in sorted(chosen)]


def _count(diagnostics: Sequence[Diagnostic], shown: Sequence[Diagnostic]) -> str:
    """`20 of 34 errors shown`, or `3 errors, 1 warning`."""
    parts = []
    for severity in ("error", "warning"):
        all_ = sum(each.severity == severity for each in diagnostics)
        seen = sum(each.severity == severity for each in shown)
        if all_:
            word = severity if all_ == 1 else f"{severity}s"
            parts.append(f"{all_} {word}" if all_ == seen else f"{seen} of {all_} {word} shown")
    return ", ".join(parts)


# ------------------------------------------------------------------------------------------------ text


def _text(each: Diagnostic, sources: Mapping[str, Source], colour: bool) -> str:
    def paint(name: str, text: str) -> str:
        return f"{_COLOURS[name]}{text}{_COLOURS['']}" if colour else text

    width = len(str(max(label.span.line for label in (each.primary, *each.notes))))
    rows = [paint(each.severity, f"{each.severity}[{each.code}]") + f": {each.message}"]
    rows += _place(each.primary, sources, width, "-->", paint(each.severity, "^"), colour)
    for note in each.notes:
        rows.append(f"{' ' * width} = {paint('help', 'note')}: {note.text}" if note.text else "")
        rows += _place(Label(note.span), sources, width, "-->", paint("place", "-"), colour)
    if each.help:
        rows.append(f"{' ' * width} = {paint('help', 'help')}: {each.help}")
    return "\n".join(row for row in rows if row) + "\n"


def _place(
    label: Label, sources: Mapping[str, Source], width: int, arrow: str, mark: str, colour: bool
) -> list[str]:
    """The place, its source line, and the marks below it."""
    span = label.span
    margin = " " * width
    rows = [f"{margin}{arrow} {span.place}"]
    line = _line(sources, span)
    if line is None:
        return rows
    shown, start, length = _cut(line, span)
    bar = f"{_COLOURS['place']}|{_COLOURS['']}" if colour else "|"
    blank = "".join("\t" if sign == "\t" else " " for sign in shown[:start])
    rows += [f"{margin} {bar}", f"{span.line:>{width}} {bar} {shown}"]
    rows.append(f"{margin} {bar} {blank}{mark * length}{' ' + label.text if label.text else ''}")
    return rows


def _line(sources: Mapping[str, Source], span: Span) -> str | None:
    source = sources.get(span.file)
    rows = _rows(source.text)[0] if source is not None else []
    return rows[span.line - 1] if 0 < span.line <= len(rows) else None


def _cut(line: str, span: Span, most: int = 160) -> tuple[str, int, int]:
    """(what is shown of the line, where in it the marks start, how many there are)."""
    end = span.end_column if span.end_line == span.line else len(line) + 1
    start = min(span.column - 1, len(line))
    length = max(1, min(end - 1, max(len(line), start + 1)) - start)
    if len(line) > most:
        first = max(0, start - most // 2)
        line = ("…" if first else "") + line[first : first + most] + "…"
        start -= first - (1 if first else 0)
        length = min(length, most)
    return "".join(map(_printable, line)), start, length


def _printable(sign: str) -> str:
    """The sign, where a terminal shows it as one; unusual spaces as a space."""
    if sign.isprintable() or sign == "\t":
        return sign
    return " " if sign.isspace() else "\ufffd"


# ------------------------------------------------------------------------------------------------ json, github


def _range(span: Span, sources: Mapping[str, Source]) -> dict[str, object]:
    """Lines and columns count from 1, in characters; bytes from 0, in UTF-8 of the text with one sign a line end."""
    place: dict[str, object] = {
        "file": span.file,
        "start": {"line": span.line, "column": span.column},
        "end": {"line": span.end_line, "column": span.end_column},
    }
    if span.file in sources:
        text = sources[span.file].text
        place["bytes"] = [_offset(text, span.line, span.column), _offset(text, span.end_line, span.end_column)]
    return place


def _offset(text: str, line: int, column: int) -> int:
    rows, starts = _rows(text)
    inside = rows[line - 1][: column - 1] if line <= len(rows) else ""
    return starts[min(line - 1, len(rows))] + len(inside.encode())


@lru_cache(maxsize=8)
def _rows(text: str) -> tuple[list[str], list[int]]:
    """The rows of a text, and the byte at which each begins (and the one after the last)."""
    rows = text.split("\n")
    return rows, [0, *accumulate(len(row.encode()) + 1 for row in rows)]


def _as_json(each: Diagnostic, sources: Mapping[str, Source]) -> dict[str, object]:
    return {
        "code": each.code,
        "severity": each.severity,
        "message": each.message,
        "place": _range(each.primary.span, sources),
        "label": each.primary.text,
        "notes": [{"place": _range(note.span, sources), "text": note.text} for note in each.notes],
        "help": each.help,
        "fixes": [{"place": _range(fix.span, sources), "text": fix.text, "sure": fix.sure} for fix in each.fixes],
    }


def _github(each: Diagnostic) -> str:
    span = each.primary.span
    properties = {
        "file": span.file, "line": span.line, "endLine": span.end_line, "col": span.column,
        "endColumn": max(span.end_column - 1, span.column), "title": each.code,
    }  # fmt: skip
    text = each.message + (f"\n{each.help}" if each.help else "")
    written = ",".join(f"{name}={_escaped(str(value), inner=True)}" for name, value in properties.items())
    return f"::{each.severity} {written}::{_escaped(text, inner=False)}"


def _escaped(text: str, inner: bool) -> str:
    """GitHub's workflow commands: per cent signs and line ends, and in properties `:` and `,` too."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if inner else text
