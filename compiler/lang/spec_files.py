"""Paths -> the spec files there: UTF-8, NFC, `\\n` line ends, lines nested by indentation."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler.diag import Diagnostic
from compiler.failures import UsageError, WorldError
from compiler.lang import errors
from compiler.lang.parse import sentence
from compiler.lang.syntax import Sentence
from compiler.lang.tree import Line, nest, too_long
from compiler.source import Source, Span

SHOWN = 1_000  # characters of a file that is too long
LIBRARY = "library"  # the folder of packs in a folder of specs


@dataclass(frozen=True, slots=True)
class File:
    """`top`: its lines, with all that stands below them; `layout`: what is wrong with their indentation and signs."""

    source: Source
    top: tuple[Line, ...] = ()
    layout: tuple[Diagnostic, ...] = ()

    @property
    def name(self) -> str:
        return self.source.name

    def sentences(self, *words: str) -> Iterator[tuple[Line, Sentence]]:
        """The top lines that begin with one of the words, and what they say where they can be read."""
        for line in self.top:
            if line.text.startswith(words) and not line.broken:
                said = sentence(line.text)
                if isinstance(said, Sentence):
                    yield line, said


def nested(source: Source) -> File:
    """The file; of one that is too long to be read only the beginning is kept, to show it."""
    top, layout = nest(source)
    if too_long(source):
        source = Source(source.name, source.text[:SHOWN])
    return File(source, top, layout)


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
    return nested(Source(str(path), decoded(content(path), str(path), found)))


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
