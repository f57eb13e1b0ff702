"""All that decides a side's calls and prompts: the spec, the days shown, templates, locales."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from compiler.catalog import Locale
from compiler.diff.again import redrawn
from compiler.lang import model as m
from compiler.plan.plan import MOST_AT_ONCE, Plan, draw
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
    base: Plan | None = None  # a plan of the same days, which may share columns with this world's

    @cached_property
    def plan(self) -> Plan:
        """Drawn when it is asked for. SpecFailure, UsageError as `draw`."""
        plan = redrawn(self.base, self.model) if self.base is not None and whole(self.base) else None
        if plan is None:
            plan = draw(self.model, self.first, self.last)
            _ = plan.frame if whole(plan) else None  # drawn once, and not again for the example
        return plan

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


def whole(plan: Plan) -> bool:
    """Whether all columns of the plan may be held at once; a larger one is read as it is drawn."""
    return int(plan.days.rows[-1]) <= MOST_AT_ONCE


def text_of(prompt: Prompt | None) -> str:
    return "" if prompt is None else prompt.text


def days_of(world: World) -> tuple[date, date]:
    """The first and the last day shown."""
    own = world.model.dataset
    return world.first or own.first, world.last or own.last
