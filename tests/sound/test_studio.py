"""The studio end to end with Pico: true recordings, the same bytes everywhere, nothing left of what fails."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
import pytest

from compiler.failures import Quarantined, UsageError, WorldError
from compiler.sound import studio, verify
from compiler.talk.dialogue import Dialogue, Hold, Turn
from tests.sound import calls
from tests.sound.test_hold import chord, write

PICO = studio.Settings()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The English call, recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    take = calls.take(folder)
    return take, studio.produce(take, PICO)


def test_the_labels_are_true(recorded):
    take, recording = recorded
    found = recording.measured
    assert (found.Hold_time, round(found.Silence_total_seconds, 2), found.Interruptions_count) == (4.12, 2.4, 1)
    assert verify.verify_pair(take.wav, take.json).ok


def test_the_document(recorded):
    take, recording = recorded
    document = json.loads(take.json.read_text(encoding="utf-8"))
    one, two = document["C1"], document["C2"]
    assert (one["cid"], two["cid"], one["FCR"], one["call"]["call_id"]) == ("1", "2", True, "x-1")
    ratio = round(recording.measured.Silence_ratio, 2)
    assert one["Silence_ratio"] == one["call"]["Silence_ratio"] == ratio != 7.0
    sides = [channel["metadata"]["smoothed"] for channel in (one, two)]
    assert [s["stype"] for s in sides[0]] == ["male"] * 4 + ["music", "male", "female"]  # the colleague is a woman
    assert {s["stype"] for s in sides[1]} == {"female"}
    assert [s["cid"] for s in sides[0]] == ["C1"] * 7 and sides[0][0]["act"] == "say"
    assert [s["denormalized"] for s in sides[1] if s.get("kind") == "backchannel"] == ["mhm"]
    music = sides[0][4]
    assert (music["text"], round(music["end"] - music["start"], 3)) == ("hold music", 4.12)
    assert len(one["metadata"]["transfers"]) == 1
    assert all(round(s[edge], 3) == s[edge] for side in sides for s in side for edge in ("start", "end"))


def test_the_estimate_is_near(recorded):
    take, recording = recorded
    assert studio.estimate_seconds(take) == pytest.approx(recording.measured.duration, rel=0.15)


def record(folder, stem):
    """In a worker process: one of the two calls."""
    items, locale = (calls.ENGLISH, "en") if stem == "call" else (calls.GERMAN, "de")
    studio.produce(calls.take(folder, items, locale, stem), PICO)


@pytest.fixture(scope="module")
def both(recorded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    record(folder, "anruf")
    record(folder, "call")
    return calls.prints(folder)


def test_order_makes_no_difference(recorded, both):
    take, _ = recorded
    assert {name: both[name] for name in ("call.wav", "call.wav.json")} == calls.prints(take.wav.parent)


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_make_no_difference(both, tmp_path, jobs):
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=studio.initialise, initargs=(PICO,)) as pool:
        list(pool.map(partial(record, tmp_path), ["call", "anruf"]))
    assert calls.prints(tmp_path) == both


def test_simd_hash_seed_zone_and_language_make_no_difference(both, tmp_path):
    from numpy._core._multiarray_umath import __cpu_dispatch__

    changed = {"NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__), "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo",
               "LANG": "de_DE.UTF-8", "LC_ALL": "C"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.sound.calls", str(tmp_path)],
        env={**os.environ, **changed}, capture_output=True, text=True,
    )  # fmt: skip
    assert ast.literal_eval(done.stdout) == both, done.stderr


def test_another_call_has_other_pauses(recorded, tmp_path):
    take, recording = recorded
    other = studio.produce(replace(take, key=4712, wav=tmp_path / "b.wav", json=tmp_path / "b.wav.json"), PICO)
    assert other.measured.duration != recording.measured.duration


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [
        ("Hold_time", 70.83, "Hold_time: the label says 70.83, the dialogue has 4.12 s of hold"),
        ("Silence_total_seconds", 0.0, "Silence_total_seconds: the label says 0, the dialogue has 2.4 s of silence"),
        ("Transfers_count", 2, "Transfers_count: the label says 2, the dialogue has 1 transfers"),
        ("Interruptions_count", 3, "Interruptions_count: the label says 3, the dialogue has 1 marked interruptions"),
    ],
)
def test_a_dialogue_that_does_not_keep_its_labels(tmp_path, label, value, message):
    take = calls.take(tmp_path)
    take = replace(take, record={**take.record, label: value})
    with pytest.raises(Quarantined) as caught:
        studio.produce(take, PICO)
    assert str(caught.value) == message
    assert not list(tmp_path.iterdir())


def test_a_recording_that_is_off_is_not_kept(tmp_path, monkeypatch):
    """The hold's last second is lost on the way to the file: measured, said; what stood there before still stands."""
    real = studio.mix.write

    def lossy(timeline, music, who, path):
        end = next(s.end for s in timeline.segments if s.stype == "music")
        real(timeline, music, who, path)
        raw = bytearray(path.read_bytes())
        raw[44 + 4 * (end - 16_000) : 44 + 4 * end] = bytes(4 * 16_000)
        path.write_bytes(raw)

    monkeypatch.setattr(studio.mix, "write", lossy)
    take = calls.take(tmp_path)
    take.json.write_text("from an earlier run")
    with pytest.raises(Quarantined) as caught:
        studio.produce(take, PICO)
    assert "Hold_time: said 4.12, heard 3.12" in str(caught.value)
    assert take.json.read_text() == "from an earlier run"
    assert [path.name for path in tmp_path.iterdir()] == [take.json.name]


def test_a_full_disk_leaves_nothing(tmp_path):
    """The system refuses to write more than 100 kB to a file."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "from tests.sound import calls; from compiler.failures import WorldError\n"
        "try: calls.main()\nexcept WorldError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True)
    assert done.stdout == f"cannot write {tmp_path / 'call.wav'}: File too large\n", done.stderr
    assert not list(tmp_path.iterdir())


def test_the_engine_s_failure_names_the_turn(tmp_path):
    take = calls.take(tmp_path, (calls.agent("Hello."), calls.customer("…")))
    with pytest.raises(WorldError) as caught:
        studio.produce(take, PICO)
    assert str(caught.value) == "the turn “…”: the engine pico gives no sound for the text '…'"
    assert not list(tmp_path.iterdir())


def test_a_text_call_has_a_document_only(tmp_path):
    items = (calls.customer("My card fails."), calls.agent("Which card is it?"), calls.customer("The blue one."))
    take = calls.take(tmp_path, items, wav=None, record={"channel": "text"}, entries={"channel": "text"})
    assert studio.produce(take, PICO) is None
    assert [path.name for path in tmp_path.iterdir()] == ["call.wav.json"]
    document = json.loads(take.json.read_text())
    assert document["C1"]["metadata"]["estimated"] is document["C2"]["metadata"]["estimated"] is True
    said = sorted((s for c in ("C1", "C2") for s in document[c]["metadata"]["smoothed"]), key=lambda s: s["start"])
    assert [s["denormalized"] for s in said] == [item.text for item in items]
    assert all(a["end"] < b["start"] for a, b in pairwise(said))
    assert verify.verify_pair(tmp_path / "call.wav", take.json).ok


def test_a_foreign_dialogue(tmp_path):
    """No plan, no marks: voices by name, interruptions where they fit, no record."""
    items = tuple(item if not isinstance(item, Turn) else Turn(item.speaker, item.text) for item in calls.ENGLISH)
    read = Dialogue({"agent_name": "Heidi Vogt", "Hold_time": 4.12, "Interruptions_count": 2}, items, "en")
    take = studio.Take("old", read, studio.cast_from_header(read), 99, read.header, {}, tmp_path / "old.wav",
                       tmp_path / "old.wav.json")  # fmt: skip
    recording = studio.produce(take, PICO)
    assert (recording.measured.Hold_time, recording.measured.Interruptions_count) == (4.12, 2)
    assert verify.verify_pair(take.wav, take.json).ok


def test_the_user_s_hold_music_is_what_is_heard(tmp_path):
    music = write(tmp_path / "music.flac", chord(5, 44_100), 44_100)
    asked = studio.settings(hold=music)
    items = (calls.agent("One moment please."), Hold(500), calls.agent("Thank you for waiting."))
    take = calls.take(tmp_path / "out", items)
    studio.produce(take, asked)
    segment = next(s for s in json.loads(take.json.read_text())["C1"]["metadata"]["smoothed"] if s["stype"] == "music")
    left = np.frombuffer(take.wav.read_bytes()[44:], "<i2")[::2]
    part = left[round(segment["start"] * 16000) : round(segment["end"] * 16000)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    loudest = spectrum.argmax() * 16000 / len(part)
    assert min(abs(loudest - tone) for tone in (440, 554.4, 659.3)) < 2


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"engine": "siri"}, UsageError, "there is no speech engine `siri`; there is: openai, pico"),
        ({"engine": "openai"}, UsageError, "the engine openai needs a key: set the environment variable "),
        ({"voice_male": "ashe"}, UsageError, "--voice-male: the engine pico has no voice `ashe`; did you mean `ash`?"),
        ({"locales": ["ru"]}, UsageError, "the engine pico does not speak `ru`; it speaks: de, en, es, fr, it"),
    ],
)
def test_settings_are_checked_before_any_work(asked, error, message, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(error) as caught:
        studio.settings(**asked)
    assert str(caught.value).startswith(message)


def test_hold_music_is_checked_before_any_work(tmp_path):
    with pytest.raises(WorldError, match=r"^there is no hold music .*nothing\.mp3; give a WAV"):
        studio.settings(hold=tmp_path / "nothing.mp3")


def test_what_was_done_to_the_hold_music_is_said(tmp_path):
    sound = chord(6)
    sound[32_000:48_000] = 0
    path = write(tmp_path / "music.wav", sound)
    note = studio.ready(studio.Settings(hold=path))
    assert note.startswith("hold music music.wav: 0.9") or note.startswith("hold music music.wav: 1.0")
    assert note.endswith(" s of silence are cut out")
    assert studio.ready(PICO) == ""


def test_the_fingerprint_names_all_that_makes_bytes(tmp_path):
    music = write(tmp_path / "music.wav", chord(3))
    prints = {
        studio.fingerprint(asked)
        for asked in (PICO, replace(PICO, hold=music), replace(PICO, voice_male="ash"), replace(PICO, overlaps=0.1))
    }
    assert len(prints) == 4
    assert studio.fingerprint(replace(PICO, jobs=2)) == studio.fingerprint(PICO)
    for name in ("numpy", "soxr", "py-nanotts"):
        assert f"{name}=" in studio.fingerprint(PICO)
