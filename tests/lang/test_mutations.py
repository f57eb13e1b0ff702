"""One-line mutations of the shipped specs: what is nonsense is reported, few errors each, the first where the mutation
is, never an exception (tests/lang/mutations.py says what counts)."""

from __future__ import annotations

import random  # noqa: TID251  # mutations of the test's own input, seeded
from pathlib import Path

from compiler.lang.load import load
from compiler.report import draw
from tests.lang.mutations import measure
from tests.lang.samples import RICH


def test_mutations_of_one_line() -> None:
    figures = measure(rounds=400, seed=1)
    assert figures.nonsense > 200
    assert figures.reported / figures.nonsense >= 0.95, "\n".join(figures.missed)
    assert figures.errors / figures.with_errors <= 1.5, "\n".join(figures.many)
    assert figures.near / figures.with_errors >= 0.95, "\n".join(figures.far)


def test_noise(tmp_path: Path) -> None:
    """Lines of random signs and of words of the language give diagnostics, nothing else."""
    dice = random.Random(2)
    words = RICH.read_text(encoding="utf-8").split()
    path = tmp_path / "spec.calls"
    for _ in range(60):
        rows = []
        for _ in range(dice.randrange(1, 20)):
            some = [dice.choice(words) for _ in range(dice.randrange(1, 9))]
            if dice.random() < 0.3:
                some.append("".join(chr(dice.randrange(32, 900)) for _ in range(5)))
            rows.append(" " * dice.randrange(0, 7) + " ".join(some))
        path.write_text("\n".join(rows), encoding="utf-8")
        loaded = load([path])
        assert loaded.model is None
        assert draw(loaded.diagnostics, loaded.sources)
