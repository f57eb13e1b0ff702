"""Fields that every spec may speak of without declaring them: added below the project, where they are mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from compiler.source import Source

STANDARD: Mapping[str, str] = {
    "talk_time": """## How long the two sides speak, without holds and silences.
kpi talk_time "Talk time"
  decimals: 0
  starts as lognormal, median 4m, spread 1.6
  stays within 30s..30m
""",
}


def mentioned(sources: Iterable[Source]) -> list[Source]:
    """The standard blocks that the sources speak of and declare nowhere."""
    texts = [source.text for source in sources]
    found = []
    for name, text in STANDARD.items():
        spoken = any(re.search(rf"^(?!\s*#).*\b{name}\b", each, re.MULTILINE) for each in texts)
        header = rf"^(?:kpi|choice|flag|fact|decide)[ \t]+{name}\b"
        declared = any(re.search(header, each, re.MULTILINE) for each in texts)
        if spoken and not declared:
            found.append(Source(f"(standard {name})", text))
    return found
