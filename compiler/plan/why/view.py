"""One row of a frame, and what the spec's expressions, starts and effects come to there, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from compiler import luck
from compiler.lang import model as m
from compiler.lang.pretty_fields import moves_by_points
from compiler.lang.show import expression
from compiler.plan.draws import Program
from compiler.plan.expr import canon, formula, names
from compiler.plan.frame import Frame, Scope
from compiler.plan.why.steps import Step
from compiler.plan.why.words import Said

VERBS = {"add": "rises by", "multiply": "is multiplied by", "becomes": "becomes"}


@dataclass(frozen=True)
class View:
    """`frame` has one row with all its columns; `who` is the row's key; `whose` says whose row it is."""

    frame: Frame
    scope: Scope
    said: Said
    whose: str = "call"

    @cached_property
    def who(self) -> int:
        return int(self.frame.who[0])

    def value(self, expr: m.Expr) -> float | bool:
        """What the expression comes to in this row."""
        found = np.broadcast_to(np.asarray(formula(expr, self.scope)(self.frame)), (1,))[0].item()
        return found if isinstance(found, bool) else float(found)

    def holds(self, guard: m.Expr | None) -> bool:
        return guard is None or bool(self.value(guard))

    def uniform(self, *full_name: str) -> float:
        return float(luck.uniforms(self.frame.halves, *full_name)[0])

    def member(self, name: str) -> str | None:
        """The id that the choice `name` has here, None where it has none."""
        column, ids = self.scope.ids(name)
        code = int(self.frame[column][0])
        return ids[code] if code >= 0 else None

    def filled(self, expr: m.Expr) -> str:
        """The expression with the row's values in the place of the names."""
        return expression(self._filled(expr))

    def _filled(self, expr: m.Expr) -> m.Expr:
        match expr:
            case m.Ref(name):
                return m.Constant(float(self.value(expr)), self._unit(name))
            case m.Arith(op, left, right):
                return m.Arith(op, self._filled(left), self._filled(right))
            case m.Compare(op, left, right):
                return m.Compare(op, self._filled(left), self._filled(right))
            case m.Apply(function, arguments):
                return m.Apply(function, tuple(self._filled(each) for each in arguments))
            case m.Ramp():
                return m.Constant(float(self.value(expr)))
        return expr

    def _unit(self, name: str) -> m.Unit:
        if name == "time":
            return m.Unit.CLOCK
        if name == "date":
            return m.Unit.DATE
        f = next((f for f in self.scope.model.fields if f.id == name), None)
        return f.unit if f is not None else m.Unit.NUMBER

    # -------------------------------------------------------------------------------- starts

    def start(self, f: m.Field) -> tuple[m.Start | None, list[m.Start]]:
        """(the `starts` line that holds, the others): a guarded one wins over the one without."""
        ordered = sorted(f.starts, key=lambda s: (s.guard is not None, canon(s.guard)))
        holding = [start for start in ordered if self.holds(start.guard)]
        best = holding[-1] if holding else None
        return best, [start for start in ordered if start is not best]

    def start_step(self, f: m.Field, start: m.Start, after: float | None = None) -> Step:
        text, place = self.said.line(start.span)
        return Step(text or _starts(f, start), place, after=after)

    # -------------------------------------------------------------------------------- effects

    def effects(self, f: m.Field, given: Iterable[m.Effect], value: float) -> tuple[float, list[Step], list[Step]]:
        """(the value after all effects that hold here, a step for each of these, the lines that do not hold)."""
        steps, idle = [], []
        ordered = sorted(given, key=lambda e: (canon(e.guard), canon(e.amount)))
        for op in VERBS:
            for effect in (e for e in ordered if e.op == op):
                text, place = self.words(f, effect)
                if not self.holds(effect.guard):
                    idle.append(Step(text, place))
                    continue
                by = float(self.value(effect.amount))
                value = value + by if op == "add" else value * by if op == "multiply" else by
                if not isinstance(effect.amount, m.Constant):
                    text = f"{text}: {self.filled(effect.amount)}"
                steps.append(Step(text, place, by, op, value))
        return value, steps, idle

    def words(self, f: m.Field, effect: m.Effect) -> tuple[str, str]:
        """(text, place) of an effect; those that follow from `handed to` have the phases' lines as their place."""
        text, place = self.said.line(effect.span)
        if text:
            return text, place
        points = effect.op == "add" and moves_by_points(f, effect.member)
        text = f"{VERBS[effect.op]} {expression(effect.amount, points)}"
        text += f" when {expression(effect.guard)}" if effect.guard is not None else ""
        handed = self._handed(effect) if effect.span is None else ""
        return (f"`handed to` in the scenario's phases: {text}", handed) if handed else (text, place)

    def _handed(self, effect: m.Effect) -> str:
        here = {name for part in _parts(effect.guard) if isinstance(part, m.Is) and part.name == "scenario"
                for name in part.members}
        lines = [line for s in self.scope.model.scenarios if s.id in here for p in s.phases for line in p.lines]
        return ", ".join(self.said.line(line.span)[1] for line in lines if line.kind == "handed to")


def program(f: m.Field, programs: dict[str, Program], scope: Scope) -> Program:
    return programs.get(f.id) or Program(f, scope)


def _parts(guard: m.Expr | None) -> tuple[m.Expr, ...]:
    return guard.parts if isinstance(guard, m.All) else () if guard is None else (guard,)


def _starts(f: m.Field, start: m.Start) -> str:
    """A `starts` line that is written elsewhere: agents' shares, scenarios' and personas' weights."""
    what = {"agent_name": "the agents' `share` lines", "scenario": "the scenarios' `weight` lines",
            "persona": "the personas' `weight` lines", "agent_shift": "the agents' `works` lines"}
    return what.get(f.id, f"starts as {start.kind}")


def read_by(expressions: Sequence[m.Expr | None]) -> list[str]:
    """The names that the expressions read, sorted."""
    return sorted({name for expr in expressions for name in names(expr)})


def scalar(value: Any) -> float:
    return float(np.asarray(value).reshape(-1)[0])
