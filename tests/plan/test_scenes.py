"""What has to happen in a call: guards resolved, failed acts moved, hold shares, amounts, colleagues."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from compiler.plan.plan import draw
from compiler.plan.scenes import bounds, plausible
from tests.plan.models import PHASES, C, bank, is_, lasting, m

CALLS = list(draw(lasting(bank(), 20)).calls())


def test_guards_are_resolved_for_each_call():
    for call in CALLS:
        answer = call.scenes[1]
        assert ("offer_ticket" in answer.must) is not call.record["FCR"]
        assert answer.customer == (("gets impatient",) if call.record["AWT"] > 100 else ())


def test_acts_of_failed_checks_are_left_out():
    for call in CALLS:
        flags = call.record["compliance_flags"]
        opening, _, closing = call.scenes
        assert opening.failed == (("greet",) if flags["Greeting"] == "fail" else ())
        assert ("greet" in opening.must) is (flags["Greeting"] == "pass")
        assert closing.failed == (("farewell",) if flags["Farewell"] == "fail" else ())
        assert set(call.acts) <= {"greet", "give_name", "offer_ticket", "summarise", "farewell"}
        assert {a for s in call.scenes for a in (*s.must, *s.failed)} == set(call.acts)
    assert {call.record["compliance_flags"]["Greeting"] for call in CALLS} == {"pass", "fail"}


def test_hold_shares_add_up_where_there_is_hold_time():
    for call in CALLS:
        shares = [scene.hold_share for scene in call.scenes]
        assert shares == ([None, 1.0, None] if call.record.get("Hold_time") else [None] * 3)


def test_hold_time_and_silence_are_none_or_long_enough_and_in_centiseconds():
    for call in CALLS:
        for name, least in (("Hold_time", 3.0), ("Silence_total_seconds", 1.0)):
            value = call.record.get(name, 0.0)
            assert value == 0 or value >= least
            assert round(value * 100) / 100 == value
    assert {call.record["Hold_time"] == 0 for call in CALLS if call.voiced} == {True, False}


def test_amounts_fit_their_bucket():
    for call in CALLS:
        if call.record["amount_bucket"] is None:
            assert call.scenes[1].amount is None
            continue
        value, currency = call.scenes[1].amount
        low, high = {"small": (20, 100), "large": (100, 900)}[call.record["amount_bucket"]]
        assert low <= value <= high
        assert currency == "CHF"
    assert {call.record["amount_bucket"] for call in CALLS} == {"small", "large", None}


@pytest.mark.parametrize(("label", "found"), [
    ("<100", (0, 100)), ("100–1000", (100, 1000)), (">5000", (5000, 50_000)), ("1'000–5'000", (1000, 5000)),
    ("lots", None)])
def test_bounds_are_read_off_labels(label, found):
    assert bounds(label) == found


@pytest.mark.parametrize(("value", "rounded"), [(42.13, 42.15), (420.4, 420.0), (4237.0, 4240.0), (42_370.0, 42_400.0)])
def test_amounts_are_such_as_people_name(value, rounded):
    assert plausible(value, 1.0, 90_000.0) == rounded


def test_there_is_a_colleague_for_each_transfer():
    teams = {agent.id: agent.team for agent in bank().agents}
    for call in CALLS:
        assert len(call.colleagues) == call.record["Transfers_count"]
        chain = [call.agent.id, *(colleague.id for colleague in call.colleagues)]
        assert all(a != b for a, b in pairwise(chain))
        if call.colleagues:
            assert teams[chain[0]] != teams[chain[1]]


def test_handovers_speak_first_and_recordings_pause():
    lines = (m.PhaseLine("handed to", team="Team_B", guard=m.Compare(">", m.Ref("Transfers_count"), C(0))),
             m.PhaseLine("recording", text="paused"), m.PhaseLine("amount", amount=m.Ref("fee")))
    fee = m.Field("fee", "fact", "Fee", unit=m.Unit.MONEY, currency="CHF",
                  value=m.Arith("*", m.Ref("NPS_score"), C(2.5)))
    phases = (*PHASES[:1], m.Phase("over", "Over", lines, only_when=is_("intent", "Card", "Loan")))
    model = bank(scenarios=(m.Scenario("Check", "Check", phases), m.Scenario("Lost", "Lost", phases, dialogue=False)))
    seen = set()
    for call in draw(replace(model, fields=tuple(sorted((*model.fields, fee), key=lambda f: f.id)))).calls():
        assert call.dialogue is (call.record["scenario"] == "Check")
        assert len(call.scenes) == (1 if call.record["intent"] == "Transfer" else 2)
        if len(call.scenes) == 2:
            over = call.scenes[1]
            assert over.recording == "paused"
            assert over.amount == (call.record["fee"], "CHF")
            assert over.handed_to == (call.colleagues[0] if call.record["Transfers_count"] else None)
            seen.add(over.handed_to and over.handed_to.id)
    assert "Cleo_Cedar" in seen


def test_a_call_knows_what_goes_on_while_it_is_made():
    days = lasting(bank(), 20)
    first = days.dataset.first.toordinal()
    voice = is_("channel", "voice")
    events = (
        m.Event("down", "Outage", "incident", dates=((first, first + 3),), hours=((0, 14 * 3600),),
                doc="The app\nis down."),
        m.Event("sale", "Sale", "campaign", dates=((first + 2, first + 4),), only_when=voice),
        m.Event("salary", "Salary", "payday", dates=((first, first + 9),)),
    )
    model = replace(days, calendar=replace(days.calendar, events=(*days.calendar.events, *events)))
    seen = set()
    for call in draw(model).calls():
        day = call.start.toordinal() - first
        going_on = {"down"} if day <= 3 and call.start.hour < 14 else set()
        going_on |= {"sale"} if 2 <= day <= 4 and call.record["channel"] == "voice" else set()
        own = [event for event in call.happening if event.id in ("down", "sale", "salary")]
        assert {event.id for event in own} == going_on
        seen |= {(event.id, event.label, event.doc) for event in own}
    assert seen == {("down", "Outage", "The app\nis down."), ("sale", "Sale", "")}
