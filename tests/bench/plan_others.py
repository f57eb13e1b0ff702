"""What the plan is measured against: hashes alone, a generator that goes call by call, mimesis."""

from __future__ import annotations

import random  # noqa: TID251 - the peers draw as such scripts do
from collections.abc import Callable
from typing import Any

import jsonschema
import numpy as np

AGENTS = [f"Agent_{i}" for i in range(12)]
PREMIUM, VOICE = "Premium", "voice"
CHOICES: dict[str, dict[str, float]] = {
    "customer_segment": {"Standard": 0.75, "Premium": 0.25}, "channel": {"voice": 0.9, "text": 0.1},
    "language": {"de": 0.6, "en": 0.4}, "region": {"ZH": 0.4, "BE": 0.2, "GE": 0.2, "DE": 0.1, "FR": 0.1},
    "device_type": {"iOS": 0.4, "Android": 0.4, "Desktop": 0.2},
    "intent": {f"intent_{i}": 10.0 + i for i in range(10)}, "scenario": {f"scenario_{i}": 5.0 + i for i in range(9)},
    "product": {f"product_{i}": 15.0 for i in range(5)}, "NPS_score": {"10": 30, "8": 30, "6": 20, "3": 10, "0": 10},
    "Transfers_count": {"0": 0.7, "1": 0.2, "2": 0.07, "3": 0.03},
    "self_service_potential": {"low": 0.3, "medium": 0.4, "high": 0.3}, "persona": {"calm": 4, "busy": 3, "cross": 3},
    "agent_shift": {"Early": 0.4, "Late": 0.4, "Night": 0.2},
    "time_of_day_bucket": {"Night": 0.1, "Morning": 0.3, "Afternoon": 0.4, "Evening": 0.2},
}
RULES: dict[str, list[tuple[str, str, str, float]]] = {  # field -> (other field, its value, member, by how much)
    "channel": [("time_of_day_bucket", "Night", "text", 0.05)],
    "language": [("customer_segment", PREMIUM, "en", 0.1)], "device_type": [("channel", "text", "Desktop", 0.2)],
    "intent": [("customer_segment", PREMIUM, "intent_3", 6.0), ("channel", "text", "intent_2", 4.0)],
    "scenario": [("intent", f"intent_{i}", f"scenario_{i % 9}", 15.0) for i in range(8)],
    "Transfers_count": [("customer_segment", PREMIUM, "0", 0.05), ("intent", "intent_1", "1", 0.1)],
    "product": [("intent", "intent_4", "product_1", 10.0)],
}
NUMBERS: dict[str, tuple[float, float, float, float]] = {  # mean, deviation, least, most
    "AWT": (90, 25, 0, 600), "Hold_time": (45, 20, 0, 480), "Silence_total_seconds": (8, 4, 0, 180),
    "Interruptions_count": (1.2, 0.8, 0, 20), "script_adherence": (88, 8, 0, 100),
}
DELTAS: dict[str, list[tuple[str, str, float]]] = {
    "AWT": [("customer_segment", PREMIUM, -10), ("time_of_day_bucket", "Night", 8), ("channel", "text", -20)],
    "Silence_total_seconds": [("scenario", f"scenario_{i}", 1.5) for i in range(6)],
    "Hold_time": [("channel", VOICE, 5.0)],
}
FLAGS: dict[str, float] = {
    "kb_article_used": 0.5, "language_switch": 0.05, "pii_disclosure_flag": 0.02, "automation_action_present": 0.3,
    "Greeting": 0.95, "Empathy": 0.85, "Summary": 0.8, "Farewell": 0.93,
}


def splitmix(who: np.ndarray, fields: int) -> None:
    """`fields` hashes for each call, as lean as numpy can: 64-bit mixing in place."""
    room, shifted = np.empty_like(who), np.empty_like(who)
    for field in range(fields):
        np.bitwise_xor(who, np.uint64(field * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF), out=room)
        np.add(room, np.uint64(0x9E3779B97F4A7C15), out=room)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            np.right_shift(room, np.uint64(shift), out=shifted)
            np.bitwise_xor(room, shifted, out=room)
            np.multiply(room, np.uint64(factor), out=room)
        np.right_shift(room, np.uint64(31), out=shifted)
        np.bitwise_xor(room, shifted, out=room)


def schema() -> dict[str, Any]:
    properties: dict[str, Any] = {name: {"enum": [*members]} for name, members in CHOICES.items()}
    properties |= {name: {"type": "number", "minimum": low, "maximum": high}
                   for name, (_, _, low, high) in NUMBERS.items()}
    properties |= {name: {"type": "boolean"} for name in (*FLAGS, "FCR", "repeat_call_within_72h")}
    properties |= {name: {"type": "string"} for name in ("agent_name", "date", "escalation", "complaint_category")}
    properties["sentiment_score"] = {"type": "number", "minimum": -1, "maximum": 1}
    return {"type": "object", "properties": properties, "required": [*properties]}


SCHEMA = schema()


def one_by_one(number: int, day: str) -> dict[str, Any]:
    """A call made as a script makes it: for each field a generator seeded by a text, then random.choices or gauss, with
    the rules in dictionaries."""

    def chance(name: str) -> random.Random:
        return random.Random(f"42|{day}|{number}|{name}")

    agent = chance("agent").choices(AGENTS, weights=[1.0] * len(AGENTS))[0]
    record: dict[str, Any] = {"date": day, "agent_name": agent}
    for name in ("agent_shift", "time_of_day_bucket", "customer_segment", "channel", "region", "language",
                 "device_type", "intent", "scenario", "Transfers_count", "product", "self_service_potential",
                 "persona", "NPS_score"):
        weights = dict(CHOICES[name])
        for other, value, member, amount in RULES.get(name, ()):
            if record[other] == value:
                weights[member] = max(weights[member] + amount, 0.0)
        total = sum(weights.values())
        record[name] = chance(name).choices([*weights], weights=[weight / total for weight in weights.values()])[0]
    for name, (mean, deviation, low, high) in NUMBERS.items():
        value = chance(name).gauss(mean, deviation)
        for other, wanted, amount in DELTAS.get(name, ()):
            if record[other] == wanted:
                value += amount
        record[name] = round(min(max(value, low), high), 2)
    for name, share in FLAGS.items():
        record[name] = chance(name).random() < share
    record["FCR"] = chance("FCR").random() < 0.78 - (0.07 if record["Transfers_count"] != "0" else 0.0)
    record["repeat_call_within_72h"] = chance("repeat").random() < (0.1 if record["FCR"] else 0.35)
    escalated = chance("escalation").choices(["Supervisor", "Backoffice"], [0.8, 0.2])[0]
    record["escalation"] = "None" if record["FCR"] else escalated
    record["complaint_category"] = "Fees" if record["FCR"] else "TechnicalIssue"
    score = (int(record["NPS_score"]) - 5) / 5 + chance("sentiment").gauss(0, 0.1)
    record["sentiment_score"] = round(min(max(score, -1), 1), 3)
    return record


def stand_in(count: int, validated: bool) -> None:
    """`count` calls; `validated`: each record is held to the schema, which is looked at anew each time."""
    for number in range(count):
        record = one_by_one(number, "2025-09-01")
        if validated:
            jsonschema.validate(record, SCHEMA)


def mimesis_stream() -> Callable[[int], None] | None:
    """36 plain fields a call from one stream, by the names that its fields have; None where it is not installed."""
    try:
        from mimesis.schema import Field
    except ImportError:
        return None
    field = Field("en", seed=42)
    offered = {name: [*members] for name, members in CHOICES.items()}
    truths = (*FLAGS, "FCR", "repeat_call_within_72h", "escalated", "complains")

    def run(count: int) -> None:
        for _ in range(count):
            record: dict[str, Any] = {name: field("choice", items=items) for name, items in offered.items()}
            for name, (_, _, low, high) in NUMBERS.items():
                record[name] = field("float_number", start=low, end=high, precision=2)
            for name in truths:
                record[name] = field("boolean")
            record |= {name: field(name) for name in ("full_name", "telephone", "date", "time", "integer_number")}

    return run
