"""A call by itself -> the text of its dialogue: locale, prompt, writer, contract in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from compiler import registry
from compiler.failures import Quarantined
from compiler.lang.model import Model
from compiler.options import Options
from compiler.places import search_path
from compiler.plan.call import Call
from compiler.talk import contract, header
from compiler.talk import dialogue as text
from compiler.talk import prompt as talk_prompt
from compiler.talk.prompt_view import vocabulary
from compiler.talk.writer import Job, Writer, WriterSettings
from compiler.targets._locales import Locales


def open_writer(options: Options, cache: Path, project: Path, say: Callable[[str], None]) -> Writer:
    """The writer of the options; `say` hears its warnings. UsageError for an unknown one or a missing key."""
    defaults = WriterSettings()
    settings = replace(
        defaults,
        model=options.model or "",
        api=options.api or "",
        temperature=defaults.temperature if options.temperature is None else options.temperature,
        cache=cache,
        folders=search_path("locales", project),
        fresh=options.force,
        say=say,
    )
    writer: Writer = registry.part("compiler.talk.writers", options.writer, "writer").open(settings)
    return writer


class Author:
    """Writes single calls; `warn` hears of locales that fall back."""

    def __init__(self, options: Options, cache: Path, model: Model | None, project: Path,
                 warn: Callable[[str], None]) -> None:
        self.options = options
        self.words = vocabulary(model)
        self.locales = Locales(model, project, warn)
        self.templates = search_path("templates", project)
        self.labels = header.labels(model) if model else {}
        self.writer = open_writer(options, cache, project, warn)

    def write(self, call: Call) -> str:
        """The dialogue's text; WorldError when it fails, Quarantined when its labels do not hold."""
        language = str(call.record["language"])
        locale, speech = self.locales.of(language, self.options.locale), self.locales.speech(language)
        entries = header.entries(call, self.writer.generator, self.labels)
        prompt = talk_prompt.render(call, locale, self.words, self.templates) if self.writer.wants_prompt else None
        written = self.writer.write(Job(call, speech, entries, prompt))
        wrong = contract.problems(written, call, speech)
        if wrong:
            raise Quarantined("; ".join(wrong))
        return text.render(written, entries, locale)
