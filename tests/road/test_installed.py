"""The program installed from its wheel, in another folder: templates, locales and library specs come along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.road.conftest import KEYS, ROOT, SPECS


def test_from_the_wheel_in_another_folder(tmp_path: Path) -> None:
    source = tmp_path / "source"
    wanted = ("compiler", "templates", "locales", "specs", "pyproject.toml", "README.md")
    source.mkdir()
    for part in (ROOT / name for name in wanted):
        if part.is_dir():
            shutil.copytree(part, source / part.name)
        else:
            shutil.copy(part, source)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist"],
                   cwd=source, check=True, capture_output=True)
    wheel = next((tmp_path / "dist").glob("*.whl"))
    home = tmp_path / "installed"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", home, wheel],
                   check=True, capture_output=True)
    shutil.rmtree(source)
    shutil.copytree(SPECS, tmp_path / "mine" / "specs")
    env = {k: v for k, v in os.environ.items() if k not in KEYS} | {"PYTHONPATH": str(home)}
    done = subprocess.run([sys.executable, "-m", "compiler", "specs", "--target", "dialogues", "--limit", "3"],
                          cwd=tmp_path / "mine", env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "mine/build/dialogues").glob("*.txt"))) == 3
    where = subprocess.run([sys.executable, "-c", "import compiler; print(compiler.__file__)"], cwd=tmp_path, env=env,
                           capture_output=True, text=True, check=True)
    assert where.stdout.strip().startswith(str(home))
