"""A doc -> its text in one language. A line that begins with a language (`## de: Die App ist gestört.`) begins a part.

What stands before the first such line holds for every language that has no part of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_LANGUAGE = re.compile(r"([a-z]{2}(?:-[A-Z]{2})?):\s+(?=\S)")


@lru_cache(maxsize=1024)
def in_language(doc: str, tag: str) -> tuple[str, bool]:
    """The doc's text on one line in the language `tag` (de, de-CH), and whether the doc has a part of it; without one,
    the text that stands before all parts."""
    parts = _parts(doc)
    for known in (tag, tag.partition("-")[0]):
        if known in parts:
            return parts[known], True
    return parts.get("", ""), False


def laid(docs: Sequence[str]) -> str:
    """The docs of a block's layers, the lowest first -> the one that holds: a doc takes the place of those below it;
    one that speaks other languages only is added to them."""
    text = ""
    for doc in docs:
        text = f"{text}\n{doc}" if text and "" not in _parts(doc) else doc
    return text


def _parts(doc: str) -> dict[str, str]:
    """Language -> text on one line; "" for the lines before the first language. A later part of a language wins."""
    found: dict[str, list[str]] = {}
    tag = ""
    for line in doc.splitlines():
        begins = _LANGUAGE.match(line)
        if begins:
            tag, line = begins[1], line[begins.end():]
            found.pop(tag, None)
        found.setdefault(tag, []).extend(line.split())
    return {tag: " ".join(words) for tag, words in found.items() if words}
