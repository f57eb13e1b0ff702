"""A plan of which only some fields are drawn anew is the plan that a whole draw gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compiler.diff.again import redrawn
from compiler.lang.load import load
from compiler.lang.model import Model
from compiler.plan.plan import draw
from tests.diff.brute import OVERLAYS, SMALL, edited, project

SHARES = {  # edit -> whether the calls, customers and follow-ups stay as they are
    "an effect": ("kpis.calls", "rises by 35s when outage", "rises by 45s when outage", True),
    "a check": ("kpis.calls", "  falls by 3pp\n", "  falls by 5pp\n", True),
    "a condition that comes": ("kpis.calls", "override flag kb_article_used\n",
                               "override flag kb_article_used\n  only when channel is voice\n", True),
    "a field that comes": ("kpis.calls", "\noverride decide esc",
                           "\nflag vip\n  starts at 20%\n\noverride decide esc", True),
    "texts": ("people.calls", 'Monika_Mueller "Monika Müller"', 'Monika_Mueller "Monika Meier"', True),
    "a voice": ("people.calls", "gender: male\n    voice: alloy\n    share: workday 8%",
                "gender: male\n    voice: onyx\n    share: workday 8%", True),
    "what follow-ups depend on": ("kpis.calls", "starts at 78%", "starts at 74%", False),
    "what customers keep": ("people.calls", 'BS "Basel": 14%\n    SG "St. Gallen": 12%',
                            'BS "Basel": 12%\n    SG "St. Gallen": 14%', False),
    "volume": ("musterbank.calls", "Wed: 100%", "Wed: 50%", False),
    "an incident": ("september.calls", "happens: 3", "happens: 2", False),
}


def model(specs: Path) -> Model:
    loaded = load((specs,), overlays=OVERLAYS, sets=SMALL)
    assert loaded.model is not None, loaded.diagnostics
    return loaded.model


@pytest.mark.parametrize("name", SHARES)
def test_it_is_the_whole_plan_or_none(name: str, tmp_path: Path) -> None:
    file, before, after, shared = SHARES[name]
    old, new = project(tmp_path / "old"), project(tmp_path / "new")
    edited(new / file, (before, after))
    found = redrawn(draw(model(old)), model(new))
    assert (found is not None) is shared
    if found is None:
        return
    whole = draw(model(new))
    assert found.frame.columns.keys() == whole.frame.columns.keys()
    assert found.frame.masks.keys() == whole.frame.masks.keys()
    for one, two in ((found.frame.columns, whole.frame.columns), (found.frame.masks, whole.frame.masks)):
        for column in one:
            assert one[column].dtype == two[column].dtype
            assert np.array_equal(one[column], two[column]), column
    assert [call.record for call in found.calls()] == [call.record for call in whole.calls()]
