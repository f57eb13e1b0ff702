"""The phrase books: grammar, checker, and that both locales hold the same keys."""

from __future__ import annotations

import shutil

import pytest

from compiler.catalog import load
from compiler.talk.writers._embedded_book import CONDITIONS, as_lines
from compiler.talk.writers._embedded_book import load as load_book
from compiler.talk.writers._embedded_check import check_phrases, keys
from compiler.talk.writers._embedded_grammar import PhraseError, expand, parse, slots, tidy, without
from compiler.talk.writers._embedded_numbers import bucket
from compiler.talk.writers._embedded_stage import AMOUNTS
from tests.talk_embedded.calls import FOLDERS, locale


@pytest.mark.parametrize("tag", ["en", "de"])
def test_the_shipped_books_are_complete_and_sound(tag):
    assert check_phrases(locale(tag)) == ()


def test_both_locales_have_the_same_keys():
    ours, theirs = (set(keys(load_book(load(tag, FOLDERS)))) for tag in ("en", "de"))
    different = {key for key in ours ^ theirs if not key.startswith("words.daytime.")}
    assert different == set()


def test_the_checker_names_file_key_and_fault(tmp_path):
    folder = tmp_path / "locales"
    shutil.copytree(FOLDERS[0], folder)
    for name, old, new in (("closing.yml", "{score}", "{scor}"), ("flow.yml", "glad:", "gladd:"),
                           ("switch.yml", "either:", "oder:")):
        path = folder / "de" / "phrases" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    extras = folder / "de" / "phrases" / "extras.yml"
    broken = extras.read_text(encoding="utf-8").replace("stray_more:\n", 'stray_more:\n  - "{halb"\n')
    extras.write_text(broken, encoding="utf-8")
    found = [problem.replace(str(folder), "") for problem in check_phrases(load("de", (folder,)))]
    assert found == [
        "/de/phrases/flow.yml: `flow.glad` is missing",
        "/de/phrases/closing.yml: `closing.score.promoter`: there is no slot `{scor}`",
        "/de/phrases/extras.yml: `extras.stray_more`: a { without its }, in `{halb`",
        "/de/phrases/switch.yml: `switch.exchange`: there is no condition `oder` (there is: "
        f"{', '.join(sorted(CONDITIONS))})",
    ]


@pytest.mark.parametrize("tag", ["en", "de"])
def test_whatever_names_an_amount_can_also_be_said_without_one(tag):
    book, counted = load_book(locale(tag)), 0
    for key in keys(book):
        if key.partition(".")[0] != "words" and not key.startswith("extras.product_amount."):
            for lines in _lists(book.find(key)):
                if any("{sum}" in line.source or "{amount}" in line.source for line in lines):
                    counted += 1
                    assert any(without(line.nodes, AMOUNTS) for line in lines if line.when <= {"no_amount"}), key
    assert counted > 20


def _lists(tree):
    """The lists of lines from which one is chosen, exchanges included."""
    if isinstance(tree, list) and any(isinstance(item, dict) and {"agent", "customer", "either"} & set(item)
                                      for item in tree):
        for item in tree:
            for part in item.get("either", []):
                yield from _lists(part)
            for role in ("agent", "customer"):
                if role in item:
                    yield as_lines(item[role], "")
    elif isinstance(tree, list) and all(isinstance(item, str) or len(item) == 1 for item in tree):
        yield as_lines(tree, "")


def test_the_grammar():
    value = {"name": "Ruth"}.get
    pick = lambda source, who=1: tidy(expand(parse(source), who, "test", lambda slot, path: value(slot, "?")))  # noqa: E731  # reads best as one line
    assert pick("hello {name} , how are you ? fine .") == "Hello Ruth, how are you? Fine."
    assert {pick("{a|b{c|d}|}!", who) for who in range(60)} == {"A!", "Bc!", "Bd!", "!"}
    assert list(slots(parse("{x} {a|{y}|b {z}}"))) == ["x", "y", "z"]
    for broken, message in (("{a", "a { without its }"), ("a}", "a } without its {"),
                            ("{A b}", "`{A b}` is no slot (a slot is a name in small letters; alternatives need a |)")):
        with pytest.raises(PhraseError) as error:
            parse(broken)
        assert str(error.value) == message


@pytest.mark.parametrize(("text", "bounds"), [
    ("under_100", (20, 100)), ("<100", (20, 100)), ("to_1000", (300, 1000)), ("100–1000", (100, 1000)),
    ("1_000..5_000", (1000, 5000)), ("over_5000", (5000, 15000)), (">5000", (5000, 15000)), ("", None),
    ("plenty", None),
])
def test_amount_buckets_are_read(text, bounds):
    assert bucket(text) == bounds
