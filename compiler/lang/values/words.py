"""Readers of settings that are texts, words and names."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.lang import acts, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.suggest import nearest
from compiler.lang.values.asked import Asked, Reader


def _text(asked: Asked) -> str | None:
    node = asked.one("a text in quotation marks")
    if isinstance(node, s.Text):
        return node.value
    if node is not None:
        asked.wrong(node, 'a text in quotation marks, such as "…"')
    return None


def _word(*legal: str) -> Reader:
    def reader(asked: Asked) -> str | None:
        node = asked.one(" or ".join(legal))
        if node is None:
            return None
        if s.word_of(node) in legal:
            return s.word_of(node)
        asked.scope.report(errors.not_one_of(asked.line, node, asked.what, legal))
        return None

    return reader


def _yes_or_no(asked: Asked) -> bool | None:
    word = _word("yes", "no")(asked)
    return None if word is None else word == "yes"


def _names(asked: Asked, legal: Mapping[str, object], what: str, code: str = "E0201") -> tuple[str, ...] | None:
    """Values that must be among `legal`; sorted only by the caller."""
    result: list[str] = []
    for node in asked.said.values:
        word = s.word_of(node)
        if not isinstance(node, s.Name) or not word:
            asked.wrong(node, what)
            return None
        if word not in legal:
            if word not in asked.scope.names.doubtful:
                asked.scope.report(errors.unknown_of(asked.line, node, what, nearest(word, legal), code, tuple(legal)))
            return None
        result.append(word)
    return tuple(result)


def _acts(asked: Asked) -> tuple[str, ...] | None:
    return _names(asked, {**acts.ACTS, **asked.scope.names.acts}, "an act")


def _act(asked: Asked) -> str | None:
    return None if asked.one("an act") is None else next(iter(_acts(asked) or ()), None)


def _team(asked: Asked) -> str | None:
    if asked.one("a team") is None:
        return None
    return next(iter(_names(asked, asked.scope.names.teams, "a team") or ()), None)


def _voice(asked: Asked) -> str | None:
    if asked.one("a voice") is None:
        return None
    return next(iter(_voices(asked) or ()), None)


def _voices(asked: Asked) -> tuple[str, ...] | None:
    found = _names(asked, dict.fromkeys(acts.VOICES), "a voice of the cast", "E0701")
    return None if found is None else tuple(sorted(set(found)))


def _language(asked: Asked) -> str | None:
    node = asked.one("a language such as en")
    return None if node is None else asked.scope.member(asked.line, "agent.language", node)


def _kept_fields(asked: Asked) -> tuple[str, ...] | None:
    legal = {**dict.fromkeys(acts.CUSTOMER_TRAITS), **asked.scope.names.fields}
    found = _names(asked, legal, "a field")
    return None if found is None else tuple(sorted(set(found)))


def _same_fields(asked: Asked) -> tuple[str, ...] | None:
    legal = {"customer": None, "agent_name": None, "scenario": None, **asked.scope.names.fields}
    found = _names(asked, legal, "a field")
    return None if found is None else tuple(sorted(set(found)))


def _number_ranges(asked: Asked) -> tuple[str, ...] | None:
    result: list[str] = []
    for node in asked.said.values:
        if not isinstance(node, s.Text) or node.value not in acts.NUMBER_RANGES:
            asked.scope.report(errors.not_one_of(asked.line, node, asked.what, acts.NUMBER_RANGES))
            return None
        result.append(node.value)
    return tuple(sorted(set(result)))


def _voice_map(asked: Asked) -> dict[str, str] | None:
    result: dict[str, str] = {}
    for node in asked.said.values:
        if not isinstance(node, s.Pair) or not isinstance(node.value, s.Text):
            asked.wrong(node, '`nova "…"`, a voice of the cast and the engine\'s own')
            return None
        if node.name.text not in acts.VOICES:
            close = nearest(node.name.text, acts.VOICES)
            asked.scope.report(
                errors.unknown_of(asked.line, node.name, "a voice of the cast", close, "E0701", acts.VOICES)
            )
            return None
        result[node.name.text] = node.value.value
    return dict(sorted(result.items()))


def _upload_value(asked: Asked) -> object | None:
    """A number (seconds for lengths), a text, or EnvVar."""
    node = asked.one('a text, a number, a length or `env "NAME"`')
    match node:
        case s.Text(value):
            return value
        case s.Lit(kind="number" | "duration", value=number):
            return number
        case s.Name():
            return node.text
        case s.Pair(s.Name(("env",)), s.Text(name)):
            return m.EnvVar(name)
        case None:
            return None
    asked.wrong(node, 'a text, a number, a length or `env "NAME"`')
    return None


def _agent_voice(asked: Asked) -> str | None:
    node = asked.one("`agent.voice`")
    if node is None or s.word_of(node) == "agent.voice":
        return None if node is None else "agent.voice"
    asked.wrong(node, "`agent.voice`")
    return None


READERS: Mapping[str, Reader] = {
    "text": _text, "yes or no": _yes_or_no, "acts": _acts, "act": _act, "team": _team, "voice": _voice,
    "voices": _voices, "language": _language, "kept fields": _kept_fields, "same fields": _same_fields,
    "number ranges": _number_ranges, "voice map": _voice_map, "upload value": _upload_value,
    "agent.voice": _agent_voice, "gender": _word(*acts.GENDERS), "left": _word("left"), "right": _word("right"),
    "recording": _word("paused", "stops"),
}  # fmt: skip
