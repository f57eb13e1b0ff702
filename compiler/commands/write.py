"""`compile write DIR`: call records in .json -> dialogues in .txt."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler.commands import _flags

if TYPE_CHECKING:
    from compiler.options import Options
    from compiler.plan.call import Call
    from compiler.plan.plan import Plan
    from compiler.screen import Screen
    from compiler.targets._author import Author

HELP = "call records (.json: a folder) -> dialogues (.txt)"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("source", metavar="DIR", help="call records: a build, its plan/, or any folder of .json")
    parser.add_argument("--limit", type=_flags.at_least(1), metavar="N", help="only the first N")
    _flags.common(parser, out="dialogues/ in the folder")
    _flags.language(parser)
    _flags.writing(parser)


def run(namespace: argparse.Namespace) -> int:
    from compiler.failures import WorldError
    from compiler.screen import Screen
    from compiler.targets._author import Author

    options = _flags.options(namespace, out=namespace.out or Path())
    screen = Screen(quiet=options.quiet)
    source = _flags.folder_or_file(namespace.source)
    out = namespace.out or source / "dialogues"
    records = _records(source)[: options.limit]
    plan = _plan_beside(source, screen)
    author = Author(options, out / ".cache", plan.model if plan else None, Path.cwd(), screen.warn)
    failed = kept = 0
    with screen.step("dialogues", len(records)) as step:
        known = {call.call_id: call for call in plan.calls()} if plan else {}
        for path in records:
            try:
                kept += not _write(_call(path, known), author, out, options, screen)
            except WorldError as error:
                failed += 1
                screen.fail(str(error) if str(path) in str(error) else f"{path}: {error}")
                if error.fatal:
                    raise
            step.advance()
    screen.note(f"{len(records)} records, {failed} failed, {kept} kept as they stood; dialogues in {out}")
    return 1 if failed else 0


def _records(source: Path) -> list[Path]:
    from compiler.failures import UsageError

    inside = source / "plan" if (source / "plan").is_dir() else source
    found = sorted(path for path in inside.rglob("*.json") if "_meta" not in path.parts and path.name[0] != ".")
    if not found:
        raise UsageError(f"{source} holds no call records (.json)")
    return found


def _plan_beside(source: Path, screen: Screen) -> Plan | None:
    """The plan that the records come from, drawn again from the effective spec beside them; None without one."""
    from compiler.lang.load import load
    from compiler.plan.plan import draw

    for folder in (source / "plan", source, source.parent):
        spec = folder / "_meta" / "effective.calls"
        if spec.is_file():
            loaded = load([spec])
            if loaded.model is not None:
                return draw(loaded.model)
            screen.warn(f"{spec} has errors: the dialogues follow the records alone, without the scenarios' phases")
            return None
    screen.note("no effective.calls beside the records: the dialogues follow the records alone")
    return None


def _call(path: Path, known: dict[str, Call]) -> Call:
    """The planned call with the record as it stands in the file, or a call made of the record alone."""
    from compiler.failures import WorldError
    from compiler.plan.from_record import call_from_record

    try:
        record: Any = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError) as error:
        raise WorldError(f"{path}: not a call record in JSON ({error})") from error
    if not isinstance(record, dict):
        raise WorldError(f"{path}: not a call record (an object with the call's fields)")
    planned = known.get(str(record.get("call_id")))
    if planned is not None and planned.record.get("scenario") == record.get("scenario"):
        return replace(planned, record=record)
    return call_from_record(record, str(path))


def _write(call: Call, author: Author, out: Path, options: Options, screen: Screen) -> bool:
    """True when a dialogue was written; one that stands already is kept unless --force."""
    from compiler import files

    path = out / f"{call.stem}.txt"
    if path.exists() and not options.force:
        screen.warn(f"{path.name} stands already and is kept; --force writes it again")
        return False
    files.write(path, author.write(call))
    return True
