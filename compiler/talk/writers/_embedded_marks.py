"""Holds, silences, interruptions and backchannels: exact totals, laid into what is said; then pieces become turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from compiler import rng
from compiler.failures import Quarantined
from compiler.talk.dialogue import Hold, Item, Silence, Turn
from compiler.talk.writers._embedded_facts import CHECK_OF
from compiler.talk.writers._embedded_stage import Part, Pause, Piece, Stage

SHORTEST_HOLD = 300  # centiseconds
SHORTEST_SILENCE = 100
LONG_TURN = 12  # words that a turn needs before somebody can break into it
LONGEST_TURN = 60  # words beyond which pieces of one speaker are not joined any more
BACKCHANNEL = 0.3  # chance of a "mhm" inside a long turn
MOST_BACKCHANNELS = 4  # in one call
WHOLE = frozenset({*CHECK_OF, "announce_transfer", "announce_hold", "thank_for_waiting"})  # acts of one turn each
_SENTENCE_END = re.compile(r"[.!?] (?=[^\W\d_])")


def lay_out(stage: Stage) -> tuple[Item, ...]:
    """All parts of the stage as items of a dialogue."""
    facts = stage.facts
    hold = facts.centiseconds("Hold_time") if facts.voice else 0
    silence = facts.centiseconds("Silence_total_seconds") if facts.voice else 0
    _refuse(stage, "Hold_time", hold, SHORTEST_HOLD)
    _refuse(stage, "Silence_total_seconds", silence, SHORTEST_SILENCE)
    placed = _placed(stage, hold, silence)
    for at in sorted((n for n, part in enumerate(stage.parts) if isinstance(part, Pause)), reverse=True):
        stage.parts[at:at + 1] = _played(stage, stage.parts[at], placed.get(at))
    turns = joined(stage, interrupted(stage, stage.parts))
    if facts.voice:
        turns = backchannelled(stage, turns)
    return tuple(Turn(part.speaker, part.text, part.mark == "interrupts", part.mark == "backchannel", part.act)
                 if isinstance(part, Piece) else part for part in turns if not isinstance(part, Pause))


def _refuse(stage: Stage, name: str, total: int, least: int) -> None:
    if 0 < total < least:
        raise Quarantined(f"{name} is {total / 100:.2f} s: nothing so short can be heard as such, it must be 0 or at "
                          f"least {least / 100:.2f} s")


def split(total: int, count: int, least: int, key: int, name: str) -> list[int]:
    """`total` in `count` pieces of at least `least` each, keyed, summing exactly."""
    count = max(1, min(count, total // least))
    spare = total - count * least
    weights = [0.35 + rng.u(key, name, "weight", n) for n in range(count)]
    whole = sum(weights)
    pieces = [least + int(spare * weight / whole) for weight in weights]
    pieces[-1] += total - sum(pieces)
    return pieces


def _placed(stage: Stage, hold: int, silence: int) -> dict[int, list[Hold | Silence]]:
    """Place in the parts -> what is heard there. Holds first; silences where no hold is, as far as there are places."""
    pauses = [n for n, part in enumerate(stage.parts) if isinstance(part, Pause)]
    result: dict[int, list[Hold | Silence]] = {}
    for scene, share in _hold_shares(stage, hold):
        here = [n for n in pauses if _scene_of(stage.parts[n]) == scene and n not in result] if scene >= -1 else \
            [n for n in pauses if n not in result and _kind(stage.parts[n]) != "note"]
        here = here or [n for n in pauses if n not in result] or pauses
        count = min(_hold_count(stage, share, scene), len(here))
        pieces = split(share, count, SHORTEST_HOLD, stage.key, f"hold/{scene}")
        for at, piece in zip(_some(stage, here, len(pieces), f"hold/{scene}"), pieces, strict=True):
            result.setdefault(at, []).append(Hold(piece))
    free = [n for n in pauses if n not in result] or pauses
    if silence:
        count = min(1 if silence < 300 else 2 if silence < 900 else 3 + (silence > 2500), len(free))
        pieces = split(silence, count, SHORTEST_SILENCE, stage.key, "silence")
        for at, piece in zip(_some(stage, free, len(pieces), "silence"), pieces, strict=True):
            result.setdefault(at, []).append(Silence(piece))
    return result


def _scene_of(part: Part) -> int:
    return part.scene if isinstance(part, Pause) else -1


def _kind(part: Part) -> str:
    return part.kind if isinstance(part, Pause) else ""


def _some(stage: Stage, places: list[int], count: int, name: str) -> list[int]:
    order = sorted(places, key=lambda place: rng.key(stage.key, name, "place", place))
    return sorted(order[:count])


def _hold_count(stage: Stage, share: int, scene: int) -> int:
    most = 1 if share < 2500 else 2 if share < 9000 else 3
    return 1 + int(stage.u("hold count", scene) * most)


def _hold_shares(stage: Stage, hold: int) -> list[tuple[int, int]]:
    """(scene, centiseconds): by the scenes' hold_share where given; (-2, all) where none is. Each at least 3 s."""
    if not hold:
        return []
    asked = [(n, scene.hold_share) for n, scene in enumerate(stage.facts.call.scenes) if scene.hold_share]
    if not asked:
        return [(-2, hold)]
    shares = [(n, int(hold * (share or 0.0) + 0.5)) for n, share in asked]
    kept = [(n, share) for n, share in shares if share >= SHORTEST_HOLD] or [max(shares, key=lambda one: one[1])]
    rest = hold - sum(share for _, share in kept)
    largest = max(range(len(kept)), key=lambda at: kept[at][1])
    if rest >= SHORTEST_HOLD and sum(share for _, share in asked if share) < 0.99:
        return [*kept, (-2, rest)]
    kept[largest] = (kept[largest][0], kept[largest][1] + rest)
    return kept


def _played(stage: Stage, pause: Part, what: list[Hold | Silence] | None) -> list[Part]:
    """The pause as it is heard: announced, and after a hold thanked for. Nothing where nothing was placed."""
    kind = _kind(pause)
    result: list[Part] = []
    for item in what or ():
        if isinstance(item, Silence):
            result.append(stage.piece("agent", f"flow.look_up.{kind}", "look_up"))
            result.append(item)
            if stage.u("back", item.centiseconds) < 0.7:
                result.append(stage.piece("agent", f"flow.back.{kind}", "back"))
            continue
        if not stage.facts.fails("announce_hold"):
            result.append(stage.piece("agent", f"flow.hold.announce_{kind}", "announce_hold"))
            if stage.u("accept hold", item.centiseconds) < 0.75:
                result.append(stage.piece("customer", f"flow.hold.accept.{stage.facts.mood}", "accept_hold"))
        result.append(item)
        if not stage.facts.fails("thank_for_waiting"):
            length = "long" if item.centiseconds >= 6000 else "short"
            result.append(stage.piece("agent", f"flow.hold.thank_{length}", "thank_for_waiting"))
    return result


def words(text: str) -> int:
    return len(text.split())


def joined(stage: Stage, parts: Sequence[Part]) -> list[Part]:
    """Neighbouring pieces of one speaker become one turn; its act names theirs, joined by +. Where that would be too
    much for one breath, the other speaker says a word between."""
    result: list[Part] = []
    for part in parts:
        if isinstance(part, Pause):
            continue
        last = result[-1] if result else None
        if isinstance(part, Piece) and isinstance(last, Piece) and last.speaker == part.speaker and not part.mark:
            text = f"{last.text} {part.text}"
            if words(text) <= LONGEST_TURN and not (part.speaker == "agent" and stage.betrays(text)):
                acts = last.act if part.act in last.act.split("+") else f"{last.act}+{part.act}"
                result[-1] = Piece(last.speaker, text, acts, last.mark)
                continue
            other = "customer" if part.speaker == "agent" else "agent"
            result.append(stage.piece(other, f"flow.ack.{other}", "acknowledge"))
        result.append(part)
    return result


# ------------------------------------------------------------------------------------------------ interruptions


def interrupted(stage: Stage, parts: list[Part]) -> list[Part]:
    """Exactly Interruptions_count turns break into a long turn of the other speaker. A place is where the agent would
    go on with something else, so that what follows fits after the answer as it fitted before."""
    count = stage.facts.interruptions
    if not count:
        return parts
    places = [at for at in range(2, len(parts) - 1) if _open_to(parts, at)] or [_last_resort(parts)]
    order = sorted(places, key=lambda place: rng.key(stage.key, "interruption", place))
    rows = dict.fromkeys(places, 0)
    for number in range(count):
        rows[order[number % len(order)]] += 1
    for at in sorted(places, reverse=True):
        for row in range(rows[at]):
            _break_in(stage, parts, at + 3 * row)
    return parts


CLOSED = frozenset({
    "greet", "open_bare", "announce_hold", "announce_transfer", "brief_colleague", "greet_again", "stray", "look_up",
    "back", "thank_for_waiting", "ask_anything_else", "skip_summary", "summarise", "farewell", "end_abruptly",
    "no_empathy", "answer_interruption", "put_off",
})


def _open_to(parts: list[Part], at: int) -> bool:
    """A statement of the agent after which the agent speaks on."""
    part, after = parts[at], parts[at + 1]
    return (isinstance(part, Piece) and isinstance(after, Piece) and part.speaker == after.speaker == "agent"
            and part.text.endswith((".", "!")) and part.act not in CLOSED
            and after.act not in ("farewell", "end_abruptly", "skip_summary", "summarise"))


def _last_resort(parts: list[Part]) -> int:
    """The agent's second turn, or their last words before the customer's; there is always one."""
    spoken = [at for at, part in enumerate(parts) if isinstance(part, Piece) and part.speaker == "agent"]
    return next((at for at in spoken[1:] if not str(getattr(parts[at], "text", "")).endswith(("?", ":"))), spoken[-1])


def _break_in(stage: Stage, parts: list[Part], at: int) -> None:
    """After the piece at `at` the agent begins a sentence that the customer cuts off; then the agent answers."""
    names = [name for name in stage.book.names("interruptions") if not _spoils(stage, name)]
    topics = rng.ranked(names, stage.key, "interruption", len(stage.broken))
    topic = next((name for name in topics if name not in stage.broken), topics[0])
    stage.broken.append(topic)
    parts[at + 1:at + 1] = [stage.piece("agent", f"interruptions.{topic}.trail", "go_on"),
                            stage.piece("customer", f"interruptions.{topic}.cut_in", "interrupt", "interrupts"),
                            stage.piece("agent", f"interruptions.{topic}.answer", "answer_interruption")]


def _spoils(stage: Stage, topic: str) -> bool:
    """What is said about the topic would deny an act of the call ("this is free of charge", and then a price)."""
    unless = f"interruptions.{topic}.unless"
    return stage.book.has(unless) and any(stage.facts.demanded(act) for act in stage.book.words(unless))


def backchannelled(stage: Stage, parts: list[Part]) -> list[Part]:
    """A short sign of listening inside some of the long turns, never where somebody breaks in. It stands where the
    speaker goes on afterwards: before a pause, or inside the turn, which becomes two; so nobody has two turns of their
    own side by side."""
    result: list[Part] = []
    lines = {part.text for part in parts if isinstance(part, Piece)}
    for at, part in enumerate(parts):
        after = parts[at + 1] if at + 1 < len(parts) else None
        halves = _halves(stage, at, part, after) if _room(result) else None
        if halves is None or stage.u("backchannel", at) >= BACKCHANNEL or (
                len(halves) > 1 and lines & {half.text for half in halves}):
            result.append(part)
            continue
        lines |= {half.text for half in halves}
        other = "customer" if halves[0].speaker == "agent" else "agent"
        heard = stage.piece(other, f"flow.backchannel.{other}", "backchannel", "backchannel")
        result += [halves[0], heard, *halves[1:]]
    return result


def _room(parts: list[Part]) -> bool:
    return sum(isinstance(part, Piece) and part.mark == "backchannel" for part in parts) < MOST_BACKCHANNELS


def _halves(stage: Stage, at: int, part: Part, after: Part | None) -> tuple[Piece, ...] | None:
    """The turn as it is spoken around a sign of listening: whole before a pause of the agent's, else in two at the end
    of a sentence; None where there is no such place."""
    if not isinstance(part, Piece) or part.mark or at == 0 or words(part.text) < LONG_TURN + 6:
        return None
    if isinstance(after, Silence) and part.speaker == "agent":
        return (part,)
    if not isinstance(after, Piece) or after.mark or after.speaker == part.speaker:
        return None
    if WHOLE & set(part.act.split("+")):
        return None
    ends = [found.end() for found in _SENTENCE_END.finditer(part.text)
            if words(part.text[:found.end()]) >= LONG_TURN and words(part.text[found.end():]) >= 3]
    if not ends:
        return None
    end = rng.pick(ends, stage.key, "backchannel place", at)
    return replace(part, text=part.text[:end].rstrip()), replace(part, text=part.text[end:])
