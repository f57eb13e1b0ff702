"""The locales: locales/<tag>/ -> Locale. A new locale is one new folder.

A Locale is laid from files, weakest first: `_global`, the language (`de`), the region (`de-CH`) where there is such a
folder; in each of them the shipped file, then the project's of the same name over it, key by key. All leaves are
texts, whatever they look like (`no: nein` is a text, not a truth value).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from compiler import texttree
from compiler.failures import WorldError
from compiler.texttree import Texts, Tree

GLOBAL = "_global"
NEEDED = ("name", "english", "babel", "speakers", "texts", "evidence", "spoken")
NEEDED_TEXTS = ("none", "yes", "no", "group", "decimal")
ROLES = ("agent", "customer")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@dataclass(frozen=True, eq=False, repr=False)
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

    def __repr__(self) -> str:
        return f"<Locale {self.tag}>"

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
        return texttree.table(path)

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


def is_tag(text: str) -> bool:
    """Whether `text` has the form of a locale tag (de, de-CH, de_ch)."""
    return bool(_TAG.fullmatch(normal(text)))


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
        labels.update(texttree.texts(_own_part(texttree.table(path), locale.tag), path, "labels"))
    if "values" in settings:
        path = folder / settings["values"]
        for name, rows in _own_part(texttree.table(path), locale.tag).items():
            values[name] = {**values.get(name, {}), **texttree.texts(rows, path, name)}
    texts = {**locale.texts, **{k: v for k, v in settings.items() if k not in ("labels", "values")}}
    return replace(locale, labels=labels, values={k: v for k, v in values.items()},
                   texts=texts)


def _laid(name: str, layers: tuple[str, ...], folders: tuple[Path, ...]) -> dict[str, Tree]:
    result: dict[str, Tree] = {}
    for tag in reversed(layers):
        for folder in reversed(folders):
            path = folder / tag / name
            if path.is_file():
                tree = texttree.table(path)
                _SHAPES[name](tree, path)
                result = _over(result, tree)
    return result


def _over(low: dict[str, Tree], high: dict[str, Tree]) -> dict[str, Tree]:
    result = dict(low)
    for key, value in high.items():
        below = result.get(key)
        result[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _built(tag: str, home: Path, main: dict[str, Tree], labels: dict[str, Tree], values: dict[str, Tree],
           layers: tuple[str, ...], folders: tuple[Path, ...]) -> Locale:
    """The locale from files whose shapes are right already; what no file has is missed in `home`, line 1."""
    for key in NEEDED:
        if key not in main:
            raise WorldError(f"{home}:1: the locale {tag} lacks `{key}`")
    texts, speakers = texttree.texts(main["texts"], home, "texts"), texttree.lists(main["speakers"], home, "speakers")
    for key in NEEDED_TEXTS:
        if key not in texts:
            raise WorldError(f"{texttree.place(home, 'texts')}: `texts` of the locale {tag} lacks `{key}`")
    for role in ROLES:
        if not speakers.get(role):
            place = texttree.place(home, "speakers")
            raise WorldError(f"{place}: `speakers` of the locale {tag} lacks a word for `{role}`")
    name, english, babel = (texttree.text(main[key], home, key) for key in ("name", "english", "babel"))
    return Locale(
        tag, name, english, babel, speakers, texttree.texts(labels, home, "labels"),
        texttree.tables(values, home, "values"), texts, _patterns(main["evidence"], home),
        texttree.tables(main["spoken"], home, "spoken"), layers, folders,
    )


def _main_shape(tree: dict[str, Tree], path: Path) -> None:
    """WorldError with the line of the first key of a locale.yml whose value is not of its form."""
    for key, value in tree.items():
        if key in ("name", "english", "babel"):
            texttree.text(value, path, key)
        elif key == "texts":
            texttree.texts(value, path, key)
        elif key == "speakers":
            texttree.lists(value, path, key)
        elif key == "evidence":
            _patterns(value, path)
        elif key == "spoken":
            texttree.tables(value, path, key)
        else:
            raise WorldError(f"{texttree.place(path, key)}: a locale has no `{key}`; it has: {', '.join(NEEDED)}")


def _patterns(tree: Tree, path: Path) -> dict[str, tuple[str, ...]]:
    result = texttree.lists(tree, path, "evidence")
    for name, patterns in result.items():
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                place = texttree.place(path, pattern)
                raise WorldError(f"{place}: the evidence of {name} is no regular expression: {error}") from error
    return result


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


_SHAPES: Mapping[str, Callable[[dict[str, Tree], Path], object]] = {
    "locale.yml": _main_shape,
    "labels.yml": lambda tree, path: texttree.texts(tree, path, "labels"),
    "value_labels.yml": lambda tree, path: texttree.tables(tree, path, "values"),
}
