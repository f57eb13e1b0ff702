"""Changes -> causes: the smallest groups that can be applied alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from compiler.diff.changes import Change
from compiler.diff.tree import Line

Group = tuple[Change, ...]
Stands = Callable[[Group], bool]  # whether the old spec with these changes is a spec
MOST_TRIED = 80  # groups beyond this are taken by block at once
MOST_READ = 160  # specs that are read to see what stands alone, before coarser groups are tried
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Grouped:
    """`by`: what the groups are: facts, blocks, kinds of blocks, or all changes together."""

    groups: tuple[Group, ...]
    by: str = "fact"


def grouped(changes: Sequence[Change], stands: Stands, most: int) -> Grouped:
    """At most `most` groups that stand alone, as fine as that allows; in the order of the spec."""
    if not changes:
        return Grouped(())
    acts = frozenset(change.key.removeprefix("act ") for change in changes if change.key.startswith("act "))
    if most == 1:
        return Grouped((tuple(changes),), "all")
    fine = _joined(changes, partial(_ties, acts=acts))
    for by, start in (("fact", fine), ("block", _joined(fine, _block)), ("kind", _joined(fine, _kind))):
        if len(start) <= (MOST_TRIED if by == "fact" else most):
            found = _standing(start, _patient(stands), tuple(changes))
            if found is not None and len(found) <= most:
                return Grouped(found, by)
    return Grouped((tuple(changes),), "all")


# ------------------------------------------------------------------------------------------------ what is tied


def _joined(
    items: Sequence[Change] | Sequence[Group], ties: Callable[[Change], Sequence[Hashable]]
) -> tuple[Group, ...]:
    """Items that share a tie are one group."""
    groups: list[list[Change]] = [[item] if isinstance(item, Change) else list(item) for item in items]
    home: dict[Hashable, int] = {}
    into = list(range(len(groups)))

    def root(i: int) -> int:
        while into[i] != i:
            i = into[i]
        return i

    for i, group in enumerate(groups):
        for tie in (tie for change in group for tie in ties(change)):
            other = root(home.setdefault(tie, i))
            low, high = sorted((other, root(i)))
            into[high] = low
    found: dict[int, list[Change]] = {}
    for i, group in enumerate(groups):
        found.setdefault(root(i), []).extend(group)
    return tuple(tuple(group) for group in found.values())


def _ties(change: Change, acts: frozenset[str]) -> list[Hashable]:
    """What makes a change one with others: the same line of the spec, the same list of shares, the same phase, the
    same thing in another place (an agent moved to another team), points under one condition, an act that comes or goes
    with what names it."""
    ties: list[Hashable] = [("act", name) for name in acts & _words((change,))]
    ties += [("phase", change.path[:2])] if len(change.path) > 1 and change.path[1].startswith("phase ") else []
    for side, line in (("old", change.old), ("new", change.new)):
        if line is not None and line.place and ":" in line.place and change.what != "doc":
            ties.append((side, line.place))
    if change.what in ("added", "removed") and change.either.below:
        ties.append(("thing", change.key))
    words = change.path[-1].split(" ")[0] if change.path else ""
    if words in ("starts", "one", "otherwise") and change.what != "doc" and "%" in change.either.text:
        ties.append(("list", change.path))
    if change.key == "share:" and "%" in change.either.text:
        ties.append(("shares of agents",))
    if " moves" in change.key and "pp" in change.either.text and change.path[-1].startswith("choice "):
        ties.append(("points", change.path, change.key.partition(" when ")[2]))
    return ties


def _block(change: Change) -> list[Hashable]:
    return [change.block]


def _kind(change: Change) -> list[Hashable]:
    return [change.block.split(" ")[0]]


# ------------------------------------------------------------------------------------------------ what stands alone


class _Weary(Exception):
    """Too many specs were read."""


def _patient(stands: Stands) -> Stands:
    """The same, a limited number of times."""
    left = [MOST_READ]

    def asked(group: Group) -> bool:
        left[0] -= 1
        if left[0] < 0:
            raise _Weary
        return stands(group)

    return asked


def _standing(groups: Sequence[Group], stands: Stands, whole: Group) -> tuple[Group, ...] | None:
    """Groups that do not stand alone are joined with the fewest others that make them stand; None where that takes
    too long to find out."""
    if len(groups) == 1:
        return tuple(groups)
    tied: dict[int, set[int]] = {}
    try:
        for i, group in enumerate(groups):
            if not stands(group):
                tied[i] = _needed(i, groups, stands)
    except _Weary:
        return None
    numbers = {change: i for i, group in enumerate(groups) for change in group}
    needs = [[("needs", i)] + [("needs", j) for j, others in tied.items() if i in others] for i in range(len(groups))]
    joined = _joined(groups, lambda change: needs[numbers[change]])
    order = {change: i for i, change in enumerate(whole)}
    return tuple(tuple(sorted(group, key=order.__getitem__)) for group in joined)


def _needed(one: int, groups: Sequence[Group], stands: Stands) -> set[int]:
    """The numbers of the fewest groups without which group `one` does not stand: all that can be left out one after
    the other are left out, those first that have the least to do with it; halves before single ones."""
    kept = sorted((i for i in range(len(groups)) if i != one), key=lambda i: (_near(groups[one], groups[i]), -i))
    size = len(kept)
    while size:
        begin = 0
        while begin < len(kept):
            less = kept[:begin] + kept[begin + size :]
            if stands(tuple(chain(groups[one], *(groups[i] for i in less)))):
                kept = less
            else:
                begin += size
        size = min(size, len(kept)) // 2
    return {one, *kept}


def _near(one: Group, other: Group) -> int:
    """How many words two groups have in common."""
    return len(_words(one) & _words(other))


def _words(group: Group) -> set[str]:
    """The words of what the group says, and of the blocks that it stands in."""
    found: set[str] = set()
    for change in group:
        found |= set(" ".join(change.path).split())
        for line in (change.old, change.new):
            found |= _said(line) if line is not None else set()
    return found


def _said(line: Line) -> set[str]:
    """The words of a line and of all that stands below it."""
    return set(_WORD.findall(line.text)).union(*map(_said, line.below))
