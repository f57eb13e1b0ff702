"""A word of the command line -> one side of the comparison: a git revision, a folder or file of specs, or a build."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from compiler import places, report
from compiler.diag import Diagnostic
from compiler.diff import git, unpack
from compiler.diff.outside import Files
from compiler.diff.world import World
from compiler.failures import UsageError, WorldError
from compiler.lang import model as m
from compiler.lang.load import Loaded, load
from compiler.options import Options
from compiler.source import Source
from compiler.targets._locales import FILES
from compiler.targets._spec_checks import spec_problems

EFFECTIVE, TEMPLATES = "plan/_meta/effective.calls", "plan/_meta/templates"
DEFAULT = Path("specs")
_OVERLAY = re.compile(r"^overlay[ \t]+(\w+)(?:[ \t]+over[ \t]+(\w+))?", re.MULTILINE)


class WrongSpec(WorldError):
    """The spec of a side has errors; the text is their drawing."""


@dataclass(frozen=True)
class Side:
    """`kind`: revision, specs or build. `folder` is the build's, `version` the program's that made it, `made` what else
    made it. `hide` turns paths of folders that live only as long as the command into what the user knows."""

    name: str
    kind: str
    world: World
    hide: Callable[[str], str]
    commit: str = ""
    folder: Path | None = None
    version: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict)
    spare: Mapping[str, str] = field(default_factory=dict)  # overlays that nobody chose: name -> text

    def place(self, text: str) -> str:
        """A place of the effective spec, as said on this side: `HEAD:specs/kpis.calls:6`."""
        if not text or self.kind != "revision" or ":" not in text:
            return text
        layer, _, file = text.rpartition(": ")
        return f"{layer}{': ' if layer else ''}{parted(self.name)[0]}:{file}"


@dataclass(frozen=True)
class Request:
    """What both sides share: the options of the command, a folder for what is unpacked, ears for warnings."""

    options: Options
    scratch: Path
    say: Callable[[str], None]


def sides(old: str, new: str | None, request: Request) -> tuple[Side, Side]:
    """Both sides. UsageError for a word that names nothing, WrongSpec for a spec with errors, WorldError besides."""
    second = new if new is not None else str(DEFAULT)
    if new is None and not DEFAULT.exists():
        raise UsageError(f"there is no folder {DEFAULT} to compare {old} with; name the second side too")
    near = next((Path(word) for word in (second, old) if _there(word) and not _is_build(Path(word))), DEFAULT)
    found = _Finder(request, near)
    right = found.side(second, "new")
    return _alike(found.side(old, "old", right), right, request.options)


def _alike(old: Side, new: Side, options: Options) -> tuple[Side, Side]:
    """The sides with the same folders of templates and of locales where those hold the same. Templates are looked at
    before any call is planned where they differ, or the fields that they may name."""
    def names(side: Side) -> set[str]:
        return {f.id for f in side.world.model.fields}

    world = old.world
    templates = Files.templates(world, new.world).differing
    if not templates:
        world = replace(world, templates=new.world.templates)
    if not (Files.locales(world, new.world).differing or Files.phrases(world, new.world).differing):
        world = replace(world, locales=new.world.locales)
    for side in (old, new) if templates or names(old) != names(new) else ():
        look_at_templates(side, options)
    return replace(old, world=world), new


def look_at_templates(side: Side, options: Options) -> None:
    """WrongSpec with what is wrong with the templates of a side (a build's are as they were)."""
    if side.kind != "build":
        found, sources = spec_problems(side.world.model, side.world.project, options, side.sources)
        _refuse(found, {**side.sources, **sources}, options, side.hide)


def _refuse(found: Sequence[Diagnostic], sources: Mapping[str, Source], options: Options,
            hide: Callable[[str], str]) -> None:
    """WrongSpec where there are errors."""
    errors = [each for each in found if each.severity == "error"]
    if errors:
        form = "json" if options.message_format == "json" else "text"
        raise WrongSpec(hide(report.draw(errors, sources, form)).rstrip("\n"))


def _there(word: str) -> bool:
    """Whether the word names a file or folder; what no system could name does not."""
    try:
        return bool(word) and Path(word).exists()
    except OSError:
        return False


def _is_build(path: Path) -> bool:
    return (path / EFFECTIVE).is_file()


class _Finder:
    """`near`: the spec path that a bare revision means."""

    def __init__(self, request: Request, near: Path) -> None:
        self.request, self.options, self.near = request, request.options, near

    def side(self, word: str, which: str, other: Side | None = None) -> Side:
        if _there(word):
            return self._build(word, other) if _is_build(Path(word)) else self._specs(word)
        return self._revision(word, which)

    # -------------------------------------------------------------------------------- specs

    def _specs(self, word: str) -> Side:
        path = Path(word)
        loaded = self._read(path, lambda text: text)
        world = self._world(loaded, path)
        return Side(word, "specs", world, lambda text: text, sources=loaded.sources, spare=self._spare(loaded))

    def _read(self, path: Path, hide: Callable[[str], str]) -> Loaded:
        """The specs with the options; WrongSpec with everything that is wrong with them or their templates."""
        options = replace(self.options, specs=(path,))
        project = places.project_of(path)
        library = project / "specs" / "library"
        try:
            loaded = load((path,), overlays=options.overlays, sets=options.sets, start=options.start, end=options.end,
                          seed=options.seed, outages=options.outages, library=library if library.is_dir() else None)
        except UsageError as error:
            raise UsageError(f"{hide(str(path))}: {hide(str(error))}") from error
        found, sources = loaded.diagnostics, dict(loaded.sources)
        if loaded.model is not None:
            wrong, more = spec_problems(loaded.model, project, options, loaded.sources, templates=False)
            found, sources = (*found, *wrong), {**sources, **more}
        _refuse(found, sources, options, hide)
        return loaded

    def _spare(self, loaded: Loaded) -> dict[str, str]:
        """The overlays among the files that are neither chosen nor below a chosen one."""
        texts: dict[str, str] = {}
        below: dict[str, str] = {}
        for source in loaded.sources.values():
            said = _OVERLAY.search(source.text)
            if said is not None:
                texts[said[1]] = texts.get(said[1], "") + source.text
                below.setdefault(said[1], said[2])
        for name in self.options.overlays:
            while name in texts:
                del texts[name]
                name = below[name]
        return texts

    def _world(self, loaded: Loaded, path: Path) -> World:
        assert loaded.model is not None
        project = places.project_of(path)
        return World(loaded.model, loaded.first, loaded.last, places.search_path("templates", project),
                     places.search_path("locales", project), Path(loaded.model.folder), project,
                     self.options.locale, self.request.say)

    # -------------------------------------------------------------------------------- revisions

    def _revision(self, word: str, which: str) -> Side:
        name, colon, given = parted(word)
        if not name:
            raise UsageError(f"`{word}` is no file or folder, and no revision: write REV or REV:path")
        rev = git.revision(name, self.near if self.near.exists() else Path())
        if rev.several:
            self.request.say(f"git knows a tag and a branch called {name} and takes {rev.commit[:12]}; write "
                             f"heads/{name} or tags/{name} to say which")
        if not colon:
            spec = git.inside(self.near, rev.top)
        elif given.startswith("./"):
            spec = git.inside(Path(given), rev.top)
        else:
            spec = PurePosixPath(given.strip("/") or ".")
        if ".." in spec.parts:
            raise UsageError(f"{word}: a path in a revision has no `..`")
        root = self.request.scratch / which / "r"  # nothing lies beside it: a project is looked for above its specs
        left_out = unpack.take(rev, spec, root)
        if left_out:
            self.request.say(f"{name}: {', '.join(left_out)} left out: submodules, and links that lead nowhere in it, "
                             "are not read")

        def hide(text: str) -> str:
            return text.replace(f"{root}/", f"{name}:").replace(f"{root.resolve()}/", f"{name}:")

        loaded = self._read_with_files(rev, root / spec, root, hide)
        return Side(word, "revision", self._world(loaded, root / spec), hide, rev.commit, sources=loaded.sources,
                    spare=self._spare(loaded))

    def _read_with_files(self, rev: git.Revision, path: Path, root: Path, hide: Callable[[str], str]) -> Loaded:
        """The spec; files that its `locale` blocks name are fetched before it is looked at whole."""
        if not _names_files(path):
            return self._read(path, hide)
        model = load((path,), overlays=self.options.overlays, sets=self.options.sets).model
        for text in named(model) if model is not None else ():
            target = (path if path.is_dir() else path.parent).resolve() / text
            parts = _normal(target, root)
            if parts is not None and not (root / parts).exists():
                unpack.file(rev, parts, root)
        return self._read(path, hide)

    # -------------------------------------------------------------------------------- builds

    def _build(self, word: str, other: Side | None) -> Side:
        folder = Path(word)
        loaded = load((folder / EFFECTIVE,))
        if loaded.model is None:
            raise WrongSpec(report.draw(loaded.diagnostics, loaded.sources).rstrip("\n"))
        project = other.world.project if other is not None else places.project_of(self.near)
        home = other.world.home if other is not None else self.near
        model = replace(loaded.model, folder=str(home), places=_told(folder, loaded.model))
        first, last = _shown(folder, model)
        templates = places.search_path("templates", project)
        if (folder / TEMPLATES).is_dir():
            templates = (folder / TEMPLATES, *templates)
        else:
            self.request.say(f"{word} keeps no templates (made with --target plan): those of today stand for them")
        locales = other.world.locales if other is not None else places.search_path("locales", project)
        world = World(model, first, last, templates, locales, home, project, self.options.locale, self.request.say)
        return Side(word, "build", world, lambda text: text, folder=folder, version=_version(folder))


def parted(word: str) -> tuple[str, str, str]:
    """A revision and a path in it, at the first colon that stands in no braces: `main@{10:30}:specs`."""
    plain = re.sub(r"\{[^}]*\}", lambda found: "_" * len(found[0]), word)
    at = plain.find(":")
    return (word, "", "") if at < 0 else (word[:at], ":", word[at + 1 :])


def _names_files(path: Path) -> bool:
    """Whether the specs may name files of labels or values."""
    own = sorted(path.glob("*.calls")) if path.is_dir() else [path]
    return any(f"{name}:".encode() in file.read_bytes() for file in own if file.is_file() for name in FILES)


def named(model: m.Model) -> list[str]:
    """The files that `locale` blocks name."""
    return sorted({block.settings[name] for block in model.locales for name in FILES if name in block.settings})


def _normal(path: Path, root: Path) -> PurePosixPath | None:
    """The path below the root without `..`; None where it leads out."""
    parts: list[str] = []
    base = root.resolve()
    if not path.as_posix().startswith(f"{base.as_posix()}/"):
        return None
    for part in path.as_posix()[len(base.as_posix()) + 1 :].split("/"):
        if part == ".." and not parts:
            return None
        parts = parts[:-1] if part == ".." else [*parts, part]
    return PurePosixPath(*parts)


def _json(path: Path) -> Any:
    """What a file of a build holds; None where there is no such file, or it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return None


def _told(folder: Path, model: m.Model) -> tuple[str, ...]:
    """Where each line of the build's spec was said: as the build remembers, else its line in the effective spec."""
    said = _json(folder / "plan/_meta/origins.json")
    rows = said.get("effective.calls") if isinstance(said, dict) else None
    if isinstance(rows, list) and all(isinstance(row, str) for row in rows):
        return tuple(rows)
    return model.places


def _shown(folder: Path, model: m.Model) -> tuple[date | None, date | None]:
    """The days that the build shows, where those are not all of its period."""
    said = _json(folder / "plan/_meta/summary.json")
    period = said.get("period") if isinstance(said, dict) else None
    try:
        first, last = (date.fromisoformat(str(day)) for day in (period if isinstance(period, list) else ()))
    except ValueError:  # not two dates
        return None, None
    own = model.dataset
    inside = own.first <= first <= last <= own.last and (first, last) != (own.first, own.last)
    return (first, last) if inside else (None, None)


def _version(folder: Path) -> str:
    said = _json(folder / "manifest.json")
    about = said.get("about") if isinstance(said, dict) else None
    return str(about.get("callsheet", "")) if isinstance(about, dict) else ""
