"""The README keeps what it promises: no gaps, real messages, translations in step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.de.md", "README.ru.md")
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def blocks(path: Path) -> list[str]:
    return _BLOCK.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", READMES)
def test_no_gap_is_left(name: str) -> None:
    assert "@@" not in (ROOT / name).read_text(encoding="utf-8")


def test_the_mistakes_are_those_of_the_tested_page() -> None:
    page = blocks(ROOT / "tests/language/common_mistakes.md")
    shown = blocks(ROOT / "README.md")
    assert [block for block in page if block not in shown] == []


@pytest.mark.parametrize("name", READMES[1:])
def test_translations_have_the_same_code(name: str) -> None:
    assert blocks(ROOT / name) == blocks(ROOT / "README.md")


def test_every_command_and_target_is_named() -> None:
    from compiler import registry

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in registry.names("compiler.commands"):
        assert f"`compile {command}" in text, command
    for target in registry.names("compiler.targets"):
        assert target in text, target
