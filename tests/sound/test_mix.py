"""The stereo sound: sides, noise, blocks, bytes."""

from __future__ import annotations

import wave

import numpy as np
import pytest

from compiler.failures import WorldError
from compiler.sound import measure, mix
from compiler.sound.audio import FRAME, RATE
from compiler.sound.frames import energies, threshold
from compiler.sound.timeline import lay_out
from compiler.talk.dialogue import Hold, Silence
from tests.sound.sounds import MUSIC, line, stereo


@pytest.fixture(scope="module")
def timeline():
    return lay_out([line("agent", 300), line("customer", 200), Hold(7100), line("agent", 200), Silence(500),
                    line("customer", 150)], 5)  # fmt: skip


def test_agent_and_music_left_customer_right(timeline):
    sound = stereo(timeline)
    for segment in timeline.segments:
        own, other = (energies(np.ascontiguousarray(sound[segment.start : segment.end, channel]))
                      for channel in (segment.channel - 1, 2 - segment.channel))  # fmt: skip
        assert np.median(own) > threshold(-30) and np.median(other) < threshold(-57)


def test_noise_is_low_and_never_nothing():
    for channel in (1, 2):
        line = mix.noise(99, channel, 0, 20 * RATE)
        energy = energies(line.astype(np.int16))
        assert threshold(-68) < energy.min() and energy.max() < threshold(-54)
        assert threshold(-64) < energy.mean() < threshold(-57)
        zeros = np.flatnonzero(line)
        assert np.diff(zeros).max() < FRAME
    assert not np.array_equal(mix.noise(99, 1, 0, RATE), mix.noise(99, 2, 0, RATE))
    assert not np.array_equal(mix.noise(99, 1, 0, RATE), mix.noise(98, 1, 0, RATE))


def test_blocks_make_no_difference(timeline, monkeypatch):
    whole = stereo(timeline)
    for size in (RATE, 7 * FRAME, 10_000 * RATE):
        monkeypatch.setattr(mix, "BLOCK", size)
        assert np.array_equal(stereo(timeline), whole)


def test_the_file_holds_the_blocks(timeline, tmp_path):
    path = tmp_path / "deep" / "call.wav"
    mix.mix(timeline, MUSIC, 1, path)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE, 2)
        read = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert np.array_equal(read, stereo(timeline))
    assert len(read) == timeline.length == measure.listen(path).samples
    assert [p.name for p in path.parent.iterdir()] == ["call.wav"]


def test_a_place_that_cannot_be_written_leaves_nothing(timeline, tmp_path):
    (tmp_path / "audio").write_text("a file where the folder should be")
    with pytest.raises(WorldError, match=r"^cannot write .*call\.wav: "):
        mix.mix(timeline, MUSIC, 1, tmp_path / "audio" / "call.wav")
    assert [p.name for p in tmp_path.iterdir()] == ["audio"]


def test_half_an_hour_stays_small(tmp_path):
    """Ten minutes of hold are mixed within a few blocks of memory."""
    import tracemalloc

    long = lay_out([line("agent", 300), Hold(60_000), line("customer", 200)], 5)
    tracemalloc.start()
    mix.mix(long, MUSIC, 1, tmp_path / "long.wav")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6
