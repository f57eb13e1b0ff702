"""Calls for the tests of the talk stage."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from compiler import rng
from compiler.catalog import load
from compiler.places import search_path
from compiler.plan.call import Call, EarlierCall, Scene, Speaker

LOCALES = search_path("locales", None)
TEMPLATES = search_path("templates", None)
EN, DE = load("en", LOCALES), load("de", LOCALES)
VOICE_ONLY = ("Hold_time", "Silence_ratio", "Silence_total_seconds", "Interruptions_count")

RECORD = {
    "call_id": "3f2a", "date": "2025-09-01", "weekday": "Mon", "time_of_day_bucket": "Morning",
    "agent_name": "Monika_Mueller", "team": "Team_A", "agent_shift": "Early", "customer_segment": "Premium",
    "channel": "voice", "language": "en", "region": "ZH", "device_type": "iOS", "intent": "Transfer",
    "intents": ["Transfer", "Card_Block"], "scenario": "Transfer_status", "escalation": "Supervisor",
    "complaint_category": "Fees", "product": "Transfer", "amount_bucket": "under_100", "self_service_potential": "Low",
    "automation_action_type": None, "ANI": "+493023125001", "AWT": 90.5, "Hold_time": 45.5, "Silence_ratio": 9.1,
    "Silence_total_seconds": 8.2, "sentiment_score": 0.6, "script_adherence": 88.1, "Transfers_count": 1,
    "Interruptions_count": 2, "NPS_score": 9, "FCR": False, "repeat_call_within_72h": True,
    "automation_action_present": False, "kb_article_used": True, "language_switch": False,
    "pii_disclosure_flag": False, "tenure": "over_3y",
    "compliance_flags": {"Greeting": "pass", "Empathy": "fail", "Summary": "pass", "Farewell": "pass"},
}


def call(record: dict | None = None, **changes) -> Call:
    """A voice call in English with one transfer, two reasons and an earlier call; `record` goes over its record."""
    monika = Speaker("Monika_Mueller", "Monika Müller", "agent", "female", "nova", 1.0)
    peter = Speaker("Peter_Keller", "Peter Keller", "agent", "male", "alloy", 1.0)
    customer = Speaker("c17", "c17", "customer", "male", "ash", 1.0)
    scenes = (
        Scene("opening", "opening", must=("greet", "give_name")),
        Scene("search", "search", must=("find_transfer",), must_not=("tell_balance",), failed=("show_empathy",),
              customer=("gets impatient",), hold_share=1.0, amount=(1250.5, "CHF"), handed_to=peter),
    )
    acts = {"greet": "greets the caller with the company's name", "give_name": "gives their own name",
            "find_transfer": "asks the oracle about the transfer", "tell_balance": "tells the balance of the account",
            "show_empathy": "shows that they understand how the customer feels"}
    base = Call("3f2a", "Monika_Mueller_20250901083100_493023125001", rng.key("test", 1),
                datetime(2025, 9, 1, 8, 31), {**RECORD, **(record or {})}, monika, customer, (peter,),
                "Transfer status", "Where is my money?", scenes, acts, "Calm",
                "calm and friendly, lets the agent finish",
                EarlierCall("11aa", "2025-08-30", "Sven Meier", "Transfer", False))
    return replace(base, **changes)


def text_call(record: dict | None = None) -> Call:
    """The same by text: no hold, no silence, no interruptions."""
    base = call(record)
    plain = {name: value for name, value in base.record.items() if name not in VOICE_ONLY}
    return replace(base, record={**plain, "channel": "text"})
