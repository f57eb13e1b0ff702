"""One setting to read, and the ways in which all readers take it apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from compiler.lang import errors
from compiler.lang import syntax as s
from compiler.lang.resolve import Scope
from compiler.lang.tree import Line


@dataclass(frozen=True, slots=True)
class Asked:
    """One setting to read: `what` is its name as messages call it, `anchor` what a ramp counts from."""

    scope: Scope
    line: Line
    said: s.Sentence
    what: str
    anchor: str | None = None

    def wrong(self, node: s.Node, expected: str) -> None:
        self.scope.report(errors.wrong_value(self.line, node, self.what, expected))

    def one(self, expected: str) -> s.Node | None:
        """The only value; reported where there are several."""
        if len(self.said.values) == 1:
            return self.said.values[0]
        self.scope.report(errors.one_value(self.line, self.said, self.what, expected))
        return None


Reader = Callable[[Asked], object | None]


def literal(
    asked: Asked, kinds: tuple[str, ...], expected: str, low: float = 0, high: float = math.inf
) -> s.Lit | None:
    """The only value as a literal of one of `kinds`, within low..high."""
    node = asked.one(expected)
    if node is None:
        return None
    return as_literal(asked, node, kinds, expected, low, high)


def as_literal(
    asked: Asked, node: s.Node, kinds: tuple[str, ...], expected: str, low: float = 0, high: float = math.inf
) -> s.Lit | None:
    if isinstance(node, s.Lit) and node.kind in kinds:
        if math.isnan(node.value):
            asked.scope.report(errors.no_such_day_or_time(asked.line, node))
            return None
        if low <= node.value <= high:
            return node
    asked.wrong(node, expected)
    return None


def pairs_of(asked: Asked, expected: str) -> list[tuple[s.Name, s.Lit]] | None:
    result: list[tuple[s.Name, s.Lit]] = []
    for node in asked.said.values:
        if not isinstance(node, s.Pair) or not isinstance(node.value, s.Lit):
            asked.wrong(node, expected)
            return None
        result.append((node.name, node.value))
    return result
