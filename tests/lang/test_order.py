"""Order, comments and the split into files mean nothing (outside sequences): the property of the shipped specs, of the
specs of the tests, and of generated ones; an overlay above them included."""

from __future__ import annotations

import random  # noqa: TID251  # shuffles of the tests' own input, seeded
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.lang.load import load
from compiler.lang.model import Model
from compiler.report import draw
from tests.lang.generate import shuffled, spec
from tests.lang.samples import BASE, NEXT_WEEK, RICH, SPECS

SEEDS = st.integers(min_value=0, max_value=2**32)
OVERLAY = "overlay Above\n\noverride volume\n  scale: 50%\n\noverride flag FCR\n  rises by 1pp when weekend\n"


def model(folder: Path, texts: Sequence[str], overlays: Sequence[str] = ()) -> Model:
    """The model of the texts as files of one folder; the old files go."""
    for old in folder.glob("*.calls"):
        old.unlink()
    for number, text in enumerate(texts):
        (folder / f"{number}.calls").write_text(text, encoding="utf-8")
    loaded = load([folder], overlays=overlays)
    assert loaded.model is not None, draw(loaded.diagnostics, loaded.sources)
    return loaded.model


def same(
    folder: Path, texts: Sequence[str], above: Sequence[str], overlays: Sequence[str], dice: random.Random
) -> None:
    first = model(folder, [*texts, *above], overlays)
    mixed = [*shuffled(texts, dice, dice.randrange(1, 5)), *above]
    dice.shuffle(mixed)
    again = model(folder, mixed, overlays)
    assert again == replace(first, effective=again.effective)
    assert again.effective == first.effective


CASES = {
    "base": ((BASE,), (), ()),
    "rich": ((RICH,), (), ()),
    "next week": ((RICH,), (NEXT_WEEK,), ("Next_week",)),
    "specs": (sorted(path for path in SPECS.glob("*.calls") if path.stem != "september"), (), ()),
    "september": (
        sorted(path for path in SPECS.glob("*.calls") if path.stem != "september"),
        (SPECS / "september.calls",), ("September",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_shuffled_specs_are_equal(name: str, tmp_path: Path) -> None:
    base, above, overlays = CASES[name]
    texts, tops = ([path.read_text(encoding="utf-8") for path in paths] for paths in (base, above))

    @settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(seed=SEEDS)
    def check(seed: int) -> None:
        same(tmp_path, texts, tops, overlays, random.Random(seed))

    check()


def test_generated_specs_are_equal(tmp_path: Path) -> None:
    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(seed=SEEDS)
    def check(seed: int) -> None:
        dice = random.Random(seed)
        same(tmp_path, [spec(dice)], [OVERLAY], ["Above"] if dice.random() < 0.5 else [], dice)

    check()


def test_a_sequence_is_one(tmp_path: Path) -> None:
    """The rows of a decide and the phases of a scenario in another order say something else."""
    text = BASE.read_text(encoding="utf-8") + "  phase closing\n    agent must: farewell\n"
    first, last = "  phase opening\n    agent must: greet, give_name\n", "  phase closing\n    agent must: farewell\n"
    swapped = text.replace(first, "@").replace(last, first).replace("@", last)
    assert model(tmp_path, [text]) != model(tmp_path, [swapped])
