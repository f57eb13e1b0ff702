"""Texts side by side are what joining them one by one gives, however long or short they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from compiler.plan.formats._beside import beside, by_row, chosen, run_on, texts_of

TEXTS = st.lists(st.binary(max_size=9) | st.binary(min_size=30, max_size=40), min_size=1, max_size=6)


@given(st.data(), st.integers(1, 12), st.lists(TEXTS, min_size=1, max_size=5))
def test_pieces_are_joined(data: Any, rows: int, tables: list[list[bytes]]) -> None:
    """Short and long texts, empty ones, rows of which one is many times as long as another, some of the rows."""
    pieces, expected = [], [b""] * rows
    for table in tables:
        codes = data.draw(st.lists(st.integers(0, len(table) - 1), min_size=rows, max_size=rows))
        own = [table[code] for code in codes]
        pieces.append(data.draw(st.sampled_from([chosen(texts_of(table), np.array(codes)), by_row(texts_of(own))])))
        expected = [before + text for before, text in zip(expected, own, strict=True)]
    begin = data.draw(st.integers(0, rows - 1))
    run, ends = run_on(beside(pieces, begin, rows))
    assert run.tobytes() == b"".join(expected[begin:])
    assert ends.tolist() == np.cumsum([len(text) for text in expected[begin:]]).tolist()


def test_no_rows() -> None:
    run, ends = run_on(beside([by_row(texts_of([]))], 0, 0))
    assert run.tobytes() == b"" and not len(ends)
