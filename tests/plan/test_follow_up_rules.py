"""Whatever the calendar, the limit and the volume: a follow-up flag says what is in the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.plan.plan import draw
from tests.plan.models import REPEAT, bank, chance, lasting, m, with_fields

FLAG = REPEAT.id
WEEKLY = m.Calendar(events=(m.Event("outage", "Outage", "incident", weekdays=(2,), calls=m.Constant(1.3)),))


def model_of(hours: int, waves: int, share: float, volume: tuple[int, int], seed: int, days: int) -> m.Model:
    repeat = replace(REPEAT, starts=(chance(share),), follow_up=replace(
        REPEAT.follow_up, within_seconds=hours * 3600.0, at_most=waves))
    model = with_fields(lasting(bank(calendar=WEEKLY, volume=m.Volume(*volume, arrivals="poisson")), days), repeat)
    return replace(model, dataset=replace(model.dataset, seed=seed))


@settings(deadline=None, max_examples=6)
@given(hours=st.sampled_from([24, 30, 48, 72, 100]), waves=st.integers(1, 3), share=st.sampled_from([0.05, 0.3, 0.9]),
       volume=st.tuples(st.integers(0, 40), st.integers(0, 20)), seed=st.integers(0, 99), longer=st.integers(1, 5))
def test_the_flag_is_true_if_and_only_if_the_customer_calls_again_in_time(hours, waves, share, volume, seed, longer):
    calls = list(draw(model_of(hours, waves, share, volume, seed, 9)).calls())
    starts: dict[str, list[datetime]] = {}
    for call in calls:
        starts.setdefault(call.customer.id, []).append(call.start)
    for call in calls:
        until = call.start + timedelta(hours=hours)
        assert call.record[FLAG] == any(call.start < other <= until for other in starts[call.customer.id])
    followed = [call.record["follows"] for call in calls if call.record["follows"]]
    assert sorted(followed) == sorted(call.call_id for call in calls if call.record[FLAG])
    more = {call.call_id: call.record["follows"] for call in draw(
        model_of(hours, waves, share, volume, seed, 9 + longer)).calls()}
    assert {call.call_id: more[call.call_id] for call in calls} == {c.call_id: c.record["follows"] for c in calls}
