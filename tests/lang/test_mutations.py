"""One-line mutations of real specs: never an exception, few errors each, the first one where the mutation is."""

from __future__ import annotations

import random  # noqa: TID251  # mutations of the test's own input, seeded
from pathlib import Path

from compiler.lang.load import load
from compiler.report import draw
from tests.lang.samples import BASE, RICH

ROUNDS = 150  # of each spec


def mutate(rows: list[str], dice: random.Random) -> tuple[list[str], int, str]:
    """(the rows with one mutation, its row, its kind)."""
    kind = dice.choice(("delete", "double", "misspell", "indent", "swap", "cut", "sign"))
    at = dice.choice([number for number, row in enumerate(rows) if row.strip() and not row.strip().startswith("#")])
    row = rows[at]
    place = dice.randrange(len(row) - len(row.lstrip()), len(row))
    changed = {
        "delete": [],
        "double": [row, row],
        "misspell": [row[:place] + dice.choice("aeiouxyz") + row[place + 1 :]],
        "indent": [" " * dice.randrange(1, 4) + row],
        "swap": [row[:place] + row[place + 1 : place + 2] + row[place] + row[place + 2 :]],
        "cut": [row[:place]],
        "sign": [row[:place] + dice.choice('{}"%:=$,.()\t\x00é') + row[place:]],
    }[kind]
    return [*rows[:at], *changed, *rows[at + 1 :]], at, kind


def test_mutations_of_one_line(tmp_path: Path) -> None:
    dice = random.Random(1)
    errors, wrong, near = 0, 0, 0
    path = tmp_path / "spec.calls"
    for spec in (BASE, RICH):
        rows = spec.read_text(encoding="utf-8").split("\n")
        for _ in range(ROUNDS):
            mutated, at, _kind = mutate(rows, dice)
            path.write_text("\n".join(mutated), encoding="utf-8")
            loaded = load([path])
            draw(loaded.diagnostics, loaded.sources)
            found = [each for each in loaded.diagnostics if each.severity == "error"]
            assert (loaded.model is None) == bool(found)
            errors += len(found)
            wrong += bool(found)
            lines = [label.span.line for each in found for label in (each.primary, *each.notes)]
            near += any(abs(line - at - 1) <= 2 for line in lines)
    assert wrong > ROUNDS  # most mutations do break something
    assert errors / wrong < 1.6, errors / wrong
    assert near / wrong > 0.85, near / wrong


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
