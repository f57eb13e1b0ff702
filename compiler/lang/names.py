"""Blocks -> the names that a spec declares, each with what it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from compiler.lang import acts
from compiler.lang.outline import Block, Statement, readable, row_name
from compiler.lang.schema import EVENTS
from compiler.lang.syntax import Lit, Name
from compiler.source import Span

FieldWord = Literal["choice", "kpi", "flag", "decide", "check", "fact"]
_FIELDS = ("choice", "kpi", "flag", "decide", "fact")


@dataclass(slots=True)
class MemberName:
    id: str
    label: str
    span: Span
    number: float | None = None
    labelled: bool = False


@dataclass(slots=True)
class FieldName:
    """A declared field. `members` is filled for choices, decides and kpis that start as one of several numbers."""

    id: str
    kind: FieldWord
    blocks: list[Block] = field(default_factory=list)
    members: dict[str, MemberName] = field(default_factory=dict)
    group: str = ""
    incomplete: bool = False  # a row of its lists could not be read: a value that is not known may be that one

    @property
    def span(self) -> Span:
        return self.blocks[0].id_span()

    @property
    def is_choice(self) -> bool:
        return self.kind in ("choice", "decide")


@dataclass(slots=True)
class Names:
    """Everything that a name may mean. `domains`: each name that may stand left of `is`, with its values."""

    fields: dict[str, FieldName] = field(default_factory=dict)
    groups: dict[str, Block] = field(default_factory=dict)  # checks blocks
    events: dict[str, Block] = field(default_factory=dict)
    teams: dict[str, Block] = field(default_factory=dict)
    agents: dict[str, Block] = field(default_factory=dict)
    scenarios: dict[str, Block] = field(default_factory=dict)
    personas: dict[str, Block] = field(default_factory=dict)
    acts: dict[str, Block] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()

    def domain(self, name: str) -> Mapping[str, object] | None:
        """The values that `name` can be compared with; None where it is no choice."""
        known = self.fields.get(name)
        if known is not None and known.is_choice:
            return known.members
        match name:
            case "weekday":
                return dict.fromkeys(acts.WEEKDAYS)
            case "agent" | "agent_name":
                return self.agents
            case "team":
                return self.teams
            case "scenario":
                return self.scenarios
            case "persona":
                return self.personas
            case "agent.gender":
                return dict.fromkeys(acts.GENDERS)
            case "agent.language":
                return self.languages()
        return None

    def languages(self) -> Mapping[str, object]:
        """Known languages: the values of the choice `language`; without one, any that an agent or team speaks."""
        known = self.fields.get("language")
        return known.members if known is not None and known.is_choice else {}

    def choices(self) -> list[str]:
        """All names that have a domain and are declared."""
        return self._fixed_choices() + [name for name, known in self.fields.items() if known.is_choice]

    def _fixed_choices(self) -> list[str]:
        drawn = [name for name, held in (("scenario", self.scenarios), ("persona", self.personas)) if held]
        return ["weekday", "agent", "team", "agent.gender", "agent.language", *drawn]

    def is_choice(self, name: str) -> bool:
        known = self.fields.get(name)
        return known.is_choice if known is not None else name in self._fixed_choices()

    def is_truth(self, name: str) -> bool:
        known = self.fields.get(name)
        return known.kind in ("flag", "check") if known else name in self.events or name in acts.BUILTIN_TRUTHS

    def is_number(self, name: str) -> bool:
        known = self.fields.get(name)
        return known.kind in ("kpi", "fact") if known is not None else name in ("date", "time")

    def truths(self) -> list[str]:
        """All names that are yes or no."""
        flags = [name for name, known in self.fields.items() if known.kind in ("flag", "check")]
        return [*acts.BUILTIN_TRUTHS, *self.events, *flags]

    def numbers(self) -> list[str]:
        return ["date", "time", *(name for name, known in self.fields.items() if known.kind in ("kpi", "fact"))]

    def holders(self, member: str) -> list[str]:
        """The choices that have a value called `member`."""
        return [name for name in self.choices() if member in (self.domain(name) or {})]

    def checks_of(self, group: str) -> list[str]:
        return sorted(name for name, known in self.fields.items() if known.group == group)


def collect(blocks: list[Block], doubtful: frozenset[str]) -> Names:
    """All declarations of all layers; which of two with one name stands is decided elsewhere."""
    names = Names(doubtful=doubtful)
    for block in blocks:
        if block.removes:
            continue
        words = block.kind.words
        if words in _FIELDS:
            _declare(names, block, block.id, "")
        elif words == "check" and block.parent is not None:
            _declare(names, block, f"{block.parent.id}.{block.id}", block.parent.id)
        elif words == "checks":
            names.groups.setdefault(block.id, block)
        elif words in EVENTS:
            names.events.setdefault(block.id, block)
        else:
            held = {
                "team": names.teams, "agent": names.agents, "scenario": names.scenarios,
                "persona": names.personas, "act": names.acts,
            }.get(words)  # fmt: skip
            if held is not None:
                held.setdefault(block.id, block)
    return names


def _declare(names: Names, block: Block, name: str, group: str) -> None:
    known = names.fields.get(name)
    if known is None:
        kind: FieldWord = block.kind.words  # type: ignore[assignment]  # the caller passes field kinds only
        known = names.fields[name] = FieldName(name, kind, group=group)
    known.blocks.append(block)
    for statement in block.statements:
        _members(known, statement)


def _members(known: FieldName, statement: Statement) -> None:
    """Adds the values that one statement names."""
    said = statement.said
    for row in statement.rows:
        if readable(row):
            label = row.said.label
            _member(known, row_name(row), label, row.line.span(row.said.head[0].at), row.said.head[0])
        else:
            known.incomplete = True
    if known.kind == "choice" and said.form == "setting" and said.words[:2] == ("hours", "of") and len(said.head) == 3:
        _member(known, said.words[2], said.label, statement.line.span(said.head[2].at), said.head[2])
    if known.kind == "decide" and said.form == "entry" and not statement.rows:
        head = said.head[1:] if said.words[0] == "otherwise" else said.head
        if len(head) == 1 and isinstance(head[0], Name) and head[0].text != "only":
            _member(known, head[0].text, said.label, statement.line.span(head[0].at), head[0])


def _member(known: FieldName, name: str, label: str | None, span: Span, node: object) -> None:
    number = node.value if isinstance(node, Lit) else None
    held = known.members.setdefault(name, MemberName(name, label or name.replace("_", " "), span, number))
    if label:
        held.label, held.labelled = label, True
