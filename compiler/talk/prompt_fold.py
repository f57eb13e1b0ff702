"""Template -> a Python function that makes the same text without Jinja2's detours.

The names of a template and their types are known (prompt_names), so that `{{ agent.name }}` can be read off the View,
an include can stand where it is included, and a loop can run over a plain tuple. What cannot be known beforehand (set,
macros, most filters) is not folded. Jinja2 stays the judge: a template that does not fold, a call that the folded one
stumbles over, and all that comes near a bound are left to prompt_sandbox, which makes the text or says what is wrong.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes

from compiler.talk import prompt_sandbox as sandbox
from compiler.talk.prompt_names import View
from compiler.talk.prompt_view import values

PIECES = 4_000  # a folded template has no more of them, however its parts include one another
ANY = object()  # a type that only a call can tell
_NAMES: Mapping[str, object] = typing.get_type_hints(View)
_COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_LOOP = {"index": "{0}", "index0": "({0} - 1)", "first": "({0} == 1)", "last": "({0} == len({1}))",
         "length": "len({1})"}
_TEXTS = {"upper": "upper", "lower": "lower", "capitalize": "capitalize", "trim": "strip"}  # filter -> method
_STUMBLES = (AttributeError, TypeError, LookupError, ValueError)

Made = Callable[[View], str]


class Excess(ValueError):
    """A folded template came near a bound."""


class Unfoldable(Exception):
    """This template is for Jinja2."""


def fill(folders: tuple[Path, ...], name: str, view: View) -> str:
    """The template `name` for `view`, the same as sandbox.fill gives. WorldError "file:line: ..." for a wrong one."""
    made = folded(folders, name)
    if made is not None:
        try:
            return made(view)
        except _STUMBLES:
            pass  # Jinja2 knows what is wrong, or that nothing is
    return sandbox.fill(folders, name, values(view))


@cache
def folded(folders: tuple[Path, ...], name: str) -> Made | None:
    """The function of a template; None where it does not fold."""
    try:
        source = _Folder(folders).function(name)
        code = compile(source, f"<folded {name}>", "exec")
    except (Unfoldable, jinja2.TemplateError, SyntaxError, RecursionError):
        return None
    scope: dict[str, Any] = {"__builtins__": {}, "len": len, "str": str, "sum": sum, "map": map,
                             "enumerate": enumerate, "Excess": Excess}
    exec(code, scope)  # of the fixed forms below: names are fields of View, all else is a repr
    made: Made = scope["made"]
    return made


@dataclass(frozen=True, slots=True)
class _Value:
    """A Python expression and its type: a class, a generic alias, or ANY."""

    code: str
    type: object


@dataclass(frozen=True, slots=True)
class _Loop:
    """The names of a loop's counter and of what it runs over."""

    counter: str
    items: str


Scope = Mapping[str, "_Value | _Loop"]


class _Folder:
    """One template with all that it includes."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.environment = sandbox.environment(folders)
        self.rows: list[str] = []
        self.depth = 1
        self.waiting: list[str] = []  # pieces of the row that is being written
        self.pieces = 0
        self.names = 0
        self.roots: dict[str, str] = {}
        self.open: list[str] = []  # templates that are being folded, to see one that includes itself

    def function(self, name: str) -> str:
        """def made(view): ..."""
        self.template(name, {})
        self.flush()
        head = ["def made(view):", " p = []", f" left = {sandbox.STEPS - self.pieces}"]
        head += [f" {local} = view.{root}" for root, local in self.roots.items()]
        tail = [f" if left < 0 or sum(map(len, p)) > {sandbox.SIZE}:", "  raise Excess", " return ''.join(p)"]
        return "\n".join([*head, *self.rows, *tail])

    def template(self, name: str, scope: Scope) -> None:
        if name in self.open or self.environment.loader is None:
            _no()
        self.open.append(name)
        source, path, _ = self.environment.loader.get_source(self.environment, name)
        self.body(jinja2.Environment._parse(self.environment, source, name, path).body, scope)
        self.open.pop()

    # -------------------------------------------------------------------------------- what is written

    def row(self, text: str) -> None:
        self.flush()
        self.rows.append(" " * self.depth + text)

    def piece(self, code: str) -> None:
        self.pieces += 1
        if self.pieces > PIECES:
            _no()
        self.waiting.append(code)

    def flush(self) -> None:
        if self.waiting:
            row = f"p += ({', '.join(self.waiting)},)"
            self.waiting = []
            self.rows.append(" " * self.depth + row)

    @contextmanager
    def inside(self, head: str) -> Iterator[None]:
        """What is written below stands inside `head`."""
        self.row(head)
        self.depth += 1
        at = len(self.rows)
        yield
        self.flush()
        if len(self.rows) == at:
            self.row("pass")
        self.depth -= 1

    def local(self) -> str:
        self.names += 1
        return f"x{self.names}"

    # -------------------------------------------------------------------------------- statements

    def body(self, body: list[nodes.Node], scope: Scope) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for part in node.nodes:
                        self.output(part, scope)
                case nodes.If():
                    self.choice(node, scope)
                case nodes.For():
                    self.loop(node, scope)
                case nodes.Include(template=nodes.Const(value=str(name)), ignore_missing=False, with_context=True):
                    self.template(name, {key: value for key, value in scope.items() if key != "loop"})
                case _:
                    _no()

    def output(self, node: nodes.Expr, scope: Scope) -> None:
        match node:
            case nodes.TemplateData(data=data):
                self.piece(repr(data))
            case nodes.CondExpr(test=test, expr1=yes, expr2=nodes.Expr() as no):
                with self.inside(f"if {self.value(test, scope).code}:"):
                    self.output(yes, scope)
                with self.inside("else:"):
                    self.output(no, scope)
            case nodes.Concat(nodes=parts):
                for part in parts:
                    self.output(part, scope)
            case _:
                value = self.value(node, scope)
                self.piece(value.code if value.type is str else f"str({value.code})")

    def choice(self, node: nodes.If, scope: Scope) -> None:
        with self.inside(f"if {self.value(node.test, scope).code}:"):
            self.body(node.body, scope)
        for other in node.elif_:
            with self.inside(f"elif {self.value(other.test, scope).code}:"):
                self.body(other.body, scope)
        if node.else_:
            with self.inside("else:"):
                self.body(node.else_, scope)

    def loop(self, node: nodes.For, scope: Scope) -> None:
        """A loop pays for the pieces that its body could write: never less than what Jinja2 counts."""
        items = self.value(node.iter, scope)
        if typing.get_origin(items.type) is not tuple or node.test or node.else_ or node.recursive:
            _no()
        if not isinstance(node.target, nodes.Name) or node.target.name == "loop":
            _no()
        over, item, counter = self.local(), self.local(), self.local()
        self.row(f"{over} = {items.code}")
        self.row("")  # the price, known when the body is written
        at, before = len(self.rows) - 1, self.pieces
        counted = any(name.name == "loop" for name in node.find_all(nodes.Name))
        head = f"for {counter}, {item} in enumerate({over}, 1):" if counted else f"for {item} in {over}:"
        with self.inside(head):
            inner: dict[str, _Value | _Loop] = {**scope, "loop": _Loop(counter, over)}
            inner[node.target.name] = _Value(item, typing.get_args(items.type)[0])
            self.body(node.body, inner)
        pay = " " * self.depth + f"left -= len({over}) * {1 + self.pieces - before}"
        self.rows[at] = f"{pay}\n{' ' * self.depth}if left < 0: raise Excess"

    # -------------------------------------------------------------------------------- expressions

    def value(self, node: nodes.Node, scope: Scope) -> _Value:
        match node:
            case nodes.Const(value=str() | int() | bool() | None as value):
                return _Value(repr(value), type(value))
            case nodes.Name(name=name):
                return self.name(name, scope)
            case nodes.Getattr(node=nodes.Name(name="loop"), attr=name) if isinstance(scope.get("loop"), _Loop):
                loop = scope["loop"]
                if name not in _LOOP or not isinstance(loop, _Loop):
                    _no()
                return _Value(_LOOP[name].format(loop.counter, loop.items), ANY)
            case nodes.Getattr(node=of, attr=name):
                return _attribute(self.value(of, scope), name)
            case nodes.Getitem(node=of, arg=arg):
                return self.item(of, arg, scope)
            case nodes.Compare(expr=left, ops=[nodes.Operand(op=op, expr=right)]) if op in _COMPARED:
                return _Value(f"({self.value(left, scope).code} {_COMPARED[op]} {self.value(right, scope).code})", bool)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                word = "and" if isinstance(node, nodes.And) else "or"
                one, two = self.value(left, scope), self.value(right, scope)
                return _Value(f"({one.code} {word} {two.code})", one.type if one.type is two.type else ANY)
            case nodes.Not(node=of):
                return _Value(f"(not {self.value(of, scope).code})", bool)
            case nodes.Test(node=of, name="none"):
                return _Value(f"({self.value(of, scope).code} is None)", bool)
            case nodes.Filter(node=nodes.Expr() as of, name=name, args=[], kwargs=[]) if name in _TEXTS:
                return _Value(f"{_text(self.value(of, scope))}.{_TEXTS[name]}()", str)
            case nodes.Filter(node=nodes.Expr() as of, name="length" | "count", args=[], kwargs=[]):
                return _Value(f"len({self.value(of, scope).code})", int)
            case _:
                _no()

    def name(self, name: str, scope: Scope) -> _Value:
        known = scope.get(name)
        if isinstance(known, _Value):
            return known
        if name not in _NAMES or known is not None:
            _no()
        return _Value(self.roots.setdefault(name, f"v_{name}"), _NAMES[name])

    def item(self, of: nodes.Expr, arg: nodes.Expr, scope: Scope) -> _Value:
        """`{"warm": "…"}[mood]`, `call.shown["AWT"]`"""
        if isinstance(of, nodes.Dict):
            table = of.as_const()
            if not all(type(side) is str for pair in table.items() for side in pair):
                _no()
            return _Value(f"{table!r}[{self.value(arg, scope).code}]", str)
        base = self.value(of, scope)
        if not isinstance(arg, nodes.Const) or not isinstance(arg.value, str) or not _is_mapping(base.type):
            _no()
        return _attribute(base, arg.value)


def _no() -> NoReturn:
    raise Unfoldable


def _attribute(base: _Value, name: str) -> _Value:
    """A field of a part of View, or an entry of a mapping."""
    kind = base.type
    if isinstance(kind, UnionType):  # None stumbles when it is read
        kind = next(part for part in typing.get_args(kind) if part is not NoneType)
    if _is_mapping(kind):
        return _Value(f"{base.code}[{name!r}]", str if typing.get_args(kind)[1] is str else ANY)
    if not isinstance(kind, type) or not is_dataclass(kind) or name not in {field.name for field in fields(kind)}:
        _no()
    return _Value(f"{base.code}.{name}", typing.get_type_hints(kind)[name])


def _is_mapping(kind: object) -> bool:
    return typing.get_origin(kind) is Mapping


def _text(value: _Value) -> str:
    return value.code if value.type is str else f"str({value.code})"
