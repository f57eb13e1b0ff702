"""What lies outside the spec: templates, locales and the files that `locale` blocks name, compared file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from compiler.diff.world import World
from compiler.failures import WorldError
from compiler.targets._locales import FILES

MOST_READ = 2_000_000  # bytes of a file; longer ones count as different


@dataclass(frozen=True)
class Files:
    """name -> the file that is used, on either side."""

    old: Mapping[str, Path]
    new: Mapping[str, Path]

    @classmethod
    def templates(cls, old: World, new: World) -> Files:
        """`de/voice/user.md.j2`"""
        return cls(_laid(old.templates, "*.j2"), _laid(new.templates, "*.j2"))

    @classmethod
    def locales(cls, old: World, new: World) -> Files:
        """`de/locale.yml`: what prompts are made of; phrase books are not in them."""
        def own(world: World) -> Mapping[str, Path]:
            return {name: path for name, path in _laid(world.locales, "*.yml").items() if name.count("/") == 1}

        return cls(own(old), own(new))

    @classmethod
    def phrases(cls, old: World, new: World) -> Files:
        """`de/phrases/opening.yml`: the words of the embedded writer."""
        def own(world: World) -> Mapping[str, Path]:
            return {name: path for name, path in _laid(world.locales, "*").items() if name.count("/") > 1}

        return cls(own(old), own(new))

    @classmethod
    def named(cls, old: World, new: World) -> Files:
        """The files that `locale` blocks name, as they are written there."""
        return cls(_named(old), _named(new))

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """The names whose contents differ, sorted."""
        names = self.old.keys() | self.new.keys()
        return tuple(sorted(name for name in names if content(self.old.get(name)) != content(self.new.get(name))))


def content(path: Path | None) -> bytes | None:
    """Line ends of other systems are no difference: git turns them."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.read(MOST_READ).replace(b"\r\n", b"\n")
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error


def _laid(folders: tuple[Path, ...], pattern: str) -> dict[str, Path]:
    """The files of all folders by name; the first folder that has one wins. No link leads out."""
    found: dict[str, Path] = {}
    for folder in reversed(folders):
        home = folder.resolve()
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and path.resolve().is_relative_to(home):
                found[path.relative_to(folder).as_posix()] = path
    return found


def _named(world: World) -> dict[str, Path]:
    texts = {block.settings[name] for block in world.model.locales for name in FILES if name in block.settings}
    paths = {text: world.home / text for text in sorted(texts)}
    return {text: path for text, path in paths.items() if path.is_file()}
