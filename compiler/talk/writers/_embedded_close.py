"""End of a call: the result and what comes next, other reasons, summary, survey, farewell."""

from __future__ import annotations

from compiler.talk.writers import _embedded_extras as extras
from compiler.talk.writers._embedded_acts import act
from compiler.talk.writers._embedded_facts import SPELLINGS
from compiler.talk.writers._embedded_scenes import OUTCOME
from compiler.talk.writers._embedded_stage import Pause, Stage

SURVEYED = 0.4  # share of calls that ask for the recommendation score aloud


def result(stage: Stage) -> None:
    """Solved in this call, or not and what comes next; the customer says which."""
    facts = stage.facts
    scenario = facts.text("scenario")
    name = scenario if stage.book.has(f"scenarios.{scenario}") else "default"
    extras.before_result(stage)
    if facts.solved:
        stage.say("agent", f"scenarios.{name}.fixed", "resolve")
        _outcome_acts(stage)
        stage.say("customer", f"scenarios.{name}.confirm", "confirm_solved")
        stage.say("customer", f"closing.relief.{facts.mood}", "confirm_solved")
        if facts.text("escalation") not in ("", "None"):
            escalate(stage)
        return
    stage.say("agent", f"scenarios.{name}.unfixed", "not_resolved")
    stage.say("agent", "closing.not_today", "not_resolved")
    stage.say("customer", f"closing.disappointed.{facts.mood}", "regret_unsolved")
    _outcome_acts(stage)
    escalate(stage)
    stage.say("customer", f"closing.accept.{facts.mood}", "accept_unsolved")


def escalate(stage: Stage) -> None:
    """Who takes the matter on; without an escalation, what comes next."""
    facts = stage.facts
    to = facts.text("escalation")
    if to in ("", "None"):
        stage.say("agent", "closing.escalate.None", "next_step")
    elif to == "IT_Ticket" and stage.did("offer_ticket"):
        stage.say("agent", "closing.escalate.ticket_open", "escalate")
    else:
        known = f"closing.escalate.{to}"
        stage.say("agent", known if stage.book.has(known) else "closing.escalate.other", "escalate")


def _outcome_acts(stage: Stage) -> None:
    for number, scene in enumerate(stage.facts.call.scenes):
        for name in scene.must:
            if SPELLINGS.get(name, name) in OUTCOME:
                stage.scene = number
                act(stage, name, scene)
    stage.scene = -1


def closing(stage: Stage) -> None:
    facts = stage.facts
    extras.after_result(stage)
    extras.complain(stage)
    extras.other_intents(stage)
    extras.stray_again(stage)
    stage.parts.append(Pause("note", len(facts.call.scenes) - 1))
    summary(stage)
    farewell(stage)


def summary(stage: Stage) -> None:
    facts = stage.facts
    scenario = facts.text("scenario")
    name = scenario if stage.book.has(f"scenarios.{scenario}") else "default"
    if facts.fails("summarise"):
        stage.say("agent", "closing.no_summary", "skip_summary")
        return
    recap = stage.phrase(f"scenarios.{name}.{'recap' if facts.solved else 'recap_open'}").rstrip(".")
    if not facts.solved:
        to = facts.text("escalation") or "None"
        known = f"closing.next_step.{to}"
        key = known if stage.book.has(known) else "closing.next_step.other"
        recap = f"{recap}. {stage.piece('agent', key, 'summarise_part').text}"
    stage.say("agent", "closing.summary", "summarise", text=f"{recap.rstrip('.')}.")
    stage.say("customer", f"closing.agree.{facts.mood}", "confirm_summary")


def farewell(stage: Stage) -> None:
    facts = stage.facts
    abrupt = facts.fails("farewell")
    if not abrupt and not stage.heavy:
        stage.say("agent", "closing.anything_else", "ask_anything_else")
        stage.say("customer", "closing.nothing_else", "decline_more")
    if facts.flag("repeat_call_within_72h"):
        stage.say("customer", f"closing.call_again_{'voice' if facts.voice else 'text'}", "will_call_again")
        if not abrupt:
            stage.say("agent", "closing.call_again_reply", "acknowledge")
    if abrupt:
        stage.say("agent", "closing.abrupt", "end_abruptly")
        stage.say("customer", f"closing.last_word.{facts.mood}", "customer_farewell")
        return
    if facts.number("NPS_score") is not None and not stage.heavy and stage.u("survey") < SURVEYED:
        stage.say("agent", "closing.survey", "ask_survey")
        stage.say("customer", f"closing.score.{_camp(facts.number('NPS_score') or 0.0)}", "answer_survey")
    stage.say("agent", "closing.farewell", "farewell")
    stage.say("customer", f"closing.bye.{facts.mood}", "customer_farewell")


def _camp(score: float) -> str:
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"

