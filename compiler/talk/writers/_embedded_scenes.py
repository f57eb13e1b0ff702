"""Middle of a call: the scenes with their acts, handovers to colleagues, and what belongs to the open file."""

from __future__ import annotations

from compiler import rng
from compiler.failures import Quarantined
from compiler.plan.call import Scene, Speaker
from compiler.talk.dialogue import Transfer
from compiler.talk.writers import _embedded_open as start
from compiler.talk.writers._embedded_acts import act, behave
from compiler.talk.writers._embedded_extras import after_file
from compiler.talk.writers._embedded_facts import SPELLINGS
from compiler.talk.writers._embedded_stage import Pause, Stage

CLOSING = frozenset({"summarise", "farewell", "ask_anything_else", "offer_survey"})
OUTCOME = frozenset({"read_back_fix", "offer_ticket", "confirm_solution"})  # belong after the result
ELSEWHERE = frozenset({"announce_hold", "thank_for_waiting", "announce_transfer", "brief_colleague", "greet_again"})


def middle_acts(scene: Scene, number: int) -> tuple[str, ...]:
    """The acts that are played where they stand; the others have their place in opening, result or closing."""
    acts = tuple(SPELLINGS.get(name, name) for name in scene.must)
    if scene.recording == "paused":  # what is done meanwhile is on no recording, and so it is not written either
        acts = tuple(name for name in acts if name == "announce_pause")
    left = CLOSING | OUTCOME | ELSEWHERE | (start.OPENING if number == 0 else frozenset({"greet", "give_name"}))
    return tuple(name for name in acts if name not in left)


def play(stage: Stage) -> None:
    """All scenes; handovers at their scene, or spread over the call by its key."""
    scenes = stage.facts.call.scenes
    places = [(number, at) for number, scene in enumerate(scenes) for at in range(len(middle_acts(scene, number)))]
    due = _handover_places(stage, places)
    _handovers(stage, due.count((-1, 0)))
    start.identity(stage)
    start.clarify(stage)
    after_file(stage)
    for number, scene in enumerate(scenes):
        _scene(stage, number, scene, due)
    stage.scene = -1
    _handovers(stage, stage.facts.transfers - stage.handed)


def _handover_places(stage: Stage, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where the handovers happen that no scene asks for: (-1, 0) is right after the reason."""
    count = stage.facts.transfers - sum(scene.handed_to is not None for scene in stage.facts.call.scenes)
    free = [place for place in places[1:]]
    chosen: list[tuple[int, int]] = [(-1, 0)] if count > 0 and (stage.u("first handover") < 0.6 or not free) else []
    order = sorted(free, key=lambda place: rng.key(stage.key, "handover", *place))
    chosen += order[:max(0, count - len(chosen))]
    return chosen


def _scene(stage: Stage, number: int, scene: Scene, due: list[tuple[int, int]]) -> None:
    stage.scene = number
    begin = len(stage.parts)
    if scene.handed_to is not None and stage.handed < stage.facts.transfers:
        hand_over(stage, scene.handed_to)
    for at, name in enumerate(middle_acts(scene, number)):
        if (number, at) in due:
            hand_over(stage)
        play_act(stage, name, scene)
    while scene.recording != "paused" and behave(stage, scene):
        pass
    wanted = bool(scene.hold_share) and stage.facts.centiseconds("Hold_time") > 0
    if wanted and not any(isinstance(part, Pause) for part in stage.parts[begin:]):
        stage.parts.insert(begin, Pause("search", number))


def play_act(stage: Stage, name: str, scene: Scene) -> None:
    if name == "show_empathy":
        start.empathy(stage)
    elif name == "confirm_identity":
        act(stage, name, scene)
        start.premium(stage)
    else:
        act(stage, name, scene)


def _handovers(stage: Stage, count: int) -> None:
    for _ in range(count):
        hand_over(stage)


def hand_over(stage: Stage, to: Speaker | None = None) -> None:
    """One handover: announced unless a scene forbids it, then the colleague takes over with a greeting of their own."""
    facts = stage.facts
    if stage.handed >= len(facts.call.colleagues):
        raise Quarantined(f"Transfers_count is {facts.transfers}, but the call has "
                          f"{len(facts.call.colleagues)} colleagues to take over")
    colleague = to or facts.call.colleagues[stage.handed]
    stage.handed += 1
    moment = people(stage, stage.agent, colleague)
    cold = facts.fails("announce_transfer") or any("cold" in scene.label.lower() for scene in facts.call.scenes)
    channel = "voice" if facts.voice else "text"
    if not cold:
        stage.say("agent", f"flow.transfer.announce_{channel}", "announce_transfer", **moment)
        stage.say("customer", f"flow.transfer.accept.{facts.mood}", "accept_transfer", **moment)
        if facts.demanded("brief_colleague"):
            stage.say("agent", "flow.transfer.brief", "brief_colleague", **moment)
    stage.parts.append(Transfer(colleague.label))
    stage.take_over(colleague)
    stage.say("agent", f"flow.transfer.{'cold' if cold else 'take_over'}_{channel}", "greet_again", **moment)
    stage.say("customer", "flow.transfer.repeat" if cold else "flow.transfer.reply", "answer_greeting", **moment)
    if cold:
        stage.say("agent", "opening.take_on", "acknowledge")


def people(stage: Stage, before: Speaker, after: Speaker) -> dict[str, str]:
    """The two agents of a handover in the forms that sentences need."""
    word = stage.book.word
    forms = {"colleague_to": ("to", after), "colleague_by": ("by", after), "previous_from": ("from", before)}
    found = {slot: word(f"words.colleague.{form}.{who.gender}").replace("NAME", who.label)
             for slot, (form, who) in forms.items()}
    return found | {"colleague": after.label, "previous": before.label}
