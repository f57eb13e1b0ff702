"""The README keeps what it promises: no gaps, real messages, nothing left unnamed, translations in step."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.de.md", "README.ru.md")
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HUNK = re.compile(r"@@ -\d+(,\d+)? \+\d+(,\d+)? @@")  # `compile diff` shows such lines
_COMMIT = re.compile(r"HEAD \([0-9a-f]+\)")


def blocks(path: Path) -> list[str]:
    return _BLOCK.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", READMES)
def test_no_gap_is_left(name: str) -> None:
    assert "@@" not in _HUNK.sub("", (ROOT / name).read_text(encoding="utf-8"))


def test_the_mistakes_are_those_of_the_tested_page() -> None:
    page = blocks(ROOT / "tests/language/common_mistakes.md")
    shown = blocks(ROOT / "README.md")
    assert [block for block in page if block not in shown] == []


def test_the_tour_shows_what_the_program_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its commands, run in its order; those that make sound take long and are left out."""
    from compiler.cli import main

    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for words in ("init", "add .", "-c user.name=A -c user.email=a@example.com commit -m specs"):
        subprocess.run(["git", "-c", "core.autocrlf=false", *words.split()], check=True, capture_output=True)
    people = Path("specs/people.calls")
    tour = [block.splitlines()[1:-1] for block in blocks(ROOT / "README.md") if block.startswith("```\n$ compile ")]
    run = [lines for lines in tour if "audio" not in lines[0]]
    assert [lines[0].split()[2] for lines in run] == ["specs/", "specs/", "why", "diff"]
    for first, *shown in run:
        if " diff " in first:
            text = people.read_text(encoding="utf-8")
            people.write_text(text.replace("AWT rises by 10s", "AWT rises by 15s", 1), encoding="utf-8")
        main(first.split()[2:])
        said = "".join(capsys.readouterr())
        expected = "\n".join(line.rstrip() for line in shown)
        assert _COMMIT.sub("", expected) in _COMMIT.sub("", "\n".join(map(str.rstrip, said.splitlines()))), first


@pytest.mark.parametrize("name", READMES[1:])
def test_translations_have_the_same_code(name: str) -> None:
    assert blocks(ROOT / name) == blocks(ROOT / "README.md")


@pytest.mark.parametrize("name", READMES[1:])
def test_translations_have_the_same_headings_and_rows(name: str) -> None:
    def frame(path: Path) -> list[str]:
        lines = _BLOCK.sub("", path.read_text(encoding="utf-8")).splitlines()
        return [line.split()[0] for line in lines if line.startswith(("#", "|", "- "))]

    assert frame(ROOT / name) == frame(ROOT / "README.md")


@pytest.mark.parametrize("name", READMES)
def test_every_command_target_and_format_is_named(name: str) -> None:
    from compiler import registry

    text = (ROOT / name).read_text(encoding="utf-8")
    for command in registry.names("compiler.commands"):
        assert f"`compile {command}" in text, command
    for target in registry.names("compiler.targets"):
        assert target in text, target
    for form in registry.own("compiler.plan.formats"):
        assert f"--format {form}" in text or f"`{form}`" in text, form


@pytest.mark.parametrize("name", READMES)
def test_every_option_is_named(name: str) -> None:
    from compiler import registry
    from compiler.commands import _compile, _flags

    text = (ROOT / name).read_text(encoding="utf-8")
    commands = [registry.part("compiler.commands", each, "command") for each in registry.names("compiler.commands")]
    for module in [_compile, *commands]:
        parser = _flags.Parser()
        module.arguments(parser)
        for option in re.findall(r"--[a-z][a-z-]+", parser.format_usage()):
            assert re.search(rf"{option}(?![\w-])", text), f"{module.__name__} {option}"


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    reference = (ROOT / "specs/LANGUAGE.md").read_text(encoding="utf-8").partition("## Blocks")[2]
    settings = re.findall(r"^\| `([a-z ]+)` \| \[", reference, re.MULTILINE)
    assert "time zone" in settings
    assert [each for each in settings if not re.search(rf"`{each}[`: ]", text)] == []


@pytest.fixture(scope="module")
def about_the_plan(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of what a run writes into plan/_meta."""
    from compiler.cli import main

    out = tmp_path_factory.mktemp("readme")
    assert main([str(ROOT / "specs"), "--target", "prompts", "--limit", "1", "--out", str(out), "--quiet"]) == 0
    return sorted(path.name for path in (out / "plan/_meta").iterdir())


@pytest.mark.parametrize("name", READMES)
def test_every_file_about_the_plan_is_named(name: str, about_the_plan: list[str]) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "answers.json" in about_the_plan
    for file in about_the_plan:
        assert file in text, file


@pytest.mark.parametrize("name", READMES)
def test_every_bench_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    scripts = [path for path in (ROOT / "tests/bench").glob("*.py") if "__main__" in path.read_text(encoding="utf-8")]
    assert scripts
    for path in scripts:
        assert f"`{path.name}`" in text, path.name
