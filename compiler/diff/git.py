"""What a git repository is asked: names and contents only (`rev-parse`, `ls-tree`, `cat-file --batch`).

Nothing is checked out, no hook, filter, textconv or fetch is run, what a user wrote reaches git on standard input or
behind `--`. The repository is the one that the folder lies in, whatever a git hook that runs us says of its own.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from compiler.failures import UsageError, WorldError

_SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never")
_QUIET = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C",
          "GIT_TERMINAL_PROMPT": "0"}
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE",
              "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_IMPLICIT_WORK_TREE")
_SHALLOW = ("it is a shallow clone, which lacks older commits and other branches: `git fetch --unshallow` fetches them "
            "(GitHub Actions: `fetch-depth: 0` under actions/checkout; GitLab: `GIT_DEPTH: 0`)")


@dataclass(frozen=True, slots=True)
class Revision:
    """`name` as the user wrote it, `commit` its hash; `top` the repository's work tree. `several`: a tag and a branch
    have that name, and git chose."""

    name: str
    commit: str
    top: Path
    several: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Something in a tree: `mode` as git writes it, `size` in bytes (0 for what is no file)."""

    name: str
    mode: str
    blob: str
    size: int


def revision(name: str, near: Path) -> Revision:
    """The commit (or tree) called `name` in the repository around `near`. UsageError where there is no repository or
    no such revision, WorldError where there is no git."""
    here = near if near.is_dir() else near.parent
    found = _git(here, "rev-parse", "--show-toplevel")
    if found.returncode:
        raise UsageError(f"`{name}` is no file or folder, and {_no_repository(here, found)}")
    top = Path(os.fsdecode(found.stdout.rstrip(b"\n")))
    for kind in ("commit", "tree") if name and "\n" not in name else ():
        found = _git(top, "cat-file", "--batch-check", given=os.fsencode(f"{name}^{{{kind}}}\n"))
        parts = found.stdout.decode("utf-8", "replace").split()
        if len(parts) == 3 and parts[1] == kind:
            return Revision(name, parts[0], top, b"is ambiguous" in found.stderr)
    hint = _hint(name, top, found.stderr)
    raise UsageError(f"`{name}` is no file or folder, and no revision of the git repository {top}"
                     + (f"; {hint}" if hint else ""))


def _no_repository(here: Path, found: subprocess.CompletedProcess[bytes]) -> str:
    said = found.stderr.decode("utf-8", "replace")
    if "not a git repository" in said:
        return f"{here} is in no git repository: {_said(found)}"
    trust = next((line.strip() for line in said.splitlines() if "safe.directory" in line), "")
    return f"git does not read the repository of {here}: {_said(found)}" + (
        f"; if you trust it, `{trust}`" if trust.startswith("git config") else "")


def _hint(name: str, top: Path, said: bytes) -> str:
    """What may be behind a name that git does not know; empty for nothing."""
    if ".." in name:
        one, _, two = name.replace("...", "..").partition("..")
        return f"the ends of a range are two words: `compile diff {one or 'HEAD'} {two or 'HEAD'}`"
    if b"is ambiguous" in said:
        return "several begin like that: write more of it"
    if not _git(top, "rev-list", "-n", "1", "--all").stdout and _git(top, "rev-parse", "-q", "--verify",
                                                                     "HEAD").returncode:
        return "it has no commits yet"
    return _SHALLOW if _git(top, "rev-parse", "--is-shallow-repository").stdout.startswith(b"true") else ""


def listed(rev: Revision, paths: Sequence[str]) -> list[Row]:
    """What stands at or below the paths: files, links, submodules. WorldError where git cannot list it."""
    done = _git(rev.top, "--literal-pathspecs", "ls-tree", "-r", "-z", "-l", "--full-tree", rev.commit, "--", *paths)
    if done.returncode:
        raise _unread(rev, done)
    found = []
    for row in done.stdout.split(b"\0"):
        about, tab, name = row.partition(b"\t")
        if tab:
            mode, _, blob, size = about.decode().split()
            found.append(Row(os.fsdecode(name), mode, blob, int(size) if size != "-" else 0))
    return found


def contents(rev: Revision, blobs: Sequence[str]) -> list[bytes]:
    """The contents of the blobs, in their order."""
    done = _git(rev.top, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
    found: list[bytes] = []
    at, data = 0, done.stdout
    for _ in blobs:
        head = data[at : data.find(b"\n", at)].split()
        if len(head) != 3:  # "missing"
            raise _unread(rev, done)
        begin = data.index(b"\n", at) + 1
        found.append(data[begin : begin + int(head[2])])
        at = begin + int(head[2]) + 1
    return found


def specs_in(rev: Revision) -> list[str]:
    """The folders of the revision that hold specs, those nearest to the top first."""
    done = _git(rev.top, "ls-tree", "-r", "-z", "--name-only", "--full-tree", rev.commit)
    names = (PurePosixPath(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name.endswith(b".calls"))
    folders = {name.parent for name in names if name.parent.name != "library"}
    return [str(folder) for folder in sorted(folders, key=lambda folder: (len(folder.parts), folder))]


def inside(path: Path, top: Path) -> PurePosixPath:
    """The path as seen from the top of the repository; UsageError where it lies outside."""
    whole = path.resolve()
    if not whole.is_relative_to(top.resolve()):
        raise UsageError(f"{path} lies outside the git repository {top}: write REV:path for the path in the revision")
    return PurePosixPath(whole.relative_to(top.resolve()).as_posix())


def _unread(rev: Revision, done: subprocess.CompletedProcess[bytes]) -> WorldError:
    """Why contents of a revision are not there: in a partial clone they were never fetched."""
    if b"true" in _git(rev.top, "config", "--get-regexp", r"^remote\..*\.promisor$").stdout:
        return WorldError(f"this is a partial clone without the files of {rev.name}, and diff fetches nothing: `git "
                          f"worktree add ../old {rev.commit}` fetches them, then run the same command again")
    return WorldError(f"git cannot read {rev.name}: {_said(done)}")


def _git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    own = {name: text for name, text in os.environ.items() if name not in _OF_A_HOOK}
    if os.name == "nt":  # else Windows would run a git.exe that lies in the current folder
        os.environ["NODEFAULTCURRENTDIRECTORYINEXEPATH"] = "1"
    try:
        return subprocess.run(["git", "--no-pager", "--no-replace-objects", *settings, *arguments], cwd=folder,
                              input=given, capture_output=True, env={**own, **_QUIET}, check=False)
    except FileNotFoundError:
        raise WorldError("git is not installed, so revisions cannot be read; name folders or builds instead") from None
    except OSError as error:
        raise WorldError(f"git cannot be run in {folder}: {error.strerror or error}") from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode("utf-8", "replace").strip().partition("\n")[0] or "it says nothing more"
