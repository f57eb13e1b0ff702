"""An edit changes the calls that it is about, and no byte of another."""

from __future__ import annotations

import pytest

from tests.plan.locality.cases import CASES, Case
from tests.plan.locality.matrix import run


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_an_edit_changes_only_what_it_must(case: Case) -> None:
    run(case)


def test_each_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
