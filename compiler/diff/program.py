"""A build's own records -> those that its spec does not give today: made by another program, or edited."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from compiler import __version__
from compiler.diff.result import Cause, Counts, Exemplar, FactSaid
from compiler.diff.sides import Side
from compiler.failures import WorldError
from compiler.plan.why.build import same
from compiler.rng import Keys

MOST = 50_000  # records that are read
SIZE = 1_000_000  # bytes of a record, at most
SHOWN = 16


def causes(old: Side, new: Side, first: int) -> list[tuple[Cause, Keys]]:
    """A cause for each side that is a build with other records than its spec gives, and the keys of those calls."""
    found: list[tuple[Cause, Keys]] = []
    for side in (old, new):
        cause = _of(side, first + len(found)) if side.folder is not None else None
        if cause is not None:
            found.append(cause)
    return found


def _of(side: Side, number: int) -> tuple[Cause, Keys] | None:
    assert side.folder is not None
    plan = side.world.plan
    stored = dict(_records(side.folder)) if plan.count <= MOST else {}
    if not stored:
        return None
    differing, keys, shown = 0, [], None
    for part in plan.parts():
        for row in range(part.count):
            record = dict(plan.call(part.first + row).record)
            kept = stored.get(str(record["call_id"]))
            if kept is None or same(record, kept):
                continue
            differing += 1
            keys.append(int(part.frame.who[row]))
            shown = shown or _exemplar(kept, record)
    if not differing:
        return None
    other = side.version not in ("", __version__)
    title = f"program {side.version} -> {__version__}" if other else f"records in {side.name}"
    why = ("its records are not what its spec gives with this program" if other
           else "they are not what the build's spec gives: they were edited, or made by another state of the program")
    said = (FactSaid("line", f"{side.name}: {why}"),)
    return (Cause(number, "program", title, said, Counts(records=differing), exemplar=shown),
            np.array(keys, dtype=np.uint64))


def _records(build: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """call_id -> record, in whichever format the build has them. WorldError for a file that cannot be read."""
    for path in sorted((build / "plan").glob("????-??-??/*.json"))[:MOST]:
        yield from _record(path, _read(path))
    lines, table = build / "plan/calls.jsonl", build / "plan/calls.parquet"
    if lines.is_file():
        try:
            with lines.open("rb") as file:
                for line in islice(iter(lambda: file.readline(SIZE), b""), MOST):
                    yield from _record(lines, line)
        except OSError as error:
            raise WorldError(f"cannot read {lines}: {error.strerror or error}") from error
    if table.is_file() and find_spec("pyarrow") is not None:
        yield from _rows(table)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise WorldError(f"cannot read {path}: it is no file")
    try:
        with path.open("rb") as file:
            return file.read(SIZE)
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error


def _record(path: Path, text: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WorldError(f"cannot read {path}: {error}") from error
    if isinstance(record, dict) and isinstance(record.get("call_id"), str):
        yield record["call_id"], record


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        for part in file.iter_batches(1_000) if file.metadata.num_rows <= MOST else ():
            yield from ((str(row.get("call_id")), row) for row in part.to_pylist())
    except (arrow.ArrowException, OSError) as error:
        raise WorldError(f"cannot read {path}: {error}") from error


def _exemplar(kept: Mapping[str, Any], record: Mapping[str, Any]) -> Exemplar:
    said = {name: record.get(name) if same(record.get(name), text) else text for name, text in kept.items()}
    old, new = (json.dumps(each, ensure_ascii=False, indent=1, default=str).splitlines() for each in (said, record))
    rows = list(unified_diff(old, new, n=0, lineterm=""))[2:]
    return Exemplar(str(record["call_id"]), str(record["agent_name"]), "record", tuple(rows[:SHOWN]),
                    max(0, len(rows) - SHOWN))
