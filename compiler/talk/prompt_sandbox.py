"""Templates as data: Jinja2 with strict names, no way out of the template folders, and a bound on everything.

A template sees values and filters. It calls nothing but `range` and its own macros, changes nothing, and ends: at most
STEPS turns of all its loops together, SIZE characters in any text, and no recursion without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import fields
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from compiler.failures import WorldError
from compiler.talk.prompt_names import PARTS

STEPS = 20_000
SIZE = 200_000
FILTERS = ("abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items", "last", "length",
           "list", "lower", "map", "max", "min", "reject", "rejectattr", "round", "select", "selectattr", "sort",
           "string", "sum", "title", "trim", "unique", "upper")
PLAIN = {kind: frozenset(field.name for field in fields(kind)) for kind in PARTS}  # values that need no look
_steps: ContextVar[list[int]] = ContextVar("template steps")


class Bounds(jinja2.TemplateRuntimeError):
    """A template that would not end, or not end soon."""


def _sized(text: str) -> str:
    if len(text) > SIZE:
        raise Bounds(f"this makes a text of more than {SIZE:,} characters")
    return text


def _counted(items: Iterable[object]) -> list[object]:
    """The items of a loop, paid for from the template's steps."""
    left = _steps.get()
    found = list(islice(items, left[0] + 1))
    left[0] -= len(found)
    if left[0] < 0:
        raise Bounds(f"the loops of this template take more than {STEPS:,} turns")
    return found


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > STEPS:
        raise Bounds(f"the loops of this template take more than {STEPS:,} turns")
    return numbers


def _join(items: Iterable[object], between: str = "", attribute: str | None = None) -> str:
    found = [item if attribute is None else getattr(item, attribute) for item in _counted(items)]
    parts = [str(part) for part in found]
    if sum(map(len, parts)) + len(between) * len(parts) > SIZE:
        raise Bounds(f"this makes a text of more than {SIZE:,} characters")
    return between.join(parts)


def _replace(text: str, old: str, new: str) -> str:
    if len(text) + str(text).count(old) * len(new) > SIZE:
        raise Bounds(f"this makes a text of more than {SIZE:,} characters")
    return str(text).replace(old, new)


class Bounded(ImmutableSandboxedEnvironment):
    """The environment of all templates."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, load: Callable[[str], tuple[str, str, Callable[[], bool]] | None]) -> None:
        super().__init__(loader=jinja2.FunctionLoader(load), undefined=jinja2.StrictUndefined, autoescape=False,
                         trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False, cache_size=200)
        shipped: dict[str, Callable[..., Any]] = dict(self.filters)
        self.filters = {name: shipped[name] for name in FILTERS}
        self.filters.update(join=_join, replace=_replace, counted=_counted)
        self.globals = {"range": _range}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Every loop counts its turns, every `~` its length."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.iter.lineno)
        for concat in tree.find_all(nodes.Concat):
            pieces = nodes.List(list(concat.nodes), lineno=concat.lineno)
            concat.nodes = [nodes.Filter(pieces, "join", [], [], None, None, lineno=concat.lineno)]
        return tree

    def is_safe_callable(self, obj: Any) -> bool:
        return obj is _range or isinstance(obj, (Macro, BlockReference))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return not attr.startswith("_") and (not callable(value) or isinstance(value, Macro))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A part of View has its fields, a mapping its keys, and nothing else."""
        if attribute in PLAIN.get(type(obj), ()):
            return getattr(obj, attribute)
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.is_safe_callable(obj):
            raise SecurityError("a template calls nothing but `range` and its own macros; there are filters: `|upper`")
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = all(isinstance(side, (int, float)) and abs(side) < 1e9 for side in (left, right))
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _sized(left + right)
        if not numbers or operator == "**":
            raise SecurityError(f"`{operator}` is for small numbers only (`+` and `~` join texts)")
        return super().call_binop(context, operator, left, right)


@cache
def environment(folders: tuple[Path, ...]) -> Bounded:
    """The environment whose templates lie in `folders`, the first that has a name wins."""
    return Bounded(lambda name: _found(name, folders))


def _found(name: str, folders: tuple[Path, ...]) -> tuple[str, str, Callable[[], bool]] | None:
    path = locate(name, folders)
    return None if path is None else (read(path), str(path), lambda: True)


def locate(name: str, folders: tuple[Path, ...]) -> Path | None:
    """The file of a template; None where there is none inside the folders (links that lead outside do not count)."""
    for folder in folders:
        path = folder / name
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    return None


def read(path: Path) -> str:
    """The template's text; WorldError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WorldError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error


def fill(folders: tuple[Path, ...], name: str, values: Mapping[str, object]) -> str:
    """The template `name` with `values`. WorldError "file:line: ..." for whatever is wrong with the template."""
    _steps.set([STEPS])
    try:
        parts: list[str] = []
        size = 0
        for part in environment(folders).get_template(name).generate(values):
            parts.append(part)
            size += len(part)
            if size > SIZE:
                raise Bounds(f"this makes a text of more than {SIZE:,} characters")
        return "".join(parts)
    except jinja2.TemplateSyntaxError as error:
        raise WorldError(f"{error.filename or name}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateNotFound as error:
        raise WorldError(f"there is no template {error.name} in {', '.join(map(str, folders))}") from error
    except RecursionError as error:
        raise WorldError(f"{_place(error, name, folders)}: this template calls itself without end") from error
    except (jinja2.TemplateRuntimeError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise WorldError(f"{_place(error, name, folders)}: {error}") from error


def _place(error: BaseException, name: str, folders: tuple[Path, ...]) -> str:
    """file:line in the template where the error arose: Jinja2 puts the template's lines into the traceback."""
    place = f"{locate(name, folders) or name}:1"
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
