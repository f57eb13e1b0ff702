"""What flags and labels ask for beside the matter itself: device, product, complaint, data read out …"""

from __future__ import annotations

from compiler import rng
from compiler.talk.writers._embedded_stage import Stage
from compiler.talk.writers._embedded_values import shown

LOOSE = 80.0  # script_adherence below which the agent strays from the script, and twice below VERY_LOOSE
VERY_LOOSE = 65.0


def after_file(stage: Stage) -> None:
    """Once the file is open: the customer's data where they are disclosed, another language, a technical complaint."""
    facts = stage.facts
    if facts.flag("pii_disclosure_flag") and stage.u("pii place") < 0.6:
        disclose(stage)
    if facts.text("device_type") and not facts.demanded("ask_device") and _unsaid(stage, "device"):
        stage.exchange("extras.device", "mention_device")
    complaint = facts.text("complaint_category")
    if complaint and complaint != "WaitTime" and _early(stage, complaint):
        complain(stage)
    if facts.flag("language_switch"):
        stage.listen("customer")
        stage.exchange("switch.exchange", "switch_language")
    score = facts.number("script_adherence")
    if score is not None and score < LOOSE:
        stage.exchange("extras.stray", "stray")


def _early(stage: Stage, complaint: str) -> bool:
    return complaint == "TechnicalIssue" or stage.u("complaint place") < 0.25


def disclose(stage: Stage) -> None:
    """Fictitious data only: a bank code that no bank has, public test cards, example.com."""
    draw = stage.u("pii kind")
    kind = "iban" if draw < 0.45 else "card" if draw < 0.8 else "mail"
    channel = "voice" if stage.facts.voice else "text"
    stage.listen("customer")
    stage.exchange(f"extras.pii.{kind}_{channel}", "disclose_pii")


def complain(stage: Stage) -> None:
    """The complaint of the record, unless the call has shown it already."""
    complaint = stage.facts.text("complaint_category")
    if not complaint or stage.did("complain") or complaint == "WaitTime":
        return
    name = complaint if stage.book.has(f"extras.complaint.{complaint}") else "other"
    if complaint == "Fees" and stage.holds(frozenset({"unknown"})):
        name = "Fees_elsewhere"
    if complaint == "Fees" and stage.facts.text("scenario") == "Fee_dispute":
        name = "Fees_again"
    stage.listen("customer")
    stage.exchange(f"extras.complaint.{name}", "complain")


def before_result(stage: Stage) -> None:
    """The help article, the device and the product, where nobody has mentioned them."""
    facts = stage.facts
    if facts.text("device_type") and _unsaid(stage, "device"):
        stage.exchange("extras.device", "mention_device")
    mention_product(stage)
    if facts.flag("kb_article_used"):
        scenario = facts.text("scenario")
        known = f"scenarios.{scenario}.article"
        article = known if stage.book.has(known) else "scenarios.default.article"
        stage.say("agent", "extras.article", "read_article", text=stage.phrase(article))
        if stage.u("article reply") < 0.35:
            stage.say("customer", "extras.article_reply", "acknowledge")


def _unsaid(stage: Stage, slot: str) -> bool:
    return stage.values[slot].lower() not in stage.spoken()


def mention_product(stage: Stage) -> None:
    """The product by name, with the call's amount where it has not been said."""
    facts, book = stage.facts, stage.book
    product = facts.text("product")
    said = stage.spoken()
    amount = stage.values["amount"].lower()
    listed = f"words.products.{product}"
    names = book.words(listed) if book.has(listed) else [stage.values["product"]]
    named = not product or any(name.lower() in said for name in names)
    if amount and amount not in said:
        known = f"extras.product_amount.{product}"
        stage.say("agent", known if book.has(known) else "extras.product_amount.other", "mention_product")
    elif not named:
        known = f"extras.product.{product}"
        stage.say("agent", known if book.has(known) else "extras.product.other", "mention_product")


def after_result(stage: Stage) -> None:
    """What the agent's system did by itself, and what the customer can do themselves next time."""
    facts, book = stage.facts, stage.book
    if facts.flag("automation_action_present"):
        name = facts.text("automation_action_type")
        known = f"extras.automation.{name}"
        stage.exchange(known if book.has(known) else "extras.automation.other", "automation")
    if facts.text("self_service_potential") == "High" and not facts.forbidden("promote_self_service"):
        stage.exchange("extras.self_service", "self_service")
    if facts.flag("pii_disclosure_flag") and not stage.did("disclose_pii"):
        disclose(stage)


def other_intents(stage: Stage) -> None:
    """A first reason that had to wait; then the second and third reason for the call: and another thing."""
    facts = stage.facts
    if stage.did("bridge"):
        answer = stage.phrase(f"{_questions(stage, facts.intents[0])}.settled")
        stage.say("agent", "flow.back_to_first", "answer_intent", text=answer)
        if not stage.heavy:
            stage.say("customer", f"flow.fine.{facts.mood}", "acknowledge")
    for number, intent in enumerate(facts.intents[1:]):
        known = _questions(stage, intent)
        label = shown(intent, stage.book, stage.locale)
        names = [name for name in stage.book.names(known) if name != "settled" and f"{known}.{name}" not in stage.shown]
        pair = f"{known}.{rng.ranked(names, stage.key, known)[0]}"
        stage.shown.add(pair)
        stage.listen("customer")
        asked = stage.phrase(f"{pair}.ask", text=label)
        stage.say("customer", "flow.another_thing" if number == 0 else "flow.last_thing", "add_intent", text=asked)
        stage.say("agent", f"{pair}.answer", "answer_intent", text=label)
        if not stage.heavy:
            stage.say("customer", f"flow.fine.{facts.mood}", "acknowledge")


def _questions(stage: Stage, intent: str) -> str:
    return f"questions.{intent}" if stage.book.has(f"questions.{intent}") else "questions.default"


def stray_again(stage: Stage) -> None:
    score = stage.facts.number("script_adherence")
    if score is not None and score < VERY_LOOSE:
        stage.say("agent", "extras.stray_more", "stray")
