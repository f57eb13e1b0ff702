"""Pages <-> build/review on disk: what differs, and making it so. Only pages that begin with our mark are ours."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compiler import files
from compiler.counting import counted
from compiler.failures import UsageError, WorldError

LINES = 12  # of the diff of one page
SHOWN = 3  # pages whose diff is shown


@dataclass(frozen=True, slots=True)
class Difference:
    """Paths relative to the folder, sorted: pages that are not there, that say something else, that nothing makes any
    more. `foreign` are files of somebody else where a page of ours has to go."""

    missing: tuple[str, ...]
    outdated: tuple[str, ...]
    superfluous: tuple[str, ...]
    foreign: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.outdated or self.superfluous or self.foreign)

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.outdated) + len(self.superfluous) + len(self.foreign)


def compare(folder: Path, pages: Mapping[str, str], mark: str) -> Difference:
    """What stands in `folder` against `pages`; line ends of other systems are no difference."""
    missing: list[str] = []
    outdated: list[str] = []
    foreign: list[str] = []
    for name, text in sorted(pages.items()):
        before = _text(folder / name)
        if before is None:
            missing.append(name)
        elif before != text:
            (outdated if before.startswith(mark) else foreign).append(name)
    ours = [path for path in sorted(folder.rglob("*.md")) if (_text(path) or "").startswith(mark)]
    names = [path.relative_to(folder).as_posix() for path in ours]
    return Difference(tuple(missing), tuple(outdated), tuple(n for n in names if n not in pages), tuple(foreign))


def write(folder: Path, pages: Mapping[str, str], found: Difference) -> None:
    """Writes what is missing or says something else, removes what is ours and nothing makes any more. UsageError where
    somebody else's file is in the way: then nothing is touched."""
    if found.foreign:
        raise UsageError(f"{folder / found.foreign[0]} was not made by `compile review` (its first line does not say "
                         "so); move it away, or name another folder with --out")
    for name in (*found.missing, *found.outdated):
        files.write(folder / name, pages[name])
    for name in found.superfluous:
        path = folder / name
        try:
            path.unlink()
        except OSError as error:
            raise WorldError(f"cannot remove {path}: {error.strerror or error}") from error
        with contextlib.suppress(OSError):  # a folder that still holds something stays
            path.parent.rmdir()


def told(folder: Path, pages: Mapping[str, str], found: Difference) -> str:
    """One line a page that differs, below the first few of them what would change."""
    rows = [f"missing: {folder / name}" for name in found.missing]
    for number, name in enumerate(found.outdated):
        rows.append(f"out of date: {folder / name}")
        if number < SHOWN:
            rows += _diff(folder / name, pages[name])
    rows += [f"superfluous: {folder / name}" for name in found.superfluous]
    rows += [f"in the way: {folder / name} (not made by `compile review`)" for name in found.foreign]
    return "".join(f"{row}\n" for row in rows)


def _diff(path: Path, wanted: str) -> list[str]:
    before = (_text(path) or "").splitlines()
    rows = list(difflib.unified_diff(before, wanted.splitlines(), n=1, lineterm=""))[2:]
    more = [f"    … and {counted(len(rows) - LINES, 'more line')}"] if len(rows) > LINES else []
    return [f"    {row}" for row in rows[:LINES]] + more


def _text(path: Path) -> str | None:
    """The page as a text with plain line ends; None where there is none."""
    try:
        return path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
