"""--format on the plan target: what a switch removes and says, what later stages get, what the user is told."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.commands._compile import run as compile_command
from compiler.failures import UsageError
from compiler.options import Options
from compiler.pipeline import travel
from compiler.plan.formats import format_of
from compiler.screen import Screen

SPECS = Path(__file__).resolve().parents[2] / "specs"


def go(out: Path, name: str, **more: object) -> Screen:
    screen = Screen(quiet=True)
    options = Options(specs=(SPECS,), target="plan", format=name, out=out, sets=("volume.scale=3%",), quiet=True)
    assert travel(replace(options, **more), screen) == 0
    return screen


def plan_files(out: Path) -> set[str]:
    found = {path.relative_to(out / "plan").as_posix() for path in (out / "plan").rglob("*")}
    return {name for name in found if not name.startswith("_meta")}


def manifest(out: Path) -> dict:
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def test_a_switch_removes_what_the_other_format_wrote_and_says_so(tmp_path: Path) -> None:
    go(tmp_path, "json")
    records = len(manifest(tmp_path)["calls"])
    assert records > 10 and not manifest(tmp_path)["whole"]
    screen = go(tmp_path, "jsonl")
    assert plan_files(tmp_path) == {"calls.jsonl"} and manifest(tmp_path)["calls"] == {}
    assert screen.notes[-1] == (
        f"the plan is written as jsonl now; the {records} files of the format before are removed")
    screen = go(tmp_path, "parquet")
    assert plan_files(tmp_path) == {"calls.parquet"}
    assert screen.notes[-1] == "the plan is written as parquet now; the file of the format before is removed"
    go(tmp_path, "json")
    assert len([name for name in plan_files(tmp_path) if name.endswith(".json")]) == records
    assert "calls.parquet" not in plan_files(tmp_path) and not manifest(tmp_path)["whole"]


def test_a_switch_keeps_what_was_edited_by_hand(tmp_path: Path) -> None:
    go(tmp_path, "jsonl")
    (tmp_path / "plan/calls.jsonl").write_text("mine\n", encoding="utf-8")
    screen = go(tmp_path, "json")
    assert (tmp_path / "plan/calls.jsonl").read_text(encoding="utf-8") == "mine\n"
    assert screen.warnings == ["1 file of another --format was changed by hand and stays: plan/calls.jsonl"]


def test_the_closing_table_names_the_files_and_keeps_paths_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(name: str, target: str) -> list[list[str]]:
        options = Options(specs=(SPECS,), target=target, format=name, out=out, sets=("volume.scale=3%",), limit=2)
        assert travel(options, Screen()) == 0
        return [[cell.strip() for cell in row.split("│")[1:3]] for row in capsys.readouterr().err.splitlines()
                if "│" in row]

    out = tmp_path / "a_folder_whose_name_is_long" / ("x" * 60)
    rows = said("jsonl", "plan")
    size, calls = (out / "plan/calls.jsonl").stat().st_size, int(rows[0][1].split()[0])
    assert ["files", f"plan/calls.jsonl, {size / 1e3:,.0f} kB, {size / calls:,.0f} bytes a call"] in rows
    assert rows[-1] == ["in", str(out)] and not any("of calls" in right for _, right in rows)
    assert ["", "2 of calls"] in said("jsonl", "prompts")
    assert ["files", f"{calls + 2} of calls"] in said("json", "prompts")


@pytest.mark.parametrize("name", ["json", "jsonl", "parquet"])
def test_later_stages_are_the_same_with_every_format(name: str, tmp_path: Path) -> None:
    go(tmp_path, name, target="prompts", limit=3)
    prompts = {path.name: path.read_bytes() for path in tmp_path.glob("prompts/*/*.md")}
    go(tmp_path / "json", "json", target="prompts", limit=3)
    assert prompts == {path.name: path.read_bytes() for path in (tmp_path / "json").glob("prompts/*/*.md")}
    assert len(prompts) == 3


def test_calls_that_go_are_found_without_files_of_their_own(tmp_path: Path) -> None:
    go(tmp_path, "jsonl", target="prompts", limit=4)
    assert go(tmp_path, "jsonl").warnings == []
    assert len(list(tmp_path.glob("prompts/*/*.md"))) == 4
    go(tmp_path, "jsonl", seed=7)
    assert not list(tmp_path.glob("prompts/*/*.md")) and manifest(tmp_path)["calls"] == {}


def test_a_call_whose_record_changed_is_stale_with_every_format(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    for path in SPECS.glob("*.calls"):
        (specs / path.name).write_bytes(path.read_bytes())
    go(tmp_path / "out", "jsonl", target="prompts", limit=4, specs=(specs,))
    with (specs / "kpis.calls").open("a", encoding="utf-8") as out:
        out.write("\nflag newsletter\n  starts at 12%\n")
    screen = go(tmp_path / "out", "parquet", specs=(specs,))
    assert screen.warnings == [
        "4 calls have changed, and what earlier runs made of them beyond this target or --limit has not: run the "
        "later target again to bring it up to date"]


def test_an_unknown_format_is_a_usage_error_that_lists_them() -> None:
    with pytest.raises(UsageError) as said:
        format_of("xml")
    assert str(said.value) == "there is no format `xml`; there is: json, jsonl, parquet"


def test_without_pyarrow_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    from compiler.plan.formats import parquet

    monkeypatch.setattr(parquet, "find_spec", lambda name: None if name == "pyarrow" else real(name))
    with pytest.raises(UsageError) as said:
        format_of("parquet")
    assert str(said.value) == '--format parquet needs the library pyarrow: pip install "callsheet[parquet]"'


def test_a_check_asks_for_no_format() -> None:
    import argparse

    from compiler.commands import _compile

    parser = argparse.ArgumentParser()
    _compile.arguments(parser)
    assert parser.parse_args(["x"]).format == "json"
    assert compile_command(parser.parse_args([str(SPECS), "--format", "xml", "--quiet"])) == 0
    with pytest.raises(UsageError):
        compile_command(parser.parse_args([str(SPECS), "--format", "xml", "--target", "plan"]))
