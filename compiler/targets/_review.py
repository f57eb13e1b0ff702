"""Plan -> the pages of build/review: for each scenario, prompt locale and channel one example prompt; the system
messages of these prompts; the plan's figures. Few enough to be committed, and read in a pull request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from compiler.counting import counted
from compiler.places import search_path
from compiler.plan.plan import Plan
from compiler.talk import prompt as talk_prompt
from compiler.talk.prompt import Prompt
from compiler.talk.prompt_view import vocabulary
from compiler.targets import _review_figures
from compiler.targets._locales import Locales
from compiler.targets._review_examples import Combination, chosen, combinations, members

MARK = "<!-- Made by `compile review`: change the specs or the templates, not this page. -->"
FIGURES = "figures.md"
SYSTEM = "system-messages.md"  # no scenario has this name: an id has no hyphen
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}  # of Windows


@dataclass(frozen=True, slots=True)
class Review:
    """`pages`: path below build/review -> text. `missing`: the combinations that no planned call has."""

    pages: Mapping[str, str]
    missing: tuple[Combination, ...]


def review(plan: Plan, period: tuple[date, date], project: Path, locale: str | None,
           say: Callable[[str], None]) -> Review:
    """All pages. `locale` is that of --locale, `say` hears of a language that falls back to another locale."""
    locales = Locales(plan.model, project, say)
    tags = {language: locales.of(language, locale).tag for language in members(plan, "language", "en")}
    examples = chosen(plan, tags)
    words, folders = vocabulary(plan.model), search_path("templates", project)
    prompts = {}
    for combination, number in examples.items():
        call = plan.call(number)
        own = locales.of(str(call.record.get("language", "en")), locale)
        prompts[combination] = talk_prompt.render(call, own, words, folders)
    missing = tuple(each for each in combinations(plan, tags) if each not in examples)
    channels = members(plan, "channel", "voice")
    names = page_names([scenario.id for scenario in plan.model.scenarios])
    pages = {FIGURES: _figures(plan, period, missing)}
    for tag in sorted({each.locale for each in prompts}):
        own_ones = {each: prompt for each, prompt in prompts.items() if each.locale == tag}
        systems = _systems(own_ones)
        pages[f"{tag}/{SYSTEM}"] = _system_page(tag, systems)
        for scenario in sorted({each.scenario for each in own_ones}):
            pages[f"{tag}/{names.get(scenario, scenario)}.md"] = _page(scenario, channels, own_ones, systems)
    return Review({name: f"{MARK}\n\n{text}" for name, text in sorted(pages.items())}, missing)


# ------------------------------------------------------------------------------------------------ the pages


def page_names(scenarios: Sequence[str]) -> dict[str, str]:
    """scenario id -> the name of its page: the id, unless a file system would take two ids for one, or an id for a
    device."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for scenario in sorted(scenarios):
        name, number = f"{scenario}-1" if scenario.lower() in DEVICES else scenario, 1
        while name.casefold() in taken:
            number += 1
            name = f"{scenario}-{number}"
        taken.add(name.casefold())
        names[scenario] = name
    return names


def _page(scenario: str, channels: Sequence[str], prompts: Mapping[Combination, Prompt],
          systems: Mapping[tuple[str, str], list[str]]) -> str:
    """The examples of one scenario in one locale: a section a channel."""
    rows = [f"# {scenario}"]
    for channel in channels:
        rows += ["", f"## {channel}", ""]
        found = [prompt for each, prompt in prompts.items() if (each.scenario, each.channel) == (scenario, channel)]
        if not found:
            rows.append("No planned call is of this kind.")
            continue
        heading = _headings(systems)[channel, found[0].system]
        rows += [f"- call: {found[0].call_id}", f"- file: {found[0].stem}",
                 f"- system message: [{heading}]({SYSTEM}#{_anchor(heading)})", "", *_quoted(found[0].user)]
    return "\n".join(rows) + "\n"


def _systems(prompts: Mapping[Combination, Prompt]) -> dict[tuple[str, str], list[str]]:
    """(channel, system message) -> the scenarios whose examples have it, in order of channel and scenario."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in sorted(prompts, key=lambda one: (one.channel, one.scenario)):
        found.setdefault((each.channel, prompts[each].system), []).append(each.scenario)
    return found


def _headings(systems: Mapping[tuple[str, str], list[str]]) -> dict[tuple[str, str], str]:
    """`voice` where all examples of the channel have the same message, else `voice: Card_lost` by the first one."""
    several = [channel for channel, _ in systems]
    return {key: key[0] if several.count(key[0]) == 1 else f"{key[0]}: {scenarios[0]}"
            for key, scenarios in systems.items()}


def _system_page(tag: str, systems: Mapping[tuple[str, str], list[str]]) -> str:
    headings = _headings(systems)
    rows = [f"# System messages: {tag}"]
    for key, scenarios in systems.items():
        rows += ["", f"## {headings[key]}", ""]
        if headings[key] != key[0]:
            rows += [f"For {', '.join(scenarios)}.", ""]
        rows += _quoted(key[1])
    return "\n".join(rows) + "\n"


def _figures(plan: Plan, period: tuple[date, date], missing: Sequence[Combination]) -> str:
    dataset = plan.model.dataset
    about = f"{counted(plan.count, 'call')} from {period[0]} to {period[1]}, seed {dataset.seed}."
    text = _review_figures.page(plan, f"{dataset.label}: figures of the plan", about)
    if missing:
        rows = ["", "## Without an example", "", "No planned call has these:", ""]
        text += "\n".join([*rows, *(f"- {each.locale}/{each.scenario}, {each.channel}" for each in missing)]) + "\n"
    return text


def _quoted(text: str) -> list[str]:
    """The text as a block that Markdown leaves alone; its fence is longer than any in the text."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return [f"{fence}markdown", text, fence]


def _anchor(heading: str) -> str:
    """The name that Markdown pages on the web give a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
