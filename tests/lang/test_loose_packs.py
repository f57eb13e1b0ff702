"""`--target check` reads the packs that nobody uses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compiler.lang import loose_packs
from compiler.lang.load import load, pack_folders
from compiler.report import draw
from tests.lang.samples import BASE

LIBRARY = Path(__file__).parents[2] / "specs" / "library"


def said(folder: Path, pack: str, text: str) -> str:
    specs = folder / "specs"
    (specs / "library").mkdir(parents=True)
    shutil.copy(BASE, specs)
    (specs / "library" / f"{pack}.calls").write_text(text, encoding="utf-8")
    read = load([specs])
    assert read.model is not None
    found, sources = loose_packs.problems([specs], pack_folders([specs], None), read.sources)
    return draw(found, sources).replace(f"{folder}/", "")


@pytest.mark.parametrize("pack", sorted(path.stem for path in LIBRARY.glob("*.calls")))
def test_the_packs_of_the_library_are_good(pack: str, tmp_path: Path) -> None:
    assert said(tmp_path, pack, (LIBRARY / f"{pack}.calls").read_text(encoding="utf-8")) == ""


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert said(tmp_path, "night", "kpi effort\n  starts at 5 %\n") == """\
error[E0112]: `%` must touch its number
 --> specs/library/night.calls:2:13
  |
2 |   starts at 5 %
  |             ^^^
  = help: write `5%`

1 error
"""


def test_units_and_sums(tmp_path: Path) -> None:
    text = "kpi effort\n  starts as normal, mean 90s, sd 5s\n  rises by 5\n\n"
    drawn = said(tmp_path, "night", f"{text}choice mood\n  starts as one of\n    Good: 50%\n")
    assert "error[E0401]: `effort` is a time, but this is a number" in drawn
    assert "error[E0404]: these shares add up to 50%, not 100%" in drawn
    assert "specs/library/night.calls:3:12" in drawn


def test_names_of_the_project_are_known(tmp_path: Path) -> None:
    assert said(tmp_path, "night", "kpi effort\n  starts as normal, mean 9, sd 1\n  rises by 1 when outage\n") == ""


def test_a_name_that_the_user_of_the_pack_may_declare(tmp_path: Path) -> None:
    assert said(tmp_path, "night", "kpi effort\n  starts as normal, mean 9, sd 1\n  rises by 1 when full_moon\n") == ""


def test_a_name_that_is_nearly_one_of_the_pack(tmp_path: Path) -> None:
    text = "kpi effort\n  starts as normal, mean 9, sd 1\n  rises by 1 when ful_moon\n"
    drawn = said(tmp_path, "night", f"flag full_moon\n  starts at 5%\n\n{text}")
    assert "error[E0201]: I know nothing called `ful_moon`" in drawn


def test_a_pack_that_uses_one_that_is_not_there(tmp_path: Path) -> None:
    assert "error[E0308]: pack `library/dusk` not found" in said(tmp_path, "night", 'use "library/dusk"\n')
