"""Diagnostics as text, JSON and GitHub commands."""

from __future__ import annotations

import json

from compiler.diag import Diagnostic, Fix, Label, in_order
from compiler.report import draw
from compiler.source import Source, Span

SOURCES = {"a.calls": Source("a.calls", "choice channel\n\tvoice: 90%\nAWT rises by 15% when ümlaut, x\n")}
HERE = Span("a.calls", 3, 14, 3, 17)
DECLARED = Label(Span("a.calls", 1, 8, 1, 15), "declared here")
FIX = Fix(HERE, "15pp")
ONE = Diagnostic("E0403", "15% could mean two things", Label(HERE, "a share"), (DECLARED,), "write `15pp`", (FIX,))


def test_text() -> None:
    assert draw([ONE], SOURCES) == (
        "error[E0403]: 15% could mean two things\n"
        " --> a.calls:3:14\n"
        "  |\n"
        "3 | AWT rises by 15% when ümlaut, x\n"
        "  |              ^^^ a share\n"
        "  = note: declared here\n"
        " --> a.calls:1:8\n"
        "  |\n"
        "1 | choice channel\n"
        "  |        -------\n"
        "  = help: write `15pp`\n"
        "\n1 error\n"
    )


def test_colour_only_when_asked() -> None:
    assert "\x1b" not in draw([ONE], SOURCES)
    assert draw([ONE], SOURCES, colour=True).startswith("\x1b[1;31merror[E0403]\x1b[0m: ")


def test_places_that_no_source_has() -> None:
    lost = Diagnostic("W01", "lost", Label(Span("--end", 1, 1, 1, 1)))
    assert draw([lost], {}) == "warning[W01]: lost\n --> --end:1:1\n\n1 warning\n"


def test_a_place_behind_the_end_and_a_tab_before_it() -> None:
    end = Diagnostic("E0120", "stops", Label(Span("a.calls", 2, 12, 2, 13)))
    assert "2 | \tvoice: 90%\n  | \t          ^\n" in draw([end], SOURCES)


def test_long_lines_are_cut() -> None:
    text = "x" * 500 + "HERE" + "y" * 500
    place = Diagnostic("E0124", "no", Label(Span("b", 1, 501, 1, 505)))
    shown = draw([place], {"b": Source("b", text)}).split("\n")
    assert len(shown[3]) < 180
    assert shown[3][shown[4].index("^") :][:4] == "HERE"


def test_twenty_are_shown_and_all_counted() -> None:
    errors = [Diagnostic("E0201", f"no {n}", Label(Span("a.calls", 1, n + 1, 1, n + 2))) for n in range(34)]
    warnings = [Diagnostic("W02", f"never {n}", Label(Span("a.calls", 1, 1, 1, 2))) for n in range(2)]
    text = draw([*warnings, *errors], SOURCES)
    assert text.count("error[") == 20 and "warning[" not in text
    assert text.endswith("20 of 34 errors shown, 0 of 2 warnings shown\n")


def test_json_is_one_object_a_line() -> None:
    (row,) = draw([ONE], SOURCES, "json").splitlines()
    drawn = json.loads(row)
    for place in (drawn["place"], drawn["notes"][0]["place"], drawn["fixes"][0]["place"]):
        assert len(place.pop("bytes")) == 2
    assert drawn == {
        "code": "E0403", "severity": "error", "message": "15% could mean two things",
        "place": {"file": "a.calls", "start": {"line": 3, "column": 14}, "end": {"line": 3, "column": 17}},
        "label": "a share", "help": "write `15pp`",
        "notes": [{"text": "declared here", "place": {"file": "a.calls", "start": {"line": 1, "column": 8},
                   "end": {"line": 1, "column": 15}}}],
        "fixes": [{"text": "15pp", "sure": False, "place": {"file": "a.calls", "start": {"line": 3, "column": 14},
                   "end": {"line": 3, "column": 17}}}],
    }  # fmt: skip


def test_github() -> None:
    assert draw([ONE], SOURCES, "github") == (
        "::error file=a.calls,line=3,endLine=3,col=14,endColumn=16,title=E0403::15%25 could mean two things"
        "%0Awrite `15pp`\n"
    )


def test_nothing_to_say() -> None:
    assert [draw([], {}, form) for form in ("text", "json", "github")] == ["", "", ""]


def test_order_is_by_place() -> None:
    late = Diagnostic("E0201", "late", Label(Span("a.calls", 9, 1, 9, 2)))
    assert in_order([late, ONE, late]) == (ONE, late)


def test_json_has_bytes() -> None:
    """A place is found again by its bytes, also behind letters of two bytes."""
    text = "# Zürich\nkpi wärt\n"
    found = Diagnostic("E0201", "no", Label(Span("a.calls", 2, 5, 2, 9)))
    drawn = json.loads(draw([found], {"a.calls": Source("a.calls", text)}, "json"))
    first, last = drawn["place"]["bytes"]
    assert text.encode()[first:last].decode() == "wärt"
