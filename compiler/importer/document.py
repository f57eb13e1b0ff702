"""YAML (or JSON) files -> a tree that knows where each value stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from compiler.failures import WorldError
from compiler.importer.notes import Notes

DEEPEST = 50  # levels; a file of this shape has six


@dataclass(frozen=True, slots=True)
class Leaf:
    place: str
    value: object  # a text, an int, a float, a truth value or None, as YAML reads it
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    place: str
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """key -> (place of the key, value)"""

    place: str
    rows: dict[str, tuple[str, Node]]


Node = Leaf | Items | Table


def read(path: Path, notes: Notes) -> Table:
    """The file as a tree; WorldError with file and line for one that is missing or broken."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorldError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
    if path.suffix == ".json":
        text = text.replace("\t", " ")  # fine between values of JSON, but not for YAML, which reads it
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        found = _node(node, loader, str(path), notes, ()) if node is not None else Table(f"{path}:1", {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise WorldError(f"{where}: not readable as YAML: {getattr(error, 'problem', None) or error}") from error
    finally:
        loader.dispose()
    if not isinstance(found, Table):
        raise WorldError(f"{found.place}: the file must hold sections (`key:` lines), not a single value or a list")
    return found


def _node(node: yaml.Node, loader: yaml.SafeLoader, file: str, notes: Notes, above: tuple[yaml.Node, ...]) -> Node:
    place = f"{file}:{node.start_mark.line + 1}"
    if node in above or len(above) > DEEPEST:
        raise WorldError(f"{place}: this part contains itself, or goes more than {DEEPEST} levels deep")
    inside = (*above, node)
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)  # `<<: *other`, as the old program read it
        rows: dict[str, tuple[str, Node]] = {}
        for key, value in node.value:
            where = f"{file}:{key.start_mark.line + 1}"
            if not isinstance(key, yaml.ScalarNode):
                raise WorldError(f"{where}: a key must be a word or a number")
            name = _clean(key.value)
            if name in rows:
                notes.add("differs", where, name,
                          f"stands twice (also {rows[name][0]}); the later line counts, as before")
            rows[name] = (where, _node(value, loader, file, notes, inside))
        return Table(place, rows)
    if isinstance(node, yaml.SequenceNode):
        return Items(place, tuple(_node(each, loader, file, notes, inside) for each in node.value))
    meant: Any = loader.construct_object(node)
    return Leaf(place, _clean(meant) if isinstance(meant, str) else meant, _clean(node.value))


def _clean(text: str) -> str:
    """Pairs of surrogates (`\\ud83d\\ude00` in JSON) as the one sign that they mean."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def merged(below: Table, above: Table) -> Table:
    """`above` over `below`, table by table; anything else takes the place of what is below."""
    rows = dict(below.rows)
    for key, (place, value) in above.rows.items():
        _, old = rows.get(key, (place, None))
        both = isinstance(old, Table) and isinstance(value, Table)
        rows[key] = (place, merged(old, value) if both else value)  # type: ignore[arg-type]  # both are tables
    return Table(below.place, rows)


def count(node: Node) -> int:
    """How many values the tree holds."""
    if isinstance(node, Table):
        return sum(count(value) for _, value in node.rows.values())
    return sum(count(each) for each in node.values) if isinstance(node, Items) else 1


def paths(path: str, node: Node) -> Iterator[str]:
    """The path of the node and of all below it."""
    yield path
    if isinstance(node, Table):
        for key, (_, value) in node.rows.items():
            yield from paths(f"{path}.{key}", value)
