"""The sample specs, loaded and drawn once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from compiler.lang.load import load
from compiler.plan.call import Call
from compiler.plan.plan import Plan, draw

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SPECS = ROOT / "specs"
PACKS = ("telecom", "insurance", "retail_banking")
FILES = ("claims", "collections_and_travel", "telecom", "musterbank", *(f"twenty_lines_{pack}" for pack in PACKS))
EDITS = ("outage", "trainee", "languages", "christmas", "promotion", "routing")


def place(name: str) -> Path:
    return HERE / name if (HERE / name).is_dir() else HERE / f"{name}.calls"


@cache
def plan(name: str) -> Plan:
    """The whole plan of a sample, of `edits/NAME` over a month of MusterBank, or of that month itself ("bank")."""
    paths, overlays, sets = [place(name)], [], []
    if name.startswith("edits/") or name == "bank":
        edit = name.partition("/")[2]
        paths = [SPECS, *([place(name)] if edit else [])]
        overlays = [edit.capitalize()] if edit else []
        sets = [] if edit == "christmas" else ["dataset.to=2025-09-30", "volume.scale=100%"]
    loaded = load(paths, overlays=overlays, sets=sets, library=SPECS / "library")
    assert loaded.model is not None, loaded.diagnostics
    return draw(loaded.model)


@cache
def calls(name: str) -> tuple[Call, ...]:
    return tuple(plan(name).calls())


def records(name: str) -> list[dict]:
    return [dict(call.record) for call in calls(name)]
