"""What shows in the words of a dialogue: the locale's lexicon, applied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from compiler.catalog import Locale


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def shows(what: str, text: str, locale: Locale) -> bool:
    """Whether `text` has one of the locale's patterns for `what` (greeting, farewell, hold ...)."""
    return any(pattern.search(text) for pattern in _compiled(locale.evidence.get(what, ())))


def first(what: str, texts: Iterable[str], locale: Locale) -> str | None:
    """The first text that shows `what`; None if none does."""
    return next((text for text in texts if shows(what, text, locale)), None)
