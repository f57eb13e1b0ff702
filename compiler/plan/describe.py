"""Model -> what each field of the record says, in English and German."""

from __future__ import annotations

from compiler.lang import docs
from compiler.lang import model as m
from compiler.plan.fields import ADDED, BY_ID, KNOWN
from compiler.plan.record import short

_UNITS = {
    "en": {"s": "in seconds", "%": "in per cent", "dB": "in decibels"},
    "de": {"s": "in Sekunden", "%": "in Prozent", "dB": "in Dezibel"},
}
_ALWAYS = {
    "call_id", "date", "weekday", "agent_name", "team", "ANI", "start", "customer_id", "customer_name", "follows",
}


def field_descriptions(model: m.Model) -> dict[str, dict[str, str]]:
    """Language -> field -> text. Fields that only the spec knows are told by its own doc or label."""
    return {language: {name: description(name, model, language) for name in _names(model)} for language in ("en", "de")}


def description(name: str, model: m.Model, language: str) -> str:
    """The text of one field, empty for a field that there is not. Checks are named `compliance_flags.Greeting`."""
    known = BY_ID.get(name)
    if known is not None:
        text, unit = (known.de if language == "de" else known.en), _UNITS[language].get(known.unit)
        return f"{text.removesuffix('.')}, {unit}." if unit else text
    group, _, last = name.rpartition(".")
    for f in model.fields:
        if f.id == name or (f.group == group and short(f) == last):
            return docs.in_language(f.doc, language)[0] or _told(f)
    return ""


def _told(f: m.Field) -> str:
    unit = {m.Unit.TIME: " (s)", m.Unit.MONEY: f" ({f.currency})" if f.currency else ""}.get(f.unit, "")
    return f"{f.label or f.id.replace('_', ' ')}{unit}"


def _names(model: m.Model) -> list[str]:
    own = {f.id for f in model.fields if not f.group} | {f.group for f in model.fields if f.group}
    own |= _ALWAYS | ({"intents"} if "intent" in own else set())
    own |= {"Silence_ratio"} if "Silence_total_seconds" in own else set()
    first = [known.id for known in KNOWN if known.id in own]
    last = [known.id for known in ADDED if known.id in own]
    checks = sorted(f"{f.group}.{short(f)}" for f in model.fields if f.group)
    return [*first, *sorted(own - {*first, *last}), *last, *checks]
