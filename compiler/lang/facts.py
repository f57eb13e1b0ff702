"""Blocks -> facts: each thing that a spec says, resolved, with the key by which layers and diffs know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from compiler.lang import acts, canon, errors
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.names import Names
from compiler.lang.outline import Block, Statement, readable, row_name
from compiler.lang.resolve import Scope
from compiler.lang.schema import EVENTS
from compiler.lang.suggest import nearest
from compiler.lang.values import Asked, read
from compiler.source import Span

Owner = tuple[str, str]  # ("field", "AWT"), ("event", "outage"), ("volume", "")
VERBS = ("rises by", "falls by", "is multiplied by", "becomes")


@dataclass(frozen=True, slots=True)
class Fact:
    """`slot` says what of its owner it is about: ("weekend",), ("starts",), ("rises by", member)."""

    owner: Owner
    slot: tuple[str, ...]
    guard: m.Expr | None
    value: object
    span: Span
    layer: int
    override: bool  # stands in an `override` block: may change what a lower layer says
    must_exist: bool = False  # has `override` of its own
    many: bool = False  # one of a sequence: its value belongs to its key
    title: str = ""  # of its block, for messages

    @property
    def key(self) -> tuple[Owner, tuple[str, ...], str]:
        slot = (*self.slot, repr(self.value)) if self.many else self.slot
        return self.owner, slot, canon.key(self.guard)


@dataclass(frozen=True, slots=True)
class Removal:
    """`remove …` inside a block: takes away what `slot` names (None: anything) under exactly that guard."""

    block: Block
    statement: Statement
    owners: tuple[Owner, ...]
    words: tuple[str, ...]
    fixed: m.Expr | None  # the condition of the block around it
    guard: m.Expr | None
    layer: int


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


@dataclass(slots=True)
class Facts:
    """`failed`: (owner, first word of the slot) of lines that were reported, so that nothing is missed there."""

    scope: Scope
    facts: list[Fact] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    failed: set[tuple[Owner, str]] = field(default_factory=set)

    @property
    def names(self) -> Names:
        return self.scope.names

    def add(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if not block.removes:
                self._block(block)

    # ------------------------------------------------------------------------------------------- blocks

    def _block(self, block: Block) -> None:
        if block.kind.words == "decide":
            self._rows(block)
        for statement in block.statements:
            if not (block.kind.words == "decide" and is_row(statement)):
                self._statement(block, statement)
        if block.guards:
            self._block_guard(block)

    def _block_guard(self, block: Block) -> None:
        """`phase upsell when upsold`: as if it held `only when upsold`."""
        good, guard = self.scope.guard(block.guards)
        if block.kind.words not in ("phase", "check"):
            self.scope.report(errors.block_with_guard(block))
        elif good and guard is not None and block.kind.words == "phase":
            self._emit(block, ("only when",), None, guard, block.line.span(block.said.at))

    def _emit(
        self, block: Block, slot: tuple[str, ...], guard: m.Expr | None, value: object, span: Span,
        owner: Owner | None = None, must_exist: bool = False, many: bool = False,
    ) -> None:  # fmt: skip
        self.facts.append(
            Fact(
                owner or owner_of(block), slot, guard, value, span, block.layer,
                _overrides(block) or must_exist, must_exist, many, block.title,
            )
        )  # fmt: skip

    def _fail(self, block: Block, slot: str) -> None:
        self.failed.add((owner_of(block), slot))

    # ------------------------------------------------------------------------------------------- statements

    def _statement(self, block: Block, statement: Statement) -> None:
        said = statement.said
        match said.form:
            case "remove":
                self._remove(block, statement)
            case "setting":
                self._setting(block, statement)
            case "entry":
                self._entry(block, statement)
            case "starts at" | "starts as":
                if self._allowed(block, statement, "starts"):
                    self._starts(block, statement)
            case "stays within":
                if self._allowed(block, statement, "within"):
                    self._within(block, statement)
            case "is":
                if self._allowed(block, statement, "is"):
                    self._is(block, statement)
            case "use":
                self.scope.report(errors.not_in_block(statement.line, said, block.kind))
            case _:
                if self._allowed(block, statement, "effects"):
                    self._effect(block, statement)

    def _allowed(self, block: Block, statement: Statement, what: str) -> bool:
        if what in block.kind.says:
            return True
        self.scope.report(errors.not_in_block(statement.line, statement.said, block.kind))
        self._fail(block, what)
        return False

    def _entry(self, block: Block, statement: Statement) -> None:
        """A line of words only: `only when C`, `by weekday`."""
        words = statement.said.words
        if words == ("only",) and statement.said.guard is not None:
            if self._allowed(block, statement, "only when"):
                good, guard = self.scope.guard(statement.conditions)
                if good:
                    self._emit(block, ("only when",), None, guard, statement.span(), must_exist=statement.said.override)
            return
        if block.kind.words == "volume" and words == ("by", "weekday"):
            self._by_weekday(block, statement)
            return
        self.scope.report(errors.unknown_line(statement.line, statement.said, block.kind))
        self._fail(block, " ".join(words))

    def _setting(self, block: Block, statement: Statement) -> None:
        said = statement.said
        name = " ".join(said.words)
        setting = block.kind.setting(name)
        slot: tuple[str, ...] = (name,)
        if setting is not None and setting.of:
            setting = None
        if setting is None:
            setting = block.kind.setting(" ".join(said.words[:-1]))
            if setting is None or not setting.of:
                if block.kind.any_text:
                    return self._free_text(block, statement, name)
                self.scope.report(errors.unknown_setting(statement.line, said, block.kind))
                self._fail(block, nearest(name, [known.name for known in block.kind.settings]) or name)
                return None
            slot = (setting.name, said.words[-1])
        if statement.conditions and not setting.guarded:
            self.scope.report(errors.setting_takes_no_guard(statement, setting.name))
            return self._fail(block, setting.name)
        anchor = block.id if block.kind.words in EVENTS else None
        value = read(setting.type, Asked(self.scope, statement.line, said, name, anchor))
        good, guard = self.scope.guard(statement.conditions)
        if value is None or not good:
            return self._fail(block, setting.name)
        self._emit(block, slot, guard, value, statement.span(), must_exist=said.override, many=setting.many)
        return None

    def _free_text(self, block: Block, statement: Statement, name: str) -> None:
        value = read("text", Asked(self.scope, statement.line, statement.said, name))
        if isinstance(value, str):
            self._emit(block, (name,), None, value, statement.span(), must_exist=statement.said.override)

    def _by_weekday(self, block: Block, statement: Statement) -> None:
        for row in statement.rows:
            if not readable(row):
                continue
            name = row_name(row)
            if name not in acts.WEEKDAYS:
                self.scope.report(errors.not_one_of(row.line, row.said.head[0], "by weekday", acts.WEEKDAYS))
                continue
            value = read("factor", Asked(self.scope, row.line, row.said, name))
            if value is not None:
                self._emit(block, ("by weekday", name), None, value, row.span(), must_exist=row.said.override)

    # ------------------------------------------------------------------------------------------- starts, is, within

    def _starts(self, block: Block, statement: Statement) -> None:
        if block.kind.words == "checks":
            return self.scope.report(errors.not_in_block(statement.line, statement.said, block.kind))
        good, guard = self.scope.guard(statement.conditions)
        value = self._starting(block, statement)
        if value is None or not good:
            return self._fail(block, "starts")
        self._emit(block, ("starts",), guard, value, statement.span(), must_exist=statement.said.override)
        return None

    def _starting(self, block: Block, statement: Statement) -> Starting | None:
        said, line, kind = statement.said, statement.line, block.kind.words
        if said.form == "starts at":
            if kind == "choice":
                self.scope.report(errors.choice_starts_at(line, said))
                return None
            if not said.values:
                self.scope.report(errors.value_missing(line, said, block.id, "a share such as 92%"))
                return None
            typed = self.scope.value(line, said.values[0])
            if typed is None:
                return None
            if kind in ("flag", "check"):
                if typed.unit is not m.Unit.SHARE or typed.points:
                    self.scope.report(errors.chance_expected(line, said.values[0], typed))
                    return None
                return Starting("chance", parameters=(("chance", typed.expr),))
            return Starting("constant", parameters=(("value", typed.expr),))
        if said.distribution in ("one of", "weights"):
            return self._list(block, statement)
        return self._distribution(block, statement)

    def _list(self, block: Block, statement: Statement) -> Starting | None:
        said = statement.said
        if block.kind.words in ("flag", "check"):
            self.scope.report(errors.flag_starts_as(statement.line, said))
            return None
        if not statement.rows:
            self.scope.report(errors.list_without_rows(statement.line, said))
            return None
        weights = said.distribution == "weights"
        shares = self._shares(statement, weights, block.kind.words == "kpi")
        kind = "weights" if weights else "shares"
        return Starting(kind, tuple(sorted(shares.items())), complete=len(shares) == len(statement.rows))

    def _shares(self, statement: Statement, weights: bool, numeric: bool = False) -> dict[str, float]:
        """The rows of a list; each wrong one is reported and left out."""
        result: dict[str, float] = {}
        for row in statement.rows:
            if not readable(row):
                continue
            name, values = row_name(row), row.said.values
            node = values[0] if len(values) == 1 else None
            wanted = "number" if weights else "percent"
            if numeric and not isinstance(row.said.head[0], s.Lit):
                self.scope.report(errors.kpi_row_is_number(row.line, row.said.head[0]))
            elif not isinstance(node, s.Lit) or node.kind != wanted:
                self.scope.report(errors.row_value(row.line, row.said, weights))
            elif name in result:
                self.scope.report(errors.row_twice(row.line, row.said))
            else:
                result[name] = node.value
        return result

    def _distribution(self, block: Block, statement: Statement) -> Starting | None:
        said, line = statement.said, statement.line
        if block.kind.words in ("choice", "flag", "check"):
            self.scope.report(errors.only_numbers_are_distributed(line, said, block.kind.words))
            return None
        wanted = acts.DISTRIBUTIONS.get(said.distribution)
        if wanted is None:
            close = nearest(said.distribution, acts.DISTRIBUTIONS)
            self.scope.report(errors.unknown_distribution(line, said, close, tuple(acts.DISTRIBUTIONS)))
            return None
        given = {pair.name.text: pair for pair in said.values if isinstance(pair, s.Pair)}
        if set(given) != set(wanted) or len(said.values) != len(wanted):
            self.scope.report(errors.distribution_needs(line, said, wanted, tuple(given)))
            return None
        typed = {name: self.scope.value(line, given[name].value) for name in wanted}
        good = {name: value for name, value in typed.items() if value is not None}
        if len(good) < len(typed):
            return None
        first = good[wanted[0]]
        for name in wanted[1:]:
            plain = name in ("spread", "cv")
            same = good[name].unit is first.unit and good[name].currency == first.currency
            if good[name].unit is not m.Unit.NUMBER if plain else not same:
                self.scope.report(errors.parameter_unit(line, given[name], name, good[name], first, plain))
                return None
        return Starting(said.distribution, parameters=tuple((name, good[name].expr) for name in wanted))

    def _within(self, block: Block, statement: Statement) -> None:
        said, line = statement.said, statement.line
        node = said.values[0] if said.values else None
        if not isinstance(node, s.Range) or said.head or statement.conditions:
            return self.scope.report(errors.within_needs_range(line, said))
        low, high = self.scope.value(line, node.low), self.scope.value(line, node.high)
        if low is None or high is None:
            return None
        unit: tuple[m.Unit, str] | None = (m.Unit.SHARE, "")
        if block.kind.words == "kpi":
            unit = self.scope.unit_of(block.id)
        for typed, end in ((low, node.low), (high, node.high)):
            if unit is not None and ((typed.unit, typed.currency) != unit or typed.points):
                return self.scope.report(errors.unit_of_field(line, end, block.id, typed, *unit))
            if not isinstance(typed.expr, m.Constant):
                return self.scope.report(errors.within_needs_range(line, said))
        ends = (low.expr.value, high.expr.value)  # type: ignore[union-attr]  # both are Constants, checked above
        if ends[0] > ends[1]:
            return self.scope.report(errors.range_backwards(line, node))
        self._emit(block, ("stays within",), None, ends, statement.span(), must_exist=said.override)
        return None

    def _is(self, block: Block, statement: Statement) -> None:
        good, guard = self.scope.guard(statement.conditions)
        typed = self.scope.value(statement.line, statement.said.values[0])
        if good and typed is not None:
            self._emit(block, ("is",), guard, typed.expr, statement.span(), must_exist=statement.said.override)
        else:
            self._fail(block, "is")

    # ------------------------------------------------------------------------------------------- decide

    def _rows(self, block: Block) -> None:
        """All rows of a decide are one fact: their order counts."""
        rows: list[DecideRow] = []
        complete = True
        for statement in block.statements:
            if is_row(statement):
                row = self._row(statement)
                complete = complete and row is not None
                rows += [row] if row is not None else []
        if rows and complete:
            self._emit(block, ("rows",), None, tuple(rows), block.line.span(block.said.at))
        elif not complete:
            self._fail(block, "rows")

    def _row(self, statement: Statement) -> DecideRow | None:
        said, line = statement.said, statement.line
        good, guard = self.scope.guard(statement.conditions)
        words = said.words
        if words[-2:] == ("one", "of"):
            shares = self._shares(statement, weights=False)
            if not statement.rows:
                self.scope.report(errors.list_without_rows(line, said))
            elif len(shares) == len(statement.rows):
                check_sum(self.scope, line.span(said.at), shares, False)
            good = good and len(shares) == len(statement.rows) and bool(shares)
        else:
            head = said.head[1:] if words[0] == "otherwise" else said.head
            if len(head) != 1 or not isinstance(head[0], s.Name):
                self.scope.report(errors.decide_row(line, said))
                return None
            shares = {head[0].text: 1.0}
        if words[0] != "otherwise" and guard is None and good:
            self.scope.report(errors.decide_row_without_when(line, said))
            return None
        return DecideRow(tuple(sorted(shares.items())), guard, statement.span()) if good else None

    # ------------------------------------------------------------------------------------------- effects

    def _effect(self, block: Block, statement: Statement) -> None:
        from compiler.lang.effects import effect

        found = effect(self.scope, block, statement)
        if found is None:
            return
        guarded = None if found.about_block else block_condition(block)
        good, guard = self.scope.guard(statement.conditions, guarded)
        if good:
            for owner in found.owners:
                self._emit(
                    block, (statement.said.form, found.member), guard, found.amount, statement.span(), owner,
                    must_exist=statement.said.override,
                )  # fmt: skip

    # ------------------------------------------------------------------------------------------- remove

    def _remove(self, block: Block, statement: Statement) -> None:
        said = statement.said
        good, guard = self.scope.guard(statement.conditions)
        if not good:
            return
        owners: tuple[Owner, ...] = (owner_of(block),)
        fixed = block_condition(block)
        self.removals.append(Removal(block, statement, owners, said.words, fixed, guard, block.layer))


def is_row(statement: Statement) -> bool:
    """Whether a line of a decide is one of its rows."""
    said = statement.said
    return said.form == "entry" and said.words != ("only",)


def owner_of(block: Block) -> Owner:
    """Whose facts the block's own lines are."""
    words = block.kind.words
    if words in EVENTS:
        return "event", block.id
    if words in ("choice", "kpi", "flag", "decide", "fact"):
        return "field", block.id
    if words == "check" and block.parent is not None:
        return "field", f"{block.parent.id}.{block.id}"
    if words == "phase" and block.parent is not None:
        return "phase", f"{block.parent.id}/{block.id}"
    return words, block.id


def block_condition(block: Block) -> m.Expr | None:
    """The condition that holds for all effects in the block."""
    match block.kind.words:
        case "agent":
            return m.Is("agent_name", (block.id,))
        case "team" | "scenario" | "persona" as words:
            return m.Is(words, (block.id,))
        case words if words in EVENTS:
            return m.Ref(block.id)
    return None


def _overrides(block: Block | None) -> bool:
    while block is not None:
        if block.override:
            return True
        block = block.parent
    return False


def check_sum(scope: Scope, span: Span, shares: dict[str, float], weights: bool) -> None:
    """Reports shares that do not add up to 100 %, or weights that are all nothing."""
    import math

    total = math.fsum(shares.values())
    if weights:
        if total <= 0:
            scope.report(errors.weights_all_zero(span))
    elif abs(total - 1) > 1e-9:
        scope.report(errors.shares_miss(span, total, way_out=", or write `starts as weights` with plain numbers"))

