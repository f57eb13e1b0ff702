"""Two trees -> what differs, a Change a fact; a tree with some of the changes -> the text of a spec."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from compiler.diff.tree import Line, tree

What = Literal["line", "doc", "order", "added", "removed"]


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """One changed fact: `path` is the keys of the blocks around it, outermost first. `added` and `removed` are of a
    line with all that stands below it; `doc` is about its `##` lines, `order` about the order of the lines below."""

    what: What
    path: tuple[str, ...]
    key: str
    old: Line | None
    new: Line | None

    @property
    def block(self) -> str:
        """The block that the change is in, or is about."""
        return self.path[0] if self.path else self.key

    @property
    def either(self) -> Line:
        line = self.new or self.old
        assert line is not None
        return line


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A line of one side or of both, with what changed in it. `below`: its lines in the old order, those that are new
    after their neighbours; `order`: says that the new order counts."""

    old: Line | None
    new: Line | None
    below: tuple[Pair, ...] = ()
    whole: Change | None = None
    line: Change | None = None
    doc: Change | None = None
    order: Change | None = None

    def changes(self) -> Iterator[Change]:
        """All changes in it, in order."""
        yield from (each for each in (self.whole, self.doc, self.line, self.order) if each is not None)
        for pair in self.below:
            yield from pair.changes()


def paired(old: str, old_places: Sequence[str], new: str, new_places: Sequence[str]) -> tuple[Pair, ...]:
    """Two canonical texts, line by line."""
    return _pairs(tree(old, old_places), tree(new, new_places), ())


def text(pairs: Sequence[Pair], chosen: Collection[Change]) -> str:
    """The old text with the chosen changes."""
    return "".join(f"{row}\n" for pair in pairs for row in _rows(pair, frozenset(chosen), 0))


# ------------------------------------------------------------------------------------------------ pairs


def _pairs(old: tuple[Line, ...], new: tuple[Line, ...], path: tuple[str, ...]) -> tuple[Pair, ...]:
    partner = _partners(old, new)
    taken = set(partner.values())
    found: list[Pair] = [_pair(line, new[partner[i]], path) if i in partner else _gone(line, path)
                         for i, line in enumerate(old)]
    for j, line in enumerate(new):
        if j in taken:
            continue
        before = [k for k, pair in enumerate(found) if pair.new is not None and pair.new in new[:j]]
        fresh = Pair(None, line, whole=Change("added", path, line.key, None, line))
        found.insert(before[-1] + 1 if before else 0, fresh)
    return tuple(found)


def _gone(line: Line, path: tuple[str, ...]) -> Pair:
    return Pair(line, None, whole=Change("removed", path, line.key, line, None))


def _partners(old: tuple[Line, ...], new: tuple[Line, ...]) -> dict[int, int]:
    """Which line of the new side is which of the old: the same text first, then the same key, then the only line left
    of its kind (its condition was changed)."""
    found: dict[int, int] = {}
    for same in ("text", "key"):
        places: dict[str, list[int]] = {}
        for j, line in enumerate(new):
            if j not in found.values():
                places.setdefault(getattr(line, same), []).append(j)
        for i, line in enumerate(old):
            if i not in found and places.get(getattr(line, same)):
                found[i] = places[getattr(line, same)].pop(0)
    left = [i for i in range(len(old)) if i not in found]
    fresh = [j for j in range(len(new)) if j not in found.values()]
    for i in left:
        alike = [j for j in fresh if new[j].head == old[i].head]
        if len(alike) == 1 and [old[k].head for k in left].count(old[i].head) == 1 and not old[i].below:
            found[i] = alike[0]
    return found


def _pair(old: Line, new: Line, path: tuple[str, ...]) -> Pair:
    below = _pairs(old.below, new.below, (*path, new.key))
    line = Change("line", path, new.key, old, new) if old.text != new.text else None
    doc = Change("doc", path, new.key, old, new) if old.doc != new.doc else None
    order = None
    if new.ordered:
        places = [new.below.index(pair.new) for pair in below if pair.old is not None and pair.new is not None]
        if places != sorted(places):
            order = Change("order", (*path, new.key), new.key, old, new)
    return Pair(old, new, below, None, line, doc, order)


# ------------------------------------------------------------------------------------------------ text


def _rows(pair: Pair, chosen: frozenset[Change], level: int) -> Iterator[str]:
    if pair.whole is not None:
        line = pair.new if pair.whole in chosen else pair.old
        if line is not None:
            yield from _as_it_stands(line, level)
        return
    assert pair.old is not None
    assert pair.new is not None
    margin = "  " * level
    doc = pair.new.doc if pair.doc in chosen else pair.old.doc
    yield from (f"{margin}{row}" for row in doc)
    yield margin + (pair.new.text if pair.line in chosen else pair.old.text)
    for each in _in_order(pair) if pair.order in chosen else pair.below:
        yield from _rows(each, chosen, level + 1)


def _in_order(pair: Pair) -> list[Pair]:
    """The lines in the new order; those that the new side does not have stay after their neighbours."""
    assert pair.new is not None
    at = 0.0
    placed = []
    for each in pair.below:
        at = float(pair.new.below.index(each.new)) if each.new is not None else at + 0.001
        placed.append((at, each))
    return [each for _, each in sorted(placed, key=lambda entry: entry[0])]


def _as_it_stands(line: Line, level: int) -> Iterator[str]:
    margin = "  " * level
    yield from (f"{margin}{row}" for row in line.doc)
    yield margin + line.text
    for each in line.below:
        yield from _as_it_stands(each, level + 1)
