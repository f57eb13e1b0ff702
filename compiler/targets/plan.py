"""Plan -> plan/<date>/<call_id>.json and plan/_meta."""

from __future__ import annotations

import json
from collections.abc import Sequence

from compiler import files
from compiler.plan.call import Call
from compiler.plan.check_records import check_columns, validator
from compiler.plan.describe import field_descriptions
from compiler.plan.schema import call_schema
from compiler.plan.summary import summarise
from compiler.targets._desk import Desk, remove_strangers

AFTER: str | None = "check"


def prepare(desk: Desk) -> None:
    """Nothing to open."""


def run(desk: Desk, freight: None) -> tuple[Call, ...]:
    """Writes every record of the plan; the first --limit calls go on to the later stages."""
    schema = call_schema(desk.model)
    calls = tuple(desk.plan.calls())
    _check(desk, calls, schema)
    remove_strangers(desk, {call.stem for call in calls})
    with desk.screen.step("plan", len(calls)) as step:
        for call in calls:
            _write(desk, call)
            step.advance()
    _write_meta(desk, schema)
    desk.facts["planned"] = calls
    return calls[: desk.options.limit]


def _check(desk: Desk, calls: tuple[Call, ...], schema: dict[str, object]) -> None:
    """Columns always, records unless --no-validate; what breaks its own schema is our fault, not the user's."""
    wrong = check_columns(desk.plan)
    if desk.options.validate:
        check = validator(schema)
        wrong += [f"{call.call_id}: {text}" for call in calls for text in check(call.record)]
    if wrong:
        raise AssertionError("the plan breaks its own schema:\n" + "\n".join(wrong[:10]))


def _write(desk: Desk, call: Call) -> None:
    text = json.dumps(call.record, ensure_ascii=False, indent=2) + "\n"
    key = files.digest(text.encode())
    relative = f"plan/{call.record['date']}/{call.call_id}.json"
    before = desk.manifest.entry(call.stem)
    if before.call_id and before.call_id != call.call_id:
        before.files.clear()
    before.call_id = call.call_id
    old = before.files.get("plan")
    if old is not None and old.made_from != key and len(before.files) > 1:
        desk.facts.setdefault("changed", set()).add(call.stem)
    desk.put(call.stem, "plan", "plan", relative, text, key)


def _write_meta(desk: Desk, schema: dict[str, object]) -> None:
    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

    summary = summarise(desk.plan)
    desk.facts["summary"] = summary
    pages: Sequence[tuple[str, str]] = (
        ("effective.calls", desk.model.effective),
        ("schema_call.json", dump(schema)),
        ("field_descriptions.json", dump(field_descriptions(desk.model))),
        ("summary.json", dump(summary)),
        ("origins.json", dump({"effective.calls": desk.model.places})),
    )
    for name, text in pages:
        files.write(desk.path(f"plan/_meta/{name}"), text)
