"""Order, comments and the split into files mean nothing (outside sequences)."""

from __future__ import annotations

import random  # noqa: TID251  # shuffles of the test's own input, seeded
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.lang.load import load
from compiler.lang.tree import Line, nest
from compiler.source import Source
from tests.lang.samples import BASE, RICH, SPECS

SEQUENCES = ("decide", "scenario", "phase")


def written(lines: Sequence[Line], dice: random.Random, level: int = 0, sequence: bool = False) -> list[str]:
    """The lines as text again, shuffled where order means nothing, with comments and empty lines put in."""
    order = list(lines)
    if not sequence:
        dice.shuffle(order)
    rows: list[str] = []
    for line in order:
        margin = "  " * level
        if dice.random() < 0.2:
            rows += ["", f"{' ' * dice.randrange(8)}# {line.text[:20]}"]
        rows += [f"{margin}## {doc}" for doc in line.docs.split("\n") if line.docs]
        rows.append(f"{margin}{line.text}  # a comment" if dice.random() < 0.2 else margin + line.text)
        keep = line.text.removeprefix("override ").split(" ")[0] in SEQUENCES or sequence
        rows += written(line.children, dice, level + 1, keep)
    return rows


def pieces(paths: Sequence[Path]) -> list[Line]:
    """All top lines of the base files."""
    found: list[Line] = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if not text.startswith("overlay"):
            found += nest(Source(path.name, text))[0]
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spec", [BASE, RICH, SPECS], ids=lambda path: path.stem)
def test_shuffled_specs_are_equal(spec: Path, seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    paths = sorted(spec.glob("*.calls")) if spec.is_dir() else [spec]
    first = load([spec])
    assert first.model is not None
    blocks = pieces(paths)
    dice.shuffle(blocks)
    cut = dice.randrange(1, len(blocks))
    for name, part in (("a.calls", blocks[:cut]), ("b.calls", blocks[cut:])):
        rows = written(part, dice)
        (tmp_path / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    again = load([tmp_path])
    assert again.model is not None, again.diagnostics
    assert replace(again.model, folder=first.model.folder) == first.model
    assert again.model.effective == first.model.effective
