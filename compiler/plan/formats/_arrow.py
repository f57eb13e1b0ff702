"""Columns of the call record -> arrow tables of one plan, for the formats that arrow writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan import cells as c
from compiler.plan.describe import description
from compiler.plan.formats import _digits
from compiler.plan.formats._beside import run_on

if TYPE_CHECKING:
    import pyarrow as pa


class Arrow:
    """Makes arrow tables of one plan's parts; what they share is made once."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        self.known: dict[tuple[str, ...], tuple[Any, Any, bool]] = {}  # ids -> number by code, text by number, same?
        guarded = {f.id for f in model.fields if f.only_when is not None}
        self.absent = guarded | {"follows", "Silence_ratio"} | ({"team"} if "agent_name" in guarded else set())
        self.outcomes = _texts(["fail", "pass"])
        self.schema: Any = None

    def table(self, table: c.Table) -> pa.Table:
        """The columns as they stand in the file, with what they mean."""
        import pyarrow as pa

        arrays = [self._array(cells) for cells in table.values()]
        if self.schema is None:
            self.schema = pa.schema(
                [self._field(name, array) for name, array in zip(table, arrays, strict=True)], metadata=self._about())
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def _field(self, name: str, array: pa.Array) -> pa.Field:
        import pyarrow as pa

        text = description(name, self.model, "en")
        metadata = {"description": text} if text else None
        return pa.field(name, array.type, nullable=name in self.absent, metadata=metadata)

    def _about(self) -> dict[str, str]:
        own = self.model.dataset
        return {"dataset": own.id, "seed": str(own.seed), "from": own.first.isoformat(), "to": own.last.isoformat()}

    def _array(self, cells: c.Cells) -> pa.Array:
        """The cells; what arrow can read as it lies in memory is not copied."""
        import pyarrow as pa

        match cells:
            case c.Category(codes, ids):
                return self._category(codes, ids)
            case c.Day(codes, days):
                return _read(pa.date32(), _ordinals(days).astype(np.int32).take(codes, mode="clip"), None)
            case c.Number(values, there, _):
                return _read(pa.float64(), values, there)
            case c.Whole(values, there, within):
                narrow = values.astype(_width(within), copy=False)
                return _read(pa.from_numpy_dtype(narrow.dtype), narrow, there)
            case c.Truth(values, there):
                return pa.Array.from_buffers(pa.bool_(), len(values), [_bitmap(there), _bitmap(values)])
            case c.Checks(parts):
                return pa.StructArray.from_arrays([self._check(part) for _, part in parts], names=[n for n, _ in parts])
            case c.Several(codes, ids):
                flat = codes.ravel()
                there = flat >= 0
                last = np.cumsum(there, dtype=np.int32)[codes.shape[1] - 1 :: codes.shape[1]]
                return pa.ListArray.from_arrays(_offsets(last), self._category(np.compress(there, flat), ids))
            case c.Identity(_, _, there):
                return pa.ExtensionArray.from_storage(
                    pa.uuid(), pa.Array.from_buffers(pa.binary(16), len(cells.high),
                                                     [_bitmap(there), pa.py_buffer(_digits.uuid_bytes(cells))]))
            case c.Moment(codes, days, local_ms, offset, zone):
                instants = (_ordinals(days) * 86_400_000).take(codes, mode="clip") + local_ms - offset * 1000
                return _read(pa.timestamp("ms", tz=zone), instants, None)
            case c.Numbered(prefix, values, width):
                content, ends = run_on(_digits.whole_texts(values, prefix.encode(), width))
                buffers = [None, pa.py_buffer(_offsets(ends)), pa.py_buffer(content)]
                return pa.Array.from_buffers(pa.string(), len(values), buffers)

    def _category(self, codes: NDArray[Any], ids: tuple[str, ...]) -> pa.Array:
        """Texts by number; ids that stand for several codes are one text."""
        if ids not in self.known:
            names = sorted(set(ids))
            place = {name: i for i, name in enumerate(names)}
            numbers = np.array([*(place[name] for name in ids), 0], dtype=_width((0, len(names))))
            self.known[ids] = numbers, _texts(names), names == list(ids)
        numbers, texts, same = self.known[ids]
        own = codes.astype(numbers.dtype, copy=False) if same else numbers[codes]
        return _looked_up(own, texts, codes >= 0 if len(codes) and codes.min() < 0 else None)

    def _check(self, cells: c.Truth) -> pa.Array:
        return _looked_up(cells.values.view(np.int8), self.outcomes, cells.there)


def _texts(names: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(names, type=pa.string())


def _read(kind: Any, values: NDArray[Any], there: c.Truths | None) -> pa.Array:
    """Values of fixed width as they lie in memory."""
    import pyarrow as pa

    return pa.Array.from_buffers(kind, len(values), [_bitmap(there), pa.py_buffer(np.ascontiguousarray(values))])


def _looked_up(numbers: NDArray[Any], texts: pa.Array, there: c.Truths | None) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(_read(pa.from_numpy_dtype(numbers.dtype), numbers, there), texts, safe=False)


def _offsets(ends: c.Ints | NDArray[np.int32]) -> NDArray[np.int32]:
    """Where each begins, and where the last one ends."""
    found = np.zeros(len(ends) + 1, dtype=np.int32)
    found[1:] = ends
    return found


def _ordinals(days: tuple[date, ...]) -> c.Ints:
    """Days since 1970-01-01."""
    return np.array([day.toordinal() for day in days], dtype=np.int64) - date(1970, 1, 1).toordinal()


def _bitmap(there: c.Truths | None) -> Any:
    import pyarrow as pa

    return None if there is None else pa.py_buffer(np.packbits(there, bitorder="little"))


def _width(within: tuple[int, int] | None) -> Any:
    """The narrowest integers that hold the bounds."""
    for width in (np.int8, np.int16, np.int32):
        if within is not None and np.iinfo(width).min <= within[0] and within[1] <= np.iinfo(width).max:
            return width
    return np.int64

