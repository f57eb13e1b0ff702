"""What was checked and has not changed is not checked again; what has changed is."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.road.conftest import SPECS, Compile


def test_a_changed_spec_is_checked_again(tmp_path: Path, compile: Compile) -> None:
    shutil.copytree(SPECS, tmp_path / "specs")
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first = compile("specs", env=env)
    assert first.code == 0
    assert list((tmp_path / "cache/callsheet").glob("checked-*"))
    assert compile("specs", env=env) == first
    kpis = tmp_path / "specs/kpis.calls"
    kpis.write_text(kpis.read_text(encoding="utf-8").replace("when outage", "when outtage"), encoding="utf-8")
    broken = compile("specs", env=env)
    assert broken.code == 1
    assert "E0201" in broken.err
    assert compile("specs", env=env) == broken  # errors are said each time
    kpis.write_text(kpis.read_text(encoding="utf-8").replace("when outtage", "when outage"), encoding="utf-8")
    assert compile("specs", env=env) == first


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path, compile: Compile) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be", encoding="utf-8")
    result = compile(SPECS, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert result.code == 0
