"""Call -> Prompt: what the language model is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call's prompt: a system and a user message in the language of `locale`."""

    call_id: str
    stem: str
    locale: str
    system: str
    user: str
