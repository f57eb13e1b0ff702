"""Calls -> prompts/<locale>/<stem>.md, and the templates used."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from compiler import catalog, files
from compiler.places import search_path
from compiler.plan.call import Call
from compiler.talk import prompt as talk_prompt
from compiler.targets._desk import Desk, Prompted

AFTER: str | None = "plan"


def prepare(desk: Desk) -> None:
    """Opens the templates and finds the locales; a broken one fails here."""
    folders = search_path("locales", desk.project)
    desk.open["locales"] = folders
    desk.open["renderer"] = talk_prompt.Renderer(desk.model, search_path("templates", desk.project))


def run(desk: Desk, calls: tuple[Call, ...]) -> tuple[Prompted, ...]:
    """Renders a prompt for each call that has a dialogue; the language falls back aloud."""
    renderer: talk_prompt.Renderer = desk.open["renderer"]
    done: list[Prompted] = []
    talking = [call for call in calls if call.dialogue]
    with desk.screen.step("prompts", len(talking)) as step:
        for call in talking:
            locale = _locale(desk, str(call.record.get("language", "en")))
            prompt = renderer.render(call, locale)
            relative = f"prompts/{locale.tag}/{call.stem}.md"
            _move_on(desk, call.stem, relative)
            key = files.digest(prompt.text.encode())
            desk.put(call.stem, "prompts", "prompt", relative, prompt.text, key)
            done.append(Prompted(call, locale, prompt))
            step.advance()
    _keep_templates(desk, renderer)
    return tuple(done)


def _locale(desk: Desk, language: str) -> catalog.Locale:
    """The locale of prompt and header for a call in `language`; a fallback is said once."""
    chosen: dict[str, catalog.Locale] = desk.open.setdefault("chosen", {})
    if language not in chosen:
        folders = desk.open["locales"]
        tag, note = talk_prompt.choose_locale(
            desk.options.locale, os.environ.get("GEN_LOCALE"), language, catalog.available(folders)
        )
        if note:
            desk.screen.warn(note)
        chosen[language] = _with_spec(desk, catalog.load(tag, folders))
    return chosen[language]


def _with_spec(desk: Desk, locale: catalog.Locale) -> catalog.Locale:
    """The locale with the spec's `locale` blocks over it, the language's below the region's."""
    for block in sorted(desk.model.locales, key=lambda block: len(block.tag)):
        if block.tag in locale.layers:
            locale = catalog.override(locale, block.settings, Path(desk.model.folder))
    return locale


def _move_on(desk: Desk, stem: str, relative: str) -> None:
    """Another locale than last time: its old prompt goes."""
    made = desk.manifest.entry(stem).files.get("prompt")
    if made is not None and made.path != relative:
        desk.clear(stem, "prompt")


def _keep_templates(desk: Desk, renderer: talk_prompt.Renderer) -> None:
    """plan/_meta/templates holds exactly the templates that this build used."""
    folder = desk.path("plan/_meta/templates")
    used = renderer.used()
    if folder.exists() and {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - set(used):
        shutil.rmtree(folder)
    for name, text in used.items():
        files.write(folder / name, text)
