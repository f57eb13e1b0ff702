"""All that decides a side's calls and prompts: the spec, the days shown, templates, locales."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from compiler.catalog import Locale
from compiler.lang import model as m
from compiler.plan.frame import scope_of
from compiler.plan.plan import Plan, draw
from compiler.talk import prompt as talk_prompt
from compiler.talk.prompt import Prompt
from compiler.talk.prompt_view import Vocabulary, vocabulary
from compiler.targets._locales import Locales


@dataclass(frozen=True)
class World:
    """`first` and `last`: the days shown, None for all of the period. `templates` and `locales` are folders in the
    order of lookup; the files that `locale` blocks name lie in `home`, inside `project`."""

    model: m.Model
    first: date | None
    last: date | None
    templates: tuple[Path, ...]
    locales: tuple[Path, ...]
    home: Path
    project: Path
    option: str | None = None  # --locale
    say: Callable[[str], None] = lambda text: None
    drawn: Plan | None = None  # a plan whose columns are right for this world

    @cached_property
    def plan(self) -> Plan:
        """Drawn when it is asked for. SpecFailure, UsageError as `draw`."""
        if self.drawn is not None:
            scope = scope_of(self.model)
            people = replace(self.drawn.people, model=self.model, scope=scope)
            frame = replace(self.drawn.frame, scope=scope)
            return replace(self.drawn, model=self.model, scope=scope, people=people, frame=frame)
        return draw(self.model, self.first, self.last)

    @cached_property
    def words(self) -> Vocabulary:
        return vocabulary(self.model)

    @cached_property
    def _chosen(self) -> Locales:
        chosen = Locales(self.model, self.project, self.say)
        chosen.folders, chosen.home = self.locales, self.home
        return chosen

    def locale(self, language: str) -> Locale:
        """The locale of a call's prompt."""
        return self._chosen.of(language, self.option)

    def prompt(self, i: int) -> Prompt | None:
        """The prompt of call number i; None for a call without a dialogue."""
        call = self.plan.call(i)
        if not call.dialogue:
            return None
        locale = self.locale(str(call.record.get("language", "en")))
        return talk_prompt.render(call, locale, self.words, self.templates)


def text_of(prompt: Prompt | None) -> str:
    return "" if prompt is None else prompt.text


def days_of(world: World) -> tuple[date, date]:
    """The first and the last day shown."""
    own = world.model.dataset
    return world.first or own.first, world.last or own.last


def same_columns(one: m.Model, two: m.Model) -> bool:
    """Whether two specs surely give the same columns: they differ in texts only."""
    return _without_texts(one) == _without_texts(two)


def _without_texts(model: m.Model) -> m.Model:
    """The model with all that no draw reads taken out. Handovers stay, because they set Transfers_count."""
    def phase(each: m.Phase) -> m.Phase:
        lines = tuple(replace(line, acts=(), text="", amount=None) for line in each.lines if line.kind == "handed to")
        return replace(each, label="", doc="", lines=lines, only_when=each.only_when if lines else None)

    def field(each: m.Field) -> m.Field:
        members = tuple(replace(member, label="") for member in each.members)
        return replace(each, label="", doc="", members=members, shown_by=None)

    def event(each: m.Event) -> m.Event:
        return replace(each, label="", doc="")

    return replace(
        model, dataset=replace(model.dataset, label="", doc="", edition=1),
        calendar=replace(model.calendar, events=tuple(map(event, model.calendar.events))),
        fields=tuple(map(field, model.fields)),
        teams=tuple(replace(team, label="", doc="") for team in model.teams),
        agents=tuple(replace(agent, label="", doc="", voice="") for agent in model.agents),
        personas=tuple(replace(each, label="", doc="", tone="") for each in model.personas),
        scenarios=tuple(replace(each, label="", doc="", dialogue=True, phases=tuple(
            p for p in map(phase, each.phases) if p.lines)) for each in model.scenarios),
        customer_voices=m.CustomerVoices((), ()), acts=(), locales=(), audio=m.Audio(), uploads=(),
    )  # fmt: skip
