"""One call as the later stages see it: its record, who speaks, and what has to happen in it.

Frozen and complete: nothing later evaluates an expression of the spec or draws a fact of the call again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Value = str | int | float | bool | None | list[str] | dict[str, str]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person with a voice: `voice` is a name of the standard cast, `pitch` a small fixed factor (.96..1.04)."""

    id: str
    label: str
    role: str  # agent | customer
    gender: str  # female | male
    voice: str
    pitch: float


@dataclass(frozen=True, slots=True)
class Scene:
    """One phase of the scenario in this call, its guards resolved.

    `must` and `must_not` are act ids; acts of a failed check are not in `must` any more but in `failed`.
    `hold_share` is the part (0..1) of Hold_time that falls in this phase. `amount` is (value, currency).
    """

    id: str
    label: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    hold_share: float | None = None
    amount: tuple[float, str] | None = None
    handed_to: Speaker | None = None
    recording: str | None = None  # paused: what this phase says is not recorded; stops: nothing of the call is


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """What the follow-up knows of the call that it follows."""

    call_id: str
    date: str
    agent_label: str
    intent: str
    FCR: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that goes on while the call is made, such as an outage. `kind` is incident, aftermath, campaign or
    holiday."""

    id: str
    kind: str
    label: str
    doc: str


@dataclass(frozen=True, slots=True)
class Call:
    """A planned call.

    `record` is the call record exactly as plan/<date>/<call_id>.json holds it (architecture.md §4): ids, typed, absent
    fields absent or None, in the order of the fields. `key` is the call's 64-bit key for `rng`. `start` is local in
    the dataset's time zone. `colleagues` are the agents who take over, one for each of Transfers_count.
    `acts` explains each act id that occurs. `persona`/`tone` are display texts. `scenes` is empty only where the
    scenario has no phases. `dialogue` is False where the scenario says so: a record only. `happening` is what people
    may know of: not paydays, not queues.
    """

    call_id: str
    stem: str  # Agent_YYYYMMDDHHMMSS_ANI, unique in the plan
    key: int
    start: datetime
    record: Mapping[str, Value]
    agent: Speaker
    customer: Speaker
    colleagues: tuple[Speaker, ...]
    scenario_label: str
    scenario_doc: str
    scenes: tuple[Scene, ...]
    acts: Mapping[str, str]
    persona: str = ""
    tone: str = ""
    earlier: EarlierCall | None = None
    dialogue: bool = True
    happening: tuple[Happening, ...] = ()

    @property
    def voiced(self) -> bool:
        """True for calls with audio: by voice, with a dialogue, and nobody stopped the recording (what a
        recorder kept of such a call could not show its labels, so it keeps nothing)."""
        stopped = any(scene.recording == "stops" for scene in self.scenes)
        return self.dialogue and self.record.get("channel") == "voice" and not stopped
