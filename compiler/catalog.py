"""The locales: locales/<tag>/ -> Locale. A new locale is one new folder.

A Locale is laid from files, weakest first: `_global`, the language (`de`), the region (`de-CH`) where there is such a
folder; in each of them the shipped file, then the project's of the same name over it, key by key. All leaves are
texts, whatever they look like (`no: nein` is a text, not a truth value).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import cast

import yaml

from compiler.failures import WorldError

Texts = Mapping[str, str]
Tree = str | list["Tree"] | dict[str, "Tree"]

GLOBAL = "_global"
NEEDED = ("name", "english", "babel", "speakers", "texts", "evidence", "spoken")
NEEDED_TEXTS = ("none", "yes", "no")
ROLES = ("agent", "customer")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@dataclass(frozen=True, eq=False)
class Locale:
    """One locale, complete; known by its identity, so that it can be a key.

    `speakers` has per role (agent, customer) the words that stand before a turn, the written one first, all others
    are read too. `labels` maps header keys to localised labels, `values` field -> id (or spec label) -> localised
    value. `evidence` maps what a dialogue has to show (greeting, farewell ...) to regular expressions. `spoken` holds
    the tables of the spoken form. `layers` are the tags it was laid from, strongest first; `folders` where to look.
    """

    tag: str
    name: str
    english: str
    babel: str
    speakers: Mapping[str, tuple[str, ...]]
    labels: Texts
    values: Mapping[str, Texts]
    texts: Texts
    evidence: Mapping[str, tuple[str, ...]]
    spoken: Mapping[str, Texts]
    layers: tuple[str, ...]
    folders: tuple[Path, ...]

    def label(self, key: str) -> str:
        """The header label of a canonical key; the key itself where the locale has none."""
        return self.labels.get(key, key)

    def value(self, name: str, member: str, label: str = "") -> str:
        """How the member `member` of the field `name` reads here: the locale's own word by id or by the spec's label,
        else the spec's label, else the id with `_` as space."""
        table = self.values.get(name, {})
        plain = label or member.replace("_", " ")
        return table.get(member) or table.get(plain) or plain

    def member(self, name: str, text: str) -> str | None:
        """The id (or spec label) in this locale's table of `name` that reads as `text`; None if no such entry."""
        wanted = text.strip().casefold()
        for member, shown in self.values.get(name, {}).items():
            if shown.casefold() == wanted:
                return member
        return None

    def find(self, name: str) -> Path | None:
        """The file `name` ("phrases/opening.yml") of this locale: the project's first, then the shipped one; then of
        the language above it."""
        places = (folder / tag / name for tag in self.layers for folder in self.folders)
        return next((place for place in places if place.is_file()), None)

    def files(self, pattern: str) -> tuple[Path, ...]:
        """The files that match a glob ("phrases/*.yml"), sorted by name; of equal names only the strongest."""
        found: dict[str, Path] = {}
        for tag in self.layers:
            for folder in self.folders:
                for path in (folder / tag).glob(pattern):
                    found.setdefault(path.relative_to(folder / tag).as_posix(), path)
        return tuple(found[name] for name in sorted(found))

    def read(self, name: str) -> dict[str, Tree]:
        """The file `name` as a tree of texts; WorldError when the locale has no such file, or a broken one."""
        path = self.find(name)
        if path is None:
            raise WorldError(f"locale {self.tag} has no file {name} (looked in {_listed(self.folders, self.layers)})")
        return table(path)

    @cached_property
    def role_of(self) -> Mapping[str, str]:
        """speaker word, case-folded -> agent | customer"""
        return {word.casefold(): role for role, words in self.speakers.items() for word in words}

    @cached_property
    def key_of(self) -> Mapping[str, str]:
        """header label, case-folded -> canonical key"""
        return {label.casefold(): key for key, label in self.labels.items()}


def available(folders: tuple[Path, ...]) -> tuple[str, ...]:
    """The tags of all locales in `folders`, sorted."""
    return tuple(sorted({entry.parent.name for folder in folders for entry in folder.glob("*/locale.yml")
                         if _TAG.fullmatch(entry.parent.name)}))


def normal(tag: str) -> str:
    """`DE_ch` -> `de-CH`"""
    language, _, region = tag.strip().replace("_", "-").partition("-")
    return f"{language.lower()}-{region.upper()}" if region else language.lower()


def choose(wanted: str, available: Iterable[str]) -> tuple[str, str | None]:
    """The locale to use for `wanted`, and a note that states the fallback (None where it is the one wanted).

    WorldError when there is not even `en`.
    """
    have = tuple(available)
    tag = normal(wanted)
    if tag in have:
        return tag, None
    language = tag.partition("-")[0]
    if language in have:
        return language, f"there is no locale {tag}: using {language}"
    if "en" not in have:
        raise WorldError(f"there is no locale {tag}, and no en to fall back to (there is: {', '.join(have) or 'none'})")
    return "en", f"there is no locale {tag} (there is: {', '.join(have)}): using en"


@cache
def load(tag: str, folders: tuple[Path, ...]) -> Locale:
    """The locale `tag`, complete; WorldError that names file and line where a file is broken or lacks something."""
    language = tag.partition("-")[0]
    layers = tuple(dict.fromkeys((tag, language, GLOBAL)))
    places = [folder / tag / "locale.yml" for folder in folders]
    home = next((place for place in places if place.is_file()), None)
    if home is None:
        raise WorldError(f"there is no locale {tag} (there is: {', '.join(available(folders))})")
    main = _laid("locale.yml", layers, folders)
    return _built(tag, home, main, _laid("labels.yml", layers, folders), _laid("value_labels.yml", layers, folders),
                  layers, folders)


def override(locale: Locale, settings: Mapping[str, str], folder: Path) -> Locale:
    """The locale with the spec's `locale` block over it: `labels` and `values` name files (YAML or JSON) relative to
    `folder`, either plain or by tag (`{"de": {...}}`); all other settings are texts."""
    labels, values = dict(locale.labels), {name: dict(rows) for name, rows in locale.values.items()}
    if "labels" in settings:
        path = folder / settings["labels"]
        labels.update(_flat(_own_part(table(path), locale.tag), path, "labels"))
    if "values" in settings:
        path = folder / settings["values"]
        for name, rows in _own_part(table(path), locale.tag).items():
            values[name] = {**values.get(name, {}), **_flat(rows, path, name)}
    texts = {**locale.texts, **{k: v for k, v in settings.items() if k not in ("labels", "values")}}
    return replace(locale, labels=labels, values={k: v for k, v in values.items()},
                   texts=texts)


def table(path: Path) -> dict[str, Tree]:
    """A YAML (or JSON) file as a tree whose leaves are all texts; WorldError with file and line when it is broken."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WorldError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise WorldError(f"{place}: not readable as YAML: {getattr(error, 'problem', None) or error}") from error
    tree = {} if node is None else _tree(node, path, set())
    if not isinstance(tree, dict):
        raise WorldError(f"{path}:1: a locale file is a list of `key: text` lines")
    return tree


def _tree(node: yaml.Node, path: Path, seen: set[int]) -> Tree:
    place = f"{path}:{node.start_mark.line + 1}"
    if id(node) in seen:
        raise WorldError(f"{place}: anchors (`&`, `*`) are not used in locale files; write the text again")
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return cast(str, node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_tree(item, path, seen) for item in node.value]
    result: dict[str, Tree] = {}
    for key_node, value_node in cast(yaml.MappingNode, node).value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise WorldError(f"{place}: a key must be a text")
        if key_node.value in result:
            raise WorldError(f"{path}:{key_node.start_mark.line + 1}: `{key_node.value}` stands twice")
        result[key_node.value] = _tree(value_node, path, seen)
    return result


def _laid(name: str, layers: tuple[str, ...], folders: tuple[Path, ...]) -> dict[str, Tree]:
    result: dict[str, Tree] = {}
    for tag in reversed(layers):
        for folder in reversed(folders):
            if (folder / tag / name).is_file():
                result = _over(result, table(folder / tag / name))
    return result


def _over(low: dict[str, Tree], high: dict[str, Tree]) -> dict[str, Tree]:
    result = dict(low)
    for key, value in high.items():
        below = result.get(key)
        result[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _built(tag: str, home: Path, main: dict[str, Tree], labels: dict[str, Tree], values: dict[str, Tree],
           layers: tuple[str, ...], folders: tuple[Path, ...]) -> Locale:
    for key in NEEDED:
        if key not in main:
            raise WorldError(f"{home}:1: the locale {tag} lacks `{key}`")
    texts = _flat(main["texts"], home, "texts")
    for key in NEEDED_TEXTS:
        if key not in texts:
            raise WorldError(f"{_place(home, 'texts')}: `texts` of the locale {tag} lacks `{key}`")
    speakers = _lists(main["speakers"], home, "speakers")
    for role in ROLES:
        if not speakers.get(role):
            raise WorldError(f"{_place(home, 'speakers')}: `speakers` of the locale {tag} lacks a word for `{role}`")
    return Locale(
        tag=tag, name=_text(main["name"], home, "name"), english=_text(main["english"], home, "english"),
        babel=_text(main["babel"], home, "babel"), speakers=speakers,
        labels=_flat(labels, home.with_name("labels.yml"), "labels"),
        values=_tables(values, home.with_name("value_labels.yml"), "value_labels"), texts=texts,
        evidence=_patterns(main["evidence"], home), spoken=_tables(main["spoken"], home, "spoken"),
        layers=layers, folders=folders,
    )


def _patterns(tree: Tree, path: Path) -> dict[str, tuple[str, ...]]:
    result = _lists(tree, path, "evidence")
    for name, patterns in result.items():
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                place = _place(path, pattern)
                raise WorldError(f"{place}: the evidence of {name} is no regular expression: {error}") from error
    return result


def _place(path: Path, text: str) -> str:
    """file:line of the first line that holds `text` (a backslash may be doubled there); line 1 where none does."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    number = next((n for n, line in enumerate(lines, 1) if text in line.replace("\\\\", "\\")), 1)
    return f"{path}:{number}"


def _text(tree: Tree, path: Path, what: str) -> str:
    if not isinstance(tree, str):
        raise WorldError(f"{_place(path, what)}: `{what}` must be one text")
    return tree


def _flat(tree: Tree, path: Path, what: str) -> dict[str, str]:
    if not isinstance(tree, dict):
        raise WorldError(f"{_place(path, what)}: `{what}` must hold `key: text` lines")
    return {key: _text(value, path, key) for key, value in tree.items()}


def _lists(tree: Tree, path: Path, what: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(tree, dict):
        raise WorldError(f"{_place(path, what)}: `{what}` must hold `key: [text, ...]` lines")
    return {key: tuple(_text(item, path, key) for item in (value if isinstance(value, list) else [value]))
            for key, value in tree.items()}


def _tables(tree: Tree, path: Path, what: str) -> Mapping[str, Texts]:
    if not isinstance(tree, dict):
        raise WorldError(f"{_place(path, what)}: `{what}` must hold one block per name")
    return {name: _flat(rows, path, name) for name, rows in tree.items()}


def _own_part(tree: dict[str, Tree], tag: str) -> dict[str, Tree]:
    """The part for `tag` of a file that holds several locales; the whole of any other file."""
    for name in (tag, tag.partition("-")[0]):
        part = tree.get(name)
        if isinstance(part, dict):
            return part
    only_tags = all(_TAG.fullmatch(key) and isinstance(value, dict) for key, value in tree.items())
    return {} if only_tags else tree


def _listed(folders: tuple[Path, ...], layers: tuple[str, ...]) -> str:
    return ", ".join(str(folder / tag) for tag in layers for folder in folders if (folder / tag).is_dir())
