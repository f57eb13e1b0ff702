"""What names mean where an expression stands: conditions and values are resolved through a Scope. What is wrong is
reported and gives None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from compiler.diag import Diagnostic
from compiler.lang import amounts, canon, conditions, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.names import Names
from compiler.lang.outline import Guarding, Report
from compiler.lang.suggest import nearest
from compiler.lang.tree import Line
from compiler.lang.typed import Typed


@dataclass(slots=True)
class Scope:
    """What an expression may refer to, and where its mistakes go."""

    names: Names
    report: Report
    units: dict[str, tuple[m.Unit, str] | None]  # filled as they are asked for; None while one is being found
    asking: list[str] = field(default_factory=list)  # whose units are being found, each for the one before
    circles: dict[frozenset[str], list[str]] = field(default_factory=dict)  # of fields that ask for their own unit
    known: dict[s.Node, m.Expr] = field(default_factory=dict)  # conditions that were resolved: they may stand often
    lost: set[str] = field(default_factory=set)  # names in conditions that mean nothing, which is said once

    def guard(self, conditions: Sequence[Guarding], *fixed: m.Expr | None) -> tuple[bool, m.Expr | None]:
        """(whether all could be resolved, their conjunction with `fixed`)."""
        parts = [self.truth(condition.line, condition.node) for condition in conditions]
        if any(part is None for part in parts):
            return False, None
        return True, canon.both(*fixed, *parts)

    def truth(self, line: Line, node: s.Node) -> m.Expr | None:
        """A yes-or-no expression."""
        found = self.known.get(node)
        if found is None:
            found = conditions.truth(self, line, node)
            if found is not None:
                self.known[node] = found
        return found

    def value(self, line: Line, node: s.Node, anchor: str | None = None) -> Typed | None:
        """A number with its unit. `anchor`: the event or agent that a ramp's length counts from."""
        return amounts.value(self, line, node, anchor)

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
        known = self.names.fields.get(choice)
        if written not in self.names.doubtful and not (known is not None and known.incomplete):
            self.report(errors.unknown_member(line, node, choice, list(domain), self.names.holders(written)))
        return None

    def unit_of(self, name: str) -> tuple[m.Unit, str] | None:
        """(unit, currency) of a kpi or fact, by its first `starts` or `is` line; None where that cannot be told."""
        if name in self.asking:
            circle = [*self.asking[self.asking.index(name) :], name]
            self.circles.setdefault(frozenset(circle), circle)
        if name in self.units:
            return self.units[name]
        self.units[name] = None  # a field that asks for its own unit finds none
        self.asking.append(name)
        self.units[name] = amounts.first_unit(replace(self, report=_nothing, lost=set()), name)
        self.asking.pop()
        return self.units[name]

    def circle_errors(self) -> list[Diagnostic]:
        """An error for each circle of fields that take their units from one another: they have no value at all."""
        fields = self.names.fields
        return [
            errors.cycle(path, [(fields[one].span, f"{one} reads {two} here") for one, two in pairwise(path)])
            for path in self.circles.values()
        ]

    def unknown(self, line: Line, node: s.Name, legal: Sequence[str]) -> None:
        """Reports a name that means nothing here, unless the line that should have declared it could not be read."""
        if any(part in self.names.doubtful for part in (*node.parts, node.text)):
            return
        everything = {*legal}
        self.report(errors.unknown_name(line.span(node.at), node.text, nearest(node.text, everything)))


def _nothing(_: object) -> None:
    """A silent reporter: units are found without repeating what the real reading reports."""
