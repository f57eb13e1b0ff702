"""Locale -> what is wrong with its phrase book: missing keys, unknown slots, phrases that are not well formed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog import Locale, load
from compiler.failures import WorldError
from compiler.talk.writers._embedded_book import Book, as_lines, as_step
from compiler.talk.writers._embedded_book import load as load_book
from compiler.talk.writers._embedded_grammar import slots
from compiler.talk.writers._embedded_values import SLOTS
from compiler.texttree import Tree

MODEL = "en"  # the phrase book whose keys every other one must have
PLAIN = frozenset({"words"})  # files of single words, not of phrases
OPEN = ("interruptions.", "behaviours.", "words.daytime.", "words.products.", "generic.patterns")  # a locale's own rows
STEPS = frozenset({"agent", "customer", "pause", "either"})


def check_phrases(locale: Locale) -> tuple[str, ...]:
    """Every problem as `file: key: what is wrong`, sorted by file; empty for a complete book. WorldError where the
    files cannot be read at all."""
    book = load_book(locale)
    return tuple([*_missing(book, load_book(load(MODEL, locale.folders))), *_unsound(book)])


def _missing(book: Book, model: Book) -> Iterator[str]:
    for key in keys(model):
        if not book.has(key) and not key.startswith(OPEN):
            yield f"{book.place(key)}: `{key}` is missing"


def keys(book: Book) -> list[str]:
    """All keys that hold text or lists, `<file>.<name>…`, sorted."""
    return sorted(key for name, tree in book.tree.items() for key in _keys(name, tree))


def _keys(name: str, tree: Tree) -> Iterator[str]:
    if not isinstance(tree, dict):
        yield name
        return
    for part, below in tree.items():
        yield from _keys(f"{name}.{part}", below)


def _unsound(book: Book) -> Iterator[str]:
    known = SLOTS | set(book.names("words.parts"))
    for key in keys(book):
        if key.partition(".")[0] in PLAIN and not key.startswith("words.parts."):
            continue
        if key.endswith((".match", ".fits", ".product", ".do_it", ".answers", ".patterns", ".unless")):
            continue
        try:
            found = list(_slots(book.find(key) or [], f"{book.place(key)}: `{key}`"))
        except WorldError as error:
            yield str(error)
            continue
        for slot in sorted({slot for slot in found if slot not in known}):
            yield f"{book.place(key)}: `{key}`: there is no slot `{{{slot}}}`"


def _slots(tree: Tree, place: str) -> Iterator[str]:
    """The slots of all phrases below a key, exchanges included; WorldError for what is not well formed."""
    if isinstance(tree, list) and any(isinstance(item, dict) and STEPS & set(item) for item in tree):
        for item in tree:
            as_step(item, place, "")
            ways = item.get("either") if isinstance(item, dict) else None
            for way in ways if isinstance(ways, list) else [item.get(role) for role in ("agent", "customer")
                                                            if isinstance(item, dict) and role in item]:
                if way is not None:
                    yield from _slots(way, place)
        return
    for line in as_lines(tree, place):
        yield from slots(line.nodes)
