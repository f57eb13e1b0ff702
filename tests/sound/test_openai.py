"""The openai engine against a real server on loopback: what is sent, kept, retried and said."""

from __future__ import annotations

import socket
import threading
import time
from io import BytesIO

import numpy as np
import pytest
import soundfile
from werkzeug import Request, Response

from compiler.failures import UsageError, WorldError
from compiler.sound import studio, verify
from compiler.sound.audio import FRAME
from compiler.sound.settings import GENDERS, Settings
from compiler.sound.voices import openai
from tests.sound import calls
from tests.sound.sounds import noise

KEY = "sk-proj-VerySecretKey1234567890"
PLAIN = {"locale": "en", "pitch": 1.0}
PCM = noise(150, -20).tobytes()  # 24,000 samples: one second


@pytest.fixture
def server(httpserver, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", httpserver.url_for("/v1"))
    return httpserver


def engine(tmp_path=None, **options):
    return openai.open(Settings(engine="openai", cache=tmp_path, options={"retries": "0", **options}))


def answer(server, *replies: Response):
    """Replies in order, the last one for ever; gives the requests that came."""
    seen: list[Request] = []
    lock = threading.Lock()

    def handle(request: Request) -> Response:
        with lock:
            seen.append(request)
            return replies[min(len(seen), len(replies)) - 1]

    server.expect_request("/v1/audio/speech", method="POST").respond_with_handler(handle)
    return seen


def sound(body: bytes = PCM, status: int = 200) -> Response:
    return Response(body, status, content_type="audio/pcm")


def refusal(status: int, message: str, **headers) -> Response:
    import json

    body = json.dumps({"error": {"message": message, "type": "error"}})
    return Response(body, status, headers=headers, content_type="application/json")


def test_what_is_sent_and_what_comes_back(server):
    seen = answer(server, sound())
    speech = engine().synthesize("Good morning.", "nova", PLAIN, 0)
    assert speech.rate == 16_000 and len(speech.samples) == 16_000
    asked = seen[0].get_json()
    assert asked == {"model": "gpt-4o-mini-tts", "voice": "nova", "input": "Good morning.", "response_format": "pcm"}
    assert seen[0].headers["Authorization"] == f"Bearer {KEY}"


def test_each_person_has_a_pitch_of_their_own(server):
    answer(server, sound())
    parameters = {"locale": "en", "pitch": 1.04}
    assert len(engine().synthesize("Hello.", "nova", parameters, 0).samples) == pytest.approx(16_000 / 1.04, abs=2)


def test_a_server_that_sends_a_wav(server):
    file = BytesIO()
    soundfile.write(file, np.stack([noise(100)] * 2, axis=1), 16_000, format="WAV", subtype="PCM_16")
    answer(server, sound(file.getvalue()))
    assert np.array_equal(engine().synthesize("Hello.", "nova", PLAIN, 0).samples, noise(100))


def test_what_was_paid_for_is_kept(server, tmp_path):
    seen = answer(server, sound(), sound(b"\1\2" * 24_000))
    first = engine(tmp_path).synthesize("Hello.", "nova", PLAIN, 0)
    again = engine(tmp_path).synthesize("Hello.", "nova", PLAIN, 99)
    assert np.array_equal(first.samples, again.samples) and len(seen) == 1
    engine(tmp_path).synthesize("Hello.", "nova", {"locale": "en", "pitch": 0.97}, 0)
    assert len(seen) == 1  # the pitch is ours
    for other in (("Hello!", "nova", {}), ("Hello.", "ash", {}), ("Hello.", "nova", {"model": "tts-1-hd"})):
        engine(tmp_path, **other[2]).synthesize(other[0], other[1], PLAIN, 0)
    assert len(seen) == 4


def test_failures_that_pass_are_tried_again(server):
    seen = answer(server, refusal(503, "busy"), refusal(429, "slow down", **{"Retry-After": "0"}), sound())
    engine(retries="3").synthesize("Hello.", "nova", PLAIN, 0)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("reply", "message", "retryable", "fatal"),
    [
        (refusal(401, f"Incorrect API key provided: {KEY} (sk-proj-****7890)."),
         "the speech service refused (401): Incorrect API key provided: … (…).", False, True),
        (refusal(400, "input too long"), "the speech service refused (400): input too long", False, False),
        (refusal(429, "quota exceeded"), "the speech service refused (429): quota exceeded", True, False),
        (refusal(500, "oops"), "the speech service refused (500): oops", True, False),
        (sound(b""), "the speech service answered without any sound", True, False),
        (sound(b"RIFF nonsense"), "the speech service sent sound that cannot be read: ", True, False),
    ],
)  # fmt: skip
def test_refusals(server, reply, message, retryable, fatal):
    seen = answer(server, reply)
    with pytest.raises(WorldError) as caught:
        engine().synthesize("Hello.", "nova", PLAIN, 0)
    assert message in str(caught.value) and (caught.value.retryable, caught.value.fatal) == (retryable, fatal)
    assert KEY not in str(caught.value) and "VerySecret" not in repr(caught.value)
    assert len(seen) == 1


def test_a_failure_is_not_kept(server, tmp_path):
    seen = answer(server, sound(b""), sound())
    with pytest.raises(WorldError):
        engine(tmp_path).synthesize("Hello.", "nova", PLAIN, 0)
    engine(tmp_path).synthesize("Hello.", "nova", PLAIN, 0)
    assert len(seen) == 2


def test_a_server_that_is_not_there(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    with pytest.raises(WorldError, match=r"^the speech service cannot be reached: .*refused") as caught:
        engine().synthesize("Hello.", "nova", PLAIN, 0)
    assert caught.value.retryable


def test_a_server_that_says_nothing(server):
    def sleep(request: Request) -> Response:
        time.sleep(1)
        return sound()

    server.expect_request("/v1/audio/speech").respond_with_handler(sleep)
    with pytest.raises(WorldError, match=r"^the speech service did not answer within 0\.2 s$"):
        engine(timeout="0.2").synthesize("Hello.", "nova", PLAIN, 0)


def test_a_missing_key_is_said_before_anything_is_sent(server, monkeypatch):
    seen = answer(server, sound())
    for value in (None, "  "):
        monkeypatch.setenv("OPENAI_API_KEY", value) if value else monkeypatch.delenv("OPENAI_API_KEY")
        with pytest.raises(UsageError) as caught:
            engine()
        assert str(caught.value) == (
            "the engine openai needs a key: set the environment variable OPENAI_API_KEY, or choose --engine pico, "
            "which needs none"
        )
    assert not seen


def test_options_are_numbers(server):
    with pytest.raises(UsageError, match=r"^the engine openai: `retries` takes a number, not `many`$"):
        engine(retries="many")


def test_concurrency_is_shared_between_jobs(server):
    asked = Settings(engine="openai", jobs=3, options={"concurrency": "8"})
    assert openai.open(asked).concurrency == 2
    assert openai.open(Settings(engine="openai", jobs=16)).concurrency == 1


def test_the_nine_voices(server):
    seen = answer(server, sound())
    for voice in (*GENDERS, "ballad"):
        engine().synthesize("Hello.", voice, PLAIN, 0)
    assert [request.get_json()["voice"] for request in seen] == [*GENDERS, "ballad"]


def test_a_whole_call(server, tmp_path):
    """Utterances come back late and out of order; the recording is true, and the second run pays for nothing."""
    asked = []

    def speak(request: Request) -> Response:
        text = request.get_json()["input"]
        asked.append(text)
        time.sleep(0.02 * (len(asked) % 3))
        body = noise(6 * len(text), -24, text).reshape(-1, FRAME)
        body[20::21] = 0  # words
        return sound(np.repeat(body.reshape(-1), 2)[: len(text) * 1440].tobytes())

    server.expect_request("/v1/audio/speech").respond_with_handler(speak)
    settings = Settings(engine="openai", cache=tmp_path / "cache")
    first = calls.take(tmp_path / "first")
    found = studio.produce(first, settings).measured
    assert (found.Hold_time, round(found.Silence_total_seconds, 2), found.Interruptions_count) == (4.12, 2.4, 1)
    assert verify.verify_pair(first.wav, first.json).ok
    paid = len(asked)
    again = calls.take(tmp_path / "again")
    studio.produce(again, settings)
    assert again.wav.read_bytes() == first.wav.read_bytes() and len(asked) == paid


def test_the_key_is_in_no_fingerprint(server):
    assert KEY not in engine().fingerprint() and "gpt-4o-mini-tts" in engine().fingerprint()
