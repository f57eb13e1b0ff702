"""Clips: telephone band, level, audible ends, short pauses, no music-like stretches, no clipping."""

from __future__ import annotations

import numpy as np
import pytest

from compiler.failures import WorldError
from compiler.sound.audio import FRAME, RATE, Speech, Word, rounded
from compiler.sound.band import telephone, telephone_loop
from compiler.sound.clips import PAUSE, active, cut, prepare
from compiler.sound.frames import AUDIBLE, EDGE, energies, joined, runs, threshold
from tests.sound.sounds import noise


def decibels(energy: float) -> float:
    return 10 * np.log10(energy / threshold(0))


@pytest.mark.parametrize(
    ("hertz", "low", "high"),
    [(50, -90, -40), (200, -90, -25), (300, -14, -8), (500, -0.3, 0.3), (1000, -0.3, 0.3),
     (350, -0.5, 0.3), (3000, -0.3, 0.3),
     (3400, -7, -4), (4000, -90, -25), (6000, -90, -40)],
)  # fmt: skip
def test_telephone_band(hertz, low, high):
    tone = (8000 * np.sin(2 * np.pi * hertz / RATE * np.arange(RATE))).astype(np.float32)
    heard = telephone(tone)[4000:12000]
    gain = 20 * np.log10(np.sqrt((heard.astype(float) ** 2).mean()) / (8000 / np.sqrt(2)) + 1e-9)
    assert low <= gain <= high


def test_the_band_delays_nothing():
    click = np.zeros(4000, np.float32)
    click[2000] = 30_000
    assert int(np.abs(telephone(click)).argmax()) == 2000


def test_the_band_of_a_loop_has_no_seam():
    loop = noise(100).astype(np.float32)
    turned = np.roll(loop, 5000)
    assert np.array_equal(np.roll(telephone_loop(loop), 5000), telephone_loop(turned))


def spoken(*pieces: tuple[int, float]) -> Speech:
    """Pieces of noise: (frames, dBFS)."""
    return Speech(np.concatenate([noise(n, level, f"piece {i}") for i, (n, level) in enumerate(pieces)]), RATE)


def test_level_and_ends():
    clip = prepare(spoken((20, -90), (150, -30), (60, -90), (120, -34), (80, -90)))
    energy = energies(clip.samples)
    assert decibels(active(energy)) == pytest.approx(-22, abs=0.5)
    assert energy[0] >= EDGE and energy[-1] >= EDGE
    assert clip.frames == pytest.approx(150 + PAUSE + 120, abs=5)  # the band rings for a moment
    assert len(clip.samples) == clip.frames * FRAME
    assert abs(int(clip.samples[0])) < 100 and abs(int(clip.samples[-1])) < 100  # faded


@pytest.mark.parametrize("level", [-50.0, -40.0, -10.0, -3.0])
def test_any_loudness_comes_to_the_same_level(level):
    assert decibels(active(energies(prepare(spoken((200, level))).samples))) == pytest.approx(-22, abs=0.5)


def test_nothing_clips():
    spiky = np.zeros(RATE, np.float64)
    spiky[::400] = 30_000
    samples = prepare(Speech(rounded(spiky), RATE)).samples
    assert int(np.abs(samples.astype(int)).max()) <= 30_000


@pytest.mark.parametrize("pause", [44, 46, 60, 225])
def test_long_pauses_are_shortened(pause):
    clip = prepare(spoken((100, -25), (pause, -90), (100, -25)))
    quiet = [b - a for a, b in runs(energies(clip.samples) < EDGE)]
    assert max(quiet) <= PAUSE
    assert len(joined(runs(energies(clip.samples) > AUDIBLE), PAUSE)) == 1


def test_speech_is_never_unbroken_for_three_seconds():
    clip = prepare(spoken((1500, -22)))
    assert max(b - a for a, b in runs(energies(clip.samples) > threshold(-54))) < 300


def test_silence_is_no_clip():
    with pytest.raises(WorldError, match=r"^the engine's sound is silent$"):
        prepare(Speech(np.zeros(RATE, np.int16), RATE))
    with pytest.raises(WorldError, match="silent"):
        prepare(Speech(np.zeros(0, np.int16), RATE))


def test_another_rate_lasts_as_long():
    clip = prepare(Speech(noise(300), 24_000))
    assert clip.frames == pytest.approx(200, abs=2)


def test_words_move_with_what_is_taken_away():
    words = (Word("one", 0.2, 1.2, False), Word("two", 2.2, 3.2, False))
    speech = spoken((20, -90), (100, -25), (100, -90), (100, -25))
    clip = prepare(Speech(speech.samples, RATE, words))
    times = [time for word in clip.words for time in (word.start, word.end)]
    assert times == pytest.approx([0.0, 1.0, 1.45, 2.45], abs=0.05)
    assert cut(clip, 120).words == clip.words[:1]


def test_a_cut_clip_ends_softly():
    clip = cut(prepare(spoken((300, -25))), 100)
    assert clip.frames == 100 and abs(int(clip.samples[-1])) < 100 and energies(clip.samples)[-1] >= EDGE
