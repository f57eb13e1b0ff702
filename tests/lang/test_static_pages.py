"""Each code of the static checks has its page: a spec that shows it, exactly its message, and the spec put right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.lang import errors, static
from tests.language.test_messages import drawn

PAGES = Path(static.__file__).parents[1] / "explain"
SENTENCES = Path(errors.__file__).parent / "analysis.py"
CODES = sorted(set(re.findall(r'"([EW]\d+)"', SENTENCES.read_text(encoding="utf-8"))))
BLOCK = re.compile(r"```(calls|text)([^\n]*)\n(.*?)```\n", re.DOTALL)


@pytest.mark.parametrize("code", CODES)
def test_the_page_of_a_code(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    wrong, message, *_, right = BLOCK.findall(page)
    assert page.startswith(f"# {code}: ") and f"[{code}]" in message[2]
    monkeypatch.chdir(tmp_path)
    assert drawn(wrong[1], wrong[2], tmp_path) == message[2]
    assert drawn(right[1], right[2], tmp_path) == "fine\n"


def test_there_are_many() -> None:
    assert len(CODES) > 15
