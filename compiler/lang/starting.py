"""`starts` lines, `stays within` and the rows of `decide`: the sentence -> its value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from compiler.lang import acts, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.outline import Block, Statement, readable, row_name
from compiler.lang.resolve import Scope
from compiler.lang.suggest import nearest
from compiler.source import Span


@dataclass(frozen=True, slots=True)
class Starting:
    """A `starts` line's value before it becomes model.Start; `complete`: all its rows could be read."""

    kind: str
    shares: tuple[tuple[str, float], ...] = ()
    parameters: tuple[tuple[str, m.Expr], ...] = ()
    complete: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class DecideRow:
    shares: tuple[tuple[str, float], ...]
    guard: m.Expr | None
    span: Span = field(compare=False)


def starting(scope: Scope, block: Block, statement: Statement) -> Starting | None:
    """The value of `starts at …` or `starts as …`."""
    said, line, kind = statement.said, statement.line, block.kind.words
    if said.form == "starts at":
        if kind == "choice":
            scope.report(errors.choice_starts_at(line, said))
            return None
        if not said.values:
            scope.report(errors.value_missing(line, said, block.id, "a share such as 92%"))
            return None
        typed = scope.value(line, said.values[0])
        if typed is None:
            return None
        if kind in ("flag", "check"):
            if typed.unit is not m.Unit.SHARE or typed.points:
                scope.report(errors.chance_expected(line, said.values[0], typed))
                return None
            if isinstance(typed.expr, m.Constant) and not 0 <= typed.expr.value <= 1:
                scope.report(errors.chance_out_of_range(line, block.id, said.values[0], typed.expr.value))
                return None
            return Starting("chance", parameters=(("chance", typed.expr),))
        return Starting("constant", parameters=(("value", typed.expr),))
    if said.distribution in ("one of", "weights"):
        return _list(scope, block, statement)
    return _distribution(scope, block, statement)


def _list(scope: Scope, block: Block, statement: Statement) -> Starting | None:
    said = statement.said
    if block.kind.words in ("flag", "check"):
        scope.report(errors.flag_starts_as(statement.line, said))
        return None
    if not statement.rows:
        scope.report(errors.list_without_rows(statement.line, said))
        return None
    weights = said.distribution == "weights"
    shares = _shares(scope, statement, weights, block.kind.words == "kpi")
    kind = "weights" if weights else "shares"
    return Starting(kind, tuple(sorted(shares.items())), complete=len(shares) == len(statement.rows))


def _shares(scope: Scope, statement: Statement, weights: bool, numeric: bool = False) -> dict[str, float]:
    """The rows of a list; each wrong one is reported and left out."""
    result: dict[str, float] = {}
    for row in statement.rows:
        if not readable(row):
            continue
        name, values = row_name(row), row.said.values
        node = values[0] if len(values) == 1 else None
        wanted = "number" if weights else "percent"
        if numeric and not isinstance(row.said.head[0], s.Lit):
            scope.report(errors.kpi_row_is_number(row.line, row.said.head[0]))
        elif not isinstance(node, s.Lit) or node.kind != wanted:
            scope.report(errors.row_value(row.line, row.said, weights))
        elif name in result:
            scope.report(errors.row_twice(row.line, row.said))
        else:
            result[name] = node.value
    return result


def _distribution(scope: Scope, block: Block, statement: Statement) -> Starting | None:
    said, line = statement.said, statement.line
    if block.kind.words in ("choice", "flag", "check"):
        scope.report(errors.only_numbers_are_distributed(line, said, block.kind.words))
        return None
    wanted = acts.DISTRIBUTIONS.get(said.distribution)
    if wanted is None:
        close = nearest(said.distribution, acts.DISTRIBUTIONS)
        scope.report(errors.unknown_distribution(line, said, close, tuple(acts.DISTRIBUTIONS)))
        return None
    given = {pair.name.text: pair for pair in said.values if isinstance(pair, s.Pair)}
    if set(given) != set(wanted) or len(said.values) != len(wanted):
        scope.report(errors.distribution_needs(line, said, wanted, tuple(given)))
        return None
    typed = {name: scope.value(line, given[name].value) for name in wanted}
    good = {name: value for name, value in typed.items() if value is not None}
    if len(good) < len(typed):
        return None
    first = good[wanted[0]]
    for name in wanted[1:]:
        plain = name in ("spread", "cv")
        same = good[name].unit is first.unit and good[name].currency == first.currency
        if good[name].unit is not m.Unit.NUMBER if plain else not same:
            scope.report(errors.parameter_unit(line, given[name], name, good[name], first, plain))
            return None
    return Starting(said.distribution, parameters=tuple((name, good[name].expr) for name in wanted))


def within(scope: Scope, block: Block, statement: Statement) -> tuple[float, float] | None:
    """(low, high) of `stays within`."""
    said, line = statement.said, statement.line
    node = said.values[0] if said.values else None
    if not isinstance(node, s.Range) or said.head or statement.conditions:
        scope.report(errors.within_needs_range(line, said))
        return None
    low, high = scope.value(line, node.low), scope.value(line, node.high)
    if low is None or high is None:
        return None
    unit: tuple[m.Unit, str] | None = (m.Unit.SHARE, "")
    if block.kind.words == "kpi":
        unit = scope.unit_of(block.id)
    for typed, end in ((low, node.low), (high, node.high)):
        if unit is not None and ((typed.unit, typed.currency) != unit or typed.points):
            scope.report(errors.unit_of_field(line, end, block.id, typed, *unit))
            return None
        if not isinstance(typed.expr, m.Constant):
            scope.report(errors.within_needs_range(line, said))
            return None
    ends = (low.expr.value, high.expr.value)  # type: ignore[union-attr]  # both are Constants, checked above
    if ends[0] > ends[1]:
        scope.report(errors.range_backwards(line, node))
        return None
    return ends


def decide_row(scope: Scope, statement: Statement) -> DecideRow | None:
    """One row of a `decide`."""
    said, line = statement.said, statement.line
    good, guard = scope.guard(statement.conditions)
    words = said.words
    if words[-2:] == ("one", "of"):
        shares = _shares(scope, statement, weights=False)
        if not statement.rows:
            scope.report(errors.list_without_rows(line, said))
        elif len(shares) == len(statement.rows):
            check_sum(scope, line.span(said.at), shares, False)
        good = good and len(shares) == len(statement.rows) and bool(shares)
    else:
        head = said.head[1:] if words[0] == "otherwise" else said.head
        if len(head) != 1 or not isinstance(head[0], s.Name):
            scope.report(errors.decide_row(line, said))
            return None
        shares = {head[0].text: 1.0}
    if words[0] != "otherwise" and guard is None and good:
        scope.report(errors.decide_row_without_when(line, said))
        return None
    return DecideRow(tuple(sorted(shares.items())), guard, statement.span()) if good else None


def is_row(statement: Statement) -> bool:
    """Whether a line of a decide is one of its rows."""
    said = statement.said
    return said.form == "entry" and said.words != ("only",)


def check_sum(scope: Scope, span: Span, shares: dict[str, float], weights: bool) -> None:
    """Reports shares that do not add up to 100 %, or weights that are all nothing."""
    total = math.fsum(shares.values())
    if weights:
        if total <= 0:
            scope.report(errors.weights_all_zero(span))
    elif abs(total - 1) > 1e-9:
        scope.report(errors.shares_miss(span, total, way_out=", or write `starts as weights` with plain numbers"))
