"""The reference page is current, complete, and all of it compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.cli import main
from compiler.lang import acts
from compiler.lang.fmt.format import formatted
from compiler.lang.load import load
from compiler.lang.model import Unit
from compiler.lang.parse import sentence
from compiler.lang.reference import distribution_line, reference_page
from compiler.lang.reference_examples import EXAMPLES, MORE
from compiler.lang.reference_words import DISTRIBUTION_DOCS, FUNCTION_DOCS, LINES, LITERALS, SAYS, TYPES, UNITS
from compiler.lang.schema import KINDS, Says
from compiler.lang.syntax import Sentence
from compiler.plan.plan import draw as draw_plan
from compiler.report import draw
from compiler.source import Source

PAGE = Path(__file__).parents[2] / "specs" / "LANGUAGE.md"
WHOLE = "\n".join(text for kind, text in EXAMPLES.items() if kind != "overlay") + MORE


def said(folder: Path, text: str, *overlays: str) -> str:
    """All that the compiler has to say on it; nothing where it is fine."""
    (folder / "whole.calls").write_text(text, encoding="utf-8")
    (folder / "overlay.calls").write_text(EXAMPLES["overlay"], encoding="utf-8")
    loaded = load([folder], overlays=overlays)
    assert loaded.diagnostics or loaded.model is not None
    return draw(loaded.diagnostics, loaded.sources)


def test_the_page_is_current(update):
    if update:
        PAGE.write_text(reference_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == reference_page(), "run pytest --update and read the diff"


def test_the_command_prints_it(capsys):
    assert main(["reference"]) == 0
    assert capsys.readouterr().out == reference_page()


def test_all_examples_are_one_spec_without_a_complaint(tmp_path):
    assert said(tmp_path, WHOLE) == ""
    assert said(tmp_path, WHOLE, "Friday_demo") == ""


def test_the_examples_can_be_planned(tmp_path):
    """Also on days before any call could call again, though an event is about some of the callers only."""
    said(tmp_path, WHOLE)
    model = load([tmp_path]).model
    assert model is not None
    assert draw_plan(model).count > 1000


def test_a_broken_example_would_be_seen(tmp_path):
    assert "E0404" in said(tmp_path, WHOLE.replace("Plus: 30%", "Plus: 31%"))


def test_examples_are_laid_out_as_the_formatter_does():
    for kind, text in EXAMPLES.items():
        assert formatted(Source(kind, text.strip() + "\n")).text == text.strip() + "\n", kind


def test_every_kind_and_setting_has_its_example_on_the_page():
    page = reference_page()
    lines = {line.strip() for text in EXAMPLES.values() for line in text.splitlines()}
    for kind in KINDS.values():
        assert re.search(rf"^### (.*, )?{kind.words}(,|$)", page, re.MULTILINE), kind.words
        own = EXAMPLES.get(kind.words, "".join(EXAMPLES.get(name, "") for name in kind.inside))
        header = kind.words if kind.words != "check" else "Greeting"
        assert re.search(rf"^ *{header}\b", own, re.MULTILINE), kind.words
    rows = re.findall(r"^\| `([^`]+)` \| \[.*\]\(#types\) \| .* \| `(.*)` \|$", page, re.MULTILINE)
    assert {name for name, _ in rows} == {setting.name for kind in KINDS.values() for setting in kind.settings}
    assert [example for name, example in rows if example not in lines or not example.startswith(name)] == []


def test_every_example_line_stands_in_an_example():
    lines = {line.strip() for text in EXAMPLES.values() for line in text.splitlines()}
    assert [example for example, _ in LINES if example not in lines] == []


@pytest.mark.parametrize("name", acts.DISTRIBUTIONS)
def test_distributions_compile(tmp_path, name):
    assert name in DISTRIBUTION_DOCS, f"tell what `{name}` is in compiler/lang/reference_words.py"
    low, high = ("CHF 0", "CHF 9") if "CHF" in distribution_line(name) else ("0s", "5m")
    if not re.search(r"\ds|CHF", distribution_line(name)):
        low, high = "0", "90"
    block = f"\nkpi extra\n  {distribution_line(name)}\n  stays within {low}..{high}\n"
    assert said(tmp_path, WHOLE + block) == ""


@pytest.mark.parametrize("name", acts.FUNCTIONS)
def test_functions_compile(tmp_path, name):
    assert said(tmp_path, f"{WHOLE}\nfact extra\n  is {name}({FUNCTION_DOCS[name][0]})\n") == ""


def test_each_value_can_be_read():
    conditions = next(examples for examples, doc in LITERALS if "condition" in doc)
    for examples, _ in LITERALS:
        for example in examples:
            line = f"x rises by 1 when {example}" if example in conditions else f"x: {example}"
            assert isinstance(sentence(line), Sentence), example
    for kind, text in TYPES.items():
        for example in re.findall(r"`([^`]+)`", text):
            assert isinstance(sentence(f"x: {example}"), Sentence), (kind, example)


def test_nothing_is_left_untold():
    used = {setting.type for kind in KINDS.values() for setting in kind.settings}
    assert used == set(TYPES)
    assert set(UNITS) == set(Unit)
    assert set(SAYS) == set(Says.__args__)
    assert set(FUNCTION_DOCS) == set(acts.FUNCTIONS)
    docs = [kind.doc for kind in KINDS.values()] + [s.doc for kind in KINDS.values() for s in kind.settings]
    assert all(len(doc) > 10 for doc in docs), [doc for doc in docs if len(doc) <= 10]
