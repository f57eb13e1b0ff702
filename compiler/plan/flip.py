"""Key -> bucket by a consistent hash in constant time: growth from n to n + 1 buckets moves only what goes into the new
one, a part 1 / (n + 1) of the keys, and every bucket has the same chance.

FlipHash (Masson and Lee 2024).  Among 2**r buckets a key takes the low r bits of its own, of which those below the
highest that is set are drawn anew, from bits that belong to the key and the place of that highest bit: so more bits
only move keys into the new upper half, and where a key lies in the upper half says nothing of where it would lie in the
lower.  With fewer buckets than 2**r, who lands beyond the last draws r bits again and again until they lie below the
last bucket: in the upper half they are the bucket; in the lower half, the key lies there as it does among 2**(r - 1).
Integers only, so that each machine gives the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compiler import rng
from compiler.rng import Keys

Ints = NDArray[np.int64]

PIECE = 65_536  # keys at a time
DRAWS = 4  # of one hash, at most
MOST = 1 << 32  # buckets
_LEVEL = np.array(0xFFF0_0000_0000_0000, np.uint64)  # the exponent of a double: which bit is the highest
_ONE = np.array(1, np.uint64)


def flip(keys: Keys, buckets: int) -> Ints:
    """The bucket of each key, 0..buckets-1. The keys are hashes: their bits are used as they are."""
    if not 1 <= buckets <= MOST:
        raise ValueError(f"{buckets} buckets")
    found = np.empty(len(keys), dtype=np.int64)
    for begin in range(0, len(keys), PIECE):
        found[begin : begin + PIECE] = _flipped(keys[begin : begin + PIECE], buckets)
    return found


def _flipped(keys: Keys, buckets: int) -> Ints:
    bits = (buckets - 1).bit_length()
    found = _among(keys, bits).view(np.int64)
    rows = np.flatnonzero(found >= buckets)
    turn = 0
    while len(rows):
        who = keys[rows]
        drawn = _drawn_again(who, bits, buckets, turn)
        lower = np.flatnonzero(drawn < 1 << (bits - 1))
        drawn[lower] = _among(who[lower], bits - 1).view(np.int64)
        found[rows] = drawn
        rows, turn = rows[drawn >= buckets], turn + 1
    return found


def _drawn_again(keys: Keys, bits: int, buckets: int, turn: int) -> Ints:
    """The first of some draws of so many bits that lies below `buckets`; the last of them where none does."""
    left = rng.hashes(keys, "bucket again", bits, turn)
    mask = np.uint64((1 << bits) - 1)
    drawn = (left & mask).view(np.int64)
    for _ in range(min(64 // bits, DRAWS) - 1):
        left >>= np.uint64(bits)
        drawn = np.where(drawn < buckets, drawn, (left & mask).view(np.int64))
    return drawn


def _among(keys: Keys, bits: int) -> Keys:
    """The bucket of each key among 2**bits."""
    own = keys & np.uint64((1 << bits) - 1)
    highest = np.maximum(own, _ONE).astype(np.float64)
    level = highest.view(np.uint64)
    level &= _LEVEL  # with it `highest` is the power of two
    again = rng.hashes(keys ^ level, "bucket")
    below = highest.astype(np.uint64)
    below -= _ONE
    again &= below
    own ^= again
    return own
