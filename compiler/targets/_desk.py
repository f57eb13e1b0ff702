"""What every target works with: the build folder, the options, the model, the screen; and the types between targets."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from compiler import files
from compiler.catalog import Locale
from compiler.counting import counted, which
from compiler.failures import UsageError, WorldError
from compiler.lang.model import Model
from compiler.manifest import Made, Manifest, Trouble
from compiler.options import Options
from compiler.plan.call import Call
from compiler.plan.plan import Plan
from compiler.screen import Screen
from compiler.talk.dialogue import Dialogue
from compiler.talk.header import Entry
from compiler.talk.prompt import Prompt

SHOWN = 5  # failures shown as they happen; the manifest has them all


@dataclass(frozen=True, slots=True)
class Prompted:
    """A call with its prompt. `locale` is that of prompt and header, `speech` that of the call's own language."""

    call: Call
    locale: Locale
    speech: Locale
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Written:
    """A call with its dialogue as it stands on disk; `hash` is that of the .txt, the locales are those of Prompted."""

    call: Call
    locale: Locale
    speech: Locale
    entries: tuple[Entry, ...]
    dialogue: Dialogue
    hash: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call whose .wav.json stands on disk, with its WAV where it has one."""

    stem: str
    json: Path
    wav: Path | None


@dataclass
class Desk:
    """One run. `facts` collects figures for the closing table, by name."""

    options: Options
    model: Model
    plan: Plan
    manifest: Manifest
    screen: Screen
    project: Path
    facts: dict[str, Any] = field(default_factory=dict)
    open: dict[str, Any] = field(default_factory=dict)  # what `prepare` of a target opened, by the target's name

    @property
    def out(self) -> Path:
        return self.options.out

    def path(self, relative: str) -> Path:
        return self.out / relative

    def has(self, made: Made) -> bool:
        """Whether a path of the manifest lies in the build: somebody else may have written the manifest."""
        path = PurePath(made.path)
        return not path.is_absolute() and not path.drive and ".." not in path.parts

    def put(self, stem: str, stage: str, role: str, relative: str, data: bytes | str, made_from: str) -> Made:
        """Writes a file of a call and records it; nothing is touched when it stands there already."""
        content = data.encode() if isinstance(data, str) else data
        made = Made(relative, files.digest(content), made_from)
        files.write(self.path(relative), content)
        if self.manifest.entry(stem).files.get(role) != made:
            self.manifest.made(stem, stage, {role: made})
        return made

    def fail(self, stem: str, stage: str, error: WorldError) -> None:
        """Records what failed for one call; the others go on, unless every other one would fail alike."""
        from compiler.failures import Quarantined

        self.manifest.failed(stem, Trouble(stage, str(error), error.retryable, isinstance(error, Quarantined)))
        failures: list[tuple[str, str]] = self.facts.setdefault("failures", [])
        failures.append((stem, f"{stage}: {error}"))
        if len(failures) <= SHOWN:
            self.screen.fail(f"{stem}: {error}")
        elif len(failures) == SHOWN + 1:
            self.screen.fail("and more, not shown one by one")
        if error.fatal:
            raise error

    def clear(self, stem: str, *roles: str) -> None:
        """Removes files of a call that are no longer true; never one that was edited by hand."""
        entry = self.manifest.entry(stem)
        for role in roles:
            made = entry.files.get(role)
            if made is not None and self.has(made) and files.holds(self.path(made.path), made.hash):
                self.path(made.path).unlink(missing_ok=True)
                del entry.files[role]


def remove_strangers(desk: Desk, planned: set[str]) -> None:
    """Removes the files of calls that are no longer planned, as the manifest lists them; edited ones stay, said."""
    gone = [desk.manifest.calls.pop(stem) for stem in sorted(desk.manifest.calls.keys() - planned)]
    left = desk.manifest.calls.values() if gone else ()
    taken = {made.path for entry in left for made in entry.files.values()}
    kept = remove(desk, [made for entry in gone for made in entry.files.values() if made.path not in taken])
    if kept:
        desk.screen.warn(
            f"{counted(len(kept), 'file')} of calls that are no longer planned "
            f"{which(len(kept), 'was', 'were')} changed by hand and {which(len(kept), 'stays', 'stay')}: "
            + ", ".join(kept[:3]) + (" …" if len(kept) > 3 else "")
        )


def remove(desk: Desk, made: Iterable[Made]) -> list[str]:
    """Removes files of ours, and folders that are empty then; gives the paths of those that were edited and stay."""
    kept: list[str] = []
    for one in made:
        path = desk.path(one.path)
        if not desk.has(one):
            continue
        if files.holds(path, one.hash):
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # a folder that still holds something stays
                path.parent.rmdir()
        elif path.exists():
            kept.append(one.path)
    return kept


@contextlib.contextmanager
def build_lock(out: Path) -> Iterator[None]:
    """One run at a time in a build folder; UsageError when another one is at work there."""
    from filelock import FileLock, Timeout

    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / ".lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UsageError(f"another run is at work in {out}; wait for it, or name another folder with --out") from error
    except OSError as error:
        raise WorldError(f"cannot use {out} as the build folder: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()


def sweep(folder: Path) -> None:
    """Removes half-written files and folders that processes left which are gone (a kill, a power cut)."""
    for path in list(folder.rglob(".*.part")):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if not _alive(int(path.name.split(".")[-2])):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return False  # no write of our own is open between the stages
    try:
        os.kill(pid, 0) if os.name == "posix" else None
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return os.name == "posix"
