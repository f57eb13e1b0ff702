"""Hold music: files of all kinds become a gapless loop, or are refused with a reason, before any work."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from compiler.failures import WorldError
from compiler.sound import hold
from compiler.sound.audio import FRAME, RATE
from compiler.sound.frames import energies, threshold


def chord(seconds: float, rate: int = RATE) -> np.ndarray:
    """Three steady tones, floats below 1."""
    time = np.arange(round(seconds * rate)) / rate
    return sum(np.sin(2 * np.pi * hertz * time) for hertz in (440, 554.4, 659.3)) * 0.2


def quietest(music: hold.HoldMusic) -> float:
    return 10 * np.log10(energies(music.loop).min() / threshold(0))


def level(music: hold.HoldMusic) -> float:
    return 10 * np.log10(energies(music.loop).mean() / threshold(0))


def test_the_built_in_tune_is_audible_throughout():
    music = hold.load(None)
    assert len(music.loop) == 24 * RATE and quietest(music) > -40 and -22.5 < level(music) < -19.5
    assert int(np.abs(music.loop.astype(int)).max()) < 32_000


def test_the_built_in_tune_is_music():
    """Its spectrum has lines, and the chords differ."""
    loop = hold.load(None).loop.astype(float)
    quarters = loop.reshape(4, -1)
    peaks = []
    for quarter in quarters:
        spectrum = np.abs(np.fft.rfft(quarter * np.hanning(len(quarter))))
        assert np.sort(spectrum)[-200:].sum() > 0.4 * spectrum.sum()
        peaks.append(round(float(spectrum.argmax()) * RATE / len(quarter)))
    assert len(set(peaks)) >= 2
    band = np.abs(np.fft.rfft(loop)) ** 2
    assert band[300 * 24 : 3400 * 24].sum() > 0.99 * band.sum()


def test_the_loop_has_no_click():
    loop = hold.load(None).loop.astype(int)
    jumps = np.abs(np.diff(np.concatenate([loop, loop[:1]])))
    assert jumps[-1] <= jumps[:-1].max()


@pytest.mark.parametrize(
    ("ending", "rate", "channels", "subtype"),
    [("wav", 44_100, 2, "PCM_16"), ("wav", 8_000, 1, "ULAW"), ("wav", 16_000, 6, "FLOAT"),
     ("flac", 48_000, 2, "PCM_24"), ("ogg", 22_050, 1, "VORBIS"), ("mp3", 44_100, 2, None), ("ogg", 48_000, 1, "OPUS")],
)  # fmt: skip
def test_files_of_all_kinds(tmp_path, ending, rate, channels, subtype):
    path = tmp_path / f"music.{ending}"
    soundfile.write(path, np.stack([chord(5, rate)] * channels, axis=1), rate, subtype=subtype)
    music = hold.load(path)
    assert 4.8 < len(music.loop) / RATE <= 5.1 and len(music.loop) % FRAME == 0
    assert quietest(music) > -44 and level(music) == pytest.approx(-21, abs=1)
    spectrum = np.abs(np.fft.rfft(music.loop))
    assert spectrum.argmax() * RATE / len(music.loop) == pytest.approx(440, abs=2)
    jumps = np.abs(np.diff(np.concatenate([music.loop, music.loop[:1]]).astype(int)))
    assert jumps[-1] <= jumps[:-1].max()


def write(path, samples, rate=RATE):
    soundfile.write(path, samples, rate)
    return path


def test_quiet_passages_are_raised_and_silent_ones_cut_out(tmp_path):
    sound = chord(9)
    sound[2 * RATE : 3 * RATE] *= 0.01
    sound[5 * RATE : 6 * RATE] = 0
    music = hold.load(write(tmp_path / "music.wav", sound))
    assert music.note.startswith("1.0") and "s of silence are cut out; " in music.note
    assert music.note.endswith("s of quiet passages are made louder")
    assert quietest(music) > -45 and len(music.loop) / RATE == pytest.approx(8, abs=0.2)


def test_playing_goes_round(tmp_path):
    music = hold.load(None)
    played = music.play(len(music.loop) - 100, 300)
    assert np.array_equal(played, np.concatenate([music.loop[-100:], music.loop[:200]]))


def beeps() -> np.ndarray:
    """A tick every 200 ms and nothing in between: no music can be made of that."""
    sound = np.zeros(4 * RATE)
    for n in range(0, len(sound), RATE // 5):
        sound[n : n + 20] = 0.9
    return sound


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: None, "there is no hold music {}; give a WAV, FLAC, OGG or MP3 file with --hold"),
        (lambda p: p.mkdir(), "there is no hold music {}; give a WAV, FLAC, OGG or MP3 file with --hold"),
        (lambda p: p.write_text("not music"),
         "the hold music {} cannot be read (Format not recognised); it has to be a WAV, FLAC, OGG or MP3 file"),
        (lambda p: p.write_bytes(b""),
         "the hold music {} cannot be read (Format not recognised); it has to be a WAV, FLAC, OGG or MP3 file"),
        (lambda p: write(p, np.zeros((0, 2))), "the hold music {} lasts 0.00 s; it has to last at least 1 s"),
        (lambda p: write(p, chord(0.5)), "the hold music {} lasts 0.50 s; it has to last at least 1 s"),
        (lambda p: write(p, np.zeros(3 * RATE)),
         "the hold music {} is silent in what a telephone carries (300 to 3400 Hz)"),
        (lambda p: write(p, np.concatenate([chord(0.5), np.zeros(3 * RATE)])),
         "the hold music {} is silent but for 0."),
        (lambda p: write(p, beeps()), "the hold music {} is silent but for 0."),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path, make, message):
    path = tmp_path / "music.wav"
    make(path)
    with pytest.raises(WorldError) as caught:
        hold.load(path)
    assert str(caught.value).startswith(message.format(path))
