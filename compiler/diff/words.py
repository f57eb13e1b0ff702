"""Pieces of sentences that the text and the Markdown share."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.counting import counted
from compiler.diff.result import Cause, Counts, Difference, FactSaid, SideSaid, Together

HEX = 12


def number(count: int) -> str:
    return f"{count:,}"


def calls(count: int) -> str:
    return counted(count, "call")


def counts(found: Counts) -> str:
    """`249 calls change (3 in the prompt only), 20 are added, 1 is removed`; `no call changes`."""
    parts = []
    if found.changed:
        only = f" ({number(found.prompts)} in the prompt only)" if 0 < found.prompts < found.changed else ""
        only = " in the prompt only" if found.prompts == found.changed else only
        parts.append(f"{calls(found.changed)} change{'s' if found.changed == 1 else ''}{only}")
    for count, word in ((found.added, "added"), (found.removed, "removed")):
        if count:
            noun = number(count) if parts else calls(count)
            parts.append(f"{noun} {'is' if count == 1 else 'are'} {word}")
    return ", ".join(parts) or "no call changes"


def links(gained: int, lost: int) -> str:
    """`follow-ups: 2 gained, 1 lost`; empty for none."""
    return f"follow-ups: {number(gained)} gained, {number(lost)} lost" if gained or lost else ""


def fields(found: Mapping[str, int]) -> str:
    rows = sorted(found.items(), key=lambda row: (-row[1], row[0]))
    return ", ".join(f"{name} {number(count)}" for name, count in rows)


def side(said: SideSaid) -> str:
    return f"{said.name} ({said.commit[:HEX]})" if said.commit and said.commit != said.name else said.name


def headline(found: Difference) -> str:
    """`249 calls change, follow-ups: 2 gained, 1 lost; 2 causes`."""
    linked = links(found.gained, found.lost)
    count = len(found.causes)
    return counts(found.counts) + (f"; {linked}" if linked else "") + (
        f"; {count} cause{'' if count == 1 else 's'}" if count else "")


def sum_up(found: Difference) -> list[str]:
    """How the causes lie over one another."""
    rows = []
    if found.shared:
        rows.append(f"{calls(found.shared)} {'is' if found.shared == 1 else 'are'} touched by more than one cause")
    if found.cancelled:
        rows.append(f"{calls(found.cancelled)} would change by one cause alone, but not by all of them")
    return rows


def together(found: Together) -> str:
    who = " together with ".join(f"cause {n}" for n in found.causes) or "several causes together"
    return f"{calls(found.calls)} change{'s' if found.calls == 1 else ''} only by {who}"


def quiet(cause: Cause) -> str:
    """Why a cause changes no call."""
    if cause.beyond:
        return f"no record and no prompt changes; it reaches {cause.beyond}"
    if all(fact.what == "doc" for fact in cause.facts) and cause.kind == "fact":
        return "no call changes: a text that no prompt shows"
    if all(fact.what == "order" for fact in cause.facts) and cause.kind == "fact":
        return "no call changes: an order that no prompt shows"
    return "no call changes"


def changed_lines(fact: FactSaid) -> list[tuple[str, str, str]]:
    """(sign, text, place) of a fact: what it was, and what it is."""
    rows = []
    more = f" (and {fact.further} line{'' if fact.further == 1 else 's'} below)" if fact.further else ""
    if fact.old is not None:
        rows.append(("-", fact.old + more, fact.old_place or ""))
    if fact.new is not None:
        rows.append(("+", fact.new + more, fact.new_place or ""))
    return rows
