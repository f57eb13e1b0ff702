"""A plan -> one of its calls: found by its name, its row as a frame of its own, who follows whom.

The only place of `compile why` that knows how a plan keeps its rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any, cast

import numpy as np

from compiler import rng
from compiler.failures import UsageError
from compiler.plan.follow import Fate, span_of
from compiler.plan.frame import Frame
from compiler.plan.part import joined
from compiler.plan.plan import Plan
from compiler.plan.record import Records, identity
from compiler.plan.stream import Block, Stream

STEM = re.compile(r"(?P<agent>.+)_(?P<start>\d{14})_(?P<number>\d+)")
PARTS = re.compile(r"[0-9a-f]{1,8}(-[0-9a-f]{0,4}){0,3}(-[0-9a-f]{0,12})?|[0-9a-f]{1,32}")
LEAST = 4  # characters of a call_id that may stand for the whole


@dataclass(frozen=True, slots=True)
class Found:
    """A call of the plan: its row there and its names."""

    row: int
    call_id: str
    stem: str


def find(plan: Plan, text: str) -> Found:
    """The call that `text` names: a call_id or a beginning of it, a stem, or a file of the build. UsageError: none,
    or several."""
    name = PurePath(text).name
    for ending in (".wav.json", ".json", ".md", ".txt", ".wav"):
        name = name.removesuffix(ending)
    stem = STEM.fullmatch(name)
    if stem is not None:
        return _by_stem(plan, name, stem["agent"], stem["start"])
    if PARTS.fullmatch(name.lower()) and len(name) >= LEAST:
        return _by_id(plan, name.lower())
    raise UsageError(f"`{text}` names no call; write a call_id (its first {LEAST} characters or more), a stem such as "
                     f"{_named(plan, 0).stem if plan.days.rows[-1] else 'Agent_20250901080000_41000000'}, or a file of "
                     "the build")


# ------------------------------------------------------------------------------------------------ near a call


def near(plan: Plan, row: int) -> Block:
    """The calls of the days around the call's, so far as a follow-up reaches; all calls where the plan has them at
    hand. Kept with the plan, like these."""
    whole = vars(plan).get("_whole")
    if whole is not None:
        return cast(Block, whole)
    kept: dict[int, Block] = vars(plan).setdefault("_near", {})
    day = int(np.searchsorted(plan.days.rows, row, side="right")) - 1
    if day not in kept:
        reach = span(plan)
        kept[day] = joined(list(Stream(plan.engine).blocks(max(day - reach, 0), min(day + reach, plan.days.count - 1))))
    return kept[day]


def span(plan: Plan) -> int:
    """The largest number of days between a call and its follow-up."""
    flags = [f.follow_up for f in plan.model.fields if f.follow_up is not None]
    return max((span_of(f.within_seconds) for f in flags), default=0)


def frame(plan: Plan, row: int) -> Frame:
    """The call's row with all its columns."""
    block = near(plan, row)
    return block.frame.take(np.array([row - block.row]))


def person(plan: Plan, row: int) -> Frame:
    """The row of the call's customer in the population."""
    return plan.people.those(np.array([customer_of(plan, row)]))


def record(plan: Plan, row: int) -> dict[str, Any]:
    """The call's record as the plan has it."""
    block = near(plan, row)
    return dict(Records(plan, block).record(row - block.row))


def day_of(plan: Plan, row: int) -> int:
    """The number of the call's day in the period."""
    return int(np.searchsorted(plan.days.rows, row, side="right")) - 1


def customer_of(plan: Plan, row: int) -> int:
    """The number of the call's customer in the population."""
    return int(frame(plan, row)["customer"][0])


def first_of(plan: Plan, row: int) -> int | None:
    """The row of the call that this one follows."""
    block = near(plan, row)
    before = int(block.before[row - block.row])
    return row - before if before > 0 else None


def rule_of(plan: Plan, row: int) -> str:
    """The flag that made the call follow another."""
    block = near(plan, row)
    return tuple(block.fates)[int(block.rule[row - block.row])]


def follower(plan: Plan, row: int, flag: str) -> int | None:
    """The row of the call that follows this one because of the flag."""
    block = near(plan, row)
    rows = np.arange(block.frame.count)
    mine = (block.before > 0) & (rows - block.before == row - block.row)
    found = [int(r) for r in rows[mine & (block.rule == tuple(block.fates).index(flag))]]
    return found[0] + block.row if found else None


def fate(plan: Plan, row: int, flag: str) -> Fate:
    """What became of the flag."""
    block = near(plan, row)
    return Fate(int(block.fates[flag][row - block.row]))


def wave(plan: Plan, row: int, flag: str) -> int:
    """How many calls of that flag stand before this one."""
    block = near(plan, row)
    own = int(block.rule[row - block.row]) == tuple(block.fates).index(flag)
    return int(block.wave[row - block.row]) if own else 0


def took_over(plan: Plan, row: int, name: str) -> bool:
    block = near(plan, row)
    taken = block.taken.get(name)
    return taken is not None and bool(taken[row - block.row])


def earlier_of(plan: Plan, row: int, customer: int) -> list[int]:
    """The rows of the customer's calls on the call's day and so many days before as a follow-up may be late."""
    block, day = near(plan, row), day_of(plan, row)
    low, high = int(plan.days.rows[max(day - span(plan), 0)]), int(plan.days.rows[day + 1])
    rows = np.flatnonzero(block.frame.columns["customer"] == customer) + block.row
    return [int(r) for r in rows if low <= r < high]


def call_id(plan: Plan, row: int) -> str:
    who = frame(plan, row).who
    return identity(int(rng.hashes(who, "call_id", 0)[0]), int(rng.hashes(who, "call_id", 1)[0]))


def named(plan: Plan, row: int) -> Found:
    return _named(plan, row)


# ------------------------------------------------------------------------------------------------ by name


def _by_id(plan: Plan, text: str) -> Found:
    """The fixed bits of the UUID are no bits of the hash: only the first 48 are looked up, the rest compared."""
    digits = text.replace("-", "")[:12]
    high = np.concatenate([*(rng.hashes(plan.engine.calls(day).who, "call_id", 0) for day in range(plan.days.count)),
                           np.zeros(0, dtype=np.uint64)])
    wanted = np.uint64(int(digits, 16) << 64 - 4 * len(digits))
    mask = np.uint64(((1 << 4 * len(digits)) - 1) << 64 - 4 * len(digits))
    rows = [int(row) for row in np.flatnonzero(high & mask == wanted)]
    found = [row for row in rows if _begins(call_id(plan, row), text)]
    if len(found) == 1:
        return _named(plan, found[0])
    if found:
        several = ", ".join(call_id(plan, row) for row in found[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise UsageError(f"{len(found)} calls begin with `{text}`: {several}{more}; write more of the call_id")
    if not len(high):
        raise UsageError("the build has no calls")
    near = np.argmax(np.array([_common(text, call_id(plan, int(row))) for row in _nearest(high, wanted)]))
    raise UsageError(f"there is no call `{text}` in this build; the nearest is "
                     f"{call_id(plan, int(_nearest(high, wanted)[near]))}")


def _begins(whole: str, text: str) -> bool:
    return whole.startswith(text) or ("-" not in text and whole.replace("-", "").startswith(text))


def _nearest(high: rng.Keys, wanted: np.uint64) -> list[int]:
    """The rows just below and above: of these one shares the longest beginning."""
    order = np.argsort(high, kind="stable")
    at = int(np.searchsorted(high[order], wanted))
    return [int(order[i]) for i in (at - 1, at) if 0 <= i < len(order)]


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _by_stem(plan: Plan, text: str, agent: str, start: str) -> Found:
    """The agent's calls of that day, and of those the one with that second and number."""
    rows = _of_agent(plan, agent, start[:8])
    found = {named.stem: named for named in (_named(plan, row) for row in rows)}
    if text in found:
        return found[text]
    near = get_close_matches(text, list(found), 1, 0.0)
    if near:
        raise UsageError(f"there is no call `{text}` in this build; the nearest is {near[0]}")
    raise UsageError(f"there is no call `{text}` in this build: {_why_none(plan, agent, start)}")


def _of_agent(plan: Plan, agent: str, day: str) -> list[int]:
    ids = [one.id for one in plan.scope.agents]
    when = _day(day)
    if agent not in ids or when is None or not 0 <= when.toordinal() - int(plan.days.date[0]) < plan.days.count:
        return []
    d = when.toordinal() - int(plan.days.date[0])
    low, high = int(plan.days.rows[d]), int(plan.days.rows[d + 1])
    if low == high:
        return []
    block = near(plan, low)
    column = block.frame.columns["agent_name"][low - block.row : high - block.row]
    return [int(r) + low for r in np.flatnonzero(column == ids.index(agent))]


def _why_none(plan: Plan, agent: str, start: str) -> str:
    ids = [one.id for one in plan.scope.agents]
    if agent not in ids:
        near = get_close_matches(agent, ids, 1)
        return f"it has no agent {agent}" + (f"; did you mean {near[0]}?" if near else "")
    when = _day(start[:8])
    first, last = plan.days.day(0), plan.days.day(plan.days.count - 1)
    if when is None or not first <= when <= last:
        return f"its days are {first} to {last}"
    return f"{agent} has no call on {when}"


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # a day has no time zone
    except ValueError:
        return None


def _named(plan: Plan, row: int) -> Found:
    one = frame(plan, row)
    agent = plan.scope.agents[int(one["agent_name"][0])].id
    day, time = plan.days.day(int(one["day"][0])), int(one["start_ms"][0])
    start = datetime.combine(day, datetime.min.time()) + timedelta(milliseconds=time)
    number = plan.people.ani(int(one["customer"][0])).removeprefix("+")
    return Found(row, call_id(plan, row), f"{agent}_{start:%Y%m%d%H%M%S}_{number}")
