"""Every sample of the language works all the way: each compiles to prompts, and each feature shows in its plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean

import pytest

from compiler import catalog
from compiler.places import search_path
from compiler.plan.check_records import check_columns, validator
from compiler.plan.schema import call_schema
from compiler.plan.summary import summarise
from compiler.talk.prompt import choose_locale, render
from compiler.talk.prompt_view import vocabulary
from tests.samples.plans import EDITS, FILES, PACKS, ROOT, calls, place, plan, records

TEMPLATES, LOCALES = search_path("templates", ROOT), search_path("locales", ROOT)
ALL = (*FILES, *(f"edits/{edit}" for edit in EDITS))


def prompt_of(name: str, call) -> str:
    tag, _ = choose_locale(None, {}, str(call.record["language"]), catalog.available(LOCALES))
    return render(call, catalog.load(tag, LOCALES), vocabulary(plan(name).model), TEMPLATES).text


@pytest.mark.parametrize("name", ALL)
def test_every_sample_compiles_to_prompts(name):
    talking = [call for call in calls(name) if call.dialogue]
    for call in talking[:: max(1, len(talking) // 40)]:
        assert call.agent.label in prompt_of(name, call)


@pytest.mark.parametrize("name", ALL)
def test_every_record_is_what_its_spec_allows(name):
    assert check_columns(plan(name)) == []
    check = validator(call_schema(plan(name).model))
    assert [problem for call in calls(name)[::20] for problem in check(call.record)] == []


@pytest.mark.parametrize("name", ALL)
def test_what_the_spec_asks_for_is_what_the_plan_has(name):
    assert summarise(plan(name))["flagged"] == []


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_makes_a_dataset_of_twenty_lines(pack):
    text = place(f"twenty_lines_{pack}").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) == 20
    assert {call.record["language"] for call in calls(f"twenty_lines_{pack}")} == {"de", "en"}


# ------------------------------------------------------------------------------------------------ telecom


def volumes(name: str) -> dict[str, int]:
    return Counter(record["date"] for record in records(name))


def test_day_of_month_and_the_ramp_of_its_aftermath():
    """The period has one third of the month, a Tuesday: 2026-02-03."""
    days = volumes("telecom")
    assert days["2026-02-03"] == 540
    assert [days[f"2026-02-0{day}"] for day in (4, 5, 6)] == [450, 416, 383]  # 150%, 138.75%, 127.5%
    assert days["2026-02-09"] == 300
    bills = {day: mean(r["intent"] == "Bill" for r in records("telecom") if r["date"] == day)
             for day in ("2026-02-03", "2026-02-10")}
    assert bills["2026-02-03"] > bills["2026-02-10"] + 0.03


def test_opening_hours_and_a_closed_day():
    for record in records("telecom"):
        time, day = record["start"][11:16], record["weekday"]
        assert day != "Sun"
        assert ("09:00" <= time < "16:00") if day == "Sat" else ("08:00" <= time < "20:00")
    assert {r["weekday"] for r in records("telecom")} >= {"Sat", "Mon"}


def test_guarded_lists_and_what_exists_only_sometimes():
    risky = [r for r in records("telecom") if r["churn_risk"]]
    calm = [r for r in records("telecom") if not r["churn_risk"]]
    assert all(r["offer"] is None and "retained" not in r for r in calm)
    for over, share in ((True, 0.50), (False, 0.25)):
        part = [r["offer"] == "Discount_20" for r in risky if (r["tenure"] == "over_3y") is over]
        assert len(part) > 500
        assert mean(part) == pytest.approx(share, abs=0.04)
    cancelling = [r["churn_risk"] for r in records("telecom") if r["intent"] == "Cancel"]
    assert mean(cancelling) > 0.9


def test_facts_follow_from_the_call():
    kept = lost = 0
    for record in records("telecom"):
        retained, risk = record.get("retained", False), record["churn_risk"]
        assert ("saved_per_year" in record) == retained
        assert ("lost_per_year" in record) == (risk and not retained)
        if retained:
            kept += 1
            assert record["saved_per_year"] == pytest.approx(record["monthly_fee"] * 12, abs=0.01)
        if risk and not retained:
            lost += 1
            assert record["upsold"] is False
    assert min(kept, lost) > 500


def test_phases_with_conditions():
    leaving = [call for call in calls("telecom") if call.record["scenario"] == "Wants_to_leave"]
    for call in leaving[:400]:
        there = {scene.id: scene for scene in call.scenes}
        assert ("retention" in there) == call.record["churn_risk"]
        assert ("upsell" in there) == call.record["upsold"]
        if call.record["churn_risk"]:
            assert ("make_offer" in there["retention"].must) == (call.record["offer"] != "Nothing")
    assert len(leaving) > 1000


# ------------------------------------------------------------------------------------------------ claims


def test_an_event_of_some_hours_and_callers_multiplies_only_them():
    """300% for Bernese after 16:00 on the 20th; the other Saturdays show what there would be."""
    def counted(day: str) -> tuple[int, int]:
        found = [r for r in records("claims") if r["date"] == day]
        about = [r for r in found if r["region"] == "BE" and r["start"][11:13] >= "16"]
        return len(about), len(found) - len(about)

    about, others = zip(*(counted(day) for day in ("2026-06-06", "2026-06-13", "2026-07-11")), strict=True)
    hail = counted("2026-06-20")
    assert hail[0] == pytest.approx(3 * mean(about), rel=0.3)
    assert hail[1] == pytest.approx(mean(others), rel=0.1)
    struck = [r["intent"] == "Hail_Damage" for r in records("claims")
              if r["date"] == "2026-06-20" and r["region"] == "BE" and r["start"][11:13] >= "16"]
    assert mean(struck) > 0.6


def test_an_aftermath_runs_out():
    days = volumes("claims")
    assert days["2026-06-21"] == 625  # a Sunday, 250% of 250
    wave = [days[f"2026-06-{day}"] / 400 for day in (22, 23, 24, 25, 26)]
    assert wave == pytest.approx([2.36, 2.22, 2.08, 1.94, 1.80], abs=0.01)
    assert days["2026-07-01"] == 400
    waits = {span: mean(r["AWT"] for r in records("claims") if r["date"] in span)
             for span in (("2026-06-22", "2026-06-23"), ("2026-07-06", "2026-07-07"))}
    early, late = waits.values()
    assert early - late == pytest.approx(240, abs=20)


def test_the_recording_stops_where_nobody_agreed_and_pauses_for_the_card():
    stopped = paused = 0
    for call in calls("claims"):
        states = {scene.id: scene.recording for scene in call.scenes if scene.recording}
        if call.record["scenario"] == "Claim":
            assert (states == {"consent": "stops"}) == (not call.record["recording_consent"])
            stopped += bool(states)
            if states:
                assert not call.voiced
                assert call.dialogue
        if call.record["scenario"] == "Pay_by_card":
            assert states == {"card": "paused"}
            paused += 1
    assert min(stopped, paused) > 300
    first = next(call for call in calls("claims") if call.record["scenario"] == "Pay_by_card"
                 and call.record["language"] == "en")
    assert "The recording pauses here, and the agent says so." in prompt_of("claims", first)
    first = next(call for call in calls("claims") if call.record["language"] == "de" and any(
        scene.recording == "stops" for scene in call.scenes))
    assert "Die Aufzeichnung endet hier" in prompt_of("claims", first)


def test_amounts_are_the_callers_own():
    spoken = [(call, scene) for call in calls("claims") for scene in call.scenes if scene.amount is not None]
    assert len(spoken) > 2000
    assert all(scene.amount == (pytest.approx(call.record["damage"], abs=0.01), "CHF") for call, scene in spoken)
    assert all(50 <= scene.amount[0] <= 60_000 for _, scene in spoken)


def test_a_check_of_some_calls_only():
    for record in records("claims"):
        assert ("Pause_kept" in record["consent_flags"]) == (record["intent"] == "Pay_Deductible")
    failed = [call for call in calls("claims") if call.record["consent_flags"].get("Pause_kept") == "fail"]
    for call in failed:
        assert all("announce_pause" not in scene.must for scene in call.scenes)
    assert failed


# ------------------------------------------------------------------------------------------------ collections, travel

DESK = "collections_and_travel"


def test_unanswered_calls_are_tried_again():
    by_id = {record["call_id"]: record for record in records(DESK)}
    again = [r for r in by_id.values() if r["follows"] and by_id[r["follows"]]["line"] == "Collections"]
    assert len(again) > 600
    wave: dict[str, int] = defaultdict(int)
    for record in sorted(again, key=lambda r: r["start"]):
        first = by_id[record["follows"]]
        assert first["tried_again"] is True
        assert first["result"] in ("No_answer", "Voicemail")
        later = datetime.fromisoformat(record["start"]) - datetime.fromisoformat(first["start"])
        assert timedelta(0) < later <= timedelta(hours=48)
        for name in ("customer_id", "ANI", "intent", "line"):
            assert record[name] == first[name]
        wave[record["call_id"]] = wave[first["call_id"]] + 1
    assert set(wave.values()) >= {1, 2, 3}
    assert max(wave.values()) == 3
    followed = {record["follows"] for record in again}
    assert {r["call_id"] for r in by_id.values() if r.get("tried_again")} == followed


def test_both_kinds_of_follow_up_stand_side_by_side():
    back = [r for r in records(DESK) if r.get("repeat_call_within_72h")]
    assert len(back) > 100
    assert {r["line"] for r in back} == {"Travel"}
    assert not any("repeat_call_within_72h" in r for r in records(DESK) if r["line"] == "Collections")


def test_direction_in_and_out():
    for call in calls(DESK):
        assert call.record["direction"] == ("out" if call.record["line"] == "Collections" else "in")
    call = next(c for c in calls(DESK) if c.record["direction"] == "out" and c.dialogue)
    assert "direction: out" in prompt_of(DESK, call)


def test_calls_without_an_answer_are_records_only():
    for call in calls(DESK):
        assert call.dialogue == (call.record["scenario"] != "No_conversation")
        if call.record["scenario"] == "No_conversation":
            assert call.record["result"] in ("No_answer", "Wrong_number")
            assert call.scenes == ()
    assert sum(not call.dialogue for call in calls(DESK)) > 1000


def test_callers_are_handed_to_somebody_who_speaks_their_language():
    teams = {agent.id: agent.team for agent in plan(DESK).model.agents}
    spoken = {agent.id: agent.language for agent in plan(DESK).model.agents}
    handed = 0
    for call in calls(DESK):
        if call.record["scenario"] != "Rebook_in_my_language":
            continue
        language = call.record["language"]
        scene = next((scene for scene in call.scenes if scene.handed_to is not None), None)
        if language != spoken[call.agent.id] and language in ("it", "fr"):
            assert scene is not None
            assert call.record["Transfers_count"] == 1
            assert teams[scene.handed_to.id] == {"it": "Team_Italiano", "fr": "Team_Francais"}[language]
            assert [colleague.id for colleague in call.colleagues] == [scene.handed_to.id]
            assert "greet_again" in next(scene for scene in call.scenes if scene.id == "rebooking").must
            handed += 1
        else:
            assert scene is None
    assert handed > 200


def test_plain_numbers_are_weights():
    for weekend, shares in ((False, {"Chiara_Rossi": 0.2, "Luc_Favre": 0.2, "Ida_Moser": 0.6}),
                            (True, {"Chiara_Rossi": 0.1, "Luc_Favre": 0.1, "Ida_Moser": 0.8})):
        days = [r["agent_name"] for r in records(DESK) if (r["weekday"] in ("Sat", "Sun")) is weekend]
        for agent, share in shares.items():
            assert Counter(days)[agent] / len(days) == pytest.approx(share, abs=0.05)


def test_callers_have_numbers_of_their_country_that_belong_to_nobody():
    assert all(r["ANI"].startswith("+410") for r in records(DESK))
    assert {r["ANI"][:3] for r in records("twenty_lines_telecom")} == {"+41"}


# ------------------------------------------------------------------------------------------------ the five edits


def mean_of(name: str, field: str, keep) -> float:
    return mean(r[field] for r in records(name) if field in r and keep(r))


def test_an_outage_of_one_team_and_some_hours():
    def there(r) -> bool:
        return r["date"] == "2025-09-23" and r["team"] == "Team_B" and "12:00" <= r["start"][11:16] < "18:00"

    touched = {r["call_id"]: r for r in records("bank") if there(r)}
    changed = {r["call_id"]: r for r in records("edits/outage") if r["call_id"] in touched}
    assert len(touched) > 20
    assert all(changed[i]["AWT"] == pytest.approx(r["AWT"] + 30, abs=0.01) for i, r in touched.items())
    other = {r["call_id"]: r["AWT"] for r in records("bank") if not there(r)}
    assert all(other[r["call_id"]] == r["AWT"] for r in records("edits/outage") if r["call_id"] in other)


def test_a_trainee_takes_five_parts_of_hundred_and_five_and_learns():
    shares = Counter(r["agent_name"] for r in records("edits/trainee"))
    assert shares["Tim_Trainee"] / len(records("edits/trainee")) == pytest.approx(5 / 105, abs=0.008)
    before = {r["call_id"]: r["agent_name"] for r in records("bank")}
    moved = [r for r in records("edits/trainee") if r["agent_name"] != before[r["call_id"]]]
    assert {r["agent_name"] for r in moved} == {"Tim_Trainee"}
    frame = plan("edits/trainee").frame
    program = plan("edits/trainee").programs["talk_time"]
    factors = {}
    for call in calls("edits/trainee"):
        if call.record["agent_name"] == "Tim_Trainee":
            factors.setdefault(call.record["date"], []).append(call.record["talk_time"])
    first = [v for day, values in factors.items() if day <= "2025-09-07" for v in values]
    last = [v for day, values in factors.items() if day >= "2025-09-23" for v in values]
    assert mean(first) > mean(last)
    u = program.effects(1.0, frame)  # the factor itself, by the day
    rows = [i for i, call in enumerate(calls("edits/trainee")) if call.record["agent_name"] == "Tim_Trainee"]
    for i in rows[:40]:
        day = int(calls("edits/trainee")[i].record["date"][-2:]) - 1
        assert float(u[i]) == pytest.approx(1.4 - 0.4 * min(day, 28) / 28)
    call = calls("edits/trainee")[rows[0]]
    assert str(call.record["talk_time"]) in prompt_of("edits/trainee", call)


def test_scores_by_language():
    found = defaultdict(list)
    for record in records("edits/languages"):
        calm = record["AWT"] <= 120 and record["FCR"] and not record["complains"]
        if calm and record["weekday"] not in ("Mon", "Thu"):
            found[record["language"]].append(record["NPS_score"])
    assert set(found["en"]) == {8, 9}
    assert mean(found["en"]) == pytest.approx(8.5, abs=0.05)
    assert mean(found["de"]) - mean(found["fr"]) == pytest.approx(1.0, abs=0.15)
    assert mean(score == 6 for score in found["it"]) == pytest.approx(0.05, abs=0.03)
    assert mean(score == 10 for score in found["it"]) == pytest.approx(0.25, abs=0.05)


def test_a_closed_day_and_a_short_one():
    days = volumes("edits/christmas")
    assert "2025-12-25" not in days
    eve = [r["start"][11:16] for r in records("edits/christmas") if r["date"] == "2025-12-24"]
    assert len(eve) == 300
    assert min(eve) >= "08:00"
    assert max(eve) < "14:00"


def test_a_campaign_of_ten_days():
    before, after = volumes("bank"), volumes("edits/promotion")
    for day, count in before.items():
        inside = "2025-09-10" <= day <= "2025-09-19"
        assert after[day] == (int(count * 1.15 + 0.5) if inside else count)
    own = [{r["call_id"]: r["intent"] for r in records(name)} for name in ("bank", "edits/promotion")]
    inside = [r for r in records("edits/promotion") if "2025-09-10" <= r["date"] <= "2025-09-19"]
    shares = [mean(own[i].get(r["call_id"]) == "Mortgage" for r in inside if r["call_id"] in own[0]) for i in (0, 1)]
    assert shares[1] > shares[0] + 0.05


def test_calls_go_to_those_who_can_take_them():
    found = records("edits/routing")
    assert {r["language"] for r in found if r["team"] == "Team_C"} == {"en"}
    assert {r["language"] for r in found if r["team"] == "Team_A"} == {"de", "en"}
    own = {r["date"] for r in found if r["agent_name"] == "Marco_Fischer"}
    assert (min(own), max(own)) == ("2025-09-10", "2025-09-19")


def test_hours_over_midnight_are_two_pieces_of_the_same_date():
    before = {r["call_id"]: r for r in records("bank")}
    later = 0
    for record in records("edits/routing"):
        night = record["date"] == "2025-09-15" and not "06:00" <= record["start"][11:16] < "22:00"
        same = all(record[name] == before[record["call_id"]][name] for name in ("start", "team", "channel"))
        if same:
            assert record["AWT"] == pytest.approx(before[record["call_id"]]["AWT"] + 60 * night, abs=0.01)
            later += night
    assert later > 20


def test_the_rest_goes_down_pro_rata():
    found = Counter(r["device_type"] for r in records("edits/routing") if (r["language"], r["channel"]) == (
        "en", "voice"))
    shares = {device: count / found.total() for device, count in found.items()}
    # 45%, 45% and 10% by voice: 54%, and of the other two, which start with 40% and 20%, 9 points pro rata
    assert shares == pytest.approx({"iOS": 0.54, "Android": 0.39, "Desktop": 0.07}, abs=0.03)


def test_phases_stand_in_their_order():
    for name in ("telecom", "claims", DESK):
        orders = {s.id: [phase.id for phase in s.phases] for s in plan(name).model.scenarios}
        for call in calls(name)[:300]:
            places = [orders[call.record["scenario"]].index(scene.id) for scene in call.scenes]
            assert all(one < two for one, two in pairwise(places))
