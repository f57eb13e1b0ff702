"""Each code that the program can say has its page: a spec that fails with exactly its message, and the spec put right.

A page whose fence says `shown` needs more than one file, or a writer, and is not compiled. `pytest --update` rewrites
the messages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compiler
from tests.language.test_messages import drawn

HOME = Path(compiler.__file__).parent
PAGES = sorted((HOME / "lang" / "explain").glob("*.md"))
BLOCK = re.compile(r"```(calls|text)([^\n]*)\n(.*?)```\n", re.DOTALL)
ONLY_WORDS = ("E0103", "E0109", "E0115", "E0801", "E0802")  # no spec of a few lines shows them


def test_every_code_has_its_page() -> None:
    codes = {code for path in HOME.rglob("*.py") for code in re.findall(r'"(E\d{4}|W\d\d)"', path.read_text("utf-8"))}
    assert codes == {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page(page: Path, update: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {page.stem}: \S", text)
    if page.stem in ONLY_WORDS:
        return
    wrong, message, *_, right = BLOCK.findall(text)
    if wrong[1].strip() == "shown":
        assert f"[{page.stem}]" in message[2]
        return
    monkeypatch.chdir(tmp_path)
    now = drawn(wrong[1], wrong[2], tmp_path)
    if update and now != message[2]:
        page.write_text(text.replace(f"```text\n{message[2]}```", f"```text\n{now}```"), encoding="utf-8")
        message = (*message[:2], now)
    assert now == message[2]
    assert now.count(f"[{page.stem}]") == 1 and re.search(r"^1 (error|warning)$", now, re.MULTILINE)
    assert drawn(right[1], right[2], tmp_path) == "fine\n"
