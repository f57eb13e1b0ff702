"""Two plans -> which calls differ and in what, and which of them an edit can have reached.

Nothing here asks the engine.  What may change is found from the two sets of records alone, by the rules of the
language: a customer's calls keep `SPAN` days apart unless one follows the other, a flag comes true by a link, a slot
has one follow-up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from tests.plan.locality.shots import SPAN, Shot

FLAG = "repeat_call_within_72h"


@dataclass(frozen=True)
class Difference:
    old: Shot
    new: Shot

    @cached_property
    def added(self) -> set[str]:
        return set(self.new.records) - set(self.old.records)

    @cached_property
    def removed(self) -> set[str]:
        return set(self.old.records) - set(self.new.records)

    @cached_property
    def kept(self) -> list[str]:
        return [call for call in self.old.records if call in self.new.records]

    @cached_property
    def changed(self) -> dict[str, set[str]]:
        """Call -> the entries of its record that differ; only by bytes is a call seen as unchanged."""
        found = {}
        for call in self.kept:
            if self.old.bytes[call] != self.new.bytes[call]:
                one, two = self.old.records[call], self.new.records[call]
                found[call] = {name for name in {*one, *two} if one.get(name, ABSENT) != two.get(name, ABSENT)}
                assert found[call], f"{call} has other bytes and the same values"
        return found

    @cached_property
    def retold(self) -> set[str]:
        """Calls with another prompt."""
        return {call for call in self.kept if self.old.prompts[call] != self.new.prompts[call]}

    @cached_property
    def whole(self) -> set[str]:
        """Calls in which anything differs that later stages are told."""
        return {call for call in self.kept if self.old.calls[call] != self.new.calls[call]}

    @property
    def fields(self) -> set[str]:
        return set().union(*self.changed.values()) if self.changed else set()

    @cached_property
    def moved_links(self) -> set[str]:
        """Calls that both plans have whose link changed: gained, lost, or to another first call."""
        return {call for call in self.kept if self.old.records[call]["follows"] != self.new.records[call]["follows"]}

    # ------------------------------------------------------------------------------------ reached by links

    def reached(self, roots: Iterable[str]) -> set[str]:
        """The calls that a change can get to from the roots, step by step, through calls that changed themselves."""
        differ = set(self.changed) | self.added | self.removed
        seen = set(roots) | self.added | self.removed
        waiting = list(seen)
        while waiting:
            for other in self._beside(waiting.pop()):
                if other in differ and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    def _beside(self, call: str) -> Iterator[str]:
        """Calls that may change because this one did."""
        for shot in (self.old, self.new):
            record = shot.records.get(call)
            if record is None:
                continue
            if record["follows"]:
                yield record["follows"]  # its flag may come true no more
            if call in shot.slot:
                yield shot.slot[call]  # it takes over the customer and the intent
            yield from self._rivals(call)
            for day in range(shot.ordinals[call], shot.ordinals[call] + SPAN + 1):
                yield from self._by_customer[record["customer_id"], day]

    def _rivals(self, first: str) -> Iterator[str]:
        """First calls that look for a follow-up where this one does, as it has another follow-up than before."""
        if self.old.slot.get(first) == self.new.slot.get(first):
            return
        for shot in (self.old, self.new):
            if first not in shot.places:
                continue
            day, block = shot.places[first]
            for days, blocks in product(range(-SPAN, SPAN + 1), (-1, 0, 1)):
                yield from self._askers.get((day + days, block + blocks), ())

    @cached_property
    def _askers(self) -> dict[tuple[int, int], set[str]]:
        """(day, block) -> the calls of either plan that have another follow-up than before."""
        found: dict[tuple[int, int], set[str]] = defaultdict(set)
        for shot in (self.old, self.new):
            for call, place in shot.places.items():
                if self.old.slot.get(call) != self.new.slot.get(call):
                    found[place].add(call)
        return found

    @cached_property
    def _by_customer(self) -> dict[tuple[str, int], set[str]]:
        """(customer, day) -> the calls of either plan."""
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for shot in (self.old, self.new):
            for call, record in shot.records.items():
                found[record["customer_id"], shot.ordinals[call]].add(call)
        return found


ABSENT: Any = object()
