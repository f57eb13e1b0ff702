"""The formatter on generated specs, on every spec of the repository and of the design, and on ugly layouts of them."""

from __future__ import annotations

import random  # noqa: TID251  # the tests' own input, seeded
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.lang.fmt import same
from compiler.lang.fmt.format import Formatted, formatted
from compiler.lang.fmt.rows import read as rows
from compiler.lang.load import load
from compiler.lang.spec_files import decoded
from compiler.report import draw
from compiler.source import Source
from tests.lang.generate import spec, ugly
from tests.lang.samples import ROOT

DESIGN = Path("/work/shared/design/language")  # where the language was drafted; read if it is there
EVERY_SPEC = sorted(
    path for folder in (ROOT / "specs", ROOT / "tests", DESIGN) if folder.is_dir() for path in folder.rglob("*.calls")
)
SEEDS = st.integers(min_value=0, max_value=2**32)


def good(text: str) -> str:
    result = formatted(Source("x.calls", text))
    assert result.text is not None, (result.fault, draw(result.found, {"x.calls": Source("x.calls", text)}))
    return result.text


def difference(before: str, after: str) -> str:
    return same.difference(rows(Source("x", before)), rows(Source("x", after)))


def read(data: bytes) -> str:
    return decoded(data, "x.calls", [])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_generated_specs(seed: int) -> None:
    text = spec(random.Random(seed))
    assert good(text) == text  # made in the one layout
    messy = read(ugly(text, random.Random(seed + 1), tabs=True).encode())
    clean = good(messy)
    assert good(clean) == clean
    assert not difference(messy, clean)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_other_blanks_and_indentations_make_no_difference(seed: int) -> None:
    dice = random.Random(seed)
    text = spec(dice)
    assert good(ugly(text, dice, comments=False)) == text


@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_the_model_stays(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    dice = random.Random(seed)
    folder = tmp_path_factory.mktemp("specs")
    path = folder / "spec.calls"
    messy = ugly(spec(dice), dice)
    path.write_bytes(messy.encode())
    before = load([path])
    assert before.model is not None, draw(before.diagnostics, before.sources)
    path.write_text(good(read(messy.encode())), encoding="utf-8")
    after = load([path])
    assert after.model is not None
    assert replace(after.model, effective="") == replace(before.model, effective="")
    assert after.model.effective == before.model.effective


def test_there_are_specs() -> None:
    assert len(EVERY_SPEC) > 10


@pytest.mark.parametrize("path", EVERY_SPEC, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_spec(path: Path) -> None:
    text = read(path.read_bytes())
    result = formatted(Source(str(path), text))
    assert not result.fault
    if result.text is None:
        assert "tests" in path.parts and result.found  # a spec that is wrong on purpose
        return
    assert good(result.text) == result.text
    dice = random.Random(path.name)
    assert good(ugly(text, dice, comments=False)) == good(ugly(result.text, dice, comments=False))
    clean = good(read(ugly(text, dice, tabs=True).encode()))
    assert good(clean) == clean


def test_our_own_specs_are_formatted() -> None:
    for path in sorted((ROOT / "specs").rglob("*.calls")):
        assert good(path.read_text(encoding="utf-8")) == path.read_text(encoding="utf-8"), f"compile fmt {path}"


def test_a_loss_would_be_seen() -> None:
    text = "## Doc.\nkpi A # one\n  starts at 5s\n  # two\n  rises by 12000s when b\n"
    worse = {
        "a comment would be lost or change": ("# two\n", "\n"),
        "a line would say something else": ("5s", "6s"),
        "a line would say something else ": ("## Doc.\n", ""),
        "a line would say something else  ": ("  rises", "  when c\n    rises"),
    }
    for said, (old, new) in worse.items():
        assert difference(text, text.replace(old, new)) == said.rstrip()
    assert not difference(text, text.replace("12000s", "12_000s"))
    assert Formatted(None).text is None
