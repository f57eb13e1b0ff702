"""Plan -> its records in the format asked for, and plan/_meta."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any

from compiler import files
from compiler.counting import counted, which
from compiler.plan import cells
from compiler.plan.answers.key import Key
from compiler.plan.call import Call
from compiler.plan.check_records import Checker
from compiler.plan.describe import field_descriptions
from compiler.plan.formats import format_of
from compiler.plan.formats._names import call_ids, stems
from compiler.plan.formats._shelf import Shelf
from compiler.plan.formats._text import INDENTED, Encoder
from compiler.plan.part import Part
from compiler.plan.schema import call_schema
from compiler.plan.summary import Tally
from compiler.plan.voiced import voiced
from compiler.plan.witnesses import Witnesses
from compiler.targets._desk import Desk, remove, remove_strangers

AFTER: str | None = "check"
NAME = "plan"


def prepare(desk: Desk) -> None:
    """Finds the format: what has to be installed for it is said before anything is made."""
    desk.open[NAME] = format_of(desk.options.format)


def run(desk: Desk, freight: None) -> tuple[Call, ...]:
    """Writes every record of the plan; the first --limit calls go on to the later stages."""
    schema = call_schema(desk.model)
    shelf = Shelf(desk.out, desk.manifest, desk.model)
    _write(desk, shelf, schema)
    _leave_other_formats(desk)
    remove_strangers(desk, shelf.seen)
    calls = tuple(islice(desk.plan.calls(), desk.options.limit)) if desk.options.target != NAME else ()
    if desk.open[NAME].FILE is not None:
        for call in calls:
            _note(shelf, call.stem, call.call_id, _as_file(call))
    _write_meta(desk, schema)
    desk.facts["changed"] = shelf.changed
    desk.facts["going"] = {call.stem for call in calls}
    return calls


def _write(desk: Desk, shelf: Shelf, schema: dict[str, Any]) -> None:
    """Part by part: checked, written, counted."""
    columns, check = cells.Columns(desk.plan), Checker(desk.model)
    witnesses = Witnesses(schema) if desk.options.validate else None
    follow = Encoder(INDENTED)
    one_file = desk.open[NAME].FILE is not None
    by_voice, key, tally = 0, Key(desk.plan), Tally(desk.plan)
    with desk.open[NAME].opened(shelf) as writer, desk.screen.step("plan", desk.plan.count) as step:
        for part in desk.plan.parts():
            table = columns.of(part)
            _check(part, table, check, witnesses)
            writer.write(table)
            key.add(part)
            tally.add(part)
            if one_file and desk.manifest.calls:
                _follow(shelf, table, follow)
            by_voice += int(voiced(part).sum())
            step.advance(part.count)
    desk.facts["calls"], desk.facts["by voice"], desk.facts["key"] = desk.plan.count, by_voice, key
    desk.facts["summary"] = tally.told()


def _check(part: Part, table: cells.Table, check: Checker, witnesses: Witnesses | None) -> None:
    """Columns always, records unless --no-validate; what breaks its own schema is our fault, not the user's."""
    wrong = check.columns(part)
    if witnesses is not None:
        wrong += witnesses.wrong(table)
    if wrong:
        raise AssertionError("the plan breaks its own schema:\n" + "\n".join(wrong[:10]))


# -------------------------------------------------------------------------------- records without files of their own


def _follow(shelf: Shelf, table: cells.Table, encoder: Encoder) -> None:
    """Calls of which earlier runs made something: are they still planned, and with the same record?"""
    rows = [row for row, stem in enumerate(stems(table)) if stem in shelf.manifest.calls]
    if rows:
        part = cells.some(table, rows)
        for stem, call_id, text in zip(stems(part), call_ids(part), encoder.each(part), strict=True):
            _note(shelf, stem, call_id, text)


def _note(shelf: Shelf, stem: str, call_id: str, text: bytes) -> None:
    key = files.digest(text)
    shelf.note(stem, call_id, key).record = key


def _as_file(call: Call) -> bytes:
    return (json.dumps(call.record, ensure_ascii=False, indent=2) + "\n").encode()


def _leave_other_formats(desk: Desk) -> None:
    """What another --format wrote is removed, as the manifest lists it."""
    own, whole = desk.open[NAME].FILE, desk.manifest.whole
    gone = [whole.pop(path) for path in sorted(whole) if path.startswith(f"{NAME}/") and path != own]
    if own is not None:
        for entry in desk.manifest.calls.values():
            if NAME in entry.files:
                gone.append(entry.files.pop(NAME))
        idle = [stem for stem, entry in desk.manifest.calls.items() if not entry.files and entry.error is None]
        for stem in idle:
            del desk.manifest.calls[stem]
    if gone:
        kept = remove(desk, gone)
        desk.screen.note(_moved(desk.options.format, len(gone) - len(kept)))
        if kept:
            desk.screen.warn(f"{counted(len(kept), 'file')} of another --format {which(len(kept), 'was', 'were')} "
                             f"changed by hand and {which(len(kept), 'stays', 'stay')}: "
                             + ", ".join(kept[:3]) + (" …" if len(kept) > 3 else ""))


def _moved(name: str, count: int) -> str:
    before = "the file of the format before is" if count == 1 else f"the {count:,} files of the format before are"
    return f"the plan is written as {name} now; {before} removed"


def _write_meta(desk: Desk, schema: dict[str, object]) -> None:
    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

    pages: Sequence[tuple[str, str]] = (
        ("effective.calls", desk.model.effective),
        ("schema_call.json", dump(schema)),
        ("field_descriptions.json", dump(field_descriptions(desk.model))),
        ("summary.json", dump(desk.facts["summary"])),
        ("answers.json", dump(desk.facts.pop("key").told())),
        ("origins.json", dump({"effective.calls": desk.model.places})),
    )
    for name, text in pages:
        files.write(desk.path(f"plan/_meta/{name}"), text)
