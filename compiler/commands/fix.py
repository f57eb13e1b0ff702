"""`compile fix SPECS`: what is surely wrong is put right; what is left is said."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.commands import _flags

if TYPE_CHECKING:
    from compiler.diag import Diagnostic, Fix

HELP = "mend what is surely wrong in specs (tabs, pasted blanks, signs of other languages); the rest is said"
PASSES = 20  # one mistake may hide another; a fix that did not help would go on for ever


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPECS", help="a folder of *.calls files, or files")
    parser.add_argument("--diff", action="store_true", help="show what would change, and change nothing")


def run(namespace: argparse.Namespace) -> int:
    from compiler import files, report
    from compiler.diag import has_errors
    from compiler.lang.load import load
    from compiler.pipeline import specs_or_default

    specs = specs_or_default(namespace.specs)
    for _ in range(PASSES):
        loaded = load(specs)
        mended = _mended(loaded.diagnostics)
        if not mended:
            break
        for name, (text, said) in sorted(mended.items()):
            if namespace.diff:
                sys.stdout.write(_diff(name, text))
            else:
                files.write(Path(name), text)
                sys.stdout.write("".join(f"{line}\n" for line in said))
        if namespace.diff:
            return 1
    if loaded.diagnostics:
        sys.stderr.write(report.draw(loaded.diagnostics, loaded.sources).rstrip("\n") + "\n")
    return 1 if has_errors(loaded.diagnostics) else 0


def _mended(found: tuple[Diagnostic, ...]) -> dict[str, tuple[str, list[str]]]:
    """file -> its text with all sure fixes that do not touch one another, and a line on each"""
    from compiler.lang.spec_files import decoded

    by_file: dict[str, list[tuple[Fix, str]]] = {}
    for diagnostic in found:
        for each in diagnostic.fixes:
            if each.sure and Path(each.span.file).is_file():
                by_file.setdefault(each.span.file, []).append((each, diagnostic.code))
    result = {}
    for name, fixes in by_file.items():
        raw = Path(name).read_bytes().decode("utf-8")
        text = decoded(raw.encode(), name, [])  # as the places count: without a mark at its beginning, `\n` line ends
        changed, said = _applied(text, fixes)
        if changed != text:
            result[name] = (changed.replace("\n", "\r\n") if "\r\n" in raw else changed), said
    return result


def _applied(text: str, fixes: list[tuple[Fix, str]]) -> tuple[str, list[str]]:
    """From the last to the first, so that no place moves before its turn."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    after, said = len(text) + 1, []
    for each, code in sorted(fixes, key=lambda one: (one[0].span.line, one[0].span.column), reverse=True):
        span = each.span
        begin, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
        if end <= after:
            text, after = text[:begin] + each.text + text[end:], begin
            said.append(f"{span.place} {code}")
    return text, said[::-1]


def _diff(name: str, text: str) -> str:
    from difflib import unified_diff

    old = Path(name).read_bytes().decode("utf-8")
    return "".join(unified_diff(old.splitlines(True), text.splitlines(True), name, name))
