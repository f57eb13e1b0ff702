"""ruff and mypy (strict) find nothing: what they say is the message of the failing test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("command", [
    ("ruff", "check", "--no-cache", "--output-format", "concise", "compiler", "tests"),
    ("mypy", "--strict", "-p", "compiler"),
], ids=lambda command: command[0])
def test_clean(command: tuple[str, ...]) -> None:
    run = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{' '.join(command)}\n{run.stdout}{run.stderr}"
