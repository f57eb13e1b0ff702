"""Part -> which calls have audio, as Call.voiced says it of one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan.expr import truth
from compiler.plan.frame import Frame
from compiler.plan.part import Part


def voiced(part: Part) -> NDArray[np.bool_]:
    """By voice, with a dialogue, and in no phase that stops the recording."""
    frame, scope = part.frame, part.plan.scope
    channels = scope.members.get("channel", ())
    if "voice" not in channels:
        return np.zeros(part.count, dtype=bool)
    found = np.asarray(frame.columns["channel"] == channels.index("voice"))
    codes = {name: code for code, name in enumerate(scope.members.get("scenario", ()))}
    for scenario in part.plan.model.scenarios:
        if scenario.id not in codes:
            continue
        here = frame.columns["scenario"] == codes[scenario.id]
        if not scenario.dialogue:
            found = found & ~here
        elif any(line.text == "stops" for phase in scenario.phases for line in phase.lines):
            rows = np.flatnonzero(here)
            found[rows] &= ~_stopped(scenario, frame.take(rows))
    return found


def _stopped(scenario: m.Scenario, frame: Frame) -> NDArray[np.bool_]:
    """Where the last line on the recording that holds in a phase says that it stops."""
    stopped = np.zeros(frame.count, dtype=bool)
    for phase in scenario.phases:
        on = np.zeros(frame.count, dtype=bool)
        for line in (line for line in phase.lines if line.kind == "recording"):
            on = np.where(truth(line.guard, frame.scope)(frame), line.text == "stops", on)
        stopped |= on & truth(phase.only_when, frame.scope)(frame)
    return stopped
