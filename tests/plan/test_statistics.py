"""MusterBank's September: what was asked for is what was got."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from compiler.lang.load import load
from compiler.plan.check_records import check_columns, validator
from compiler.plan.numbers import is_free
from compiler.plan.plan import Plan, draw
from compiler.plan.schema import call_schema
from compiler.plan.summary import summarise

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture(scope="module")
def plan() -> Plan:
    loaded = load((SPECS,), overlays=("September",))
    assert loaded.model is not None
    return draw(loaded.model)


@pytest.fixture(scope="module")
def records(plan):
    return [call.record for call in plan.calls()]


def test_every_stated_share_is_met_within_sampling_error(plan):
    summary = summarise(plan)
    assert summary["flagged"] == []
    stated = {"channel", "intent", "FCR", "product", "agent_name", "agent_shift", "time_of_day_bucket", "NPS_score",
              "scenario", "region", "language", "Empathy", "repeat_call_within_72h", "escalation", "device_type"}
    missing = {name for name in stated if not any(key.endswith(name) for key in summary["fields"])}
    assert not missing
    assert sum(row["asked"] for row in summary["fields"]["product"].values()) == pytest.approx(1, abs=1e-4)


def test_a_summary_would_show_a_share_that_is_off(plan):
    column = plan.frame.columns["kb_article_used"]
    kept = column.copy()
    column[:] = False
    flagged = summarise(plan)["flagged"]
    column[:] = kept
    assert len(flagged) == 1
    assert flagged[0].startswith("kb_article_used: true asked 50.00%, got 0.00% (z -")


@pytest.mark.parametrize(("name", "count"), [
    ("product", 5), ("region", 5), ("language", 2), ("device_type", 3), ("intent", 10), ("scenario", 11),
    ("persona", 4), ("agent_name", 12), ("team", 3), ("channel", 2)])
def test_every_member_occurs(records, name, count):
    assert len({record[name] for record in records}) == count


def test_values_vary_inside_a_cell_of_date_agent_and_bucket(records):
    cells = defaultdict(list)
    for record in records:
        cells[record["date"], record["agent_name"], record["time_of_day_bucket"]].append(record)
    large = [cell for cell in cells.values() if len(cell) >= 4]
    assert len(large) > 30
    for name in ("intent", "product", "customer_id", "AWT", "device_type"):
        assert sum(len({record[name] for record in cell}) > 1 for cell in large) > 0.75 * len(large), name


def test_callers_number_in_the_hundreds_and_belong_to_nobody(plan, records):
    numbers = {record["ANI"] for record in records}
    assert len(numbers) == len({record["customer_id"] for record in records}) > 800
    assert all(is_free(number, plan.model.customers.numbers) for number in numbers)


def test_what_customers_keep_is_the_same_in_all_their_calls(plan):
    kept = defaultdict(set)
    for call in plan.calls():
        kept[call.customer.id].add((call.customer, *(call.record[name] for name in (
            "ANI", "region", "language", "customer_segment", "persona", "customer_name"))))
    assert {len(one) for one in kept.values()} == {1}
    agents = {agent.voice for agent in plan.model.agents}
    voices = {call.customer.voice for call in plan.calls()}
    assert len(voices) > 3
    assert not voices & agents


def test_every_record_passes_the_schema_made_from_the_spec(plan, records):
    check = validator(call_schema(plan.model))
    assert [wrong for record in records for wrong in check(record)] == []
    assert check_columns(plan) == []
    assert {"text", "voice"} == {record["channel"] for record in records}


@pytest.mark.parametrize(("change", "message"), [
    ({"Hold_time": 2.0}, "Hold_time: 2.0 is not valid under any of the given schemas"),
    ({"channel": "text"}, "Hold_time: does not exist in a call over this channel"),
    ({"product": "Hypothek"}, "product: 'Hypothek' is not one of"),
    ({"NPS_score": 11}, "NPS_score: 11 is greater than the maximum of 10"),
    ({"NPS_score": 7.5}, "NPS_score: 7.5 is not of type 'integer'"),
    ({"extra": 1}, "record: Additional properties are not allowed ('extra' was unexpected)"),
    ({"compliance_flags": {"Greeting": "pass"}}, "compliance_flags: 'Empathy' is a required property"),
])
def test_the_schema_finds_what_is_wrong(plan, records, change, message):
    good = next(record for record in records if record["channel"] == "voice")
    found = validator(call_schema(plan.model))({**good, **change})
    assert any(text.startswith(message) for text in found), found


def test_text_calls_have_no_holds_silences_or_interruptions(records):
    voice_only = {"Hold_time", "Silence_ratio", "Silence_total_seconds", "Interruptions_count"}
    for record in records:
        assert voice_only & set(record) == (voice_only if record["channel"] == "voice" else set())


def test_file_names_are_unique(plan):
    stems = [call.stem for call in plan.calls()]
    assert len(set(stems)) == len(stems)


def test_outages_and_what_follows(plan):
    events = summarise(plan)["events"]
    assert len(events["outage"]) == 3
    assert events["app_issue"]
    days = summarise(plan)["days"]
    holiday = {"2025-09-08": 0.8}
    assert all(1.25 <= days[day]["factor"] / holiday.get(day, 1) <= 1.4**2 for day in events["outage"])
