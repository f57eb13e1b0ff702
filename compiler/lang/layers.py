"""Facts of all layers -> the facts that stand: duplicates, overrides and removals, each checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from compiler.lang import canon, errors
from compiler.lang.facts import VERBS, Fact, Owner, Removal, owner_of
from compiler.lang.outline import Report
from compiler.lang.relations import BASE, Relations
from compiler.lang.starting import Starting
from compiler.lang.suggest import nearest
from compiler.source import Span

SETS = "--set"  # the file of lines that --set brings


def merge(
    facts: Sequence[Fact], removals: Sequence[Removal], report: Report, relations: Relations
) -> tuple[Fact, ...]:
    """What stands when each later layer has changed the ones below it."""
    work = _Work(report, relations)
    for layer in sorted({fact.layer for fact in facts} | {removal.layer for removal in removals}):
        own = [fact for fact in facts if fact.layer == layer]
        work.said = {fact.key for fact in own}
        for removal in removals:
            if removal.layer == layer:
                work.take_away(removal)
        work.begin_anew([fact for fact in own if fact.anew])
        for fact in own:
            work.put(fact)
    for fact, first in work.disputed.values():
        names = relations.names(_place(fact), _place(first))
        report(errors.packs_both_say(fact.span, first.span, names, fact.title, _what(fact)))
    return tuple(work.kept.values())


def _place(fact: Fact) -> tuple[int, str]:
    return fact.layer, fact.span.file


@dataclass(slots=True)
class _Work:
    """`disputed`: said by two packs and not decided yet; `gone`: what was taken away, by which layer and where;
    `anew`: whose sequence was said anew, by which line first; `said`: all that the layer in hand says."""

    report: Report
    relations: Relations
    kept: dict[object, Fact] = field(default_factory=dict)
    disputed: dict[object, tuple[Fact, Fact]] = field(default_factory=dict)
    gone: dict[object, tuple[int, Span]] = field(default_factory=dict)
    anew: dict[Owner, Fact] = field(default_factory=dict)
    said: set[object] = field(default_factory=set)

    def begin_anew(self, facts: Sequence[Fact]) -> None:
        """Takes away the sequences of lower layers that these facts say anew."""
        owners = {fact.owner: fact for fact in reversed(facts)}
        self.anew |= owners
        gone = [key for key, old in self.kept.items() if old.many and old.owner in owners] if owners else []
        disagree: dict[Owner, Fact] = {}
        for key in gone:
            old = self.kept.pop(key)
            if self.relations.beside(_place(self.anew[old.owner]), _place(old)) == "overlays":
                disagree.setdefault(old.owner, old)
        for owner, old in disagree.items():
            self._disagree(self.anew[owner], (old.layer, old.span))

    def put(self, fact: Fact) -> None:
        old = self.kept.get(fact.key)
        if old is None:
            self._new(fact)
        elif self.relations.beside(_place(fact), _place(old)) == "packs":
            self.disputed.setdefault(fact.key, (fact, old))
        elif old.layer == fact.layer:
            self.report(errors.said_twice(fact.span, old.span, old.value == fact.value))
        elif fact.key in self.disputed and fact.override:
            del self.disputed[fact.key]
            self.kept[fact.key] = fact
        elif old.value == fact.value:
            if fact.span.file != SETS:
                self.report(errors.repeats_below(fact.span, old.span))
        elif self.relations.beside(_place(fact), _place(old)) == "overlays":
            self._disagree(fact, (old.layer, old.span))
        elif fact.override:
            self._left_out(fact, old)
            self.kept[fact.key] = fact
        else:
            self.report(errors.changed_without_override(fact.span, old.span))

    def _left_out(self, fact: Fact, old: Fact) -> None:
        """Weights may add up to anything, so a list that leaves out some values below may look like a change."""
        if isinstance(fact.value, Starting) and isinstance(old.value, Starting):
            here, below = dict(fact.value.shares), dict(old.value.shares)
            if fact.value.kind == old.value.kind == "weights" and fact.value.complete and (
                missing := sorted(below.keys() - here.keys())
            ):
                self.report(errors.weights_left_out(fact.span, old.span, len(here), len(below), missing))

    def _new(self, fact: Fact) -> None:
        anew = self.anew.get(fact.owner) if fact.many else None
        taken = self.gone.get(fact.key) if anew is None else (anew.layer, anew.span)
        if taken is not None and self.relations.beside(_place(fact), (taken[0], taken[1].file)) == "overlays":
            self._disagree(fact, taken)
        elif fact.must_exist and fact.layer == BASE and not any(old.layer < BASE for old in self.kept.values()):
            self.report(errors.override_in_base(fact.span, "override"))
        elif fact.must_exist:
            nearby = f"`override {fact.title}` says all its lines anew" if fact.many else _nearby(fact, self.kept)
            self.report(errors.nothing_to_override(fact.span, fact.title, _what(fact), nearby))
        self.kept[fact.key] = fact

    def _disagree(self, fact: Fact, other: tuple[int, Span]) -> None:
        names = self.relations.names(_place(fact), (other[0], other[1].file))
        what = f"`{' '.join(fact.slot).strip()}` of {fact.title}"
        self.report(errors.overlays_disagree(fact.span, other[1], names, what))

    # ------------------------------------------------------------------------------------------- remove

    def take_away(self, removal: Removal) -> None:
        said = removal.statement.said
        span = removal.statement.span()
        if removal.layer <= BASE and not removal.block.override:
            return self.report(errors.override_in_base(span, "remove"))
        if removal.words and self._remove_member(removal):
            return None
        guard = canon.key(canon.both(removal.fixed, removal.guard)), canon.key(removal.guard)
        hit = [key for key, fact in self.kept.items() if _matches(removal, fact, guard)]
        for key in hit:
            self._drop(key, removal, span)
        if not hit:
            what = f"`{removal.block.title}` has no such line"
            guess = nearest(" ".join(said.words), self._removable(removal)) if said.words else None
            self.report(errors.nothing_to_remove(span, what, guess))
        return None

    def _removable(self, removal: Removal) -> set[str]:
        """The words that a `remove` line in that block may name."""
        legal: set[str] = set()
        for fact in self.kept.values():
            if fact.owner in removal.owners:
                legal |= {fact.slot[0]}
                if isinstance(fact.value, Starting):
                    legal |= set(dict(fact.value.shares))
            elif removal.block.kind.words == "checks" and fact.owner[1].startswith(f"{removal.block.id}."):
                legal.add(fact.owner[1].rpartition(".")[2])
        return legal

    def _drop(self, key: object, removal: Removal, span: Span) -> None:
        fact = self.kept[key]
        if self.relations.beside((removal.layer, span.file), _place(fact)) == "overlays":
            names = self.relations.names((removal.layer, span.file), _place(fact))
            what = f"`{' '.join(fact.slot).strip()}` of {fact.title}"
            self.report(errors.overlays_disagree(span, fact.span, names, what))
        del self.kept[key]
        self.disputed.pop(key, None)
        self.gone[key] = (removal.layer, span)

    def _remove_member(self, removal: Removal) -> bool:
        """`remove Card_Limit_Increase` in a choice: the value goes from its lists, the others share what it had."""
        owner, name = owner_of(removal.block), " ".join(removal.words)
        hit = told = False
        for key, fact in list(self.kept.items()):
            if fact.owner != owner or removal.guard is not None:
                continue
            if isinstance(fact.value, Starting) and name in dict(fact.value.shares):
                self.kept[key] = replace(fact, value=_without(fact.value, name))
                hit, told = True, told or key not in self.said
            elif fact.slot[0] in VERBS and fact.slot[1] == name:
                del self.kept[key]
        if told:
            self.report(errors.renormalised(removal.statement.span(), name, removal.block.id))
        return hit


def _without(value: Starting, name: str) -> Starting:
    """The list without one of its members."""
    rest = {member: share for member, share in value.shares if member != name}
    total = sum(rest[member] for member in sorted(rest))
    if value.kind == "shares" and total > 0:
        rest = {member: share / total for member, share in rest.items()}
    return replace(value, shares=tuple(sorted(rest.items())))


def _what(fact: Fact) -> str:
    words = fact.slot[0]
    if fact.many:
        return "such line"
    guard = canon.key(fact.guard)
    return f"`{words}` line" if not guard else f"line `{words} … when {guard}`"


def _nearby(fact: Fact, kept: Mapping[object, Fact]) -> str | None:
    """A line of the same kind under another condition."""
    for other in kept.values():
        if other.owner == fact.owner and other.slot == fact.slot:
            guard = canon.key(other.guard)
            return f"there is one `when {guard}`" if guard else "there is one without `when`"
    return None


def _matches(removal: Removal, fact: Fact, guards: tuple[str, str]) -> bool:
    """Whether a fact is what the line removes: of the block itself, or moved by it from under its condition."""
    name = " ".join(removal.words)
    key = canon.key(fact.guard)
    effect = fact.slot[0] in VERBS
    if fact.owner in removal.owners and key == guards[1]:
        return not name or fact.slot[0] == name or " ".join(fact.slot) == name or (effect and name in fact.slot)
    if removal.fixed is not None and effect and key == guards[0]:
        member = f"{fact.owner[1]}.{fact.slot[1]}" if fact.slot[1] else fact.owner[1]
        return not name or name == member
    return False
