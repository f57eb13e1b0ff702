"""Synthetic Calls, drawn over everything that a record may say. No test here; the tests of this folder build on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from compiler import rng
from compiler.catalog import Locale, load
from compiler.places import shipped
from compiler.plan.call import Call, EarlierCall, Scene, Speaker
from compiler.talk.dialogue import Dialogue
from compiler.talk.header import entries
from compiler.talk.writer import Job, WriterSettings
from compiler.talk.writers import embedded

FOLDERS = (shipped("locales"),)
INTENTS = ("Online_Banking", "Card_Block", "Payment_Issue", "Transfer", "Loan_Inquiry", "Mortgage", "Technical_Support",
           "Fraud_Alert", "Account_Statement", "Card_Limit_Increase")
SCENARIOS = {
    "Technical_difficulties": (("greet", "give_name"), ("ask_device", "check_known_outage"), ("*outcome",)),
    "Balance_check": (("greet", "give_name"), ("confirm_identity", "tell_balance")),
    "Card_lost": (("greet", "give_name"), ("confirm_identity", "block_card", "order_card")),
    "Transfer_status": (("greet", "give_name"), ("confirm_identity", "find_transfer")),
    "Mortgage_advisory": (("greet", "give_name"), ("ask_income", "ask_equity", "explain_rates")),
    "Loan_options": (("greet", "give_name"), ("ask_income", "explain_rates")),
    "Fee_dispute": (("greet", "give_name"), ("show_empathy", "explain_fee")),
    "Fraud_investigation": (("greet", "give_name"), ("confirm_identity", "block_card", "list_transactions")),
    "Statement_request": (("greet", "give_name"), ("confirm_identity", "send_statement")),
}
LIKELY = {"Online_Banking": "Technical_difficulties", "Technical_Support": "Technical_difficulties",
          "Transfer": "Transfer_status", "Mortgage": "Mortgage_advisory", "Loan_Inquiry": "Loan_options",
          "Card_Block": "Card_lost", "Fraud_Alert": "Fraud_investigation", "Account_Statement": "Statement_request"}
ACTS_OF_CHECKS = {"greet": "Greeting", "show_empathy": "Empathy", "summarise": "Summary", "farewell": "Farewell"}
AGENTS = (("Monika_Mueller", "Monika Müller", "female"), ("Lukas_Schmidt", "Lukas Schmidt", "male"),
          ("Jasmin_Caggiano", "Jasmin Caggiano", "female"), ("Paul_Huber", "Paul Huber", "male"))
CUSTOMERS = (("c1", "Ruth Amstutz", "female"), ("c2", "Beat Zurbriggen", "male"), ("c3", "Customer 17", "female"),
             ("c4", "c4", "male"))


@cache
def locale(tag: str, brand: str = "MusterBank") -> Locale:
    found = load(tag, FOLDERS)
    return replace(found, texts={**found.texts, "brand": brand}) if brand else found


def person(row: tuple[str, str, str], role: str) -> Speaker:
    return Speaker(row[0], row[1], role, row[2], "nova", 1.0)


def chance(key: int, name: str, share: float) -> bool:
    return rng.u(key, name) < share


def call(number: int, channel: str = "voice", **over: object) -> Call:
    """The call with this number: every field drawn; `over` replaces fields of the record or of the Call."""
    key = rng.key("synthetic", channel, number)
    start = datetime(2025, 9, 1, 0, 0) + timedelta(minutes=int(rng.u(key, "start") * 60 * 24 * 28))
    record = drawn_record(key, channel, start)
    fields = {name: value for name, value in over.items() if name in Call.__dataclass_fields__}
    record |= {name: value for name, value in over.items() if name not in fields}
    agent = person(rng.pick(AGENTS, key, "agent"), "agent")
    others = rng.ranked([row for row in AGENTS if row[0] != agent.id], key, "colleague")
    colleagues = tuple(person(others[n % len(others)], "agent") for n in range(int(record["Transfers_count"])))
    made = Call(
        call_id=str(number), stem=f"stem_{number}", key=key, start=start, record=record, agent=agent,
        customer=person(rng.pick(CUSTOMERS, key, "customer"), "customer"), colleagues=colleagues,
        scenario_label=str(record["scenario"]).replace("_", " "), scenario_doc="", scenes=scenes(record), acts={},
        persona=rng.pick(("", "calm", "impatient commuter", "chatty pensioner", "anxious"), key, "persona"), tone="",
        earlier=earlier(key, record, start),
    )
    return replace(made, **fields)


def drawn_record(key: int, channel: str, start: datetime) -> dict:
    first = rng.pick(INTENTS, key, "intent")
    more = [name for name in rng.ranked(INTENTS, key, "more") if name != first]
    several = 1 + chance(key, "second", 0.3) + chance(key, "third", 0.1)
    scenario = LIKELY.get(first, "") if chance(key, "likely", 0.6) else ""
    record: dict = {
        "date": start.date().isoformat(), "weekday": "Mon", "time_of_day_bucket": "Morning", "channel": channel,
        "customer_segment": "Premium" if chance(key, "premium", 0.25) else "Standard",
        "device_type": rng.pick(("iOS", "Android", "Desktop"), key, "device"), "intent": first,
        "intents": [first, *more[:several - 1]], "scenario": scenario or rng.pick(tuple(SCENARIOS), key, "scenario"),
        "AWT": round(max(0.0, 20 + 120 * rng.u(key, "AWT")), 2), "FCR": chance(key, "FCR", 0.75),
        "Transfers_count": 0 if chance(key, "t", 0.7) else rng.pick((1, 1, 2, 3), key, "transfers"),
        "repeat_call_within_72h": chance(key, "repeat", 0.2), "product": rng.pick(
            ("eBanking", "Card", "Transfer", "Loan", "Mortgage"), key, "product"),
        "self_service_potential": rng.pick(("Low", "Medium", "High"), key, "self"),
        "automation_action_present": chance(key, "auto", 0.15), "kb_article_used": chance(key, "kb", 0.5),
        "language_switch": chance(key, "switch", 0.08), "pii_disclosure_flag": chance(key, "pii", 0.08),
        "script_adherence": round(60 + 40 * rng.u(key, "script"), 1), "NPS_score": int(rng.u(key, "nps") * 11),
        "compliance_flags": {check: "pass" if chance(key, check, 0.8) else "fail" for check in ACTS_OF_CHECKS.values()},
    }
    record["sentiment_score"] = round((record["NPS_score"] - 5) / 5, 3)
    record["automation_action_type"] = rng.pick(("reset_password", "check_balance", "transfer_status"), key, "type") \
        if record["automation_action_present"] else None
    record["amount_bucket"] = rng.pick(("under_100", "to_1000", "to_5000", "over_5000"), key, "bucket") \
        if record["product"] in ("Transfer", "Loan", "Mortgage") else None
    unsolved = rng.pick(("IT_Ticket", "Backoffice", "Supervisor", "None"), key, "escalation")
    record["escalation"] = "None" if record["FCR"] else unsolved
    record["complaint_category"] = rng.pick(("Fees", "Fees", "TechnicalIssue", "WaitTime"), key, "complaint")
    if channel == "voice":
        record["Hold_time"] = 0.0 if chance(key, "no hold", 0.15) else round(3 + 90 * rng.u(key, "hold"), 2)
        record["Silence_total_seconds"] = 0.0 if chance(key, "still", 0.1) else round(1 + 20 * rng.u(key, "sil"), 2)
        record["Interruptions_count"] = int(rng.u(key, "i") * 4)
    return record


def scenes(record: dict) -> tuple[Scene, ...]:
    phases = [*SCENARIOS.get(str(record["scenario"]), (("greet",),)), ("summarise", "farewell")]
    names = ("opening", "middle", "resolution")
    failed = {act for act, check in ACTS_OF_CHECKS.items() if record["compliance_flags"].get(check) == "fail"}
    result = []
    for number, acts in enumerate(phases):
        if acts == ("*outcome",):
            acts = ("read_back_fix",) if record["FCR"] else ("offer_ticket",)
        held = record["scenario"] in ("Technical_difficulties", "Transfer_status")
        name = "closing" if number == len(phases) - 1 else names[number]
        result.append(Scene(
            id=name, label=name, must=tuple(act for act in acts if act not in failed),
            failed=tuple(act for act in acts if act in failed),
            customer=("gets impatient",) if number == 1 and record["AWT"] > 120 else (),
            hold_share=1.0 if name == "middle" and held else None))
    return tuple(result)


def earlier(key: int, record: dict, start: datetime) -> EarlierCall | None:
    if not chance(key, "earlier", 0.1):
        return None
    before = (start - timedelta(days=2)).date().isoformat()
    return EarlierCall("x", before, "Nina Weber", str(record["intent"]), chance(key, "earlier FCR", 0.3))


def write(made: Call, tag: str, brand: str = "MusterBank") -> Dialogue:
    writer = embedded.open(WriterSettings(folders=FOLDERS))
    return writer.write(Job(made, locale(tag, brand), entries(made, "embedded", {})))
