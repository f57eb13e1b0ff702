"""The specs that the tests of the language read."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "language" / "base.calls"
RICH = Path(__file__).with_name("rich.calls")
NEXT_WEEK = Path(__file__).with_name("next_week.calls")
SPECS = ROOT / "specs"
