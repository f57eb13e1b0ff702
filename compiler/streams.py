"""stdout and stderr take every letter: what a terminal or a pipe cannot write is written as its escape."""

from __future__ import annotations

import os
import sys


def take_every_letter() -> None:
    """Into files and pipes goes UTF-8 on Windows, too, unless the user has chosen otherwise."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us: what is said goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # open to the end
    for stream in (sys.stdout, sys.stderr):
        change = getattr(stream, "reconfigure", None)  # a stream that stands in for the real one may have none
        if change is not None:
            foreign = os.name == "nt" and not stream.isatty() and "PYTHONIOENCODING" not in os.environ
            change(encoding="utf-8" if foreign else None, errors="backslashreplace")
