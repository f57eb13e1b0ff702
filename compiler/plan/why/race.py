"""A category of one call: the weight of each member line by line, and the race that they run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from compiler import luck
from compiler.lang import model as m
from compiler.plan.expr import canon
from compiler.plan.frame import member_ids
from compiler.plan.shares import times
from compiler.plan.why.steps import Runner, Step
from compiler.plan.why.view import View

NEVER = float("inf")


def weights(view: View, f: m.Field) -> tuple[list[Runner], list[Step], list[Step]]:
    """(a runner for each member with its weight and how that came about, the `starts` line, the lines that do not
    hold here)."""
    ids = member_ids(f)
    best, others = view.start(f)
    given = dict(best.shares) if best is not None else {}
    base = {name: given.get(name, 0.0) for name in ids}
    steps = {name: [_first(view, f, best, name, base[name])] if base[name] else [] for name in ids}
    # a list without a line of its own is said by the members' lines (`share: workday 12%, weekend 9%`), which do hold
    idle = [view.start_step(f, start) for start in others if start.span is not None]
    moved = _rest(view, f, base, steps, idle)
    on_member: dict[str, list[m.Effect]] = defaultdict(list)
    for effect in f.effects:
        if effect.member not in (None, "rest"):
            on_member[str(effect.member)].append(effect)
    only = {member.id: member.only_when for member in f.members if member.only_when is not None}
    runners = []
    for name in ids:
        value, more, off = view.effects(f, on_member[name], moved[name])
        if value < 0.0:
            more.append(Step("never below 0", after=0.0))
            value = 0.0
        if name in only and not view.holds(only[name]):
            ruled = Step(f"`only when` of {name} does not hold", _only_place(view, f, name), after=0.0)
            value, more = 0.0, [*more, ruled]
        if f.id == "agent_name" and not _employed(view, name):
            value, more = 0.0, [*more, Step(f"{name} is not there on this day (`from`, `to`)", after=0.0)]
        steps[name] += more
        idle += [replace(step, text=_of(name, step.text)) for step in off]
        runners.append(Runner(name, value, None, None, steps=tuple(steps[name])))
    lead = [view.start_step(f, best)] if best is not None else []
    return runners, lead, idle


def run(view: View, name: str, runners: Sequence[Runner], first: str | None = None) -> list[Runner]:
    """The runners in the order in which they arrive; those without weight last. `first` stands in front."""
    lots = luck.lots(view.frame.halves, name)
    done = []
    for runner in runners:
        time = times(lots, runner.member, runner.weight)
        if time is None:
            done.append(replace(runner, u=None, time=None))
        else:
            done.append(replace(runner, u=float(luck.uniform_of(lots, runner.member)[0]), time=float(time[0])))
    order = sorted(done, key=lambda r: (r.member != first, NEVER if r.time is None else r.time))
    return [replace(r, place=i + 1 if r.time is not None or r.member == first else None) for i, r in enumerate(order)]


def plain(view: View, name: str, shares: Sequence[tuple[str, float]]) -> list[Runner]:
    """The race of a fixed list."""
    return run(view, name, [Runner(member, weight, None, None) for member, weight in shares])


def _first(view: View, f: m.Field, start: m.Start | None, name: str, value: float) -> Step:
    if start is not None and start.span is not None:
        text, place = view.said.member(start.span, name)
    else:
        word = {"agent_name": ("agent", "share")}.get(f.id, (f.id, "weight"))
        text, place = view.said.fact(word[0], name, slot=(word[1],))
    return Step(text, place, after=value)


def _rest(
    view: View, f: m.Field, base: dict[str, float], steps: dict[str, list[Step]], idle: list[Step]
) -> dict[str, float]:
    """What `rest rises by` gives to the members that no line under the same guard names, pro rata."""
    named: dict[str, set[str]] = defaultdict(set)
    for effect in f.effects:
        if effect.member not in (None, "rest"):
            named[canon(effect.guard)].add(str(effect.member))
    moved = dict(base)
    for effect in sorted((e for e in f.effects if e.member == "rest"), key=lambda e: (canon(e.guard), canon(e.amount))):
        text, place = view.words(f, effect)
        if not view.holds(effect.guard):
            idle.append(Step(text, place))
            continue
        by = float(view.value(effect.amount))
        inside = [name for name in base if name not in named[canon(effect.guard)]]
        total = 0.0
        for name in inside:
            total = total + base[name]
        for name in inside:
            part = base[name] / total if total > 0 else 0.0
            change = by if effect.op == "multiply" else by * part
            moved[name] = max(moved[name] * by if effect.op == "multiply" else moved[name] + by * part, 0.0)
            if base[name]:
                steps[name].append(Step(text, place, change, effect.op, moved[name]))
    return moved


def _employed(view: View, name: str) -> bool:
    agent = next(agent for agent in view.scope.agents if agent.id == name)
    today = float(view.frame["date"][0])
    return (agent.first or 0) <= today <= (agent.last or 10**7)


def _only_place(view: View, f: m.Field, name: str) -> str:
    kind = {"agent_name": "agent"}.get(f.id, f.id)
    return view.said.fact(kind, name, slot=("only when",))[1]


def _of(name: str, text: str) -> str:
    """A line of a member's own block, said so that the member is known."""
    return text if name in text.split() else f"{name}: {text}"
