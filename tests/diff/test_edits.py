"""One-line edits: what `compile diff` counts is what a comparison of all records and prompts finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compiler.diff import calls, compare
from compiler.diff.result import Difference
from tests.diff.brute import ROOT, Slow, edited, everything, project, quickly, slowly, small

Check = Callable[[Difference, Slow], None]


def compared(tmp_path: Path, *edits: tuple[str, str, str], parts: tuple[str, ...] = ()) -> tuple[Difference, Slow]:
    """Both comparisons of the shipped specs with edits of (file, old, new)."""
    old, new = project(tmp_path / "old", *parts), project(tmp_path / "new", *parts)
    for name, before, after in edits:
        edited((new.parent / name) if "/" in name else new / name, (before, after))
    found, slow = quickly(old, new, tmp_path / "scratch", small()), slowly(old, new, small())
    assert counts(found) == (len(slow.added), len(slow.removed), len(slow.records), len(slow.prompts))
    assert (found.gained, found.lost) == (slow.gained, slow.lost)
    assert found.fields == dict(sorted(slow.fields.items()))
    return found, slow


def counts(found: Difference) -> tuple[int, int, int, int]:
    return found.counts.added, found.counts.removed, found.counts.records, found.counts.prompts


RECORDS = {
    "a weight": ("calls.calls", "Online_Banking rises by 10\n", "Online_Banking rises by 40\n"),
    "an effect": ("kpis.calls", "rises by 35s when outage", "rises by 45s when outage"),
    "a chance": ("kpis.calls", "starts at 78%", "starts at 74%"),
    "a condition": ("kpis.calls", "falls by 2 when premium_wait_peak", "falls by 2 when outage"),
    "a line of a list of checks": ("kpis.calls", "  falls by 3pp\n", "  falls by 5pp\n"),
    "an effect taken out": ("kpis.calls", "  rises by 20s when premium_wait_peak\n", ""),
    "an effect put in": ("kpis.calls", "  rises by 35s when outage\n",
                         "  rises by 35s when outage\n  rises by 9s when weekend\n"),
    "a seed": ("musterbank.calls", "seed: 1848", "seed: 1849"),
    "an incident moved": ("september.calls", "happens: 3", "happens: 2"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_an_edit_is_one_cause_with_exactly_its_calls(name: str, tmp_path: Path) -> None:
    found, slow = compared(tmp_path, RECORDS[name])
    (cause,) = found.causes
    assert cause.counts == found.counts
    assert {**cause.direct, **cause.downstream} == found.fields
    assert slow.all
    assert not found.quiet
    assert found.together is None


def test_an_effect_names_its_field_and_what_follows(tmp_path: Path) -> None:
    found, _ = compared(tmp_path, RECORDS["an effect"])
    (cause,) = found.causes
    assert list(cause.direct) == ["AWT"]
    assert set(cause.downstream) <= {
        "NPS_score", "Silence_ratio", "Silence_total_seconds", "complains", "complaint_category", "sentiment_score"}
    (fact,) = cause.facts
    assert (fact.block, fact.old, fact.old_place, fact.new, fact.new_place) == (
        "kpi AWT", "rises by 35s when outage", "specs/kpis.calls:5", "rises by 45s when outage", "specs/kpis.calls:5")
    assert cause.exemplar is not None
    assert [row[:2] for row in cause.exemplar.diff] == ["@@", "--", "+-"]


TEXTS = {
    "the label of a value": ("people.calls", 'ZG "Zug"', 'ZG "Zug (Kanton)"'),
    "the label of an agent": ("people.calls", 'Monika_Mueller "Monika Müller"', 'Monika_Mueller "Monika Meier"'),
    "the label of a team": ("people.calls", 'Team_C "Team C"', 'Team_C "Team Gamma"'),
    "a greeting": ("delivery.calls", '"Good day, this is MusterBank, {', '"Hello, MusterBank, {'),
    "a text of a template": ("templates/de/voice/user.md.j2", "Schreibe jetzt das Gespräch.", "Schreibe das Gespräch."),
    "a condition in a template": ("templates/en/voice/user.md.j2", "{% if transfers %}", "{% if transfers > 1 %}"),
    "a text of a locale": (
        "locales/de/value_labels.yml", "Payment_Issue: Zahlungsproblem\n", "Payment_Issue: Sorge ums Geld\n"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_changes_the_prompts_that_show_it(name: str, tmp_path: Path) -> None:
    found, slow = compared(tmp_path, TEXTS[name], parts=("templates", "locales"))
    (cause,) = found.causes
    assert cause.counts == found.counts
    assert found.counts.prompts == len(slow.all) > 0
    assert cause.exemplar is not None
    assert cause.exemplar.diff


QUIET = {
    "a comment": ("kpis.calls", "# Nearly every call is on hold once.", "# Nearly every call is."),
    "a doc that no prompt shows": (
        "musterbank.calls", "## The queue of the premium line is overloaded.", "## It is long."),
    "an order": ("kpis.calls", "  rises by 35s when outage\n  rises by 20s when premium_wait_peak\n",
                 "  rises by 20s when premium_wait_peak\n  rises by 35s when outage\n"),
    "another spelling": ("kpis.calls", "override kpi Hold_time\n  starts as normal, mean 45s, sd 20s",
                         "override kpi Hold_time\n  starts as normal, mean 0.75m, sd 20s"),
}


@pytest.mark.parametrize("name", QUIET)
def test_what_reaches_no_call_changes_none(name: str, tmp_path: Path) -> None:
    found, slow = compared(tmp_path, QUIET[name])
    assert not slow.all
    assert not found.causes
    assert not found.any
    assert [fact.what for cause in found.quiet for fact in cause.facts] == (["doc"] if "doc" in name else [])


def test_a_value_is_added_with_its_share(tmp_path: Path) -> None:
    found, slow = compared(tmp_path, ("people.calls", 'ZG "Zug": 8%', 'ZG "Zug": 5%\n    LU "Luzern": 3%'))
    (cause,) = found.causes
    assert [(fact.what, fact.old, fact.new) for fact in cause.facts] == [
        ("added", None, 'LU "Luzern": 3%'), ("line", 'ZG "Zug": 8%', 'ZG "Zug": 5%')]
    assert slow.records


def test_a_value_is_renamed_wherever_it_stands(tmp_path: Path) -> None:
    old = (tmp_path / "old", tmp_path / "new")
    project(old[0])
    new = project(old[1])
    edited(new / "people.calls", ('ZG "Zug": 8%', 'ZUG "Zug": 8%'))
    for path in new.rglob("*.calls"):
        path.write_text(path.read_text(encoding="utf-8").replace("region is ZG", "region is ZUG"), encoding="utf-8")
    found, slow = quickly(old[0] / "specs", new, tmp_path / "scratch", small()), slowly(old[0] / "specs", new, small())
    (cause,) = found.causes
    assert counts(found) == (len(slow.added), len(slow.removed), len(slow.records), len(slow.prompts))
    assert {fact.block for fact in cause.facts} == {
        "choice region / starts", "choice language"}


def test_an_agent_moves_to_another_team(tmp_path: Path) -> None:
    block = """  agent Peter_Keller
    gender: male
    voice: onyx
    share: workday 7%, weekend 5%
    works: Early 30%, Mid 45%, Late 25%
    Silence_total_seconds rises by 1s

"""
    head = "  compliance_flags falls by 5pp\n\n"
    found, slow = compared(tmp_path, ("people.calls", block, ""), ("people.calls", head, head + block))
    (cause,) = found.causes
    assert "team" in cause.direct
    assert [fact.what for fact in cause.facts] == ["removed", "added"]
    assert slow.records


def test_a_day_is_added(tmp_path: Path) -> None:
    found, slow = compared(tmp_path, ("september.calls", "to: 2025-09-30", "to: 2025-10-01"))
    (cause,) = found.causes
    assert cause.counts.added == len(slow.added) > 0
    assert {fact.block for fact in cause.facts} == {"dataset MusterBank"}


def test_fewer_calls(tmp_path: Path) -> None:
    found, slow = compared(tmp_path, ("musterbank.calls", "Wed: 100%", "Wed: 50%"))
    (cause,) = found.causes
    assert cause.counts.removed == len(slow.removed) > 0
    assert not slow.added


def test_a_field_is_added(tmp_path: Path) -> None:
    flag = "\noverride decide escalation"
    found, slow = compared(tmp_path, ("kpis.calls", flag, "\nflag survey_offered\n  starts at 20%\n" + flag))
    (cause,) = found.causes
    assert list(cause.direct) == ["survey_offered"]
    assert cause.direct["survey_offered"] == len(slow.records)


def test_a_value_is_taken_out(tmp_path: Path) -> None:
    found, slow = compared(tmp_path, ("people.calls", '    ZG "Zug": 8%\n', ""),
                           ("people.calls", 'SG "St. Gallen": 12%', 'SG "St. Gallen": 20%'),
                           ("people.calls", """
override choice language
  when region is ZG
    de falls by 25pp
    en rises by 25pp
""", ""))
    (cause,) = found.causes
    assert {fact.block for fact in cause.facts} == {"choice region / starts", "choice language"}
    assert slow.records


def test_an_agent_is_added(tmp_path: Path) -> None:
    block = """  agent Nora_Frei
    gender: female
    voice: shimmer
    share: workday 4%, weekend 4%
    works: Early 30%, Mid 45%, Late 25%

"""
    head = "  compliance_flags falls by 5pp\n\n"
    found, slow = compared(tmp_path, ("people.calls", head, head + block),
                           ("people.calls", "share: workday 12%, weekend 9%", "share: workday 8%, weekend 5%"))
    (cause,) = found.causes
    assert cause.title == "team Team_A / agent Monika_Mueller, team Team_B / agent Nora_Frei"
    assert "agent_name" in cause.direct
    assert slow.records


def test_what_agents_do_in_a_phase(tmp_path: Path) -> None:
    scenario = """
override scenario Technical_difficulties
  override phase diagnosis
    customer: "sighs"
"""
    found, slow = compared(tmp_path, ("calls.calls", "\noverride scenario Technical_difficulties\n",
                                      scenario + "\noverride scenario Technical_difficulties\n"))
    (cause,) = found.causes
    assert cause.title == "scenario Technical_difficulties / phase diagnosis"
    assert cause.counts.prompts == len(slow.prompts) > 0
    assert not slow.records


def test_big_plans_are_counted_by_what_calls_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without rendering, a call counts that reads a text that changed: at least those whose prompts do."""
    monkeypatch.setattr(calls, "MOST_RENDERED", 10)
    monkeypatch.setattr(compare, "MANY", 10)
    old, new = project(tmp_path / "old"), project(tmp_path / "new")
    edited(new / "delivery.calls", ('"Good day, this is MusterBank, {', '"Hello, MusterBank, {'))
    found, slow = quickly(old, new, tmp_path / "scratch", small()), slowly(old, new, small())
    assert not found.causes[0].rendered
    assert found.counts.prompts >= len(slow.prompts) > 0
    assert found.notes == ("plans of more than 10 calls: prompts are not rendered, a call counts as changed where it "
                           "reads a text that is",)


def test_fewer_days_are_shown(tmp_path: Path) -> None:
    from datetime import date

    specs = project(tmp_path / "old")
    whole = quickly(specs, specs, tmp_path / "scratch", small(start=date(2025, 9, 3), end=date(2025, 9, 9)))
    assert not whole.any
    assert whole.old.calls == whole.new.calls == len(
        everything(specs, small(start=date(2025, 9, 3), end=date(2025, 9, 9))))


def test_another_dataset_has_other_calls(tmp_path: Path) -> None:
    samples = ROOT / "tests" / "samples"
    found = quickly(samples / "twenty_lines_insurance.calls", samples / "twenty_lines_telecom.calls",
                    tmp_path / "scratch", small(sets=(), overlays=()))
    assert (found.counts.removed, found.counts.added, found.counts.changed) == (found.old.calls, found.new.calls, 0)
    assert len(found.causes) == 1
    assert found.notes == ("another dataset: none of its calls is one of the old side",)
