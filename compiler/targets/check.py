"""The spec is right, and nothing is written: the road begins here."""

from __future__ import annotations

from datetime import date

from compiler.lang.model import Model
from compiler.targets._desk import Desk

AFTER: str | None = None


def prepare(desk: Desk) -> None:
    """Nothing to open."""


def run(desk: Desk, freight: None) -> None:
    """Says what the spec amounts to."""
    desk.screen.note(amount(desk.model, f"{desk.plan.count:,}"))


def amount(model: Model, calls: str, first: date | None = None, last: date | None = None) -> str:
    """What the spec amounts to, in one line; `first`, `last`: the days asked for, where not all of the period is."""
    return (
        f"{model.dataset.label}: no errors. {len(model.fields)} fields, {len(model.agents)} agents, "
        f"{len(model.scenarios)} scenarios; {calls} calls from {first or model.dataset.first} "
        f"to {last or model.dataset.last}."
    )
