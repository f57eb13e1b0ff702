"""The locale for each language of a run, with the spec's own `locale` blocks over it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from compiler import catalog
from compiler.failures import UsageError
from compiler.lang.model import LocaleSettings, Model
from compiler.places import search_path
from compiler.talk.prompt import choose_locale

FILES = ("labels", "values")  # settings of a `locale` block that name files


class Locales:
    """Chosen once a language; `say` hears of each fallback, once."""

    def __init__(self, model: Model | None, project: Path, say: Callable[[str], None]) -> None:
        self.folders = search_path("locales", project)
        self.blocks = sorted(model.locales if model else (), key=lambda block: (len(block.tag), block.tag))
        self.home = Path(model.folder) if model else project
        self.brand = model.dataset.label if model else ""
        self.project = project
        self.say = say
        self.said: set[str] = set()
        self.chosen: dict[tuple[str, str | None], catalog.Locale] = {}

    def of(self, language: str, option: str | None) -> catalog.Locale:
        """The locale for `language`, or for the option that overrules it."""
        if (language, option) not in self.chosen:
            tag, note = choose_locale(option, os.environ, language, catalog.available(self.folders))
            if note and note not in self.said:
                self.said.add(note)
                self.say(note)
            self.chosen[language, option] = self._with_spec(catalog.load(tag, self.folders))
        return self.chosen[language, option]

    def speech(self, language: str) -> catalog.Locale:
        """The locale of the language that is spoken, whatever prompts and headers are in."""
        return self.of(language, language)

    def _with_spec(self, locale: catalog.Locale) -> catalog.Locale:
        if self.brand:
            locale = catalog.override(locale, {"brand": self.brand}, self.home)
        for block in self.blocks:
            if block.tag in locale.layers:
                self._inside(block)
                locale = catalog.override(locale, block.settings, self.home)
        return locale

    def _inside(self, block: LocaleSettings) -> None:
        for name in FILES:
            path = block.settings.get(name)
            if path is not None and not (self.home / path).resolve().is_relative_to(self.project.resolve()):
                raise UsageError(f"`{name}: \"{path}\"` under `locale {block.tag}` lies outside the project; "
                                 f"name a file inside {self.project}")
