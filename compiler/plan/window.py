"""The rows of the plan that are still being settled: appended at the end, dropped at the front, in compact types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.plan.settle import Ints

Column = NDArray[Any]
Which = slice | Ints  # rows of the plan


class Window:
    """Rows base..end of the plan (end out), 0 everywhere when they are new. What is got has the type that was put."""

    def __init__(self, kinds: Mapping[str, Any]) -> None:
        """`kinds`: the types in which columns are held; a column that is not named there is held as it comes."""
        self.kinds = dict(kinds)
        self.base = self.end = 0
        self._front = self._room = 0
        self._held: dict[str, Column] = {}
        self._given: dict[str, np.dtype[Any]] = {}

    def declare(self, name: str, kind: Any) -> None:
        """A column that there is from the beginning: of this type, and held in that of `kinds`."""
        self.put(name, slice(0, 0), np.zeros(0, dtype=kind))

    def __contains__(self, name: str) -> bool:
        return name in self._held

    def grow(self, count: int) -> slice:
        """Appends rows and gives which they are."""
        rows = slice(self.end, self.end + count)
        live = self.end - self.base
        if self._front + live + count > self._room:
            self._make_room(live, live + count)
        self.end += count
        for values in self._held.values():
            values[self._at(rows)] = 0
        return rows

    def _make_room(self, live: int, needed: int) -> None:
        """Moves what is held to the front, into wider columns where it would fill them."""
        wider = needed > self._room * 0.8
        self._room = needed + needed // 3 if wider else self._room
        for name, values in self._held.items():
            kept = values[self._front : self._front + live]
            if wider:
                self._held[name] = np.zeros((self._room, *values.shape[1:]), dtype=values.dtype)
            self._held[name][:live] = kept
        self._front = 0

    def drop(self, row: int) -> None:
        """Forgets the rows before this one."""
        if row > self.base:
            self._front += row - self.base
            self.base = row

    def put(self, name: str, rows: Which, values: Any) -> None:
        if name not in self._held:
            column = np.asarray(values)
            self._given[name] = column.dtype
            shape = (self._room, *column.shape[1:])
            self._held[name] = np.zeros(shape, dtype=self.kinds.get(name, column.dtype))
        self._held[name][self._at(rows)] = values

    def get(self, name: str, rows: Which) -> Column:
        """A copy, in the type that was put."""
        return self._held[name][self._at(rows)].astype(self._given[name], copy=isinstance(rows, slice))

    def look(self, name: str, rows: Which) -> Column:
        """The same to be read at once: what is put later may change it."""
        return self._held[name][self._at(rows)].astype(self._given[name], copy=False)

    def _at(self, rows: Which) -> Which:
        shift = self._front - self.base
        return slice(rows.start + shift, rows.stop + shift) if isinstance(rows, slice) else rows + shift
