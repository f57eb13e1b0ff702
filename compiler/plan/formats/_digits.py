"""Whole columns of numbers, identities and times -> their texts, as JSON and the record write them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.plan.cells import Identity, Ints, Moment
from compiler.plan.formats._beside import Bytes, Texts, alike, texts_of
from compiler.rng import Floats

MOST_DECIMALS = 4  # with more, Python writes small numbers with an exponent
_EXACT = 10**15  # scaled numbers below this have at most 15 digits: what Python writes is those digits
_POWERS = np.array([10**k for k in range(1, 19)], dtype=np.int64)
_FOURS = np.frombuffer(b"".join(b"%04d" % i for i in range(10_000)), dtype=np.uint32)
_MINUTES = np.frombuffer(b"".join(b"%02d:%02d:" % divmod(i, 60) for i in range(1_440)), dtype="V6")
_TWO_HEX = np.frombuffer(b"".join(b"%02x" % i for i in range(256)), dtype=np.uint16)
_HEX = np.stack([np.tile(_TWO_HEX, 256), np.repeat(_TWO_HEX, 256)], axis=1).view(np.uint32).ravel()  # by two bytes
_DASHES = (0, 4, 6, 8, 10, 16)  # bytes of a UUID between which its dashes stand


def scaled(values: Floats, decimals: int | None) -> Ints | None:
    """The integers of which `values` are 10**-decimals, None unless each value is exactly the double nearest to its."""
    if decimals is None or decimals > MOST_DECIMALS or not len(values):
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        whole = np.floor(values * float(10**decimals) + 0.5)
        if not np.array_equal(whole / float(10**decimals), values) or np.abs(whole).max() >= _EXACT:
            return None
        if whole.min() <= 0 and np.signbit(values[whole == 0]).any():  # -0.0
            return None
    return whole.astype(np.int64)


def whole_texts(values: Ints, before: bytes, least: int = 1, after: bytes = b"") -> Texts:
    """before + the number, of at least `least` digits, + after."""
    if len(values) and values.min() >= 0:
        few, many = (max(len(str(end)), least) for end in (values.min(), values.max()))
        if few == many:
            return alike(laid_out(len(values), before, numerals(values, many), after))
    return decimal_texts(values, 0, before, least, after)


def decimal_texts(values: Ints, decimals: int, before: bytes, least: int = 1, after: bytes = b"") -> Texts:
    """before + values / 10**decimals as Python's JSON writes the float (an integer where there are no decimals)."""
    size = np.abs(values)
    front, rest = np.divmod(size, 10**decimals)
    width = np.maximum(np.searchsorted(_POWERS, front, side="right") + 1, least)
    places = np.full(len(values), min(decimals, 1))
    for kept in range(2, decimals + 1):
        places = np.where(rest % 10 ** (decimals - kept + 1) != 0, kept, places)
    kinds = (width * (MOST_DECIMALS + 1) + places) * 2 + (values < 0)
    widths = len(before) + (values < 0) + width + (places + 1) * (places > 0) + len(after)
    content = np.empty((len(values), int(widths.max(initial=0))), dtype=np.uint8)
    for kind in np.flatnonzero(np.bincount(kinds)).tolist():
        rows = np.flatnonzero(kinds == kind)
        digits, point = divmod(kind // 2, MOST_DECIMALS + 1)
        parts: list[Bytes | bytes] = [before + b"-" * (kind % 2), numerals(front[rows], digits)]
        if point:
            parts += [b".", numerals(rest[rows] // 10 ** (decimals - point), point)]
        made = laid_out(len(rows), *parts, after)
        content[rows, : made.shape[1]] = made
    return Texts(content, widths)


def laid_out(count: int, *parts: Bytes | bytes) -> Bytes:
    """Columns of bytes side by side; constants are repeated."""
    row = b"".join(part if isinstance(part, bytes) else bytes(part.shape[1]) for part in parts)
    found = np.frombuffer(bytearray(row) * count, dtype=np.uint8).reshape(count, len(row))
    at = 0
    for part in parts:
        width = len(part) if isinstance(part, bytes) else part.shape[1]
        if width and not isinstance(part, bytes):
            found[:, at : at + width].view(f"V{width}")[:] = part.view(f"V{width}")  # items: faster than bytes
        at += width
    return found


def numerals(values: Ints, width: int) -> Bytes:
    """Numbers of at most `width` digits, with as many zeros in front."""
    fours = -(-width // 4)
    found = np.empty((len(values), fours), dtype=np.uint32)
    for place in range(fours - 1, 0, -1):
        rest = values // 10_000
        found[:, place] = _FOURS.take(values - rest * 10_000)
        values = rest
    found[:, 0] = _FOURS.take(values)
    return found.view(np.uint8)[:, fours * 4 - width :]


# -------------------------------------------------------------------------------- identities and times


def uuid_bytes(cells: Identity) -> Bytes:
    """Row x 16 bytes, most significant first."""
    halves = np.empty((len(cells.high), 2), dtype=">u8")
    halves[:, 0], halves[:, 1] = cells.high, cells.low
    return halves.view(np.uint8).reshape(-1, 16)


def uuid_texts(cells: Identity, before: bytes, after: bytes) -> Texts:
    """before + the UUID in its usual form + after."""
    digits = _HEX.take(uuid_bytes(cells).view("<u2")).view(np.uint8)
    parts: list[Bytes | bytes] = []
    for first, last in pairwise(_DASHES):
        parts += [b"-"] * bool(parts) + [digits[:, first * 2 : last * 2]]
    return alike(laid_out(len(digits), before, *parts, after))


def moment_texts(cells: Moment, before: bytes, after: bytes) -> Texts:
    """before + local date and time to the millisecond with the offset from UTC (ISO 8601) + after."""
    days = np.frombuffer("".join(day.isoformat() for day in cells.days).encode(), dtype="V10")
    minutes = cells.local_ms // 60_000
    thousandths = cells.local_ms - minutes * 60_000
    seconds = thousandths // 1000
    ends, end = _distinct(cells.offset)
    offsets = texts_of([_offset(int(offset)).encode() + after for offset in ends])
    content = laid_out(
        len(seconds), before, _bytes(days.take(cells.codes)), b"T", _bytes(_MINUTES.take(minutes)),
        numerals(seconds, 2), b".", numerals(thousandths - seconds * 1000, 3), offsets.content[end])
    return Texts(content, content.shape[1] - offsets.content.shape[1] + offsets.widths[end])


def _distinct(values: Ints) -> tuple[Ints, Ints]:
    """As numpy.unique with the inverse; nearly always there is one value, and nothing to be sorted."""
    if len(values) and values.min() == values.max():
        return values[:1], np.zeros(len(values), dtype=np.int64)
    return np.unique(values, return_inverse=True)


def _bytes(items: NDArray[Any]) -> Bytes:
    return items.view(np.uint8).reshape(len(items), items.itemsize)


def _offset(seconds: int) -> str:
    """+02:00, and its seconds where a zone has some."""
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{rest:02d}" if rest else text
