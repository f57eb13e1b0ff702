"""Phrase -> text: `{a|b}` is one of the alternatives (`{a|}` may be left out), `{name}` a slot or a part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from compiler import rng


@dataclass(frozen=True, slots=True)
class Slot:
    name: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """`ways` are (source text, parsed): the source is what the keyed choice looks at."""

    ways: tuple[tuple[str, Nodes], ...]


Nodes = tuple["str | Slot | OneOf", ...]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SPACES = re.compile(r"\s+")
_BEFORE_SIGN = re.compile(r"\s+([,.!?;:…])")
_DOUBLE_END = re.compile(r"([?!])\.")  # a question as the last way of a group, before the sentence's own full stop
_LOOSE_COMMA = re.compile(r",\s*([,.!?;:…])")
_SENTENCE = re.compile(r"(?<=[^\W\d_]{2}[.!?] )[^\W\d_]")


class PhraseError(ValueError):
    """A phrase that is not well formed; the text says what is wrong."""


@cache
def parse(text: str) -> Nodes:
    """PhraseError for a brace without its partner or a slot that is no name."""
    nodes, end = _sequence(text, 0, inside=False)
    assert end == len(text)
    return nodes


def _sequence(text: str, at: int, inside: bool) -> tuple[Nodes, int]:
    nodes: list[str | Slot | OneOf] = []
    start = at
    while at < len(text):
        sign = text[at]
        if sign == "{":
            if at > start:
                nodes.append(text[start:at])
            node, at = _braces(text, at + 1)
            nodes.append(node)
            start = at
        elif sign == "}" and not inside:
            raise PhraseError("a } without its {")
        elif sign in "|}" and inside:
            break
        else:
            at += 1
    if at > start:
        nodes.append(text[start:at])
    return tuple(nodes), at


def _braces(text: str, at: int) -> tuple[Slot | OneOf, int]:
    ways: list[tuple[str, Nodes]] = []
    while True:
        nodes, end = _sequence(text, at, inside=True)
        if end == len(text):
            raise PhraseError("a { without its }")
        ways.append((text[at:end], nodes))
        at = end + 1
        if text[end] == "}":
            break
    if len(ways) > 1:
        return OneOf(tuple(ways)), at
    if not _NAME.fullmatch(ways[0][0]):
        raise PhraseError(f"`{{{ways[0][0]}}}` is no slot (a slot is a name in small letters; alternatives need a |)")
    return Slot(ways[0][0]), at


def slots(nodes: Nodes) -> Iterator[str]:
    """The names of all slots, in order of appearance."""
    for node in nodes:
        if isinstance(node, Slot):
            yield node.name
        elif isinstance(node, OneOf):
            for _, way in node.ways:
                yield from slots(way)


def without(nodes: Nodes, absent: frozenset[str]) -> bool:
    """Whether the phrase can be said where the slots `absent` have no value."""
    return all(node.name not in absent if isinstance(node, Slot) else any(without(way, absent) for _, way in node.ways)
               for node in nodes if not isinstance(node, str))


def expand(
    nodes: Nodes, who: int, name: str, value: Callable[[str, str], str], absent: frozenset[str] = frozenset()
) -> str:
    """The text for the key `who`: every alternative is the one whose own text has the smallest key under `name`.

    `value(slot, name)` gives a slot's text. An alternative that needs a slot of `absent` is none.
    """
    parts: list[str] = []
    for place, node in enumerate(nodes):
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Slot):
            parts.append(value(node.name, f"{name}/{place}"))
        else:
            inner = f"{name}/{place}"
            ways = [one for one in node.ways if without(one[1], absent)] if absent else node.ways
            _, way = min(ways, key=lambda one: (rng.key(who, inner, one[0]), one[0]))
            parts.append(expand(way, who, inner, value, absent))
    return "".join(parts)


def tidy(text: str, capital: bool = True) -> str:
    """One space between words, none before a sign, a capital at the start of each sentence. `capital`: the text
    stands by itself, so its first letter is one too, and it ends with a sign."""
    text = _BEFORE_SIGN.sub(r"\1", _SPACES.sub(" ", text).strip())
    text = _LOOSE_COMMA.sub(r"\1", text)
    text = _DOUBLE_END.sub(r"\1", text)
    text = _SENTENCE.sub(lambda found: found.group().upper(), text)
    if not capital:
        return text
    return text[:1].upper() + text[1:] + ("." if text[-1:].isalnum() else "")
