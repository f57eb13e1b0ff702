"""A plan -> one of its calls: found by its name, its row as a frame of its own, who follows whom.

The only place of `compile why` that knows how a plan keeps its rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import PurePath

import numpy as np

from compiler import rng
from compiler.failures import UsageError
from compiler.plan.frame import Frame
from compiler.plan.plan import Plan

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
                     f"{_named(plan, 0).stem if plan.frame.count else 'Agent_20250901080000_41000000'}, or a file of "
                     "the build")


def frame(plan: Plan, row: int) -> Frame:
    """The call's row with all its columns."""
    return plan.frame.take(np.array([row]))


def person(plan: Plan, row: int) -> Frame:
    """The row of the call's customer in the population."""
    return plan.people.frame.take(np.array([customer_of(plan, row)]))


def day_of(plan: Plan, row: int) -> int:
    """The number of the call's day in the period."""
    return int(plan.frame.columns["day"][row])


def customer_of(plan: Plan, row: int) -> int:
    """The number of the call's customer in the population."""
    return int(plan.frame.columns["customer"][row])


def first_of(plan: Plan, row: int) -> int | None:
    """The row of the call that this one follows."""
    found = int(plan.links.follows[row])
    return found if found >= 0 else None


def rule_of(plan: Plan, row: int) -> str:
    """The flag that made the call follow another."""
    return plan.links.flags[int(plan.links.rule[row])]


def follower(plan: Plan, row: int, flag: str) -> int | None:
    """The row of the call that follows this one because of the flag."""
    rows = np.flatnonzero(plan.links.follows == row)
    found = [int(r) for r in rows if plan.links.flags[int(plan.links.rule[r])] == flag]
    return found[0] if found else None


def wave(plan: Plan, row: int, flag: str) -> int:
    """How many calls of that flag stand before this one."""
    return int(plan.links.waves(plan.links.flags.index(flag))[row])


def took_over(plan: Plan, row: int, name: str) -> bool:
    taken = plan.taken.get(name)
    return taken is not None and bool(taken[row])


def calls_of(plan: Plan, customer: int, first: int, last: int) -> list[int]:
    """The rows of the customer's calls on the days first..last."""
    low, high = (int(plan.days.rows[max(d, 0)]) for d in (first, last + 1))
    return [int(r) + low for r in np.flatnonzero(plan.frame.columns["customer"][low:high] == customer)]


def call_id(plan: Plan, row: int) -> str:
    return plan._records.call_id(row)


def named(plan: Plan, row: int) -> Found:
    return _named(plan, row)


# ------------------------------------------------------------------------------------------------ by name


def _by_id(plan: Plan, text: str) -> Found:
    """The fixed bits of the UUID are no bits of the hash: only the first 48 are looked up, the rest compared."""
    digits = text.replace("-", "")[:12]
    high = rng.hashes(plan.frame.who, "call_id", 0)
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
    if not plan.frame.count:
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
    return [int(r) + low for r in np.flatnonzero(plan.frame.columns["agent_name"][low:high] == ids.index(agent))]


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
