"""The spec is right, and nothing is written: the road begins here."""

from __future__ import annotations

from compiler.targets._desk import Desk

AFTER: str | None = None


def prepare(desk: Desk) -> None:
    """Nothing to open."""


def run(desk: Desk, freight: None) -> None:
    """Says what the spec amounts to."""
    model, plan = desk.model, desk.plan
    desk.screen.note(
        f"{model.dataset.label}: no errors. {len(model.fields)} fields, {len(model.agents)} agents, "
        f"{len(model.scenarios)} scenarios; {plan.count:,} calls from {model.dataset.first} to {model.dataset.last}."
    )
