"""A plan -> the rows on which the answer key is worked out: all of it, or a keyed sample of a large one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.frame import Frame
from compiler.plan.plan import Plan

SAMPLE = 16_384

Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Sample:
    """`frame` has the rows with all their columns, `people` the rows of their customers; `follow` marks calls that
    follow another; `scale` is how many calls of the plan each row stands for."""

    frame: Frame
    people: Frame
    follow: Truths
    scale: float


def sample(plan: Plan) -> Sample:
    """The rows, in one pass over the plan's parts."""
    part_of = min(1.0, SAMPLE / max(plan.count, 1))
    frames, follow = [], []
    for part in plan.parts():
        chosen = np.arange(part.count)
        if part_of < 1.0:
            chosen = np.flatnonzero(rng.uniforms(part.frame.who, "answers") < part_of)
        frames.append(part.frame.take(chosen))
        follow.append(part.followed[chosen])
    frame = joined(plan, frames)
    people = plan.people.frame.take(frame.columns["customer"]) if frame.count else plan.people.frame.take(slice(0, 0))
    followed = np.concatenate([*follow, np.zeros(0, dtype=bool)])
    return Sample(frame, people, followed, plan.count / frame.count if frame.count else 1.0)


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
