"""The least and the most that effects add up to over all cases in which some conditions hold.

What lies on axes of its own is taken by itself; within what is tied together all classes of cases are gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from compiler.lang import model as m
from compiler.lang.static.cases import Box, Boxes, Cases, Clause, TooMany

MOST_NODES = 20_000
MOST_AXES = 200

Worth = Callable[[frozenset[int]], tuple[float, float]]  # which effects hold -> the least and the most they come to


@dataclass(frozen=True, slots=True)
class Extremes:
    """`low` and `high` with a case for each."""

    low: float
    low_case: Box
    high: float
    high_case: Box


def extremes(
    cases: Cases, guards: Sequence[m.Expr | None], worth: Worth, given: Sequence[Clause], apart: bool
) -> Extremes | None:
    """Over the cases in which all of `given` hold. None: there is no such case, or too many to look at.

    `apart`: `worth` of effects together is the sum of what each is worth, so that unrelated ones are taken alone.
    """
    try:
        boxes = [cases.boxes(guard, True) if guard is not None else ({},) for guard in guards]
        clauses = [cases.boxes(*clause) for clause in given]
        names = {name for each in (*boxes, *clauses) for box in each for name in box}
        clauses += [cases._ruled(rule) for rule in cases.rules_for(names)]
        groups = _groups(boxes, clauses) if apart else [(list(range(len(boxes))), list(range(len(clauses))))]
        total = Extremes(0.0, {}, 0.0, {})
        if apart:
            base = worth(frozenset())
            total = Extremes(base[0], {}, base[1], {})
        for effects, rules in groups:
            open_ = {n: boxes[n] for n in effects}
            found = _along(cases, open_, [clauses[n] for n in rules], worth) if apart else None
            if found is None:
                walk = _Walk(cases, worth, worth(frozenset()) if apart else (0.0, 0.0))
                walk.down(open_, [clauses[n] for n in rules], {}, frozenset())
                found = walk.found
            if found is None:
                return None
            total = _sum(total, found)
    except TooMany:
        return None
    return total


def _sum(one: Extremes, two: Extremes) -> Extremes:
    low = {**one.low_case, **two.low_case}
    return Extremes(one.low + two.low, low, one.high + two.high, {**one.high_case, **two.high_case})


def _groups(boxes: Sequence[Boxes], clauses: Sequence[Boxes]) -> list[tuple[list[int], list[int]]]:
    """Effects and clauses that share axes, directly or by others."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for each in (*boxes, *clauses):
        names = sorted({name for box in each for name in box})
        for name in names[1:]:
            root[find(name)] = find(names[0])
    found: dict[str, tuple[list[int], list[int]]] = {}
    for which, lists in enumerate((boxes, clauses)):
        for number, each in enumerate(lists):
            axis = next((name for box in each for name in sorted(box)), None)
            if axis is not None or which == 0 or not each:
                found.setdefault("" if axis is None else find(axis), ([], []))[which].append(number)
    return [found[name] for name in sorted(found)]


def _along(cases: Cases, open_: Mapping[int, Boxes], clauses: Sequence[Boxes], worth: Worth) -> Extremes | None:
    """The extremes of effects that all lie along one axis, such as those of many agents: value by value. None where
    they lie along several."""
    names = {name for boxes in open_.values() for box in boxes for name in box}
    if len(names) != 1 or any(not box for boxes in open_.values() for box in boxes):
        return None
    name = names.pop()
    nothing = worth(frozenset())
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    for number, boxes in open_.items():
        least, most = (end - zero for end, zero in zip(worth(frozenset((number,))), nothing, strict=True))
        mask = 0
        for box in boxes:
            mask |= box[name]
        while mask:
            bit = mask & -mask
            low[bit], high[bit] = low.get(bit, 0.0) + least, high.get(bit, 0.0) + most
            mask ^= bit
    rest = cases.world.axis(name).full & ~sum(low)
    alike: dict[tuple[float, float], int] = {(0.0, 0.0): rest} if rest else {}
    for bit, least in low.items():
        key = (least, high[bit])
        alike[key] = alike.get(key, 0) | bit
    low = {mask: least for (least, _), mask in alike.items()}
    high = {mask: most for (_, most), mask in alike.items()}
    bottom = _first_case(cases, name, clauses, sorted(low, key=lambda bit: (low[bit], bit)))
    top = _first_case(cases, name, clauses, sorted(high, key=lambda bit: (-high[bit], bit)))
    if bottom is None or top is None:
        return None
    return Extremes(low[bottom[0]], bottom[1], high[top[0]], top[1])


def _first_case(
    cases: Cases, name: str, clauses: Sequence[Boxes], masks: Sequence[int]
) -> tuple[int, Box] | None:
    """The first of the values for which all clauses can come true."""
    for mask in masks:
        case = cases.first({name: mask}, clauses)
        if case is not None:
            return mask, case
    return None


class _Walk:
    """Gives the axes their classes of values one after the other, and keeps the extremes of the ends."""

    def __init__(self, cases: Cases, worth: Worth, nothing: tuple[float, float]) -> None:
        self.cases, self.worth, self.nothing = cases, worth, nothing
        self.found: Extremes | None = None
        self.nodes = 0

    def down(self, open_: Mapping[int, Boxes], clauses: Sequence[Boxes], box: Box, held: frozenset[int]) -> None:
        """`open_`: the effects of which it is not known yet whether they hold; `held`: those that do."""
        self.nodes += 1
        if self.nodes > MOST_NODES or len(box) > MOST_AXES:
            raise TooMany
        sure = frozenset(number for number, boxes in open_.items() if any(not each for each in boxes))
        open_ = {number: boxes for number, boxes in open_.items() if number not in sure and boxes}
        clauses = [boxes for boxes in clauses if all(boxes)]  # one empty box: it holds anyway
        held |= sure
        if not open_:
            self._end(clauses, box, held)
            return
        name = _busiest(open_)
        axis = self.cases.world.axis(name) if name not in self.cases.world.known else self.cases.world.known[name]
        left = axis.full & box.get(name, -1)
        for mask in _classes(left, name, (*open_.values(), *clauses)):
            fewer = [_given(boxes, name, mask) for boxes in clauses]
            if all(fewer):
                less = {number: _given(boxes, name, mask) for number, boxes in open_.items()}
                self.down(less, fewer, {**box, name: mask}, held)

    def _end(self, clauses: Sequence[Boxes], box: Box, held: frozenset[int]) -> None:
        low, high = self.worth(held)
        low, high = low - self.nothing[0], high - self.nothing[1]
        seen = self.found
        if seen is not None and low >= seen.low and high <= seen.high:
            return
        case = self.cases.first(box, clauses)
        if case is None:
            return
        if seen is None:
            self.found = Extremes(low, case, high, case)
            return
        better = (low, case) if low < seen.low else (seen.low, seen.low_case)
        more = (high, case) if high > seen.high else (seen.high, seen.high_case)
        self.found = Extremes(*better, *more)


def _busiest(open_: Mapping[int, Boxes]) -> str:
    """The axis of most effects; of several the one that splits them most."""
    count: dict[str, int] = {}
    masks: dict[str, set[int]] = {}
    for boxes in open_.values():
        for box in boxes:
            for name, mask in box.items():
                count[name] = count.get(name, 0) + 1
                masks.setdefault(name, set()).add(mask)
    return min(count, key=lambda name: (-count[name], -len(masks[name]), name))


def _classes(left: int, name: str, lists: Iterable[Boxes]) -> list[int]:
    """The values of the axis in sets that no box tells apart."""
    found = [left]
    for mask in dict.fromkeys(box[name] for boxes in lists for box in boxes if name in box):
        found = [part for each in found for part in (each & mask, each & ~mask) if part]
    return found


def _given(boxes: Boxes, name: str, mask: int) -> Boxes:
    """The boxes that are left when the axis has one of these values, without it."""
    kept: list[Box] = []
    for box in boxes:
        if name not in box:
            kept.append(box)
        elif box[name] & mask:
            kept.append({axis: values for axis, values in box.items() if axis != name})
    return tuple(kept)
