"""What follows from a handful of finite things, looked up instead of computed.

The guards and amounts of a field mostly read choices, flags and the calendar: few values each.  `Fold` numbers their
combinations (mixed radix), computes what is wanted once for each combination with the very functions that would
compute it row by row, and gives each row the number of its own.  What is not finite in itself (`AWT > 120`, an event
of some hours) is a truth: computed once for the rows of a frame however many fields read it, and then finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan.expr import MARK, Formula, canon, formula, names, steady, truth
from compiler.plan.frame import DAILY, Frame, Scope

Ints = NDArray[np.int64]
Shorts = NDArray[np.int16]
T = TypeVar("T")
MOST = 16_384  # combinations (their numbers fit 16 bits); beyond them a field is computed row by row


@dataclass
class Parents:
    """What some expressions read: choices by column (with the number of their codes), flags, the day (by what is asked
    of it), truths by their text."""

    scope: Scope
    choices: dict[str, int] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    daily: dict[str, m.Expr] = field(default_factory=dict)
    truths: dict[str, m.Expr] = field(default_factory=dict)

    def add(self, expr: m.Expr | None) -> m.Expr | None:
        """Counts in what the expression reads; gives it with its truths replaced by columns of their own."""
        if expr is None or isinstance(expr, m.Constant):
            return expr
        if self._of_the_day(expr):
            self.daily[canon(expr)] = expr
            return expr
        match expr:
            case m.Is(name):
                self._choice(name)
            case m.SameAs(left, right):
                self._choice(left)
                self._choice(right)
            case m.Ref(name):
                return self._value(expr, name)
            case m.Not(of):
                return m.Not(self.marked(of))
            case m.Apply("days_since", arguments):
                self.daily["date"] = m.Ref("date")
                return replace(expr, arguments=tuple(self.marked(one) for one in arguments))
            case m.All(parts) | m.Either(parts) | m.Apply(_, parts):
                changed = tuple(self.marked(part) for part in parts)
                return replace(expr, arguments=changed) if isinstance(expr, m.Apply) else replace(expr, parts=changed)
            case m.Compare() if not steady(expr, self.scope):
                return self._truth(expr)
            case m.Compare(_, left, right) | m.Arith(_, left, right):
                return replace(expr, left=self.marked(left), right=self.marked(right))
            case m.Ramp(before, after):
                self.daily[canon(expr)] = replace(expr, before=m.Constant(0.0), after=m.Constant(1.0))
                return replace(expr, before=self.marked(before), after=self.marked(after))
        return expr

    def add_dates(self, *dates: int | None) -> None:
        """Counts in whether a day lies before each of the dates."""
        for date in dates:
            if date is not None:
                before = m.Compare("<", m.Ref("date"), m.Constant(float(date), m.Unit.DATE))
                self.daily[canon(before)] = before

    def marked(self, expr: m.Expr) -> m.Expr:
        found = self.add(expr)
        assert found is not None
        return found

    def _of_the_day(self, expr: m.Expr) -> bool:
        read = names(expr)
        return bool(read) and read <= self.scope.whole_days

    def _choice(self, name: str) -> None:
        column, ids = self.scope.ids(name)
        if column == "weekday":
            self.daily["weekday"] = m.Ref("weekday")
        else:
            self.choices[column] = len(ids)

    def _value(self, expr: m.Ref, name: str) -> m.Expr:
        if name not in self.scope.events and self.scope.kinds.get(name) in ("flag", "check"):
            self.flags.add(name)
            return expr
        return self._truth(expr)

    def _truth(self, expr: m.Expr) -> m.Expr:
        self.truths[canon(expr)] = expr
        return m.Ref(MARK + canon(expr))


@dataclass(frozen=True)
class Digit:
    """One parent: how many values it has, how a row's value is had (0..size - 1), and the columns to stand for each
    value where all combinations are gone through."""

    name: str
    size: int
    of: Callable[[Frame], NDArray[Any]]
    column: str
    values: NDArray[Any]


class Fold(Generic[T]):
    """The combinations of some parents, and what `compute` makes of them all, once for each calendar."""

    def __init__(self, parents: Parents, compute: Callable[[Frame], T]) -> None:
        self.parents, self.compute = parents, compute
        self.scope = parents.scope
        self.truths = {text: truth(expr, self.scope) for text, expr in sorted(parents.truths.items())}
        self.asked = [formula(expr, self.scope) for _, expr in sorted(parents.daily.items())]
        self.digits: tuple[Digit, ...] = ()
        self.named, self.offset, self.strides = "", np.array(0, np.int16), list[Shorts]()
        self.made: tuple[Any, T | None] | None = None

    def of(self, frame: Frame) -> tuple[T, Ints | None] | None:
        """(what was made of all combinations, the number of each row's combination: None where there is one only);
        None where there are too many of them."""
        made = self.table(frame)
        return None if made is None else (made, self._numbers(frame))

    def table(self, frame: Frame) -> T | None:
        """What was made of all combinations, for the calendar of the frame."""
        calendar = None if frame.days is None else frame.days.date  # the same with other numbers of calls
        if self.made is None or self.made[0] is not calendar:
            self.digits = tuple(self._digits(frame))
            self.named = "#" + "|".join(f"{digit.name}/{digit.size}" for digit in self.digits)
            count = self._count()
            self.made = calendar, self.compute(self._all(self.digits, count, frame)) if count <= MOST else None
        return self.made[1]

    def _count(self) -> int:
        """How many combinations there are; notes what a step of each digit is worth (codes count from -1)."""
        count, offset, steps = 1, 0, []
        for digit in self.digits:
            steps.append(count)
            offset -= count * (digit.column != "day" and int(digit.values[0]))
            count *= digit.size
        if count <= MOST:
            self.offset, self.strides = np.array(offset, np.int16), [np.array(step, np.int16) for step in steps[1:]]
        return count

    def _numbers(self, frame: Frame) -> Ints | None:
        """The number of each row's combination; fields with the same parents share them."""
        if not self.digits:
            return None
        values = [digit.of(frame) for digit in self.digits]
        known = frame.told.get(self.named)
        if known is None or any(a is not b for a, b in zip(known[0], values, strict=True)):
            short = [_short(frame, digit.name, each) for digit, each in zip(self.digits, values, strict=True)]
            known = frame.told[self.named] = (values, self._joined(short))
        return known[1]

    def _joined(self, columns: list[Shorts]) -> Ints:
        """The digits of each row as one number."""
        total = columns[0] + self.offset
        for values, stride in zip(columns[1:], self.strides, strict=True):
            total += values * stride
        return total.astype(np.int64)

    def _digits(self, frame: Frame) -> Iterable[Digit]:
        no_yes = np.array([False, True])
        for column, size in sorted(self.parents.choices.items()):
            yield Digit(column, size + 1, _reader(column), column, np.arange(-1, size))
        for name in sorted(self.parents.flags):
            yield Digit(name, 2, _reader(name), name, no_yes)
        for text, holds in self.truths.items():
            told = _told(text, holds, self.parents.truths[text], self.scope)
            yield Digit(text, 2, told, MARK + text, no_yes)
        if self.asked:
            kinds, days = self._days(frame)
            key = "day:" + ";".join(sorted(self.parents.daily))
            yield Digit(key, len(days), _of_the_day(key, kinds), "day", days)

    def _days(self, frame: Frame) -> tuple[Shorts, Ints]:
        """(the kind of each day, a day of each kind): days that answer alike are of one kind."""
        days = np.arange(frame.days.count)
        every = Frame(len(days), np.zeros(len(days), dtype=np.uint64), self.scope, frame.days, {"day": days})
        answers = np.stack([np.broadcast_to(np.asarray(ask(every), dtype=np.float64), days.shape)
                            for ask in self.asked], axis=1)
        answers = np.where(np.isnan(answers), -1e18, answers) + 0.0
        first: dict[bytes, int] = {}
        alike = [answer.tobytes() for answer in answers]
        for day, answer in enumerate(alike):
            first.setdefault(answer, day)
        number = {answer: kind for kind, answer in enumerate(first)}
        return np.array([number[each] for each in alike]).astype(np.int16), np.array(list(first.values()))

    def _all(self, digits: tuple[Digit, ...], count: int, frame: Frame) -> Frame:
        """A frame with one row for each combination."""
        every = Frame(count, np.zeros(count, dtype=np.uint64), self.scope, frame.days)
        number = np.arange(count)
        for digit in digits:
            every.columns[digit.column] = digit.values[number % digit.size]
            number //= digit.size
        return every


def _reader(column: str) -> Callable[[Frame], NDArray[Any]]:
    return lambda frame: frame[column]


def _of_the_day(text: str, kinds: Shorts) -> Callable[[Frame], NDArray[Any]]:
    """The kind of each row's day, remembered in the frame."""

    def found(frame: Frame) -> NDArray[Any]:
        day, known = frame.columns["day"], frame.told.get(text)
        if known is None or known[0] is not day or known[1] is not frame.days:
            known = frame.told[text] = (day, frame.days, kinds.take(day, mode="clip"))
        return known[2]

    return found


def _told(text: str, holds: Formula, expr: m.Expr, scope: Scope) -> Callable[[Frame], NDArray[Any]]:
    """The truth for the rows of a frame, remembered there as long as what it reads is the same."""
    read = sorted(_columns(expr, scope))

    def found(frame: Frame) -> NDArray[Any]:
        known = frame.told.get(text)
        inputs = [frame.columns.get(name) for name in read]
        if known is None or any(a is not b for a, b in zip(known[0], inputs, strict=True)):
            value = np.broadcast_to(np.asarray(holds(frame), dtype=bool), (frame.count,))
            known = frame.told[text] = (inputs, value)
        return known[1]

    return found


def _columns(expr: m.Expr | None, scope: Scope) -> set[str]:
    """The columns of a frame behind what the expression reads."""
    found: set[str] = set()
    for name in names(expr):
        event = scope.events.get(name)
        if event is not None:
            found |= {"day", "start_ms"} | _columns(event.only_when, scope)
        elif name in DAILY:
            found.add("day")
        elif name == "time":
            found.add("start_ms")
        else:
            found.add("agent_name" if name in ("agent", "team") or name.startswith("agent.") else name)
    return found


def _short(frame: Frame, name: str, values: NDArray[Any]) -> Shorts:
    """The values of a parent in 16 bits, remembered in the frame."""
    if values.dtype == np.int16:
        return values
    known = frame.told.get(f"={name}")
    if known is None or known[0] is not values:
        known = frame.told[f"={name}"] = (values, values.astype(np.int16))
    found: Shorts = known[1]
    return found
