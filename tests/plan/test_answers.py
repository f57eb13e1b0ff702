"""The answer key says what an analysis of the plan finds, and which lines it cannot find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compiler.lang import model as m
from compiler.lang.load import load
from compiler.plan.answers import rows as answers_rows
from compiler.plan.answers.key import answers
from compiler.plan.answers.planted import named
from compiler.plan.plan import Plan, draw
from tests.plan.models import C, bank, chance, choice, flag, is_, lasting, normal, number, rises, shares, with_fields

ROOT = Path(__file__).resolve().parents[2]
TEAM_B = is_("team", "Team_B")
OUTAGE = m.Ref("outage")


def planted() -> m.Model:
    """A bank in which nothing but these lines moves these fields."""
    fields = (
        flag("FCR", chance(0.78), effects=(rises(-0.12, OUTAGE),)),
        number("AWT", normal(60, 20), unit=m.Unit.TIME, within=(0.0, 600.0),
               effects=(m.Effect("multiply", C(1.8), None, TEAM_B),)),
        choice("product", shares(Card=0.2, Loan=0.3, Transfer=0.5),
               effects=(rises(0.1, OUTAGE, "Card"), rises(-0.1, OUTAGE, "Transfer"))),
        flag("kb_article_used", chance(0.5), effects=(rises(0.001, TEAM_B),)),
        flag("praised", chance(0.1), chance(0.4, is_("agent_name", "Ada_Alder"))),
    )
    people = m.Customers(8000, ("ANI", "language", "persona", "region", "voice"), ("unassignable CH",))
    return lasting(with_fields(bank(volume=m.Volume(700, 700), customers=people), *fields), 10)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return draw(planted())


def line(plan: Plan, field: str, member: str | None = None, number: int = 0) -> dict[str, Any]:
    found = [e for e in answers(plan)["effects"] if (e["field"], e["member"]) == (field, member)]
    return dict(found[number])


def measured(plan: Plan, values: Any, touched: Any) -> float:
    values = np.asarray(values, dtype=np.float64)
    return float(values[touched].mean() - values[~touched].mean())


def outage(plan: Plan) -> Any:
    return plan.days.events["outage"][plan.frame["day"]]


def team_b(plan: Plan) -> Any:
    return plan.frame["agent_name"] == 2


CASES = {
    "FCR": ("FCR", None, -12.0, outage, 100.0),
    "AWT": ("AWT", None, 48.0, team_b, 1.0),
    "product.Card": ("product", "Card", 10.0, outage, 100.0),
    "product.Transfer": ("product", "Transfer", -10.0, outage, 100.0),
    "praised": ("praised", None, 30.0, lambda plan: plan.frame["agent_name"] == 0, 100.0),
}


@pytest.mark.parametrize("name", CASES)
def test_the_plan_shows_what_the_key_says(name: str, plan: Plan) -> None:
    field, member, expected, touched, unit = CASES[name]
    key = line(plan, field, member)
    column = plan.frame[field]
    if member is not None:
        column = column == plan.scope.members[field].index(member)
    rows = touched(plan)
    assert key["difference"] == pytest.approx(expected, abs=0.6)
    assert (key["touched"], key["not_touched"]) == (int(rows.sum()), int((~rows).sum()))
    assert abs(measured(plan, column, rows) * unit - key["difference"]) < 4 * key["standard_error"]
    assert key["can_be_shown"] and key["why_not"] == ""


def test_what_the_lines_ask_for_is_said_in_words(plan: Plan) -> None:
    assert line(plan, "FCR")["told"] == "FCR -12pp when outage"
    assert (line(plan, "FCR")["asked"], line(plan, "FCR")["unit"]) == ("-12pp", "pp")
    assert line(plan, "FCR")["causes"] == ["outage"] and line(plan, "AWT")["causes"] == ["Team_B"]
    assert (line(plan, "AWT")["asked"], line(plan, "AWT")["unit"]) == ("x 1.8", "s")
    assert line(plan, "praised")["asked"] == "starts chance 40%"
    assert line(plan, "praised")["mean_without"] == 10.0


def test_a_small_effect_cannot_be_shown(plan: Plan) -> None:
    key = line(plan, "kb_article_used")
    assert key["difference"] == pytest.approx(0.1) and not key["can_be_shown"]
    assert key["why_not"] == "too few calls for its size"
    assert key["calls_needed"] > 100 * plan.count


def test_an_effect_that_touches_nobody_or_everybody_is_said() -> None:
    never, always = rises(0.1, is_("product", "Nothing")), rises(0.1)
    fields = (flag("kb_article_used", chance(0.5), effects=(never, always)),)
    model = with_fields(bank(), *fields, choice("product", shares(Card=1.0, Nothing=0.0)))
    keys = [e for e in answers(draw(model))["effects"] if e["field"] == "kb_article_used"]
    assert {key["why_not"] for key in keys} == {
        "touches no call of this plan", "touches every call: there is nothing to compare with"}
    assert not any(key["can_be_shown"] for key in keys)


def test_the_bounds_of_a_field_count() -> None:
    """An effect that `stays within` cuts off moves as much as is left of it."""
    f = flag("kb_article_used", chance(0.9), effects=(rises(0.3, TEAM_B),))
    key = line(draw(with_fields(bank(), f)), "kb_article_used")
    assert (key["asked"], key["difference"]) == ("+30pp", pytest.approx(10.0))


def test_a_large_plan_is_measured_on_a_sample(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {(e["field"], e["member"], e["guard"]): e for e in answers(plan)["effects"]}
    monkeypatch.setattr(answers_rows, "SAMPLE", 3000)
    part = answers(plan)
    assert part["calls"]["planned"] == plan.count and 2700 < part["calls"]["measured_on"] < 3300
    for key in part["effects"]:
        full = whole[key["field"], key["member"], key["guard"]]
        if full["touched"] > 500:
            assert key["touched"] == pytest.approx(full["touched"], rel=0.25)
            assert abs(key["difference"] - full["difference"]) < max(0.05 * abs(full["difference"]), 0.3)


def test_parts_of_any_size_give_the_same(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = answers(plan)
    parts = list(plan.parts(1000))
    monkeypatch.setattr(Plan, "parts", lambda self: iter(parts))
    assert answers(plan) == whole


def test_causes_tell_direct_from_indirect(plan: Plan) -> None:
    (found,) = [c for c in answers(plan)["causes"] if c["name"] == "outage"]
    assert found["kind"] == "incident" and "FCR" in found["moves"]
    indirect = {each["field"]: each["through"] for each in found["indirect"]}
    assert indirect["NPS_score"] == ["FCR"] and indirect["escalation"] == ["FCR"]
    assert not set(found["moves"]) & set(indirect)


def test_a_condition_names_its_causes() -> None:
    model = bank()
    guard = m.All((m.Not(m.Ref("outage")), m.Either((is_("team", "Team_B"), is_("agent_name", "Ada_Alder")))))
    assert named(model, guard) == {"outage", "Team_B", "Ada_Alder"}
    assert named(model, is_("channel", "text")) == set()


def test_volumes_and_chains(plan: Plan) -> None:
    key = answers(plan)
    (event,) = [e for e in key["volume"]["events"] if e["event"] == "outage"]
    days = [plan.days.day(d).isoformat() for d in range(plan.days.count) if plan.days.events["outage"][d]]
    assert list(event["days"]) == days and all(1.25 <= factor <= 1.4 for factor in event["days"].values())
    assert event["calls"] > event["calls_without"] > 0
    (chain,) = key["follow_ups"]
    assert chain["flag"] == "repeat_call_within_72h"
    assert chain["follow_ups"] == int((plan.links.follows >= 0).sum()) == sum(chain["by_place_in_the_chain"].values())


def test_every_line_of_the_shipped_spec_has_its_place() -> None:
    loaded = load([ROOT / "specs"], overlays=["September"], library=ROOT / "specs" / "library")
    assert loaded.model is not None
    key = answers(draw(loaded.model))
    assert len(key["effects"]) > 80
    for each in key["effects"]:
        assert ":" in each["place"], each
    shown = {each["told"] for each in key["effects"] if each["can_be_shown"]}
    assert {"AWT +35 s when outage", "FCR -15pp when outage", "FCR -7pp when team is Team_B"} <= shown


def test_a_window_of_days_is_what_counts(plan: Plan) -> None:
    first = plan.days.day(2)
    shown = draw(planted(), first, plan.days.day(3))
    key = answers(shown)
    assert key["calls"]["planned"] == shown.count == int(plan.days.volumes[2] + plan.days.volumes[3])
    days = {day for event in key["volume"]["events"] for day in event["days"]}
    assert days <= {first.isoformat(), plan.days.day(3).isoformat()}


def test_a_plan_without_calls_has_a_key() -> None:
    model = replace(bank(), volume=m.Volume(0, 0))
    assert answers(draw(model))["calls"] == {"planned": 0, "measured_on": 0}
