"""Two sides -> the causes there may be, and the world in which some of them are in force."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain
from pathlib import Path

from compiler.counting import counted
from compiler.diff import changes as c
from compiler.diff.causes import Group, grouped
from compiler.diff.outside import Files, content
from compiler.diff.result import FactSaid
from compiler.diff.sides import Side, named
from compiler.diff.tree import Line
from compiler.diff.world import World, days_of
from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.lang.load import load
from compiler.lang.schema import EVENTS

INNER = tuple(f"{words} " for words in (*EVENTS, "agent", "phase"))  # blocks within blocks
LATER = {"audio": "the sound of the calls", "upload": "the uploads"}


@dataclass(frozen=True, eq=False)
class Draft:
    """A cause before its calls are known. `names`: the files of a cause outside the spec."""

    kind: str
    title: str
    facts: tuple[FactSaid, ...]
    changes: Group = ()
    names: tuple[str, ...] = ()
    beyond: str = ""


class Builder:
    """Finds the causes of two sides, and makes worlds of the old side with some of them."""

    def __init__(self, old: Side, new: Side, scratch: Path) -> None:
        self.old, self.new, self.scratch = old, new, scratch
        a, b = old.world.model, new.world.model
        self.pairs = c.paired(a.effective, a.places, b.effective, b.places)
        self.changes = tuple(change for pair in self.pairs for change in pair.changes())
        self.models: dict[frozenset[c.Change], m.Model | None] = {frozenset(): a}
        if self.changes:
            self.models[frozenset(self.changes)] = b
        self.by = "fact"
        self.templates = Files.templates(old.world, new.world)
        self.locales = Files.locales(old.world, new.world)
        self.made = 0

    # -------------------------------------------------------------------------------- causes

    def drafts(self, most: int) -> tuple[Draft, ...]:
        """At most `most` causes of the spec, and one for each file outside it."""
        if self.old.world.model.dataset.id != self.new.world.model.dataset.id:
            most = 1  # all calls are other calls: there is nothing to tell apart
        found = grouped(self.changes, lambda group: self._model(group) is not None, most)
        self.by = found.by
        return (*map(self._of_facts, found.groups), *self._outside())

    def _of_facts(self, group: Group) -> Draft:
        shown = [change for change in group if not _standard_act(change)] or group
        blocks = list(dict.fromkeys(map(_block, shown)))
        title = ", ".join(blocks[:3]) + (f" and {len(blocks) - 3} more" if len(blocks) > 3 else "")
        words = {change.block.split(" ")[0] for change in group}
        voices = any(change.key == "voice:" for change in group) or words <= {"customer"}
        beyond = [text for word, text in LATER.items() if word in words]
        beyond += [LATER["audio"]] if voices and LATER["audio"] not in beyond else []
        said = tuple(fact(change, self.old, self.new) for change in shown)
        return Draft("fact", title, said, group, beyond=" and ".join(beyond))

    def _outside(self) -> list[Draft]:
        one, two = self.old.world, self.new.world
        found = [self._of_file("template", self.templates, name) for name in self.templates.differing]
        found += [self._of_file("locale", self.locales, name) for name in self.locales.differing]
        phrases = Files.phrases(one, two)
        if phrases.differing:
            said = [said for name in phrases.differing for said in self._lines("locales", phrases, name)]
            found.append(Draft("locale", f"phrase books ({counted(len(phrases.differing), 'file')})", tuple(said),
                               names=(), beyond="the dialogues of the embedded writer"))
        own = Files.named(one, two)
        if own.differing:
            said = [said for name in own.differing for said in self._lines("", own, name)]
            found.append(Draft("file", f"file {', '.join(own.differing)}", tuple(said), names=own.differing))
        if days_of(one) != days_of(two) and any(world.first or world.last for world in (one, two)):
            texts = [f"{first} .. {last}" for first, last in map(days_of, (one, two))]
            found.append(Draft("days", "days shown", (FactSaid("line", "days shown", texts[0], "", texts[1], ""),)))
        return found

    def _of_file(self, kind: str, files: Files, name: str) -> Draft:
        return Draft(kind, f"{kind} {name}", self._lines(f"{kind}s", files, name), names=(name,))

    def _lines(self, folder: str, files: Files, name: str) -> tuple[FactSaid, ...]:
        """The lines of a file that differ, each with its place."""
        old, new = ((content(paths.get(name)) or b"").decode("utf-8", "replace").splitlines()
                    for paths in (files.old, files.new))
        place = f"{folder}/{name}".lstrip("/")
        found = []
        for tag, a, b, d, e in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            for k in range(max(b - a, e - d) if tag != "equal" else 0):
                one = _line(old, a + k, b, self._at(self.old, place))
                two = _line(new, d + k, e, self._at(self.new, place))
                found.append(FactSaid("line", place, *one, *two))
        return tuple(found)

    @staticmethod
    def _at(side: Side, place: str) -> str:
        return side.place(f"{place}:")[:-1] if side.kind != "build" else f"{side.name}/plan/_meta/{place}"

    # -------------------------------------------------------------------------------- worlds

    def world(self, drafts: Sequence[Draft]) -> World | None:
        """The old side with these causes in force; None where that is no spec."""
        model = self._model(tuple(chain.from_iterable(draft.changes for draft in drafts)))
        if model is None:
            return None
        old, new = self.old.world, self.new.world
        kinds = {draft.kind for draft in drafts}
        home = new.home if "file" in kinds else self._home(model)
        made = replace(old, model=model, home=home, templates=self._laid("template", self.templates, drafts),
                       locales=self._laid("locale", self.locales, drafts))
        return replace(made, first=new.first, last=new.last) if "days" in kinds else replace(made, base=old.plan)

    def _home(self, model: m.Model) -> Path:
        """Where the files that the spec names are: on the old side, unless they are on the new one only."""
        old, new = self.old.world.home, self.new.world.home
        return old if all((old / text).is_file() for text in named(model)) else new

    def _laid(self, kind: str, files: Files, drafts: Sequence[Draft]) -> tuple[Path, ...]:
        """The folders of the old side; where files are changed, one folder with the files of both."""
        chosen = {name for draft in drafts if draft.kind == kind for name in draft.names}
        if not chosen:
            return self.old.world.templates if kind == "template" else self.old.world.locales
        self.made += 1
        folder = self.scratch / "mixed" / str(self.made) / f"{kind}s"
        for name in files.old.keys() | files.new.keys():
            path = (files.new if name in chosen else files.old).get(name)
            if path is not None:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / name)
        return (folder,)

    def _model(self, chosen: Group) -> m.Model | None:
        """The old spec with some changes; None where it has errors."""
        key = frozenset(chosen)
        if key not in self.models:
            path = self.scratch / "with_changes.calls"
            path.write_text(c.text(self.pairs, key), encoding="utf-8")
            try:
                model = load((path,), library=self.scratch / "library").model
            except UsageError:
                model = None
            folder = self.old.world.model.folder
            self.models[key] = None if model is None else replace(model, folder=folder)
        return self.models[key]


def _standard_act(change: c.Change) -> bool:
    """Whether it is an act that nobody wrote: it comes and goes with the phases that name it."""
    return change.key.startswith("act ") and change.what in ("added", "removed") and ":" not in change.either.place


def _block(change: c.Change) -> str:
    """The block of a change: `kpi AWT`, `calendar / incident outage`."""
    parts = (*change.path, change.key)
    inner = len(parts) > 1 and parts[1].startswith(INNER)
    return " / ".join(parts[: 2 if inner else 1])


def fact(change: c.Change, old: Side, new: Side) -> FactSaid:
    """A changed fact as it is shown."""
    block = " / ".join(change.path) or change.key
    if change.what == "doc":
        said = [" ".join(line.doc) if line is not None else None for line in (change.old, change.new)]
        block = " / ".join((*change.path, change.key))
    elif change.what == "order":
        said = ["; ".join(each.text for each in line.below) if line is not None else None
                for line in (change.old, change.new)]
    else:
        said = [line.text if line is not None else None for line in (change.old, change.new)]
    places = [side.place(line.place) if line is not None else None
              for side, line in ((old, change.old), (new, change.new))]
    below = change.either.below if change.what in ("added", "removed") else ()
    return FactSaid(change.what, block, said[0] or None, places[0], said[1] or None, places[1], _count(below))


def _line(rows: Sequence[str], at: int, end: int, place: str) -> tuple[str | None, str | None]:
    """A line of a file and its place; nothing from `end` on."""
    return (rows[at].strip(), f"{place}:{at + 1}") if at < end else (None, None)


def _count(lines: Sequence[Line]) -> int:
    return sum(1 + _count(line.below) for line in lines)
