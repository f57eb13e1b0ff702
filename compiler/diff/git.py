"""A revision of a git repository -> the files of a project, in a folder of their own.

Git is asked for names and contents only (`rev-parse`, `ls-tree`, `cat-file --batch`): nothing is checked out, no hook,
filter, textconv or fetch is run, what a user wrote reaches it on standard input or behind `--`, and no name that it
gives leads out of the folder. Links and submodules are left out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from compiler.failures import UsageError, WorldError

MOST_FILES, MOST_BYTES = 5_000, 64_000_000
_SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never")
_PLAIN = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Revision:
    """`name` as the user wrote it, `commit` its hash; `top` the repository's work tree."""

    name: str
    commit: str
    top: Path


def revision(name: str, near: Path) -> Revision:
    """The commit (or tree) called `name` in the repository around `near`. UsageError where there is no repository or
    no such revision, WorldError where there is no git."""
    here = near if near.is_dir() else near.parent
    found = _git(here, "rev-parse", "--show-toplevel")
    if found.returncode:
        raise UsageError(f"`{name}` is no file or folder, and {here} is in no git repository: {_said(found)}")
    top = Path(os.fsdecode(found.stdout.rstrip(b"\n")))
    for kind in ("commit", "tree"):
        line = _git(top, "cat-file", "--batch-check", given=f"{name}^{{{kind}}}\n".encode()).stdout.decode()
        parts = line.split()
        if "\n" not in name and len(parts) == 3 and parts[1] == kind:
            return Revision(name, parts[0], top)
    raise UsageError(f"`{name}` is no file or folder, and no revision of the git repository {top}")


def inside(path: Path, top: Path) -> PurePosixPath:
    """The path as seen from the top of the repository; UsageError where it lies outside."""
    whole = path.resolve()
    if not whole.is_relative_to(top.resolve()):
        raise UsageError(f"{path} lies outside the git repository {top}: write REV:path for the path in the revision")
    return PurePosixPath(whole.relative_to(top.resolve()).as_posix())


def take(rev: Revision, spec: PurePosixPath, into: Path) -> None:
    """Writes what a project around `spec` is made of: the spec, and templates/, locales/ and the library of packs
    beside it or up to two folders above. UsageError where the revision has no such spec."""
    homes = [spec, *list(spec.parents)[:3]]
    wanted = [str(spec)]
    for home in homes:
        wanted += [str(home / name) for name in ("templates", "locales", "pyproject.toml", "specs/library")]
    rows = _listed(rev, wanted)
    own = [name for name, _ in rows if spec in (PurePosixPath(name), *PurePosixPath(name).parents)]
    if not any(name.endswith(".calls") for name in own):
        raise UsageError(f"{rev.name} has no specs at {spec}: name the path with {rev.name}:PATH")
    write(rev, rows, into)


def write(rev: Revision, rows: Sequence[tuple[str, str]], into: Path) -> None:
    """Writes (name, blob) rows below `into`."""
    done = _git(rev.top, "cat-file", "--batch", given="".join(f"{blob}\n" for _, blob in rows).encode())
    if done.returncode:
        raise WorldError(f"git cannot read {rev.name}: {_said(done)}")
    at, data = 0, done.stdout
    for name, _ in rows:
        end = data.index(b"\n", at)
        size = int(data[at:end].split()[2])
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data[end + 1 : end + 1 + size])
        at = end + 2 + size


def file(rev: Revision, path: PurePosixPath, into: Path) -> None:
    """Writes one further file, where the revision has it."""
    write(rev, _listed(rev, [str(path)]), into)


def _listed(rev: Revision, paths: Sequence[str]) -> list[tuple[str, str]]:
    """(name, blob) of the plain files at or below the paths. WorldError for too much of it."""
    done = _git(rev.top, "--literal-pathspecs", "ls-tree", "-r", "-z", "-l", "--full-tree", rev.commit, "--", *paths)
    if done.returncode:
        raise WorldError(f"git cannot list {rev.name}: {_said(done)}")
    found, total = [], 0
    for row in done.stdout.split(b"\0"):
        about, tab, name = row.partition(b"\t")
        if not tab:
            continue
        mode, _, blob, size = about.decode().split()
        path = os.fsdecode(name)
        if mode in _PLAIN and _stays(path):
            found.append((path, blob))
            total += int(size)
    if len(found) > MOST_FILES or total > MOST_BYTES:
        raise WorldError(f"{rev.name} has {len(found):,} files of {total / 1e6:,.0f} MB beside its specs; at most "
                         f"{MOST_FILES:,} files of {MOST_BYTES / 1e6:,.0f} MB are read")
    return found


def _stays(name: str) -> bool:
    parts = name.split("/")
    return not any(part in ("", ".", "..") or "\\" in part or ":" in part or "\n" in part for part in parts)


def _git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    quiet = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C",
             "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(["git", "--no-pager", "--no-replace-objects", *settings, *arguments], cwd=folder,
                              input=given, capture_output=True, env={**os.environ, **quiet}, check=False)
    except FileNotFoundError:
        raise WorldError("git is not installed, so revisions cannot be read; name folders or builds instead") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode("utf-8", "replace").strip().partition("\n")[0] or "it says nothing more"
