"""An event's `calls` multiply the calls that it is about and no others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime

import pytest

from compiler.plan import swell
from compiler.plan.failure import SpecFailure
from compiler.plan.plan import draw
from compiler.plan.prove import prove
from tests.plan.models import C, bank, is_, m, with_fields
from tests.plan.test_follow_ups import FLAG, truth_of

DAY, H = "2025-09-10", 3600
HAIL = m.Event("hail", "Hail", "incident", dates=((datetime(2025, 9, 10).toordinal(),) * 2,),
               hours=((14 * H, 24 * H),), only_when=is_("region", "ZH"), calls=C(3.0))
SMALL = bank()
BIG = replace(
    SMALL, dataset=replace(SMALL.dataset, first=date(2025, 9, 8), last=date(2025, 9, 11)), volume=m.Volume(1200, 600),
    customers=replace(SMALL.customers, population=24_000, numbers=("unassignable CH", "unassignable AT")))


def with_events(*events: m.Event, base: m.Model = BIG) -> m.Model:
    ordered = sorted((*base.calendar.events, *events), key=lambda e: e.id)
    return replace(base, calendar=m.Calendar(events=tuple(ordered)))


def about(record) -> bool:
    return record["region"] == "ZH" and int(record["start"][11:13]) >= 14


def of_day(plan, day: str = DAY) -> dict[str, dict]:
    return {call.call_id: call.record for call in plan.calls() if call.record["date"] == day}


@pytest.fixture(scope="module")
def quiet():
    return draw(with_events())


@pytest.fixture(scope="module")
def hail():
    return draw(with_events(HAIL))


def test_the_calls_that_it_is_about_become_three_times_as_many_and_no_others(quiet, hail):
    before, after = of_day(quiet), of_day(hail)
    own = sum(map(about, before.values()))
    assert own > 200
    assert sum(map(about, after.values())) == pytest.approx(3 * own, rel=0.15)
    assert set(before) < set(after), "a growing day only appends"
    new = [record for call_id, record in after.items() if call_id not in before]
    assert all(map(about, new))


def test_a_check_counts_the_calls_on_top_of_small_plans_only(quiet, hail, monkeypatch):
    assert prove(with_events(HAIL)) == (hail.count, True)
    assert prove(with_events()) == (quiet.count, True)
    monkeypatch.setattr("compiler.plan.prove.SMALL", 1000)
    assert prove(with_events(HAIL)) == (quiet.count, False)


def test_other_days_are_as_they_were(quiet, hail):
    """But for who of them finds a place to call again on the busier day."""
    for day in ("2025-09-08", "2025-09-09"):
        before, after = ({key: {**r, FLAG: None} for key, r in of_day(plan, day).items()} for plan in (quiet, hail))
        assert before == after


def test_flags_of_follow_ups_stay_true(hail):
    said, shown = truth_of(hail)
    assert said == shown


def test_what_comes_on_top_is_like_the_calls_it_is_about(quiet, hail):
    """Hours within the event, agents and reasons are drawn as for any call of that kind."""
    before = of_day(quiet)
    own = [r for r in before.values() if about(r)]
    new = [r for key, r in of_day(hail).items() if key not in before]
    for name in ("agent_name", "intent", "language"):
        one, two = (Counter(r[name] for r in records) for records in (own, new))
        for member, count in one.items():
            assert two[member] / len(new) == pytest.approx(count / len(own), abs=0.09), (name, member)


def test_events_that_overlap_multiply(quiet):
    wide = m.Event("wide", "Wide", "campaign", dates=HAIL.dates, only_when=is_("region", "ZH"), calls=C(2.0))
    after = of_day(draw(with_events(HAIL, wide))).values()
    before = of_day(quiet).values()
    both, one = ([r for r in records if about(r)] for records in (before, after))
    early = [[r for r in records if r["region"] == "ZH" and not about(r)] for records in (before, after)]
    others = [[r for r in records if r["region"] != "ZH"] for records in (before, after)]
    assert len(one) == pytest.approx(6 * len(both), rel=0.15)
    assert len(early[1]) == pytest.approx(2 * len(early[0]), rel=0.15)
    assert len(others[1]) == pytest.approx(len(others[0]), abs=12)


def test_a_factor_below_one_leaves_out(quiet):
    before, after = of_day(quiet), of_day(draw(with_events(replace(HAIL, calls=C(0.4)))))
    assert set(after) < set(before)
    own = sum(map(about, before.values()))
    assert sum(map(about, after.values())) == pytest.approx(0.4 * own, rel=0.15)
    gone = [before[call_id] for call_id in set(before) - set(after)]
    assert sum(map(about, gone)) >= 0.85 * len(gone)  # a few had another customer when the day was fuller


def test_none_at_all_means_none():
    plan = draw(with_events(replace(HAIL, calls=C(0.0))))
    assert not any(map(about, of_day(plan).values()))
    said, shown = truth_of(plan)
    assert said == shown


def test_without_follow_ups_too():
    plain = replace(BIG, fields=tuple(f for f in BIG.fields if f.follow_up is None))
    before, after = of_day(draw(with_events(base=plain))), of_day(draw(with_events(HAIL, base=plain)))
    assert set(before) < set(after)
    assert all(about(after[call_id]) for call_id in set(after) - set(before))
    assert {call_id: after[call_id] for call_id in before} == before


def test_calls_that_cannot_be_found_are_refused(monkeypatch):
    monkeypatch.setattr(swell, "ATTEMPTS", swell.BATCH)
    with pytest.raises(SpecFailure) as failure:
        draw(with_events(HAIL))
    assert str(failure.value) == (
        "hail asks for 731 more calls that it is about on 2025-09-10, but 16 attempts each do not find them: its "
        "`hours` and `only when` nearly never hold; make them wider")


def test_a_condition_on_a_field_of_the_call():
    card = replace(HAIL, hours=(), only_when=is_("channel", "text"))
    before, after = of_day(draw(with_events())), of_day(draw(with_events(card)))
    text = [sum(r["channel"] == "text" for r in records.values()) for records in (before, after)]
    assert text[1] == pytest.approx(3 * text[0], rel=0.15)
    assert with_fields(BIG).fields == BIG.fields
