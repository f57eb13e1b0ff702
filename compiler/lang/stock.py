"""The standing facts, to be asked by owner and slot while the Model is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compiler.lang import acts, docs
from compiler.lang import model as m
from compiler.lang.facts import Fact, Owner
from compiler.lang.names import Names
from compiler.lang.outline import Block, Report
from compiler.lang.resolve import Scope

Domain = Callable[[str], Sequence[str]]  # the values of a choice


@dataclass(slots=True)
class Stock:
    """`blocks`: those that stand, the declaring one first; `failed`: what was said but could not be read."""

    scope: Scope
    blocks: tuple[Block, ...]
    failed: frozenset[tuple[Owner, str]]
    domain: Domain
    of: dict[Owner, list[Fact]] = field(default_factory=dict)
    removed_agents: bool = False
    named: dict[tuple[str, str, str], list[Block]] = field(default_factory=dict)  # by kind, block around, id
    broken: frozenset[Owner] = frozenset()  # owners with a line that could not be read

    def __post_init__(self) -> None:
        for block in self.blocks:
            self.named.setdefault((block.kind.words, _outer(block), block.id), []).append(block)

    @property
    def names(self) -> Names:
        return self.scope.names

    @property
    def report(self) -> Report:
        return self.scope.report

    def put(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.of.setdefault(fact.owner, []).append(fact)

    def all(self, owner: Owner, *slot: str) -> list[Fact]:
        """The owner's facts whose slot begins with `slot`."""
        return [fact for fact in self.of.get(owner, ()) if fact.slot[: len(slot)] == slot]

    def fact(self, owner: Owner, *slot: str) -> Fact | None:
        """The unguarded fact of that slot."""
        return next((fact for fact in self.all(owner, *slot) if fact.guard is None), None)

    def value(self, owner: Owner, name: str, default: Any = None) -> Any:
        """The value of a setting; `default` where it is not said."""
        found = self.fact(owner, name)
        return default if found is None else found.value

    def said(self, owner: Owner, name: str) -> bool:
        """Whether something was said about it, rightly or wrongly."""
        return bool(self.all(owner, name)) or (owner, name) in self.failed or owner in self.broken

    def only_when(self, owner: Owner) -> m.Expr | None:
        """The condition under which the owner exists."""
        found: m.Expr | None = self.value(owner, "only when")
        return found

    def kind(self, *words: str) -> list[Block]:
        """The declaring blocks of these kinds, sorted by id; in the order written for phases."""
        found: dict[tuple[str, str], Block] = {}
        for block in self.blocks:
            if block.kind.words in words:
                outer = block.parent.id if block.parent is not None and block.kind.words == "phase" else ""
                found.setdefault((outer, block.id), block)
        return list(found.values()) if words == ("phase",) else sorted(found.values(), key=lambda block: block.id)

    def doc(self, block: Block) -> str:
        """The block's doc; a later layer's own doc takes its place, or adds its languages."""
        return docs.laid([each.doc for each in self.named[block.kind.words, _outer(block), block.id] if each.doc])

    def label(self, block: Block) -> str:
        """The label as written (a later layer's last), else the id with spaces."""
        labels = [each.label for each in self.named[block.kind.words, _outer(block), block.id] if each.label]
        return labels[-1] if labels else block.id.replace("_", " ")


def _outer(block: Block) -> str:
    """The scenario of a phase, the group of a check; empty for all that is known by its own id."""
    inside = block.parent is not None and block.kind.words in ("phase", "check")
    return block.parent.id if inside and block.parent is not None else ""


def domain_of(model_domain: Callable[[str], Mapping[str, object] | None]) -> Domain:
    """A Domain from Names.domain; weekdays and genders are always known."""

    def find(name: str) -> Sequence[str]:
        fixed = {"weekday": acts.WEEKDAYS, "agent.gender": acts.GENDERS}.get(name)
        return fixed if fixed is not None else sorted(model_domain(name) or {})

    return find
