"""A plan -> the rows on which the answer key is worked out: all of it, or a keyed sample of a large one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.lang import model as m
from compiler.plan.expr import names
from compiler.plan.frame import Frame, Scope
from compiler.plan.order import expressions
from compiler.plan.part import Part
from compiler.plan.plan import Plan

SAMPLE = 8192

Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """`frame` has the rows with all their columns, `people` the rows of their customers; `follow` marks calls that
    follow another; `scale` is how many calls of the plan each row stands for."""

    frame: Frame
    people: Frame
    follow: Truths
    scale: float


class Sampler:
    """Takes its rows from the parts of a plan as they come by, and counts the follow-ups in all of them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.part_of = min(1.0, SAMPLE / max(plan.count, 1))
        self.frames: list[Frame] = []
        self.follow: list[Truths] = []
        self.chains: Counter[tuple[int, int]] = Counter()  # (number of the flag, place in the chain) -> calls

    def add(self, part: Part) -> None:
        chosen: NDArray[np.int64] | slice = slice(None)
        if self.part_of < 1.0:
            chosen = np.flatnonzero(rng.uniforms(part.frame.who, "answers") < self.part_of)
        self.frames.append(part.frame.take(chosen))
        self.follow.append(part.followed[chosen])
        rules, waves = (column[part.followed].tolist() for column in (part.block.rule, part.block.wave))
        self.chains.update(zip(rules, waves, strict=True))

    def sample(self) -> Sample:
        plan, frame = self.plan, joined(self.plan, self.frames)
        people = plan.people.those(frame.columns["customer"] if frame.count else np.zeros(0, dtype=np.int64))
        followed = np.concatenate([*self.follow, np.zeros(0, dtype=bool)])
        return Sample(frame, people, followed, plan.count / frame.count if frame.count else 1.0)


def only(frame: Frame, columns: Collection[str]) -> Frame:
    """The same rows with some of their columns."""
    found = Frame(frame.count, frame.who, frame.scope, frame.days)
    found.columns = {name: values for name, values in frame.columns.items() if name in columns}
    found.masks = {name: values for name, values in frame.masks.items() if name in columns}
    return found


def read_by(f: m.Field, scope: Scope) -> set[str]:
    """The columns that the field's lines read, and its own."""
    found, waiting = {f.id, "day", "start_ms", "agent_name"}, [n for e in expressions(f) for n in names(e)]
    while waiting:
        name = waiting.pop()
        if name in scope.events and name not in found:
            waiting += names(scope.events[name].only_when)
        found.add(name)
    return found


def joined(plan: Plan, frames: list[Frame]) -> Frame:
    """The rows of several frames one after the other."""
    if len(frames) == 1:
        return frames[0]
    who = np.concatenate([*(frame.who for frame in frames), np.zeros(0, dtype=np.uint64)])
    days = frames[0].days if frames else plan.days
    whole = Frame(len(who), who, plan.scope, days)
    if not frames:
        whole.columns = {"customer": np.zeros(0, dtype=np.int64)}
        return whole
    for store, given in ((whole.columns, [f.columns for f in frames]), (whole.masks, [f.masks for f in frames])):
        for name in given[0]:
            store[name] = np.concatenate([each[name] for each in given])
    return whole
