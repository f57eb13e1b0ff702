"""Recordings -> sa/<stem>.json, and to the SA server where one is known."""

from __future__ import annotations

import os
from pathlib import Path

from compiler.options import Options
from compiler.screen import Screen
from compiler.targets._delivery.deliver import deliver
from compiler.targets._delivery.ledger import Ledger
from compiler.targets._delivery.pairs import Item
from compiler.targets._delivery.report import Report, Result, report_text
from compiler.targets._delivery.settings import Settings, need_for_sending, resolve
from compiler.targets._desk import Desk, Recorded

AFTER: str | None = "audio"
SENDING_AT_A_TIME = 2


def prepare(desk: Desk) -> None:
    """Settles where to send: a bad address is said before anything is made."""
    settings = resolve(desk.model, os.environ, flags(desk.options))
    if not desk.options.dry_run:
        need_for_sending(settings)
    for note in settings.notes:
        desk.screen.warn(note)
    desk.open["sa"] = settings


def flags(options: Options) -> dict[str, object]:
    """The flags by the names of the SA settings."""
    upload = options.upload
    return {
        "url": upload.url,
        "project_id": upload.project,
        "pipeline_id": upload.pipeline,
        "storage_backend_id": upload.storage_backend,
        "connect_timeout": upload.connect_timeout,
        "read_timeout": upload.read_timeout,
        "retries": upload.retries,
        "reverse": upload.reverse,
        "insecure": upload.insecure,
    }


def run(desk: Desk, recorded: tuple[Recorded, ...]) -> None:
    """Writes the forms, sends what was not sent, and says what became of each."""
    items = [Item(item.stem, item.json, item.wav) for item in recorded]
    report = send(items, (), desk.open["sa"], desk.options, desk.screen, desk.path("sa"))
    for item in items:
        made = desk.path(f"sa/{item.stem}.json")
        if made.exists():
            desk.put(item.stem, "sa", "form", f"sa/{item.stem}.json", made.read_bytes(), "form")
    desk.facts["failed"] = bool(report.exit_code)
    desk.facts["report"] = report_text(report)
    if report.interrupted:
        raise KeyboardInterrupt


def send(items: list[Item], problems: tuple[Result, ...], settings: Settings, options: Options, screen: Screen,
         home: Path) -> Report:
    """Delivers with a progress bar; `home` is where forms and ledger live."""
    ledger = Ledger(home / "ledger.sqlite")
    try:
        with screen.step("sa", len(items)) as step:
            return deliver(
                items, settings, ledger, problems=problems, forms=home, dry_run=options.dry_run, force=options.force,
                jobs=SENDING_AT_A_TIME, progress=lambda done, total, result: step.advance(),
            )
    finally:
        ledger.close()
