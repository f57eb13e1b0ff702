"""Sentences about reading: layout, signs, and lines that stop or go on wrongly."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.diag import Diagnostic, Fix
from compiler.lang import syntax as s
from compiler.lang.errors.wording import diagnostic, meant
from compiler.source import Source, Span

if TYPE_CHECKING:
    from compiler.lang.tree import Line

SURE_SIGNS = ("&&", "||", "==", "!=", "<>", "≥", "≤", "≠")  # `=` and quotation marks may mean two things


def tabs(places: Sequence[Span]) -> Diagnostic:
    first = places[0]
    others = f"{len(places) - 1} more line{'s' if len(places) > 2 else ''}"
    more = f" (and on {others} of this file)" if len(places) > 1 else ""
    fixes = [Fix(place, "  " * (place.end_column - place.column), True) for place in places]
    return diagnostic(
        "E0101", f"a tab in the indentation{more}", first, "here", "indent with two spaces a level", fixes=fixes
    )


def indented_unlike(line: Line, indent: int, other: Line, expected: int) -> Diagnostic:
    return diagnostic(
        "E0102", f"this line is indented by {indent}, the ones beside it by {expected}",
        _margin(line), "", "use two spaces a level",
        [(other.span(), f"line {other.number} stands at {expected}")],
        [Fix(_margin(line), " " * expected)],
    )  # fmt: skip


def out_of_step(line: Line, indent: int, meant: int, above: Line | None) -> Diagnostic:
    notes = [(above.span(), f"line {above.number} stands above it")] if above is not None else []
    return diagnostic(
        "E0102", f"this line is indented by {indent}, where {meant} would fit", _margin(line), "",
        f"indent it by {meant}, if I guess its place rightly", notes, [Fix(_margin(line), " " * meant)],
    )  # fmt: skip


def indented_at_top(line: Line, indent: int) -> Diagnostic:
    return diagnostic(
        "E0102", f"this line is indented by {indent}, but nothing above it begins a block", _margin(line), "",
        "a block begins at the left edge", fixes=[Fix(_margin(line), "")],
    )  # fmt: skip


def _margin(line: Line) -> Span:
    return Span(line.file, line.number, 1, line.number, line.column)


def too_deep(line: Line, deepest: int) -> Diagnostic:
    return diagnostic("E0108", f"blocks nest deeper than {deepest} levels", line.span((0, 1)), "", "")


def row_too_long(span: Span, length: int, most: int) -> Diagnostic:
    return diagnostic("E0109", f"a line of {length} characters says too much at once (at most {most})", span, "",
                      'one fact a line; long texts go between `"""`')  # fmt: skip


def file_too_long(source: Source, count: int, what: str, most: int) -> Diagnostic:
    message = f"a file of {count} {what} says too much at once (at most {most})"
    help_ = "all files of a folder are one spec: split it"
    return diagnostic("E0109", message, Span(source.name, 1, 1, 1, 2), "", help_)


def too_many(source: Source, most: int) -> Diagnostic:
    message = f"{most:,} errors stand in this file, and the rest of it is not read"
    help_ = "is it a spec at all? Else mend the first ones: most of the others follow from them"
    return diagnostic("E0115", message, Span(source.name, 1, 1, 1, 2), "", help_)


def not_utf8(span: Span, byte: int) -> Diagnostic:
    return diagnostic(
        "E0103", f"this file is not UTF-8: byte 0x{byte:02x} at {span.line}:{span.column}", span, "",
        "save the file as UTF-8",
    )  # fmt: skip


def foreign_blank(span: Span, sign: str) -> Diagnostic:
    name = "a non-breaking space" if sign in "\u00a0\u202f" else "an unusual space"
    return diagnostic(
        "E0104", f"{name}, probably pasted from a document", span, "here", "write a plain space",
        fixes=[Fix(span, " ", True)],
    )  # fmt: skip


_TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # bidirectional control characters


def hidden_sign(span: Span, sign: str) -> Diagnostic:
    name = unicodedata.name(sign, "a control character").lower()
    code, what = "E0105", f"an invisible sign U+{ord(sign):04X} ({name})"
    if sign in _TURNS:
        code, what = "E0114", f"the sign U+{ord(sign):04X} ({name}) makes a line look different from what it says"
    return diagnostic(code, what, span, "here", "delete it", fixes=[Fix(span, "", True)])


def text_never_closed(line: Line, at: s.At) -> Diagnostic:
    return diagnostic("E0106", "a text that is never closed", line.span(at), "opened here", 'end it with `"`')


def long_text_never_closed(line: Line, at: s.At) -> Diagnostic:
    return diagnostic(
        "E0107", "a long text that is never closed", line.span(at), "opened here", 'end it with `"""`'
    )


def perhaps_thousands(span: Span, written: str) -> Diagnostic:
    grouped = written.replace(".", "_")
    return diagnostic("E0127", f"`{written}` could mean two things", span, "",
                      f"write `{grouped}` for thousands, `{_decimal(written)}` for a figure with decimals",
                      fixes=[Fix(span, grouped)])  # fmt: skip


def _decimal(written: str) -> str:
    """`1.200` as a figure with decimals that cannot be taken for thousands."""
    plain = written.rstrip("0")
    return f"{written}0" if plain == written else plain.rstrip(".")


def syntax(mistake: s.Mistake, line: Line) -> Diagnostic:
    """A line that could not be read."""
    span = line.span(mistake.at)
    first, second, third = (*mistake.details, "", "", "")[:3]
    match mistake.kind:
        case "line_too_long":
            return diagnostic("E0109", f"a line of {first} characters says too much at once", span, "",
                              'one fact a line; long texts go between `"""`')  # fmt: skip
        case "number_too_long":
            return diagnostic("E0109", f"a number of {first} digits says too much (at most {second})", span, "", "")
        case "brace":
            block = "a block is what stands indented below its line"
            hint = "items stand side by side with `,`" if first in ";[]" else block
            return diagnostic("E0110", f"`{first}` is not used in Callsheet", span, "", hint)
        case "bare_figure":
            return diagnostic("E0124", f"`{first}` cannot stand here", span, "",
                              "its figures have names, such as `starts as normal, mean 90s, sd 25s`")  # fmt: skip
        case "text_without_marks":
            hint = "a text stands between quotation marks, names have no spaces, items have a `,` between them"
            return diagnostic("E0124", f"`{first}` cannot stand here", span, "", hint)
        case "habit":
            two = f" for thousands, `{_decimal(third)}` for a figure with decimals" if third else ""
            return diagnostic("E0111", f"`{first}` is not written so in Callsheet", span, "", f"write `{second}`{two}",
                              fixes=[Fix(span, second)])  # fmt: skip
        case "foreign_sign":
            return diagnostic("E0111", f"`{first}` is not a Callsheet sign", span, "", f"write `{second}`",
                              fixes=[Fix(span, second, first in SURE_SIGNS)])  # fmt: skip
        case "loose_percent":
            return diagnostic("E0112", f"`{first}` must touch its number", span, "", f"write `{second}`",
                              fixes=[Fix(span, second, True)])  # fmt: skip
        case "money_sign":
            return diagnostic("E0113", f"I do not know the sign `{first}`", span, "", f"write `{second}`")
        case "unknown_sign":
            return diagnostic("E0113", f"I do not know the sign `{first}`", span, "",
                              "texts stand between quotation marks" if first not in "%" else "write `15%`")  # fmt: skip
        case "two_colons":
            return diagnostic("E0123", "only one `:` on a line", span, "the second",
                              'a text that holds a `:` stands between quotation marks')  # fmt: skip
        case "verb_needs":
            example = f"{first} {second.split('`')[0]} {third}"
            return diagnostic("E0121", f"`{first}` needs `{second}`", span, "", f"write `{example}`")
        case "nothing_after_when":
            return diagnostic("E0120", "the line stops too early", span, "",
                              "after `when` comes a condition such as `channel is voice`")  # fmt: skip
        case "stops_early":
            return diagnostic("E0120", "the line stops too early", span, "", _expected(mistake.details))
        case "nothing_before_when":
            return diagnostic("E0125", "something is missing before `when`", span, "",
                              "a number or a value belongs there")  # fmt: skip
        case "chained":
            return diagnostic("E0410", "comparisons do not chain", span, "", f"write `{first}`")
        case "not_here_guess":
            return diagnostic("E0122", f"`{first}` cannot stand here", span, "", meant(second),
                              fixes=[Fix(span, second)])  # fmt: skip
    return diagnostic("E0124", f"`{first}` cannot stand here", span, "", _expected(mistake.details[1:]))


def _expected(kinds: Sequence[str]) -> str:
    if not kinds:
        return ""
    *most, last = kinds
    return f"expected {', '.join(most)} or {last}" if most else f"expected {last}"
