"""Call -> the header of its dialogue: entries in the order of the contract, each value canonical and as it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
RECORD = (  # the fields that every spec's record has or leaves out, by the contract
    "call_id", "team", "region", "device_type", "compliance_flags",
    *(key for key in ORDER if key not in CHECKS and key != "generator_path"),
)
FREE_TEXT = frozenset({"generator_path", "date", "ANI"})  # texts that are no category
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_NONE = frozenset({"none", "null", "-", "–", "—", ""})
_KEPT = 1 << 16  # words and entries that are kept once made
_NO_LABELS: Mapping[str, str] = {}
_REST = tuple((key, key in CHECKS) for key in ORDER[1:])


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
    record, flags = call.record, call.record.get("compliance_flags")
    checks: Mapping[str, str] = flags if isinstance(flags, dict) else {}
    found = [Entry("generator_path", generator)]
    for key, check in _REST:
        if check:
            if key in checks:
                found.append(_category(key, checks[key], checks[key]))
        elif key in record:
            value, members = record[key], labels.get(key)
            if members and type(value) is str and key not in FREE_TEXT:
                found.append(_category(key, value, members.get(value, "")))
            else:
                found.append(entry(key, value, _NO_LABELS))
    return tuple(found)


def entry(key: str, value: Value, members: Mapping[str, str]) -> Entry:
    """The entry of one simple value; `members` are the spec's labels of that field."""
    if isinstance(value, str) and key not in FREE_TEXT:
        return _category(key, value, members.get(value, ""))
    if isinstance(value, int):
        return _small(key, value)
    if isinstance(value, (list, dict)):
        raise TypeError(f"{key} is not a simple value: {value!r}")
    return Entry(key, value)


@lru_cache(maxsize=_KEPT)
def _category(key: str, value: str, label: str) -> Entry:
    return Entry(key, value, label or value.replace("_", " "))


@lru_cache(maxsize=_KEPT, typed=True)
def _small(key: str, value: int) -> Entry:
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


def lines(entries: Sequence[Entry], locale: Locale) -> list[str]:
    """The header as it is written, `label: value`."""
    return [_line(locale, entry.key, entry.value, entry.label) if entry.label else
            f"{locale.label(entry.key)}: {shown(entry, locale)}" for entry in entries]


@lru_cache(maxsize=_KEPT)
def _line(locale: Locale, key: str, value: Scalar, label: str) -> str:
    """The line of a category."""
    return f"{locale.label(key)}: {shown(Entry(key, value, label), locale)}"


def shown(entry: Entry, locale: Locale) -> str:
    """The entry's value as its header line reads: localised names, the locale's words for yes, no and none; numbers
    with a point."""
    value = entry.value
    if isinstance(value, str):
        return named(locale, entry.key, value, entry.label) if entry.label else value
    return plain(value, locale)


def plain(value: float | bool | None, locale: Locale) -> str:
    """A number, a truth or nothing as it reads in `locale`."""
    if value is None:
        return locale.texts["none"]
    if isinstance(value, bool):
        return locale.texts["yes" if value else "no"]
    return str(value)


@lru_cache(maxsize=_KEPT)
def named(locale: Locale, name: str, member: str, label: str) -> str:
    """locale.value, kept: the same few members are named over and over."""
    return locale.value(name, member, label)


def read(label: str, text: str, locales: Sequence[Locale], labels: Labels) -> tuple[str, Scalar]:
    """A header line as it was found -> canonical key and typed value, the reverse of `shown`.

    Labels and values of every locale are understood, also those of other writers ("Ja" for a passed check). `labels`
    (the spec's, may be empty) turns labels back into ids. What nobody knows is kept: the key as written, the value as
    a text.
    """
    key = next((known for known in ORDER if known.casefold() == label.casefold()), None)
    if key is None:
        key = next((locale.key_of[label.casefold()] for locale in locales if label.casefold() in locale.key_of), label)
    return key, _value(key, text, locales, labels.get(key, {}))


def _value(key: str, text: str, locales: Sequence[Locale], members: Mapping[str, str]) -> Scalar:
    if key in FREE_TEXT:
        return text
    if any(text == locale.texts["none"] for locale in locales):
        return None
    member = _member(key, text, locales, members)
    if member is not None:
        return member
    truth = _truth(text.casefold(), locales)
    if truth is not None:
        return ("pass" if truth else "fail") if key in CHECKS else truth
    if text.casefold() in _NONE or any(text.casefold() == locale.texts["none"].casefold() for locale in locales):
        return None
    if _NUMBER.fullmatch(text):
        return int(text) if text.lstrip("-").isdigit() else float(text.replace(",", "."))
    return text


def _member(key: str, text: str, locales: Sequence[Locale], members: Mapping[str, str]) -> str | None:
    """The id that reads as `text`: by the spec's labels, then by the locales' tables (whose keys may be labels)."""
    ids = {label.casefold(): member for member, label in members.items() if member != label or not _NUMBER.match(label)}
    if text.casefold() in ids:
        return ids[text.casefold()]
    for locale in locales:
        member = locale.member(key, text)
        if member is not None:
            return ids.get(member.casefold(), member)
    return None


def _truth(text: str, locales: Sequence[Locale]) -> bool | None:
    if text in ("true", "false"):
        return text == "true"
    for locale in locales:
        for word, truth in (("yes", True), ("no", False)):
            if text == locale.texts[word].casefold():
                return truth
    return None
