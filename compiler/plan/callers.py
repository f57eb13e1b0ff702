"""Which customer calls: drawn by a consistent hash (flip.py): growth of the population moves only what it must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.counting import counted, which
from compiler.plan.failure import SpecFailure
from compiler.plan.flip import flip
from compiler.plan.settle import Ints
from compiler.rng import Keys

Fits = Callable[[Ints, Ints], NDArray[np.bool_]]  # (places of calls, customers) -> whether each may have that customer
TRIES = 200  # how often a call may ask for another customer before the population counts as too small


def drawn(who: Keys, attempts: Ints, population: int) -> Ints:
    """The customer that each call asks for at its attempt number."""
    if attempts.any():
        names = np.array([_name(attempt) for attempt in range(int(attempts.max()) + 1)], dtype=np.uint64)
        who = who ^ (names ^ names[0])[attempts]  # hashed under the name of the first, it has the hash of its own
    return flip(rng.hashes(who, "customer", 0), population)


@cache
def _name(attempt: int) -> int:
    return rng.key("customer", attempt)


def of_all(who: Keys, population: int, together: tuple[Ints, Ints] | None, fits: Fits | None = None) -> Ints:
    """Without follow-ups each call draws its customer by itself. Two calls that would share agent, second and
    customer would share a file name too: the later in (date, n) draws another customer that it may have. `together`
    are the (second, agent) of calls of whole days; None where these follow from the customer (see `Clashes`)."""
    attempts = np.zeros(len(who), dtype=np.int64)
    customer = drawn(who, attempts, population)
    if together is None:
        return customer
    second, agent = together
    places = again = np.arange(len(who))
    for _ in range(TRIES):
        order = np.lexsort((places, customer, agent, second))
        same = (np.diff(second[order]) == 0) & (np.diff(agent[order]) == 0) & (np.diff(customer[order]) == 0)
        again = order[1:][same]
        if not len(again):
            return customer
        attempts[again] += 1
        customer[again] = drawn(who[again], attempts[again], population)
        for _ in range(TRIES if fits is not None else 0):
            wrong = again[~fits(again, customer[again])] if fits is not None else again
            attempts[wrong] += 1
            customer[wrong] = drawn(who[wrong], attempts[wrong], population)
            if not len(wrong):
                break
    raise SpecFailure([
        f"the population of {population} customers is too small: {counted(len(again), 'call')} would have the same "
        "agent, second and customer as another; make `population` larger"
    ])


class Clashes:
    """Counts calls that share agent, second and customer, and so the name of their files, day after day."""

    def __init__(self) -> None:
        self.count = 0
        self.day = -1
        self.keys = np.zeros((0, 3), dtype=np.int64)

    def add(self, day: Ints, start_ms: Ints, agent: Ints, customer: Ints) -> None:
        """Rows in order of their days, which may go on from one piece to the next."""
        if not len(day):
            return
        second = day * 86_400 + start_ms // 1000
        keys = np.concatenate([self.keys, np.stack([second, agent, customer], axis=1)])
        self.count += len(keys) - len(np.unique(keys, axis=0))
        own = keys[keys[:, 0] // 86_400 == day[-1]]
        self.count -= len(own) - len(np.unique(own, axis=0))  # they are looked at again with the rest of their day
        self.keys = own

    def end(self) -> None:
        """SpecFailure when there were any."""
        self.count += len(self.keys) - len(np.unique(self.keys, axis=0))
        if self.count:
            raise SpecFailure([
                f"{counted(self.count, 'call')} {which(self.count, 'has', 'have')} the same agent, second and "
                "customer as another; make the `population` larger"
            ])


class Free:
    """Who may call: nobody who has called within `span` days, nor today. Days are asked for one after the other."""

    def __init__(self, population: int, span: int) -> None:
        self.span = span
        self.starts: list[int] = []  # by day: the ticket of its follow-ups; its other calls have those after it
        self.next = 0
        self.seen = np.full(population, -1, dtype=np.int32)  # the ticket of each customer's last call

    def of_day(self, who: Keys, customer: Ints, said: date, fits: Fits | None = None) -> Ints:
        """The customers of a day's calls. Follow-ups have theirs (`customer`, -1 for the others); the others draw one
        who is free: so nobody whose flag is false calls again in time, and no two calls of a day share agent
        and customer. An earlier n has the first claim, whichever attempt it is at. SpecFailure when a call finds
        nobody."""
        self.starts.append(self.next)
        self.next += len(who) + 1
        free = np.flatnonzero(customer < 0)
        if len(free) < len(who):
            self.seen[customer[customer >= 0]] = self.starts[-1]
            customer, who = customer.copy(), who[free]
        settled = self._settled(who, said, None if fits is None else lambda askers, found: fits(free[askers], found))
        if len(free) == len(customer):
            return settled
        customer[free] = settled
        return customer

    def _settled(self, who: Keys, said: date, fits: Fits | None) -> Ints:
        start, population = self.starts[-1], len(self.seen)
        since = self.starts[max(0, len(self.starts) - 1 - self.span)]
        tickets = np.arange(start + 1, start + 1 + len(who), dtype=np.int32)
        attempts = np.zeros(len(who), dtype=np.int64)
        found = drawn(who, attempts, population)
        asking = self._ask(np.arange(len(who)), found, tickets, since, None)
        for _ in range(TRIES if fits is None else TRIES * 10):
            if not len(asking):
                return found
            attempts[asking] += 1
            found[asking] = drawn(who[asking], attempts[asking], population)
            asking = self._ask(asking, found[asking], tickets[asking], since, fits)
        raise SpecFailure([
            f"the population of {population} customers is too small: on {said} nearly everybody has "
            f"called within the last {counted(self.span, 'day')}, and who is not to call again must not; "
            "make `population` larger"
        ])

    def _ask(self, askers: Ints, wanted: Ints, own: NDArray[np.int32], since: int, fits: Fits | None) -> Ints:
        """Who has to go on of those who ask, and of those who held what they want."""
        held = self.seen[wanted]  # a ticket above the own one is of a call that has to step back
        free = (held < since) | (held > own)
        if fits is not None:
            free &= fits(askers, wanted)
        first = np.flatnonzero(free)[::-1]
        self.seen[wanted[first]] = own[first]  # of several the last is written, the one with the smallest ticket
        won = self.seen[wanted] == own
        lost, start = askers[np.flatnonzero(~won)], self.starts[-1]
        stepped = held[np.flatnonzero(won & (held > start))].astype(np.int64) - (start + 1)
        return np.sort(np.concatenate([lost, stepped]))
