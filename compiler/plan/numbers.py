"""Telephone numbers that belong to nobody (compiler/free_numbers.py): one for each customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.free_numbers import RANGES, Range
from compiler.lang import model as m
from compiler.plan.failure import SpecFailure
from compiler.plan.flip import flip
from compiler.plan.settle import SKIPS, Ints, settle
from compiler.plan.shuffled import shuffled
from compiler.rng import Keys

Codes = NDArray[Any]  # integers of any width
MOST_CUSTOMERS = 50_000_000

CANTONS = frozenset({
    "AG", "AI", "AR", "BE", "BL", "BS", "FR", "GE", "GL", "GR", "JU", "LU", "NE",
    "NW", "OW", "SG", "SH", "SO", "SZ", "TG", "TI", "UR", "VD", "VS", "ZG", "ZH",
})


def country_of(region: str) -> str | None:
    """The country of a region's id: a Swiss canton, a country's own code, or what stands before _ (DE_BY)."""
    if region in CANTONS:
        return "CH"
    first = region.split("_", maxsplit=1)[0].upper()
    return {"GB": "UK"}.get(first, first) if len(first) == 2 else None


def ranges_of(names: Sequence[str]) -> tuple[Range, ...]:
    unknown = [name for name in names if name not in RANGES]
    if unknown:
        near = get_close_matches(unknown[0], RANGES, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"there is: {', '.join(sorted(RANGES))}"
        raise SpecFailure([f"I know no telephone numbers called `{unknown[0]}`; {hint}"])
    return tuple(one for name in sorted(set(names)) for one in RANGES[name])


@dataclass(frozen=True)
class Pool:
    """The numbers of some ranges, one after the other. `country`: whose they are, None: anybody's."""

    country: str | None
    names: tuple[str, ...]

    @cached_property
    def _table(self) -> tuple[Ints, Ints]:
        """(how many numbers the ranges before each have, the first number of each)."""
        ranges = ranges_of(self.names)
        starts = np.cumsum([0, *(last - first + 1 for _, _, first, last in ranges)])
        return starts, np.array([int(prefix) * 10**width + first for prefix, width, first, _ in ranges])

    @property
    def size(self) -> int:
        return int(self._table[0][-1])

    @property
    def wide(self) -> bool:
        """Whether every customer that there can be may have a number of their own in it."""
        return self.size >= MOST_CUSTOMERS

    def number(self, places: Ints) -> Ints:
        """The numbers at these places, 0..size-1, as the integers that their digits make."""
        starts, firsts = self._table
        if len(firsts) == 1:
            return places + int(firsts[0])
        which = np.searchsorted(starts, places, side="right") - 1
        return np.asarray(firsts[which] + places - starts[which])


class Numbers:
    """One number for each of `count` customers, all different: of the country of the customer's region where the spec
    names a range of that country, else of any. A customer keeps theirs when the population grows.

    A pool that is wide enough for everybody has a place for each customer, by a keyed shuffle of all its places; so
    nothing has to be known of the others. In a narrow one the customers who need it ask for keyed numbers in turn, and
    a number stays with the lowest customer number that asks; for that, `who` gives the keys of all customers and
    `regions` their regions, as codes into `ids`. SpecFailure where `numbers:` is missing or wrong."""

    def __init__(
        self, model: m.Model, count: int, who: Callable[[], Keys], regions: Callable[[], Codes] | None,
        ids: Sequence[str],
    ) -> None:  # fmt: skip
        names = model.customers.numbers
        if not names:
            raise SpecFailure(['`customers` needs `numbers:`, such as `numbers: "reserved DE"`'])
        ranges_of(names)
        self.model, self.count, self.who, self.regions = model, count, who, regions
        offered = {country: Pool(country, tuple(sorted({n for n in names if _country(n) == country})))
                   for country in sorted({_country(name) for name in names})}
        countries = [country_of(name) for name in ids]
        self.pools = [pool for country, pool in offered.items() if country in countries]
        self.rest = [pool for pool in offered.values() if pool.wide] or [Pool(None, tuple(sorted(set(names))))]
        number_of = {pool.country: i for i, pool in enumerate(self.pools)}
        none = len(self.pools)  # those who may have any number
        self._group = np.array([*(number_of.get(c, none) for c in countries), none], dtype=np.int16)

    def of(self, customers: Ints, regions: Codes | None) -> Ints:
        """The numbers of these customers, as the integers that their digits make."""
        group = self._groups(len(customers), regions)
        if len(group) and group[0] < len(self.pools) and (group == group[0]).all():
            return self._in_pool(self.pools[group[0]], customers)
        found = np.empty(len(customers), dtype=np.int64)
        for i in np.flatnonzero(np.bincount(group)).tolist():
            rows = np.flatnonzero(group == i)
            found[rows] = self._in_pool(self.pools[i], customers[rows]) if i < len(self.pools) else self._anywhere(
                customers[rows])
        return found

    def pool(self, customer: int, region: int | None) -> Pool:
        """The pool in which the customer has a number."""
        group = int(self._groups(1, None if region is None else np.array([region]))[0])
        if group < len(self.pools):
            return self.pools[group]
        return self.rest[int(self._which(np.array([customer]))[0])] if self.rest[0].wide else self.rest[0]

    def _groups(self, count: int, regions: Codes | None) -> Codes:
        return np.full(count, len(self.pools)) if regions is None else np.take(self._group, regions)

    def _in_pool(self, pool: Pool, customers: Ints) -> Ints:
        return pool.number(self.place(pool, customers)) if pool.wide else self._narrow[customers]

    def place(self, pool: Pool, customers: Ints) -> Ints:
        """Where the customers' own numbers stand in a wide pool."""
        own = self.model.dataset
        return shuffled(customers, pool.size, "number", own.id, own.seed, str(pool.country))

    def _anywhere(self, customers: Ints) -> Ints:
        if not self.rest[0].wide:
            return self._narrow[customers]
        which, found = self._which(customers), np.empty(len(customers), dtype=np.int64)
        for i, pool in enumerate(self.rest):
            found[which == i] = self._in_pool(pool, customers[which == i])
        return found

    def _which(self, customers: Ints) -> Ints:
        """Which of the wide pools has the number of a customer who may have any: keyed, by their sizes."""
        own, ends = self.model.dataset, np.cumsum([pool.size for pool in self.rest])
        drawn = shuffled(customers, MOST_CUSTOMERS, "number of", own.id, own.seed)
        return np.searchsorted(ends, drawn * int(ends[-1]) // MOST_CUSTOMERS, side="right")

    def check(self) -> None:
        """SpecFailure where there are fewer numbers than customers who need one."""
        narrow = [pool for pool in (*self.pools, *self.rest) if not pool.wide]
        if all(pool.size >= self.count for pool in narrow):
            return
        counts = np.bincount(self._all_groups, minlength=len(self.pools) + 1).tolist()
        for pool, asked in zip(self.pools, counts, strict=False):
            _enough(asked, pool, 0)
        if not self.rest[0].wide:
            _enough(counts[-1], self.rest[0], sum(counts[:-1]))

    @cached_property
    def _all_groups(self) -> Codes:
        return self._groups(self.count, None if self.regions is None else self.regions())

    @cached_property
    def _narrow(self) -> Ints:
        """The numbers of all customers whose pools are narrow, 0 for the others; those who may have any come last."""
        who, group, found = self.who(), self._all_groups, np.zeros(self.count, dtype=np.int64)
        for i, pool in enumerate([*self.pools, *self.rest]):
            rows = np.flatnonzero(group == i) if not pool.wide else group[:0]
            taken = found[found > 0] if pool.country is None else found[:0]
            found[rows] = _from_pool(who[rows], pool, taken)
        return found


def _country(name: str) -> str:
    return name.rpartition(" ")[2]


def _enough(count: int, pool: Pool, taken: int) -> None:
    if not pool.wide and count > pool.size - taken:
        whose = "customers" if pool.country is None else f"customers of {pool.country}"
        raise SpecFailure([
            f"{count} {whose} need a number each, but {', '.join(pool.names)} has only {pool.size - taken} "
            "for them; name another range under `numbers:` or make the population smaller"
        ])


def _from_pool(who: Keys, pool: Pool, taken: Ints) -> Ints:
    """Each customer asks for keyed numbers in turn; a number stays with the lowest customer number that asks."""
    _enough(len(who), pool, len(taken))

    def wish(askers: Ints, attempts: Ints) -> Ints:
        places = np.empty(len(askers), dtype=np.int64)
        for attempt in np.unique(attempts):
            rows = attempts == attempt
            places[rows] = flip(rng.hashes(who[askers[rows]], "number", int(attempt)), pool.size)
        return np.where(np.isin(pool.number(places), taken), SKIPS, places) if len(taken) else places

    return pool.number(settle(len(who), wish, None))


def is_free(number: str, names: Sequence[str] | None = None) -> bool:
    """Whether the number (with +) lies in one of the ranges: of all that are known, or of the named ones."""
    digits = number.removeprefix("+")
    for prefix, width, first, last in ranges_of(tuple(RANGES) if names is None else names):
        tail = digits.removeprefix(prefix)
        if digits.startswith(prefix) and len(tail) == width and (not width or first <= int(tail) <= last):
            return True
    return False
