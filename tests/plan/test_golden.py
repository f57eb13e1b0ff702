"""The plan of the shipped spec stays what it is: hashes of all its records and of all that its calls hold.

A change that means to move it runs `pytest tests/plan/test_golden.py --update`, and the diff says so.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from compiler.lang.load import load
from compiler.plan.plan import Plan, draw

ROOT = Path(__file__).resolve().parents[2]
HASHES = Path(__file__).with_name("golden.json")


def planned(*overlays: str) -> Plan:
    loaded = load([ROOT / "specs"], overlays=overlays, library=ROOT / "specs" / "library")
    assert loaded.model is not None, loaded.diagnostics
    return draw(loaded.model, loaded.first, loaded.last)


def hashed(plan: Plan) -> dict[str, str | int]:
    """Of the records as the plan target writes them, and of the calls with their people and scenes."""
    records, calls = sha256(), sha256()
    for call in plan.calls():
        records.update((json.dumps(call.record, ensure_ascii=False, indent=2) + "\n").encode())
        calls.update(repr(call).encode())
    return {"calls": plan.count, "records": records.hexdigest(), "whole calls": calls.hexdigest()}


@pytest.mark.parametrize("overlays", [(), ("September",)], ids=["shipped", "September"])
def test_the_shipped_plan_is_unchanged(overlays: tuple[str, ...], update: bool) -> None:
    found = hashed(planned(*overlays))
    name = "+".join(("MusterBank", *overlays))
    known = json.loads(HASHES.read_text(encoding="utf-8")) if HASHES.exists() else {}
    if update:
        HASHES.write_text(json.dumps({**known, name: found}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    assert found == known[name]
