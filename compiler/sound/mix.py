"""Timeline and music -> stereo WAV: agent and music on the left, customer on the right, a little noise on both lines.

Made and written in blocks of 30 seconds, so a long call takes no more memory than its clips.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compiler.files import whole
from compiler.rng import hashes, keys, u
from compiler.sound.audio import FRAME, RATE, Samples
from compiler.sound.band import telephone_loop
from compiler.sound.hold import HoldMusic
from compiler.sound.parts import Placed, Timeline

BLOCK = 30 * RATE
NOISE = (-63.0, -59.0)  # dBFS of a line's noise, between these by call and channel
_TABLE = 1 << 18  # samples of noise, 16 s; a line strings together pieces of it at keyed places
_PIECE = RATE // 2
_FADE = 32  # samples, 2 ms, at both ends of a piece of music

Stereo = NDArray[np.int16]


def mix(timeline: Timeline, music: HoldMusic, who: int, path: Path) -> None:
    """Writes the recording whole: 16 kHz, 16 bit, stereo. WorldError when the disk does not take it."""
    with whole(path) as draft:
        write(timeline, music, who, draft)


def write(timeline: Timeline, music: HoldMusic, who: int, path: Path) -> None:
    """The recording straight to `path`, for a draft that somebody else puts in place. OSError when that fails."""
    with path.open("wb") as file, wave.open(file, "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.setnframes(timeline.length)
        for block in blocks(timeline, music, who):
            wav.writeframesraw(block.astype("<i2", copy=False).tobytes())


def blocks(timeline: Timeline, music: HoldMusic, who: int) -> Iterator[Stereo]:
    """The recording in pieces of at most 30 s, shape (samples, 2)."""
    waiting = list(timeline.placed)
    for start in range(0, timeline.length, BLOCK):
        end = min(start + BLOCK, timeline.length)
        block = np.stack([noise(who, channel, start, end) for channel in (1, 2)], axis=1)
        for placed in waiting:
            segment = placed.segment
            first, last = max(segment.start, start), min(segment.end, end)
            if first < last:
                part = _sound(placed, music, who, first, last)
                block[first - start : last - start, segment.channel - 1] += part
        waiting = [p for p in waiting if p.segment.end > end]
        yield np.clip(block, -32768, 32767).astype(np.int16)


def _sound(placed: Placed, music: HoldMusic, who: int, first: int, last: int) -> Samples:
    """Samples [first, last) of the recording that this segment gives."""
    segment = placed.segment
    if placed.clip is not None:
        return placed.clip.samples[first - segment.start : last - segment.start]
    frames = len(music.loop) // FRAME
    offset = int(frames * u(who, "mix", "music", segment.start)) * FRAME
    part = music.play(offset + first - segment.start, last - first)
    if first == segment.start:
        part[:_FADE] = part[:_FADE] * np.arange(_FADE) // _FADE
    if last == segment.end:
        part[-_FADE:] = part[-_FADE:] * np.arange(_FADE)[::-1] // _FADE
    return part


def noise(who: int, channel: int, start: int, end: int) -> NDArray[np.int32]:
    """Samples [start, end) of a line's noise."""
    low, high = NOISE
    level = low + (high - low) * u(who, "mix", "noise", channel)
    gain = round(32768 * 10 ** (level / 20) / 1024 * 4096)  # the table's level is 1024
    first = start // _PIECE
    count = -(-end // _PIECE) - first
    places = hashes(keys("mix", "noise", count=count, first=first), who, channel) % np.uint64(_TABLE - _PIECE)
    table = _noise_table()
    line = np.concatenate([table[int(p) : int(p) + _PIECE] for p in places])
    return (line[start - first * _PIECE : end - first * _PIECE] * np.int32(gain) + 2048) >> 12


@cache
def _noise_table() -> NDArray[np.int32]:
    """Noise in the telephone band at a level of 1024: sums of four hashed bytes are near enough to normal."""
    bits = hashes(keys("mix", "noise", "table", count=_TABLE // 2), "bytes").astype("<u8").view(np.uint8)
    white = bits.reshape(_TABLE, 4).sum(axis=1, dtype=np.int32) - 510
    banded = telephone_loop(white.astype(np.float32) * np.float32(11))
    return _to_level(np.rint(banded).astype(np.int64))


def _to_level(banded: NDArray[np.int64]) -> NDArray[np.int32]:
    power = int((banded * banded).sum()) // len(banded)
    table: NDArray[np.int32] = ((banded * 1024 * 1024) // max(1, round(1024 * power**0.5))).astype(np.int32)
    return table
