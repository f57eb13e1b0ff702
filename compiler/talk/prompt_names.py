"""The names of a prompt template: each field of View is one (`{{ agent.name }}`, `{% for phase in scenario.phases %}`).

Texts are ready to print; "" stands for what a call does not have, None for a yes-or-no that its record does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.plan.call import Value


@dataclass(frozen=True, slots=True)
class CallView:
    """`record` holds every field of the spec as in the call record (None where this call has none), `shown` the same
    as texts in the prompt's language."""

    id: str
    stem: str
    date: str
    weekday: str
    time: str
    record: Mapping[str, Value]
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgentView:
    name: str
    gender: str  # female | male
    team: str
    shift: str


@dataclass(frozen=True, slots=True)
class CustomerView:
    gender: str  # female | male
    persona: str
    tone: str
    segment: str
    region: str
    device: str
    number: str


@dataclass(frozen=True, slots=True)
class PhaseView:
    """`must`, `must_not`, `left_out` (of failed checks): what the agent does, in words. `hold`: seconds of hold in this
    phase, "" for none. `recording`: "", paused or stops."""

    number: int
    label: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    left_out: tuple[str, ...]
    customer: tuple[str, ...]
    hold: str
    amount: str
    handed_to: str
    recording: str


@dataclass(frozen=True, slots=True)
class ScenarioView:
    label: str
    doc: str
    phases: tuple[PhaseView, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    """`id` is Greeting, Empathy, Summary, Farewell or another check of the spec."""

    id: str
    label: str
    passed: bool


@dataclass(frozen=True, slots=True)
class EarlierView:
    """The customer's call that this one follows."""

    date: str
    agent: str
    intent: str
    solved: bool


@dataclass(frozen=True, slots=True)
class HappeningView:
    """An event of the calendar that holds of the call. `kind`: incident, aftermath, campaign, holiday."""

    kind: str
    label: str
    doc: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A field of the record that no other name covers. `doc` is what the spec says about it."""

    id: str
    label: str
    value: str
    doc: str


@dataclass(frozen=True, slots=True)
class View:
    """The names of a template. Times (`wait`, `hold`, `silence`) are seconds as they stand in the tags."""

    voice: bool
    locale: str
    language: str
    language_id: str
    agent_word: str
    customer_word: str
    call: CallView
    agent: AgentView
    colleagues: tuple[AgentView, ...]
    customer: CustomerView
    intents: tuple[str, ...]
    scenario: ScenarioView
    earlier: EarlierView | None
    greeting: str
    checks: tuple[CheckView, ...]
    wait: str
    hold: str
    silence: str
    interruptions: int
    transfers: int
    solved: bool | None
    repeat_call: bool | None
    escalation: str
    complaint: str
    nps: str
    sentiment: str
    mood: str  # warm | neutral | annoyed
    script_adherence: str
    product: str
    amount: str
    self_service: str
    automated: bool | None
    automation: str  # what is automated
    article: bool | None
    language_switch: bool | None
    discloses: bool | None
    facts: tuple[FactView, ...]
    happening: tuple[HappeningView, ...]


PARTS = (CallView, AgentView, CustomerView, PhaseView, ScenarioView, CheckView, EarlierView, FactView, HappeningView)
