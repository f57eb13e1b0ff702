"""Form -> the body of its request: multipart/form-data, read from the files block by block while it is sent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from requests_toolbelt.multipart.encoder import MultipartEncoder, MultipartEncoderMonitor

from compiler.failures import WorldError
from compiler.targets._delivery.form import Form


def multipart(form: Form, key: str, leaving: Callable[[], None], files: ExitStack) -> MultipartEncoderMonitor:
    """The body; its files stay open as long as `files`. `leaving` runs once, before the last block is handed out.

    Raises WorldError when a file cannot be opened.
    """
    parts: list[tuple[str, object]] = list(form.fields)
    for name, path, kind in (("stt_data", form.stt_data, "application/json"), ("audio", form.audio, "audio/wav")):
        if path is not None:
            try:
                file = files.enter_context(path.open("rb"))
            except OSError as error:
                raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
            parts.append((name, (path.name, file, kind)))
    encoder = MultipartEncoder(parts, boundary=f"callsheet-{key[:40]}")
    gone = False

    def watch(monitor: MultipartEncoderMonitor) -> None:
        nonlocal gone
        if not gone and monitor.bytes_read >= encoder.len:
            gone = True
            leaving()

    return MultipartEncoderMonitor(encoder, watch)
