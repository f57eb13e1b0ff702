"""A folder -> the calls in it that can be sent, and what cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from compiler.failures import UsageError
from compiler.targets._delivery.report import Outcome, Result


@dataclass(frozen=True, slots=True)
class Item:
    """One call to send: its .wav.json and, for a voice call, its WAV."""

    stem: str
    timeline: Path
    audio: Path | None


def find_pairs(folder: Path) -> tuple[tuple[Item, ...], tuple[Result, ...]]:
    """Every .wav.json at or below `folder` with the .wav beside it, in order of start and name; and the problems.

    A timeline without a WAV is an item all the same: a text call has none, and a voice call without one fails with its
    reason when its form is made. Names that begin with a dot are left out.
    Raises UsageError when `folder` is none, or holds nothing of the kind.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: `upload` takes a folder with .wav and .wav.json files")
    items: dict[str, Item] = {}
    problems: list[Result] = []
    for timeline in _visible(folder, "*.wav.json"):
        stem = timeline.name.removesuffix(".wav.json")
        audio = timeline.with_name(f"{stem}.wav")
        if stem in items:
            problems.append(Result(stem, Outcome.FAILED, f"two calls have this name: {items[stem].timeline} is sent,"
                                                         f" {timeline} is not"))
            continue
        items[stem] = Item(stem, timeline, audio if audio.is_file() else None)
    for audio in _visible(folder, "*.wav"):
        if not audio.with_name(audio.name + ".json").is_file():
            problems.append(Result(audio.stem, Outcome.FAILED, f"there is no {audio.name}.json beside {audio}"))
    if not items and not problems:
        raise UsageError(f"{folder} holds no .wav.json: nothing to send")
    return tuple(sorted(items.values(), key=lambda item: (_start(item.stem), item.stem))), tuple(problems)


def delivery_folder(folder: Path) -> Path:
    """Where forms and ledger of `folder` live: build/sa for a build or its audio/, else sa/ inside the folder itself,
    so that the ledger goes wherever the calls go."""
    if folder.resolve().name == "audio":
        return folder.resolve().parent / "sa"
    return folder / "sa"


def _visible(folder: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(folder.rglob(pattern)):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _start(stem: str) -> str:
    """The time in Agent_YYYYMMDDHHMMSS_ANI; names of another form come first."""
    middle = stem.rpartition("_")[0].rpartition("_")[2]
    return middle if middle.isdigit() else ""
