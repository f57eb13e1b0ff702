"""What a comparison found, as data: the texts, the Markdown and the JSON are made from this alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SideSaid:
    """`kind`: revision, specs or build; `commit` of a revision, else ""."""

    name: str
    kind: str
    calls: int
    commit: str = ""


@dataclass(frozen=True, slots=True)
class FactSaid:
    """A changed fact: `block` is where it stands ("kpi AWT", "scenario Card / phase closing"); texts and places are
    None on the side that does not have it. `what`: line, doc, order, added, removed."""

    what: str
    block: str
    old: str | None = None
    old_place: str | None = None
    new: str | None = None
    new_place: str | None = None
    further: int = 0  # lines below it that are not shown


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One call that the cause touches, and the unified diff of its prompt."""

    call_id: str
    stem: str
    locale: str
    diff: tuple[str, ...]
    more: int = 0  # lines of the diff that are left out


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls: `records` and `prompts` are changed ones, `prompts` those of which only the prompt differs."""

    added: int = 0
    removed: int = 0
    records: int = 0
    prompts: int = 0

    @property
    def changed(self) -> int:
        return self.records + self.prompts

    @property
    def all(self) -> int:
        return self.added + self.removed + self.changed


@dataclass(frozen=True, slots=True)
class Cause:
    """`kind`: fact, template, locale, file, days, program. `direct` and `downstream`: calls that differ by field.
    `gained` and `lost`: follow-up links. `rendered`: False where prompts were not compared, but counted by what they
    read. `beyond`: what else it reaches, besides records and prompts ("the sound of the calls")."""

    number: int
    kind: str
    title: str
    facts: tuple[FactSaid, ...]
    counts: Counts
    direct: Mapping[str, int] = field(default_factory=dict)
    downstream: Mapping[str, int] = field(default_factory=dict)
    gained: int = 0
    lost: int = 0
    rendered: bool = True
    beyond: str = ""
    exemplar: Exemplar | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """Calls that no cause touches alone; `causes`: the numbers of those without which at least one of them would not
    change."""

    calls: int
    causes: tuple[int, ...]
    exemplar: Exemplar | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole result. `counts`, `fields`, `gained` and `lost` are of both sides as they are; `causes` are those that
    change calls, `quiet` those that change none. `shared`: calls that several causes touch, each by itself;
    `cancelled`: calls that a cause touches alone, but all causes together do not. `notes`: how the comparison was made,
    a sentence each."""

    dataset: str
    old: SideSaid
    new: SideSaid
    counts: Counts
    fields: Mapping[str, int]
    gained: int
    lost: int
    causes: tuple[Cause, ...]
    quiet: tuple[Cause, ...]
    together: Together | None = None
    shared: int = 0
    cancelled: int = 0
    notes: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything changes that is made from the specs."""
        return bool(self.counts.all) or any(cause.beyond for cause in (*self.causes, *self.quiet))
