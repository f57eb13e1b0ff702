"""What a spec means: frozen, resolved, free of layout and of order.

Everything here is checked: names resolve, units agree, shares add up.  Canonical units: times and spans in
seconds, shares and chances as fractions (35% is 0.35; 5pp is 0.05), dates as proleptic ordinals, times of day as
seconds since midnight, money in its currency.  Tuples that have no meaning as a sequence are sorted by id, so that
two specs that say the same give equal models.  Spans take no part in equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal as OneOfThese

from compiler.source import Span


class Unit(StrEnum):
    NUMBER = "number"
    SHARE = "share"  # 0..1; also chances and factors
    TIME = "time"  # seconds
    MONEY = "money"
    DATE = "date"  # date.toordinal()
    CLOCK = "clock"  # seconds since midnight, 0..86400
    LEVEL = "level"  # dB
    TEXT = "text"
    TRUTH = "truth"  # yes or no


# ------------------------------------------------------------------------------------------------ expressions
# Total: no loops, no user code.  Every reference is resolved; `Is` knows its members.


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal in its canonical unit; `currency` only where unit is money."""

    value: float
    unit: Unit = Unit.NUMBER
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of a field of the call.

    `name` is a field id (a number, or a flag as a truth), an event id (a truth), one of the names that are always
    there (`workday weekend holiday` truths, `date` an ordinal, `time` seconds since midnight), or
    `compliance_flags.Greeting` for a check (true = pass).  Choices never appear as Ref, only in `Is`.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Is:
    """`intent in (Transfer, Mortgage)`: the choice `name` has one of `members` (sorted ids).

    `name` may be a choice field, `weekday` (Mon..Sun), `agent` or `agent_name`, `team`, `scenario`, or an attribute
    of the agent (`agent.gender`, `agent.language`).  For a choice with `how many`, its first member counts.
    """

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameAs:
    """`language is agent.language`: two choices have the same member."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Compare:
    op: OneOfThese["<", "<=", ">", ">=", "==", "!="]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Not:
    of: Expr


@dataclass(frozen=True, slots=True)
class All:
    """Conjunction; parts sorted by their canonical text."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Disjunction; parts sorted by their canonical text."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Arith:
    op: OneOfThese["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Apply:
    """One of the closed list: min max round clamp hour_of day_of_month days_since."""

    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Ramp:
    """`A to B over SPAN`: a straight line by date, A before it and B after.

    Either `first` and `last` are dates (ordinals), or `days` counts from the first day of the event, aftermath or
    agent named `anchor`.
    """

    before: Expr
    after: Expr
    first: int | None = None
    last: int | None = None
    days: float | None = None
    anchor: str | None = None


Expr = Constant | Ref | Is | SameAs | Compare | Not | All | Either | Arith | Apply | Ramp


# ------------------------------------------------------------------------------------------------ fields


@dataclass(frozen=True, slots=True)
class Member:
    """One value of a choice. `number` where members are numbers (Transfers_count: 0, 1, 2, 3)."""

    id: str
    label: str
    only_when: Expr | None = None
    number: float | None = None
    hours: tuple[tuple[int, int], ...] = ()  # seconds since midnight, end out; over midnight = two pieces
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Start:
    """One `starts` line.

    kind `shares` or `weights`: `shares` holds (member, number) pairs, members without a row absent.
    kind `chance`: `parameters` has `chance`. kind `constant`: `value`. Otherwise the distribution's name (normal,
    truncated normal, lognormal, uniform, exponential, gamma, poisson) and its parameters by name
    (mean sd | median spread | low high | mean | mean cv | mean).
    """

    kind: str
    shares: tuple[tuple[str, float], ...] = ()
    parameters: tuple[tuple[str, Expr], ...] = ()
    guard: Expr | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Effect:
    """`X rises by E when C`: op add (falls is a negative amount), multiply or becomes; on the probability of
    `member` for choices and checks (None: all checks of the group), else on the field's value or chance.
    `member` may be `rest`: the members that no line under the same guard names, pro rata."""

    op: OneOfThese["add", "multiply", "becomes"]
    amount: Expr
    member: str | None = None
    guard: Expr | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `decide` (order counts): a member, or shares, when the guard holds; the last row has no guard."""

    shares: tuple[tuple[str, float], ...]
    guard: Expr | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`comes true within: 72h` with what the later call takes over; `same` = (fields, guard) lines."""

    within_seconds: float
    same: tuple[tuple[tuple[str, ...], Expr | None], ...]
    at_most: int = 1


FieldKind = OneOfThese["choice", "number", "flag", "decide", "check", "fact"]


@dataclass(frozen=True, slots=True)
class Field:
    """One drawn or derived field of the call record.

    Besides the fields that a spec declares, the model holds these as fields of kind `choice`: `agent_name` (members =
    agents, shares from their `share` lines guarded by workday/weekend), `team` is derived from it, `agent_shift`
    (starts guarded by agent, from their `works` lines), `scenario` (weights), `persona` (weights).
    Checks are fields of their own with `group` = their block's id (`compliance_flags`) and `group.Name` as id.
    A kpi is of kind `number`, also where it starts as one of several numbers (then it has members with `number`):
    effects without a member move its value, those with one the share of that number.
    `agent_name` starts as shares, or as weights as soon as one agent's share is a plain number; it has one list
    without guard where all agents have the same share on both kinds of day.
    """

    id: str
    kind: FieldKind
    label: str
    doc: str = ""
    unit: Unit = Unit.NUMBER
    currency: str = ""
    decimals: int | None = None  # None: not rounded; 0: an integer in the record
    members: tuple[Member, ...] = ()
    how_many: tuple[tuple[int, float], ...] = ()  # (k, share); empty = one
    only_when: Expr | None = None
    starts: tuple[Start, ...] = ()
    rows: tuple[Row, ...] = ()
    value: Expr | None = None  # facts: `is E`; guarded facts are absent elsewhere
    effects: tuple[Effect, ...] = ()
    within: tuple[float, float] | None = None
    follow_up: FollowUp | None = None
    group: str | None = None
    shown_by: str | None = None
    span: Span | None = field(default=None, compare=False)


# ------------------------------------------------------------------------------------------------ the centre


@dataclass(frozen=True, slots=True)
class Dataset:
    id: str
    label: str
    seed: int
    first: date
    last: date  # both ends in
    time_zone: str
    edition: int = 1
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A holiday, payday, incident, campaign, aftermath or wait peak: a yes/no field of the call.

    When: `dates` (ordinal ranges, both in), `weekdays` (0 = Mon), `days_of_month`, or `happens` random days among
    `weekdays`; an aftermath has `after` (its event) and `lasts_days`. `calls` is a factor: a Constant, a Ramp, or a
    (low, high) pair drawn once per day.
    """

    id: str
    label: str
    kind: str
    dates: tuple[tuple[int, int], ...] = ()
    weekdays: tuple[int, ...] = ()
    days_of_month: tuple[int, ...] = ()
    happens: int | None = None
    after: str | None = None
    lasts_days: int = 0
    hours: tuple[tuple[int, int], ...] = ()
    only_when: Expr | None = None
    calls: Expr | tuple[float, float] | None = None
    opens: tuple[tuple[int, int], ...] = ()
    doc: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    weekend: tuple[int, ...] = (5, 6)
    events: tuple[Event, ...] = ()
    opens: tuple[tuple[tuple[tuple[int, int], ...], Expr | None], ...] = ()  # (hours, guard)
    calls: tuple[tuple[Expr, Expr | None], ...] = ()  # (factor, guard)


@dataclass(frozen=True, slots=True)
class Volume:
    """Calls a day before the factors; `arrivals` is exact, poisson, or gamma with `cv`."""

    workday: float
    weekend: float
    scale: float = 1.0
    by_weekday: tuple[float, float, float, float, float, float, float] = (1.0,) * 7
    arrivals: OneOfThese["exact", "poisson", "gamma"] = "exact"
    cv: float = 0.0


@dataclass(frozen=True, slots=True)
class Agent:
    id: str
    label: str
    team: str
    gender: OneOfThese["female", "male", "neutral"]
    voice: str  # a name of the standard cast
    language: str = ""
    first: int | None = None  # `from:`, an ordinal
    last: int | None = None
    doc: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    label: str
    language: str = ""
    doc: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Customers:
    """`keeps`: fields drawn once per customer; `numbers`: names of reserved or unassignable ranges."""

    population: int
    keeps: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Persona:
    id: str
    label: str
    doc: str = ""
    tone: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """One line of a phase. kind: `agent must`, `agent must not` (acts), `customer` (text), `hold` (amount = share of
    Hold_time), `amount` (an expression, or low..high), `handed to` (team), `recording` (text = paused | stops)."""

    kind: str
    acts: tuple[str, ...] = ()
    text: str = ""
    amount: Expr | tuple[Constant, Constant] | None = None
    team: str = ""
    guard: Expr | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Phase:
    id: str
    label: str
    lines: tuple[PhaseLine, ...]  # in order
    only_when: Expr | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    id: str
    label: str
    phases: tuple[Phase, ...]  # in order
    dialogue: bool = True
    doc: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Act:
    id: str
    text: str  # "says that the recording pauses"


@dataclass(frozen=True, slots=True)
class LocaleSettings:
    """Overrides of a locale: `labels`, `values` (files), `greeting` and other texts with {agent.label} places."""

    tag: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CustomerVoices:
    """Cast names for customers by gender; agents' voices are never among them."""

    female: tuple[str, ...]
    male: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audio:
    sample_rate: int = 16_000
    hold_music: str | None = None
    overlaps: float = 0.2  # share of speaker changes that overlap a little, when the engine is free to
    overlap_low: float = 0.15
    overlap_high: float = 0.6
    overlap_at_most: float = 0.3
    voices: Mapping[str, str] = field(default_factory=dict)  # cast name -> the engine's own voice


@dataclass(frozen=True, slots=True)
class UploadSettings:
    """`upload sa`: setting name -> text; `env "NAME"` is kept as EnvVar and read when sending, never stored."""

    kind: str
    settings: Mapping[str, float | str | EnvVar]


@dataclass(frozen=True, slots=True)
class EnvVar:
    name: str


@dataclass(frozen=True, slots=True)
class Model:
    """The whole spec. `fields` are sorted by id; `effective` is the canonical text of all facts, one a line; `places`
    says in words where each of its lines was said (files as seen from the project's folder), `origins` by what is
    said (see origins.py)."""

    dataset: Dataset
    calendar: Calendar
    volume: Volume
    fields: tuple[Field, ...]
    teams: tuple[Team, ...]
    agents: tuple[Agent, ...]
    customers: Customers
    customer_voices: CustomerVoices
    personas: tuple[Persona, ...]
    scenarios: tuple[Scenario, ...]
    acts: tuple[Act, ...]
    locales: tuple[LocaleSettings, ...]
    audio: Audio
    uploads: tuple[UploadSettings, ...]
    effective: str = field(compare=False, default="")
    places: tuple[str, ...] = field(compare=False, repr=False, default=())
    folder: str = field(compare=False, default="")  # where relative paths of the spec start
    origins: Mapping[object, Span] = field(compare=False, repr=False, default_factory=dict)

    def field(self, name: str) -> Field:
        """The field `name`; KeyError if there is none."""
        for candidate in self.fields:
            if candidate.id == name:
                return candidate
        raise KeyError(name)
