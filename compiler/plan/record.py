"""Columns -> one call: its record, who speaks, its scenes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler import rng
from compiler.lang import model as m
from compiler.plan.call import Call, EarlierCall, Happening, Speaker, Value
from compiler.plan.clocks import offsets, zone_of
from compiler.plan.expr import formula
from compiler.plan.fields import ADDED, BY_ID, CHECKS_ORDER, KNOWN
from compiler.plan.follow import Fate
from compiler.plan.frame import WEEKDAYS, Frame
from compiler.plan.people import agent_speaker
from compiler.plan.scenes import Scenes
from compiler.plan.stream import Block, Stream
from compiler.rng import Floats, Keys

if TYPE_CHECKING:
    from compiler.plan.plan import Plan

Reader = Callable[[int], Value]
ABSENT: Any = object()
SHOWN = ("incident", "aftermath", "campaign", "holiday")  # kinds of events that the people in a call know of
SPEAKERS = 65_536  # customers whose speakers are kept at hand


class Cast:
    """What the calls of a plan have in common, whichever rows they are."""

    def __init__(self, plan: Plan) -> None:
        self.fields = {f.id: f for f in plan.model.fields}
        zone = zone_of(plan.model)
        self.offset = cache(lambda day: offsets(zone, plan.days.day(day)))
        self.speaker = lru_cache(SPEAKERS)(plan.people.speaker)
        self.agents = [agent_speaker(plan.model, agent) for agent in plan.scope.agents]
        self.personas = {persona.id: persona for persona in plan.model.personas}
        self.scenarios = {scenario.id: scenario for scenario in plan.model.scenarios}
        self.acts = {act.id: act.text for act in plan.model.acts}
        self.happenings = [
            (Happening(e.id, e.kind, e.label, e.doc), formula(m.Ref(e.id), plan.scope))
            for e in sorted(plan.model.calendar.events, key=lambda e: e.id) if e.kind in SHOWN
        ]


class Records:
    """Builds calls from columns; readers for the fields are made once. `told` has the calls that were followed, by
    their keys, where the follow-ups' first calls lie before these rows."""

    def __init__(
        self, plan: Plan, block: Block, cast: Cast | None = None, told: Mapping[int, EarlierCall] | None = None
    ) -> None:
        cast = cast or Cast(plan)
        self.plan, self.block, self.frame, self.scope = plan, block, block.frame, plan.scope
        self.told = told if told is not None else {}
        self.fields, self.offset, self.speaker, self.agents = cast.fields, cast.offset, cast.speaker, cast.agents
        self.personas, self.scenarios, self.acts = cast.personas, cast.scenarios, cast.acts
        self.scenes = Scenes(plan, block.frame, self.agents)
        self.happenings = cast.happenings

    # -------------------------------------------------------------------------------- values

    def call_id(self, row: int) -> str:
        return identity(int(self._id_bits[0][row]), int(self._id_bits[1][row]))

    @cached_property
    def _id_bits(self) -> tuple[Keys, Keys]:
        return _bits(self.frame.who)

    @cached_property
    def _first_bits(self) -> tuple[Keys, Keys]:
        return _bits(self.block.first)

    def start(self, row: int) -> datetime:
        """Local start with its offset from UTC, to the millisecond."""
        day, time = int(self.frame.columns["day"][row]), int(self.frame.columns["start_ms"][row])
        shifts = self.offset(day)
        seconds = next(seconds for begin, seconds in reversed(shifts) if time // 1000 >= begin)
        midnight = datetime.combine(self.plan.days.day(day), datetime.min.time(), timezone(timedelta(seconds=seconds)))
        return midnight + timedelta(milliseconds=time)

    @cached_property
    def readers(self) -> list[tuple[str, Reader]]:
        """The record's fields in their order, each with the function that reads it off the columns."""
        found = [(name, self._reader(name)) for name in names_in_order(self.plan.model)]
        return [(name, reader) for name, reader in found if reader is not None]

    def _reader(self, name: str) -> Reader | None:
        """None where the spec has no such field."""
        special: dict[str, Reader] = {
            "call_id": self.call_id,
            "date": lambda row: self.plan.days.day(int(self.frame.columns["day"][row])).isoformat(),
            "weekday": lambda row: WEEKDAYS[int(self.plan.days.weekday[self.frame.columns["day"][row]])],
            "agent_name": lambda row: self.agents[int(self.frame.columns["agent_name"][row])].id,
            "team": lambda row: self.scope.agents[int(self.frame.columns["agent_name"][row])].team,
            "ANI": lambda row: self.plan.people.ani(int(self.frame.columns["customer"][row])),
            "start": lambda row: self.start(row).isoformat(timespec="milliseconds"),
            "customer_id": lambda row: self.plan.people.id(int(self.frame.columns["customer"][row])),
            "customer_name": lambda row: self.speaker(int(self.frame.columns["customer"][row])).label,
            "follows": self._follows,
            "intents": self._intents,
        }
        if name == "Silence_ratio" and "Silence_total_seconds" in self.fields:
            return self._silence_ratio
        if name in special and (name != "intents" or "intent" in self.fields):
            return special[name]
        members = sorted((f for f in self.plan.model.fields if f.group == name), key=check_order)
        if members:
            return self._checks(members)
        return self._field(self.fields[name]) if name in self.fields else None

    def _follows(self, row: int) -> str | None:
        if not self.block.before[row]:
            return None
        return identity(int(self._first_bits[0][row]), int(self._first_bits[1][row]))

    def _intents(self, row: int) -> Value:
        ids = self.scope.members["intent"]
        codes = self.frame.columns.get("intent:all")
        found = codes[row] if codes is not None else self.frame.columns["intent"][row : row + 1]
        return [ids[int(code)] for code in found if code >= 0]

    def _field(self, f: m.Field) -> Reader:
        column, mask = self.frame.columns[f.id], self.frame.masks.get(f.id)
        if f.kind in ("choice", "decide"):
            ids = (*self.scope.members[f.id], None)
            return lambda row: ids[column[row]]
        read: Reader = lambda row: column[row].item()  # noqa: E731  # one of four readers side by side
        if column.dtype != bool and is_integer(f):
            read = lambda row: int(column[row])  # noqa: E731  # as above
        elif column.dtype != bool:
            read = lambda row: column[row].item() + 0.0  # noqa: E731  # + 0.0 turns -0.0 into 0.0
        return read if mask is None else lambda row: read(row) if mask[row] else ABSENT

    def _checks(self, members: list[m.Field]) -> Reader:
        parts = [(short(f), self.frame.columns[f.id], self.frame.masks.get(f.id)) for f in members]

        def read(row: int) -> Value:
            return {
                name: "pass" if column[row] else "fail"
                for name, column, mask in parts if mask is None or mask[row]
            }

        return read

    def _silence_ratio(self, row: int) -> Value:
        ratio = self.silence_ratios[row]
        return ABSENT if np.isnan(ratio) else float(ratio)

    @cached_property
    def silence_ratios(self) -> Any:
        return silence_ratios(self.frame)

    def record(self, row: int) -> dict[str, Value]:
        values = ((name, read(row)) for name, read in self.readers)
        return {name: value for name, value in values if value is not ABSENT}

    # -------------------------------------------------------------------------------- calls

    def call(self, row: int) -> Call:
        record = self.record(row)
        start = self.start(row)
        agent = self.agents[int(self.frame.columns["agent_name"][row])]
        scenario = self.scenarios.get(str(record.get("scenario")))
        persona = self.personas.get(str(record.get("persona")))
        scenes, colleagues = self.scenes.of(row, record)
        return Call(
            call_id=str(record["call_id"]),
            stem=f"{agent.id}_{start:%Y%m%d%H%M%S}_{str(record['ANI']).removeprefix('+')}",
            key=int(self.frame.who[row]),
            start=start,
            record=record,
            agent=agent,
            customer=self.customer(row),
            colleagues=colleagues,
            scenario_label=scenario.label if scenario else "",
            scenario_doc=scenario.doc if scenario else "",
            scenes=scenes,
            acts={act: self.acts[act] for scene in scenes
                  for act in (*scene.must, *scene.must_not, *scene.failed) if act in self.acts},
            persona=persona.label if persona else "",
            tone=(persona.tone or persona.doc) if persona else "",
            earlier=self._earlier(row),
            dialogue=scenario.dialogue if scenario else True,
            happening=tuple([event for event, holds in self._happening if holds[row]]),
        )

    @cached_property
    def _happening(self) -> list[tuple[Happening, Any]]:
        """What goes on at any of the rows, and at which."""
        rows = (self.frame.count,)
        found = [(event, np.broadcast_to(np.asarray(on(self.frame)), rows)) for event, on in self.happenings]
        return [(event, holds) for event, holds in found if holds.any()]

    def customer(self, row: int) -> Speaker:
        return self.speaker(int(self.frame.columns["customer"][row]))

    def _earlier(self, row: int) -> EarlierCall | None:
        before = int(self.block.before[row])
        if not before:
            return None
        return self.as_earlier(row - before) if row >= before else self.told[int(self.block.first[row])]

    def as_earlier(self, row: int) -> EarlierCall:
        """What a follow-up knows of this call."""
        record = self.record(row)
        return EarlierCall(
            call_id=str(record["call_id"]),
            date=str(record["date"]),
            agent_label=self.agents[int(self.frame.columns["agent_name"][row])].label,
            intent=str(record.get("intent", "")),
            FCR=bool(record.get("FCR", False)),
        )


def stream_of_calls(plan: Plan) -> Iterator[Call]:
    """The calls that are shown, drawn as they are read."""
    span, cast = Stream(plan.engine).span, Cast(plan)
    told: dict[int, EarlierCall] = {}
    days: dict[int, list[int]] = {}  # day -> keys of its calls in `told`
    for block in plan.blocks(before=span):
        records = Records(plan, block, cast, told)
        first, last = plan.first_row - block.row, plan.last_row - block.row
        yield from (records.call(row) for row in range(max(0, first), min(block.frame.count, last)))
        made = [fate == Fate.MADE for fate in block.fates.values()]
        for row in np.flatnonzero(np.logical_or.reduce(made)).tolist() if made else ():
            key = int(block.frame.who[row])
            told[key] = records.as_earlier(row)
            days.setdefault(int(block.frame.columns["day"][row]), []).append(key)
        done = int(block.frame.columns["day"][-1]) - span if block.frame.count else -1
        for day in [day for day in days if day < done]:
            for key in days.pop(day):
                del told[key]


def identity(high: int, low: int) -> str:
    """A UUID (version 8: made by our own rule) out of 122 bits of the call's keyed hash."""
    bits = (high << 64 | low) & ~(0xF000 << 64) & ~(0xC000 << 48) | (8 << 76) | (0x8000 << 48)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _bits(who: Keys) -> tuple[Keys, Keys]:
    return rng.hashes(who, "call_id", 0), rng.hashes(who, "call_id", 1)


def names_in_order(model: m.Model) -> list[str]:
    """Every name that a record may have, in the order of the record; the spec need not have them all."""
    groups = {f.group for f in model.fields if f.group}
    shown = {known.id for known in (*KNOWN, *ADDED)}
    further = sorted({f.id for f in model.fields if not f.group and f.id not in shown} | (groups - shown))
    return [*(known.id for known in KNOWN), *further, *(known.id for known in ADDED)]


def silence_ratios(frame: Frame) -> Floats:
    """Per cent, two decimals; NaN for calls without the field."""
    part = frame.columns["Silence_total_seconds"] / guessed_seconds(frame)
    ratio = np.floor(part * 10_000.0 + 0.5) / 100.0
    mask = frame.masks.get("Silence_total_seconds")
    return np.asarray(ratio if mask is None else np.where(mask, ratio, np.nan))


def guessed_seconds(frame: Frame) -> Floats:
    """How long each call may last, known only once there is sound: the `talk_time` of the spec, or else 45 s and 30 s
    for each phase of the scenario; 20 s for each transfer, the hold and the silence."""
    columns = frame.columns
    phases = {s.id: float(len(s.phases)) for s in frame.scope.model.scenarios}
    table = np.array([phases.get(name, 0.0) for name in frame.scope.members.get("scenario", ())] + [0.0])
    length = columns.get("talk_time")
    if length is None:
        length = 45.0 + 30.0 * table[columns.get("scenario", np.full(frame.count, -1))]
    for name, weight in (("Silence_total_seconds", 1.0), ("Hold_time", 1.0), ("Transfers_count", 20.0)):
        length = length + weight * columns.get(name, np.zeros(frame.count))
    return np.asarray(length)


def short(f: m.Field) -> str:
    """The name of a check within its group."""
    return f.id.rpartition(".")[2]


def check_order(f: m.Field) -> tuple[int, str]:
    name = short(f)
    return (CHECKS_ORDER.index(name) if name in CHECKS_ORDER else len(CHECKS_ORDER), name)


def is_integer(f: m.Field) -> bool:
    """Whether the record has the number as an integer: no decimals asked for, or all members are whole numbers."""
    if f.id in BY_ID and BY_ID[f.id].kind in ("integer", "number"):
        return BY_ID[f.id].kind == "integer"
    if f.decimals is not None:
        return f.decimals == 0
    numbers = [member.number for member in f.members if member.number is not None]
    return bool(numbers) and all(float(number).is_integer() for number in numbers)
