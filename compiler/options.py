"""What the command line asks for, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """Flags of the upload; None where the spec or the environment decides."""

    url: str | None = None
    project: str | None = None
    pipeline: str | None = None
    storage_backend: str | None = None
    connect_timeout: str | None = None
    read_timeout: str | None = None
    retries: str | None = None
    reverse: bool = False
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """Defaults are those of the command line; relative paths are those of the user's own folder."""

    specs: tuple[Path, ...] = ()
    target: str = "check"
    format: str = "json"
    out: Path = Path("build")
    start: date | None = None
    end: date | None = None
    seed: int | None = None
    outages: int | None = None
    overlays: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    limit: int | None = None
    locale: str | None = None
    writer: str = "embedded"
    model: str | None = None
    api: str | None = None
    temperature: float | None = None
    engine: str = "pico"
    voice_female: str | None = None
    voice_male: str | None = None
    voice_customer: str | None = None
    hold: Path | None = None
    jobs: int = 1
    force: bool = False
    dry_run: bool = False
    validate: bool = True
    quiet: bool = False
    message_format: str = "text"
    upload: UploadOptions = field(default_factory=UploadOptions)
