"""YAML and JSON files -> trees whose leaves are all texts, whatever they look like (`no: nein` is a text)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml

from compiler.failures import WorldError

Texts = Mapping[str, str]
Tree = str | list["Tree"] | dict[str, "Tree"]


def table(path: Path) -> dict[str, Tree]:
    """A YAML (or JSON) file as a tree whose leaves are all texts; WorldError with file and line when it is broken."""
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WorldError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        node = yaml.compose(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise WorldError(f"{where}: not readable as YAML: {getattr(error, 'problem', None) or error}") from error
    tree = {} if node is None else _tree(node, path, set())
    if not isinstance(tree, dict):
        raise WorldError(f"{path}:1: a locale file is a list of `key: text` lines")
    return tree


def _tree(node: yaml.Node, path: Path, seen: set[int]) -> Tree:
    where = f"{path}:{node.start_mark.line + 1}"
    if id(node) in seen:
        raise WorldError(f"{where}: anchors (`&`, `*`) are not used in locale files; write the text again")
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return cast(str, node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_tree(item, path, seen) for item in node.value]
    result: dict[str, Tree] = {}
    for key_node, value_node in cast(yaml.MappingNode, node).value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise WorldError(f"{where}: a key must be a text")
        if key_node.value in result:
            raise WorldError(f"{path}:{key_node.start_mark.line + 1}: `{key_node.value}` stands twice")
        result[key_node.value] = _tree(value_node, path, seen)
    return result


def place(path: Path, words: str) -> str:
    """file:line of the first line that holds `words` (a backslash may be doubled there); line 1 where none does."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    number = next((n for n, line in enumerate(lines, 1) if words in line.replace("\\\\", "\\")), 1)
    return f"{path}:{number}"


def text(tree: Tree, path: Path, what: str) -> str:
    """One text; WorldError with the line of `what` for anything else."""
    if not isinstance(tree, str):
        raise WorldError(f"{place(path, what)}: `{what}` must be one text")
    return tree


def texts(tree: Tree, path: Path, what: str) -> dict[str, str]:
    """`key: text` lines."""
    if not isinstance(tree, dict):
        raise WorldError(f"{place(path, what)}: `{what}` must hold `key: text` lines")
    return {key: text(value, path, key) for key, value in tree.items()}


def lists(tree: Tree, path: Path, what: str) -> dict[str, tuple[str, ...]]:
    """`key: [text, ...]` lines; one text is a list of one."""
    if not isinstance(tree, dict):
        raise WorldError(f"{place(path, what)}: `{what}` must hold `key: [text, ...]` lines")
    return {key: tuple(text(item, path, key) for item in (value if isinstance(value, list) else [value]))
            for key, value in tree.items()}


def tables(tree: Tree, path: Path, what: str) -> dict[str, Texts]:
    """Blocks of `key: text` lines, by name."""
    if not isinstance(tree, dict):
        raise WorldError(f"{place(path, what)}: `{what}` must hold one block per name")
    return {name: texts(rows, path, name) for name, rows in tree.items()}
