"""Syntax nodes -> Expr: every name resolved, every unit checked. What is wrong is reported and gives None."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from compiler.lang import acts, canon, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.names import Names
from compiler.lang.outline import Guarding, Report
from compiler.lang.suggest import nearest
from compiler.lang.tree import Line

_UNITS: dict[str, m.Unit] = {
    "number": m.Unit.NUMBER, "percent": m.Unit.SHARE, "points": m.Unit.SHARE, "duration": m.Unit.TIME,
    "date": m.Unit.DATE, "time": m.Unit.CLOCK, "money": m.Unit.MONEY, "level": m.Unit.LEVEL,
}  # fmt: skip
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Typed:
    """A value with its unit; `points`: percentage points (unit is then SHARE)."""

    expr: m.Expr
    unit: m.Unit
    points: bool = False
    currency: str = ""


@dataclass(slots=True)
class Scope:
    """What an expression may refer to, and where its mistakes go."""

    names: Names
    report: Report
    units: dict[str, tuple[m.Unit, str] | None]  # filled as they are asked for; None while one is being found

    # --------------------------------------------------------------------------------------------- conditions

    def guard(self, conditions: Sequence[Guarding], *fixed: m.Expr | None) -> tuple[bool, m.Expr | None]:
        """(whether all could be resolved, their conjunction with `fixed`)."""
        parts = [self.truth(condition.line, condition.node) for condition in conditions]
        if any(part is None for part in parts):
            return False, None
        return True, canon.both(*fixed, *parts)

    def truth(self, line: Line, node: s.Node) -> m.Expr | None:
        """A yes-or-no expression."""
        match node:
            case s.Junction(op, parts):
                done = [self.truth(line, part) for part in parts]
                good = [part for part in done if part is not None]
                if len(good) < len(done):
                    return None
                return canon.both(*good) if op == "and" else canon.either(good)
            case s.Negation(of):
                inner = self.truth(line, of)
                return None if inner is None else canon.negated(inner)
            case s.Group((only,)):
                return self.truth(line, only)
            case s.Comparison():
                return self._comparison(line, node)
            case s.Name():
                return self._truth_name(line, node)
        self.report(errors.not_a_truth(line, node))
        return None

    def _truth_name(self, line: Line, node: s.Name) -> m.Expr | None:
        name = node.text
        if self.names.is_truth(name):
            return m.Ref(name)
        if len(node.parts) > 1:
            owner = ".".join(node.parts[:-1])
            domain = self.names.domain(owner)
            if domain is not None:
                return self._is(line, owner, [s.Name((node.parts[-1],), node.at)])
        elif self.names.is_choice(name) or self.names.is_number(name):
            self.report(errors.field_is_no_truth(line, node, self.names.is_choice(name)))
            return None
        elif self.names.holders(name):
            self.report(errors.member_is_no_truth(line, node, self.names.holders(name)))
            return None
        self.unknown(line, node, [*self.names.truths(), *self.names.choices(), *self.names.numbers()])
        return None

    def _comparison(self, line: Line, node: s.Comparison) -> m.Expr | None:
        if isinstance(node.left, s.Name):
            name = node.left.text
            if self.names.domain(name) is not None or (name.startswith("agent.") and len(node.left.parts) == 2):
                return self._choice(line, node, node.left)
            if node.op in ("is", "is not", "in", "not in") and self.names.is_truth(name):
                return self._truth_is(line, node, name)
        return self._numbers(line, node)

    def _truth_is(self, line: Line, node: s.Comparison, name: str) -> m.Expr | None:
        word = node.right.text if isinstance(node.right, s.Name) else ""
        good = {"yes": True, "pass": True, "no": False, "fail": False}
        if word not in good or node.op not in ("is", "is not"):
            self.report(errors.truth_compared(line, node, name))
            return None
        return m.Ref(name) if good[word] == (node.op == "is") else m.Not(m.Ref(name))

    # --------------------------------------------------------------------------------------------- choices

    def _choice(self, line: Line, node: s.Comparison, left: s.Name) -> m.Expr | None:
        """`intent in (A, B)`, `language is not agent.language`."""
        name, right = left.text, node.right
        if name.startswith("agent.") and name not in ("agent.gender", "agent.language"):
            self.unknown(line, left, ["agent.gender", "agent.language"])
            return None
        if node.op not in ("is", "is not", "in", "not in"):
            self.report(errors.choice_ordered(line, node, name, list(self.names.domain(name) or {})))
            return None
        if isinstance(right, s.Name) and right.text not in (self.names.domain(name) or {}):
            other = right.text
            if self.names.domain(other) is not None and (self.names.is_choice(other) or "." in other):
                pair = m.SameAs(*sorted((_own(name), _own(other))))
                return m.Not(pair) if "not" in node.op else pair
        items = self._members_of(right)
        found = self._is(line, name, items)
        if found is None:
            return None
        return canon.negated(found) if "not" in node.op else found

    def _members_of(self, node: s.Node) -> list[s.Node]:
        if isinstance(node, s.Group):
            return list(node.items)
        if isinstance(node, s.Range) and isinstance(node.low, s.Name) and isinstance(node.high, s.Name):
            days = acts.WEEKDAYS
            if node.low.text in days and node.high.text in days:
                first, last = days.index(node.low.text), days.index(node.high.text)
                return [s.Name((day,), node.at) for day in days[first : last + 1]]
        return [node]

    def _is(self, line: Line, name: str, items: Sequence[s.Node]) -> m.Expr | None:
        members = [self.member(line, name, item) for item in items]
        good = [member for member in members if member is not None]
        if len(good) < len(members) or not good:
            return None
        return m.Is(_own(name), tuple(sorted(set(good))))

    def member(self, line: Line, choice: str, node: s.Node) -> str | None:
        """The value of `choice` that the node names."""
        domain = self.names.domain(choice) or {}
        written = s.word_of(node)
        if isinstance(node, s.Text):
            written = next((str(key) for key in domain if key == node.value), f'"{node.value}"')
        if isinstance(node, s.Name) and len(node.parts) > 1 and ".".join(node.parts[:-1]) == choice:
            written = node.parts[-1]
        if written in domain:
            return written
        if choice in ("language", "agent.language") and not domain and written:
            return written
        if written not in self.names.doubtful:
            self.report(errors.unknown_member(line, node, choice, list(domain), self.names.holders(written)))
        return None

    # --------------------------------------------------------------------------------------------- numbers

    def _numbers(self, line: Line, node: s.Comparison) -> m.Expr | None:
        if node.op in ("in", "not in"):
            return self._number_in(line, node)
        left = self.value(line, node.left)
        right = None if left is None else self.value(line, node.right)  # one error a cause
        if left is None or right is None:
            return None
        if not _agree(left, right):
            self.report(errors.compared_unlike(line, node, left, right))
            return None
        op = {"is": "==", "is not": "!="}.get(node.op, node.op)
        return _compare(op, left.expr, right.expr)

    def _number_in(self, line: Line, node: s.Comparison) -> m.Expr | None:
        left = self.value(line, node.left)
        ends = None if left is None else self._ends(line, node.right)
        if left is None or ends is None:
            return None
        parts: list[m.Expr] = []
        for low, high in ends:
            if not _agree(left, low) or not _agree(left, high):
                self.report(errors.compared_unlike(line, node, left, low if not _agree(left, low) else high))
                return None
            parts.append(_between(left, low, high))
        found = canon.either(parts)
        return canon.negated(found) if node.op == "not in" else found

    def _ends(self, line: Line, node: s.Node) -> list[tuple[Typed, Typed]] | None:
        """The stretches that the right side of `in` names."""
        if isinstance(node, s.Group):
            parts = [self._ends(line, item) for item in node.items]
            return None if any(part is None for part in parts) else [end for part in parts for end in part or []]
        low, high = (node.low, node.high) if isinstance(node, s.Range) else (node, node)
        first, last = self.value(line, low), self.value(line, high)
        return None if first is None or last is None else [(first, last)]

    # --------------------------------------------------------------------------------------------- values

    def value(self, line: Line, node: s.Node, anchor: str | None = None) -> Typed | None:
        """A number with its unit. `anchor`: the event or agent that a ramp's length counts from."""
        match node:
            case s.Lit():
                return self._literal(line, node)
            case s.Name():
                return self._value_name(line, node)
            case s.Minus(of):
                return self._minus(line, of)
            case s.Group((only,)):
                return self.value(line, only, anchor)
            case s.Binary():
                return self._arithmetic(line, node)
            case s.Call():
                return self._call(line, node)
            case s.RampOver():
                return self._ramp(line, node, anchor)
        self.report(errors.not_a_value(line, node))
        return None

    def _literal(self, line: Line, node: s.Lit) -> Typed | None:
        if math.isnan(node.value):
            self.report(errors.no_such_day_or_time(line, node))
            return None
        unit = _UNITS[node.kind]
        return Typed(m.Constant(node.value, unit, node.currency), unit, node.kind == "points", node.currency)

    def _minus(self, line: Line, of: s.Node) -> Typed | None:
        inner = self.value(line, of)
        if inner is None:
            return None
        if isinstance(inner.expr, m.Constant):
            return replace(inner, expr=replace(inner.expr, value=-inner.expr.value))
        return replace(inner, expr=m.Arith("-", m.Constant(0.0, inner.unit, inner.currency), inner.expr))

    def _value_name(self, line: Line, node: s.Name) -> Typed | None:
        name = node.text
        if name == "date":
            return Typed(m.Ref(name), m.Unit.DATE)
        if name == "time":
            return Typed(m.Ref(name), m.Unit.CLOCK)
        if self.names.is_number(name):
            unit = self.unit_of(name)
            return None if unit is None else Typed(m.Ref(name), unit[0], False, unit[1])
        if self.names.is_truth(name) or self.names.is_choice(name):
            self.report(errors.not_a_number(line, node, self.names.is_truth(name)))
            return None
        if self.names.holders(name):
            self.report(errors.member_as_number(line, node, self.names.holders(name)))
            return None
        self.unknown(line, node, self.names.numbers())
        return None

    def unit_of(self, name: str) -> tuple[m.Unit, str] | None:
        """(unit, currency) of a kpi or fact, by its first `starts` or `is` line; None where that cannot be told."""
        if name in self.units:
            return self.units[name]
        self.units[name] = None  # a field that asks for its own unit finds none; the cycle is reported elsewhere
        silent = replace(self, report=_nothing)
        self.units[name] = silent._first_unit(name)
        return self.units[name]

    def _first_unit(self, name: str) -> tuple[m.Unit, str] | None:
        for block in self.names.fields[name].blocks:
            for statement in block.statements:
                said = statement.said
                node: s.Node | None = None
                if said.form in ("starts at", "is") and said.values:
                    node = said.values[0]
                elif said.form == "starts as" and statement.rows:
                    head = statement.rows[0].said.head
                    node = head[0] if head else None
                elif said.form == "starts as" and said.values:
                    pair = said.values[0]
                    node = pair.value if isinstance(pair, s.Pair) else None
                typed = None if node is None or isinstance(node, s.Text) else self.value(statement.line, node)
                if typed is not None:
                    return typed.unit, typed.currency
        return None

    def _arithmetic(self, line: Line, node: s.Binary) -> Typed | None:
        left, right = self.value(line, node.left), self.value(line, node.right)
        if left is None or right is None:
            return None
        if node.op in "+-":
            if not _agree(left, right) or left.unit in (m.Unit.DATE, m.Unit.CLOCK):
                self.report(errors.added_unlike(line, node, left, right))
                return None
            return replace(left, expr=m.Arith(node.op, left.expr, right.expr))  # type: ignore[arg-type]  # + or -
        if node.op == "/":
            return self._division(line, node, left, right)
        return self._product(line, node, left, right)

    def _division(self, line: Line, node: s.Binary, left: Typed, right: Typed) -> Typed | None:
        if isinstance(right.expr, m.Constant) and right.expr.value == 0:
            self.report(errors.divides_by_zero(line, node.right))
            return None
        expr = m.Arith("/", left.expr, right.expr)
        if right.unit is m.Unit.NUMBER or (right.unit is m.Unit.SHARE and not right.points):
            return replace(left, expr=expr)
        if _agree(left, right):
            return Typed(expr, m.Unit.NUMBER)
        self.report(errors.divided_unlike(line, node, left, right))
        return None

    def _product(self, line: Line, node: s.Binary, left: Typed, right: Typed) -> Typed | None:
        """`of` is a product whose left side is a share. The side with points or a unit goes right (see show.py)."""
        plain = (m.Unit.NUMBER, m.Unit.SHARE)
        if left.unit not in plain and right.unit not in plain:
            self.report(errors.multiplied_unlike(line, node, left, right))
            return None
        if left.points and right.unit is m.Unit.SHARE:
            left, right = right, left
        expr = m.Arith("*", left.expr, right.expr)
        if left.points or left.unit not in plain:
            return replace(left, expr=expr)
        if right.unit is m.Unit.NUMBER and left.unit is m.Unit.SHARE and not left.points:
            return replace(right, expr=expr)
        return replace(right, expr=expr)

    def _call(self, line: Line, node: s.Call) -> Typed | None:
        if node.function not in acts.FUNCTIONS:
            self.report(errors.unknown_function(line, node, acts.FUNCTIONS))
            return None
        arguments = [self.value(line, part) for part in node.arguments]
        good = [part for part in arguments if part is not None]
        if len(good) < len(arguments):
            return None
        count = {"min": 2, "max": 2, "round": 1, "clamp": 3}.get(node.function, 1)
        if len(good) < count or (len(good) > count and node.function not in ("min", "max")):
            self.report(errors.argument_count(line, node, count))
            return None
        expr = m.Apply(node.function, tuple(part.expr for part in good))
        need = {"hour_of": m.Unit.CLOCK, "day_of_month": m.Unit.DATE, "days_since": m.Unit.DATE}.get(node.function)
        if need is not None:
            if good[0].unit is not need:
                self.report(errors.argument_unit(line, node, good[0], need))
                return None
            return Typed(expr, m.Unit.NUMBER)
        for part in good[1:]:
            if not _agree(good[0], part):
                self.report(errors.compared_unlike(line, node, good[0], part))
                return None
        return replace(good[0], expr=expr)

    def _ramp(self, line: Line, node: s.RampOver, anchor: str | None) -> Typed | None:
        before, after = self.value(line, node.before), self.value(line, node.after)
        if before is None or after is None:
            return None
        if not _agree(before, after):
            self.report(errors.compared_unlike(line, node, before, after))
            return None
        match node.over:
            case s.Range(s.Lit(kind="date") as first, s.Lit(kind="date") as last):
                expr = m.Ramp(before.expr, after.expr, first=int(first.value), last=int(last.value))
            case s.Lit(kind="duration", value=length) if length > 0:
                expr = m.Ramp(before.expr, after.expr, days=length / 86_400, anchor=anchor)
                if anchor is None:
                    self.report(errors.ramp_without_start(line, node))
                    return None
            case _:
                self.report(errors.ramp_without_span(line, node))
                return None
        return replace(before, expr=expr)

    def unknown(self, line: Line, node: s.Name, legal: Sequence[str]) -> None:
        """Reports a name that means nothing here, unless the line that should have declared it could not be read."""
        if any(part in self.names.doubtful for part in (*node.parts, node.text)):
            return
        everything = {*legal}
        self.report(errors.unknown_name(line.span(node.at), node.text, nearest(node.text, everything)))


def _nothing(_: object) -> None:
    """A silent reporter: units are found without repeating what the real reading reports."""


def _own(name: str) -> str:
    return "agent_name" if name == "agent" else name


def _agree(left: Typed, right: Typed) -> bool:
    return left.unit is right.unit and left.currency == right.currency and left.points == right.points


def _between(value: Typed, low: Typed, high: Typed) -> m.Expr:
    if low.expr == high.expr:
        return _compare("==", value.expr, low.expr)
    above = _compare(">=", value.expr, low.expr)
    if value.unit is not m.Unit.CLOCK:
        return canon.both(above, _compare("<=", value.expr, high.expr)) or above
    below = _compare("<", value.expr, high.expr)
    over_midnight = (
        isinstance(low.expr, m.Constant) and isinstance(high.expr, m.Constant) and high.expr.value < low.expr.value
    )
    return canon.either((above, below)) if over_midnight else canon.both(above, below) or above


def _compare(op: str, left: m.Expr, right: m.Expr) -> m.Expr:
    """A comparison with its constant on the right."""
    if isinstance(left, m.Constant) and not isinstance(right, m.Constant):
        left, right, op = right, left, _FLIPPED[op]
    return m.Compare(op, left, right)  # type: ignore[arg-type]  # one of the six signs


def unit_words(value: Typed) -> str:
    """The unit as messages call it."""
    if value.points:
        return "percentage points"
    if value.unit is m.Unit.MONEY:
        return f"an amount in {value.currency}"
    return UNIT_WORDS[value.unit]


UNIT_WORDS = {
    m.Unit.NUMBER: "a number", m.Unit.SHARE: "a share", m.Unit.TIME: "a time", m.Unit.MONEY: "an amount of money",
    m.Unit.DATE: "a date", m.Unit.CLOCK: "a time of day", m.Unit.LEVEL: "a level", m.Unit.TEXT: "a text",
    m.Unit.TRUTH: "a yes-or-no fact",
}  # fmt: skip
