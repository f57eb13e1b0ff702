"""Texts of many rows side by side: bytes moved by numpy, without an object a text.

A piece is copied as wide as the widest of its texts; what is too much of it is overwritten by the next piece, so that
each piece costs one gather and one scatter of whole items, however long its texts are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Texts:
    """Row x byte; of each row the first `widths` bytes are its text, whatever stands behind them."""

    content: Bytes
    widths: Ints


@dataclass(frozen=True, slots=True)
class Piece:
    """A text a row: number `codes[row]` of the texts, or that of the row itself where there are no codes; and how wide
    the text of each row is."""

    texts: Texts
    codes: Ints | None
    widths: Ints

    def items(self, begin: int, end: int) -> NDArray[Any]:
        """The bytes of each of those rows as one item."""
        items = np.ascontiguousarray(self.texts.content).view(f"V{self.texts.content.shape[1]}").ravel()
        return items[begin:end] if self.codes is None else items.take(self.codes[begin:end])


def chosen(texts: Texts, codes: Ints) -> Piece:
    return Piece(texts, codes, texts.widths.take(codes))


def by_row(texts: Texts) -> Piece:
    return Piece(texts, None, texts.widths)


def texts_of(made: Sequence[bytes]) -> Texts:
    """Texts that are there one by one."""
    widths = np.array([len(text) for text in made], dtype=np.int64)
    most = int(widths.max(initial=0))
    content = np.frombuffer(b"".join(text.ljust(most, b"\0") for text in made), dtype=np.uint8)
    return Texts(content.reshape(len(made), most), widths)


def alike(content: Bytes) -> Texts:
    """Texts of one width."""
    return Texts(content, np.full(len(content), content.shape[1], dtype=np.int64))


def beside(pieces: Sequence[Piece], begin: int, end: int) -> Texts:
    """The texts of those rows, of each all pieces one after the other."""
    count = end - begin
    stride = sum(piece.texts.content.shape[1] for piece in pieces)
    content = np.empty((count, stride), dtype=np.uint8)
    first = np.arange(count) * stride
    at = first.copy()
    for piece in pieces:
        if piece.texts.content.shape[1]:
            items = piece.items(begin, end)
            _at_any_byte(content, items.dtype)[at] = items
            at += piece.widths[begin:end]
    return Texts(content, at - first)


def run_on(texts: Texts) -> tuple[Bytes, Ints]:
    """(all texts without a gap, where each of them ends)

    Two copies of each: as many bytes as the shortest has from its begin on, and from its end backwards the rest.
    """
    ends = np.cumsum(texts.widths)
    count, stride = texts.content.shape
    if not count:
        return np.empty(0, dtype=np.uint8), ends
    least, most = int(texts.widths.min()), int(texts.widths.max())
    if least == most == stride:
        return texts.content.reshape(-1), ends
    if most > 2 * least:
        return texts.content[np.arange(stride) < texts.widths[:, None]], ends
    found = np.empty(int(ends[-1]), dtype=np.uint8)
    heads = np.ndarray(count, dtype=f"V{least}", buffer=texts.content, strides=(stride,))
    _at_any_byte(found, heads.dtype)[ends - texts.widths] = heads
    if most > least:
        tails = np.dtype(f"V{most - least}")
        before = np.arange(count) * stride + texts.widths - tails.itemsize
        _at_any_byte(found, tails)[ends - tails.itemsize] = _at_any_byte(texts.content, tails)[before]
    return found, ends


def _at_any_byte(content: Bytes, item: np.dtype[Any]) -> NDArray[Any]:
    """All places of that memory at which an item may stand, by its first byte."""
    return np.ndarray(content.size - item.itemsize + 1, dtype=item, buffer=content, strides=(1,))
