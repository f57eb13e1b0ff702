"""OpenAI's speech service (or a server that speaks its protocol): text -> mono int16 at 16 kHz, kept by content.

Settings, all optional: options `model`, `retries`, `timeout` (seconds), `concurrency`; environment OPENAI_API_KEY
(needed) and OPENAI_BASE_URL. What was paid for once is read from the cache ever after, so a run repeats its bytes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import numpy as np

from compiler.cache import Cache
from compiler.failures import UsageError, WorldError
from compiler.files import digest
from compiler.sound.audio import RATE, Engine, Samples, Speech, rounded
from compiler.sound.settings import GENDERS, Settings

MODEL = "gpt-4o-mini-tts"
PCM_RATE = 24_000  # the service's `pcm` is int16 mono at this rate, without a header
VOICES: Mapping[str, str] = MappingProxyType({name: name for name in GENDERS})
OTHERS = ("ballad", "verse", "marin", "cedar")
LOCALES = (
    "af", "ar", "az", "be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gl",
    "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "kk", "kn", "ko", "lt", "lv", "mi", "mk", "mr", "ms", "ne",
    "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw", "ta", "th", "tl", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


def open(settings: Settings) -> Engine:
    """UsageError when there is no key or an option is no number; nothing is sent before the first utterance."""
    secret = os.environ.get("OPENAI_API_KEY", "").strip()
    if not secret:
        raise UsageError(
            "the engine openai needs a key: set the environment variable OPENAI_API_KEY, or choose --engine pico, "
            "which needs none"
        )
    return OpenAISpeech(settings, secret)


class OpenAISpeech:
    """The client of one worker process, made when it is first needed: its library takes a second to load."""

    name = "openai"

    def __init__(self, settings: Settings, secret: str) -> None:
        options = settings.options
        self._model = options.get("model", MODEL)
        self._retries = int(_number(options, "retries", 4))
        self._timeout = _number(options, "timeout", 60)
        self.concurrency = max(1, int(_number(options, "concurrency", 8)) // max(1, settings.jobs))
        self._secret = secret
        self._cache = Cache(settings.cache) if settings.cache is not None else None
        self._client: Any = None

    def fingerprint(self) -> str:
        base = os.environ.get("OPENAI_BASE_URL", "")
        return f"openai model={self._model} base={digest(base.encode())[:12]} soxr={version('soxr')}"

    def synthesize(self, text: str, voice: str, parameters: Mapping[str, str | float], seed: int) -> Speech:
        """WorldError (retryable where waiting may help) when the service cannot be reached, refuses or says nothing."""
        request = {"model": self._model, "voice": VOICES.get(voice, voice), "input": text}
        name = digest(json.dumps(["openai speech", request, self.fingerprint()], sort_keys=True).encode())
        body = self._cache.get(name) if self._cache is not None else None
        if body is None:
            body = self._ask(request)
            if self._cache is not None:
                self._cache.put(name, body)
        samples, rate = _samples(body)
        return Speech(_played(samples, rate * float(parameters["pitch"])), RATE)

    def _ask(self, request: Mapping[str, str]) -> bytes:
        import openai

        if self._client is None:
            self._client = openai.OpenAI(api_key=self._secret, max_retries=self._retries, timeout=self._timeout)
        try:
            answer = self._client.audio.speech.create(**request, response_format="pcm")
            body, kind = bytes(answer.content), str(answer.response.headers.get("content-type", ""))
        except openai.APIStatusError as error:
            said = self._scrubbed(error.message)
            retryable = error.status_code in (408, 409, 429) or error.status_code >= 500
            message = f"the speech service refused ({error.status_code}): {said}"
            raise WorldError(message, retryable=retryable, fatal=error.status_code in (401, 403)) from None
        except openai.APITimeoutError:
            message = f"the speech service did not answer within {self._timeout:g} s"
            raise WorldError(message, retryable=True) from None
        except openai.OpenAIError as error:  # the connection: refused, reset, no such host
            reason = self._scrubbed(str(error.__cause__ or error))
            raise WorldError(f"the speech service cannot be reached: {reason}", retryable=True) from None
        if kind.startswith(("text/", "application/json")):
            sent = kind.partition(";")[0]
            raise WorldError(f"the speech service answered with {sent}, not with sound", retryable=True)
        if len(body) < 2 or not any(body):
            raise WorldError("the speech service answered without any sound", retryable=True)
        return body

    def _scrubbed(self, text: str) -> str:
        plain = re.sub(r"^Error code: \d+ - ", "", text.replace(self._secret, "…"))
        return re.sub(r"\b(sk-|Bearer )[\w\-*]{3,}", "…", plain)[:300]


def _number(options: Mapping[str, str], name: str, usual: float) -> float:
    text = options.get(name)
    try:
        value = usual if text is None else float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e6:
        raise UsageError(f"the engine openai: `{name}` takes a number, not `{text}`")
    return value


def _samples(body: bytes) -> tuple[Samples, int]:
    """PCM as the service sends it, or any sound file that a compatible server sends in its place."""
    if body[:4] not in (b"RIFF", b"fLaC", b"OggS") and body[:3] != b"ID3":
        return np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.int16), PCM_RATE
    from io import BytesIO

    import soundfile

    try:
        samples, rate = soundfile.read(BytesIO(body), dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise WorldError(f"the speech service sent sound that cannot be read: {error}", retryable=True) from error
    return samples[:, 0].copy(), int(rate)


def _played(samples: Samples, rate: float) -> Samples:
    import soxr

    played = soxr.resample(samples.astype(np.float32), rate, RATE, quality="HQ")
    return rounded(played)
