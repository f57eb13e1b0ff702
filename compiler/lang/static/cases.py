"""Conditions as boxes of cases: can they hold together, and in which case?  Decided without going through all cases.

A box gives each axis that it speaks of a set of values (a bit mask); it holds the calls that lie in all of them.  A
condition is a list of boxes, one of which a call must lie in; a negation is pushed down to the single facts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from compiler.lang import model as m
from compiler.lang.static.axes import YES, Axis
from compiler.lang.static.world import AGENT, BUCKET, CLOCK, OF_AGENT, WEEKDAY, Absent, Rule, World, text_of

MOST_BOXES = 300  # of one conjunction
MOST_CHOICES = 5_000  # of one disjunction
MOST_STEPS = 6_000  # of one search
MOST_FIGURES = 5_000  # that one field is compared with
MOST_RULES = 60  # of one search: long chains of `only when` stay open

Box = Mapping[str, int]
Boxes = tuple[Box, ...]
Clause = tuple[m.Expr, bool]  # a condition, and whether it is to hold


class TooMany(Exception):
    """There are more cases than the engine goes through."""


class Cases:
    """Questions about the calls of a spec. What is asked twice is answered once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.boxes_of: dict[Clause, Boxes | None] = {}
        self.answers: dict[tuple[Clause, ...], Box | bool | None] = {}
        self.ruled: dict[Rule, Boxes] = {}

    def case(self, *clauses: Clause) -> Box | bool | None:
        """A case in which all clauses come true; False where there is none; None where that stays open."""
        if clauses not in self.answers:
            try:
                found = self._search(clauses)
                self.answers[clauses] = False if found is None else found
            except TooMany:
                self.answers[clauses] = None
        return self.answers[clauses]

    def both(self, *conditions: m.Expr | None) -> Box | bool | None:
        """A case in which all conditions hold; None stands for no condition."""
        return self.case(*((condition, True) for condition in conditions if condition is not None))

    def never(self, *conditions: m.Expr | None) -> bool:
        """Whether it is certain that they never hold together."""
        return self.both(*conditions) is False

    def apart(self, one: m.Expr, two: m.Expr) -> bool:
        """Whether they exclude one another at first sight, without any rule."""
        try:
            first, second = self.boxes(one, True), self.boxes(two, True)
        except TooMany:
            return False
        return all(self.meet(here, there) is None for here in first for there in second)

    def always(self, condition: m.Expr, given: m.Expr | None = None) -> bool:
        """Whether it is certain that the condition holds wherever `given` does."""
        return self.case((condition, False), *(((given, True),) if given is not None else ())) is False

    # ------------------------------------------------------------------------------------------------ search

    def _search(self, clauses: Sequence[Clause]) -> Box | None:
        start: dict[str, int] = {}
        open_: list[Boxes] = []
        for clause in clauses:
            boxes = self.boxes(*clause)
            if len(boxes) == 1:
                merged = self.meet(start, boxes[0])
                if merged is None:
                    return None
                start = merged
            else:
                open_.append(boxes)
        for rule in self.rules_for({*start, *(name for boxes in open_ for box in boxes for name in box)}):
            open_.append(self._ruled(rule))
        return self.first(start, open_)

    def first(self, start: Box, open_: Sequence[Boxes]) -> Box | None:
        """The first box within `start` that lies in one box of each list, the shortest lists first."""
        steps = 0
        lists = sorted(open_, key=len)
        if len(lists) > 5 * MOST_RULES:
            raise TooMany
        if any(not boxes for boxes in lists):
            return None

        def down(box: Box, depth: int) -> Box | None:
            nonlocal steps
            if depth == len(lists):
                return box
            for choice in lists[depth]:
                steps += 1
                if steps > MOST_STEPS:
                    raise TooMany
                merged = self.meet(box, choice)
                found = None if merged is None else down(merged, depth + 1)
                if found is not None:
                    return found
            return None

        return down(start, 0)

    def meet(self, one: Box, two: Box) -> dict[str, int] | None:
        """What lies in both; None where nothing does."""
        found = dict(one)
        for name, mask in two.items():
            both = found.get(name, -1) & mask
            if not both:
                return None
            found[name] = both
        return found

    def rules_for(self, names: Iterable[str]) -> list[Rule]:
        """The rules about these axes, and about the axes that those speak of."""
        known = set(names)
        found: dict[Rule, None] = {}
        pending = sorted(known)
        while pending:
            for name in pending:
                for rule in self.world.rules(name):
                    if rule not in found and known.issuperset(rule.of):
                        found[rule] = None
            if len(found) > MOST_RULES:
                raise TooMany
            new = {name for rule in found for box in self._ruled(rule) for name in box} - known
            known |= new
            pending = sorted(known) if new else []
        return list(found)

    def _ruled(self, rule: Rule) -> Boxes:
        if rule not in self.ruled:
            self.ruled[rule] = rule.either if rule.says is None else self.boxes(rule.says, True)
        return self.ruled[rule]

    # ------------------------------------------------------------------------------------------------ conditions

    def boxes(self, condition: m.Expr, holds: bool) -> Boxes:
        """The condition (or its opposite) as boxes. TooMany: it has more than the engine goes through."""
        key = (condition, holds)
        if key not in self.boxes_of:
            try:
                self.boxes_of[key] = self._boxes(condition, holds)
            except TooMany:
                self.boxes_of[key] = None
        found = self.boxes_of[key]
        if found is None:
            raise TooMany
        return found

    def _boxes(self, condition: m.Expr | Absent, holds: bool) -> Boxes:
        match condition:
            case m.Not(inner):
                return self.boxes(inner, not holds)
            case m.All(parts):
                return self._every(parts, holds) if holds else self._some(parts, holds)
            case m.Either(parts):
                return self._some(parts, holds) if holds else self._every(parts, holds)
            case m.SameAs(left, right):
                return self._same(left, right, holds)
            case m.Ref("holiday") if self._holidays():
                return self._some(self._holidays(), True) if holds else self._every(self._holidays(), False)
        name, mask = self._single(condition)
        full = self.world.axis(name).full
        mask &= full
        mask = mask if holds else full & ~mask
        return ({name: mask},) if mask else ()

    def _holidays(self) -> tuple[m.Expr, ...]:
        return tuple(m.Ref(event.id) for event in self.world.model.calendar.events if event.kind == "holiday")

    def _some(self, parts: Sequence[m.Expr], holds: bool) -> Boxes:
        found = tuple(box for part in parts for box in self.boxes(part, holds))
        if len(found) > MOST_CHOICES:
            raise TooMany
        return found

    def _every(self, parts: Sequence[m.Expr], holds: bool) -> Boxes:
        found: list[Box] = [{}]
        for part in sorted((self.boxes(part, holds) for part in parts), key=len):
            merged = [self.meet(one, two) for one in found for two in part]
            found = [box for box in merged if box is not None]
            if len(found) > MOST_BOXES:
                raise TooMany
        return tuple(found)

    def _single(self, condition: m.Expr | Absent) -> tuple[str, int]:
        """(axis, the values for which it holds) of a condition about one thing."""
        match condition:
            case m.Ref("workday"):
                return WEEKDAY, 127 & ~self.world.weekend
            case m.Ref("weekend"):
                return WEEKDAY, self.world.weekend
            case m.Ref(name):
                return name, YES
            case m.Is(name, members):
                return self._is(name, members)
            case m.Compare(op, left, m.Constant(value)):
                axis = self.world.axis(text_of(left))
                if len(axis.figures) > MOST_FIGURES:
                    raise TooMany
                return axis.name, _fitting(op, axis.figures, value)
            case m.Compare(op, left, right):
                return self._pair(op, left, right)
            case Absent(name):
                return name, self.world.axis(name).absent
        raise TooMany  # no condition that the engine knows

    def _is(self, name: str, members: Sequence[str]) -> tuple[str, int]:
        if name in OF_AGENT:
            return AGENT, self.world.agents_with(name, members)
        if self.world.by_clock(name):
            hours = [piece for each in self.world.fields[BUCKET].members if each.id in members for piece in each.hours]
            return CLOCK, self.world.within(hours)
        axis = self.world.axis(name)
        return axis.name, axis.mask(members)

    def _pair(self, op: str, left: m.Expr, right: m.Expr) -> tuple[str, int]:
        """Two figures against each other: less, equal or more."""
        first, second = text_of(left), text_of(right)
        signs = (-1.0, 0.0, 1.0) if first <= second else (1.0, 0.0, -1.0)
        name = f"{min(first, second)} against {max(first, second)}"
        if name not in self.world.known:
            self.world.known[name] = Axis(name, ("less", "equal", "more"), 7)
            self.world.named.setdefault(name, m.Arith("-", left, right))
        return name, sum(1 << n for n, sign in enumerate(signs) if compared(op, sign, 0.0))

    def _same(self, left: str, right: str, holds: bool) -> Boxes:
        names = sorted({*self._values(left), *self._values(right)})
        found: list[Box] = []
        for name in names:
            here = self.boxes(m.Is(left, (name,)), True)
            there = self.boxes(m.Is(right, (name,)), holds)
            found += [box for one in here for two in there if (box := self.meet(one, two)) is not None]
        if not holds:  # neither of the two is there
            found += [box for box in self.boxes(m.Is(left, tuple(names)), False)]
        return tuple(found)

    def _values(self, name: str) -> list[str]:
        agents = self.world.model.agents
        match name:
            case "agent.language":
                return [agent.language for agent in agents]
            case "agent.gender":
                return [agent.gender for agent in agents]
            case "team" | "agent.team":
                return [agent.team for agent in agents]
        return list(self.world.axis(name).labels)


def _fitting(op: str, figures: Sequence[float], value: float) -> int:
    """The mask of the figures (in their order, equal ones side by side) for which the comparison holds."""
    below, upto = (1 << bisect_left(figures, value)) - 1, (1 << bisect_right(figures, value)) - 1
    every = (1 << len(figures)) - 1
    fits = {"<": below, "<=": upto, ">": every & ~upto, ">=": every & ~below, "==": upto & ~below}
    return fits.get(op, every & ~(upto & ~below))


def compared(op: str, left: float, right: float) -> bool:
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
    return left != right


def absent(name: str) -> m.Expr:
    """The condition that the field is not there."""
    return cast(m.Expr, Absent(name))
