"""Table -> the few records that show all there is to check by the schema.

The schema speaks of one field at a time, and of which fields stand together in a call by its channel. So all records
keep to it when these do: for each value of a category one that has it, for each number those with the least, the
greatest and the least above 0, for each set of absent fields one by each channel, for each made-up text the first
and last of their kind. They are read from the very text that a file would hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from compiler.plan import cells as c
from compiler.plan.check_records import validator
from compiler.plan.formats._text import COMPACT, Encoder


class Witnesses:
    """Takes the tables of one plan; what one of them has shown is not looked at again."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.check: Callable[[Mapping[str, Any]], list[str]] = validator(schema)
        self.encoder = Encoder(COMPACT)
        self.codes: dict[str, Any] = {}
        self.ends: dict[str, tuple[float, float, float]] = {}
        self.absent: set[int] = set()

    def wrong(self, table: c.Table) -> list[str]:
        """What the schema says against calls of the table, a line each; empty when all is well."""
        rows = np.unique(np.array(list(self._rows(table)), dtype=np.int64))
        if not len(rows):
            return []
        records = [json.loads(text) for text in self.encoder.each(c.some(table, rows))]
        return [f"{record['call_id']}: {text}" for record in records for text in self.check(record)]

    def _rows(self, table: c.Table) -> Iterator[int]:
        if not c.length(table):
            return
        yield from (0, c.length(table) - 1)
        for name, cells in table.items():
            yield from self._of(name, cells)
        yield from self._presence(table)

    def _of(self, name: str, cells: c.Cells) -> Iterator[int]:
        match cells:
            case c.Category(codes, ids):
                yield from self._new(name, c.one_up(codes), len(ids) + 1)
            case c.Day(codes, days):
                yield from self._new(name, codes, len(days))
            case c.Truth(values, _):
                yield from self._new(name, values.astype(np.int64), 2)
            case c.Checks(parts):
                for check, truth in parts:
                    yield from self._of(f"{name}.{check}", truth)
            case c.Several(codes, ids):
                yield from self._new(f"{name} in all", (codes >= 0).sum(axis=1), codes.shape[1] + 1)
                for place in range(codes.shape[1]):
                    yield from self._new(f"{name} {place}", c.one_up(codes[:, place]), len(ids) + 1)
            case c.Number(values, there, _) | c.Whole(values, there, _):
                yield from self._extreme(name, values, there)
            case c.Numbered(_, values, _):
                yield from self._extreme(name, values, None)
            case c.Moment(_, _, local_ms, offset, _):
                yield from (*self._extreme(name, local_ms, None), *self._extreme(f"{name} offset", offset, None))
            case c.Identity(_, _, there):
                yield from () if there is None else self._new(name, there.astype(np.int64), 2)

    def _new(self, name: str, codes: c.Ints, size: int) -> Iterator[int]:
        """A row for each code that was not seen yet."""
        seen = self.codes.setdefault(name, np.zeros(size, dtype=bool))
        rows = np.flatnonzero(~seen[codes])
        fresh, first = np.unique(codes[rows], return_index=True)
        seen[fresh] = True
        yield from rows[first].tolist()

    def _extreme(self, name: str, values: Any, there: Any) -> Iterator[int]:
        """The rows of the least, the greatest and the least positive value, where they go beyond those seen."""
        rows = np.arange(len(values)) if there is None else np.flatnonzero(there)
        if not len(rows):
            return
        own = values[rows]
        above = np.where(own > 0, own, np.inf)
        low, high, least = self.ends.get(name, (np.inf, -np.inf, np.inf))
        if own.min() < low:
            yield int(rows[own.argmin()])
        if own.max() > high:
            yield int(rows[own.argmax()])
        if above.min() < least:
            yield int(rows[above.argmin()])
        self.ends[name] = min(low, own.min()), max(high, own.max()), min(least, above.min())

    def _presence(self, table: c.Table) -> Iterator[int]:
        """A row for each set of absent fields by each channel that was not seen yet."""
        channel = table.get("channel")
        pattern = c.one_up(channel.codes) if isinstance(channel, c.Category) else np.zeros(c.length(table), np.int64)
        for there in _masks(table):
            pattern = pattern * 2 + there
        for code, row in zip(*(a.tolist() for a in np.unique(pattern, return_index=True)), strict=True):
            if code not in self.absent:
                self.absent.add(code)
                yield row


def _masks(table: c.Table) -> Iterator[Any]:
    """Where fields are, of those that may be absent; equal ones once."""
    found: dict[bytes, Any] = {}
    for cells in table.values():
        parts = [truth for _, truth in cells.parts] if isinstance(cells, c.Checks) else [cells]
        for part in parts:
            there = part.there if isinstance(part, c.Number | c.Whole | c.Truth) else None
            if there is not None:
                found.setdefault(np.packbits(there).tobytes(), there)
    yield from found.values()
