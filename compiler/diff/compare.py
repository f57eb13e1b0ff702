"""Two sides -> the Difference: the whole comparison on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from compiler.diff import program
from compiler.diff.calls import Calls, Touched, touched
from compiler.diff.direct import direct_fields
from compiler.diff.drafts import Builder, Draft
from compiler.diff.exemplars import exemplar
from compiler.diff.result import Cause, Counts, Difference, SideSaid, Together
from compiler.diff.sides import Side
from compiler.diff.world import World
from compiler.failures import UsageError, WorldError
from compiler.plan.failure import SpecFailure
from compiler.rng import Keys

MANY = 50_000  # calls from which on a plan is a big one
MOST, MOST_OF_MANY = 32, 4  # causes of the spec that are planned one by one
MOST_LEFT_OUT = 8  # causes that are left out one by one to see who is in it together
BY = {"block": "by block", "kind": "by kind of block", "all": "all together"}


def compare(old: Side, new: Side, scratch: Path) -> Difference:
    """Everything that differs. WorldError for a side that cannot be planned, or a template that cannot be filled."""
    _planned(old)
    if (old.world.first, old.world.last) == (new.world.first, new.world.last):
        new = replace(new, world=replace(new.world, base=old.world.plan))
    _planned(new)
    whole = touched(old.world, new.world)
    builder = Builder(old, new, scratch)
    big = max(whole.before, whole.after) > MANY
    drafts = builder.drafts(MOST_OF_MANY if big else MOST)
    work = _Work(old, new, builder, whole, drafts)
    causes = [work.cause(number, draft) for number, draft in enumerate(drafts, 1)]
    further = program.causes(old, new, len(drafts) + 1)
    told = [*causes, *(cause for cause, _ in further)]
    keys = np.unique(np.concatenate([whole.keys, *(own for _, own in further)]))
    changed = len(keys) - whole.added.count - whole.removed.count
    loud, quiet = (tuple(cause for cause in told if bool(cause.counts.all) is loud) for loud in (True, False))
    return Difference(
        dataset=new.world.model.dataset.label or new.world.model.dataset.id,
        old=SideSaid(old.name, old.kind, whole.before, old.commit),
        new=SideSaid(new.name, new.kind, whole.after, new.commit),
        counts=replace(_counts(whole), records=changed - whole.prompts.count),
        fields=dict(sorted(whole.fields.items())), gained=whole.gained, lost=whole.lost,
        causes=tuple(replace(cause, number=n) for n, cause in enumerate(loud, 1)),
        quiet=tuple(replace(cause, number=n) for n, cause in enumerate(quiet, len(loud) + 1)),
        together=work.together([draft for draft, cause in zip(drafts, causes, strict=True) if cause.counts.all],
                               drafts),
        shared=work.shared(), cancelled=work.cancelled(), notes=tuple(work.notes(big)),
    )  # fmt: skip


def _planned(side: Side) -> None:
    """WorldError that names the side where it cannot be planned."""
    try:
        _ = side.world.plan
    except (SpecFailure, UsageError) as error:
        raise WorldError(f"{side.name} cannot be planned: {error}") from error


class _Work:
    """What the causes of one comparison have in common."""

    def __init__(self, old: Side, new: Side, builder: Builder, whole: Touched, drafts: Sequence[Draft]) -> None:
        self.old, self.new, self.builder, self.whole, self.drafts = old, new, builder, whole, drafts
        self.keys: list[Keys] = []
        self.alone: list[str] = []  # causes that cannot be planned alone

    def cause(self, number: int, draft: Draft) -> Cause:
        """The calls that the cause touches when it is applied alone to the old side."""
        if len(self.drafts) == 1:
            world, found = self.new.world, self.whole
        else:
            made = self._world((draft,))
            if made is None:
                self.alone.append(draft.title)
                return Cause(number, draft.kind, draft.title, draft.facts, Counts(), beyond=draft.beyond)
            world, found = made, touched(self.old.world, made)
        self.keys.append(found.keys)
        own = direct_fields(self.old.world.model, world.model)
        direct = {name: count for name, count in sorted(found.fields.items()) if name in own}
        rest = {name: count for name, count in sorted(found.fields.items()) if name not in own}
        return Cause(number, draft.kind, draft.title, draft.facts, _counts(found), direct, rest, found.gained,
                     found.lost, found.rendered, draft.beyond, exemplar(self.old.world, world, found.all()))

    def _world(self, drafts: Sequence[Draft]) -> World | None:
        """None where the causes alone are no spec, or one that cannot be planned."""
        made = self.builder.world(drafts)
        try:
            return made if made is None or made.plan else None
        except SpecFailure:
            return None

    # -------------------------------------------------------------------------------- several causes

    def _union(self) -> Keys:
        return np.unique(np.concatenate([*self.keys, self.whole.keys[:0]]))

    def shared(self) -> int:
        """Calls that more than one cause touches."""
        _, counts = np.unique(np.concatenate([*self.keys, self.whole.keys[:0]]), return_counts=True)
        return int(np.count_nonzero(counts > 1))

    def cancelled(self) -> int:
        return len(np.setdiff1d(self._union(), self.whole.keys, assume_unique=True))

    def together(self, loud: Sequence[Draft], drafts: Sequence[Draft]) -> Together | None:
        """What no cause touches alone, and who is needed for it."""
        left = np.setdiff1d(self.whole.keys, self._union(), assume_unique=True)
        if not len(left) or len(drafts) < 2:
            return None
        needed = []
        for draft in drafts if len(drafts) <= MOST_LEFT_OUT else ():
            world = self._world([other for other in drafts if other is not draft])
            still = touched(self.old.world, world).keys if world is not None else left[:0]
            if not np.isin(left, still).all():
                needed.append(draft)
        quiet = [draft for draft in drafts if draft not in loud]
        numbers = {id(draft): n for n, draft in enumerate([*loud, *quiet], 1)}
        shown = exemplar(self.old.world, self.new.world, (_only(each, left) for each in self.whole.all()))
        return Together(len(left), tuple(sorted(numbers[id(draft)] for draft in needed)), shown)

    def notes(self, big: bool) -> list[str]:
        found = [f"the overlay {name} is not the same on both sides; `--overlay {name}` compares what it makes"
                 for name in self._overlays()]
        if self.old.world.model.dataset.id != self.new.world.model.dataset.id:
            found.append("another dataset: none of its calls is one of the old side")
        elif self.builder.by != "fact":
            found.append(f"{len(self.builder.changes)} facts changed: they are taken {BY[self.builder.by]}, not one by "
                         "one")
        if big:
            found.append(f"plans of more than {MANY:,} calls: prompts are not rendered, a call counts as changed where "
                         "it reads a text that is")
        if self.alone:
            found.append(f"these cannot be planned alone, so their calls are not told apart: {', '.join(self.alone)}")
        return found

    def _overlays(self) -> list[str]:
        """The overlays that differ, and that nobody chose."""
        one, two = self.old.spare, self.new.spare
        names = one.keys() | two.keys() if "build" not in (self.old.kind, self.new.kind) else ()
        return sorted(name for name in names if one.get(name) != two.get(name))


def _only(calls: Calls, keys: Keys) -> Calls:
    at = np.isin(calls.who, keys)
    return Calls(calls.who[at], calls.old[at], calls.new[at])


def _counts(found: Touched) -> Counts:
    return Counts(found.added.count, found.removed.count, found.records.count, found.prompts.count)
