"""Touched calls -> one of them, with the unified diff of its prompt."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff

from compiler.diff.calls import Calls
from compiler.diff.result import Exemplar
from compiler.diff.world import World, text_of, whole

TRIED = 6  # calls of which the one with the shortest diff is shown
SHOWN = 16  # lines of a diff


def exemplar(old: World, new: World, calls: Iterable[Calls]) -> Exemplar | None:
    """Of the first calls with a prompt that differs, the one that differs least; calls on both sides first."""
    best: Exemplar | None = None
    tried = 0
    if not (whole(old.plan) and whole(new.plan)):
        return None
    for each in calls:
        if best is not None:
            break
        for i, j in zip(each.old.tolist()[: 4 * TRIED], each.new.tolist(), strict=False):
            found = _of(old, new, i, j)
            if found is None:
                continue
            tried += 1
            if best is None or len(found.diff) + found.more < len(best.diff) + best.more:
                best = found
            if tried == TRIED or min(i, j) < 0:
                break
    return best


def _of(old: World, new: World, i: int, j: int) -> Exemplar | None:
    """None where the prompts are equal."""
    one, two = old.prompt(i) if i >= 0 else None, new.prompt(j) if j >= 0 else None
    shown = two or one
    if shown is None or text_of(one) == text_of(two):
        return None
    rows = [row.rstrip("\n") for row in unified_diff(text_of(one).splitlines(), text_of(two).splitlines(), n=0,
                                                     lineterm="")][2:]
    return Exemplar(shown.call_id, shown.stem, shown.locale, tuple(rows[:SHOWN]), max(0, len(rows) - SHOWN))
