"""The pages that this repository keeps are those that its specs make."""

from __future__ import annotations

import pytest

from compiler import program
from tests.review.bank import ROOT, SPECS


def test_the_pages_of_this_repository_are_up_to_date(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a change that shows in them: `compile review specs`, and read the diff."""
    monkeypatch.delenv("GEN_LOCALE", raising=False)
    code = program.run(["review", str(SPECS), "--check", "--out", str(ROOT / "build")])
    said = capsys.readouterr()
    assert (code, said.out) == (0, ""), said.out + said.err
