"""Hostile files: each is read to its end, quickly, and what is wrong is said in a few words (tests/lang/hostile.py)."""

from __future__ import annotations

import random  # noqa: TID251  # the test's own input, seeded
import resource
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.lang.load import load
from compiler.report import draw
from tests.lang import hostile

WORDS = sorted({word for path in hostile.SPECS for word in path.read_text(encoding="utf-8").split()})
SIGNS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=8)
ROW = st.tuples(st.integers(0, 9), st.lists(st.one_of(st.sampled_from(WORDS), SIGNS), max_size=8))


def test_some_of_the_fuzzer(tmp_path: Path) -> None:
    """240 files; tests/bench/fuzz_reader.py takes 20,000."""
    make = hostile.texts(random.Random(20250901))
    path = tmp_path / "spec.calls"
    whole = 0
    for number in range(240):
        path.write_bytes(make(number))
        began = time.process_time()
        found = hostile.digest(path)
        whole += not any(each.severity == "error" for each in found)
        assert time.process_time() - began < 5  # a hang, not a slow machine
    assert whole > 10  # so that the static checks are reached


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=25))
def test_any_text(rows: list[tuple[int, list[str]]], tmp_path: Path) -> None:
    path = tmp_path / "spec.calls"
    path.write_text("\n".join(" " * margin + " ".join(words) for margin, words in rows), encoding="utf-8")
    assert hostile.digest(path) or not path.stat().st_size


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=3000))
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "spec.calls"
    path.write_bytes(data)
    hostile.digest(path)


HUGE = {
    "a line of 10 MB": "a file of 10000019 characters says too much at once (at most 4000000)",
    "10 MB of NULs": "a file of 10000000 characters says too much at once (at most 4000000)",
    "10 MB that are no UTF-8": "this file is not UTF-8: byte 0xfc at 2:1",
    "10 MB of bidirectional signs": "a line of 3333333 characters says too much at once (at most 20000)",
    "10,000 levels": "blocks nest deeper than 12 levels",
    "200,000 brackets": "a line of 200012 characters says too much at once (at most 20000)",
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.calls"
    path.write_bytes(hostile.huge()[name])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    loaded = load([path])
    assert HUGE[name] in [each.message for each in loaded.diagnostics]
    assert len(loaded.diagnostics) <= 2
    assert len(draw(loaded.diagnostics, loaded.sources)) < 2_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KiB


def test_a_file_of_errors_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "spec.calls"
    path.write_text("2025-09-01;voice;Transfer;96\n" * 30_000, encoding="utf-8")
    found = load([path]).diagnostics
    assert len(found) == 1001
    assert found[0].message == "1,000 errors stand in this file, and the rest of it is not read"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_signs_that_turn_the_order_of_writing_are_reported(sign: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.calls"
    path.write_text(f'act greet "says {sign}hello"  # and so on\n', encoding="utf-8")
    assert "E0114" in [each.code for each in load([path]).diagnostics]
