"""What all tests share."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected files; read the diff afterwards")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """True when expected files are to be rewritten."""
    return bool(request.config.getoption("--update"))
