"""`compile SPECS [--target …]`: the road from specs to the target."""

from __future__ import annotations

import argparse
import sys

from compiler.commands import _flags

HELP = "Specs of a contact centre in, a synthetic dataset whose labels are true out: compile specs/ --target sa"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPECS", help="a folder of *.calls files, or files")
    parser.add_argument("--target", default="check", metavar="NAME",
                        help="check (default), plan, prompts, dialogues, audio or sa; each does what comes before it")
    parser.add_argument("--format", default="json", metavar="NAME",
                        help="how the plan is written: json (default, a file a call), jsonl or parquet (one file)")
    parser.add_argument("--start", type=_flags.a_date, metavar="DATE", help="first day")
    parser.add_argument("--end", type=_flags.a_date, metavar="DATE", help="last day")
    parser.add_argument("--seed", type=_flags.at_least(0), metavar="N", help="another seed than the spec's")
    parser.add_argument("--outages", type=_flags.at_least(0), metavar="N", help="how often the outage happens")
    parser.add_argument("--overlay", dest="overlays", action="append", default=[], metavar="NAME",
                        help="an overlay of the spec; may be given again")
    parser.add_argument("--set", dest="sets", action="append", default=[], metavar="PATH=VALUE",
                        help="one setting of the spec: --set volume.scale=5%%")
    parser.add_argument("--limit", type=_flags.at_least(1), metavar="N",
                        help="the plan is whole; its first N calls go on to the later stages")
    parser.add_argument("--validate", action=argparse.BooleanOptionalAction, default=True,
                        help="check every record against the schema made from the spec (on)")
    parser.add_argument("--message-format", choices=("text", "json", "github"), default="text",
                        help="how errors of the spec are written")
    _flags.common(parser)
    _flags.language(parser)
    _flags.writing(parser)
    _flags.speaking(parser)
    _flags.sending(parser)


def run(namespace: argparse.Namespace) -> int:
    from compiler import remember
    from compiler.pipeline import specs_or_default, travel
    from compiler.screen import Screen

    specs = specs_or_default(namespace.specs)
    if namespace.target != "check":
        from compiler.plan.formats import format_of

        format_of(namespace.format)  # a wrong name is said before the work begins
    screen = Screen(quiet=namespace.quiet)
    given = sys.argv[1:]
    plain = namespace.target == "check" and given == namespace.specs  # no option: cli.py may answer the next time
    key = remember.check_key(given) if plain else ""
    code = travel(_flags.options(namespace, specs=specs), screen)
    if key and code == 0 and not screen.drawn and not screen.warnings:
        remember.keep(key, "".join(f"{line}\n" for line in screen.notes))
    return code
