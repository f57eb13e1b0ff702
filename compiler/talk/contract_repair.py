"""Dialogue + Call -> Dialogue whose tags are true: locally, without asking any writer again.

What is said is never changed. Hold and silence are scaled, left out or put in until their sums are exact; the wait is
set; transfers and interruptions are marked until their counts are right. All choices are keyed by the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler import rng
from compiler.catalog import Locale
from compiler.failures import Quarantined
from compiler.plan.call import Call
from compiler.talk.dialogue import Dialogue, Hold, Item, Silence, Transfer, Turn, Wait, seconds
from compiler.talk.evidence import shows

LEAST = {Hold: 300, Silence: 100}  # centiseconds: shorter ones cannot be told from an ordinary pause
LABEL = {Hold: "Hold_time", Silence: "Silence_total_seconds"}
LONG_SILENCE = 1_000  # centiseconds: above this on average, more places are used
LETTERS_TO_INTERRUPT = 32  # spoken in 1.2 s at the fastest: time for the overlap and a second after it
WORDS_TO_INTERRUPT = 5  # the turn that is cut into, and the one that cuts in, have at least this many words

Timed = type[Hold] | type[Silence]


def repair(dialogue: Dialogue, call: Call, locale: Locale | None = None) -> tuple[Dialogue, tuple[str, ...]]:
    """The dialogue with true tags, and what was changed, one sentence each. `locale` (the dialogue's) helps to find
    the turns that announce a hold or a transfer. Quarantined where there is no room for what the call needs."""
    notes: list[str] = []
    items = _waiting(list(dialogue.items), call, notes)
    if call.record.get("channel") == "text":
        items = _texted(items, notes)
    items = _transfers(items, call, locale, notes)
    if call.record.get("channel") != "text":
        items = _interrupted(items, call, notes)  # first: a pause must not take the place where somebody cuts in
        items = _timed(items, Hold, call, locale, notes)
        items = _timed(items, Silence, call, locale, notes)
    return replace(dialogue, items=tuple(items)), tuple(notes)


def centiseconds(call: Call, name: str) -> int:
    """A time of the record in whole hundredths; 0 where it has none."""
    value = call.record.get(name)
    return round(value * 100) if isinstance(value, (int, float)) else 0


def _waiting(items: list[Item], call: Call, notes: list[str]) -> list[Item]:
    if call.record.get("AWT") is None:
        return [item for item in items if not isinstance(item, Wait)]
    wait = Wait(centiseconds(call, "AWT"))
    rest = [item for item in items if not isinstance(item, Wait)]
    if items != [wait, *rest]:
        notes.append(f"[wait] was set to {seconds(wait.centiseconds)} s")
    return [wait, *rest]


def _texted(items: list[Item], notes: list[str]) -> list[Item]:
    """A conversation by text has neither holds nor silences nor interruptions."""
    plain: list[Item] = [
        replace(item, interrupts=False, backchannel=False) if isinstance(item, Turn) else item
        for item in items if not isinstance(item, (Hold, Silence))
    ]
    if plain != items:
        notes.append("hold, silence and interruptions were taken out: this call is by text")
    return plain


# ------------------------------------------------------------------------------------------------ transfers


def _transfers(items: list[Item], call: Call, locale: Locale | None, notes: list[str]) -> list[Item]:
    """Exactly Transfers_count transfers, each with an agent's turn before and after it, named as planned."""
    value = call.record.get("Transfers_count")
    wanted = value if isinstance(value, int) else 0
    there = [place for place, item in enumerate(items) if isinstance(item, Transfer) and _between_agents(items, place)]
    kept = set(there[:wanted])
    result: list[Item] = [item for place, item in enumerate(items) if not isinstance(item, Transfer) or place in kept]
    dropped = sum(isinstance(item, Transfer) for item in items) - len(kept)
    if dropped:
        notes.append(f"{dropped} [transfer] too many or out of place was taken out")
    for _ in range(wanted - len(kept)):
        places = _transfer_places(result, call, locale)
        if not places:
            room = _count(result, Transfer)
            raise Quarantined(f"Transfers_count is {wanted}, but the dialogue has room for only {room}")
        result.insert(places[0], Transfer())
        notes.append("a [transfer] was put in")
    return _named(result, call)


def _between_agents(items: Sequence[Item], place: int) -> bool:
    before, after = ([item for item in part if isinstance(item, Turn) and item.speaker == "agent"]
                     for part in (items[:place], items[place:]))
    return bool(before and after)


def _transfer_places(items: list[Item], call: Call, locale: Locale | None) -> list[int]:
    """Places for one more transfer, the best first: after an agent who announces it, else before the agent's turn
    nearest to two thirds of the call; never twice between the same two turns of agents."""
    places = [place for place in range(1, len(items)) if _is(items[place], "agent") and _between_agents(items, place)
              and not any(isinstance(item, Transfer) for item in _gap(items, place))]
    announced = [place for place in places if locale is not None
                 and any(shows("transfer", item.text, locale) for item in _gap(items, place) if isinstance(item, Turn))]
    return announced or sorted(places, key=lambda place: (abs(3 * place - 2 * len(items)), place))


def _gap(items: list[Item], place: int) -> list[Item]:
    """The items before `place` back to the agent's turn before it, that included."""
    start = place - 1
    while start > 0 and not _is(items[start], "agent"):
        start -= 1
    return items[start:place]


def _named(items: list[Item], call: Call) -> list[Item]:
    """Transfers without a name take the names of the colleagues, in order."""
    result, number = list(items), 0
    for place, item in enumerate(items):
        if isinstance(item, Transfer):
            if not item.to and number < len(call.colleagues):
                result[place] = Transfer(call.colleagues[number].label)
            number += 1
    return result


# ------------------------------------------------------------------------------------------------ hold and silence


def _timed(items: list[Item], kind: Timed, call: Call, locale: Locale | None, notes: list[str]) -> list[Item]:
    """Tags of `kind` that add up to the record's figure, each long enough, all between turns."""
    total, least = centiseconds(call, LABEL[kind]), LEAST[kind]
    tag = kind.__name__.lower()
    if 0 < total < least:
        raise Quarantined(f"{LABEL[kind]} is {seconds(total)} s: a {tag} is 0 or at least {seconds(least)} s")
    lengths = [item.centiseconds for item in items if isinstance(item, kind)]
    if sum(lengths) == total and all(length >= least for length in lengths) and _inside(items, kind):
        return items
    found = sum(lengths)
    places = _kept(items, kind, total // least)
    result = [item for place, item in enumerate(items) if not isinstance(item, kind) or place in places]
    if total:
        result = _spread(_filled(result, kind, total, call, locale), kind, total)
    notes.append(f"[{tag}] added up to {seconds(found)} s and now does to {seconds(total)} s")
    return result


def _inside(items: Sequence[Item], kind: Timed) -> bool:
    return all(_between_turns(items, place) for place, item in enumerate(items) if isinstance(item, kind))


def _between_turns(items: Sequence[Item], place: int) -> bool:
    return any(isinstance(item, Turn) for item in items[:place]) and any(
        isinstance(item, Turn) for item in items[place:])


def _kept(items: Sequence[Item], kind: Timed, at_most: int) -> set[int]:
    """The places of the tags that stay: those between turns, the longest first, as many as fit."""
    lengths = [(-item.centiseconds, place) for place, item in enumerate(items)
               if isinstance(item, (Hold, Silence)) and isinstance(item, kind) and _between_turns(items, place)]
    return {place for _, place in sorted(lengths)[:at_most]}


def _filled(items: list[Item], kind: Timed, total: int, call: Call, locale: Locale | None) -> list[Item]:
    """At least one tag of `kind`, and for a long silence several: a new one has the length 0 for now."""
    result = list(items)
    wanted = max(1, _count(items, kind))
    if kind is Silence and _count(items, kind) * LONG_SILENCE < total:
        wanted = max(wanted, total // (LONG_SILENCE // 2) or 1)
    while _count(result, kind) < wanted:
        places = _places(result, kind, call, locale)
        if not places:
            break
        result.insert(places[0], kind(0))
    if not _count(result, kind):
        raise Quarantined(f"{LABEL[kind]} is {seconds(total)} s, but the dialogue has no place for a pause")
    return result


def _places(items: list[Item], kind: Timed, call: Call, locale: Locale | None) -> list[int]:
    """Places for a new tag, the best first. A hold comes after an agent who announces it, else after any turn of an
    agent; a silence before an agent's answer. Both lie between two turns that do not overlap."""
    free = [place for place in range(1, len(items)) if isinstance(items[place - 1], Turn) and _free(items[place])]
    free = [place for place in free if place < len(items) - 1] or free
    if kind is Hold:
        announced = [place for place in free if locale is not None and shows("hold", _said(items[place - 1]), locale)]
        best = [place for place in announced if _is(items[place - 1], "agent")]
        best = best or [place for place in free if _is(items[place - 1], "agent")]
    else:
        best = [place for place in free if _is(items[place - 1], "customer") and _is(items[place], "agent")]
    return sorted(best or free, key=lambda place: (rng.key(call.key, kind.__name__, _said(items[place])), place))


def _free(item: Item) -> bool:
    return isinstance(item, Turn) and not item.interrupts and not item.backchannel


def _spread(items: list[Item], kind: Timed, total: int) -> list[Item]:
    """The tags of `kind` scaled to `total`: each gets the least, the rest goes by their old lengths (new ones count
    as an average one), in whole hundredths."""
    old = [item.centiseconds for item in items if isinstance(item, kind)]
    known = [length for length in old if length]
    average = max(1, sum(known) // len(known)) if known else 1
    weights = [length or average for length in old]
    rest = total - LEAST[kind] * len(old)
    shares = [rest * weight // sum(weights) for weight in weights]
    shares[-1] += rest - sum(shares)
    new = iter(shares)
    return [kind(LEAST[kind] + next(new)) if isinstance(item, kind) else item for item in items]


# ------------------------------------------------------------------------------------------------ interruptions


def _interrupted(items: list[Item], call: Call, notes: list[str]) -> list[Item]:
    """Exactly Interruptions_count of them; where there is no room, silences give way and are put in elsewhere."""
    value = call.record.get("Interruptions_count")
    wanted = value if isinstance(value, int) else 0
    try:
        return list(interruptions(items, wanted, call.key, notes))
    except Quarantined:
        return list(interruptions([item for item in items if not isinstance(item, Silence)], wanted, call.key, notes))


def interruptions(items: Sequence[Item], count: int, key: int, notes: list[str] | None = None) -> tuple[Item, ...]:
    """The items with exactly `count` turns that interrupt: marks that fit are kept, missing ones go where the turn
    before is longest (ties keyed), surplus ones go where it is shortest. Quarantined where there are too few places."""
    places = sorted((place for place in range(1, len(items)) if can_interrupt(items, place)),
                    key=lambda place: (-len(_said(items[place - 1])), rng.key(key, "interrupts", place)))
    marked = [place for place in places if _marked(items[place])]
    chosen = marked[:count] + [place for place in places if place not in marked][:max(0, count - len(marked))]
    if len(chosen) < count:
        raise Quarantined(f"Interruptions_count is {count}, but the dialogue has places for only {len(chosen)}")
    result = tuple(replace(item, interrupts=place in chosen) if isinstance(item, Turn) else item
                   for place, item in enumerate(items))
    if notes is not None and result != tuple(items):
        notes.append(f"[interrupts] was marked anew: {count}")
    return result


def can_interrupt(items: Sequence[Item], place: int) -> bool:
    """Whether the turn at `place` can cut into the one before: two speakers, nothing between, both long enough."""
    before, turn = items[place - 1], items[place]
    if not (isinstance(before, Turn) and isinstance(turn, Turn)) or before.backchannel or turn.backchannel:
        return False
    long = all(len(one.text.split()) >= WORDS_TO_INTERRUPT for one in (before, turn))
    return long and len(turn.text) >= LETTERS_TO_INTERRUPT and before.speaker != turn.speaker


def _marked(item: Item) -> bool:
    return isinstance(item, Turn) and item.interrupts


def _is(item: Item, speaker: str) -> bool:
    return isinstance(item, Turn) and item.speaker == speaker


def _said(item: Item) -> str:
    return item.text if isinstance(item, Turn) else ""


def _count(items: Sequence[Item], kind: type[Item]) -> int:
    return sum(isinstance(item, kind) for item in items)
