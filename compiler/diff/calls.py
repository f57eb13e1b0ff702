"""Two worlds -> the calls that differ: added, removed, changed, in which fields, with which follow-up links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from compiler.diff.columns import ALL, Columns
from compiler.diff.readers import Readers
from compiler.diff.rows import Rows, Truths, matched, side_by_side
from compiler.diff.world import World, text_of
from compiler.plan.settle import Ints
from compiler.rng import Keys

MOST_RENDERED = 50_000  # calls of a plan whose prompts are rendered to see whether they differ


@dataclass(frozen=True)
class Calls:
    """Calls by key, and their places in the old and the new plan (-1: it is not there)."""

    who: Keys
    old: Ints
    new: Ints

    @property
    def count(self) -> int:
        return len(self.who)


NONE = Calls(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass
class Touched:
    """What differs between two plans. `records`: calls on both sides whose record differs, `prompts`: those of which
    only the prompt does. `fields`: how many calls differ in a field; `links`: (gained, lost)."""

    before: int
    after: int
    added: Calls = NONE
    removed: Calls = NONE
    records: Calls = NONE
    prompts: Calls = NONE
    rendered: bool = True
    fields: dict[str, int] = field(default_factory=dict)
    gained: int = 0
    lost: int = 0

    @property
    def changed(self) -> int:
        return self.records.count + self.prompts.count

    @property
    def count(self) -> int:
        return self.added.count + self.removed.count + self.changed

    @property
    def keys(self) -> Keys:
        """All calls that differ in any way, sorted."""
        return np.unique(np.concatenate([each.who for each in (self.added, self.removed, self.records, self.prompts)]))

    def all(self) -> Iterator[Calls]:
        """The calls, those that are on both sides first."""
        yield from (self.records, self.prompts, self.added, self.removed)


def touched(old: World, new: World) -> Touched:
    """Compares two worlds. Prompts that no record tells apart are rendered in plans of at most MOST_RENDERED calls;
    beyond that, a call counts as changed where it reads a text that did."""
    one, two = old.plan, new.plan
    found = Touched(one.count, two.count, rendered=max(one.count, two.count) <= MOST_RENDERED)
    work = _Work(found, Columns(one, two), Readers(old, new))
    for left, right in side_by_side(one, two):
        work.stretch(left, right)
    work.close(old, new)
    return found


class _Work:
    """Collects stretch by stretch."""

    def __init__(self, found: Touched, columns: Columns, readers: Readers) -> None:
        self.found, self.columns, self.readers = found, columns, readers
        self.kept: dict[str, list[Calls]] = {"added": [], "removed": [], "records": [], "prompts": []}

    def stretch(self, old: Rows, new: Rows) -> None:
        pairs = matched(old.who, new.who)
        if pairs is None:
            left: Ints | slice = ALL
            right: Ints | slice = ALL
        else:
            left, right = pairs
            self._alone(old, new, left, right)
        who = old.who[left]
        if not len(who):
            return
        record = np.zeros(len(who), dtype=bool)
        by_field: dict[str, Truths] = {}
        for name, differs in self.columns.differing(old, new, left, right):
            by_field[name] = differs
            self.found.fields[name] = self.found.fields.get(name, 0) + int(np.count_nonzero(differs))
            record |= differs
        self._links(old, new, left, right, by_field.get("follows"))
        reads = self.readers.reading(old, new, left, right, by_field) & ~record
        self._keep("records", old, new, left, right, record)
        self._keep("prompts", old, new, left, right, reads)

    def _keep(self, what: str, old: Rows, new: Rows, left: Ints | slice, right: Ints | slice, which: Truths) -> None:
        at = np.flatnonzero(which)
        if len(at):
            one, two = (at if isinstance(side, slice) else side[at] for side in (left, right))
            self.kept[what].append(Calls(old.who[one], one + old.first, two + new.first))

    def _alone(self, old: Rows, new: Rows, left: Ints, right: Ints) -> None:
        """Calls that are on one side only."""
        for what, rows, both in (("removed", old, left), ("added", new, right)):
            alone = np.ones(rows.count, dtype=bool)
            alone[both] = False
            at = np.flatnonzero(alone)
            if not len(at):
                continue
            places, nowhere = at + rows.first, np.full(len(at), -1)
            pair = (places, nowhere) if what == "removed" else (nowhere, places)
            self.kept[what].append(Calls(rows.who[at], *pair))
            links = int(np.count_nonzero(rows.followed[at]))
            if what == "removed":
                self.found.lost += links
            else:
                self.found.gained += links

    def _links(self, old: Rows, new: Rows, left: Ints | slice, right: Ints | slice, differs: Truths | None) -> None:
        if differs is not None:
            self.found.lost += int(np.count_nonzero(differs & old.followed[left]))
            self.found.gained += int(np.count_nonzero(differs & new.followed[right]))

    def close(self, old: World, new: World) -> None:
        for what, parts in self.kept.items():
            if parts:
                setattr(self.found, what, _joined(parts))
        if self.found.rendered:
            self.found.prompts = _confirmed(self.found.prompts, old, new)


def _joined(parts: list[Calls]) -> Calls:
    return Calls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("who", "old", "new")))


def _confirmed(calls: Calls, old: World, new: World) -> Calls:
    """Those whose prompts differ when they are rendered."""
    differs = np.array([text_of(old.prompt(i)) != text_of(new.prompt(j))
                        for i, j in zip(calls.old.tolist(), calls.new.tolist(), strict=True)], dtype=bool)
    return Calls(calls.who[differs], calls.old[differs], calls.new[differs]) if calls.count else NONE
