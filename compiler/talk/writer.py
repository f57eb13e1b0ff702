"""What a dialogue writer is: a Job in, a Dialogue out. Each module of `writers/` has `open(settings) -> Writer`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from compiler.catalog import Locale
from compiler.plan.call import Call
from compiler.talk.dialogue import Dialogue
from compiler.talk.header import Entry
from compiler.talk.prompt import Prompt


@dataclass(frozen=True, slots=True)
class Job:
    """One call to write: `locale` is the locale of the dialogue's language; `entries` become the dialogue's header.

    `prompt` is None only for writers with `wants_prompt` False.
    """

    call: Call
    locale: Locale
    entries: tuple[Entry, ...]
    prompt: Prompt | None = None


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """How to write. Only the options that a writer needs matter to it; `cache` is a folder or None for no cache.

    `folders` are the locale folders (places.search_path("locales", project)). `api` is responses or chat. Times are
    seconds. An empty `model`, `api` or `base_url` means the writer's default (OPENAI_API and OPENAI_BASE_URL for the
    latter two). `fresh` asks again what the cache knows (--force). `say` takes what the user should hear (None:
    standard error).
    """

    model: str = ""
    temperature: float | None = 0.7
    max_output_tokens: int = 8_000
    timeout: float = 120.0
    retries: int = 4
    concurrency: int = 4
    cache: Path | None = None
    base_url: str = ""
    api: str = ""
    folders: tuple[Path, ...] = ()
    fresh: bool = False
    say: Callable[[str], None] | None = None


class Writer(Protocol):
    """`generator` is the header's generator_path (llm, embedded); `concurrency` how many `write` may run at once in
    threads of one process (1: use processes instead)."""

    name: str
    generator: str
    wants_prompt: bool
    concurrency: int

    def fingerprint(self) -> str:
        """Name, version and settings: everything besides the job that the dialogue depends on."""

    def write(self, job: Job) -> Dialogue:
        """The dialogue, with the job's entries as its header. WorldError when it fails (`fatal` where every other
        call would fail as well), Quarantined when it cannot be made true."""
