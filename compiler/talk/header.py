"""Call -> the header of its dialogue: entries in the order of the contract, each value canonical and as it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.catalog import Locale
from compiler.lang.model import Model
from compiler.plan.call import Call, Value

Scalar = str | int | float | bool | None
Labels = Mapping[str, Mapping[str, str]]  # field id -> member id -> the spec's label

CHECKS = ("Greeting", "Empathy", "Summary", "Farewell")
ORDER = (
    "generator_path", "language", "channel", "date", "weekday", "time_of_day_bucket", "agent_name", "agent_shift",
    "customer_segment", "intent", "scenario", "AWT", "Hold_time", "Transfers_count", "Silence_ratio",
    "Silence_total_seconds", "Interruptions_count", "FCR", "repeat_call_within_72h", "escalation",
    "complaint_category", "NPS_score", "sentiment_score", "product", "amount_bucket", "self_service_potential",
    "automation_action_present", "automation_action_type", *CHECKS, "kb_article_used", "language_switch",
    "pii_disclosure_flag", "script_adherence", "ANI",
)
FREE_TEXT = frozenset({"generator_path", "date", "ANI"})  # texts that are no category


@dataclass(frozen=True, slots=True)
class Entry:
    """One header line. `value` is canonical and typed (an id for categories); `label` is the spec's label of a
    category, "" for all that is no category."""

    key: str
    value: Scalar
    label: str = ""


def labels(model: Model) -> Labels:
    """The spec's label of each member of each choice; an id with `_` as space where there is none."""
    return {field.id: {member.id: member.label or member.id.replace("_", " ") for member in field.members}
            for field in model.fields if field.members}


def entries(call: Call, generator: str, labels: Labels) -> tuple[Entry, ...]:
    """The header of `call` written by `generator` (llm, embedded); fields that the record lacks are absent."""
    checks = call.record.get("compliance_flags")
    found: list[Entry] = [Entry("generator_path", generator)]
    for key in ORDER[1:]:
        if key in CHECKS:
            if isinstance(checks, Mapping) and key in checks:
                found.append(Entry(key, checks[key], checks[key]))
        elif key in call.record:
            found.append(_entry(key, call.record[key], labels.get(key, {})))
    return tuple(found)


def _entry(key: str, value: Value, members: Mapping[str, str]) -> Entry:
    if isinstance(value, str) and key not in FREE_TEXT:
        return Entry(key, value, members.get(value) or value.replace("_", " "))
    if isinstance(value, (list, dict)):
        raise TypeError(f"{key} is not a simple value: {value!r}")
    return Entry(key, value)


def typed(entries: tuple[Entry, ...], locale: Locale | None = None) -> dict[str, Scalar]:
    """The header entries of C1 in .wav.json by canonical key: numbers and booleans typed, category names by the
    spec's label, or localised where `locale` is given (`values: localised`)."""
    return {entry.key: _name(entry, locale) if entry.label else entry.value for entry in entries}


def _name(entry: Entry, locale: Locale | None) -> Scalar:
    if locale is None or not isinstance(entry.value, str):
        return entry.label
    return locale.value(entry.key, entry.value, entry.label)


def canonical(entries: tuple[Entry, ...]) -> dict[str, Value]:
    """The header as a Dialogue holds it: canonical keys, typed values, ids."""
    return {entry.key: entry.value for entry in entries}


def shown(entry: Entry, locale: Locale) -> str:
    """The entry's value as its header line reads: localised names, the locale's words for yes, no and none; numbers
    with a point."""
    value = entry.value
    if value is None:
        return locale.texts["none"]
    if isinstance(value, bool):
        return locale.texts["yes" if value else "no"]
    if isinstance(value, str):
        return locale.value(entry.key, value, entry.label) if entry.label else value
    return str(value)
