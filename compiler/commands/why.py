"""`compile why CALL [FIELD]`: why a call of a build is as it is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compiler.commands import _flags

if TYPE_CHECKING:
    from compiler.plan.why.build import Build
    from compiler.plan.why.derive import Why

HELP = "why a field of a call has its value: each line of the spec behind it, and the chance that was drawn"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("call", metavar="CALL",
                        help="a call_id or the beginning of one, a stem, or a file of the build")
    parser.add_argument("field", nargs="?", metavar="FIELD",
                        help="a field of the record, such as AWT or Greeting, or an event; without it, all of them")
    parser.add_argument("--out", type=_flags.a_path, default="build", metavar="DIR", help="the build folder (build)")
    parser.add_argument("--message-format", choices=("text", "json"), default="text",
                        help="text (default), or the same as data")


def run(namespace: argparse.Namespace) -> int:
    import json
    from pathlib import Path

    from compiler.plan.why import build as why_build
    from compiler.plan.why import row as why_row
    from compiler.plan.why import text as why_text
    from compiler.plan.why.derive import Why
    from compiler.screen import Screen

    build = why_build.opened(Path(namespace.out))
    found = why_row.find(build.plan, namespace.call)
    why = Why(build.plan, found.row)
    names = why.names if namespace.field is None else why.known(namespace.field)
    record = why_build.stored(build, found, why.of("date").value)
    other = _other(why, record, names) if record is not None else []
    if namespace.message_format == "json":
        told = why_text.as_data(why, found, [name for name in names if name not in other])
        text = json.dumps({**told, "recorded": record is not None, "not_as_recorded": other}, indent=2,
                          ensure_ascii=False) + "\n"
    elif namespace.field is None:
        text = why_text.tree_text(why, found, other, _paint())
    else:
        text = why_text.field_text(why, found, [name for name in names if name not in other], _paint())
    if other and namespace.field is not None and namespace.message_format == "text" and len(other) == len(names):
        text = ""
    sys.stdout.write(text + ("" if namespace.message_format == "json" else _recorded(build, record, other)))
    if other:
        Screen().fail(_not_as_recorded(build, why, record or {}, other))
    return 1 if other else 0


def _other(why: Why, record: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The names of which the build's record says something else than the spec in it gives."""
    from compiler.plan.why.build import same

    def there(name: str) -> Any:
        f = why.fields.get(name)
        inside = record.get(f.group) if f is not None and f.group else record
        key = name.rpartition(".")[2] if f is not None and f.group else name
        return inside.get(key) if isinstance(inside, Mapping) else None

    from compiler.plan.why.steps import NOWHERE

    plain = {name: None if why.in_record(name) is NOWHERE else why.in_record(name) for name in names}
    return [name for name, here in plain.items() if not same(here, there(name))]


def _recorded(build: Build, record: Mapping[str, Any] | None, other: Sequence[str]) -> str:
    from compiler.plan.why.build import unread

    if record is None and (name := unread(build)):
        return f"\nThe records of format {name} cannot be read back; derived from the spec alone.\n"
    if record is None:
        return "\nThe build has no record of this call; this is what its spec gives.\n"
    return "" if other else "\nRecomputed from the spec in the build, and equal to the record.\n"


def _not_as_recorded(build: Build, why: Why, record: Mapping[str, Any], other: Sequence[str]) -> str:
    from compiler import __version__
    from compiler.plan.why.words import word

    def one(name: str) -> str:
        f = why.fields.get(name)
        inside = record.get(f.group, {}) if f is not None and f.group else record
        there = inside.get(name.rpartition(".")[2] if f is not None and f.group else name)
        return f"{name} is {word(there)} in the record, but the spec in the build gives {why.of(name).told}"

    made = f"version {build.version} made it and this is {__version__}" if build.version not in ("", __version__) else (
        "the record or plan/_meta/effective.calls was edited")
    more = f"; and {len(other) - 3} more fields" if len(other) > 3 else ""
    return (f"{'; '.join(map(one, other[:3]))}{more}: {made}, so I cannot say why. Make the build again with "
            f"`compile specs --target plan --out {build.folder}`")


def _paint() -> Any:
    """Bold on a terminal that wants colours (https://no-color.org), plain elsewhere."""
    import os

    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return (lambda text: f"\x1b[1m{text}\x1b[0m") if bold else (lambda text: text)
