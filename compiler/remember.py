"""That a check had nothing to say is remembered, so that it need not be made again of what has not changed.

A run is known by its options and by name, size and time of change of all files that it reads: specs, templates,
locales, and the program itself. One small file a project, in the user's own cache folder. Only light imports: most of
the time of such a run is Python's own start.
"""

from __future__ import annotations

import os
import zlib

from compiler import __version__

TYPE_CHECKING = False  # typing itself takes a tenth of Python's own start
if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAM = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # pathlib takes as long as all of this
_BESIDE = ("templates", "locales", "library")


def key(specs: tuple[str, ...], options: object) -> str:
    """The text by which a run is known."""
    rows = [f"callsheet {__version__} {_PROGRAM}", repr(options)]
    for spec in specs:
        rows += _stats(spec)
        home = os.path.dirname(os.path.abspath(spec))  # noqa: PTH100, PTH120
        for place in (home, os.path.dirname(home)):  # noqa: PTH120
            rows += [row for name in _BESIDE for row in _stats(f"{place}/{name}")]
    if "site-packages" not in _PROGRAM:  # a checkout: the program changes while its version does not
        rows += [row for name in ("compiler", "templates", "locales") for row in _stats(f"{_PROGRAM}/../{name}")]
    return "\n".join(rows)


def check_key(specs: list[str]) -> str:
    """The key of `compile SPECS` without any option."""
    return key(tuple(specs), ("check", os.environ.get("GEN_LOCALE"), os.getcwd()))  # noqa: PTH109


def note(known: str) -> str | None:
    """What the run said that is known by this key; None where there was none, or it had more to say."""
    try:
        with open(_place(known), encoding="utf-8") as file:  # noqa: PTH123
            stored, _, said = file.read().partition("\n\n")
    except (OSError, UnicodeDecodeError):
        return None
    return said if stored == known else None


def keep(known: str, said: str) -> None:
    """Remembers; a cache folder that cannot be written is no fault of the run."""
    from compiler import files
    from compiler.failures import WorldError

    with _quietly(WorldError):
        from pathlib import Path

        files.write(Path(_place(known)), f"{known}\n\n{said}")


class _quietly:
    def __init__(self, kind: type[Exception]) -> None:
        self.kind = kind

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> bool:
        return kind is not None and issubclass(kind, self.kind)


def _place(known: str) -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")  # noqa: PTH111
    project = "\n".join(known.split("\n", 3)[:3])
    return f"{base}/callsheet/checked-{zlib.crc32(project.encode()):08x}"


def _stats(path: str) -> list[str]:
    if os.path.isfile(path):  # noqa: PTH113
        return [_row(path, os.stat(path))]  # noqa: PTH116
    return sorted(_below(path))


def _below(path: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(path))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            if not entry.name.startswith((".", "__")):
                yield from _below(entry.path)
        else:
            yield _row(entry.path, entry.stat())


def _row(path: str, found: os.stat_result) -> str:
    return f"{path} {found.st_size} {found.st_mtime_ns}"
