"""Lines, sentences and the kept grammar."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from compiler.lang import parse
from compiler.lang.parse import sentence
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Lit, Mistake, Pair, Sentence
from compiler.lang.tree import nest
from compiler.source import Source
from tests.lang.samples import BASE, RICH


def lines_of(text: str) -> list[tuple[int, str]]:
    found = []

    def walk(lines, level):  # type: ignore[no-untyped-def]
        for line in lines:
            found.append((level, line.text))
            walk(line.children, level + 1)

    walk(nest(Source("x", text))[0], 0)
    return found


def test_comments_docs_and_long_texts() -> None:
    text = '## About A.\n# not this\na "x # y" # z\n  b: """one\n    two""" # c\n  c\n\nd\n'
    top, found = nest(Source("x", text))
    assert not found
    assert top[0].docs == "About A." and top[0].text == 'a "x # y"'
    assert [child.text for child in top[0].children] == ['b: """one\n    two"""', "c"]
    said = sentence(top[0].children[0].text)
    assert isinstance(said, Sentence) and said.values[0].value == "one\ntwo"  # type: ignore[union-attr]
    assert lines_of(text)[-1] == (0, "d")


def test_places_inside_a_long_text() -> None:
    line = nest(Source("x", 'a\n  b: """one\n  two""" when when\n'))[0][0].children[0]
    at = line.text.index("when when")
    assert line.span((at, at + 4)).place == "x:3:10"


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("4_000", "number", 4000), ("0.5", "number", 0.5), ("35%", "percent", 0.35), ("99.9%", "percent", 0.999),
        ("5pp", "points", 0.05), ("90s", "duration", 90), ("1h30m", "duration", 5400), ("250ms", "duration", 0.25),
        ("3d", "duration", 259200), ("4w", "duration", 2419200), ("2025-09-01", "date", 739495),
        ("08:30", "time", 30600), ("24:00", "time", 86400), ("CHF 1_200.50", "money", 1200.5), ("18dB", "level", 18),
    ],
)  # fmt: skip
def test_literals(written: str, kind: str, value: float) -> None:
    said = sentence(f"x rises by {written}")
    assert isinstance(said, Sentence)
    node = said.values[0]
    assert isinstance(node, Lit) and (node.kind, node.value) == (kind, value)


def test_every_line_of_the_specs_is_read() -> None:
    for path in (BASE, RICH):
        for _, text in lines_of(path.read_text(encoding="utf-8")):
            assert isinstance(sentence(text), Sentence), text


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "a: " + "1+" * 4000 + "1",
        "x: " + "not " * 3000 + "y",
        "a." * 3000,
        "1,2," * 3000,
        "x" * 100_000,
    ],
    ids=["brackets", "sum", "not", "path", "list", "word"],
)
def test_hostile_lines_are_mistakes(text: str) -> None:
    assert isinstance(sentence(text), Mistake)


def test_hostile_files() -> None:
    deep = "".join("  " * level + "a\n" for level in range(1500))
    top, found = nest(Source("x", deep))
    assert top and {each.code for each in found} == {"E0108"}
    top, found = nest(Source("x", "".join(" " * level + "a\n" for level in range(10_000))))
    assert not top and {each.code for each in found} == {"E0109"}
    nest(Source("x", "\x00\x01" * 1000))
    nest(Source("x", '"' * 9001))


def test_did_you_mean() -> None:
    legal = ["AWT", "FCR", "premium_wait_peak", "Technical_Support"]
    assert nearest("premium_wait_peek", legal) == "premium_wait_peak"
    assert nearest("AWTT", legal) == "AWT"
    assert nearest("technicalsupport", legal) == "Technical_Support"
    assert nearest("FRC", legal) == "FCR"
    assert nearest("zebra", legal) is None


# ------------------------------------------------------------------------------------------------ the kept grammar


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An own cache folder, and no parser in memory."""
    monkeypatch.setattr(parse, "_cache_file", lambda grammar: tmp_path / "cache" / "grammar.bin")
    parse.parser.cache_clear()
    yield tmp_path / "cache" / "grammar.bin"
    parse.parser.cache_clear()


def test_the_grammar_is_kept(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = parse.parser().parse("AWT rises by 3s when x")
    assert fresh.is_file()
    parse.parser.cache_clear()
    monkeypatch.setattr(parse, "_write_cache", lambda *_: pytest.fail("built again"))
    assert parse.parser().parse("AWT rises by 3s when x") == first


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"x" * 40], ids=["empty", "short", "wrong"])
def test_a_corrupt_cache_is_replaced(fresh: Path, damage: bytes) -> None:
    parse.parser()
    whole = fresh.read_bytes()
    for broken in (damage, whole[:-9], whole[:40] + b"\0" + whole[41:]):
        fresh.write_bytes(broken)
        parse.parser.cache_clear()
        assert parse.parser().parse("a: 1")
        data = fresh.read_bytes()
        assert data[:32] == sha256(data[32:]).digest()


def test_a_cache_that_cannot_be_read_or_written(fresh: Path) -> None:
    fresh.mkdir(parents=True)  # a folder in the file's place
    assert parse.parser().parse("a: 1")


def test_no_place_for_a_cache(fresh: Path) -> None:
    fresh.parent.write_text("a file where the folder should be")
    assert parse.parser().parse("a: 1")


def test_two_processes_at_once(tmp_path: Path) -> None:
    program = f"from compiler.lang.load import load; from pathlib import Path; assert load([Path({str(BASE)!r})]).model"
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin"}
    running = [subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(2)]
    assert [each.wait(60) for each in running] == [0, 0]
    assert len(list(tmp_path.rglob("grammar-*.bin"))) == 1


def test_lark_is_imported_late() -> None:
    program = "import sys, compiler.lang.load, compiler.report; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2]).returncode == 0


@pytest.mark.parametrize(
    "text", ["works: MID 45%, EVE 55%", "works: MID  45%", "x: ABC 12:30", "x: ABC 20s", "x: ABC 0.5%"]
)
def test_three_capitals_before_a_figure_are_no_money(text: str) -> None:
    said = sentence(text)
    assert isinstance(said, Sentence)
    assert all(isinstance(value, Pair) and isinstance(value.value, Lit) for value in said.values)
    assert {value.value.kind for value in said.values if isinstance(value, Pair)} <= {"percent", "time", "duration"}


def test_three_capitals_before_a_plain_number_are_money() -> None:
    said = sentence("x: CHF 1_200.50, EUR 20")
    assert isinstance(said, Sentence)
    assert [(value.kind, value.value) for value in said.values] == [("money", 1200.5), ("money", 20)]
