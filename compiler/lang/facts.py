"""Blocks -> facts: each thing that a spec says, resolved, with the key by which layers and diffs know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from compiler.lang import acts, canon, errors
from compiler.lang import model as m
from compiler.lang.names import Names
from compiler.lang.outline import Block, Statement, readable, row_name
from compiler.lang.resolve import Scope
from compiler.lang.schema import EVENTS
from compiler.lang.starting import DecideRow, decide_row, is_row, starting, within
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
    anew: bool = False  # stands in an `override phase`, which says the sequence anew
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
                _overrides(block) or must_exist, must_exist, many, many and block.override, block.title,
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
                    ends = within(self.scope, block, statement)
                    if ends is not None:
                        self._emit(block, ("stays within",), None, ends, statement.span(), must_exist=said.override)
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
            if setting.name == "by weekday" and slot[1] not in acts.WEEKDAYS:
                self.scope.report(errors.not_one_of(statement.line, said.head[-1], setting.name, acts.WEEKDAYS))
                return None
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
        value = starting(self.scope, block, statement)
        if value is None or not good:
            return self._fail(block, "starts")
        self._emit(block, ("starts",), guard, value, statement.span(), must_exist=statement.said.override)
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
                found = decide_row(self.scope, statement)
                complete = complete and found is not None
                rows += [found] if found is not None else []
        if rows and complete:
            self._emit(block, ("rows",), None, tuple(rows), block.line.span(block.said.at))
        elif not complete:
            self._fail(block, "rows")

    # ------------------------------------------------------------------------------------------- effects

    def _effect(self, block: Block, statement: Statement) -> None:
        from compiler.lang.effects import effect

        found = effect(self.scope, block, statement)
        if found is None:
            self.scope.guard(statement.conditions)  # whose own mistakes are told as well
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

