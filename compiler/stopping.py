"""Ctrl-C is heard even where Python loses it: an interrupt that lands in a destructor or a callback is swallowed, so
the wish to stop is also kept here, and long loops ask for it."""

from __future__ import annotations

import signal
from types import FrameType

_wished = False


def listen() -> None:
    """From now on Ctrl-C raises KeyboardInterrupt as ever, and is remembered. For the main thread of the program."""
    signal.signal(signal.SIGINT, _hear)


def _hear(number: int, frame: FrameType | None) -> None:
    global _wished
    _wished = True
    raise KeyboardInterrupt


def check() -> None:
    """Raises KeyboardInterrupt when Ctrl-C was pressed before."""
    if _wished:
        raise KeyboardInterrupt
