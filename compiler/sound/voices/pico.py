"""Pico (py-nanotts): the embedded engine; no network, no key. Text -> mono int16 at 16 kHz.

Pico has one woman's voice a language. More people come out of it by speaking faster and higher, then stretching with
soxr: speed 1/f and pitch p/f, played at f, move the formants by f and the pitch by p. The figures below give F0 of
90..140 Hz for the men and 150..220 Hz for the women.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from compiler.failures import UsageError, WorldError
from compiler.sound.audio import RATE, Engine, Samples, Speech, rounded
from compiler.sound.settings import Settings

VOLUME = 0.4  # Pico's default clips
PATIENCE = 60.0  # seconds for one utterance; Pico is more than a hundred times faster than speech


class Shape(NamedTuple):
    """`f` moves the formants (the length of the throat), `p` the pitch; `accent` is used where the locale is "en"."""

    f: float
    p: float
    accent: str


VOICES: Mapping[str, Shape] = MappingProxyType(
    {
        "nova": Shape(1.0, 1.0, "en-GB"),
        "shimmer": Shape(1.08, 1.08, "en-US"),
        "fable": Shape(0.97, 1.10, "en-GB"),
        "coral": Shape(1.05, 0.95, "en-US"),
        "alloy": Shape(0.90, 0.65, "en-GB"),
        "ash": Shape(0.84, 0.60, "en-US"),
        "onyx": Shape(0.84, 0.54, "en-GB"),
        "echo": Shape(0.90, 0.57, "en-US"),
        "sage": Shape(0.87, 0.68, "en-GB"),
    }
)

LOCALES = ("de", "en", "es", "fr", "it")
_TONGUES = {"de": "de-DE", "es": "es-ES", "fr": "fr-FR", "it": "it-IT"}
_ENGLISH = {"GB": "en-GB", "IE": "en-GB", "US": "en-US", "CA": "en-US"}
_UNSPEAKABLE = {ord(sign): " " for sign in "<>\\"} | {code: " " for code in range(32)}  # Pico reads <…> as commands


def open(settings: Settings) -> Engine:
    """The engine of one worker process; UsageError where py-nanotts is not installed."""
    if find_spec("py_nanotts") is None:
        raise UsageError(
            "the engine pico needs the package py-nanotts, which is not installed: `pip install py-nanotts` where "
            "there is a wheel for this machine, or choose another engine with --engine"
        )
    return Pico()


def tongue(locale: str, voice: str) -> str:
    """The Pico language of a locale such as "de" or "en-US"; UsageError when it speaks no such language."""
    language, _, region = locale.replace("_", "-").partition("-")
    if language == "en":
        return _ENGLISH.get(region, VOICES[voice].accent)
    if language not in _TONGUES:
        raise UsageError(f"the engine pico does not speak `{locale}`; it speaks: {', '.join(LOCALES)}")
    return _TONGUES[language]


class Pico:
    """One persistent speech process (one per utterance without glibc), started when it is first needed."""

    name = "pico"
    concurrency = 1

    def __init__(self) -> None:
        self._process: _Process | None = None

    def fingerprint(self) -> str:
        return f"pico py-nanotts={version('py-nanotts')} soxr={version('soxr')} volume={VOLUME}"

    def synthesize(self, text: str, voice: str, parameters: Mapping[str, str | float], seed: int) -> Speech:
        """`text` in the spoken form; parameters `locale`, `pitch`, and `tempo` (1 where it is missing). WorldError
        when Pico dies or says nothing."""
        shape = VOICES[voice]
        asked = {
            "text": " ".join(text.translate(_UNSPEAKABLE).split()),
            "voice": tongue(str(parameters["locale"]), voice),
            "speed": float(parameters.get("tempo", 1.0)) / shape.f,
            "pitch": shape.p * float(parameters["pitch"]) / shape.f,
            "volume": VOLUME,
        }
        sayable = any(sign.isalnum() for sign in text)
        samples = np.frombuffer(self._ask(json.dumps(asked).encode()) if sayable else b"", dtype="<i2")
        if not samples.size:
            raise WorldError(f"the engine pico gives no sound for the text {text[:60]!r}")
        return Speech(_stretched(samples, shape.f), RATE)

    def _ask(self, request: bytes) -> bytes:
        process = self._process or _Process()
        self._process = process
        try:
            answer = process.ask(request)
        except WorldError:
            self.close()
            raise
        if not process.steady:
            self.close()
        return answer

    def close(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


class _Process:
    """The speech process and its pipe."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("_pico_process.py")
        self._said = TemporaryFile()  # noqa: SIM115  # lives as long as the process; end() closes it
        self._child = subprocess.Popen(
            [sys.executable, "-P", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said
        )
        try:
            self.steady = self._receive() == b"persistent"
        except WorldError as error:
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip()
            self.end()
            reason = said.splitlines()[-1] if said else str(error)
            raise WorldError(
                f"the engine pico does not start ({reason}); install py-nanotts where there is a wheel for this "
                "machine, or choose another engine with --engine",
                fatal=True,
            ) from error

    def ask(self, request: bytes) -> bytes:
        """The samples; WorldError when the process dies, hangs or refuses."""
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(len(request).to_bytes(4, "little") + request)
            self._child.stdin.flush()
        except OSError as error:
            raise WorldError("the speech process of pico has died", retryable=True) from error
        answer = self._receive()
        if answer[:1] != b"+":
            raise WorldError(f"the engine pico failed: {answer[1:].decode(errors='replace')}")
        return answer[1:]

    def _receive(self) -> bytes:
        assert self._child.stdout is not None
        patience = Timer(PATIENCE, self._child.kill)
        patience.start()
        try:
            head = self._child.stdout.read(4)
            length = int.from_bytes(head, "little")
            body = self._child.stdout.read(length) if len(head) == 4 else b""
        finally:
            patience.cancel()
        if len(head) < 4 or len(body) < length:
            raise WorldError(f"the speech process of pico died (exit {self._child.wait()})", retryable=True)
        return body

    def end(self) -> None:
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout, self._said):
            with suppress(BrokenPipeError):  # what was left in stdin's buffer goes nowhere
                if stream is not None:
                    stream.close()


def _stretched(samples: Samples, f: float) -> Samples:
    """Samples played at rate f, back at 16 kHz. In floats: soxr's own rounding to int16 is dithered by the clock."""
    if f == 1.0:
        return samples.astype(np.int16)
    import soxr

    played = soxr.resample(samples.astype(np.float32), RATE * f, RATE, quality="HQ")
    return rounded(played)
