"""Model -> the flags that come true by a later call, and what of the first call the later one takes over."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.lang import model as m
from compiler.plan.expr import Formula, names, truth
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Scope
from compiler.plan.order import AGENT, START


@dataclass(frozen=True)
class Rule:
    """A flag that comes true by a later call. `same`: (fields, guard) of its lines, without the customer, who is always
    the same; `read`: the fields that the guards read, START among them."""

    flag: str
    follow_up: m.FollowUp
    same: tuple[tuple[tuple[str, ...], Formula], ...]
    read: frozenset[str]

    @property
    def fields(self) -> set[str]:
        return {name for fields, _ in self.same for name in fields}


def rules_of(model: m.Model, scope: Scope) -> list[Rule]:
    """One for each flag with `comes true`, by id. SpecFailure where `same` names no field."""
    known = {f.id for f in model.fields} | {"customer"}
    found = []
    for f in model.fields:
        if f.follow_up is None:
            continue
        unknown = {n for ns, _ in f.follow_up.same for n in ns} - known
        if unknown:
            raise SpecFailure([f"{f.id}: `same` names {', '.join(sorted(unknown))}, which is no field"])
        same = tuple((tuple(sorted(set(ns) - {"customer"})), truth(guard, scope)) for ns, guard in f.follow_up.same)
        read = {one for _, guard in f.follow_up.same for name in names(guard) for one in _resolved(name, scope)}
        found.append(Rule(f.id, f.follow_up, same, frozenset(read & (known | {START}))))
    return found


def _resolved(name: str, scope: Scope) -> set[str]:
    """The fields behind a name that a guard reads."""
    if name in ("agent", "team") or name.startswith("agent."):
        return {AGENT}
    if name == "time":
        return {START}
    if name not in scope.events:
        return {name}
    event = scope.events[name]
    own = {START} if event.hours else set()
    return own | {one for n in names(event.only_when) if n != name for one in _resolved(n, scope)}
