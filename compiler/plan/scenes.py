"""Scenario phases and their guards -> the scenes of one call, and who takes over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler import rng
from compiler.lang import model as m
from compiler.plan.call import Scene, Speaker, Value
from compiler.plan.expr import Formula, formula, truth
from compiler.plan.frame import Frame

if TYPE_CHECKING:
    from compiler.plan.plan import Plan

Line = tuple[m.PhaseLine, Any, Any]  # the line, where it holds, its amount (share, value) where it has one


class Scenes:
    """The phases of every scenario, with their guards as columns over the calls that play it."""

    def __init__(self, plan: Plan, frame: Frame, agents: Sequence[Speaker]) -> None:
        self.plan, self.frame, self.agents = plan, frame, agents
        self.scenarios = {scenario.id: scenario for scenario in plan.model.scenarios}
        self.ids = plan.scope.members.get("scenario", ())
        self.shown_by = {f.id: f.shown_by for f in plan.model.fields if f.shown_by}
        self.prepared: dict[int, tuple[Any, list[tuple[m.Phase, Any, list[Line]]]]] = {}
        self.teams = {agent.id: agent.team for agent in plan.scope.agents}

    def of(self, row: int, record: Mapping[str, Value]) -> tuple[tuple[Scene, ...], tuple[Speaker, ...]]:
        """(scenes, colleagues) of one call; colleagues are as many as the record's Transfers_count."""
        code = int(self.frame.columns["scenario"][row]) if "scenario" in self.frame.columns else -1
        failed = self._failed(row)
        scenes: list[Scene] = []
        if code >= 0 and self.ids[code] in self.scenarios:
            rows, phases = self._prepare(code)
            at = int(np.searchsorted(rows, row))
            scenes = [self._scene(phase, lines, at, row, record, failed) for phase, on, lines in phases if on[at]]
        scenes = self._hold(scenes, record)
        return self._colleagues(scenes, row, record)

    def _prepare(self, code: int) -> tuple[Any, list[tuple[m.Phase, Any, list[Line]]]]:
        if code not in self.prepared:
            rows = np.flatnonzero(self.frame.columns["scenario"] == code)
            frame = self.frame.take(rows)

            def column(compute: Formula) -> Any:
                return np.broadcast_to(np.asarray(compute(frame)), (frame.count,))

            scope = self.plan.scope
            phases = []
            for phase in self.scenarios[self.ids[code]].phases:
                lines: list[Line] = []
                for line in phase.lines:
                    amount = line.amount
                    value = None if amount is None or isinstance(amount, tuple) else column(formula(amount, scope))
                    lines.append((line, column(truth(line.guard, scope)), value))
                phases.append((phase, column(truth(phase.only_when, scope)), lines))
            self.prepared[code] = rows, phases
        return self.prepared[code]

    def _failed(self, row: int) -> set[str]:
        """The acts that a failed check of this call says were left out."""
        frame = self.frame
        found = set()
        for name, act in self.shown_by.items():
            mask = frame.masks.get(name)
            if not frame.columns[name][row] and (mask is None or mask[row]):
                found.add(act)
        return found

    def _scene(
        self, phase: m.Phase, lines: list[Line], at: int, row: int, record: Mapping[str, Value], failed: set[str]
    ) -> Scene:
        must: list[str] = []
        must_not: list[str] = []
        customer: list[str] = []
        told: dict[str, Any] = {}
        for line, holds, value in lines:
            if not holds[at]:
                continue
            match line.kind:
                case "agent must":
                    must += [act for act in line.acts if act not in must]
                case "agent must not":
                    must_not += [act for act in line.acts if act not in must_not]
                case "customer":
                    customer.append(line.text)
                case "hold":
                    share = float(value[at]) if value is not None else 1.0
                    told["hold_share"] = told.get("hold_share", 0.0) + share
                case "amount" if not isinstance(line.amount, tuple) or record.get("amount_bucket", "") is not None:
                    told["amount"] = self._amount(line, value, at, row, phase, record)
                case "handed to":
                    told["handed_to"] = self._of_team(line.team, row, phase)
                case "recording":
                    told["recording"] = line.text
        return Scene(
            phase.id,
            phase.label,
            **told,
            must=tuple(act for act in must if act not in failed),
            failed=tuple(act for act in must if act in failed),
            must_not=tuple(must_not),
            customer=tuple(customer),
        )

    def _hold(self, scenes: list[Scene], record: Mapping[str, Value]) -> list[Scene]:
        """Shares of the hold time add up to 1 over the call; without hold time there are none."""
        total = sum(scene.hold_share or 0.0 for scene in scenes)
        factor = 1.0 / total if total and record.get("Hold_time") else 0.0
        return [scene if scene.hold_share is None else replace(scene, hold_share=(scene.hold_share * factor) or None)
                for scene in scenes]

    # -------------------------------------------------------------------------------- amounts

    def _amount(
        self, line: m.PhaseLine, value: Any, at: int, row: int, phase: m.Phase, record: Mapping[str, Value]
    ) -> tuple[float, str]:
        """What a field or an expression comes to; of a range, an amount in the record's bucket."""
        if not isinstance(line.amount, tuple):
            return float(np.floor(float(value[at]) * 100.0 + 0.5) / 100.0), self._currency(line.amount)
        low, high = line.amount[0].value, line.amount[1].value
        bucket = self._bucket(record)
        if bucket is not None:
            low, high = _narrowed(low, high, *bucket)
        u = rng.u(int(self.frame.who[row]), "amount", phase.id)
        return plausible(low + (high - low) * u, low, high), line.amount[0].currency or line.amount[1].currency

    def _currency(self, amount: m.Expr | None) -> str:
        if isinstance(amount, m.Constant):
            return amount.currency
        if isinstance(amount, m.Ref):
            return next((f.currency for f in self.plan.model.fields if f.id == amount.name), "")
        return ""

    def _bucket(self, record: Mapping[str, Value]) -> tuple[float, float] | None:
        chosen = record.get("amount_bucket")
        field = next((f for f in self.plan.model.fields if f.id == "amount_bucket"), None)
        if chosen is None or field is None:
            return None
        label = next((member.label for member in field.members if member.id == chosen), "")
        return bounds(label)

    # -------------------------------------------------------------------------------- colleagues

    def _of_team(self, team: str, row: int, phase: m.Phase) -> Speaker:
        here = self._own_id(row)
        offered = [a for a in self.agents if self.teams[a.id] == team and a.id != here]
        offered = offered or [a for a in self.agents if a.id != here] or list(self.agents)
        names = rng.ranked([a.id for a in offered], int(self.frame.who[row]), "handed to", phase.id)
        return next(a for a in offered if a.id == names[0])

    def _own_id(self, row: int) -> str:
        return self.agents[int(self.frame.columns["agent_name"][row])].id

    def _colleagues(
        self, scenes: list[Scene], row: int, record: Mapping[str, Value]
    ) -> tuple[tuple[Scene, ...], tuple[Speaker, ...]]:
        """One colleague for each transfer: first those of the scenes' handovers (no more than there are transfers),
        then keyed ones of another team where possible; never the same person twice in a row."""
        transfers = record.get("Transfers_count")
        wanted = transfers if isinstance(transfers, int) else 0
        found: list[Speaker] = []
        kept = []
        for scene in scenes:
            if scene.handed_to is not None and len(found) < wanted:
                found.append(scene.handed_to)
            elif scene.handed_to is not None:
                scene = replace(scene, handed_to=None)
            kept.append(scene)
        before = found[-1].id if found else self._own_id(row)
        while len(found) < wanted and len(self.agents) > 1:
            others = [a for a in self.agents if a.id != before]
            elsewhere = [a for a in others if self.teams[a.id] != self.teams[before]]
            offered = elsewhere or others
            names = rng.ranked([a.id for a in offered], int(self.frame.who[row]), "colleague", len(found))
            found.append(next(a for a in offered if a.id == names[0]))
            before = found[-1].id
        return tuple(kept), tuple(found)


def bounds(label: str) -> tuple[float, float] | None:
    """What a label of amounts says: "<100" 0..100, "100–1000" 100..1000, ">5000" 5000..50000; None if nothing."""
    numbers = [float(re.sub("['’,]", "", text)) for text in re.findall(r"\d[\d'’,]*", label)]
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    if len(numbers) == 1 and label.lstrip().startswith(("<", "≤")):
        return 0.0, numbers[0]
    if len(numbers) == 1 and label.lstrip().startswith((">", "≥")):
        return numbers[0], numbers[0] * 10.0
    return None


def _narrowed(low: float, high: float, bucket_low: float, bucket_high: float) -> tuple[float, float]:
    """The part of low..high in the bucket; the bucket itself where they do not meet."""
    if max(low, bucket_low) < min(high, bucket_high):
        return max(low, bucket_low), min(high, bucket_high)
    return bucket_low, bucket_high


def plausible(value: float, low: float, high: float) -> float:
    """Rounded as people name amounts, without leaving low..high: five cents below 100, then whole, tens, hundreds."""
    step = 0.05 if value < 100 else 1.0 if value < 1000 else 10.0 if value < 10_000 else 100.0
    rounded = float(np.floor(value / step + 0.5)) * step
    return min(max(float(np.floor(rounded * 100.0 + 0.5) / 100.0), low + min(step, (high - low) / 2)), high)
