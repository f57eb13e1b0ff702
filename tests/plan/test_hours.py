"""Shifts and time buckets: both margins hold, or the spec is told by how much they cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from compiler.plan.draws import Program
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import scope_of
from compiler.plan.plan import draw
from tests.plan.models import BUCKET, SHIFT, H, bank, is_, lasting, m, rises, shares, with_fields


def test_a_start_lies_in_its_bucket_and_its_shift():
    plan = draw(lasting(bank(), 20))
    hours = {member.id: member.hours for field in (SHIFT, BUCKET) for member in field.members}
    for call in plan.calls():
        second = call.start.hour * 3600 + call.start.minute * 60 + call.start.second
        for name in ("agent_shift", "time_of_day_bucket"):
            assert any(low <= second < high for low, high in hours[call.record[name]]), call.record


def test_the_fitted_joint_keeps_both_margins():
    from compiler.plan.days import days_of
    from compiler.plan.hours import Starting

    model = bank()
    scope = scope_of(model)
    starting = Starting(model, scope, days_of(model, scope, model.dataset.first, model.dataset.last))
    frame = starting._agent_days()
    table = starting.table[starting.kind]
    for field, group in ((SHIFT, "shift"), (BUCKET, "bucket")):
        program = Program(field, scope)
        for code, asked in enumerate(program.probabilities(frame)):
            got = sum(table[:, i] for i, piece in enumerate(starting.pieces) if getattr(piece, group) == code)
            assert np.abs(got - asked).max() < 1e-6


def test_shares_that_cannot_both_hold_are_refused_with_the_figures():
    bucket = replace(BUCKET, starts=(shares(Night=0.05, Day=0.05, Evening=0.9),), effects=())
    with pytest.raises(SpecFailure) as failure:
        draw(with_fields(bank(), bucket))
    assert failure.value.messages == (
        "the shares of the shifts and of the time buckets cannot both hold; change the hours or the shares:",
        "  Ada_Alder on days such as Mon 2025-09-01: time_of_day_bucket Evening is asked for with 90.0%, "
        "but within the hours of the shifts it comes to 40.0%",
        "  Ben_Birch on days such as Mon 2025-09-01: time_of_day_bucket Evening is asked for with 90.0%, "
        "but within the hours of the shifts it comes to 60.0%",
    )


def test_bucket_shares_may_read_the_date_only():
    bucket = replace(BUCKET, effects=(rises(0.05, is_("channel", "voice"), "Night"),))
    with pytest.raises(SpecFailure) as failure:
        draw(with_fields(bank(), bucket))
    assert str(failure.value) == (
        "time_of_day_bucket reads channel, but the shares of the time buckets may depend on the date only: weekday, "
        "weekend, holiday, date and events")


@pytest.mark.parametrize("dropped", ["agent_shift", "time_of_day_bucket", "both"])
def test_a_spec_may_do_without_shifts_or_buckets(dropped):
    names = {"agent_shift", "time_of_day_bucket"} if dropped == "both" else {dropped}
    model = bank()
    plan = draw(replace(model, fields=tuple(f for f in model.fields if f.id not in names)))
    record = plan.call(3).record
    assert not names & set(record)
    assert plan.count == 1059


def test_opening_hours_are_kept():
    calendar = replace(bank().calendar, opens=((((8 * H, 20 * H),), None), (((9 * H, 15 * H),), m.Ref("weekend"))))
    model = bank()
    model = replace(model, calendar=calendar, fields=tuple(f for f in model.fields if f.id != "agent_shift"))
    for call in draw(model).calls():
        low, high = (9, 15) if call.start.weekday() >= 5 else (8, 20)
        assert low <= call.start.hour < high
