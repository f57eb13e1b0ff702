"""The speech process: requests on stdin -> samples on stdout. Started by pico.py as a script, never imported.

It is a process of its own because Pico can crash and holds the interpreter lock, and because Pico reads memory before
writing it: under glibc, M_PERTURB makes all new memory zero, which makes its sound a function of its text. Where there
is no glibc the parent starts a fresh process for each utterance.

A message is 4 bytes of length, little-endian, then that many bytes. First message out: b"persistent" or b"fresh".
In: JSON {"text", "voice", "speed", "pitch", "volume"}. Out: b"+" and int16 samples, or b"-" and what went wrong.
"""

from __future__ import annotations

import ctypes
import signal
import sys

M_PERTURB = -6
_steady = False
if sys.platform == "linux":
    try:
        _steady = ctypes.CDLL(None).mallopt(M_PERTURB, 255) == 1
    except (AttributeError, OSError):  # musl has no mallopt
        _steady = False


def main() -> None:
    """Answers until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's business; then stdin ends
    import json

    from py_nanotts import NanoTTS

    voice = NanoTTS()
    source, sink = sys.stdin.buffer, sys.stdout.buffer

    def send(message: bytes) -> None:
        sink.write(len(message).to_bytes(4, "little") + message)
        sink.flush()

    send(b"persistent" if _steady else b"fresh")
    while len(head := source.read(4)) == 4:
        asked = json.loads(source.read(int.from_bytes(head, "little")))
        try:
            send(b"+" + voice.speak(**asked))
        except (RuntimeError, ValueError, MemoryError) as error:
            send(b"-" + str(error).encode())


if __name__ == "__main__":
    main()
