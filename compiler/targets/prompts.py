"""Calls -> prompts/<locale>/<stem>.md, and the templates used."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from compiler import catalog, files
from compiler.places import search_path
from compiler.plan.call import Call
from compiler.talk import prompt as talk_prompt
from compiler.talk.prompt_view import vocabulary
from compiler.targets._desk import Desk, Prompted

AFTER: str | None = "plan"


def prepare(desk: Desk) -> None:
    """Finds templates and locales."""
    desk.open["templates"] = search_path("templates", desk.project)
    desk.open["locales"] = search_path("locales", desk.project)
    desk.open["chosen"] = {}


def run(desk: Desk, calls: tuple[Call, ...]) -> tuple[Prompted, ...]:
    """Renders a prompt for each call that has a dialogue; a language that falls back is said once."""
    words = vocabulary(desk.model)
    folders: tuple[Path, ...] = desk.open["templates"]
    done: list[Prompted] = []
    talking = [call for call in calls if call.dialogue]
    with desk.screen.step("prompts", len(talking)) as step:
        for call in talking:
            language = str(call.record.get("language", "en"))
            locale, speech = _locale(desk, language, desk.options.locale), _locale(desk, language, language)
            prompt = talk_prompt.render(call, locale, words, folders)
            relative = f"prompts/{locale.tag}/{call.stem}.md"
            _move_on(desk, call.stem, relative)
            desk.put(call.stem, "prompts", "prompt", relative, prompt.text, files.digest(prompt.text.encode()))
            done.append(Prompted(call, locale, speech, prompt))
            step.advance()
    _keep_templates(desk, {item.locale.tag for item in done})
    return tuple(done)


def _locale(desk: Desk, language: str, option: str | None) -> catalog.Locale:
    """The locale for `language`, or for the option that overrules it; a fallback is said once."""
    chosen: dict[tuple[str, str | None], catalog.Locale] = desk.open["chosen"]
    if (language, option) not in chosen:
        folders = desk.open["locales"]
        tag, note = talk_prompt.choose_locale(option, os.environ, language, catalog.available(folders))
        if note and note not in desk.screen.warnings:
            desk.screen.warn(note)
        chosen[language, option] = _with_spec(desk, catalog.load(tag, folders))
    return chosen[language, option]


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


def _keep_templates(desk: Desk, tags: set[str]) -> None:
    """plan/_meta/templates holds exactly the templates of the locales that this build used."""
    kept = desk.path("plan/_meta/templates")
    used: dict[str, str] = {}
    for folder in reversed(desk.open["templates"]):
        for layer in sorted({"common", *tags, *(tag.partition("-")[0] for tag in tags)}):
            for path in sorted((folder / layer).rglob("*.j2")):
                used[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
    if kept.exists() and {p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()} - set(used):
        shutil.rmtree(kept)
    for name, text in used.items():
        files.write(kept / name, text)
