"""Call -> Prompt: what the language model is asked, from the templates of a locale.

templates/<tag>/<voice|text>/{system,user}.md.j2; of a region's locale (`de-CH`) the language's serve where it has none.
The project's folder comes before the shipped one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compiler import catalog
from compiler.catalog import Locale
from compiler.failures import UsageError, WorldError
from compiler.plan.call import Call
from compiler.talk import prompt_fold
from compiler.talk import prompt_sandbox as sandbox
from compiler.talk.prompt_view import Vocabulary, view

PARTS = ("system", "user")
CHANNELS = ("voice", "text")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call's prompt: a system and a user message in the language of `locale`."""

    call_id: str
    stem: str
    locale: str
    system: str
    user: str

    @property
    def text(self) -> str:
        """The prompt as a Markdown file to review: nothing in it depends on when or where it was made."""
        return (f"# {self.stem}\n\n- call: {self.call_id}\n- locale: {self.locale}\n\n"
                f"## system\n\n{self.system}\n\n## user\n\n{self.user}\n")


def choose_locale(option: str | None, environment: Mapping[str, str], language: str,
                  available: Iterable[str]) -> tuple[str, str | None]:
    """The locale of prompt and header: `--locale`, else GEN_LOCALE, else the call's language; and a note where it is
    not the one asked for. UsageError for an option that is no locale tag."""
    wanted = option or environment.get("GEN_LOCALE") or language
    source = "--locale" if option else "GEN_LOCALE"
    if wanted != language and not catalog.is_tag(wanted):
        raise UsageError(f"{source} `{wanted}` is no locale tag; write it like de, en or de-CH")
    return catalog.choose(wanted, available)


def available(folders: tuple[Path, ...]) -> tuple[str, ...]:
    """The tags that have templates of their own, sorted."""
    return tuple(sorted({path.parent.parent.name for folder in folders for path in folder.glob("*/*/user.md.j2")}))


@cache
def template_name(tag: str, channel: str, part: str, folders: tuple[Path, ...]) -> str:
    """The template that serves; WorldError where the locale has none."""
    layers = dict.fromkeys((tag, tag.partition("-")[0], "common"))
    for layer in layers:
        name = f"{layer}/{channel}/{part}.md.j2"
        if sandbox.locate(name, folders):
            return name
    raise WorldError(f"there is no template {tag}/{channel}/{part}.md.j2 in {', '.join(map(str, folders))}")


def render(call: Call, locale: Locale, words: Vocabulary, folders: tuple[Path, ...]) -> Prompt:
    """The prompt of `call` in the language of `locale`; `folders` are the template folders
    (places.search_path("templates", project)). WorldError "file:line: ..." for a wrong template."""
    seen = view(call, locale, words)
    channel = "text" if call.record.get("channel") == "text" else "voice"
    system, user = (prompt_fold.fill(folders, template_name(locale.tag, channel, part, folders), seen).strip()
                    for part in PARTS)
    return Prompt(call.call_id, call.stem, locale.tag, system, user)
