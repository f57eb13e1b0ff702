"""Which layer is over which: packs below the project below the overlays, a line; who is beside whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

BASE = 1  # the project's layer; below it packs, above it the overlays in their order, then --set

Kind = Literal["packs", "overlays"]


@dataclass(frozen=True, slots=True)
class Layer:
    """An overlay: its name, and the names of those it is over (directly or not)."""

    name: str
    over: frozenset[str]


@dataclass(frozen=True, slots=True)
class Relations:
    """`overlays`: by layer number; `packs`: file -> pack name; `below`: file of a pack -> files of those below it;
    `prefixes`: prefix -> file, as the project gives them."""

    overlays: Mapping[int, Layer] = field(default_factory=dict)
    packs: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def beside(self, upper: tuple[int, str], lower: tuple[int, str]) -> Kind | None:
        """Whether two (layer, file) stand beside one another, neither over the other; None where one is over."""
        first, second = self.overlays.get(upper[0]), self.overlays.get(lower[0])
        if first is not None and second is not None and upper[0] != lower[0]:
            return None if second.name in first.over else "overlays"
        if upper[1] != lower[1] and upper[1] in self.packs and lower[1] in self.packs:
            return None if lower[1] in self.below.get(upper[1], ()) else "packs"
        return None

    def names(self, upper: tuple[int, str], lower: tuple[int, str]) -> tuple[str, str]:
        """The names of two layers that stand beside one another, the lower one first."""
        if upper[1] in self.packs:
            return self.alias(lower[1]), self.alias(upper[1])
        return self.overlays[lower[0]].name, self.overlays[upper[0]].name

    def alias(self, file: str) -> str:
        """The prefix of a pack's file, else the last word of its name."""
        given = next((alias for alias, known in self.prefixes.items() if known == file), None)
        return given or self.packs[file].rpartition("/")[2]
