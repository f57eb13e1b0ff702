"""A language model's answer -> items: what models add around a dialogue is taken away, what they wrap is joined."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compiler.catalog import Locale
from compiler.failures import WorldError
from compiler.talk.dialogue import Item, Turn, parse_items

_MARK = re.compile(r"\W*DIALOG(UE)?\W*", re.IGNORECASE)
_BOLD = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`")
_LEADING = re.compile(r"^\s*(?:#+\s+|>\s*|[-–•]\s+|\d{1,3}[.)]\s+)?")
# control signs, and those that turn the direction of text around: nobody says them, and they hide what a line says
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_TAGS = re.compile(r"(?:\[[^\[\]]*\]\s*)+")


def items(answer: str, locales: Sequence[Locale], name: str) -> tuple[Item, ...]:
    """The dialogue in `answer`; WorldError (retryable) where there is none. `name` stands in the message."""
    words = {word for locale in locales for word in locale.role_of}
    found = parse_items(_rows(_INVISIBLE.sub("", answer), words), locales, name, strict=False)
    if not any(isinstance(item, Turn) for item in found):
        raise WorldError(f"{name}: the model's answer is no dialogue: {_start(answer)}", retryable=True)
    return found


def _rows(answer: str, words: set[str]) -> list[str]:
    """The lines that hold turns and tags: fences, Markdown, remarks before and rules are left out; a line that has no
    speaker goes on with the turn above it."""
    rows: list[str] = []
    for line in answer.replace("\r\n", "\n").split("\n"):
        plain = _LEADING.sub("", _BOLD.sub("", line)).strip()
        if line.strip().startswith("```") or not re.search(r"\w", plain):
            continue
        if _MARK.fullmatch(plain):
            rows.clear()  # what stands above it is a header
        elif _speaks(plain, words) or _TAGS.fullmatch(plain):
            rows.append(plain)
        elif rows and not _TAGS.fullmatch(rows[-1]):
            rows[-1] += " " + plain
    return rows


def _speaks(plain: str, words: set[str]) -> bool:
    """Whether the line begins with a speaker (after tags)."""
    head = _TAGS.sub("", plain, count=1) if plain.startswith("[") else plain
    word = re.match(r"([^\W\d_][^:\[\](]{0,40}?)\s*\d?\s*(?:\([^)]{0,60}\))?\s*:", head)
    return word is not None and word[1].casefold() in words


def _start(answer: str) -> str:
    line = " ".join(answer.split())
    return line[:80] + ("…" if len(line) > 80 else "")
