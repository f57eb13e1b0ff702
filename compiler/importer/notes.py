"""What an import has to say: each thing with its place. Finding is done by those who read, wording of the page here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["unused", "sum", "name", "nothing", "unknown", "differs", "chosen"]

TITLES: dict[Kind, tuple[str, str]] = {
    "unused": ("Knobs that the old program never used", "Left out: turning them changed nothing there."),
    "sum": ("Weights that do not add up", "Carried over as weights, which may have any sum: the same proportions."),
    "name": ("Names that match nothing", "Mend the name here or there."),
    "nothing": ("Lines that change nothing", "Left out."),
    "unknown": ("Keys that the old program did not know", "Left out."),
    "differs": ("What works differently here", ""),
    "chosen": ("What the old files do not say", "Chosen here; change it in the spec as you like."),
}


@dataclass(frozen=True, slots=True)
class Note:
    """`place` is file:line, `path` the keys down to the thing (`ops.awt_seconds.outage_delta`); both may be empty for
    what stands in no file."""

    kind: Kind
    place: str
    path: str
    text: str


@dataclass(slots=True)
class Notes:
    """Collects while the files are read; the same thing said twice is kept once."""

    all: list[Note] = field(default_factory=list)

    def add(self, kind: Kind, place: str, path: str, text: str) -> None:
        note = Note(kind, place, path, text)
        if note not in self.all:
            self.all.append(note)

    def of(self, kind: Kind) -> list[Note]:
        """By file and line."""
        return sorted((note for note in self.all if note.kind == kind), key=_by_place)


def _by_place(note: Note) -> tuple[str, int]:
    file, _, line = note.place.rpartition(":")
    return file, int(line) if line.isdigit() else 0


def page(notes: Notes, sources: Sequence[str], figures: int, written: Sequence[str]) -> str:
    """IMPORT.md: `figures` is how many values the sources hold, `written` names the files made of them."""
    left = sum(len(notes.of(kind)) for kind in ("unused", "nothing", "unknown"))
    lines = [
        f"# Import of {' and '.join(sources)}", "",
        f"{figures} values were read. Files: {', '.join(written)}.",
        f"Left out: {left}, each told below with its place. Nothing was dropped silently.",
    ]  # fmt: skip
    for kind, (title, what) in TITLES.items():
        found = notes.of(kind)
        if found:
            lines += ["", f"## {title}", "", *([what, ""] if what else []), *(_line(note) for note in found)]
    return "\n".join(lines) + "\n"


def _line(note: Note) -> str:
    where = f"{note.place} " if note.place else ""
    what = f"`{note.path}`: " if note.path else ""
    return f"- {where}{what}{note.text}"
