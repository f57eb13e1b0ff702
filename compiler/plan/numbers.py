"""Telephone numbers that belong to nobody (compiler/free_numbers.py): one for each customer."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.free_numbers import RANGES, Range
from compiler.lang import model as m
from compiler.plan.failure import SpecFailure
from compiler.plan.settle import SKIPS, Ints, jump, settle
from compiler.rng import Keys

Codes = NDArray[Any]  # integers of any width

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


def assign(model: m.Model, who: Keys, regions: Codes | None, ids: Sequence[str]) -> Ints:
    """One number for each customer, all different, as the integer that its digits make: of the country of the
    customer's region where the spec names a range of that country, else of any.  `regions` are codes into `ids`.
    A customer keeps theirs when the population grows."""
    names, groups, group = _groups(model, len(who), regions, ids)
    found = np.zeros(len(who), dtype=np.int64)
    for i, country in enumerate([*groups, None]):  # those who may have any number come last and go round the others
        rows = np.flatnonzero(group == i)
        pool = _pool(names, country)
        taken = found[group < i] if country is None else found[:0]
        found[rows] = _from_pool(who[rows], pool, taken, country)
    return found


def check(model: m.Model, count: int, regions: Codes | None, ids: Sequence[str]) -> None:
    """SpecFailure where there are fewer numbers than customers who need one."""
    names, groups, group = _groups(model, count, regions, ids)
    counts = np.bincount(group, minlength=len(groups) + 1).tolist()
    for i, country in enumerate([*groups, None]):
        pool, taken = _pool(names, country), sum(counts[:i]) if country is None else 0
        _enough(counts[i], pool, taken, country)


def _groups(
    model: m.Model, count: int, regions: Codes | None, ids: Sequence[str]
) -> tuple[Sequence[str], list[str], Codes]:
    """(names of ranges, countries with a range of their own, the number of each customer's country among them)."""
    names = model.customers.numbers
    if not names:
        raise SpecFailure(['`customers` needs `numbers:`, such as `numbers: "reserved DE"`'])
    ranges_of(names)
    offered = {name.rpartition(" ")[2] for name in names}
    countries = [country_of(name) for name in ids]
    groups = sorted({c for c in countries if c in offered})
    number_of = {c: i for i, c in enumerate(groups)}
    table = np.array([number_of.get(c or "", len(groups)) for c in countries] + [len(groups)], dtype=np.int16)
    return names, groups, table[regions] if regions is not None else np.full(count, len(groups), dtype=np.int16)


def _pool(names: Sequence[str], country: str | None) -> list[str]:
    return [n for n in names if country is None or n.rpartition(" ")[2] == country]


def _enough(count: int, pool: Sequence[str], taken: int, country: str | None) -> None:
    size = sum(last - first + 1 for _, _, first, last in ranges_of(pool))
    if count > size - taken:
        whose = "customers" if country is None else f"customers of {country}"
        raise SpecFailure([
            f"{count} {whose} need a number each, but {', '.join(sorted(pool))} has only {size - taken} "
            "for them; name another range under `numbers:` or make the population smaller"
        ])


def _from_pool(who: Keys, pool: Sequence[str], taken: Ints, country: str | None) -> Ints:
    """Each customer asks for keyed numbers in turn; a number stays with the lowest customer number that asks."""
    ranges = ranges_of(pool)
    starts = np.cumsum([0, *(last - first + 1 for _, _, first, last in ranges)])
    firsts = np.array([int(prefix) * 10**width + first for prefix, width, first, _ in ranges])
    size = int(starts[-1])
    _enough(len(who), pool, len(taken), country)

    def number(places: Ints) -> Ints:
        which = np.searchsorted(starts, places, side="right") - 1
        return np.asarray(firsts[which] + places - starts[which])

    def wish(askers: Ints, attempts: Ints) -> Ints:
        places = np.empty(len(askers), dtype=np.int64)
        for attempt in np.unique(attempts):
            rows = attempts == attempt
            places[rows] = jump(rng.hashes(who[askers[rows]], "number", int(attempt)), size)
        return np.where(np.isin(number(places), taken), SKIPS, places) if len(taken) else places

    return number(settle(len(who), wish, None))


def is_free(number: str, names: Sequence[str] | None = None) -> bool:
    """Whether the number (with +) lies in one of the ranges: of all that are known, or of the named ones."""
    digits = number.removeprefix("+")
    for prefix, width, first, last in ranges_of(tuple(RANGES) if names is None else names):
        tail = digits.removeprefix(prefix)
        if digits.startswith(prefix) and len(tail) == width and (not width or first <= int(tail) <= last):
            return True
    return False
