"""lark's tree of one line -> our own Sentence. lark's objects go no further than this file."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from compiler.lang import syntax as s

if TYPE_CHECKING:
    from lark import Token

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_ESCAPE = re.compile(r"\\(.)")
_FORMS: dict[str, s.Form] = {
    "rises": "rises by", "falls": "falls by", "times": "is multiplied by", "becomes": "becomes",
    "within": "stays within", "starts_at": "starts at", "is_": "is",
}  # fmt: skip
_COMPARE = {"eq": "is", "ne": "is not", "gt": ">", "ge": ">=", "lt": "<", "le": "<=", "in_": "in", "not_in": "not in"}
_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/", "of_": "of"}


def sentence(tree: Any) -> s.Sentence:
    """The one sentence of a parsed line."""
    if tree.data == "line":
        return _plain(tree.children[0], override=False)
    if tree.data == "override":
        return _plain(tree.children[0], override=True)
    return _sentence(tree, "remove")


def _plain(tree: Any, override: bool) -> s.Sentence:
    if tree.data in ("entry", "setting"):
        return _sentence(tree, "entry" if tree.data == "entry" else "setting", override)
    if tree.data == "when_block":
        return _sentence(tree, "when", override)
    if tree.data == "use":
        words = [s.Text(text_of(tree.children[0]), _token_at(tree.children[0]))]
        name = tuple(s.Name((str(token),), _token_at(token)) for token in tree.children[1:])
        return s.Sentence("use", head=name, values=tuple(words), at=_at(tree), override=override)
    if tree.data == "starts_as":
        return _starts_as(tree, override)
    return _sentence(tree, _FORMS[tree.data], override)


def _sentence(tree: Any, form: s.Form, override: bool = False) -> s.Sentence:
    head: tuple[s.Node, ...] = ()
    label: str | None = None
    values: tuple[s.Node, ...] = ()
    guard: s.Node | None = None
    for child in tree.children:
        if child.data == "head":
            head = tuple(node(part) for part in child.children)
        elif child.data == "label":
            label = text_of(child.children[0])
        elif child.data == "values":
            values = tuple(node(part) for part in child.children)
        elif child.data == "guard":
            guard = node(child.children[0])
        else:
            values = (node(child),)
    return s.Sentence(form, head, label, values, "", guard, override, _at(tree))


def _starts_as(tree: Any, override: bool) -> s.Sentence:
    what = tree.children[0]
    guard = node(tree.children[1].children[0]) if len(tree.children) > 1 else None
    if what.data == "one_of":
        return s.Sentence("starts as", distribution="one of", guard=guard, override=override, at=_at(tree))
    words = [str(child) for child in what.children if not hasattr(child, "data")]
    parameters = tuple(
        s.Pair(s.Name((str(child.children[0]),), _token_at(child.children[0])), node(child.children[1]), _at(child))
        for child in what.children
        if hasattr(child, "data")
    )
    return s.Sentence("starts as", (), None, parameters, " ".join(words), guard, override, _at(tree))


def node(tree: Any) -> s.Node:
    """An expression, a head word, a pair."""
    build = _BUILD.get(tree.data)
    return build(tree) if build is not None else _literal(tree)


def _junction(op: str) -> Callable[[Any], s.Node]:
    def build(tree: Any) -> s.Node:
        parts: list[s.Node] = []
        for child in map(node, tree.children):
            flat = child.parts if isinstance(child, s.Junction) and child.op == op else (child,)
            parts.extend(flat)
        return s.Junction(cast(Any, op), tuple(parts), _at(tree))

    return build


def _compare(tree: Any) -> s.Node:
    left, right = map(node, tree.children)
    return s.Comparison(_COMPARE[tree.data], left, right, _at(tree))


def _arithmetic(tree: Any) -> s.Node:
    left, right = map(node, tree.children)
    return s.Binary(_ARITHMETIC[tree.data], left, right, _at(tree))


def _call(tree: Any) -> s.Node:
    arguments = tuple(node(child) for child in tree.children[1].children) if len(tree.children) > 1 else ()
    return s.Call(str(tree.children[0]), arguments, _at(tree))


def _ramp(tree: Any) -> s.Node:
    before, after, *over = map(node, tree.children)
    return s.RampOver(before, after, over[0] if over else None, _at(tree))


def _pair(tree: Any) -> s.Node:
    name = cast(s.Name, node(tree.children[0]))
    value = tree.children[1]
    second = node(value) if hasattr(value, "data") else s.Text(text_of(value), _token_at(value))
    return s.Pair(name, second, _at(tree))


def _long(tree: Any) -> s.Node:
    first, *rest = str(tree.children[0])[3:-3].split("\n")
    margin = min((len(row) - len(row.lstrip(" ")) for row in rest if row.strip()), default=0)
    return s.Text("\n".join([first.strip(), *(row[margin:].rstrip() for row in rest)]).strip(), _at(tree))


_BUILD: dict[str, Callable[[Any], s.Node]] = {
    **dict.fromkeys(_COMPARE, _compare),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    "and_": _junction("and"),
    "or_": _junction("or"),
    "not_": lambda tree: s.Negation(node(tree.children[0]), _at(tree)),
    "minus": lambda tree: s.Minus(node(tree.children[0]), _at(tree)),
    "range": lambda tree: s.Range(node(tree.children[0]), node(tree.children[1]), _at(tree)),
    "group": lambda tree: s.Group(tuple(node(child) for child in tree.children), _at(tree)),
    "path": lambda tree: s.Name(tuple(str(token) for token in tree.children), _at(tree)),
    "text": lambda tree: s.Text(text_of(tree.children[0]), _at(tree)),
    "long_text": _long,
    "call": _call,
    "ramp": _ramp,
    "pair": _pair,
}


def _literal(tree: Any) -> s.Lit:
    kind = tree.data
    written = str(tree.children[0])
    value, currency = _value(kind, written)
    return s.Lit(cast(Any, str(kind)), value, written, currency, _at(tree))


def _value(kind: str, written: str) -> tuple[float, str]:
    """The value in its canonical unit, and the currency of money. What is no date or time of day is NaN."""
    plain = written.replace("_", "")
    if kind == "percent":
        return hundredth(plain[:-1]), ""
    if kind == "points":
        return hundredth(plain[:-2]), ""
    if kind == "duration":
        parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhdw])", plain)
        return sum(float(number) * _SECONDS[unit] for number, unit in parts), ""
    if kind == "date":
        try:
            return float(date.fromisoformat(written).toordinal()), ""
        except ValueError:
            return float("nan"), ""
    if kind == "time":
        hours, minutes = map(int, written.split(":"))
        good = minutes < 60 and hours * 60 + minutes <= 24 * 60
        return (float(hours * 3600 + minutes * 60) if good else float("nan")), ""
    if kind == "money":
        return float(plain[4:]), plain[:3]
    return float(plain.removesuffix("dB")), ""


def hundredth(written: str) -> float:
    """`12.5` -> 0.125, the float nearest to the decimal figure (12.5 / 100 may miss it by one bit)."""
    return float(f"{written}e-2")


def text_of(token: Token) -> str:
    """The value of a quoted text."""
    return _ESCAPE.sub(lambda match: "\n" if match.group(1) == "n" else match.group(1), str(token)[1:-1])


def _at(tree: Any) -> s.At:
    meta = tree.meta
    return (0, 0) if meta.empty else (meta.start_pos, meta.end_pos)


def _token_at(token: Token) -> s.At:
    return (token.start_pos or 0, token.end_pos or 0)
