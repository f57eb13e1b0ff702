"""A revision -> the files of a project, in a folder of their own. No name leads out of it.

A link of the tree stands for what it points to in the same tree. Links that lead out of the tree and submodules are
left out, and named.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from posixpath import normpath

from compiler import files
from compiler.diff import git
from compiler.diff.git import Revision, Row
from compiler.failures import UsageError, WorldError

MOST_FILES, MOST_BYTES = 5_000, 64_000_000
_FILE, _LINK, _MODULE = "10", "12", "16"  # how modes begin
_LINKS, _LINKS_DEEP = 200, 4  # that are followed; links to links


def take(rev: Revision, spec: PurePosixPath, into: Path) -> tuple[str, ...]:
    """Writes what a project around `spec` is made of: the spec, and templates/, locales/ and the library of packs
    beside it or up to two folders above. The names left out. UsageError where the revision has no such spec."""
    wanted = [str(spec)]
    for home in (spec, *list(spec.parents)[:3]):
        wanted += [str(home / name) for name in ("templates", "locales", "pyproject.toml", "specs/library")]
    rows, left_out = _files(rev, wanted)
    if not any(_is_spec(PurePosixPath(row.name), spec) for row in rows):
        raise UsageError(_no_specs(rev, spec))
    _write(rev, rows, into)
    return left_out


def file(rev: Revision, path: PurePosixPath, into: Path) -> None:
    """Writes one further file, where the revision has it."""
    _write(rev, _files(rev, [str(path)])[0], into)


def _is_spec(name: PurePosixPath, spec: PurePosixPath) -> bool:
    return name.suffix == ".calls" and spec in (name, name.parent)


def _no_specs(rev: Revision, spec: PurePosixPath) -> str:
    there = git.specs_in(rev)[:3]
    where = "at its top" if spec == PurePosixPath(".") else f"at {spec}"
    more = f", such as {rev.name}:{there[0]}" if there else "; it has none anywhere"
    return f"{rev.name} has no specs {where}" + (f": name the path with {rev.name}:PATH{more}" if there else more)


# ------------------------------------------------------------------------------------------------ listing


def _files(rev: Revision, wanted: Sequence[str]) -> tuple[list[Row], tuple[str, ...]]:
    """The plain files at or below the paths, each once, and the names of what is left out. WorldError for too much."""
    gathered = _Gathered(rev)
    rows = gathered.below(wanted, _LINKS_DEEP)
    total = sum(row.size for row in rows)
    if len(rows) > MOST_FILES or total > MOST_BYTES:
        raise WorldError(f"{rev.name} has {len(rows):,} files of {total / 1e6:,.0f} MB beside its specs; at most "
                         f"{MOST_FILES:,} files of {MOST_BYTES / 1e6:,.0f} MB are read")
    return rows, tuple(sorted(gathered.left_out))


class _Gathered:
    """What was met on the way through a tree."""

    def __init__(self, rev: Revision) -> None:
        self.rev, self.followed = rev, 0
        self.left_out: set[str] = set()

    def below(self, wanted: Sequence[str], deep: int) -> list[Row]:
        """The plain files at or below the paths, those behind links under the link's name."""
        rows = [row for row in git.listed(self.rev, wanted) if stays(row.name)]
        found = {row.name: row for row in rows if row.mode.startswith(_FILE)}
        self.left_out.update(row.name for row in rows if row.mode.startswith(_MODULE))
        links = [row for row in rows if row.mode.startswith(_LINK)]
        targets = git.contents(self.rev, [row.blob for row in links]) if links else []
        for link, text in zip(links, targets, strict=True):
            for row in self._behind(link.name, os.fsdecode(text), deep):
                found.setdefault(row.name, row)
        return list(found.values())

    def _behind(self, link: str, text: str, deep: int) -> list[Row]:
        """The files to which a link leads, under its own name."""
        target = normpath(PurePosixPath(link).parent / text)
        self.followed += 1
        open_way = deep and self.followed <= _LINKS and stays(target)
        rows = self.below([target], deep - 1) if open_way else []
        if not rows:
            self.left_out.add(link)
        return [replace(row, name=link + row.name.removeprefix(target)) for row in rows]


def stays(name: str) -> bool:
    """Whether a name of a tree is one below the folder into which it is written."""
    parts = name.split("/")
    foreign = any("\\" in part or ":" in part for part in parts) if os.name == "nt" else False
    return not foreign and not any(part in ("", ".", "..") for part in parts)


def _write(rev: Revision, rows: Sequence[Row], into: Path) -> None:
    for row, data in zip(rows, git.contents(rev, [row.blob for row in rows]) if rows else (), strict=True):
        path = into / row.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise files.unwritable(path, error) from error
