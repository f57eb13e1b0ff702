"""Acts and behaviours of a spec -> exchanges: known ones from the phrase book, all others from their own text."""

from __future__ import annotations

import re

from compiler.plan.call import Scene
from compiler.talk.writers._embedded_facts import SPELLINGS
from compiler.talk.writers._embedded_stage import Stage

THIRD = {"does": "do", "has": "have", "goes": "go", "is": "be", "says": "say"}
YOURS = (("the customer's", "your"), ("the caller's", "your"), ("the customer", "you"), ("the caller", "you"),
         ("their", "your"), ("them", "you"), ("they are", "you are"), ("they", "you"))
KINDS = (
    ("ask", ("ask", "frag", "request", "verify", "confirm")),
    ("look_up", ("find", "check", "look", "search", "such", "pruef")),
    ("tell", ("tell", "explain", "name", "quote", "say", "announce", "inform", "describe", "give", "read", "erklaer")),
    ("send", ("send", "order", "mail", "issue", "schick", "bestell")),
    ("offer", ("offer", "suggest", "propose", "make", "biet")),
)


def act(stage: Stage, name: str, scene: Scene) -> None:
    """What the agent must do here, with the customer's answer. A behaviour of the scene may be that answer; while the
    recording pauses, all that is heard of it is that the customer has understood."""
    name = SPELLINGS.get(name, name)

    def reply() -> bool:
        if scene.recording == "paused":
            stage.say("customer", "flow.ack.customer", "acknowledge")
            return True
        return behave(stage, scene, answer=True)

    if stage.book.has(f"acts.{name}"):
        stage.exchange(f"acts.{name}", name, reply)
        return
    told = stage.facts.call.acts.get(name, "").strip().rstrip(".")
    kind, text = understood(name, told, stage)
    stage.exchange(f"generic.{kind}", name, reply, deed=text)


def understood(name: str, told: str, stage: Stage) -> tuple[str, str]:
    """(kind of generic exchange, text for its `{act}`) of an act that no phrase book knows.

    The spec explains acts in the third person ("says that the recording pauses"); what can be turned into the agent's
    own words is, by the locale's patterns `generic.patterns`; else the kind alone decides.
    """
    for row in stage.book.words("generic.patterns"):
        pattern, _, kind = row.rpartition(" => ")
        found = re.fullmatch(pattern, told, re.IGNORECASE)
        if found:
            return kind, addressed(found.group(1), stage)
    first = told.split(" ", 1)[0].lower()
    if stage.book.tag.startswith("en") and first.endswith("s") and len(first) > 2 and " " in told:
        return "do", addressed(f"{base(first)} {told.split(' ', 1)[1]}", stage)
    words = name.lower().split("_")
    kind = next((kind for kind, starts in KINDS if words[0].startswith(starts)), "other")
    return f"by_name.{kind}", " ".join(words[1:] or words)


def addressed(text: str, stage: Stage) -> str:
    """English texts: the customer spoken of becomes the customer spoken to."""
    if stage.book.tag.startswith("en"):
        for other, you in YOURS:
            text = re.sub(rf"\b{other}\b", you, text)
    return text


def base(verb: str) -> str:
    """says -> say, fixes -> fix, tries -> try"""
    if verb in THIRD:
        return THIRD[verb]
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("ches", "shes", "sses", "xes", "zes")):
        return verb[:-2]
    return verb[:-1]


def behave(stage: Stage, scene: Scene, answer: bool = False) -> bool:
    """The next behaviour of the scene that the customer has not shown yet; False where there is none left. As an
    `answer` it follows the agent's question."""
    for number, behaviour in enumerate(scene.customer):
        token = f"{scene.id}/{number}"
        group = behaviour_group(behaviour, stage)
        if token in stage.shown or (answer and not stage.book.has(f"behaviours.{group}.answers")):
            continue
        stage.shown.add(token)
        if not answer:
            stage.listen("customer")
        if group:
            stage.exchange(f"behaviours.{group}.steps", f"behave_{group}")
        else:
            stage.exchange(f"behaviours.other.{stage.facts.mood}", "behave")
        return True
    return False


def behaviour_group(behaviour: str, stage: Stage) -> str:
    """The group of the phrase book that knows the behaviour, by the words it looks for; "" if none."""
    text = behaviour.lower()
    for name in stage.book.names("behaviours"):
        if name != "other" and any(word in text for word in stage.book.words(f"behaviours.{name}.match")):
            return name
    return ""
