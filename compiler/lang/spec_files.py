"""Paths -> the spec files there, read: UTF-8, NFC, `\\n` line ends, and the overlay that each belongs to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler.diag import Diagnostic
from compiler.failures import UsageError, WorldError
from compiler.lang import errors
from compiler.source import Source, Span

LIBRARY = "library"  # the folder of packs in a folder of specs
_OVERLAY = re.compile(r"^overlay[ \t]+([^\W\d]\w*)(?:[ \t]+over[ \t]+([^#\n]+))?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class File:
    """`overlay`: its name, where the file belongs to one; `over`: those that its `overlay` line names after it."""

    source: Source
    overlay: str = ""
    over: tuple[str, ...] = ()


def paths(specs: Sequence[Path], packs: bool = False) -> tuple[Path, ...]:
    """The files in folders and the files named, each once; with `packs` also those in the folders' library/.

    UsageError: a path that does not exist, a folder without spec files, nothing named.
    """
    found: list[Path] = []
    for spec in specs:
        if spec.is_dir():
            inside = _calls(spec) + (_calls(spec / LIBRARY) if packs else [])
            if not inside:
                raise UsageError(f"there is no .calls file in {spec}")
            found += inside
        elif spec.is_file():
            found.append(spec)
        else:
            raise UsageError(f"there is no file or folder {spec}")
    if not found:
        raise UsageError("no specs were named")
    return tuple(dict.fromkeys(found))


def _calls(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix == ".calls" and path.is_file())


def read(specs: Sequence[Path], found: list[Diagnostic]) -> list[File]:
    """All files; one that is not UTF-8 is reported and counts as empty."""
    return [read_file(path, found) for path in paths(specs)]


def read_file(path: Path, found: list[Diagnostic]) -> File:
    """One file; WorldError where it cannot be read."""
    source = Source(str(path), decoded(content(path), str(path), found))
    match = _OVERLAY.search(source.text)
    if match is None:
        return File(source)
    return File(source, match.group(1), tuple(_names(match.group(2) or "")))


def _names(text: str) -> Iterable[str]:
    return re.findall(r"[^\W\d]\w*", text)


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error


def decoded(data: bytes, name: str, found: list[Diagnostic]) -> str:
    """The text with `\\n` line ends, NFC; a byte that is no UTF-8 is reported and nothing of the file used."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        found.append(errors.not_utf8(Span(name, line, column, line, column + 1), data[error.start]))
        return ""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
