"""Several edits at once: each cause has the calls that it touches by itself, and what arises together is said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.diff import compare
from compiler.diff.result import Difference
from tests.diff.brute import Slow, edited, project, quickly, slowly, small


def both(tmp_path: Path, *edits: tuple[str, str, str]) -> tuple[Difference, Slow]:
    old, new = project(tmp_path / "old"), project(tmp_path / "new")
    for name, before, after in edits:
        edited(new / name, (before, after))
    return quickly(old, new, tmp_path / "scratch", small()), slowly(old, new, small())


def alone(tmp_path: Path, *edits: tuple[str, str, str]) -> Slow:
    return both(tmp_path, *edits)[1]


AWT = ("kpis.calls", "rises by 35s when outage", "rises by 45s when outage")
ARTICLE = ("kpis.calls", "kb_article_used\n  starts at 50%", "kb_article_used\n  starts at 80%")
ENGLISH = ("delivery.calls", '"Good day, this is MusterBank, {', '"Hello, MusterBank, {')


def test_two_edits_are_two_causes_each_with_its_own_calls(tmp_path: Path) -> None:
    found, slow = both(tmp_path / "both", AWT, ARTICLE)
    singles = [alone(tmp_path / "one", AWT), alone(tmp_path / "two", ARTICLE)]
    assert [cause.title for cause in found.causes] == ["kpi AWT", "flag kb_article_used"]
    for cause, single in zip(found.causes, singles, strict=True):
        assert cause.counts.changed == len(single.all) > 0
        assert {**cause.direct, **cause.downstream} == dict(sorted(single.fields.items()))
    assert found.counts.changed == len(slow.all)
    assert found.shared == len(singles[0].all & singles[1].all) > 0
    assert found.together is None


def test_calls_that_two_causes_touch_are_counted_once_in_all(tmp_path: Path) -> None:
    found, slow = both(tmp_path / "both", ARTICLE, ENGLISH)
    singles = {"flag kb_article_used": alone(tmp_path / "one", ARTICLE), "locale en": alone(tmp_path / "two", ENGLISH)}
    assert {cause.title: cause.counts.changed for cause in found.causes} == {
        title: len(single.all) for title, single in singles.items()}
    one, two = (single.all for single in singles.values())
    assert found.shared == len(one & two)
    assert found.counts.changed == len(one | two) == len(slow.all)
    assert found.counts.prompts == len(slow.prompts)


def test_edits_that_need_each_other_are_one_cause(tmp_path: Path) -> None:
    """A new flag, and an effect that reads it: the effect alone names nothing."""
    found, slow = both(
        tmp_path, ("kpis.calls", "\noverride decide esc", "\nflag vip\n  starts at 20%\n\noverride decide esc"),
        ("kpis.calls", "  rises by 35s when outage\n", "  rises by 35s when outage\n  falls by 20s when vip\n"))
    (cause,) = found.causes
    assert cause.title == "kpi AWT, flag vip"
    assert [(fact.what, fact.new) for fact in cause.facts] == [
        ("added", "falls by 20s when vip"), ("added", "flag vip")]
    assert cause.counts.changed == len(slow.all)


def test_shares_that_trade_are_one_cause_others_are_not(tmp_path: Path) -> None:
    found, _ = both(tmp_path, ("people.calls", 'BS "Basel": 14%', 'BS "Basel": 4%'),
                    ("people.calls", 'SG "St. Gallen": 12%', 'SG "St. Gallen": 22%'), ARTICLE)
    assert [[fact.block for fact in cause.facts] for cause in found.causes] == [
        ["choice region / starts"] * 2, ["flag kb_article_used"]]


def test_what_only_arises_together_is_said_so(tmp_path: Path) -> None:
    """A peak that nothing reads moves to another day, and AWT begins to read it: the calls of the new day change by
    both only, those of the old day would by the second alone."""
    rush = ("september.calls", "override calendar\n", "override calendar\n  wait peak rush\n    on: {}\n\n")
    old, new = project(tmp_path / "old"), project(tmp_path / "new")
    for specs, day in ((old, "2025-09-05"), (new, "2025-09-10")):
        edited(specs / rush[0], (rush[1], rush[2].format(day)))
    effect = "  rises by 35s when outage\n"
    edited(new / "kpis.calls", (effect, effect + "  rises by 50s when rush\n"))
    found, slow = quickly(old, new, tmp_path / "scratch", small()), slowly(old, new, small())
    assert [cause.title for cause in (*found.causes, *found.quiet)] == ["kpi AWT", "calendar / wait peak rush"]
    assert found.together is not None
    assert found.together.calls == len(slow.all) == found.counts.changed > 0
    assert found.together.causes == (1, 2)
    assert found.cancelled == found.causes[0].counts.changed > 0


def test_many_facts_go_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "MOST", 3)
    found, slow = both(
        tmp_path, AWT, ARTICLE, ("people.calls", "total_seconds rises by 1.5s", "total_seconds rises by 2.5s"),
        ("people.calls", "total_seconds falls by 2s", "total_seconds falls by 3s"))
    assert [(cause.title, len(cause.facts)) for cause in found.causes] == [
        ("kpi AWT", 1), ("kpi Silence_total_seconds", 2), ("flag kb_article_used", 1)]
    assert found.counts.changed == len(slow.all)
    assert found.notes == ("4 facts changed: they are taken by block, not one by one",)
