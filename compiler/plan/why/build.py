"""A build folder -> the plan that it was made from, and what stands in it of a call. Nothing but the build is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from compiler import __version__, registry
from compiler.failures import UsageError, WorldError
from compiler.plan.plan import Plan, draw
from compiler.plan.why.row import Found

META = "plan/_meta"


@dataclass(frozen=True)
class Build:
    """`version` is that of the program that made it, as far as the manifest says."""

    folder: Path
    plan: Plan
    version: str


def opened(folder: Path) -> Build:
    """The build, its plan drawn again from the effective spec in it. UsageError: no build there; WorldError: its spec
    does not read any more."""
    from compiler.lang.load import load

    spec = folder / META / "effective.calls"
    if not spec.is_file():
        what = "no build with a plan in it" if folder.is_dir() else "no folder"
        raise UsageError(f"{folder} is {what}; run `compile specs --target plan --out {folder}` first, or name another "
                         "build with --out")
    loaded = load([spec])
    if loaded.model is None:
        first = next(each for each in loaded.diagnostics if each.severity == "error")
        span = first.primary.span
        raise WorldError(f"{span.file}:{span.line}: {first.message}; the file was edited, or another "
                         f"version made this build (this is {__version__}): make it again with `compile specs --target "
                         f"plan --out {folder}`")
    places = _origins(folder, loaded.model.effective)
    model = replace(loaded.model, places=places or loaded.model.places)
    return Build(folder, draw(model), _version(folder))


def _origins(folder: Path, effective: str) -> tuple[str, ...]:
    """Where each line of the effective spec was said; nothing where the build does not say it of exactly these."""
    try:
        stored = json.loads((folder / META / "origins.json").read_text(encoding="utf-8"))["effective.calls"]
        written = (folder / META / "effective.calls").read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    return tuple(map(str, stored)) if written == effective and len(stored) == len(effective.splitlines()) else ()


def _version(folder: Path) -> str:
    try:
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["about"]["callsheet"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


# ------------------------------------------------------------------------------------------------ what is stored


def stored(build: Build, found: Found, date: str) -> Mapping[str, Any] | None:
    """The call's record as it stands in the build, read by the format that wrote it; None where there is none that can
    be read back. WorldError: it cannot be read."""
    for _, form in _formats():
        if hasattr(form, "read"):
            record: Mapping[str, Any] | None = form.read(build.folder, found.call_id, date)
            if record is not None:
                return record
    return None


def unread(build: Build) -> str:
    """The format of the build's records where it has no way to read them back, else empty."""
    return next((name for name, form in _formats()
                 if not hasattr(form, "read") and form.FILE and (build.folder / form.FILE).is_file()), "")


def _formats() -> list[tuple[str, ModuleType]]:
    package = "compiler.plan.formats"
    return [(name, registry.part(package, name, "format")) for name in registry.names(package)]


def same(here: Any, there: Any) -> bool:
    """Whether a value of a stored record is the plan's: tables hold dates and absent values in their own way."""
    if isinstance(here, dict) and isinstance(there, dict):
        return all(same(here.get(name), there.get(name)) for name in {*here, *there})
    if isinstance(there, UUID):
        return bool(here == str(there))
    if hasattr(there, "isoformat"):
        written = str(there.isoformat())
        return str(here)[: len(written)] == written or bool(_instant(here) == _instant(written))
    return bool(here == there) and isinstance(here, bool) == isinstance(there, bool)


def _instant(text: Any) -> Any:
    from datetime import datetime

    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return text
