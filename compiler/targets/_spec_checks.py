"""What only the later stages know to be wrong with a spec, as diagnostics like all others: templates that name what
no call has, languages without a locale, voices that the chosen engine does not have."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from compiler import catalog, registry
from compiler.diag import Diagnostic, Label
from compiler.lang.model import Model
from compiler.lang.suggest import nearest
from compiler.options import Options
from compiler.places import search_path
from compiler.source import Source, Span
from compiler.talk.prompt import choose_locale
from compiler.talk.prompt_check import Problem, check_templates
from compiler.targets._locales import FILES

SPEAKS_ONLY_LOCALES = ("embedded",)  # writers that need phrase books; others write any language


def spec_problems(
    model: Model, project: Path, options: Options, specs: Mapping[str, Source], templates: bool = True
) -> tuple[tuple[Diagnostic, ...], dict[str, Source]]:
    """Diagnostics, and the sources that their places need besides `specs`. `templates`: whether they are looked at."""
    outside = _outside(model, project, specs)
    if outside:
        return outside, {}
    locales = search_path("locales", project)
    found = [*_languages(model, locales, options), *_voices(model, options)]
    if not templates:
        return tuple(found), {}
    problems = check_templates(search_path("templates", project), _tags(model, locales, options),
                               [field.id for field in model.fields])
    sources = {problem.file: Source(problem.file, _text(problem.file)) for problem in problems}
    found += [_diagnostic(problem, sources[problem.file].text) for problem in problems]
    return tuple(found), sources


def _outside(model: Model, project: Path, specs: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """Files that a spec names, and that lie outside the project: a spec may come from a stranger."""
    named = [(Path(model.folder), path) for block in model.locales for name in FILES
             if (path := block.settings.get(name)) is not None]
    if model.audio.hold_music is not None:
        named.append((project, model.audio.hold_music))
    return tuple(
        Diagnostic("E0802", f"the file `{path}` lies outside the project", Label(_said(path, specs)),
                   help=f"name a file inside {project}")
        for home, path in named if not (home / path).resolve().is_relative_to(project.resolve())
    )


def _said(text: str, specs: Mapping[str, Source]) -> Span:
    """The first place of the specs that says `text`."""
    for source in specs.values():
        for number, line in enumerate(source.text.split("\n"), 1):
            if text in line:
                column = line.index(text) + 1
                return Span(source.name, number, column, number, column + len(text))
    return Span(next(iter(specs)), 1, 1, 1, 2)


def _tags(model: Model, folders: tuple[Path, ...], options: Options) -> list[str]:
    """The locales whose templates this spec uses."""
    have = catalog.available(folders)
    languages = [member.id for field in model.fields if field.id == "language" for member in field.members] or ["en"]
    return sorted({choose_locale(options.locale, os.environ, language, have)[0] for language in languages})


def _languages(model: Model, folders: tuple[Path, ...], options: Options) -> list[Diagnostic]:
    have = catalog.available(folders)
    if options.writer not in SPEAKS_ONLY_LOCALES or options.target in ("check", "plan", "prompts"):
        return []
    found = []
    for field in model.fields:
        for member in field.members if field.id == "language" else ():
            if catalog.choose(member.id, have)[1] is not None and member.span is not None:
                found.append(Diagnostic(
                    "E0703", f"locale {member.id} is needed by this language, but there is no locales/{member.id}",
                    Label(member.span, f"the {options.writer} writer knows {', '.join(have)}"),
                    help=f"add a folder locales/{member.id}, leave the language out, or use --writer openai",
                ))
    return found


def _voices(model: Model, options: Options) -> list[Diagnostic]:
    """The engine's own voices that `audio` names for voices of the cast; looked at only where something will speak."""
    place = model.origins.get((("audio", ""), ("voices",), ""))
    if options.target not in ("audio", "sa") or place is None:
        return []
    from compiler.sound import casting  # only runs that speak load what speaks

    has = casting.offered(registry.part(casting.VOICES, options.engine, "speech engine"))
    found = []
    for cast, own in sorted(model.audio.voices.items()):
        if own not in has:
            near = nearest(own, has)
            found.append(Diagnostic(
                "E0701", f"voice `{own}` (for {cast}) is not offered by the engine {options.engine}", Label(place),
                help=f"did you mean `{near}`?" if near else f"it has: {', '.join(has)}",
            ))
    return found


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # a folder, or a file whose problem is just that: there is no line to show


def _diagnostic(problem: Problem, text: str) -> Diagnostic:
    lines = text.splitlines()
    line = lines[problem.line - 1] if 0 < problem.line <= len(lines) else ""
    column = line.find(problem.name) + 1 if problem.name and problem.name in line else 1
    span = Span(problem.file, problem.line, column, problem.line, column + max(1, len(problem.name)))
    help_ = f"did you mean `{problem.suggestion}`?" if problem.suggestion else ""
    return Diagnostic("E0801", problem.message, Label(span), help=help_)

