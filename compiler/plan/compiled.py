"""Field -> the functions and tables that it is drawn with, each made when it is first asked for: of the tables and what
they were made from, a plan needs one."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan import quick
from compiler.plan.expr import Formula, formula, truth
from compiler.plan.fold import Fold
from compiler.plan.frame import Scope, member_ids, narrow
from compiler.plan.lottery import Lottery
from compiler.plan.quick import Moves
from compiler.plan.shares import Effects, Shares, Starts
from compiler.rng import Floats


class Compiled:
    """One field. `name` is the full name under which chance is asked. `folded`: what follows from finite parents is
    looked up in tables; the values are the same without. `shared`: it is drawn from a list of members."""

    def __init__(self, f: m.Field, scope: Scope, folded: bool = True) -> None:
        self.field, self.scope, self.folded = f, scope, folded
        self.name = f.id if f.group is None or f.id.startswith(f"{f.group}.") else f"{f.group}.{f.id}"
        self.shared = f.kind == "choice" or any(start.kind in ("shares", "weights") for start in f.starts)
        self.ids = member_ids(f)
        self.kind = narrow(len(self.ids))  # of codes
        self.places = np.array([int(k) for k, _ in f.how_many])

    @cached_property
    def exists(self) -> Formula:
        return truth(self.field.only_when, self.scope)

    @cached_property
    def there(self) -> Fold[NDArray[np.bool_]] | None:
        guard = self.field.only_when
        return quick.existence(guard, self.scope) if self.folded and guard is not None else None

    @cached_property
    def shares(self) -> Shares:
        """The weights of the members, row by row."""
        return Shares(self.field, self.scope)

    @cached_property
    def lottery(self) -> Fold[Lottery] | None:
        return quick.lottery(self.field, self.name, self.scope) if self.folded and self.shared else None

    @cached_property
    def amounts(self) -> Floats:
        """What each member of a list of numbers stands for, and 0 for nobody."""
        numbers = {member.id: member.number for member in self.field.members}
        return np.array([*(float(numbers.get(i) or 0.0) if i in numbers else float(i) for i in self.ids), 0.0])

    @cached_property
    def how_many(self) -> Lottery:
        shares = [share for _, share in self.field.how_many]
        return Lottery(f"{self.name}:how many", [str(k) for k in self.places.tolist()], shares, 1)

    @cached_property
    def rows(self) -> list[tuple[dict[str, float], Formula]]:
        """The rows of `decide`, each with its guard."""
        return [(dict(row.shares), truth(row.guard, self.scope)) for row in self.field.rows]

    @cached_property
    def decision(self) -> Fold[quick.Decision] | None:
        decided = self.folded and self.field.kind == "decide"
        return quick.decision(self.field, self.name, self.scope) if decided else None

    @cached_property
    def starts(self) -> Starts:
        return Starts(self.field, self.scope)

    @cached_property
    def effects(self) -> Effects | Moves:
        own = [e for e in self.field.effects if e.member is None]
        number = self.field.kind == "number"
        return Moves(own, self.scope, self.folded) if number else Effects(own, self.scope)

    @cached_property
    def chances(self) -> Fold[quick.Chances] | None:
        return quick.chances(self.field, self.scope) if self.folded and self.field.kind in ("flag", "check") else None

    @cached_property
    def value(self) -> Formula | None:
        return formula(self.field.value, self.scope) if self.field.value is not None else None
