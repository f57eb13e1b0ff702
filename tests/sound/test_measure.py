"""The meter against sounds with known answers; nothing here is laid out by the timeline."""

from __future__ import annotations

import wave
from itertools import pairwise

import numpy as np
import pytest

from compiler.failures import WorldError
from compiler.sound import measure
from compiler.sound.audio import FRAME, RATE
from compiler.sound.measure import Heard
from tests.sound.sounds import heard, noise


def recording(seconds: float, *sounds: tuple[int, float, float]) -> Heard:
    """Noise on (channel, from, to), in seconds, over a floor of -60 dBFS."""
    frames = round(seconds * 100)
    samples = np.stack([noise(frames, -60, "left"), noise(frames, -60, "right")], axis=1)
    for channel, start, end in sounds:
        first, last = round(start * RATE), round(end * RATE)
        samples[first:last, channel - 1] = noise(-(-(last - first) // FRAME))[: last - first]
    return heard(samples)


def talk(channel: int, start: float, end: float) -> list[tuple[int, float, float]]:
    """Speech: noise with a gap of 10 ms every two seconds."""
    edges = [start + 2 * n for n in range(int((end - start) / 2) + 1)] + [end]
    return [(channel, a, b - (0.01 if b < end else 0)) for a, b in pairwise(edges) if b > a]


@pytest.mark.parametrize(
    ("sounds", "hold"),
    [
        ([(1, 1, 4)], 3.0),
        ([(1, 1, 3.99)], 0.0),
        ([(1, 1, 4), (1, 6, 10.5)], 7.5),
        ([(1, 1, 3), (1, 3.01, 5)], 0.0),  # a gap of 10 ms
        ([(1, 1, 8), (2, 4, 4.5)], 6.5),  # somebody speaks in the middle
        ([(2, 1, 8)], 0.0),  # the customer's side has no music
    ],
)
def test_hold(sounds, hold):
    assert measure.measure(recording(12, *sounds)).Hold_time == pytest.approx(hold)


@pytest.mark.parametrize(
    ("sounds", "silence"),
    [
        ([(1, 1, 2), (2, 3, 4)], 1.0),
        ([(1, 1, 2), (2, 2.99, 4)], 0.0),
        ([(1, 1, 2), (2, 3.5, 4), (1, 6, 7)], 3.5),
        ([(2, 5, 6)], 0.0),  # before the first and after the last sound nothing counts
        ([(1, 1, 2), (2, 3, 3.01), (1, 4, 5)], 1.0),  # the second pause lasts 0.99 s
    ],
)
def test_silence(sounds, silence):
    found = measure.measure(recording(10, *sounds))
    assert found.Silence_total_seconds == pytest.approx(silence)
    assert found.Silence_ratio == pytest.approx(10 * silence)


@pytest.mark.parametrize(
    ("sounds", "count"),
    [
        ([*talk(1, 1, 4), *talk(2, 3.85, 5.0)], 1),
        ([*talk(1, 1, 4), *talk(2, 3.86, 5.0)], 0),  # 140 ms are not enough
        ([*talk(1, 1, 4), *talk(2, 3.8, 4.99)], 0),  # does not go on for a second
        ([*talk(1, 1, 4), *talk(2, 2.0, 2.4)], 0),  # a backchannel
        ([*talk(2, 1, 4), *talk(1, 3.75, 6.0)], 1),  # the agent can interrupt too
        ([*talk(1, 1, 4), *talk(2, 3.75, 6), *talk(1, 5.75, 8)], 2),
        ([*talk(1, 1, 3), *talk(1, 3.4, 4), *talk(2, 3.75, 6)], 1),  # a pause inside a turn
    ],
)
def test_interruptions(sounds, count):
    assert measure.measure(recording(10, *sounds)).Interruptions_count == count


def wav(path, channels=2, rate=RATE, width=2, frames=RATE):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setframerate(rate)
        file.setsampwidth(width)
        file.writeframes(b"\1\2\3\4" * (frames * channels * width // 4))
    return path


def test_a_file_is_read_whole(tmp_path):
    assert measure.listen(wav(tmp_path / "a.wav", frames=40 * RATE + 7)).samples == 40 * RATE + 7


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: wav(p, channels=1),
         "{} has 1 channels of 16 bits at 16000 Hz; it should be 2 channels of 16 bits at 16000 Hz"),
        (lambda p: wav(p, rate=8000),
         "{} has 2 channels of 16 bits at 8000 Hz; it should be 2 channels of 16 bits at 16000 Hz"),
        (lambda p: p.write_bytes(b"MThd, not a WAV"), "{} is no PCM WAV file (file does not start with RIFF id)"),
        (lambda p: p.write_bytes(b""), "{} is no PCM WAV file (it ends too early)"),
        (lambda p: None, "there is no sound file {}"),
        (lambda p: p.mkdir(), "cannot read {}: Is a directory"),
        (lambda p: p.write_bytes(wav(p).read_bytes()[:-32000]), "{} is truncated: 0.50 s of 1.00 s are there"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured(tmp_path, make, message):
    path = tmp_path / "a.wav"
    make(path)
    with pytest.raises(WorldError) as caught:
        measure.listen(path)
    assert str(caught.value) == message.format(path)
