"""Whole columns of numbers, identities and times -> their texts, as JSON and the record write them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.plan.cells import Identity, Ints, Moment, Numbered
from compiler.rng import Floats

Texts = NDArray[Any]  # of bytes objects
Bytes = NDArray[np.uint8]

MOST_DECIMALS = 4  # with more, Python writes small numbers with an exponent
_EXACT = 10**15  # scaled numbers below this have at most 15 digits: what Python writes is those digits
_POWERS = np.array([10**k for k in range(1, 19)], dtype=np.int64)
_FOURS = np.frombuffer(b"".join(b"%04d" % i for i in range(10_000)), dtype=np.uint32)
_HEX = np.frombuffer(b"".join(b"%02x" % i for i in range(256)), dtype=np.uint16)
_DASHES = (0, 4, 6, 8, 10, 16)  # bytes of a UUID between which its dashes stand


def objects(matrix: Bytes) -> Texts:
    """Row x byte -> one bytes object a row."""
    width = matrix.shape[1]
    return np.ascontiguousarray(matrix).view(f"S{width}").ravel().astype(object)


def scaled(values: Floats, decimals: int | None) -> Ints | None:
    """The integers of which `values` are 10**-decimals, None unless each value is exactly the double nearest to its."""
    if decimals is None or decimals > MOST_DECIMALS or not len(values):
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        whole = np.floor(values * float(10**decimals) + 0.5)
        if not np.array_equal(whole / float(10**decimals), values) or np.abs(whole).max() >= _EXACT:
            return None
    return whole.astype(np.int64)


def whole_texts(values: Ints, before: bytes, least: int = 1, after: bytes = b"") -> Texts:
    """before + the number, of at least `least` digits, + after."""
    return decimal_texts(values, 0, before, least, after)


def run_on(cells: Numbered) -> tuple[NDArray[np.int32], Bytes]:
    """(where each text ends, from 0 on; all texts without a gap)"""
    prefix = cells.prefix.encode()
    width = np.maximum(np.searchsorted(_POWERS, cells.values, side="right") + 1, cells.width)
    most = int(width.max(initial=0))
    matrix = beside(len(width), prefix, numerals(cells.values, most))
    ends = np.concatenate([[0], np.cumsum(width + len(prefix))]).astype(np.int32)
    if (width == most).all():
        return ends, matrix
    kept = np.arange(most) >= most - width[:, None]
    return ends, matrix[np.concatenate([np.ones((len(width), len(prefix)), dtype=bool), kept], axis=1)]


def decimal_texts(values: Ints, decimals: int, before: bytes, least: int = 1, after: bytes = b"") -> Texts:
    """before + values / 10**decimals as Python's JSON writes the float (an integer where there are no decimals)."""
    size = np.abs(values)
    front, rest = np.divmod(size, 10**decimals)
    width = np.maximum(np.searchsorted(_POWERS, front, side="right") + 1, least)
    places = np.full(len(values), min(decimals, 1))
    for kept in range(2, decimals + 1):
        places = np.where(rest % 10 ** (decimals - kept + 1) != 0, kept, places)
    kind = (width * (MOST_DECIMALS + 1) + places) * 2 + (values < 0)
    found = np.empty(len(values), dtype=object)
    for one in np.unique(kind).tolist():
        rows = np.flatnonzero(kind == one)
        digits, point = divmod(one // 2, MOST_DECIMALS + 1)
        parts: list[Bytes | bytes] = [before + b"-" * (one % 2), numerals(front[rows], digits)]
        if point:
            parts += [b".", numerals(rest[rows] // 10 ** (decimals - point), point)]
        found[rows] = objects(beside(len(rows), *parts, after))
    return found


def beside(count: int, *parts: Bytes | bytes) -> Bytes:
    """Columns of bytes side by side; constants are repeated."""
    widths = [len(part) if isinstance(part, bytes) else part.shape[1] for part in parts]
    found = np.empty((count, sum(widths)), dtype=np.uint8)
    at = 0
    for part, width in zip(parts, widths, strict=True):
        found[:, at : at + width] = np.frombuffer(part, dtype=np.uint8) if isinstance(part, bytes) else part
        at += width
    return found


def numerals(values: Ints, width: int) -> Bytes:
    """The last `width` digits of each number."""
    fours = -(-width // 4)
    found = np.empty((len(values), fours), dtype=np.uint32)
    for place in range(fours - 1, -1, -1):
        rest = values // 10_000
        found[:, place] = _FOURS[values - rest * 10_000]
        values = rest
    return found.view(np.uint8)[:, fours * 4 - width :]


# -------------------------------------------------------------------------------- identities and times


def uuid_bytes(cells: Identity) -> Bytes:
    """Row x 16 bytes, most significant first."""
    halves = np.empty((len(cells.high), 2), dtype=">u8")
    halves[:, 0], halves[:, 1] = cells.high, cells.low
    return halves.view(np.uint8).reshape(-1, 16)


def uuid_texts(cells: Identity, before: bytes, after: bytes) -> Texts:
    """before + the UUID in its usual form + after."""
    digits = _HEX[uuid_bytes(cells)].view(np.uint8)
    parts: list[Bytes | bytes] = []
    for first, last in pairwise(_DASHES):
        parts += [b"-"] * bool(parts) + [digits[:, first * 2 : last * 2]]
    return objects(beside(len(digits), before, *parts, after))


def moment_texts(cells: Moment, before: bytes, after: bytes) -> Texts:
    """before + local date and time to the millisecond with the offset from UTC (ISO 8601) + after."""
    days = np.frombuffer("".join(day.isoformat() for day in cells.days).encode(), dtype=np.uint8).reshape(-1, 10)
    seconds, thousandths = np.divmod(cells.local_ms, 1000)
    minutes, seconds = np.divmod(seconds, 60)
    hours, minutes = np.divmod(minutes, 60)
    ends, end = np.unique(cells.offset, return_inverse=True)
    texts = [_offset(int(offset)).encode() + after for offset in ends]
    width = max(map(len, texts), default=0)
    table = np.frombuffer(b"".join(text.ljust(width, b"\0") for text in texts), dtype=np.uint8).reshape(-1, width)
    return objects(beside(  # what is shorter ends in zero bytes, which no bytes object keeps
        len(seconds), before, days[cells.codes], b"T", numerals(hours, 2), b":", numerals(minutes, 2), b":",
        numerals(seconds, 2), b".", numerals(thousandths, 3), table[end]))


def _offset(seconds: int) -> str:
    """+02:00, and its seconds where a zone has some."""
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{rest:02d}" if rest else text
