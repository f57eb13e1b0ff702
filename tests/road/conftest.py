"""The command as a user runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPECS = ROOT / "specs"
KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SA_URL", "SA_PROJECT_ID", "SA_PIPELINE_ID", "SA_STORAGE_BACKEND_ID",
        "SA_TOKEN", "GEN_LOCALE")


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


Compile = Callable[..., Result]


def run(*arguments: object, folder: Path, env: Mapping[str, str] | None = None, timeout: float = 300) -> Result:
    clean = {name: value for name, value in os.environ.items() if name not in KEYS}
    done = subprocess.run(
        [sys.executable, "-m", "compiler", *(str(a) for a in arguments)],
        cwd=folder, env={**clean, **(env or {})}, capture_output=True, text=True, timeout=timeout, check=False,
        encoding="utf-8",
    )
    result = Result(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in result.text, result.text
    return result


@pytest.fixture
def compile(tmp_path: Path) -> Compile:
    """compile(*arguments, env=…) in an empty folder; never a traceback."""

    def call(*arguments: object, env: Mapping[str, str] | None = None, folder: Path | None = None,
             timeout: float = 300) -> Result:
        return run(*arguments, folder=folder or tmp_path, env=env, timeout=timeout)

    return call


def contents(build: Path, *below: str) -> dict[str, bytes]:
    """relative path -> bytes of all files below these folders of a build"""
    found: dict[str, bytes] = {}
    for name in below:
        for path in sorted((build / name).rglob("*")):
            if path.is_file():
                found[path.relative_to(build).as_posix()] = path.read_bytes()
    return found


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished build of a few calls of MusterBank, all the way to the forms. Read it only."""
    folder = tmp_path_factory.mktemp("small")
    result = run(SPECS, "--target", "sa", "--set", "volume.scale=3%", "--limit", 5, "--jobs", 2, folder=folder)
    assert result.code == 0, result.text
    return folder / "build"
