"""Difference -> JSON, and the JSON Schema of it."""

from __future__ import annotations

import json
from typing import Any

from compiler.diff.result import Cause, Counts, Difference, Exemplar, FactSaid, SideSaid

Json = dict[str, Any]
FORMAT = 1


def draw(found: Difference) -> str:
    return json.dumps(as_json(found), ensure_ascii=False, indent=1) + "\n"


def as_json(found: Difference) -> Json:
    """What SCHEMA describes."""
    return {
        "format": FORMAT,
        "dataset": found.dataset,
        "changes": found.any,
        "old": _side(found.old),
        "new": _side(found.new),
        "calls": _counts(found.counts),
        "fields": dict(found.fields),
        "follow_ups": {"gained": found.gained, "lost": found.lost},
        "causes": [_cause(cause) for cause in found.causes],
        "without_calls": [_cause(cause) for cause in found.quiet],
        "together": None if found.together is None else {
            "calls": found.together.calls, "causes": list(found.together.causes),
            "exemplar": _exemplar(found.together.exemplar)},
        "touched_by_several": found.shared,
        "cancelled": found.cancelled,
        "notes": list(found.notes),
    }


def _side(said: SideSaid) -> Json:
    return {"name": said.name, "kind": said.kind, "commit": said.commit or None, "calls": said.calls}


def _counts(counts: Counts) -> Json:
    return {"added": counts.added, "removed": counts.removed, "changed": counts.changed,
            "prompt_only": counts.prompts}


def _cause(cause: Cause) -> Json:
    return {
        "number": cause.number, "kind": cause.kind, "title": cause.title,
        "facts": [_fact(fact) for fact in cause.facts],
        "calls": _counts(cause.counts), "direct": dict(cause.direct), "downstream": dict(cause.downstream),
        "follow_ups": {"gained": cause.gained, "lost": cause.lost}, "prompts_rendered": cause.rendered,
        "reaches": cause.beyond or None, "exemplar": _exemplar(cause.exemplar),
    }


def _fact(fact: FactSaid) -> Json:
    def said(text: str | None, place: str | None) -> Json | None:
        return None if text is None else {"text": text, "place": place or None}

    return {"what": fact.what, "block": fact.block, "old": said(fact.old, fact.old_place),
            "new": said(fact.new, fact.new_place), "lines_below": fact.further}


def _exemplar(shown: Exemplar | None) -> Json | None:
    if shown is None:
        return None
    return {"call_id": shown.call_id, "stem": shown.stem, "locale": shown.locale, "diff": list(shown.diff),
            "lines_left_out": shown.more}


def _object(**properties: object) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


_COUNT: Json = {"type": "integer", "minimum": 0}
_TEXT: Json = {"type": "string"}
_BY_FIELD: Json = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
_SIDE = _object(name=_TEXT, kind={"enum": ["revision", "specs", "build"]}, commit=_or_null(_TEXT), calls=_COUNT)
_COUNTS = _object(added=_COUNT, removed=_COUNT, changed=_COUNT, prompt_only=_COUNT)
_LINKS = _object(gained=_COUNT, lost=_COUNT)
_SAID = _or_null(_object(text=_TEXT, place=_or_null(_TEXT)))
_FACT = _object(what={"enum": ["line", "doc", "order", "added", "removed"]}, block=_TEXT, old=_SAID, new=_SAID,
                lines_below=_COUNT)
_SHOWN = _or_null(_object(call_id=_TEXT, stem=_TEXT, locale=_TEXT, diff={"type": "array", "items": _TEXT},
                          lines_left_out=_COUNT))
_CAUSE = _object(
    number={"type": "integer", "minimum": 1},
    kind={"enum": ["fact", "template", "locale", "file", "days", "program"]}, title=_TEXT,
    facts={"type": "array", "items": _FACT}, calls=_COUNTS, direct=_BY_FIELD, downstream=_BY_FIELD, follow_ups=_LINKS,
    prompts_rendered={"type": "boolean"}, reaches=_or_null(_TEXT), exemplar=_SHOWN,
)  # fmt: skip
SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "What `compile diff --message-format json` prints",
    **_object(
        format={"const": FORMAT}, dataset=_TEXT, changes={"type": "boolean"}, old=_SIDE, new=_SIDE, calls=_COUNTS,
        fields=_BY_FIELD, follow_ups=_LINKS, causes={"type": "array", "items": _CAUSE},
        without_calls={"type": "array", "items": _CAUSE},
        together=_or_null(_object(calls=_COUNT, causes={"type": "array", "items": _COUNT}, exemplar=_SHOWN)),
        touched_by_several=_COUNT, cancelled=_COUNT, notes={"type": "array", "items": _TEXT},
    ),
}
