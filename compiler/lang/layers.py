"""Facts of all layers -> the facts that stand: duplicates, overrides and removals, each checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from compiler.diag import Diagnostic
from compiler.lang import canon, errors
from compiler.lang.facts import VERBS, Fact, Removal, owner_of
from compiler.lang.outline import Block, Report
from compiler.lang.starting import Starting
from compiler.lang.suggest import nearest

BASE = 1  # the project's layer; 0 are packs, above it the overlays in their order

_FAMILY = {
    "choice": "field", "kpi": "field", "flag": "field", "decide": "field", "fact": "field", "checks": "field",
    "holiday": "field", "payday": "field", "incident": "field", "campaign": "field", "wait peak": "field",
    "aftermath": "field",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """The blocks that are declared (each once, its `override` blocks after it), and what was found."""

    blocks: tuple[Block, ...]
    found: tuple[Diagnostic, ...]


def _identity(block: Block) -> tuple[str, ...]:
    """Two blocks of one identity are the same thing; fields and events share their names."""
    words = block.kind.words
    if words in ("check", "phase") and block.parent is not None:
        return words, block.parent.id, block.id
    return _FAMILY.get(words, words), block.id


def standing(blocks: Sequence[Block]) -> Standing:
    """Applies the removals of blocks, and checks that each block is declared once and overridden only if it is."""
    found: list[Diagnostic] = []
    kept: list[Block] = []
    declared: dict[tuple[str, ...], Block] = {}
    doubled: set[tuple[str, ...]] = set()  # the second one may hold what is missed in the first
    for block in sorted(blocks, key=lambda block: (block.layer, not block.removes)):
        identity = _identity(block)
        first = declared.get(identity)
        above_pack = first is not None and first.layer < block.layer
        if (block.override or block.removes) and block.layer <= BASE and _speaks_for_itself(block) and not above_pack:
            found.append(errors.override_in_base(block.line.span(), "remove" if block.removes else "override"))
        elif block.removes:
            kept = _without(block, kept, declared, found)
        elif first is None and block.override and block.kind.words not in ("calendar", "volume", "audio"):
            guess = nearest(block.id, [known[-1] for known in declared if known[0] == identity[0]])
            found.append(errors.no_block_to_override(block, guess))
        elif first is None:
            declared[identity] = block
            kept.append(block)
        elif block.override or (_under_override(block) and block.layer > first.layer):
            kept.append(block)
        else:
            packs = block.layer < BASE and first.line.file != block.line.file
            found.append(errors.packs_disagree(block, first) if packs else errors.declared_twice(block, first))
            doubled.add(identity)
    whole = [replace(block, broken=block.broken or _identity(block) in doubled) for block in kept]
    return Standing(tuple(whole), tuple(found))


def _speaks_for_itself(block: Block) -> bool:
    return block.parent is None or not _under_override(block.parent)


def _under_override(block: Block | None) -> bool:
    while block is not None:
        if block.override:
            return True
        block = block.parent
    return False


def _without(
    removal: Block, kept: list[Block], declared: dict[tuple[str, ...], Block], found: list[Diagnostic]
) -> list[Block]:
    """The blocks left when one is removed with all that it holds."""
    identity = _identity(removal)
    if declared.pop(identity, None) is None:
        guess = nearest(removal.id, [known[-1] for known in declared if known[0] == identity[0]])
        found.append(errors.nothing_to_remove(removal.id_span(), f"no {removal.title}", guess))
        return kept
    left = [block for block in kept if not _belongs(block, identity)]
    for block in kept:
        if _belongs(block, identity):
            declared.pop(_identity(block), None)
    return left


def _belongs(block: Block | None, identity: tuple[str, ...]) -> bool:
    while block is not None:
        if _identity(block) == identity:
            return True
        block = block.parent
    return False


# ------------------------------------------------------------------------------------------------ facts


@dataclass(frozen=True, slots=True)
class Layer:
    """An overlay: its name, and the names of those it is over (directly or not)."""

    name: str
    over: frozenset[str]


def merge(
    facts: Sequence[Fact], removals: Sequence[Removal], report: Report, overlays: Mapping[int, Layer]
) -> tuple[Fact, ...]:
    """What stands when each later layer has changed the ones below it."""
    kept: dict[object, Fact] = {}
    for layer in sorted({fact.layer for fact in facts} | {removal.layer for removal in removals}):
        for removal in removals:
            if removal.layer == layer:
                _take_away(removal, kept, report)
        for fact in facts:
            if fact.layer == layer:
                _put(fact, kept, report, overlays)
    return tuple(kept.values())


def _put(fact: Fact, kept: dict[object, Fact], report: Report, overlays: Mapping[int, Layer]) -> None:
    old = kept.get(fact.key)
    if old is None:
        if fact.must_exist:
            report(errors.nothing_to_override(fact.span, fact.title, _what(fact), _nearby(fact, kept)))
        kept[fact.key] = fact
    elif old.layer == fact.layer:
        report(errors.said_twice(fact.span, old.span, old.value == fact.value))
    elif old.value == fact.value:
        report(errors.repeats_below(fact.span, old.span))
    elif fact.override:
        upper, lower = overlays.get(fact.layer), overlays.get(old.layer)
        if upper is not None and lower is not None and lower.name not in upper.over:
            what = f"`{' '.join(fact.slot).strip()}` of {fact.title}"
            report(errors.overlays_disagree(fact.span, old.span, (lower.name, upper.name), what))
        kept[fact.key] = fact
    else:
        report(errors.changed_without_override(fact.span, old.span))


def _what(fact: Fact) -> str:
    words = fact.slot[0]
    guard = canon.key(fact.guard)
    return f"`{words}` line" if not guard else f"line `{words} … when {guard}`"


def _nearby(fact: Fact, kept: dict[object, Fact]) -> str | None:
    """A line of the same kind under another condition."""
    for other in kept.values():
        if other.owner == fact.owner and other.slot == fact.slot:
            guard = canon.key(other.guard)
            return f"one `when {guard}`" if guard else "one without `when`"
    return None


def _take_away(removal: Removal, kept: dict[object, Fact], report: Report) -> None:
    said = removal.statement.said
    span = removal.statement.span()
    if removal.layer < BASE or (removal.layer == BASE and not removal.block.override):
        return report(errors.override_in_base(span, "remove"))
    if removal.words and _remove_member(removal, kept, report):
        return None
    guard = canon.key(canon.both(removal.fixed, removal.guard)), canon.key(removal.guard)
    hit = [key for key, fact in kept.items() if _matches(removal, fact, guard)]
    for key in hit:
        del kept[key]
    if not hit:
        what = f"`{removal.block.title}` has no such line"
        legal = {fact.slot[0] for fact in kept.values() if fact.owner in removal.owners}
        report(errors.nothing_to_remove(span, what, nearest(" ".join(said.words), legal) if said.words else None))
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


def _remove_member(removal: Removal, kept: dict[object, Fact], report: Report) -> bool:
    """`remove Card_Limit_Increase` in a choice: the value goes from all its lists, the others share what it had."""
    owner, name = owner_of(removal.block), " ".join(removal.words)
    hit = False
    for key, fact in list(kept.items()):
        if fact.owner != owner or removal.guard is not None:
            continue
        if isinstance(fact.value, Starting) and name in dict(fact.value.shares):
            rest = {member: share for member, share in fact.value.shares if member != name}
            total = sum(rest[member] for member in sorted(rest))
            if fact.value.kind == "shares" and total > 0:
                rest = {member: share / total for member, share in rest.items()}
            kept[key] = replace(fact, value=replace(fact.value, shares=tuple(sorted(rest.items()))))
            hit = True
        elif fact.slot[0] in VERBS and fact.slot[1] == name:
            del kept[key]
    if hit:
        report(errors.renormalised(removal.statement.span(), name, removal.block.id))
    return hit
