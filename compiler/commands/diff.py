"""`compile diff OLD [NEW]`: what changed, by cause, and which calls each cause touches."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from compiler.commands import _flags

if TYPE_CHECKING:
    from compiler.diff.result import Difference

HELP = "what changed between two revisions, folders or builds, by cause: facts, calls, fields, an example each"
SAME, FAILED, DIFFERENT = 0, 1, 2
FORMS = ("text", "json", "markdown")


def arguments(parser: _flags.Parser) -> None:
    parser.epilog = "exit code: 0 nothing changes, 1 an error, 2 something changes"
    parser.add_argument("old", metavar="OLD", help="a git revision (REV or REV:path), a folder or file of specs, or a "
                                                   "build folder")
    parser.add_argument("new", nargs="?", metavar="NEW", help="the same (specs/)")
    parser.add_argument("--overlay", dest="overlays", action="append", default=[], metavar="NAME",
                        help="an overlay of the spec, on both sides; may be given again")
    parser.add_argument("--set", dest="sets", action="append", default=[], metavar="PATH=VALUE",
                        help="one setting of the spec, on both sides: --set volume.scale=5%%")
    parser.add_argument("--start", type=_flags.a_date, metavar="DATE", help="first day")
    parser.add_argument("--end", type=_flags.a_date, metavar="DATE", help="last day")
    parser.add_argument("--seed", type=_flags.at_least(0), metavar="N", help="another seed than the spec's")
    parser.add_argument("--outages", type=_flags.at_least(0), metavar="N", help="how often the outage happens")
    _flags.language(parser)
    parser.add_argument("--message-format", choices=FORMS, default="text",
                        help="text (default), json, or markdown for a comment on a pull request")
    parser.add_argument("-o", "--output", type=_flags.a_path, metavar="FILE", help="write to FILE, not to the terminal")
    parser.add_argument("--quiet", action="store_true", help="only errors beside the result")
    parser.error = _refuse  # type: ignore[method-assign]  # 2 says that something changes; wrong usage is an error


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"error: {message}\n")
    raise SystemExit(FAILED)


def run(namespace: argparse.Namespace) -> int:
    from compiler.diff.sides import WrongSpec
    from compiler.failures import UsageError, WorldError

    try:
        found = _compared(namespace)
    except WrongSpec as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except (UsageError, WorldError) as error:
        sys.stderr.write(f"error: {error}\n")
        return FAILED
    _put(found, namespace)
    return DIFFERENT if found.any else SAME


def _compared(namespace: argparse.Namespace) -> Difference:
    import re
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from compiler.diff.compare import compare
    from compiler.diff.sides import Request, sides
    from compiler.failures import WorldError
    from compiler.screen import Screen

    screen = Screen(quiet=namespace.quiet)
    with TemporaryDirectory(prefix="callsheet-") as folder:
        options = _flags.options(namespace, target="prompts")
        request = Request(options, Path(folder), screen.note)
        old, new = sides(namespace.old, namespace.new, request)
        try:
            return compare(old, new, Path(folder))
        except WorldError as error:  # such as a template that only a call shows to be wrong
            mixed = re.sub(rf"{re.escape(folder)}/mixed/\d+/", "", str(error))
            raise WorldError(old.hide(new.hide(mixed))) from error


def _put(found: Difference, namespace: argparse.Namespace) -> None:
    from compiler import files
    from compiler.diff import data, markdown, text

    form = namespace.message_format
    if form == "text":
        drawn = text.draw(found, colour=namespace.output is None and sys.stdout.isatty())
    else:
        drawn = (data if form == "json" else markdown).draw(found)
    if namespace.output is not None:
        files.write(namespace.output, drawn)
    else:
        sys.stdout.write(drawn)
