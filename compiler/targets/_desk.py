"""What every target works with: the build folder, the options, the model, the screen; and the types between targets."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compiler import files
from compiler.catalog import Locale
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
            if made is not None and _unchanged(self.path(made.path), made.hash):
                self.path(made.path).unlink(missing_ok=True)
                del entry.files[role]


def remove_strangers(desk: Desk, planned: set[str]) -> None:
    """Removes the files of calls that are no longer planned, as the manifest lists them; edited ones stay, said."""
    kept: list[str] = []
    for stem in sorted(set(desk.manifest.calls) - planned):
        entry = desk.manifest.calls.pop(stem)
        for made in entry.files.values():
            path = desk.path(made.path)
            if _unchanged(path, made.hash):
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # a folder that still holds something stays
                    path.parent.rmdir()
            elif path.exists():
                kept.append(made.path)
    if kept:
        desk.screen.warn(
            f"{len(kept)} files of calls that are no longer planned were changed by hand and stay: "
            + ", ".join(kept[:3]) + (" …" if len(kept) > 3 else "")
        )


def _unchanged(path: Path, expected: str) -> bool:
    """True when the file's bytes have the hash; False also when there is no such file."""
    try:
        return files.digest(path.read_bytes()) == expected
    except OSError:
        return False


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
    """Removes half-written files that processes left which are gone (a kill, a power cut)."""
    for path in folder.rglob(".*.part"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if not _alive(int(path.name.split(".")[-2])):
                path.unlink(missing_ok=True)


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
