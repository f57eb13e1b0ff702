"""A build folder -> the plan that it was made from, and what stands in it of a call. Nothing but the build is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from uuid import UUID

from compiler import __version__
from compiler.failures import UsageError, WorldError
from compiler.plan.plan import Plan, draw
from compiler.plan.why_row import Found

META = "plan/_meta"


@dataclass(frozen=True)
class Build:
    """`version` is that of the program that made it, as far as the manifest says."""

    folder: Path
    plan: Plan
    version: str


def opened(folder: Path) -> Build:
    """The build, its plan drawn again from the effective spec in it. UsageError: no build there; WorldError: its spec
    does not read any more."""
    from compiler.lang.load import load

    spec = folder / META / "effective.calls"
    if not spec.is_file():
        what = "no build with a plan in it" if folder.is_dir() else "no folder"
        raise UsageError(f"{folder} is {what}; run `compile specs --target plan --out {folder}` first, or name another "
                         "build with --out")
    loaded = load([spec])
    if loaded.model is None:
        first = next(each for each in loaded.diagnostics if each.severity == "error")
        span = first.primary.span
        raise WorldError(f"{span.file}:{span.line}: {first.message}; the file was edited, or another "
                         f"version made this build (this is {__version__}): make it again with `compile specs --target "
                         f"plan --out {folder}`")
    places = _origins(folder, loaded.model.effective)
    model = replace(loaded.model, places=places or loaded.model.places)
    return Build(folder, draw(model), _version(folder))


def _origins(folder: Path, effective: str) -> tuple[str, ...]:
    """Where each line of the effective spec was said; nothing where the build does not say it of exactly these."""
    try:
        stored = json.loads((folder / META / "origins.json").read_text(encoding="utf-8"))["effective.calls"]
        written = (folder / META / "effective.calls").read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(map(str, stored)) if written == effective and len(stored) == len(effective.splitlines()) else ()


def _version(folder: Path) -> str:
    try:
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["about"]["callsheet"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


# ------------------------------------------------------------------------------------------------ what is stored


def stored(build: Build, found: Found, date: str) -> Mapping[str, Any] | None:
    """The call's record as it stands in the build, whatever the format; None where there is none. WorldError: it cannot
    be read."""
    own = build.folder / "plan" / date / f"{found.call_id}.json"
    lines, table = build.folder / "plan" / "calls.jsonl", build.folder / "plan" / "calls.parquet"
    if own.is_file():
        return _record(own.read_bytes(), own)
    if lines.is_file():
        return _of_lines(lines, found.call_id)
    if table.is_file() and find_spec("pyarrow") is not None:
        return _of_table(table, found.call_id)
    return None


def _record(text: bytes, path: Path) -> Mapping[str, Any]:
    try:
        record = json.loads(text)
    except ValueError as error:
        raise WorldError(f"{path} is not readable as JSON ({error}); make the plan again") from error
    if not isinstance(record, dict):
        raise WorldError(f"{path} holds no record")
    return record


def _of_lines(path: Path, call_id: str) -> Mapping[str, Any] | None:
    if not path.stat().st_size:
        return None
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        at = text.find(b'"call_id":"' + call_id.encode())
        if at < 0:
            return None
        begin, end = text.rfind(b"\n", 0, at) + 1, text.find(b"\n", at)
        return _record(text[begin : end if end >= 0 else len(text)], path)


def _of_table(path: Path, call_id: str) -> Mapping[str, Any] | None:
    """The row of a parquet file, of which only one group of rows is read."""
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


def same(here: Any, there: Any) -> bool:
    """Whether a value of a stored record is the plan's: tables hold dates and absent values in their own way."""
    if isinstance(here, dict) and isinstance(there, dict):
        return all(same(here.get(name), there.get(name)) for name in {*here, *there})
    if isinstance(there, UUID):
        return bool(here == str(there))
    if hasattr(there, "isoformat"):
        written = str(there.isoformat())
        return str(here)[: len(written)] == written or bool(_instant(here) == _instant(written))
    return bool(here == there) and isinstance(here, bool) == isinstance(there, bool)


def _instant(text: Any) -> Any:
    from datetime import datetime

    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return text
