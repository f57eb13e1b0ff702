"""Plan -> plan/<date>/<call_id>.json and plan/_meta."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice

from compiler import files
from compiler.failures import WorldError
from compiler.plan.call import Call
from compiler.plan.describe import field_descriptions
from compiler.plan.schema import call_schema
from compiler.plan.summary import summarise
from compiler.targets._desk import Desk, remove_strangers

AFTER: str | None = "check"


def prepare(desk: Desk) -> None:
    """Nothing to open."""


def run(desk: Desk, freight: None) -> tuple[Call, ...]:
    """Writes every record of the plan; the first --limit calls go on to the later stages."""
    calls: list[Call] = []
    schema = call_schema(desk.model)
    reviewed = _validator(schema) if desk.options.validate else None
    wanted = {call.stem for call in desk.plan.calls()}
    remove_strangers(desk, wanted)
    with desk.screen.step("plan", desk.plan.count) as step:
        for call in desk.plan.calls():
            if reviewed is not None:
                reviewed(call)
            _write(desk, call)
            calls.append(call)
            step.advance()
    _write_meta(desk, schema)
    desk.facts["planned"] = calls
    return tuple(islice(calls, desk.options.limit))


def _write(desk: Desk, call: Call) -> None:
    text = json.dumps(call.record, ensure_ascii=False, indent=2) + "\n"
    key = files.digest(text.encode())
    relative = f"plan/{call.record['date']}/{call.call_id}.json"
    before = desk.manifest.entry(call.stem)
    if before.call_id and before.call_id != call.call_id:
        before.files.clear()
    before.call_id = call.call_id
    desk.put(call.stem, "plan", "plan", relative, text, key)


def _validator(schema: dict[str, object]):  # type: ignore[no-untyped-def]  # a closure over jsonschema's own type
    from jsonschema import Draft202012Validator

    checker = Draft202012Validator(schema)

    def check(call: Call) -> None:
        for error in checker.iter_errors(dict(call.record)):
            raise WorldError(f"call {call.call_id} does not pass the schema made from the spec: {error.message}")

    return check


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
    )
    for name, text in pages:
        files.write(desk.path(f"plan/_meta/{name}"), text)
