"""What is said in a call, in order: the Dialogue, and its text form (read and written here only)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.plan.call import Value


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks. `text` is the written form (digits allowed), without tags.

    `interrupts`: this turn starts before the previous speaker has finished and takes the floor. `backchannel`: a
    short "mhm" that lies wholly inside the other speaker's turn before it. `act` is what the turn does ("greet"),
    known to the embedded writer and empty for texts that were read.
    """

    speaker: str  # agent | customer
    text: str
    interrupts: bool = False
    backchannel: bool = False
    act: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Queue time before the agent answers, in centiseconds; first, and never rendered as sound."""

    centiseconds: int


@dataclass(frozen=True, slots=True)
class Hold:
    centiseconds: int


@dataclass(frozen=True, slots=True)
class Silence:
    centiseconds: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """The call moves to another agent; `to` is free text (team or name) for the tag `[transfer TO]`."""

    to: str = ""


Item = Turn | Wait | Hold | Silence | Transfer


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`header` has canonical keys and typed values (numbers, booleans, ids or labels as they were found)."""

    header: Mapping[str, Value]
    items: tuple[Item, ...]
    locale: str
