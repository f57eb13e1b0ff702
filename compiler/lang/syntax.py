"""What a line says, before anything is known about names: frozen, without position in a file.

`at` is a pair of offsets in the line's text (end out), so that equal lines share one parsed sentence; a Line turns
offsets into a Span.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

At = tuple[int, int]

LiteralKind = Literal["number", "percent", "points", "duration", "date", "time", "money", "level"]


@dataclass(frozen=True, slots=True)
class Lit:
    """`value` in canonical units (seconds, fractions, ordinals, seconds since midnight)."""

    kind: LiteralKind
    value: float
    text: str
    currency: str = ""
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    parts: tuple[str, ...]
    at: At = field(default=(0, 0), compare=False)

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Binary:
    op: str  # + - * / of
    left: Node
    right: Node
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Minus:
    of: Node
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    op: str  # is, is not, >, >=, <, <=, in, not in
    left: Node
    right: Node
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    of: Node
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Junction:
    op: Literal["and", "or"]
    parts: tuple[Node, ...]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """`(A, B)`; with one item, plain parentheses."""

    items: tuple[Node, ...]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    low: Node
    high: Node
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class RampOver:
    before: Node
    after: Node
    over: Node | None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """`Early 45%`, `env "SA_URL"`, `mean 90s`."""

    name: Name
    value: Node
    at: At = field(default=(0, 0), compare=False)


Node = (
    Lit | Text | Name | Binary | Minus | Comparison | Negation | Junction | Call | Group | Range | RampOver | Pair
)

Form = Literal[
    "entry", "setting", "use", "when", "starts at", "starts as", "rises by", "falls by", "is multiplied by",
    "is", "becomes", "stays within", "remove",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line. `values` are a setting's values, an effect's one amount, or a distribution's parameters (Pairs);
    `distribution` is `one of`, `weights`, `normal` … after `starts as`."""

    form: Form
    head: tuple[Node, ...] = ()
    label: str | None = None
    values: tuple[Node, ...] = ()
    distribution: str = ""
    guard: Node | None = None
    override: bool = False
    at: At = field(default=(0, 0), compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The head as words; what is no name stands as written."""
        return tuple(word_of(node) for node in self.head)

    @property
    def head_at(self) -> At:
        return (self.head[0].at[0], self.head[-1].at[1]) if self.head else self.at


def word_of(node: Node) -> str:
    """A head word as the user wrote it."""
    if isinstance(node, Name | Lit):
        return node.text
    if isinstance(node, Range):
        return f"{word_of(node.low)}..{word_of(node.high)}"
    return ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that could not be read: which sentence of errors.py fits, where, and what goes into it."""

    kind: str
    at: At
    details: tuple[str, ...] = ()
