"""Builds that somebody else made, or half made: read as far as they can be, told where not, and never followed out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.files import digest
from compiler.program import run as program
from tests.diff.brute import project
from tests.diff.test_sides import diff

Said = pytest.CaptureFixture[str]
SET = ("--set", "volume.scale=1%")
DEEP = "[" * 100_000


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project(tmp_path, "templates", "locales")
    monkeypatch.chdir(tmp_path)
    assert program(["specs", "--target", "prompts", "--quiet", *SET]) == 0
    return tmp_path / "build"


def records(build: Path) -> list[Path]:
    return sorted(build.glob("plan/2025-*/*.json"))


def in_format(name: str) -> None:
    assert program(["specs", "--target", "prompts", "--quiet", "--format", name, *SET]) == 0


@pytest.mark.parametrize("name", ["jsonl", "parquet"])
def test_records_of_each_format_are_held_against_the_spec(name: str, build: Path, capsys: Said) -> None:
    in_format(name)
    assert diff(capsys, "build", "specs", *SET)[0] == 0
    _edit(build / f"plan/calls.{name}", "AWT", 1.0)
    code, out, _ = diff(capsys, "build", "specs", *SET)
    assert code == 2
    assert "1. records in build: 1 call changes" in out
    shown = [row.strip() for row in out.splitlines() if row.startswith("     ")]
    assert [row.partition(":")[0] for row in shown][1:] == ['- "AWT"', '+ "AWT"']
    assert shown[1] == '- "AWT": 1.0,'


def _edit(path: Path, name: str, value: float) -> None:
    if path.suffix == ".jsonl":
        first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(json.dumps({**json.loads(first), name: value}) + "\n" + "".join(rest), encoding="utf-8")
        return
    import pyarrow as arrow
    from pyarrow import parquet

    table = parquet.read_table(path)
    column = [value, *table.column(name).to_pylist()[1:]]
    at = table.schema.get_field_index(name)
    parquet.write_table(table.set_column(at, table.schema.field(name), arrow.array(column, table.schema.types[at])),
                        path)


@pytest.mark.parametrize("name", ["manifest.json", "plan/_meta/summary.json", "plan/_meta/origins.json"])
def test_nothing_is_taken_from_a_file_that_is_no_json(name: str, build: Path, capsys: Said) -> None:
    (build / name).write_text(DEEP, encoding="utf-8")
    assert diff(capsys, "build", "specs", *SET)[::2] == (0, "")
    assert program(["why", records(build)[0].stem, "AWT"]) == 0


def test_a_manifest_that_is_no_json_stops_the_next_run(build: Path, capsys: Said) -> None:
    (build / "manifest.json").write_text(DEEP, encoding="utf-8")
    assert program(["specs", "--target", "plan", *SET]) == 1
    assert "build/manifest.json is not a manifest that this version reads" in capsys.readouterr().err


def test_a_record_that_is_no_json(build: Path, capsys: Said) -> None:
    path = records(build)[0]
    path.write_text(DEEP, encoding="utf-8")
    shown = path.relative_to(build.parent)
    assert diff(capsys, "build", "specs", *SET)[2].startswith(f"error: cannot read {shown}: maximum recursion depth")
    assert program(["why", path.stem, "AWT"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {shown} is not readable as JSON (maximum recursion depth ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_a_record_that_is_no_file_is_not_waited_for(build: Path, capsys: Said) -> None:
    path = records(build)[0]
    path.unlink()
    os.mkfifo(path)
    assert diff(capsys, "build", "specs", *SET)[2] == (
        f"error: cannot read {path.relative_to(build.parent)}: it is no file\n")


def test_a_manifest_removes_nothing_outside_its_build(build: Path) -> None:
    victims = [build.parent / "first.txt", build.parent / "second.txt"]
    for victim in victims:
        victim.write_text("mine", encoding="utf-8")
    paths = ("../first.txt", str(victims[1]), "plan/left.json")
    (build / paths[2]).write_text("mine", encoding="utf-8")
    stored = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
    made = {role: {"path": path, "hash": digest(b"mine"), "made_from": ""}
            for role, path in zip(("plan", "prompt", "form"), paths, strict=True)}
    stored["calls"]["Somebody_20250901000000_1"] = {"call_id": "", "stage": "plan", "files": made, "error": None}
    (build / "manifest.json").write_text(json.dumps(stored), encoding="utf-8")
    assert program(["specs", "--target", "plan", "--quiet", *SET]) == 0
    assert [victim.exists() for victim in victims] == [True, True]
    assert not (build / paths[2]).exists()


def test_a_folder_that_may_not_be_looked_into(build: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    def refused(path: Path, **_more: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refused)
    assert program(["why", "01db6d90"]) == 1
    assert capsys.readouterr().err == "error: cannot use build/plan/_meta/effective.calls: Permission denied\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk at hand")
def test_a_result_that_cannot_be_written(build: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "compiler", "why", records(build)[0].stem], stdout=full,
                              stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "error: cannot use what is written to: No space left on device\n")


def test_an_output_that_is_closed(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert program(["why", records(build)[0].stem]) == 0
