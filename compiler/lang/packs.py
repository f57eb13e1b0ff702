"""`use "library/retail_banking" as banking`: which packs a spec brings, where they lie, and names with their prefix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, cast

from compiler.lang.suggest import nearest
from compiler.lang.syntax import Name, Sentence

_USE = re.compile(r'^use[ \t]+"([^"\n]+)"(?:[ \t]+as[ \t]+([^\W\d]\w*))?', re.MULTILINE)

T = TypeVar("T")


def used(text: str) -> list[tuple[str, str]]:
    """(pack as written, prefix or "") for each `use` line."""
    return [(match.group(1), match.group(2) or "") for match in _USE.finditer(text)]


def aliases(texts: Iterable[str]) -> frozenset[str]:
    """The prefixes that the texts give to packs."""
    return frozenset(alias for text in texts for _, alias in used(text) if alias)


def find(name: str, roots: Sequence[Path], library: Path | None) -> Path | None:
    """The file of a pack: beside the spec first, then in the library."""
    places = [root / f"{name}.calls" for root in roots]
    if library is not None:
        places.append(library / f"{name.removeprefix('library/')}.calls")
    return next((place for place in places if place.is_file()), None)


def like(name: str, roots: Sequence[Path], library: Path | None) -> str | None:
    """The pack that was probably meant."""
    folders = [root / "library" for root in roots] + ([library] if library is not None else [])
    there = {f"library/{path.stem}" for folder in folders if folder.is_dir() for path in folder.glob("*.calls")}
    return nearest(name, there) or next((f"{each}" for each in sorted(there) if each.startswith(name)), None)


@lru_cache(maxsize=65_536)
def plain(said: Sentence, prefixes: frozenset[str]) -> Sentence:
    """The sentence with `banking.AWT` as `AWT`."""
    return _stripped(said, prefixes)


def _stripped(node: T, prefixes: frozenset[str]) -> T:
    if isinstance(node, Name):
        short = len(node.parts) > 1 and node.parts[0] in prefixes
        return cast(T, replace(node, parts=node.parts[1:])) if short else node
    if isinstance(node, tuple):
        return cast(T, tuple(_stripped(each, prefixes) for each in node))
    if is_dataclass(node) and not isinstance(node, type):
        changed: Mapping[str, object] = {
            each.name: _stripped(getattr(node, each.name), prefixes) for each in fields(node) if each.name != "at"
        }
        return cast(T, replace(node, **changed))
    return node
