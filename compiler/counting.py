"""A number and what is counted: `1 call`, `1,640 calls`."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """The number with its noun, an s behind it unless it is one."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def which(count: int, one: str, several: str) -> str:
    """The word that goes with the number: `is` or `are`, `it` or `they`."""
    return one if count == 1 else several
