"""What can differ between two calls, as axes: each a handful of values that conditions can tell apart.

A set of values is a bit mask.  The last value of a field that does not always exist is "is not there".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Stretch = tuple[float, float]  # a point where both are equal, else all that lies between them


@dataclass(frozen=True, slots=True)
class Axis:
    """`full` holds the values that can occur; `absent` is the bit of "is not there" (0: it always is)."""

    name: str
    labels: tuple[str, ...]
    full: int
    absent: int = 0
    figures: tuple[float, ...] = ()  # a figure of each value, where the values are stretches of numbers

    def bit(self, label: str) -> int:
        """The mask of one value; 0 where there is none of that name."""
        return 1 << self.labels.index(label) if label in self.labels else 0

    def mask(self, labels: Iterable[str]) -> int:
        found = 0
        for label in labels:
            found |= self.bit(label)
        return found


def of_labels(name: str, labels: Sequence[str], may_be_absent: bool) -> Axis:
    """An axis of names; without any name it has one that nothing equals."""
    values = tuple(labels) or ("",)
    absent = 1 << len(values) if may_be_absent else 0
    return Axis(name, values, (1 << len(values)) - 1 | absent, absent)


def of_truth(name: str, may_be_absent: bool = False) -> Axis:
    return of_labels(name, ("yes", "no"), may_be_absent)


YES, NO = 1, 2  # the masks of an axis of truth


def of_numbers(
    name: str, cuts: Sequence[float], low: float, high: float, whole: bool, may_be_absent: bool
) -> Axis:
    """The points that conditions compare with and the stretches between them, as far as low..high reaches."""
    figures: list[float] = []
    full = 0
    for number, stretch in enumerate(stretches(cuts)):
        figure = figure_in(stretch, low, high, whole)
        figures.append(stretch[0] if figure is None else figure)
        full |= 0 if figure is None else 1 << number
    absent = 1 << len(figures) if may_be_absent else 0
    return Axis(name, tuple(str(figure) for figure in figures), full | absent, absent, tuple(figures))


def stretches(cuts: Sequence[float]) -> list[Stretch]:
    """(-inf, a), a, (a, b), b, (b, inf)."""
    edges = [-math.inf, *sorted(cuts), math.inf]
    found: list[Stretch] = [(edges[0], edges[1])]
    for at in range(1, len(edges) - 1):
        found += [(edges[at], edges[at]), (edges[at], edges[at + 1])]
    return found


def figure_in(stretch: Stretch, low: float, high: float, whole: bool) -> float | None:
    """A plain figure of the stretch within low..high; None where there is none."""
    first, last = stretch
    if first == last:
        inside = low <= first <= high and not (whole and first != math.floor(first))
        return first if inside else None
    if max(first, low) > min(last, high) or low >= last or high <= first:
        return None
    return _whole_in(stretch, low, high) if whole else _near(stretch, low, high)


def _whole_in(stretch: Stretch, low: float, high: float) -> float | None:
    first, last = stretch
    least = max(math.floor(first) + 1 if first > -math.inf else -math.inf, math.ceil(low) if low > -math.inf else low)
    most = min(math.ceil(last) - 1 if last < math.inf else math.inf, math.floor(high) if high < math.inf else high)
    if least > most:
        return None
    return least if first > -math.inf or most == math.inf else most


def _near(stretch: Stretch, low: float, high: float) -> float:
    """One more than the lower end where that lies inside, one less than the upper, else the middle."""
    first, last = stretch
    bottom, top = max(first, low), min(last, high)
    for figure in (first + 1, last - 1):
        if math.isfinite(figure) and first < figure < last and low <= figure <= high:
            return figure
    return (bottom + top) / 2 if math.isfinite(bottom) and math.isfinite(top) else 0.0
