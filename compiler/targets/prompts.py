"""Calls -> prompts/<locale>/<stem>.md, and the templates used."""

from __future__ import annotations

import shutil
from pathlib import Path

from compiler import files
from compiler.places import search_path
from compiler.plan.call import Call
from compiler.talk import prompt as talk_prompt
from compiler.talk.prompt_view import vocabulary
from compiler.targets._desk import Desk, Prompted
from compiler.targets._locales import Locales

AFTER: str | None = "plan"


def prepare(desk: Desk) -> None:
    """Finds templates and locales."""
    desk.open["templates"] = search_path("templates", desk.project)
    desk.open["locales"] = Locales(desk.model, desk.project, desk.screen.warn)


def run(desk: Desk, calls: tuple[Call, ...]) -> tuple[Prompted, ...]:
    """Renders a prompt for each call that has a dialogue; a language that falls back is said once."""
    words = vocabulary(desk.model)
    folders: tuple[Path, ...] = desk.open["templates"]
    locales: Locales = desk.open["locales"]
    done: list[Prompted] = []
    talking = [call for call in calls if call.dialogue]
    with desk.screen.step("prompts", len(talking)) as step:
        for call in talking:
            language = str(call.record.get("language", "en"))
            locale, speech = locales.of(language, desk.options.locale), locales.speech(language)
            prompt = talk_prompt.render(call, locale, words, folders)
            relative = f"prompts/{locale.tag}/{call.stem}.md"
            _move_on(desk, call.stem, relative)
            desk.put(call.stem, "prompts", "prompt", relative, prompt.text, files.digest(prompt.text.encode()))
            done.append(Prompted(call, locale, speech, prompt))
            step.advance()
    _keep_templates(desk, {item.locale.tag for item in done})
    return tuple(done)


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
