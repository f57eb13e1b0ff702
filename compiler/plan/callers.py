"""Which customer calls: drawn by jump consistent hash, so that growth of the population moves only what it must."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame
from compiler.plan.settle import GIVES_UP, SKIPS, Ints, jump, settle
from compiler.rng import Keys

Fits = Callable[[Ints, Ints], NDArray[np.bool_]]  # (rows, customers) -> whether each row may have that customer
TRIES = 200  # how often a call may ask for another customer before the population counts as too small


def drawn(who: Keys, attempts: Ints, population: int) -> Ints:
    """The customer that each call asks for at its attempt number."""
    found = np.empty(len(who), dtype=np.int64)
    for attempt in np.unique(attempts):
        at = attempts == attempt
        found[at] = jump(rng.hashes(who[at], "customer", int(attempt)), population)
    return found


def of_all(frame: Frame, population: int, fits: Fits | None = None) -> Ints:
    """Without follow-ups each call draws its customer by itself. Two calls that would share agent, second and
    customer would share a file name too: the later in (date, n) draws another customer that it may have."""
    attempts = np.zeros(frame.count, dtype=np.int64)
    customer = drawn(frame.who, attempts, population)
    if "start_ms" not in frame.columns or "agent_name" not in frame.columns:
        return customer  # these follow from the customer: `Work.run` looks for clashes when all is drawn
    second = frame.columns["day"] * 86_400 + frame.columns["start_ms"] // 1000
    keys = (np.arange(frame.count), customer, frame.columns["agent_name"], second)
    again = keys[0]
    for _ in range(TRIES):
        order = np.lexsort((keys[0], customer, keys[2], second))
        same = (np.diff(second[order]) == 0) & (np.diff(keys[2][order]) == 0) & (np.diff(customer[order]) == 0)
        again = order[1:][same]
        if not len(again):
            return customer
        attempts[again] += 1
        customer[again] = drawn(frame.who[again], attempts[again], population)
        for _ in range(TRIES if fits is not None else 0):
            wrong = again[~fits(again, customer[again])] if fits is not None else again
            attempts[wrong] += 1
            customer[wrong] = drawn(frame.who[wrong], attempts[wrong], population)
            if not len(wrong):
                break
    raise SpecFailure([
        f"the population of {population} customers is too small: {len(again)} calls would have the same agent, second "
        "and customer as another; make `population` larger"
    ])


def told_apart(frame: Frame) -> None:
    """SpecFailure when two calls share agent, second and customer, and so the name of their files."""
    second = frame.columns["day"] * 86_400 + frame.columns["start_ms"] // 1000
    keys = np.stack([frame.columns["agent_name"], second, frame.columns["customer"]], axis=1)
    same = len(keys) - len(np.unique(keys, axis=0))
    if same:
        raise SpecFailure([
            f"{same} calls have the same agent, second and customer as another; make the `population` larger"
        ])


def of_day(frame: Frame, rows: slice, seen: Ints, day: int, span: int, fits: Fits | None = None) -> None:
    """Fills the column `customer` for a day. Follow-ups have theirs; the others draw one who has not called for
    `span` days, nor today: so nobody whose flag is false calls again in time, and no two calls of a day share agent
    and customer. An earlier n has the first claim. `seen[customer]` is the last day of each. SpecFailure when a call
    finds nobody."""
    column = frame.columns["customer"]
    blocked = seen >= day - span
    blocked[column[rows][column[rows] >= 0]] = True
    free = np.flatnonzero(column[rows] < 0)
    who = frame.who[rows][free]

    most = TRIES if fits is None else TRIES * 10

    def wish(askers: Ints, attempts: Ints) -> Ints:
        found = drawn(who[askers], attempts, len(seen))
        bad = blocked[found]
        if fits is not None and (attempts > 0).any():
            bad = bad | ~fits(rows.start + free[askers], found)
        return np.where(attempts >= most, GIVES_UP, np.where(bad, SKIPS, found))

    settled = settle(len(free), wish, lambda askers, _: askers)
    if (settled < 0).any():
        raise SpecFailure([
            f"the population of {len(seen)} customers is too small: on {frame.days.day(day)} nearly everybody has "
            f"called within the last {span} days, and who is not to call again must not; make `population` larger"
        ])
    column[rows.start + free] = settled
    seen[column[rows]] = day
