"""Numbers with their nouns, as every message says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler import pipeline
from compiler.counting import counted, which
from compiler.options import Options
from compiler.screen import Screen

SPECS = Path(__file__).resolve().parents[1] / "specs"


def test_one_is_singular_and_thousands_are_grouped() -> None:
    assert [counted(count, "call") for count in (0, 1, 2, 1640)] == ["0 calls", "1 call", "2 calls", "1,640 calls"]
    assert [which(count, "is", "are") for count in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize(("found", "said"), [
    ((1, True), "1 call from"),
    ((340, False), "some 340 calls (those of events about part of a day not counted in) from"),
])
def test_a_check_says_how_many_calls_there_will_be(
    found: tuple[int, bool], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "prove", lambda *_: found)
    screen = Screen(quiet=True)
    assert pipeline.travel(Options(specs=(SPECS,), target="check", quiet=True), screen) == 0
    assert screen.notes == [
        f"MusterBank: no errors. 37 fields, 12 agents, 11 scenarios; {said} 2025-09-01 to 2025-09-02."]
