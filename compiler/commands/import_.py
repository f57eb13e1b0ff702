"""`compile import base.yml [overrides.yml] -o DIR`: the old system's configuration -> Callsheet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.commands import _flags

if TYPE_CHECKING:
    from compiler.importer.convert import Imported

HELP = "the old system's configuration (base.yml) -> specs, with a report of what was left out"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("base", metavar="base.yml", help="the old configuration")
    parser.add_argument("overrides", nargs="?", metavar="overrides.yml", help="what goes over it")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="the folder of the new specs")
    parser.add_argument("--start", type=_flags.a_date, metavar="DATE", help="first day (2025-09-01)")
    parser.add_argument("--end", type=_flags.a_date, metavar="DATE", help="last day (the end of that month)")
    parser.add_argument("--seed", type=_flags.at_least(0), metavar="N", help="where all chance starts (1)")
    parser.add_argument("--name", metavar="NAME", help='what the dataset is called ("Contact centre")')
    parser.add_argument("--labels", metavar="FILE", help="the old labels.json")
    parser.add_argument("--value-labels", metavar="FILE", help="the old value_labels.json")
    parser.add_argument("--force", action="store_true", help="overwrite what is there")
    parser.add_argument("--quiet", action="store_true", help="print no report (it is written all the same)")


def run(namespace: argparse.Namespace) -> int:
    from compiler import report
    from compiler.importer.convert import REPORT, Order, convert

    given = {name: getattr(namespace, name) for name in ("base", "overrides", "labels", "value_labels")}
    paths = {name: _flags.folder_or_file(text) for name, text in given.items() if text}
    order = Order(**paths, first=namespace.start, last=namespace.end, seed=namespace.seed, name=namespace.name)
    found = convert(order)
    if found.diagnostics:
        drawn = report.draw(found.diagnostics, found.sources)
        sys.stderr.write(drawn.replace(found.folder, str(namespace.out)))
        sys.stderr.write("error: what the old files say makes no good spec (above, as it would stand there); mend them"
                         " first. Nothing was written\n")
        return 1
    _write(found, namespace.out, namespace.force)
    if not namespace.quiet:
        sys.stdout.write(found.files[REPORT])
    return 0


def _write(found: Imported, out: Path, force: bool) -> None:
    """All files, or none where one of them stands in the way."""
    from compiler import files
    from compiler.failures import UsageError

    there = [name for name in found.files if (out / name).exists()]
    others = sorted(path.name for path in out.glob("*.calls") if path.name not in found.files)
    if others:
        raise UsageError(f"{out} has specs of its own ({', '.join(others)}), which would be compiled with the imported"
                         " ones; name another folder with -o")
    if there and not force:
        raise UsageError(f"{out} has {', '.join(there)} already; name another folder with -o, or overwrite them with"
                         " --force")
    for name, text in found.files.items():
        files.write(out / name, text)
