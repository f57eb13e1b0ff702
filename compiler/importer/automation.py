"""automation -> its part of calls.calls."""

from __future__ import annotations

from decimal import Decimal

from compiler.importer import rules
from compiler.importer.draft import Draft, deltas, in_bounds, single
from compiler.importer.names import ids
from compiler.importer.part import Part
from compiler.importer.shares import weight_set
from compiler.importer.wording import Block, inside, listed, moves, percent, points

BONUS = "inapp_bonus"


def blocks(draft: Draft) -> list[Block]:
    part = draft.old.part("automation", needed=True)
    base, outage = part.figure("action_present_base", "0.15", "0", "1"), part.figure("outage_penalty", "-0.07")
    lifts = part.part("intent_lifts")
    lines = [
        f"starts at {percent(base.value)}", *_lifts(draft, lifts), *single(outage, points, draft.notes, "outage"),
        *in_bounds(base, (outage, *lifts.only(rules.LIFTED).figures().values())),
    ]  # fmt: skip
    lines += _bonus(draft, part)
    present = "automation_action_present"
    return [
        ["choice self_service_potential", *inside(_alone(part.part("self_service_potential", needed=True)))],
        [f"flag {present}", *inside(lines)],
        ["choice automation_action_type", f"  only when {present}",
         *inside(_alone(part.part("action_type", needed=True)))],
    ]  # fmt: skip


def _alone(part: Part) -> Block:
    """A list of its own, without adjustments."""
    return weight_set(part, ids(part.table.rows), ()).rows()


def _bonus(draft: Draft, part: Part) -> Block:
    """The knob that nothing read: as a comment."""
    if BONUS not in part.table.rows:
        return []
    figure = part.figure(BONUS)
    devices = draft.old.part("devices").part("base").table.rows
    mobile = [ids(devices)[name] for name in ("iOS", "Android") if name in devices]
    if not mobile or not figure.value:
        part.note("unused", BONUS, "read by nothing")
        return []
    line = f"{moves('', figure.value, points(figure.value))} when device_type {listed(mobile)}"
    part.note("unused", BONUS, f"read by nothing; if it was meant for the app, add `{line}` to"
                               " `flag automation_action_present`")
    return [f"# {line}: the old file's {BONUS}, which nothing read"]


def _lifts(draft: Draft, part: Part) -> Block:
    """The lifts of the intents for which the old program looked; equal ones in one line."""
    unread = [name for name in part.table.rows if name in draft.intents and name not in rules.LIFTED]
    for name in unread:
        part.leave("unused", name, f"read only for {' and '.join(rules.LIFTED)}")
    by_size: dict[Decimal, list[str]] = {}
    read = part.only([name for name in part.table.rows if name not in unread])
    for name, figure in deltas(read, draft.intents, "intent"):
        by_size.setdefault(figure.value, []).append(name)
    return [f"{moves('', value, points(value))} when intent {listed(names)}" for value, names in by_size.items()]
