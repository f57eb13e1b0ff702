"""The text of one logical line -> a Sentence, or the Mistake in it. Equal lines are parsed once."""

from __future__ import annotations

import pickle
import sys
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.lang import convert, mistakes
from compiler.lang.syntax import Mistake, Sentence

if TYPE_CHECKING:
    from lark import Lark

_GRAMMAR = Path(__file__).with_name("grammar.lark")
LONGEST = 5_000  # characters of a line outside its texts


@lru_cache(maxsize=65_536)
def sentence(text: str) -> Sentence | Mistake:
    """What the line says. Never raises on any text."""
    from lark.exceptions import UnexpectedInput

    early = mistakes.before_parsing(text, LONGEST)
    if early is not None:
        return early
    try:
        tree = parser().parse(text)
    except UnexpectedInput as problem:
        return mistakes.found(text, problem)
    return convert.sentence(tree)


@cache
def parser() -> Lark:
    """The LALR parser, from the cache in the user's own folder where there is a sound one."""
    grammar = _GRAMMAR.read_text(encoding="utf-8")
    path = _cache_file(grammar)
    known = _read_cache(path) if path is not None else None
    if known is not None:
        return known
    from lark import Lark

    built = Lark(grammar, start="line", parser="lalr", lexer="contextual", propagate_positions=True)
    if path is not None:
        _write_cache(path, built)
    return built


def _cache_file(grammar: str) -> Path | None:
    """Where the tables of this grammar, lark and Python are kept; None where there is no place for it."""
    import lark
    from platformdirs import user_cache_path

    key = sha256("\n".join((grammar, lark.__version__, sys.version)).encode()).hexdigest()[:20]
    try:
        return user_cache_path("callsheet", appauthor=False) / f"grammar-{key}.bin"
    except (OSError, RuntimeError):  # no home folder
        return None


def _read_cache(path: Path) -> Lark | None:
    """The parser kept at `path`; None unless the file is whole: its first 32 bytes are the hash of the rest."""
    from lark import Lark

    try:
        data = path.read_bytes()
    except OSError:
        return None
    if sha256(data[32:]).digest() != data[:32]:
        return None
    try:
        return Lark.load(BytesIO(data[32:]))
    except (pickle.UnpicklingError, AttributeError, ImportError, KeyError, TypeError, ValueError, EOFError):
        return None


def _write_cache(path: Path, built: Lark) -> None:
    """Keeps the parser's tables, whole or not at all. A cache that cannot be written is only slower: no message."""
    from compiler import files
    from compiler.failures import WorldError

    buffer = BytesIO()
    built.save(buffer)
    data = buffer.getvalue()
    try:
        files.write(path, sha256(data).digest() + data)
    except WorldError:
        return
