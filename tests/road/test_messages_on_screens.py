"""How errors look: colours on a terminal only, unless NO_COLOR says no; text, JSON and GitHub's form."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.road.conftest import ROOT, Compile

WRONG = "dataset Desk\n  seed: 1\n  from: 2025-09-01\n  to: 2025-09-05\n\nkpi AWT\n  starts at 5 %\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "desk.calls").write_text(WRONG, encoding="utf-8")
    return tmp_path


def on_a_terminal(folder: Path, **more: str) -> str:
    """What the program writes to standard error where that is a terminal."""
    upper, lower = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "compiler", "desk.calls"]
    path = {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with subprocess.Popen(command, cwd=folder, env={**env, **path, **more}, stdout=subprocess.DEVNULL, stderr=lower):
        os.close(lower)
        said = b""
        while True:
            try:
                part = os.read(upper, 4096)
            except OSError:  # the other end is closed: all is read
                break
            if not part:
                break
            said += part
    os.close(upper)
    return said.decode("utf-8")


def test_colour_on_a_terminal(spec: Path) -> None:
    assert "\x1b[1;31merror[E0112]\x1b[0m: `%` must touch its number" in on_a_terminal(spec)


def test_no_colour_where_it_is_not_wanted(spec: Path) -> None:
    said = on_a_terminal(spec, NO_COLOR="1")
    assert "error[E0112]: `%` must touch its number" in said and "\x1b" not in said


def test_no_colour_in_a_file(spec: Path, compile: Compile) -> None:
    result = compile("desk.calls")
    assert result.code == 1
    assert "error[E0112]: `%` must touch its number" in result.err and "\x1b" not in result.err


def test_json(spec: Path, compile: Compile) -> None:
    rows = [json.loads(line) for line in compile("desk.calls", "--message-format", "json").err.splitlines()]
    first, at = rows[0], WRONG.index("5 %")
    assert (first["code"], first["severity"]) == ("E0112", "error")
    assert first["place"] == {
        "file": "desk.calls", "start": {"line": 7, "column": 13}, "end": {"line": 7, "column": 16},
        "bytes": [at, at + 3],
    }
    assert first["fixes"][0] | {"place": None} == {"place": None, "text": "5%", "sure": True}


def test_github(spec: Path, compile: Compile) -> None:
    said = compile("desk.calls", "--message-format", "github").err
    assert said.startswith("::error file=desk.calls,line=7,endLine=7,col=13,endColumn=15,title=E0112::`%25` must touch")
