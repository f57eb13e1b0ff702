"""Plan -> plan/calls.parquet: typed columns, zstd, row groups of a fixed size, the meaning of each column with it.

Identities are 16 bytes with the logical type UUID: as texts, random ones alone would cost more than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from compiler.failures import UsageError, WorldError
from compiler.lang import model as m
from compiler.plan import cells as c
from compiler.plan.describe import description
from compiler.plan.formats import _digits
from compiler.plan.formats._beside import run_on
from compiler.plan.formats._shelf import Shelf, one_file

if TYPE_CHECKING:
    import pyarrow as pa

HELP = "plan/calls.parquet, typed columns (needs pyarrow)"
FILE: str | None = "plan/calls.parquet"
PIECE = 16_384  # calls whose columns lie in one piece, however the parts come
GROUP = 8 * PIECE  # calls in a row group
OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "version": "2.6",
    "data_page_version": "2.0",
}


def ready() -> None:
    """UsageError when pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        raise UsageError('--format parquet needs the library pyarrow: pip install "callsheet[parquet]"')


def read(out: Path, call_id: str, date: str) -> Mapping[str, Any] | None:
    """The row of a call, for which only one group of rows is read; None where there is none, or no pyarrow."""
    path = out / str(FILE)
    if not path.is_file() or find_spec("pyarrow") is None:
        return None
    import pyarrow as arrow
    from pyarrow import compute, parquet

    try:
        file = parquet.ParquetFile(path)
        wanted = arrow.scalar(UUID(call_id).bytes, arrow.binary(16))
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=["call_id"]).column(0).combine_chunks().storage
            at = compute.index(ids, wanted).as_py()
            if at >= 0:
                found: Mapping[str, Any] = file.read_row_group(group).slice(at, 1).to_pylist()[0]
                return found
    except (arrow.ArrowException, OSError) as error:
        raise WorldError(f"{path} is not readable as parquet ({error}); make the plan again") from error
    return None


@contextmanager
def opened(shelf: Shelf) -> Iterator[Groups]:
    with _memory_given_back(), one_file(shelf, str(FILE)) as out:
        groups = Groups(out, shelf.model)
        try:
            yield groups
            groups.end()
        finally:
            groups.close()
    shelf.manifest.about.setdefault("libraries", {})["pyarrow"] = version("pyarrow")


@contextmanager
def _memory_given_back() -> Iterator[None]:
    """Memory by the system's allocator: arrow's own keeps that of a written row group, some 30 MB more at the peak."""
    import pyarrow as pa

    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


class Groups:
    """Collects parts until they fill a row group."""

    def __init__(self, out: IO[bytes], model: m.Model) -> None:
        self.out, self.arrow = out, Arrow(model)
        self.writer: Any = None
        self.waiting: list[Any] = []  # tables of together `rows` rows, less than a piece
        self.rows = 0
        self.pieces: list[Any] = []  # less than a row group

    def write(self, table: c.Table) -> None:
        whole = self.arrow.table(table)
        if self.writer is None:
            self.writer = writer(self.out, table, whole.schema)
        while self.rows + whole.num_rows >= PIECE:
            fits = PIECE - self.rows
            self.waiting.append(whole.slice(0, fits))
            self._piece()
            whole = whole.slice(fits)
        self.waiting.append(whole)
        self.rows += whole.num_rows

    def _piece(self) -> None:
        """What waits becomes one piece: pages are cut where pieces end, so they do not depend on the parts."""
        import pyarrow as pa

        self.pieces.append(pa.concat_tables(self.waiting).combine_chunks())
        self.waiting, self.rows = [], 0
        if len(self.pieces) * PIECE >= GROUP:
            self._group()

    def _group(self) -> None:
        import pyarrow as pa

        self.writer.write_table(pa.concat_tables(self.pieces), row_group_size=GROUP)
        self.pieces = []

    def end(self) -> None:
        """Writes what waits. A plan without calls has no columns either."""
        from pyarrow import parquet

        if self.rows:
            self._piece()
        if self.pieces:
            self._group()
        elif self.writer is None:
            self.writer = parquet.ParquetWriter(self.out, self.arrow.table({}).schema, **OPTIONS)

    def close(self) -> None:
        """Closes the writer also of a file that is given up: left alone it would try to write later, and complain."""
        if self.writer is not None:
            self.writer.close()


def writer(out: Any, table: c.Table, schema: Any) -> Any:
    from pyarrow import parquet

    return parquet.ParquetWriter(out, schema, **encodings(table), **OPTIONS)


def encodings(table: c.Table) -> dict[str, Any]:
    """Each column as suits its kind: random bytes and times gain nothing from a dictionary. Calls stand in the order of
    time, so that the least and greatest values of a row group tell a reader something in date and start alone."""
    plain = {name: "PLAIN" for name, cells in table.items() if isinstance(cells, c.Identity | c.Numbered)}
    times = {name: "DELTA_BINARY_PACKED" for name, cells in table.items() if isinstance(cells, c.Moment)}
    looked_up = [leaf for name, cells in table.items() if name not in plain and name not in times
                 for leaf in _leaves(name, cells)]
    ordered = [name for name, cells in table.items() if isinstance(cells, c.Day | c.Moment)]
    return {"use_dictionary": looked_up, "column_encoding": {**plain, **times}, "write_statistics": ordered}


def _leaves(name: str, cells: c.Cells) -> list[str]:
    """The columns of the file in which the values stand."""
    match cells:
        case c.Checks(parts):
            return [f"{name}.{check}" for check, _ in parts]
        case c.Several():
            return [f"{name}.list.element"]
        case _:
            return [name]


# -------------------------------------------------------------------------------- columns


class Arrow:
    """Makes arrow tables of one plan's parts; what they share is made once."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        self.known: dict[tuple[str, ...], tuple[Any, Any, bool]] = {}  # ids -> number by code, text by number, same?
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
        return pa.field(name, array.type, metadata={"description": text} if text else None)

    def _about(self) -> dict[str, str]:
        own = self.model.dataset
        return {"dataset": own.id, "seed": str(own.seed), "from": own.first.isoformat(), "to": own.last.isoformat()}

    def _array(self, cells: c.Cells) -> pa.Array:
        import pyarrow as pa

        match cells:
            case c.Category(codes, ids):
                return self._category(codes, ids)
            case c.Day(codes, days):
                return pa.array(_ordinals(days)[codes].astype(np.int32)).cast(pa.date32())
            case c.Number(values, there, _):
                return pa.array(values, mask=_not(there))
            case c.Whole(values, there, within):
                return pa.array(values.astype(_width(within)), mask=_not(there))
            case c.Truth(values, there):
                return pa.array(values, mask=_not(there))
            case c.Checks(parts):
                return pa.StructArray.from_arrays([self._check(part) for _, part in parts], names=[n for n, _ in parts])
            case c.Several(codes, ids):
                flat = codes.ravel()
                there = flat >= 0
                last = np.cumsum(there, dtype=np.int32)[codes.shape[1] - 1 :: codes.shape[1]]
                return pa.ListArray.from_arrays(_offsets(last), self._category(np.compress(there, flat), ids))
            case c.Identity(_, _, there):
                raw = pa.py_buffer(_digits.uuid_bytes(cells))
                plain = pa.Array.from_buffers(pa.binary(16), len(cells.high), [_bitmap(there), raw])
                return pa.ExtensionArray.from_storage(pa.uuid(), plain)
            case c.Moment(codes, days, local_ms, offset, zone):
                instants = _ordinals(days)[codes] * 86_400_000 + local_ms - offset * 1000
                return pa.array(instants).cast(pa.timestamp("ms", tz=zone))
            case c.Numbered(prefix, values, width):
                content, ends = run_on(_digits.whole_texts(values, prefix.encode(), width))
                buffers = [None, pa.py_buffer(_offsets(ends)), pa.py_buffer(content)]
                return pa.Array.from_buffers(pa.string(), len(values), buffers)

    def _category(self, codes: c.Ints, ids: tuple[str, ...]) -> pa.Array:
        """Texts by number; ids that stand for several codes are one text."""
        import pyarrow as pa

        if ids not in self.known:
            names = sorted(set(ids))
            place = {name: i for i, name in enumerate(names)}
            numbers = np.array([*(place[name] for name in ids), 0], dtype=_width((0, len(names))))
            self.known[ids] = numbers, pa.array(names, type=pa.string()), names == list(ids)
        numbers, texts, same = self.known[ids]
        own = codes.astype(numbers.dtype) if same else numbers[codes]
        there = codes >= 0
        buffers = [None if there.all() else _bitmap(there), pa.py_buffer(own)]
        places = pa.Array.from_buffers(pa.from_numpy_dtype(own.dtype), len(own), buffers)
        return pa.DictionaryArray.from_arrays(places, texts, safe=False)

    def _check(self, cells: c.Truth) -> pa.Array:
        codes = cells.values.astype(np.int64)
        return self._category(codes if cells.there is None else np.where(cells.there, codes, -1), ("fail", "pass"))


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


def _not(there: c.Truths | None) -> Any:
    return None if there is None or there.all() else ~there
