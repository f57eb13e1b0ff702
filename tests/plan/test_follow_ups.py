"""A flag that says "calls again within 72 hours" is true of the plan, and a false one too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import sqrt

import pytest

from compiler.plan.failure import SpecFailure
from compiler.plan.plan import draw
from tests.plan.models import REPEAT, C, bank, chance, flag, is_, lasting, m, shares, with_fields

FLAG = "repeat_call_within_72h"
MONTH = lasting(bank(), 30)


def truth_of(plan) -> tuple[dict[str, bool], dict[str, bool]]:
    """(what each call's flag says, what the plan shows), by call_id."""
    calls = [call.record for call in plan.calls()]
    starts: dict[str, list[datetime]] = {}
    for record in calls:
        starts.setdefault(record["customer_id"], []).append(datetime.fromisoformat(record["start"]))
    shown = {}
    for record in calls:
        own = datetime.fromisoformat(record["start"])
        shown[record["call_id"]] = any(
            own < other <= own + timedelta(hours=72) for other in starts[record["customer_id"]])
    return {record["call_id"]: record[FLAG] for record in calls}, shown


@pytest.mark.parametrize("model", [
    MONTH,
    replace(MONTH, customers=replace(MONTH.customers, population=600)),  # customers are scarce
    replace(MONTH, dataset=replace(MONTH.dataset, first=MONTH.dataset.first.replace(month=10, day=15),
                                   last=MONTH.dataset.first.replace(month=11, day=5))),  # the clocks change
    with_fields(MONTH, replace(REPEAT, follow_up=replace(REPEAT.follow_up, at_most=3))),
], ids=["month", "few customers", "clock change", "three waves"])
def test_the_flag_is_true_exactly_when_the_customer_calls_again(model):
    said, shown = truth_of(draw(model))
    assert said == shown
    assert sum(said.values()) > 100


def test_the_later_call_knows_the_first_and_takes_over_what_the_spec_says():
    plan = draw(MONTH)
    calls = {call.call_id: call for call in plan.calls()}
    later = [call for call in calls.values() if call.record["follows"]]
    assert len(later) == len(plan.links.made)
    for call in later:
        first = calls[call.record["follows"]]
        assert call.record["customer_id"] == first.record["customer_id"]
        assert call.record["ANI"] == first.record["ANI"]
        assert call.earlier is not None
        assert (call.earlier.call_id, call.earlier.FCR) == (first.call_id, first.record["FCR"])
        if not first.record["FCR"]:
            assert call.record["intent"] == call.record["intents"][0] == first.record["intent"]
    solved = [call for call in later if calls[call.record["follows"]].record["FCR"]]
    assert any(call.record["intent"] != call.earlier.intent for call in solved)


def test_at_most_one_wave_means_that_nobody_follows_a_follow_up():
    calls = {call.call_id: call.record for call in draw(MONTH).calls()}
    assert all(calls[record["follows"]]["follows"] is None for record in calls.values() if record["follows"])


def test_a_longer_period_displaces_no_link():
    weekly = m.Calendar(events=(m.Event("outage", "Outage", "incident", weekdays=(2,), calls=m.Constant(1.3)),))
    short, long = (draw(lasting(bank(calendar=weekly), days)) for days in (30, 45))
    links = [{c.call_id: c.record["follows"] for c in plan.calls()} for plan in (short, long)]
    assert {call: links[1][call] for call in links[0]} == links[0]


def test_more_calls_move_few_links():
    quiet, busy = (draw(replace(MONTH, volume=replace(MONTH.volume, scale=scale))) for scale in (1.0, 1.1))
    before, after = ({c.call_id: c.record["follows"] for c in plan.calls()} for plan in (quiet, busy))
    assert set(before) < set(after)
    moved = sum(after[call] != follows for call, follows in before.items())
    assert moved <= 0.03 * len(before)


def test_the_share_holds_away_from_the_end_of_the_period():
    from compiler.plan.summary import summarise

    row = summarise(draw(lasting(bank(), 120)))["fields"][FLAG]["true"]
    assert abs(row["z"]) < 4
    assert row["asked"] == pytest.approx(0.163, abs=0.01)


def test_what_finds_no_slot_in_time_is_counted_apart():
    """Closed from Saturday to Tuesday: who calls on a Friday would call again on a day without calls."""
    from compiler.plan.summary import summarise

    closed = m.Either((m.Ref("weekend"), is_("weekday", "Mon"), is_("weekday", "Tue")))
    model = lasting(bank(calendar=replace(bank().calendar, calls=((C(0.0), closed),))), 120)
    plan = draw(model)
    summary = summarise(plan)
    row, links = summary["fields"][FLAG]["true"], summary["follow_ups"]
    assert abs(row["z"]) < 4
    assert row["no_slot"] > 0.02
    assert links["no_slot_in_time"] == round(row["no_slot"] * row["n"]) > 100
    drawn = (row["got"] + row["no_slot"]) * row["n"]
    assert abs(drawn - row["asked"] * row["n"]) < 4 * sqrt(row["n"] * row["asked"] * (1 - row["asked"]))
    assert row["got"] < row["asked"] - 4 * sqrt(row["asked"] * (1 - row["asked"]) / row["n"])  # a false alarm before
    assert not [text for text in summary["flagged"] if text.startswith(FLAG)]
    (guard,) = summary["guards"][FLAG]
    assert (guard["when"], guard["is"]) == ("FCR", "true")
    assert 0 < guard["no_slot"] < guard["asked"]
    assert abs(guard["z"]) < 4


def test_the_parts_of_the_closing_line_add_up():
    from compiler.plan.summary import summarise

    assert summary_of(asked=87, made=62, cut=10, unplaced=12, last=3) == (
        "follow-ups", "87", "62 (10 cut off, 12 no slot, 3 chain full)")
    assert summary_of(asked=11, made=3, cut=8) == ("follow-ups", "11", "3 (8 cut off)")
    assert summary_of(asked=5, made=5) == ("follow-ups", "5", "5")
    links = summarise(draw(MONTH))["follow_ups"]
    assert links["asked"] == sum(links[name] for name in (
        "made", "cut_off_by_the_period", "no_slot_in_time", "beyond_at_most")) > links["made"] > 100


def summary_of(asked: int, made: int, cut: int = 0, unplaced: int = 0, last: int = 0) -> tuple[str, str, str]:
    from compiler.plan.summary import headline

    (line,) = headline({}, {"asked": asked, "made": made, "cut_off_by_the_period": cut, "no_slot_in_time": unplaced,
                            "beyond_at_most": last})
    return line


def test_too_small_a_population_is_refused():
    with pytest.raises(SpecFailure) as failure:
        draw(replace(MONTH, customers=replace(MONTH.customers, population=150)))
    assert str(failure.value) == (
        "the population of 150 customers is too small: on 2025-09-02 nearly everybody has called within the last 3 "
        "days, and who is not to call again must not; make `population` larger")


def test_two_flags_come_true_each_by_its_own_calls():
    """Sales calls that nobody answered are tried again within two days, up to three times; others are as they were."""
    missed = flag("missed", chance(0.3))
    again = flag("tried_again", chance(0.85), only_when=m.Ref("missed"), follow_up=m.FollowUp(
        48 * 3600, ((("customer", "intent", "missed"), None),), 3))
    other = replace(REPEAT, only_when=m.Not(m.Ref("missed")))
    plan = draw(with_fields(MONTH, missed, again, other))
    calls = {call.call_id: call.record for call in plan.calls()}
    made = {flag_id: [c for c in calls.values() if c.get(flag_id)] for flag_id in (FLAG, "tried_again")}
    followed = {c["follows"] for c in calls.values() if c["follows"]}
    assert {c["call_id"] for flag_id in made for c in made[flag_id]} == followed
    assert min(len(made[FLAG]), len(made["tried_again"])) > 100
    depth = {}
    for record in sorted(calls.values(), key=lambda r: r["start"]):
        first = calls.get(record["follows"])
        if first is None or not first["missed"]:
            depth[record["call_id"]] = 0
            continue
        depth[record["call_id"]] = depth[first["call_id"]] + 1
        late = datetime.fromisoformat(record["start"]) - datetime.fromisoformat(first["start"])
        assert timedelta(0) < late <= timedelta(hours=48)
        assert (record["customer_id"], record["intent"]) == (first["customer_id"], first["intent"])
        assert record["missed"]
    assert max(depth.values()) == 3


def test_what_reads_the_flag_is_drawn_after_it_is_settled():
    angry = flag("angry", chance(0.0), chance(1.0, m.Ref(FLAG)))
    assert all(c.record["angry"] == c.record[FLAG] for c in draw(with_fields(MONTH, angry)).calls())


def test_agents_may_be_chosen_by_the_customers_language():
    agents = next(f for f in MONTH.fields if f.id == "agent_name")
    members = tuple(replace(x, only_when=is_("language", "en")) if x.id == "Cleo_Cedar" else x for x in agents.members)
    plan = draw(with_fields(MONTH, replace(agents, members=members)))
    assert {c.record["language"] for c in plan.calls() if c.record["agent_name"] == "Cleo_Cedar"} == {"en"}
    said, shown = truth_of(plan)
    assert said == shown


def test_a_field_that_the_first_call_must_know_may_not_read_the_flag():
    late = with_fields(MONTH, flag("FCR", chance(0.5), chance(0.6, m.Ref("churn"))),
                       flag("churn", chance(0.1)))
    assert draw(late).count
    odd = replace(REPEAT, follow_up=replace(REPEAT.follow_up, same=((("customer", "intent"), m.Ref("angry")),)))
    with pytest.raises(SpecFailure) as failure:
        draw(with_fields(MONTH, odd, flag("angry", chance(0.0), chance(1.0, m.Ref(FLAG)))))
    assert str(failure.value) == f"{FLAG} decides who calls again, but angry reads it and is needed before that"


def test_two_fields_that_read_each_other_are_shown_as_a_circle():
    one, two = (replace(MONTH.field("product"), id=name, effects=(), starts=(
        shares(Card=0.5, Loan=0.5), shares(Card=1.0, when=is_(other, "Card")))) for name, other in
        (("alpha", "beta"), ("beta", "alpha")))
    with pytest.raises(SpecFailure) as failure:
        draw(with_fields(MONTH, one, two))
    assert str(failure.value) == "these fields depend on each other: alpha -> beta -> alpha"


def without_follow_ups(model: m.Model) -> m.Model:
    return replace(model, fields=tuple(f for f in model.fields if f.id != FLAG))


def test_without_follow_ups_the_same_customer_may_call_any_time_and_files_still_have_their_own_names():
    model = replace(without_follow_ups(bank()), volume=m.Volume(4000, 2000),
                    customers=replace(MONTH.customers, population=4))
    plan = draw(model)
    assert len({call.stem for call in plan.calls()}) == plan.count > 40_000


def test_files_that_cannot_have_names_of_their_own_are_refused():
    model = replace(without_follow_ups(bank()), volume=m.Volume(4000, 2000),
                    customers=replace(MONTH.customers, population=1))
    with pytest.raises(SpecFailure) as failure:
        draw(model)
    assert str(failure.value).startswith("the population of 1 customers is too small: ")
    assert str(failure.value).endswith(
        " calls would have the same agent, second and customer as another; make `population` larger")
    agents = model.field("agent_name")
    members = tuple(replace(x, only_when=is_("language", "en", "de")) for x in agents.members)
    with pytest.raises(SpecFailure) as failure:
        draw(with_fields(model, replace(agents, members=members)))
    assert str(failure.value).endswith(
        " calls have the same agent, second and customer as another; make the `population` larger")
