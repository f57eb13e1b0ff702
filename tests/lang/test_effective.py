"""The effective spec: canonical text that means the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compiler.lang.load import load
from compiler.lang.model import Model
from compiler.report import draw
from tests.lang.samples import BASE, NEXT_WEEK, RICH, SPECS


def model(*paths: Path, overlays: tuple[str, ...] = ()) -> Model:
    loaded = load(paths, overlays=overlays)
    assert loaded.model is not None, draw(loaded.diagnostics, loaded.sources)
    return loaded.model


CASES = {
    "base": ((BASE,), ()),
    "rich": ((RICH,), ()),
    "overlay": ((RICH, NEXT_WEEK), ("Next_week",)),
    "specs": ((SPECS,), ()),
}


@pytest.mark.parametrize("name", CASES)
def test_reads_back_to_an_equal_model(name: str, tmp_path: Path) -> None:
    paths, overlays = CASES[name]
    first = model(*paths, overlays=overlays)
    copy = tmp_path / "effective.calls"
    copy.write_text(first.effective, encoding="utf-8")
    again = model(copy)
    assert replace(again, folder=first.folder) == first
    assert again.effective == first.effective


def test_docs_and_labels_are_kept() -> None:
    text = model(RICH).effective
    assert "## A talk\n## about money.\nscenario Advice\n" in text
    assert '  agent Monika "Monika Müller"\n' in text
    assert 'Status "Where is my case?": 30' in text


def test_one_fact_a_line() -> None:
    rows = model(RICH).effective.splitlines()
    assert "  falls by 5pp when channel is text" not in rows  # checks are written one by one
    assert "    falls by 5pp when channel is text" in rows
    assert "  Advice rises by 3 when agent is Monika" in rows
    assert "  is multiplied by 140% to 100% over 28d when agent is Sven" in rows
    assert "  starts as truncated normal, mean 90s, sd 25s" in rows


def test_the_overlay_is_in_it() -> None:
    text = model(RICH, NEXT_WEEK, overlays=("Next_week",)).effective
    assert "hasty" not in text and "Half" not in text
    assert "    voice: sage\n" in text
    assert "    agent must: greet, offer_help\n" in text
    assert "    share: workday 60, weekend 30\n" in text  # weights, as soon as one share is a plain number
    assert 'kpi talk_time "Talk time"\n' in text  # always there, written where it is spoken of
