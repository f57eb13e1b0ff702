"""A spec folder with an edit -> all that its plan gives: records as bytes, prompts, whole calls."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from compiler.lang import model as m
from compiler.lang.load import load
from compiler.places import search_path
from compiler.plan.call import Call
from compiler.plan.order import descendants, parents
from compiler.plan.plan import Plan, draw
from compiler.talk import prompt as talk_prompt
from compiler.talk.prompt_view import vocabulary
from compiler.targets._locales import Locales

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = ROOT / "specs" / "library"
Files = Mapping[str, str]  # file name -> text
Edit = Callable[[dict[str, str]], None]  # changes the files in place
SPAN = 3  # days within which a customer does not call again by chance


def bank() -> dict[str, str]:
    """The shipped specs."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").glob("*.calls"))}


def shop() -> dict[str, str]:
    """A small model with opening hours, an event with hours, an event about some calls only, and no follow-ups."""
    return {"shop.calls": Path(__file__).with_name("shop.calls").read_text(encoding="utf-8")}


def model_of(files: Files, *overlays: str, sets: tuple[str, ...] = ()) -> m.Model:
    """The model of these files. AssertionError with the messages for a spec that has errors."""
    with tempfile.TemporaryDirectory() as name:
        for file, text in files.items():
            (Path(name) / file).write_text(text, encoding="utf-8")
        loaded = load([Path(name)], overlays=overlays, sets=sets, library=LIBRARY)
    assert loaded.model is not None, [d for d in loaded.diagnostics if str(d.severity) != "warning"]
    return loaded.model


@dataclass(frozen=True)
class Shot:
    """A plan with all that can be seen of it; each part is made when it is first asked for."""

    model: m.Model

    @cached_property
    def plan(self) -> Plan:
        return draw(self.model)

    @cached_property
    def calls(self) -> dict[str, Call]:
        return {call.call_id: call for call in self.plan.calls()}

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        return {call_id: dict(call.record) for call_id, call in self.calls.items()}

    @cached_property
    def bytes(self) -> dict[str, bytes]:
        """The records as the plan target writes them."""
        return {call_id: in_bytes(record) for call_id, record in self.records.items()}

    @cached_property
    def prompts(self) -> dict[str, str]:
        """The prompt of each call in the language that it is held in."""
        words, locales = vocabulary(self.model), Locales(self.model, ROOT, lambda text: None)
        folders = search_path("templates", ROOT)
        return {call_id: talk_prompt.render(call, locales.of(str(call.record["language"]), None), words, folders).text
                for call_id, call in self.calls.items()}

    @cached_property
    def slot(self) -> dict[str, str]:
        """The first call of a link -> the call that follows it."""
        return {record["follows"]: call_id for call_id, record in self.records.items() if record["follows"]}

    @cached_property
    def ordinals(self) -> dict[str, int]:
        return {call_id: date.fromisoformat(record["date"]).toordinal() for call_id, record in self.records.items()}

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Call -> (day, its block of 16 on that day): calls stand in the order of their numbers."""
        number: dict[int, int] = defaultdict(int)
        found = {}
        for call, day in self.ordinals.items():
            found[call] = day, number[day] // 16
            number[day] += 1
        return found

    def reading(self, *fields: str) -> set[str]:
        """The entries of the record that hold these fields, or what reads them by the fields' own declarations."""
        known = {f.id: f for f in self.model.fields}
        found = descendants(parents(self.model), {name for name in fields if name in known or name == "start"})
        entries = {known[name].group or name for name in found if name != "start"}
        entries |= {entry for entry, source in DERIVED.items() if set(source) & found}
        return entries


def in_bytes(record: Mapping[str, Any]) -> bytes:
    """A record as its file has it."""
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()


DERIVED = {  # entries of the record that are no fields of the spec, and what they are made of
    "Silence_ratio": ("Silence_total_seconds", "Hold_time", "Transfers_count", "scenario", "talk_time"),
    "intents": ("intent",),
    "customer_name": ("language",),
    "ANI": ("region",),
    "team": ("agent_name",),
    "start": ("start", "time_of_day_bucket", "agent_shift"),
    "time_of_day_bucket": ("start",),
    "agent_shift": ("start",),
}
