"""Model -> the JSON Schema (2020-12) of a call record: enums are the spec's members, ranges its bounds.

Text calls are checked like the others: what exists only for some channels is required there and forbidden elsewhere.
"""

from __future__ import annotations

from typing import Any

from compiler.lang import model as m
from compiler.plan.draws import LEAST
from compiler.plan.fields import ADDED, KNOWN
from compiler.plan.frame import WEEKDAYS, member_ids
from compiler.plan.record import is_integer, short

Json = dict[str, Any]
UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


def call_schema(model: m.Model) -> Json:
    """The schema of plan/<date>/<call_id>.json."""
    properties, required = _built_in(model)
    by_channel: dict[tuple[str, ...], list[str]] = {}
    for f in sorted(model.fields, key=lambda f: f.id):
        if f.group or f.id in properties:
            continue
        properties[f.id] = _field(f)
        if f.only_when is None or f.kind in ("choice", "decide"):
            required.append(f.id)
        elif isinstance(f.only_when, m.Is) and f.only_when.name == "channel":
            by_channel.setdefault(f.only_when.members, []).append(f.id)
    for group in sorted({f.group for f in model.fields if f.group}):
        properties[group] = _checks([f for f in model.fields if f.group == group])
        required.append(group)
    if "Silence_total_seconds" in properties:
        properties["Silence_ratio"] = {"type": "number", "minimum": 0, "maximum": 100}
        rule = next((names for names in by_channel.values() if "Silence_total_seconds" in names), required)
        rule.append("Silence_ratio")
    order = {known.id: i for i, known in enumerate((*KNOWN, *ADDED))}
    names = sorted(properties, key=lambda name: (order.get(name, len(KNOWN)), name))
    schema: Json = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Call record of {model.dataset.label}",
        "type": "object",
        "properties": {name: _told(name, properties[name], model) for name in names},
        "required": [name for name in names if name in required],
        "additionalProperties": False,
    }
    if by_channel:
        schema["allOf"] = [_only_on(channels, sorted(found)) for channels, found in sorted(by_channel.items())]
    return schema


def _only_on(channels: tuple[str, ...], names: list[str]) -> Json:
    return {
        "if": {"properties": {"channel": {"enum": list(channels)}}, "required": ["channel"]},
        "then": {"required": names},
        "else": {"properties": {name: {"not": {}} for name in names}},  # unlike `false`, it keeps the name in errors
    }


def _built_in(model: m.Model) -> tuple[Json, list[str]]:
    """What every record has, whatever the spec declares."""
    properties: Json = {
        "call_id": {"type": "string", "pattern": UUID},
        "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "weekday": {"enum": list(WEEKDAYS)},
        "agent_name": {"enum": sorted(agent.id for agent in model.agents)},
        "team": {"enum": sorted({agent.team for agent in model.agents})},
        "ANI": {"type": "string", "pattern": r"^\+[0-9]{7,15}$"},
        "start": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d(:\d\d)?$"},
        "customer_id": {"type": "string", "pattern": "^C[0-9]{6,}$"},
        "customer_name": {"type": "string", "minLength": 1},
        "follows": {"type": ["string", "null"]},
    }
    intent = next((f for f in model.fields if f.id == "intent"), None)
    if intent is not None:
        most = max((int(k) for k, _ in intent.how_many), default=1)
        properties["intents"] = {
            "type": "array", "items": {"enum": list(member_ids(intent))}, "uniqueItems": True,
            "minItems": 1, "maxItems": most,
        }
    return properties, list(properties)


def _field(f: m.Field) -> Json:
    if f.kind in ("choice", "decide"):
        none = [None] if f.only_when is not None else []
        return {"enum": [*member_ids(f), *none]}
    if f.kind == "flag" or (f.kind == "fact" and f.unit is m.Unit.TRUTH):
        return {"type": "boolean"}
    found: Json = {"type": "integer" if is_integer(f) else "number"}
    bounds = f.within or _members_range(f)
    if bounds is not None:
        found["minimum"], found["maximum"] = (int(b) if float(b).is_integer() else b for b in bounds)
    if f.id in LEAST:
        found["anyOf"] = [{"const": 0}, {"minimum": LEAST[f.id]}]
    return found


def _members_range(f: m.Field) -> tuple[float, float] | None:
    """The range of a number that only takes its members' values; effects may leave it."""
    numbers = [member.number for member in f.members if member.number is not None]
    moved = any(effect.member is None for effect in f.effects)
    return (min(numbers), max(numbers)) if numbers and not moved else None


def _checks(fields: list[m.Field]) -> Json:
    names = sorted(short(f) for f in fields)
    return {
        "type": "object",
        "properties": {name: {"enum": ["pass", "fail"]} for name in names},
        "required": sorted(short(f) for f in fields if f.only_when is None),
        "additionalProperties": False,
    }


def _told(name: str, rule: Json, model: m.Model) -> Json:
    from compiler.plan.describe import description

    text = description(name, model, "en")
    return {**rule, "description": text} if text else rule


