"""Pico: the same bytes in any order and process, men and women, and a dying process costs one call only."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from compiler.failures import UsageError, WorldError
from compiler.sound.audio import RATE
from compiler.sound.settings import GENDERS, Settings
from compiler.sound.voices import pico

TEXTS = ("Good morning, how can I help you?", "My card does not work.", "Thank you very much, goodbye.")
PLAIN = {"locale": "en", "pitch": 1.0}


@pytest.fixture
def engine():
    engine = pico.open(Settings())
    yield engine
    engine.close()


def prints(engine, texts, voice="ash"):
    return {t: hashlib.sha256(engine.synthesize(t, voice, PLAIN, 0).samples.tobytes()).hexdigest() for t in texts}


def test_order_and_process_make_no_difference(engine):
    first = prints(engine, TEXTS)
    assert prints(engine, TEXTS[::-1]) == first
    other = pico.open(Settings())
    assert prints(other, [TEXTS[2], TEXTS[0], TEXTS[1]]) == first
    other.close()
    assert len(set(first.values())) == 3


def test_simd_makes_no_difference(engine):
    """Another process, with everything off that numpy can switch off, and another hash seed and locale."""
    from numpy._core._multiarray_umath import __cpu_dispatch__

    program = (
        "import hashlib; from compiler.sound.settings import Settings; from compiler.sound.voices import pico;"
        f"s = pico.open(Settings()).synthesize({TEXTS[0]!r}, 'ash', {PLAIN!r}, 0).samples;"
        "print(hashlib.sha256(s.tobytes()).hexdigest())"
    )
    quiet = {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__), "PYTHONHASHSEED": "7", "LANG": "C"}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], env=quiet, capture_output=True, text=True)
    assert done.stdout.strip() == prints(engine, TEXTS[:1])[TEXTS[0]], done.stderr


def pitch(samples) -> float:
    """The median fundamental of the voiced frames, by autocorrelation."""
    wave, found = samples.astype(float), []
    for start in range(0, len(wave) - 640, 320):
        frame = wave[start : start + 640] - wave[start : start + 640].mean()
        if (frame**2).mean() < 800**2:
            continue
        correlation = np.correlate(frame, frame, "full")[639:]
        lags = np.arange(RATE // 350, RATE // 60)
        fair = correlation[lags] / (640 - lags)
        if fair.max() > 0.5 * correlation[0] / 640:
            found.append(RATE / lags[fair.argmax()])
    return float(np.median(found))


SENTENCES = {
    "en": "Good morning, thank you for calling, how can I help you today?",
    "de": "Guten Morgen, vielen Dank für Ihren Anruf, wie kann ich Ihnen helfen?",
    "fr": "Bonjour, merci de votre appel, comment puis-je vous aider?",
    "it": "Buongiorno, grazie per la chiamata, come posso aiutarla?",
    "es": "Buenos días, gracias por su llamada, ¿cómo puedo ayudarle?",
}


@pytest.mark.parametrize("locale", SENTENCES)
def test_women_sound_like_women_and_men_like_men(engine, locale):
    made = {v: engine.synthesize(SENTENCES[locale], v, {"locale": locale, "pitch": 1.0}, 0).samples for v in GENDERS}
    pitches = {voice: pitch(samples) for voice, samples in made.items()}
    for voice, hertz in pitches.items():
        low, high = (145, 235) if GENDERS[voice] == "female" else (80, 145)
        assert low < hertz < high, (voice, hertz)
    assert len({samples.tobytes() for samples in made.values()}) == 9
    assert all(int(np.abs(samples.astype(int)).max()) < 32_767 for samples in made.values())


def test_each_person_has_a_pitch_of_their_own(engine):
    low, high = (pitch(engine.synthesize(SENTENCES["en"], "nova", {"locale": "en", "pitch": p}, 0).samples)
                 for p in (0.96, 1.04))  # fmt: skip
    assert 1.04 < high / low < 1.13


def test_accents(engine):
    british, american, plain = (
        engine.synthesize(TEXTS[0], "nova", {"locale": locale, "pitch": 1.0}, 0).samples.tobytes()
        for locale in ("en-GB", "en-US", "en")
    )
    assert plain == british != american


def test_signs_that_pico_takes_for_commands_are_not_obeyed(engine):
    plain = engine.synthesize("one two three", "nova", PLAIN, 0).samples
    tagged = engine.synthesize('one <speed level="20"> two </speed> three', "nova", PLAIN, 0).samples
    assert len(tagged) > len(plain)  # the words of the tag are read out


def test_a_language_that_pico_does_not_speak(engine):
    with pytest.raises(UsageError, match=r"^the engine pico does not speak `ru`; it speaks: de, en, es, fr, it$"):
        engine.synthesize("Здравствуйте", "nova", {"locale": "ru", "pitch": 1.0}, 0)


def test_a_text_without_sound(engine):
    with pytest.raises(WorldError, match=r"^the engine pico gives no sound for the text '<>'$"):
        engine.synthesize("<>", "nova", PLAIN, 0)


def test_a_dying_process_costs_one_utterance(engine):
    before = prints(engine, TEXTS[:1])
    os.kill(engine._process._child.pid, signal.SIGKILL)
    engine._process._child.wait()
    with pytest.raises(WorldError, match=r"^the speech process of pico (has )?died") as caught:
        engine.synthesize(TEXTS[1], "ash", PLAIN, 0)
    assert caught.value.retryable and not caught.value.fatal
    assert prints(engine, TEXTS[:1]) == before


def test_a_process_that_hangs_is_ended(engine, monkeypatch):
    engine.synthesize(TEXTS[0], "ash", PLAIN, 0)
    monkeypatch.setattr(pico, "PATIENCE", 0.3)
    os.kill(engine._process._child.pid, signal.SIGSTOP)
    with pytest.raises(WorldError, match=r"^the speech process of pico died"):
        engine.synthesize(TEXTS[1], "ash", PLAIN, 0)


def test_without_glibc_each_utterance_has_a_process_of_its_own(engine, monkeypatch):
    before = prints(engine, TEXTS)
    real = pico._Process.ask

    def ask(self, request):
        self.steady = False
        return real(self, request)

    monkeypatch.setattr(pico._Process, "ask", ask)
    assert prints(engine, TEXTS) == before
    assert engine._process is None


def test_a_machine_without_pico(monkeypatch):
    monkeypatch.setattr(pico, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as caught:
        pico.open(Settings())
    assert str(caught.value) == (
        "the engine pico needs the package py-nanotts, which is not installed: `pip install py-nanotts` where there is "
        "a wheel for this machine, or choose another engine with --engine"
    )


def test_a_machine_on_which_pico_does_not_load(monkeypatch, tmp_path):
    (tmp_path / "py_nanotts.py").write_text("raise ImportError('NanoTTS native extension failed to load')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(WorldError) as caught:
        pico.open(Settings()).synthesize("hello", "nova", PLAIN, 0)
    assert str(caught.value) == (
        "the engine pico does not start (ImportError: NanoTTS native extension failed to load); install py-nanotts "
        "where there is a wheel for this machine, or choose another engine with --engine"
    )
    assert caught.value.fatal


def test_each_person_has_a_tempo_of_their_own(engine):
    slow, fast = (len(engine.synthesize(SENTENCES["en"], "echo", {**PLAIN, "tempo": tempo}, 0).samples)
                  for tempo in (1.0, 1.15))  # fmt: skip
    assert 1.08 < slow / fast < 1.2
