"""The whole import: old files -> the texts of new ones, checked by the language stage before anything is written."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from compiler.diag import Diagnostic, has_errors
from compiler.failures import UsageError, WorldError
from compiler.importer import calls, centre, document, kpis, labels, people
from compiler.importer.document import Table
from compiler.importer.draft import Draft, draft
from compiler.importer.notes import Notes, page
from compiler.importer.part import Part, Reading
from compiler.importer.wording import Block
from compiler.lang.load import load
from compiler.source import Source

FIRST, LAST = date(2025, 9, 1), date(2025, 9, 30)
NAME, SEED = "Contact centre", 1
REPORT = "IMPORT.md"

TITLES = {
    "centre.calls": "Which days there are, how many calls, and when.",
    "people.calls": "Who answers and who calls.",
    "calls.calls": "How a call comes in and what it is about.",
    "scenarios.calls": "What happens in it. The old files know names and weights; the courses are a beginning.",
    "kpis.calls": "What is measured, and what follows from what.",
    "delivery.calls": "How it sounds, and where it goes.",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What to import and how to call it; None: a choice of ours, said in the report."""

    base: Path
    overrides: Path | None = None
    labels: Path | None = None
    value_labels: Path | None = None
    first: date | None = None
    last: date | None = None
    seed: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """File name -> text, the report among them. `diagnostics`: what the language stage has to say against the specs,
    which it read in `folder`, with their sources by file name."""

    files: Mapping[str, str]
    notes: Notes
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    folder: str


def convert(order: Order) -> Imported:
    """WorldError for files that cannot be read, with all that is wrong in them; UsageError for an empty period."""
    notes = Notes()
    reading = Reading(notes)
    below = document.read(order.base, notes)
    above = document.read(order.overrides, notes) if order.overrides else Table("", {})
    old = Part(reading, document.merged(below, above))
    frame = _frame(order, notes)
    names = draft(old)
    files = _specs(names, frame, [path.name for path in (order.base, order.overrides) if path])
    old.part("meta").leave("nothing", "schema_version", "the mark of the file's form; no call hangs on it")
    count = document.count(below) + document.count(above)
    if order.labels:
        table = document.read(order.labels, notes)
        count += document.count(table)
        files |= labels.header_labels(Part(reading, table))
    if order.value_labels:
        table = document.read(order.value_labels, notes)
        count += document.count(table)
        files |= labels.value_labels(Part(reading, table), names)
    for place, unread in old.untaken():
        notes.add("unknown", place, unread, "unknown")
    _problems(reading)
    return _checked(files, notes, order, count)


def _frame(order: Order, notes: Notes) -> centre.Frame:
    first = order.first or (FIRST if order.last is None else order.last.replace(day=1))
    last = order.last or (LAST if order.first is None else _end_of_month(order.first))
    if last < first:
        raise UsageError(f"the period ends ({last}) before it begins ({first}); change --start or --end")
    if order.first is None or order.last is None:
        notes.add("chosen", "", "", f"the period {first} to {last}; give another with --start and --end")
    if order.seed is None:
        notes.add("chosen", "", "", f"the seed {SEED}; give another with --seed")
    notes.add("chosen", "", "", 'the time zone "Europe/Zurich", the weekend Saturday and Sunday')
    return centre.Frame(order.name or NAME, first, last, SEED if order.seed is None else order.seed)


def _end_of_month(day: date) -> date:
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)


def _specs(names: Draft, frame: centre.Frame, sources: list[str]) -> dict[str, str]:
    """Causes are collected while the topics are read, so the files with teams and scenarios come last."""
    measured, about = kpis.blocks(names), calls.blocks(names)
    scenes = calls.scenarios(names)
    found = {
        "centre.calls": centre.blocks(names, frame), "people.calls": people.blocks(names), "calls.calls": about,
        "scenarios.calls": scenes, "kpis.calls": measured, "delivery.calls": _delivery(),
    }  # fmt: skip
    _told(names.notes)
    return {name: _file(TITLES[name], sources, blocks) for name, blocks in found.items()}


def _delivery() -> list[Block]:
    return [
        ["audio", "  sample rate: 16_000"],
        ["upload sa", '  url: env "SA_URL"', '  project: env "SA_PROJECT_ID"', '  pipeline: env "SA_PIPELINE_ID"',
         '  storage: env "SA_STORAGE_BACKEND_ID"', "  retries: 3", "  pause: 2s"],
    ]  # fmt: skip


def _told(notes: Notes) -> None:
    """What always differs."""
    for text in (
        "`repeat_call_within_72h` is made real by a later call of the same customer; before, it was a chance alone",
        "all chance is drawn for each call by itself; before, calls of an agent in the same part of a day shared their"
        " channel, intent, scenario and product",
        "a day after an outage that has an outage of its own is an outage day only; before, it was both",
        "text calls have no holds, silences and interruptions",
    ):
        notes.add("differs", "", "", text)
    notes.add("chosen", "", "", "upper bounds (`stays within`) of waiting, hold, silence and interruptions, beyond what"
              " is ever drawn")


def _file(title: str, sources: list[str], blocks: list[Block]) -> str:
    head = f"# {title}\n# Imported from {' and '.join(sources)}; {REPORT} tells what was left out and chosen.\n\n"
    return head + "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _problems(reading: Reading) -> None:
    found = sorted(dict.fromkeys(reading.problems), key=_place)
    if len(found) == 1:
        raise WorldError(found[0])
    if found:
        raise WorldError(f"{len(found)} things are wrong with these files; nothing was written\n"
                         + "\n".join(f"  {problem}" for problem in found))


def _place(problem: str) -> tuple[str, int]:
    file, line, _ = re.split(r":(\d+): ", problem, maxsplit=1)
    return file, int(line)


def _checked(files: dict[str, str], notes: Notes, order: Order, count: int) -> Imported:
    """The specs as the language stage reads them."""
    specs = {name: text for name, text in files.items() if name.endswith(".calls")}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in specs.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        loaded = load([Path(folder)])
    sources = [path.name for path in (order.base, order.overrides, order.labels, order.value_labels) if path]
    report = page(notes, sources, count, sorted(files))
    wrong = loaded.diagnostics if has_errors(loaded.diagnostics) else ()
    return Imported({**files, REPORT: report}, notes, wrong, loaded.sources, folder)
