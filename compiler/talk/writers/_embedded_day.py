"""What goes on while a call is made (Call.happening), in the mouths of both.

Where the reason for the call is touched by it, the customer asks and the agent answers; of an incident that no phrase
book knows, the agent speaks now and then."""

from __future__ import annotations

from compiler.plan.call import Happening
from compiler.talk.writers._embedded_stage import Stage

ASKED = 0.6  # share of the calls touched by it in which the customer asks
TOLD = 0.4  # share of the calls on the day of an unknown incident in which the agent names it


def asks(stage: Stage) -> None:
    """The customer has heard of it."""
    event = _touching(stage)
    if event is not None and stage.u("asks about the day", event.id) < ASKED:
        stage.say("customer", f"day.{event.id}.customer", "ask_day", event=_label(stage, event))


def answers(stage: Stage) -> None:
    """The agent confirms what the customer asked, unless an act of the call is to look it up; or speaks of what nobody
    asked about."""
    event = _touching(stage)
    if event is not None:
        if stage.did("ask_day") and not stage.facts.demanded("check_known_outage"):
            stage.say("agent", f"day.{event.id}.agent", "answer_day", event=_label(stage, event))
        return
    for event in stage.facts.call.happening:
        known = stage.book.has(f"day.{event.id}")
        if event.kind == "incident" and not known and stage.u("tells of the day", event.id) < TOLD:
            stage.say("agent", "day.default.agent", "answer_day", event=_label(stage, event))
            return


def _touching(stage: Stage) -> Happening | None:
    """The event of the day that the phrase book knows to touch the first reason for the call."""
    intent = stage.facts.text("intent")
    return next((event for event in stage.facts.call.happening if stage.book.has(f"day.{event.id}.fits")
                 and intent in stage.book.words(f"day.{event.id}.fits")), None)


def _label(stage: Stage, event: Happening) -> str:
    return stage.locale.value("event", event.id, event.label)
