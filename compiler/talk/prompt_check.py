"""Templates -> problems, before any call is planned: names that no call has, templates that are missing or broken.

Names are followed through the types of View (prompt_names): `call.record.AWTT`, `phase.hlod` inside a loop over
`scenario.phases`. What cannot be known without a call (arguments of macros) is left to the strict rendering.
Files whose names begin with `_` are parts: they are checked where they are included, with the names in sight there.
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, lru_cache
from pathlib import Path

import jinja2
from jinja2 import nodes

from compiler.failures import WorldError
from compiler.talk import header
from compiler.talk import prompt_sandbox as sandbox
from compiler.talk.prompt import CHANNELS, PARTS, template_name
from compiler.talk.prompt_names import CallView, View

PROMPT_NAMES: Mapping[str, object] = typing.get_type_hints(View)  # name -> type; what each is, prompt_names says
UNKNOWN = object()  # the shape of what only a call can tell
Shapes = dict[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a template: `name` is the name at fault ("" for syntax), `suggestion` what was
    probably meant ("" where nothing is near)."""

    file: str
    line: int
    name: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        hint = f" (did you mean `{self.suggestion}`?)" if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.message}{hint}"


def check_templates(folders: tuple[Path, ...], locales: Iterable[str],
                    field_names: Collection[str]) -> tuple[Problem, ...]:
    """All problems of the templates that `locales` use, each once, in order of file and line. `field_names` are the
    fields of the spec, besides those that every record has."""
    found: dict[Problem, None] = {}
    for tag in locales:
        for channel in CHANNELS:
            for part in PARTS:
                try:
                    name = template_name(tag, channel, part, folders)
                except WorldError as error:
                    found[Problem(str(folders[0]), 1, "", str(error))] = None
                    continue
                for problem in _Checker(folders, frozenset({*header.RECORD, *field_names})).file(name):
                    found[problem] = None
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line, problem.name)))


@lru_cache(maxsize=256)
def _tree(folders: tuple[Path, ...], path: Path, name: str, source: str) -> nodes.Template:
    """The template, read; TemplateSyntaxError where it cannot be. A part is included by several: it is read once."""
    environment = sandbox.environment(folders)
    environment.compile(source, name, str(path))  # finds unknown filters and tests
    return environment.parse(source, name, str(path))


class _Checker:
    """One template with the parts that it includes."""

    def __init__(self, folders: tuple[Path, ...], field_names: frozenset[str]) -> None:
        self.folders = folders
        self.field_names = field_names
        self.problems: list[Problem] = []
        self.path = ""
        self.depth = 0

    def file(self, name: str, scope: Shapes | None = None, line: int = 1) -> list[Problem]:
        """Checks the template `name` with the names in `scope` (all names of View where there is none)."""
        path = sandbox.locate(name, self.folders)
        outer, self.path = self.path, str(path) if path else self.path or name
        if path is None:
            self.add(line, name, f"there is no template {name}")
        elif self.depth > 20:
            self.add(1, name, "this template includes itself without end")
        else:
            self.depth += 1
            self.visit_file(path, name, {**PROMPT_NAMES, "range": UNKNOWN} if scope is None else dict(scope))
            self.depth -= 1
        self.path = outer
        return self.problems

    def visit_file(self, path: Path, name: str, scope: Shapes) -> None:
        try:
            tree = _tree(self.folders, path, name, sandbox.read(path))
        except jinja2.TemplateSyntaxError as error:
            self.add(error.lineno, "", error.message or "this is not Jinja2")
            return
        except WorldError as error:
            self.add(1, "", str(error))
            return
        self.block(tree.body, scope)

    def add(self, line: int, name: str, message: str, near: Iterable[str] = ()) -> None:
        close = difflib.get_close_matches(name, sorted(near), 1, 0.6)
        self.problems.append(Problem(self.path, line, name, message, close[0] if close else ""))

    # -------------------------------------------------------------------------------- statements

    def block(self, body: Iterable[nodes.Node], scope: Shapes) -> None:
        for node in body:
            self.statement(node, scope)

    def statement(self, node: nodes.Node, scope: Shapes) -> None:
        if isinstance(node, nodes.For):
            inner = {**scope, "loop": UNKNOWN}
            self.bind(node.target, _element(self.shape(node.iter, scope)), inner)
            if node.test is not None:
                self.shape(node.test, inner)
            self.block(node.body, inner)
            self.block(node.else_, dict(scope))
        elif isinstance(node, nodes.Assign):
            self.bind(node.target, self.shape(node.node, scope), scope)
        elif isinstance(node, nodes.AssignBlock):
            self.block(node.body, dict(scope))
            self.bind(node.target, str, scope)
        elif isinstance(node, nodes.With):
            inner = dict(scope)
            for target, value in zip(node.targets, node.values, strict=True):
                self.bind(target, self.shape(value, scope), inner)
            self.block(node.body, inner)
        elif isinstance(node, (nodes.Macro, nodes.CallBlock)):
            self.macro(node, scope)
        elif isinstance(node, (nodes.Import, nodes.FromImport)):
            self.imported(node, scope)
        elif isinstance(node, nodes.Include):
            self.included(node.template, scope)
        else:
            self.others(node, scope)

    def macro(self, node: nodes.Macro | nodes.CallBlock, scope: Shapes) -> None:
        if isinstance(node, nodes.Macro):
            scope[node.name] = UNKNOWN
        inner = {**scope, "caller": UNKNOWN, "varargs": UNKNOWN, "kwargs": UNKNOWN}
        inner.update({argument.name: UNKNOWN for argument in node.args})
        for default in node.defaults:
            self.shape(default, scope)
        self.block(node.body, inner)

    def imported(self, node: nodes.Import | nodes.FromImport, scope: Shapes) -> None:
        self.included(node.template, dict(PROMPT_NAMES))
        if isinstance(node, nodes.Import):
            scope[node.target] = UNKNOWN
        else:
            scope.update({name if isinstance(name, str) else name[1]: UNKNOWN for name in node.names})

    def included(self, template: nodes.Expr, scope: Shapes) -> None:
        if isinstance(template, nodes.Const) and isinstance(template.value, str):
            self.file(template.value, scope, template.lineno)
        else:
            self.shape(template, scope)

    def others(self, node: nodes.Node, scope: Shapes) -> None:
        """If, Output, blocks: their expressions here, their bodies in the same scope."""
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self.shape(child, scope)
            else:
                self.statement(child, scope)

    def bind(self, target: nodes.Node, shape: object, scope: Shapes) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = shape
        else:
            scope.update({name.name: UNKNOWN for name in target.find_all(nodes.Name)})

    # -------------------------------------------------------------------------------- expressions

    def shape(self, node: nodes.Node, scope: Shapes) -> object:
        """The type of an expression (UNKNOWN where only a call can tell), noting wrong names on the way."""
        if isinstance(node, nodes.Name):
            if node.name not in scope:
                self.add(node.lineno, node.name, f"a call has nothing called `{node.name}`", scope)
            return scope.get(node.name, UNKNOWN)
        if isinstance(node, nodes.Getattr):
            return self.member(self.shape(node.node, scope), node.attr, node.lineno)
        if isinstance(node, nodes.Getitem):
            of = self.shape(node.node, scope)
            if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                return self.member(of, node.arg.value, node.lineno)
            self.shape(node.arg, scope)
            return _element(of)
        if isinstance(node, nodes.Test) and node.name in ("defined", "undefined"):
            return bool
        if isinstance(node, nodes.Filter) and node.node is not None and node.name in ("first", "last", "counted"):
            of = self.shape(node.node, scope)
            return of if node.name == "counted" else _element(of)
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                self.shape(child, scope)
            else:
                self.others(child, scope)
        return UNKNOWN

    def member(self, of: object, name: str, line: int) -> object:
        """The type of `of.name`."""
        of = _without_none(of)
        if isinstance(of, type) and is_dataclass(of):
            known = _names_of(of)
            if name in known:
                shape = known[name]
                return ("record",) if of is CallView and name in ("record", "shown") else shape
            self.add(line, name, f"there is no `{name}` here", known)
        elif of == ("record",):
            if name not in self.field_names:
                self.add(line, name, f"the call record has no field `{name}`", self.field_names)
        elif of in (str, int, bool, float):
            self.add(line, name, f"this is a plain value; it has no `{name}`")
        elif typing.get_origin(of) is tuple:
            self.add(line, name, f"this is a list; it has no `{name}` (its items may have)",
                     [field.name for field in fields(_element(of))] if is_dataclass(_element(of)) else ())
        return UNKNOWN


@cache
def _names_of(of: type) -> Mapping[str, object]:
    """name -> type of a dataclass; working it out takes as long as half of the check."""
    return typing.get_type_hints(of)


def _without_none(shape: object) -> object:
    """`EarlierView | None` -> EarlierView"""
    if isinstance(shape, types.UnionType):
        kinds = [kind for kind in typing.get_args(shape) if kind is not types.NoneType]
        return kinds[0] if len(kinds) == 1 else UNKNOWN
    return shape


def _element(shape: object) -> typing.Any:
    """tuple[PhaseView, ...] -> PhaseView"""
    return typing.get_args(shape)[0] if typing.get_origin(shape) is tuple else UNKNOWN
