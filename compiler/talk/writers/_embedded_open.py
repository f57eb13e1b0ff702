"""Opening of a call: wait, greeting, reason, empathy, identity, file."""

from __future__ import annotations

from compiler.talk.dialogue import Wait
from compiler.talk.writers import _embedded_day as day
from compiler.talk.writers._embedded_acts import act
from compiler.talk.writers._embedded_stage import Piece, Stage

BEFORE_REASON = ("announce_recording", "announce_monitoring", "ask_consent", "ask_language")
OPENING = frozenset({"greet", "give_name", "ask_reason", *BEFORE_REASON})
SUITED = 0.4  # chance that the customer adds a detail at once


def opening(stage: Stage) -> None:
    """The agent answers; then what the first scene wants before the customer says why they call."""
    facts = stage.facts
    if facts.number("AWT") is not None:
        stage.parts.append(Wait(facts.centiseconds("AWT")))
    greet(stage)
    if facts.call.scenes:
        stage.scene = 0
        first = facts.call.scenes[0]
        for name in first.must:
            if name in BEFORE_REASON:
                act(stage, name, first)


def greet(stage: Stage) -> None:
    facts = stage.facts
    own = stage.locale.texts.get("greeting" if facts.voice else "text greeting", "")
    if facts.fails("greet"):
        stage.say("agent", "opening.bare", "open_bare")
    elif own:
        stage.text("agent", filled(own, stage), "greet")
        if "?" not in own:
            stage.say("agent", "opening.offer", "greet")
    else:
        stage.say("agent", "opening.greet" if facts.voice else "opening.greet_text", "greet")


def filled(own: str, stage: Stage) -> str:
    """The spec's greeting with its places filled: {agent.label}, {brand}, {customer.label}."""
    places = {"{agent.label}": stage.agent.label, "{agent.name}": stage.agent.label, "{brand}": stage.values["brand"],
              "{dataset.label}": stage.values["brand"], "{customer.label}": stage.values["customer"]}
    for place, text in places.items():
        own = own.replace(place, text)
    return own.strip()


def reason(stage: Stage) -> None:
    """The customer says why they call; the agent shows that they care, or does not."""
    facts, book = stage.facts, stage.book
    if any(isinstance(part, Piece) and part.speaker == "customer" for part in stage.parts):
        stage.say("agent", "opening.bare" if facts.fails("greet") else "opening.offer", "ask_reason")
    else:
        stage.say("customer", f"opening.hello{'_unsure' if facts.fails('greet') else ''}", "answer_greeting")
    if facts.waited_long:
        stage.say("customer", "opening.wait_complaint", "complain_wait")
    if facts.call.earlier is not None:
        kind = "same" if facts.follow_up else "solved" if facts.call.earlier.intent == facts.text("intent") else "other"
        stage.say("customer", f"opening.earlier_{kind}", "mention_earlier")
    intent = facts.intents[0] if facts.intents else ""
    known = f"intents.{intent}" if book.has(f"intents.{intent}.open") else "intents.default"
    if facts.follow_up:
        stage.say("customer", f"{known}.again", "state_reason")
    else:
        stage.say("customer", f"{known}.open", "state_reason")
    if not stage.heavy and stage.u("detail") < SUITED:
        stage.say("customer", f"{known}.detail", "state_reason")
    day.asks(stage)
    if facts.manner:
        stage.say("customer", f"extras.manner.{facts.manner}", "manner")
    if "show_empathy" not in _later(stage):
        empathy(stage)
    day.answers(stage)
    if differs(stage):
        bridge(stage)


def empathy(stage: Stage) -> None:
    """Shown, or visibly missing."""
    facts = stage.facts
    checks = facts.call.record.get("compliance_flags")
    checked = isinstance(checks, dict) and "Empathy" in checks
    if facts.fails("show_empathy"):
        stage.say("customer", f"opening.feeling.{facts.mood}", "express_feeling")
        stage.say("agent", "opening.cold", "no_empathy")
    elif checked or facts.demanded("show_empathy"):
        stage.say("customer", f"opening.feeling.{facts.mood}", "express_feeling")
        if facts.waited_long and not stage.did("thank_for_queue"):
            stage.say("agent", "opening.empathy_wait", "show_empathy")
        else:
            stage.say("agent", "opening.empathy", "show_empathy")
    else:
        stage.say("agent", "opening.acknowledge", "acknowledge")


def _later(stage: Stage) -> frozenset[str]:
    """Acts that have a place of their own in a later scene."""
    return frozenset(name for scene in stage.facts.call.scenes for name in scene.must
                     if name == "show_empathy")


def differs(stage: Stage) -> bool:
    """The scenario is about something else than the first reason for the call."""
    facts, book = stage.facts, stage.book
    scenario, intent = facts.text("scenario"), facts.text("intent")
    if not book.has(f"scenarios.{scenario}") or not intent or not book.has(f"intents.{intent}"):
        return False
    return intent not in book.words(f"scenarios.{scenario}.fits")


def bridge(stage: Stage) -> None:
    """The first reason is put off, and comes what the call is really about."""
    scenario = stage.facts.text("scenario")
    cold = "_cold" if stage.did("no_empathy") else ""
    stage.say("agent", f"opening.other_first{cold}", "put_off")
    stage.say("customer", f"scenarios.{scenario}.bridge", "bridge")
    stage.say("agent", "opening.take_on", "acknowledge")


def identity(stage: Stage) -> None:
    """Who calls, and their file; left out where a scene does it or forbids it."""
    facts = stage.facts
    if not facts.demanded("confirm_identity") and not facts.fails("confirm_identity"):
        stage.exchange("acts.confirm_identity", "confirm_identity")
    elif not facts.demanded("confirm_identity"):
        stage.say("agent", "opening.no_identity", "skip_identity")
    premium(stage)


def premium(stage: Stage) -> None:
    if stage.holds(frozenset({"premium"})) and not stage.did("mention_premium"):
        stage.say("agent", "opening.premium", "mention_premium")


def clarify(stage: Stage) -> None:
    """A question or two about the matter."""
    scenario = stage.facts.text("scenario")
    name = scenario if stage.book.has(f"scenarios.{scenario}") else "default"
    stage.exchange(f"scenarios.{name}.clarify", "clarify")

