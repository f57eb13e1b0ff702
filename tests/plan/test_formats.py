"""Every format of the plan holds the records of Plan.calls(), and nothing else, however the parts come."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from compiler import registry
from compiler.lang import model as m
from compiler.lang.load import load
from compiler.manifest import Manifest
from compiler.plan import cells as c
from compiler.plan.cells import Columns
from compiler.plan.formats import _digits, format_of
from compiler.plan.formats._beside import run_on
from compiler.plan.formats._names import call_ids, stems
from compiler.plan.formats._shelf import Shelf
from compiler.plan.formats._text import COMPACT, Encoder, cut
from compiler.plan.plan import Plan, draw
from compiler.plan.voiced import voiced
from tests.plan.models import VOICE, bank, choice, flag, is_, lasting, normal, number, rises, shares, with_fields
from tests.samples.plans import FILES, SPECS
from tests.samples.plans import plan as sample

FORMATS = registry.names("compiler.plan.formats")


def odd() -> m.Model:
    """A small bank with what formats may trip over: floats of all digits, of none, large, below and at zero; absent
    numbers, flags and checks; labels and ids that are not ASCII; many decimals; as many members as bytes can number."""
    return with_fields(
        lasting(bank(), 3),
        number("free", normal(0, 1)),
        number("tiny", normal(0, 1e-7)),
        number("huge", normal(1e18, 1e17)),
        number("wide", normal(0, 1e6), decimals=2),
        number("many", normal(3, 1), decimals=7),
        number("tenths", normal(5, 3), decimals=0, only_when=VOICE),
        number("near_zero", normal(0, 0.01), decimals=1),
        number("points", normal(0, 3), decimals=0, effects=(rises(-1),)),
        number("long_count", normal(0, 1e7), decimals=0, only_when=VOICE),
        flag("heard", m.Start("chance", parameters=(("chance", m.Constant(0.5, m.Unit.SHARE)),)), only_when=VOICE),
        choice("größe", shares(klein=0.5, überaus_groß=0.5), only_when=is_("product", "Card")),
        *(choice(f"of_{count}", shares(kind="weights", **{f"m{i:03d}": 1.0 + (i > 125) * 5 for i in range(count)}),
                 how_many=((1, 0.5), (2, 0.5)) if count % 2 else (), only_when=VOICE) for count in (127, 128, 129)),
        m.Field("Melodie", "check", "Melodie", starts=(m.Start("chance", parameters=(
            ("chance", m.Constant(0.5, m.Unit.SHARE)),)),), group="compliance_flags", only_when=VOICE),
    )


@cache
def plan(name: str) -> Plan:
    if name == "odd":
        return draw(odd())
    if name in FILES:
        return sample(name)
    overlays = {"shipped": [], "September": ["September"]}[name]
    loaded = load([SPECS], overlays=overlays, library=SPECS / "library")
    assert loaded.model is not None
    return draw(loaded.model, loaded.first, loaded.last)


@cache
def records(name: str) -> list[dict[str, Any]]:
    return [dict(call.record) for call in plan(name).calls()]


def write(drawn: Plan, name: str, out: Path, size: int) -> Manifest:
    manifest = Manifest(out)
    columns = Columns(drawn)
    with format_of(name).opened(Shelf(out, manifest, drawn.model)) as writer:
        for part in drawn.parts(size):
            writer.write(columns.of(part))
    manifest.save()
    return manifest


def read_json(out: Path) -> Iterator[dict[str, Any]]:
    for path in out.glob("plan/*/*.json"):
        record = json.loads(path.read_bytes())
        assert path.relative_to(out).as_posix() == f"plan/{record['date']}/{record['call_id']}.json"
        assert path.read_text(encoding="utf-8") == json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        yield record


def read_jsonl(out: Path) -> Iterator[dict[str, Any]]:
    for line in (out / "plan/calls.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert line == json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        yield record


def read_parquet(out: Path) -> Iterator[dict[str, Any]]:
    for row in parquet.read_table(out / "plan/calls.parquet").to_pylist():
        yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case date():
            return value.isoformat()
        case dict():  # checks that there are
            return {name: answer for name, answer in value.items() if answer is not None}
    return value


READ: dict[str, Callable[[Path], Iterator[dict[str, Any]]]] = {
    "json": read_json, "jsonl": read_jsonl, "parquet": read_parquet}


def same(one: Any, other: Any) -> bool:
    """Equal in value, type and sign of zero."""
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    signs = not isinstance(one, float) or math.copysign(1, one) == math.copysign(1, other)
    return type(one) is type(other) and one == other and signs


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("spec", ["shipped", "September", "odd", "telecom", "claims", "twenty_lines_insurance"])
def test_a_format_holds_the_records(name: str, spec: str, tmp_path: Path) -> None:
    write(plan(spec), name, tmp_path, 1000)
    found = list(READ[name](tmp_path))
    expected = records(spec)
    if name == "json":  # files have no order
        found, expected = (sorted(rows, key=lambda r: r["call_id"]) for rows in (found, expected))
    assert len(found) == len(expected)
    for got, wanted in zip(found, expected, strict=True):
        if name == "parquet":  # what is absent is null in a table
            wanted = {key: wanted.get(key) for key in got}
        assert same(got, wanted), [key for key in got if not same(got[key], wanted.get(key))]


def test_the_odd_model_is_odd() -> None:
    """What the test above is about occurs."""
    rows = records("odd")
    text = [row for row in rows if row["channel"] == "text"]
    assert text and all("heard" not in row and "Melodie" not in row["compliance_flags"] for row in text)
    assert any(row["größe"] is None for row in rows) and any(row["größe"] == "überaus_groß" for row in rows)
    assert any(len(repr(row["free"])) > 17 for row in rows) and any("e-" in repr(row["tiny"]) for row in rows)
    assert any("e+" in repr(row["huge"]) for row in rows) and any(row["near_zero"] == 0.0 for row in rows)
    assert any(row["points"] < 0 for row in rows) and any(row["follows"] for row in rows)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_bytes_for_parts_of_any_size(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "parquet":
        monkeypatch.setattr(format_of(name), "PIECE", 50)
        monkeypatch.setattr(format_of(name), "GROUP", 100)
    drawn = plan("odd")
    assert drawn.count > 200
    contents = []
    for size in (1, 7, 64, 4096):
        out = tmp_path / str(size)
        write(drawn, name, out, size)
        contents.append({p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()})
    assert contents[0] and all(one == contents[0] for one in contents[1:])


@pytest.mark.parametrize("name", FORMATS)
def test_what_has_not_changed_is_not_written_again(name: str, tmp_path: Path) -> None:
    write(plan("odd"), name, tmp_path, 1000)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    write(plan("odd"), name, tmp_path, 1000)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("name", FORMATS)
def test_a_stopped_run_leaves_what_stood(name: str, tmp_path: Path) -> None:
    write(plan("odd"), name, tmp_path, 1000)
    before = {p: p.read_bytes() for p in (tmp_path / "plan").rglob("*") if p.is_file()}
    drawn = draw(replace(odd(), dataset=replace(odd().dataset, seed=8, last=date(2025, 9, 20))))
    shelf, columns = Shelf(tmp_path, Manifest(tmp_path), drawn.model), Columns(drawn)
    with pytest.raises(KeyboardInterrupt), format_of(name).opened(shelf) as writer:
        for i, part in enumerate(drawn.parts(100)):
            writer.write(columns.of(part))
            if i == 1:
                raise KeyboardInterrupt
    assert {p: p.read_bytes() for p in before} == before
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("spec", ["shipped", "odd", "claims"])
def test_names_are_those_of_the_calls(spec: str) -> None:
    drawn = plan(spec)
    (part,) = drawn.parts(10**6)
    table = Columns(drawn).of(part)
    calls = list(drawn.calls())
    assert stems(table) == [call.stem for call in calls]
    assert call_ids(table) == [call.call_id for call in calls]
    assert voiced(part).tolist() == [call.voiced for call in calls]


def test_a_plan_without_calls(tmp_path: Path) -> None:
    drawn = draw(replace(lasting(bank(), 3), volume=m.Volume(0, 0)))
    assert drawn.count == 0
    for name in FORMATS:
        write(drawn, name, tmp_path / name, 10)
        assert list(READ[name](tmp_path / name)) == []


# -------------------------------------------------------------------------------- parquet


def test_parquet_is_typed_and_told(tmp_path: Path) -> None:
    manifest = write(plan("September"), "parquet", tmp_path, 1000)
    assert manifest.about["libraries"] == {"pyarrow": pa.__version__}
    schema = parquet.read_schema(tmp_path / "plan/calls.parquet")
    kinds = {field.name: field.type for field in schema}
    assert kinds["call_id"] == kinds["follows"] == pa.uuid()
    assert kinds["date"] == pa.date32()
    assert kinds["start"] == pa.timestamp("ms", tz="Europe/Zurich")
    assert kinds["intent"] == kinds["team"] == pa.dictionary(pa.int8(), pa.string())
    assert kinds["AWT"] == pa.float64() and kinds["NPS_score"] == pa.int8() and kinds["FCR"] == pa.bool_()
    assert pa.types.is_struct(kinds["compliance_flags"]) and pa.types.is_list(kinds["intents"])
    assert schema.metadata[b"dataset"] == b"MusterBank" and schema.metadata[b"seed"] == b"1848"
    assert (schema.metadata[b"from"], schema.metadata[b"to"]) == (b"2025-09-01", b"2025-09-30")
    assert schema.field("AWT").metadata[b"description"] == b"Time in the queue before the agent answers, in seconds."
    assert not (schema.field("call_id").nullable or schema.field("AWT").nullable)  # every call has them
    assert schema.field("follows").nullable and schema.field("Hold_time").nullable
    group = parquet.ParquetFile(tmp_path / "plan/calls.parquet").metadata.row_group(0)
    told = {group.column(i).path_in_schema for i in range(group.num_columns) if group.column(i).is_stats_set}
    assert told == {"date", "start"}  # by which a reader may leave out whole groups of rows
    packed = {group.column(i).path_in_schema: group.column(i).compression for i in range(group.num_columns)}
    assert {name for name, how in packed.items() if how != "ZSTD"} == {"call_id", "start"}  # of which it gains nothing
    assert group.column(0).physical_type == "FIXED_LEN_BYTE_ARRAY"


# -------------------------------------------------------------------------------- numbers


def encoded(values: list[float], decimals: int | None) -> list[str]:
    table = {"x": c.Number(np.array(values), None, decimals)}
    return [text.decode() for text in Encoder(COMPACT).each(table)]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.integers(0, 8) | st.none())
@example([0.0, -0.0], None)
@example([0.0, -0.0], 0)
@example([5e-324, 1e16, 1e22, 123456789012345680.0, -1e-5, 0.1 + 0.2], 2)
def test_any_float_is_written_as_python_writes_it(values: list[float], decimals: int | None) -> None:
    assert encoded(values, decimals) == [json.dumps({"x": v}, separators=(",", ":")) + "\n" for v in values]


@given(st.data(), st.integers(0, 8), st.sampled_from([10, 10**3, 10**6, 10**12, 10**16]))
def test_a_float_of_some_decimals_is_written_as_python_writes_it(data: Any, decimals: int, most: int) -> None:
    whole = data.draw(st.lists(st.integers(-most, most), min_size=1))
    values = [n / 10**decimals for n in whole]
    assert encoded(values, decimals) == [json.dumps({"x": v}, separators=(",", ":")) + "\n" for v in values]


@given(st.lists(st.integers(-(10**17), 10**17), min_size=1), st.integers(1, 9))
def test_integers_are_written_with_their_digits(values: list[int], least: int) -> None:
    run, ends = run_on(_digits.whole_texts(np.array(values), b"<", least, b">"))
    assert [text.decode() for text in cut(run.tobytes(), ends)] == [
        f"<{'-' * (v < 0)}{abs(v):0{least}d}>" for v in values]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=2))
def test_a_uuid_has_its_usual_form(halves: list[int]) -> None:
    high, low = (np.array([half], dtype=np.uint64) for half in halves)
    run, _ = run_on(_digits.uuid_texts(c.Identity(high, low, None), b"", b""))
    assert run.tobytes().decode() == str(UUID(int=halves[0] << 64 | halves[1]))


def test_numbers_whose_range_grows_keep_their_texts() -> None:
    """Texts that were made for an earlier part are not taken for other numbers."""
    encoder = Encoder(COMPACT)
    for values in ([1.5, 2.5], [1.5, -3.5, 400.0], [2.5, 99_999.9], [-3.5, 12_345_678.9], [1.5]):
        found = encoder.each({"x": c.Number(np.array(values), None, 1)})
        assert [json.loads(text)["x"] for text in found] == values
