"""A spec that reads well but cannot be drawn."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.failures import WorldError


class SpecFailure(WorldError):
    """What the spec asks for cannot be drawn (exit 1). `messages` has one sentence or two for each thing found."""

    def __init__(self, messages: Sequence[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))
