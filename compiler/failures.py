"""What can go wrong outside the spec: the user's command, and the world."""

from __future__ import annotations


class UsageError(Exception):
    """The command cannot be carried out as given (exit 2). The text says what is wrong and what to do."""


class WorldError(Exception):
    """A file, server, key or engine failed (exit 1). The text says what failed and what to do.

    `retryable` is true where the same thing may succeed later without a change by the user. `fatal` is true where
    every other call would fail in the same way (a full disk, a refused key), so that the stage stops at once.
    """

    def __init__(self, message: str, *, retryable: bool = False, fatal: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.fatal = fatal


class Quarantined(WorldError):
    """A call whose labels could not be made true; the text names the label and what was found."""
