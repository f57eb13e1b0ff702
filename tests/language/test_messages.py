"""Each `calls` block of the *.md files gives exactly the message drawn in the `text` block after it.

The block is read beside base.calls, or by itself where its fence says `alone`; `--overlay NAME` and `--set PATH=VALUE`
on the fence are passed on. `pytest --update` rewrites the text blocks.
"""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from compiler.failures import UsageError
from compiler.lang.load import load
from compiler.report import draw

HERE = Path(__file__).parent
CASE = re.compile(r"```calls([^\n]*)\n(.*?)```\n+```text\n(.*?)```\n", re.DOTALL)
PAGES = sorted(HERE.glob("*.md"))


def drawn(fence: str, spec: str, folder: Path) -> str:
    """What the user would read."""
    options: dict[str, list[str]] = {"--overlay": [], "--set": []}
    words = shlex.split(fence)
    name = "spec.calls"
    for word, value in pairwise(words):
        if word in options:
            options[word].append(value)
    (folder / name).write_text(spec, encoding="utf-8")
    paths = [Path(name)]
    if "alone" not in words:
        shutil.copy(HERE / "base.calls", folder)
        paths.insert(0, Path("base.calls"))
    try:
        loaded = load(paths, overlays=options["--overlay"], sets=options["--set"])
    except UsageError as error:
        return f"{error}\n"
    text = draw(loaded.diagnostics, loaded.sources)
    return text or "fine\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_messages(page: Path, update: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    cases = list(CASE.finditer(text))
    assert len(cases) == text.count("```calls")
    if update:
        new = CASE.sub(lambda c: f"```calls{c[1]}\n{c[2]}```\n\n```text\n{drawn(c[1], c[2], tmp_path)}```\n", text)
        page.write_text(new, encoding="utf-8")
        return
    for case in cases:
        assert drawn(case[1], case[2], tmp_path) == case[3], f"the case that begins with {case[2].splitlines()[0]!r}"
