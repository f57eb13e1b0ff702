"""Lines -> blocks and their statements, by the schema: what stands where, before any name is resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace

from compiler.diag import Diagnostic
from compiler.lang import errors
from compiler.lang.packs import plain
from compiler.lang.parse import sentence
from compiler.lang.schema import KINDS, TOP, Kind, kind_of
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Lit, Name, Node, Sentence, Text
from compiler.lang.tree import Line
from compiler.source import Span

_PERHAPS_THOUSANDS = re.compile(r"(?<![\d_.])[1-9]\d{0,2}\.\d{3}(?![\d_%\w])")
MOST_ERRORS = 1_000  # of one file: what has more is no spec, and nobody reads further


@dataclass(frozen=True, slots=True)
class Guarding:
    """A condition and the line it stands on."""

    line: Line
    node: Node


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence inside a block; `guards` are the `when` blocks around it, outermost first; `rows` the list below."""

    line: Line
    said: Sentence
    guards: tuple[Guarding, ...] = ()
    rows: tuple[Statement, ...] = ()

    @property
    def conditions(self) -> tuple[Guarding, ...]:
        """All conditions of the line, its own last."""
        own = () if self.said.guard is None else (Guarding(self.line, self.said.guard),)
        return self.guards + own

    def span(self) -> Span:
        return self.line.span(self.said.at)


@dataclass(frozen=True, slots=True)
class Block:
    """`id` is empty where the kind has none; `layer` 0 is the lowest. `path` names the blocks around it."""

    kind: Kind
    id: str
    label: str | None
    line: Line
    said: Sentence
    layer: int
    parent: Block | None = None
    guards: tuple[Guarding, ...] = ()
    statements: tuple[Statement, ...] = ()
    broken: bool = False  # a line in it could not be read, so nothing is missed in it

    @property
    def doc(self) -> str:
        return self.line.docs

    @property
    def override(self) -> bool:
        return self.said.override

    @property
    def removes(self) -> bool:
        return self.said.form == "remove"

    @property
    def title(self) -> str:
        return f"{self.kind.words} {self.id}".strip()

    def id_span(self) -> Span:
        """The place of the name in the header (of the whole head where there is none)."""
        return self.line.span(self.said.head[-1].at if self.said.head else None)


@dataclass(slots=True)
class Outline:
    """All blocks in the order found, nested ones too; `doubtful`: words of lines that could not be read, about which
    no further error is worth its line."""

    blocks: list[Block] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    prefixes: frozenset[str] = frozenset()  # of packs: `banking.AWT` is AWT
    missing_packs: Mapping[str, str | None] = field(default_factory=dict)  # pack -> the one that was meant
    unread: set[tuple[str, int]] = field(default_factory=set)  # (file, line) of lines that could not be read
    enough: int = MOST_ERRORS  # with so many errors found, no further line of the file is read

    def add(self, lines: Iterable[Line], layer: int) -> None:
        """Reads the top lines of one file, up to as many errors as anybody can use."""
        self.enough = len(self.found) + MOST_ERRORS
        for line in lines:
            said = self.read(line)
            if said is not None:
                self._top(line, said, layer)

    def read(self, line: Line) -> Sentence | None:
        """The line's sentence; reports what is wrong with it, and then its words are doubtful."""
        if not line.broken and len(self.found) < self.enough:
            said = sentence(line.text)
            if isinstance(said, Sentence):
                if _PERHAPS_THOUSANDS.search(line.text):
                    self._thousands(line, said)
                return plain(said, self.prefixes) if self.prefixes else said
            self.found.append(errors.syntax(said, line))
        self._doubt(line)
        self.unread.add((line.file, line.number))
        return None

    def _thousands(self, line: Line, node: object) -> None:
        """Reports the numbers that a German reads as thousands: `1.200`."""
        if isinstance(node, Lit):
            match = _PERHAPS_THOUSANDS.search(node.text) if node.kind in ("number", "money") else None
            if match is not None:
                start = node.at[0] + match.start()
                self.found.append(errors.perhaps_thousands(line.span((start, node.at[1])), match.group()))
        elif isinstance(node, tuple):
            for each in node:
                self._thousands(line, each)
        elif is_dataclass(node):
            for part in fields(node):
                self._thousands(line, getattr(node, part.name))

    def _doubt(self, line: Line) -> None:
        self.doubtful.update(re.findall(r"[^\W\d]\w*", line.text))
        for child in line.children:
            self._doubt(child)

    # ------------------------------------------------------------------------------------------- blocks

    def _top(self, line: Line, said: Sentence, layer: int) -> None:
        if said.form in ("entry", "remove") and said.head:
            header = self._header(line, said, "")
            if header is not None and header[0].words == "overlay":  # the files were chosen by it before
                if len(said.head) < 2:
                    self.found.append(errors.block_needs_name(line, said, header[0]))
            elif header is not None:
                self._block(line, said, *header, layer, None, ())
        elif said.form == "use":
            name = said.values[0].value if isinstance(said.values[0], Text) else ""
            if name in self.missing_packs:
                self.found.append(errors.pack_not_found(line, said, name, self.missing_packs[name]))
        else:
            self.found.append(errors.not_at_top(line, said, TOP))
            self._doubt(line)

    def _header(self, line: Line, said: Sentence, inside: str) -> tuple[Kind, int] | None:
        """The kind that the header names, or the one it probably means (that is reported)."""
        known = kind_of(said.words)
        if known is not None:
            if inside in known[0].inside or (not inside and said.override) or (not inside and said.form == "remove"):
                return known
            self.found.append(errors.block_not_here(line, said, known[0], inside))
            self._doubt(line)
            return None
        word = said.words[0]
        guess = nearest(word, TOP)
        self.found.append(errors.unknown_block(line.span(said.head[0].at), word, guess, TOP))
        if guess is not None and guess in KINDS and " " not in guess:
            return KINDS[guess], 1
        self._doubt(line)
        return None

    def _block(
        self, line: Line, said: Sentence, kind: Kind, used: int, layer: int,
        parent: Block | None, guards: tuple[Guarding, ...],
    ) -> None:  # fmt: skip
        rest = said.head[used:]
        if kind.id == "needed" and not rest:
            self.found.append(errors.block_needs_name(line, said, kind))
            return self._doubt(line)
        too_many = rest[1:] if kind.id == "needed" else rest
        if too_many:
            self.found.append(errors.word_too_many(line, too_many[0], kind))
        name = rest[0] if kind.id == "needed" else None
        if name is not None and (not isinstance(name, Name) or len(name.parts) > 1):
            self.found.append(errors.not_a_name(line, name))
            return self._doubt(line)
        own = guards if said.guard is None else (*guards, Guarding(line, said.guard))
        identity = name.text if isinstance(name, Name) else ""
        header = replace(said, head=said.head[: used + 1] if name is not None else said.head[:used])
        block = Block(kind, identity, said.label, line, header, layer, parent, own)
        place = len(self.blocks)
        self.blocks.append(block)
        statements = () if block.removes else tuple(self._statements(line.children, block, ()))
        if block.override and not (line.children or said.label or line.docs):
            self.found.append(errors.nothing_stands_below(line, said))
        # The nested blocks were made with the unfinished parent: they only ask it for its name.
        self.blocks[place] = replace(block, statements=statements, broken=self._any_unread(line))
        return None

    def _any_unread(self, line: Line) -> bool:
        """Whether a line in the block (also inside its `when` blocks and lists) could not be read."""
        return any((child.file, child.number) in self.unread or self._any_unread(child) for child in line.children)

    def _statements(self, lines: Iterable[Line], block: Block, guards: tuple[Guarding, ...]) -> list[Statement]:
        result: list[Statement] = []
        for line in lines:
            said = self.read(line)
            if said is None:
                continue
            if said.form == "when" and said.guard is not None:
                if not line.children:
                    self.found.append(errors.nothing_stands_below(line, said))
                result += self._statements(line.children, block, (*guards, Guarding(line, said.guard)))
            elif self._nested(line, said, block, guards):
                continue
            else:
                result.append(self._statement(line, said, block, guards))
                if line.children and not takes_rows(said, block.kind) and self._known(said, block.kind):
                    result += self._statements(line.children, block, guards)  # they were meant to stand beside it
        return result

    def _nested(self, line: Line, said: Sentence, block: Block, guards: tuple[Guarding, ...]) -> bool:
        """Whether the line begins a block inside `block`, which is then read."""
        if block.kind.words == "checks" and said.form == "setting" and len(said.head) == 1:
            self._check(line, said, block, guards)
            return True
        if said.form == "entry" and len(said.head) == 1 and self._nameless(line, said, block.kind):
            return True
        if said.form not in ("entry", "remove") or len(said.head) < 2:
            return False
        if said.form == "remove" and block.kind.setting(" ".join(said.words)) is not None:
            return False  # `remove agent must`
        known = kind_of(said.words)
        if known is None:
            return self._misspelt(line, said, block, guards)
        header = self._header(line, said, block.kind.words)
        if header is not None:
            self._block(line, said, *header, block.layer, block, guards)
        return True

    def _nameless(self, line: Line, said: Sentence, inside: Kind) -> bool:
        """Whether the line is the first word of a block alone, or nearly so, with lines below it."""
        legal = [kind.words for kind in KINDS.values() if inside.words in kind.inside and kind.id == "needed"]
        word = said.words[0]
        if word in legal:
            self.found.append(errors.block_needs_name(line, said, KINDS[word]))
        elif line.children and nearest(word, legal) and inside.words != "decide":
            self.found.append(errors.unknown_block(line.span(said.head_at), word, nearest(word, legal), legal))
        else:
            return False
        self._doubt(line)
        self.unread.add((line.file, line.number))
        return True

    def _misspelt(self, line: Line, said: Sentence, block: Block, guards: tuple[Guarding, ...]) -> bool:
        """A header whose first word is nearly a kind that may stand here."""
        legal = [kind.words for kind in KINDS.values() if block.kind.words in kind.inside and " " not in kind.words]
        if not legal or len(said.head) != 2 or block.kind.words == "decide":
            return False
        word = said.words[0]
        if block.kind.words == "checks" and isinstance(said.head[1], Lit):
            self.found.append(errors.not_a_check(line, said))
            self._doubt(line)
            return True
        guess = nearest(word, legal)
        self.found.append(errors.unknown_block(line.span(said.head[0].at), word, guess, legal))
        if guess is None:
            self._doubt(line)
        else:
            self._block(line, said, KINDS[guess], 1, block.layer, block, guards)
        return True

    @staticmethod
    def _known(said: Sentence, kind: Kind) -> bool:
        """Whether such a line may stand in the block."""
        if said.form == "entry":
            return kind.words == "decide" or said.words == ("only",)
        if said.form != "setting":
            return True
        words = " ".join(said.words)
        return kind.any_text or kind.setting(words) is not None or kind.setting(" ".join(said.words[:-1])) is not None

    def _check(self, line: Line, said: Sentence, parent: Block, guards: tuple[Guarding, ...]) -> None:
        """`Greeting: 92%` with its lines: a block of kind check whose first statement is its chance."""
        name = said.head[0]
        if not isinstance(name, Name) or len(name.parts) > 1:
            self.found.append(errors.not_a_name(line, name))
            return self._doubt(line)
        header = replace(said, form="entry", values=(), guard=None)
        block = Block(KINDS["check"], name.text, said.label, line, header, parent.layer, parent, guards)
        place = len(self.blocks)
        self.blocks.append(block)
        start = Statement(line, replace(said, form="starts at", head=()), guards)
        rest = self._statements(line.children, block, ())
        self.blocks[place] = replace(block, statements=(start, *rest), broken=self._any_unread(line))
        return None

    def _statement(self, line: Line, said: Sentence, block: Block, guards: tuple[Guarding, ...]) -> Statement:
        if not takes_rows(said, block.kind):
            if line.children:
                if self._known(said, block.kind):
                    self.found.append(errors.nothing_below(line, line.children[0]))
                else:  # the line itself is reported
                    for child in line.children:
                        self._doubt(child)
            return Statement(line, said, guards)
        rows: list[Statement] = []
        for child in line.children:
            row = self.read(child)
            if row is None:
                rows.append(Statement(child, _UNREADABLE))
            elif row.form != "setting" or len(row.head) != 1 or not isinstance(row.head[0], Name | Lit):
                self.found.append(errors.not_a_row(child, row, said))
                rows.append(Statement(child, _UNREADABLE))
            else:
                if row.guard is not None:
                    self.found.append(errors.row_with_guard(child, row))
                if child.children:
                    self.found.append(errors.nothing_below(child, child.children[0]))
                rows.append(Statement(child, row))
        return Statement(line, said, guards, tuple(rows))


_UNREADABLE = Sentence("when")


def readable(row: Statement) -> bool:
    """False for a row that could not be read (its list is then not summed up)."""
    return row.said is not _UNREADABLE


def takes_rows(said: Sentence, kind: Kind) -> bool:
    """Whether a list of `name: value` lines belongs below the line."""
    if said.form == "starts as":
        return said.distribution in ("one of", "weights")
    if said.form == "entry" and kind.words == "decide":
        return said.words[-2:] == ("one", "of")
    return said.form in ("entry", "setting") and kind.words == "volume" and said.words == ("by", "weekday")


def row_name(row: Statement) -> str:
    head = row.said.head[0]
    return head.text if isinstance(head, Name | Lit) else ""


Report = Callable[[Diagnostic], None]
