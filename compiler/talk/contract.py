"""Dialogue + Call -> what is not true in it. Finding only; `repair` mends what can be mended locally.

A label is true of a dialogue when its figures are exact (hold, silence, wait, transfers, interruptions) and when what
the call must show, shows: by the lexicon `evidence:` of the dialogue's locale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from compiler.catalog import Locale
from compiler.failures import Quarantined
from compiler.plan.call import Call
from compiler.talk import evidence
from compiler.talk.contract_numbers import nobodys, personal
from compiler.talk.contract_repair import LABEL, LEAST, centiseconds, interruptions, repair
from compiler.talk.dialogue import Dialogue, Hold, Silence, Transfer, Turn, Wait, seconds

__all__ = ["interruptions", "problems", "repair", "settled"]

ECHOES = 3  # lines of up to so many words ("Yes, please.") may come again


def problems(dialogue: Dialogue, call: Call, locale: Locale) -> tuple[str, ...]:
    """Every label that is not true, one sentence each; `locale` is the dialogue's. Empty where all is well."""
    return tuple(problem for check in CHECKS for problem in check(dialogue, call, locale))


def settled(dialogue: Dialogue, call: Call, locale: Locale) -> tuple[Dialogue, tuple[str, ...]]:
    """The dialogue repaired, with the notes of the repair; Quarantined with all reasons where it is still not true."""
    mended, notes = repair(dialogue, call, locale)
    left = problems(mended, call, locale)
    if left:
        raise Quarantined("; ".join(left))
    return mended, notes


# ------------------------------------------------------------------------------------------------ figures


def _speakers(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    speaking = {item.speaker for item in dialogue.items if isinstance(item, Turn)}
    for speaker in ("agent", "customer"):
        if speaker not in speaking:
            yield f"the {speaker} says nothing"


def _wait(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    waits = [place for place, item in enumerate(dialogue.items) if isinstance(item, Wait)]
    if call.record.get("AWT") is None:
        return
    wanted = centiseconds(call, "AWT")
    first = dialogue.items[0] if dialogue.items else None
    if waits != [0] or not isinstance(first, Wait):
        yield "the dialogue does not begin with its only [wait]"
    elif first.centiseconds != wanted:
        yield f"AWT is {seconds(wanted)} s, [wait] says {seconds(first.centiseconds)} s"


def _pauses(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    """Holds and silences: exact sums, each long enough, between turns; none by text."""
    turns = [place for place, item in enumerate(dialogue.items) if isinstance(item, Turn)]
    for kind in (Hold, Silence):
        tag, least, wanted = kind.__name__.lower(), LEAST[kind], centiseconds(call, LABEL[kind])
        found = [(place, item.centiseconds) for place, item in enumerate(dialogue.items) if isinstance(item, kind)]
        total = sum(length for _, length in found)
        if total != wanted:
            yield f"{LABEL[kind]} is {seconds(wanted)} s, the [{tag}] tags add up to {seconds(total)} s"
        if any(length < least for _, length in found):
            yield f"a [{tag}] is shorter than {seconds(least)} s"
        if turns and any(not turns[0] < place < turns[-1] for place, _ in found):
            yield f"a [{tag}] does not lie between two turns"


def _transfers(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    found = sum(isinstance(item, Transfer) for item in dialogue.items)
    wanted = call.record.get("Transfers_count") or 0
    if found != wanted:
        yield f"Transfers_count is {wanted}, the dialogue has {found}"
    agents = [place for place, item in enumerate(dialogue.items) if isinstance(item, Turn) and item.speaker == "agent"]
    for place, item in enumerate(dialogue.items):
        if isinstance(item, Transfer) and not (agents and agents[0] < place < agents[-1]):
            yield "a [transfer] does not lie between two turns of agents"


def _interruptions(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    items = dialogue.items
    marked = [place for place, item in enumerate(items) if isinstance(item, Turn) and item.interrupts]
    wanted = call.record.get("Interruptions_count") or 0
    if len(marked) != wanted:
        yield f"Interruptions_count is {wanted}, the dialogue has {len(marked)}"
    for place, item in enumerate(items):
        if isinstance(item, Turn) and (item.interrupts or item.backchannel):
            before = items[place - 1] if place else None
            if not isinstance(before, Turn) or before.speaker == item.speaker:
                yield f"nobody speaks where this turn cuts in: {item.text[:60]}"
            elif call.record.get("channel") == "text":
                yield f"a message cannot cut in: {item.text[:60]}"


def _once(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    seen: set[str] = set()
    for item in dialogue.items:
        if isinstance(item, Turn) and not item.backchannel:
            words = re.findall(r"\w+", item.text.casefold())
            if len(words) > ECHOES and " ".join(words) in seen:
                yield f"a line is said twice: {item.text[:60]}"
            seen.add(" ".join(words))


# ------------------------------------------------------------------------------------------------ what shows


def _shown(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    """The four checks: shown where passed, missing where failed. A locale judges only its own language."""
    flags = call.record.get("compliance_flags")
    if not isinstance(flags, Mapping) or locale.tag.partition("-")[0] != dialogue.locale.partition("-")[0]:
        return
    agent = [item.text for item in dialogue.items if isinstance(item, Turn) and item.speaker == "agent"]
    for name, (where_passed, where_failed) in PLACES.items():
        if flags.get(name) == "pass" and evidence.first(name.lower(), where_passed(agent), locale) is None:
            yield f"{name} is passed, but nothing in the dialogue shows it"
        if flags.get(name) == "fail":
            found = evidence.first(name.lower(), where_failed(agent), locale)
            if found is not None:
                yield f"{name} is failed, but the agent says: {found[:80]}"


def _numbers(dialogue: Dialogue, call: Call, locale: Locale) -> Iterator[str]:
    """Numbers that could be somebody's; and personal data where the record says that there is none, or some."""
    discloses, own = call.record.get("pii_disclosure_flag"), str(call.record.get("ANI") or "")
    said = [found for item in dialogue.items if isinstance(item, Turn) for found in personal(item.text)]
    for found in said:
        if not nobodys(found, own):
            yield f"this could belong to somebody: {found}"
        elif discloses is False:
            yield f"pii_disclosure_flag is false, but this is said: {found}"
    if discloses is True and not said:
        yield "pii_disclosure_flag is true, but nobody says a number or an address"


Lines = Callable[[Sequence[str]], Sequence[str]]
PLACES: Mapping[str, tuple[Lines, Lines]] = {  # check -> agent's turns that may show it, that must not where it failed
    "Greeting": (lambda turns: turns[:2], lambda turns: turns[:1]),
    "Empathy": (lambda turns: turns, lambda turns: turns),
    "Summary": (lambda turns: turns, lambda turns: turns),
    "Farewell": (lambda turns: turns[-3:], lambda turns: turns[-2:]),
}

CHECKS = (_speakers, _wait, _pauses, _transfers, _interruptions, _once, _shown, _numbers)
