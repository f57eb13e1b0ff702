"""The spec is right, and nothing is written: the road begins here."""

from __future__ import annotations

from datetime import date

from compiler.counting import counted
from compiler.lang.model import Model
from compiler.targets._desk import Desk

AFTER: str | None = None


def prepare(desk: Desk) -> None:
    """Nothing to open."""


def run(desk: Desk, freight: None) -> None:
    """Says what the spec amounts to."""
    desk.screen.note(amount(desk.model, counted(desk.plan.count, "call")))


def amount(model: Model, calls: str, first: date | None = None, last: date | None = None) -> str:
    """What the spec amounts to, in one line; `first`, `last`: the days asked for, where not all of the period is."""
    return (
        f"{model.dataset.label}: no errors. {counted(len(model.fields), 'field')}, "
        f"{counted(len(model.agents), 'agent')}, "
        f"{counted(len(model.scenarios), 'scenario')}; {calls} from {first or model.dataset.first} "
        f"to {last or model.dataset.last}."
    )
