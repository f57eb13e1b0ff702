"""locales/<tag>/phrases/*.yml -> Book: the phrases of one locale by key, `<file>.<name>.<name>`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from compiler.catalog import Locale
from compiler.failures import WorldError
from compiler.files import digest
from compiler.talk.writers._embedded_grammar import Nodes, parse
from compiler.texttree import Tree, table

CONDITIONS = frozenset({
    "voice", "text", "solved", "unsolved", "warm", "neutral", "annoyed", "named", "again", "first", "outage",
    "no_outage", "premium", "heavy", "light", "follow_up", "branded", "unbranded", "known", "unknown", "no_amount",
    "complains",
})
ROLES = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Line:
    """One variant; said only where all of `when` hold."""

    source: str
    nodes: Nodes
    when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an exchange: somebody speaks (`lines`), somebody looks something up (`pause`), or one of several
    ways (`ways`). `reply` marks the customer's answer that a behaviour of the scene may take over."""

    role: str = ""
    lines: tuple[Line, ...] = ()
    pause: str = ""
    ways: tuple[tuple[Step, ...], ...] = ()
    when: frozenset[str] = frozenset()
    reply: bool = False
    name: str = ""


@dataclass(frozen=True)
class Book:
    """`tree` is file name -> its content; `mark` is a hash of all the files."""

    tag: str
    tree: Mapping[str, Tree]
    paths: Mapping[str, Path]
    mark: str
    _lines: dict[str, tuple[Line, ...]]
    _steps: dict[str, tuple[Step, ...]]

    def find(self, key: str) -> Tree | None:
        """What stands under a key, None where nothing does."""
        node: Tree | None = self.tree.get(key.partition(".")[0])
        for name in key.split(".")[1:]:
            node = node.get(name) if isinstance(node, dict) else None
        return node

    def has(self, key: str) -> bool:
        return self.find(key) is not None

    def word(self, key: str) -> str:
        """One text; WorldError that names the file where the book has none."""
        node = self.find(key)
        if not isinstance(node, str):
            raise WorldError(f"{self.place(key)}: the phrase book lacks the text `{key}`")
        return node

    def words(self, key: str) -> list[str]:
        """A list of texts."""
        node = self.find(key)
        if isinstance(node, str):
            return [node]
        if not isinstance(node, list) or not all(isinstance(item, str) for item in node):
            raise WorldError(f"{self.place(key)}: the phrase book lacks the list `{key}`")
        return [item for item in node if isinstance(item, str)]

    def names(self, key: str) -> list[str]:
        """The keys below a key, in the order of the file."""
        node = self.find(key)
        return list(node) if isinstance(node, dict) else []

    def lines(self, key: str) -> tuple[Line, ...]:
        """The variants under `key`; WorldError that names the file where there are none."""
        if key not in self._lines:
            node = self.find(key)
            if not isinstance(node, (str, list)) or not node:
                raise WorldError(f"{self.place(key)}: the phrase book lacks the lines `{key}`")
            self._lines[key] = as_lines(node, self.place(key))
        return self._lines[key]

    def steps(self, key: str) -> tuple[Step, ...]:
        """The exchange under `key`; WorldError where there is none or it is not well formed."""
        if key not in self._steps:
            node = self.find(key)
            if not isinstance(node, list):
                raise WorldError(f"{self.place(key)}: the phrase book lacks the exchange `{key}`")
            self._steps[key] = tuple(as_step(item, f"{self.place(key)}: {key}", f"{key}/{number}")
                                     for number, item in enumerate(node))
        return self._steps[key]

    def place(self, key: str) -> str:
        name = key.partition(".")[0]
        return str(self.paths.get(name, f"locales/{self.tag}/phrases/{name}.yml"))


def as_lines(node: Tree, place: str) -> tuple[Line, ...]:
    """A text, a list of texts, or entries `condition: text`."""
    result = []
    for item in node if isinstance(node, list) else [node]:
        when: frozenset[str] = frozenset()
        if isinstance(item, dict) and len(item) == 1:
            (condition, item), = item.items()
            when = conditions(condition, place)
        if not isinstance(item, str):
            raise WorldError(f"{place}: a phrase is a text, or `condition: text`")
        try:
            result.append(Line(item, parse(item), when))
        except ValueError as error:
            raise WorldError(f"{place}: {error}, in `{item}`") from error
    return tuple(result)


def conditions(text: str, place: str) -> frozenset[str]:
    """`voice solved` -> its words; WorldError for one that there is not."""
    found = frozenset(text.split())
    for unknown in sorted(found - CONDITIONS):
        raise WorldError(f"{place}: there is no condition `{unknown}` (there is: {', '.join(sorted(CONDITIONS))})")
    return found


def as_step(item: Tree, place: str, name: str) -> Step:
    """One item of an exchange."""
    if not isinstance(item, dict):
        raise WorldError(f"{place}: a step is `agent:`, `customer:`, `pause:` or `either:`")
    when = conditions(str(item.get("if", "")), place)
    if "pause" in item:
        return Step(pause=str(item["pause"]), when=when, name=name)
    if "either" in item:
        ways = item["either"]
        if not isinstance(ways, list) or not all(isinstance(way, list) for way in ways):
            raise WorldError(f"{place}: `either` holds a list of exchanges")
        return Step(when=when, name=name, ways=tuple(
            tuple(as_step(step, place, f"{name}.{number}/{at}") for at, step in enumerate(way))
            for number, way in enumerate(ways) if isinstance(way, list)))
    role = next((role for role in ROLES if role in item), "")
    if not role or set(item) - {role, "if", "reply"}:
        raise WorldError(f"{place}: a step is `agent:`, `customer:`, `pause:` or `either:`, with `if:` or `reply:`")
    return Step(role=role, lines=as_lines(item[role], place), when=when, reply="reply" in item, name=name)


@lru_cache(maxsize=16)
def load(locale: Locale) -> Book:
    """The phrase book of a locale; WorldError that names the file when one is missing or broken."""
    paths = {path.stem: path for path in locale.files("phrases/*.yml")}
    if not paths:
        raise WorldError(f"locale {locale.tag} has no phrase book (phrases/*.yml), so the embedded writer cannot "
                         f"write in it; take --writer openai, or one of the locales that have one")
    tree = {name: table(path) for name, path in paths.items()}
    mark = digest(b"\0".join(path.read_bytes() for path in paths.values()))[:16]
    return Book(locale.tag, tree, paths, mark, {}, {})
