"""Each code that the program can say has its page: a spec that fails with exactly its message, and the spec put right.

A page whose fence says `shown` has a spec that its text cannot hold (another encoding, a thousand lines): a test of its
own makes that. `pytest --update` rewrites the messages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compiler
from compiler.lang.load import load
from compiler.report import draw
from tests.language.test_messages import drawn

HOME = Path(compiler.__file__).parent
PAGES = sorted((HOME / "lang" / "explain").glob("*.md"))
BLOCK = re.compile(r"```(calls|text)([^\n]*)\n(.*?)```\n", re.DOTALL)
ONLY_WORDS = ("E0801", "E0802")  # about templates and the project's folders: tests/road, tests/diff
OF_SEVERAL = ("E0305", "E0307", "E0703")  # several files or a writer: test_packs, test_layers, tests/road
SHOWN = ("E0103", "E0115", *OF_SEVERAL)


def test_every_code_has_its_page() -> None:
    codes = {code for path in HOME.rglob("*.py") for code in re.findall(r'"(E\d{4}|W\d\d)"', path.read_text("utf-8"))}
    assert codes == {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page(page: Path, update: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {page.stem}: \S", text)
    assert not [row for row in BLOCK.sub("", text).split("\n") if len(row) > 120]
    if page.stem in ONLY_WORDS:
        assert not BLOCK.search(text)
        return
    wrong, message, *_, right = BLOCK.findall(text)
    monkeypatch.chdir(tmp_path)
    assert (wrong[1].strip() == "shown") == (page.stem in SHOWN)
    if page.stem in OF_SEVERAL:
        assert f"[{page.stem}]" in message[2]
        return
    if page.stem not in SHOWN:
        now = drawn(wrong[1], wrong[2], tmp_path)
        if update and now != message[2]:
            page.write_text(text.replace(f"```text\n{message[2]}```", f"```text\n{now}```"), encoding="utf-8")
            message = (*message[:2], now)
        assert now == message[2]
        assert now.count(f"[{page.stem}]") == 1 and re.search(r"^1 (error|warning)$", now, re.MULTILINE)
    assert drawn(right[1], right[2], tmp_path) == "fine\n"


def test_the_page_on_other_encodings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, message, right = BLOCK.findall((HOME / "lang" / "explain" / "E0103.md").read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    Path("spec.calls").write_text(right[2], encoding="cp1252")
    loaded = load([Path("spec.calls")])
    assert draw(loaded.diagnostics, loaded.sources) == message[2]


def test_the_page_on_too_many_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, message, _ = BLOCK.findall((HOME / "lang" / "explain" / "E0115.md").read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    Path("spec.calls").write_text(wrong[2] * 600, encoding="utf-8")
    loaded = load([Path("spec.calls")])
    *first, count = message[2].split("\n\n")
    text = draw(loaded.diagnostics, loaded.sources)
    assert text.startswith("\n\n".join(first)) and text.endswith(count)
