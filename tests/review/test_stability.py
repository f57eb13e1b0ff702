"""Which pages an edit may change: those that show something of it, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.plan.plan import Plan
from tests.review.bank import FIGURES, WEEK, Made, by_hand, changed, make, should_change


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("base"))


def test_there_is_a_page_for_each_scenario_and_locale_with_calls(base: Made) -> None:
    examples = by_hand(base.plan)
    expected = {f"{locale}/{scenario}.md" for locale, scenario in examples}
    assert set(base.pages) == expected | {FIGURES, "de/system-messages.md", "en/system-messages.md"}
    assert len(expected) > 12  # the plan is large enough to mean something
    for (locale, scenario), channels in examples.items():
        page = base.pages[f"{locale}/{scenario}.md"]
        assert page.count("No planned call is of this kind.") == 2 - len(channels)
        for stem, system, user in channels.values():
            assert f"- file: {stem}\n" in page and f"```markdown\n{user}\n```\n" in page
            assert f"```markdown\n{system}\n```\n" in base.pages[f"{locale}/system-messages.md"]


def test_what_no_call_has_is_listed(base: Made) -> None:
    examples = by_hand(base.plan)
    scenarios = [scenario.id for scenario in base.plan.model.scenarios]
    none = [f"- {locale}/{scenario}, {channel}" for scenario in sorted(scenarios) for locale in ("de", "en")
            for channel in ("text", "voice") if channel not in examples.get((locale, scenario), {})]
    listed = [line for line in base.pages[FIGURES].splitlines() if line.startswith("- ")]
    assert none and listed == none


MONIKA = 'agent Monika_Mueller "Monika Müller"\n    gender: female\n    voice: nova\n'


@pytest.mark.parametrize("edits", [
    [("people.calls", "# Who answers.", "# Who answers, since 2019.\n# All of them.")],
    [("september.calls", "September\n", "September\n# another\n")],
    [("people.calls", MONIKA, 'agent Monika_Mueller "Monika Müller"\n    voice: nova\n    gender: female\n')],
    [("calls.calls", "  when outage\n    Online_Banking rises by 10\n    Technical_Support rises by 8\n", ""),
     ("calls.calls", "    Technical_Support rises by 6\n",
      "    Technical_Support rises by 6\n  when outage\n    Technical_Support rises by 8\n"
      "    Online_Banking rises by 10\n")],
    [("delivery.calls", "retries: 3", "retries: 5")],
], ids=["comment", "overlay not chosen", "lines reordered", "blocks reordered", "upload"])
def test_what_says_the_same_changes_no_page(base: Made, tmp_path: Path, edits: list[tuple[str, str, str]]) -> None:
    assert changed(base, make(tmp_path, edits)) == set()


def test_a_label_changes_the_pages_that_show_it(base: Made, tmp_path: Path) -> None:
    """The name of an agent: shown where the agent speaks, or is a colleague, or spoke in the earlier contact."""
    other = make(tmp_path, [("people.calls", '"Monika Müller"', '"Monika Meier"')])
    shows = {name for name, text in base.pages.items() if "Monika Müller" in text}
    assert 0 < len(shows) < len(base.pages) / 2
    assert changed(base, other) == shows
    assert {name: text.replace("Monika Müller", "Monika Meier") for name, text in base.pages.items()} == other.pages


def test_a_weight_of_another_field_changes_only_examples_that_it_touches(base: Made, tmp_path: Path) -> None:
    """The device is in the prompts and in no figure."""
    other = make(tmp_path, [("library/contact_centre.calls", "iOS: 40%\n    Android: 40%",
                             "iOS: 44%\n    Android: 36%")])
    wrong = changed(base, other)
    assert wrong == should_change(base.plan, other.plan)
    assert FIGURES not in wrong and len(wrong) <= 6


@pytest.mark.parametrize("sets", [
    (WEEK[0], "volume.scale=16.5%"), (WEEK[0], "volume.scale=13.5%"), ("dataset.to=2025-09-15", WEEK[1]),
    ("dataset.to=2025-09-13", WEEK[1]),
], ids=["volume + 10 %", "volume - 10 %", "a day more", "a day less"])
def test_other_volumes_and_days_change_few_examples(base: Made, tmp_path: Path, sets: tuple[str, str]) -> None:
    other = make(tmp_path, sets=sets)
    prompts = changed(base, other) - {FIGURES}
    assert prompts == should_change(base.plan, other.plan)
    assert len(prompts) <= len(base.pages) / 3


def test_the_size_of_the_parts_changes_no_page(base: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Plan.parts
    monkeypatch.setattr(Plan, "parts", lambda self, size=7: parts(self, size))
    assert changed(base, make(tmp_path)) == set()


def test_one_locale_for_all_calls(tmp_path: Path) -> None:
    """Two languages share one locale: the system messages differ, and each example names its own."""
    made = make(tmp_path, locale="en")
    assert {name.partition("/")[0] for name in made.pages} == {"en", FIGURES}
    page = made.pages["en/system-messages.md"]
    assert "The dialogue is in German," in page and "The dialogue is in English," in page
    headings = {line.removeprefix("## ") for line in page.splitlines() if line.startswith("## voice")}
    assert len(headings) == 2
    named = {line.partition("[")[2].partition("]")[0] for name, text in made.pages.items()
             for line in text.splitlines() if line.startswith("- system message: [voice")}
    assert named == headings


def test_pages_have_names_that_every_file_system_keeps_apart() -> None:
    from compiler.targets._review import page_names

    assert page_names(["card_LOST", "Transfer", "con", "Card_lost", "CARD_lost"]) == {
        "CARD_lost": "CARD_lost", "Card_lost": "Card_lost-2", "card_LOST": "card_LOST-3", "Transfer": "Transfer",
        "con": "con-1"}
