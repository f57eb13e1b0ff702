"""Plan -> plan/calls.parquet: typed columns, zstd, row groups of a fixed size, the meaning of each column with it.

Identities are 16 bytes with the logical type UUID: as texts, random ones alone would cost more than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from compiler.failures import UsageError, WorldError
from compiler.lang import model as m
from compiler.plan import cells as c
from compiler.plan.formats._arrow import Arrow
from compiler.plan.formats._shelf import Shelf, one_file

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

    return parquet.ParquetWriter(out, schema, **{**OPTIONS, **encodings(table)})


def encodings(table: c.Table) -> dict[str, Any]:
    """Each column as suits its kind: random bytes and times gain nothing from a dictionary or from compression, and
    bits are smaller and sooner written as they are than as runs. Calls stand in the order of time, so that the least
    and greatest values of a row group tell a reader something in date and start alone."""
    plain = {name: "PLAIN" for name, cells in table.items() if isinstance(cells, c.Identity | c.Numbered | c.Truth)}
    times = {name: "DELTA_BINARY_PACKED" for name, cells in table.items() if isinstance(cells, c.Moment)}
    looked_up = [leaf for name, cells in table.items() if name not in plain and name not in times
                 for leaf in _leaves(name, cells)]
    ordered = [name for name, cells in table.items() if isinstance(cells, c.Day | c.Moment)]
    packed = [leaf for name, cells in table.items() for leaf in _leaves(name, cells)]
    as_is = [name for name, cells in table.items()
             if isinstance(cells, c.Moment) or (isinstance(cells, c.Identity) and cells.there is None)]
    return {
        "use_dictionary": looked_up, "column_encoding": {**plain, **times}, "write_statistics": ordered,
        "compression": {leaf: "NONE" if leaf in as_is else OPTIONS["compression"] for leaf in packed},
        "compression_level": {leaf: OPTIONS["compression_level"] for leaf in packed if leaf not in as_is},
    }


def _leaves(name: str, cells: c.Cells) -> list[str]:
    """The columns of the file in which the values stand."""
    match cells:
        case c.Checks(parts):
            return [f"{name}.{check}" for check, _ in parts]
        case c.Several():
            return [f"{name}.list.element"]
        case _:
            return [name]
