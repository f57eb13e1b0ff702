"""A derivation: how one field of one call came by its value, as data. Nothing here computes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from compiler.lang.model import Unit

NOWHERE: Any = object()  # the value of a field that the call does not have


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation. `amount` is what the line adds, multiplies by or puts in the place; `after` the value,
    chance or weight when it has been applied. Both are None where the line moves nothing."""

    text: str
    place: str = ""
    amount: float | None = None
    op: str = ""
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Runner:
    """A member in a race: it wins whose time -log(u) / weight is the smallest. `steps` say how its weight came about.
    `u` and `time` are None where the weight is 0; `place` in the race counts from 1."""

    member: str
    weight: float
    u: float | None
    time: float | None
    place: int | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Draw:
    """A uniform number in (0, 1) under the names by which chance was asked; `whose` is call, customer or dataset."""

    names: tuple[str, ...]
    u: float
    whose: str = "call"


@dataclass(frozen=True, slots=True)
class Derivation:
    """`value` is the record's (NOWHERE: the call has no such field), `told` the same in words; `how` says it in half a
    line. `unit` is that of amounts and running values. `idle` are lines of the spec that do not hold in this call.
    `parents` are names that can be asked for in turn."""

    name: str
    value: Any
    told: str
    how: str
    label: str = ""
    place: str = ""
    unit: Unit = Unit.NUMBER
    currency: str = ""
    steps: tuple[Step, ...] = ()
    race: tuple[Runner, ...] = ()
    draws: tuple[Draw, ...] = ()
    idle: tuple[Step, ...] = ()
    parents: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
