"""A plan that is drawn as it is read is the plan that is drawn at once, whatever the size of its parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256

import numpy as np
import pytest

from compiler.plan import engine, stream
from compiler.plan import plan as plans
from compiler.plan.failure import SpecFailure
from compiler.plan.plan import draw
from compiler.plan.summary import summarise
from compiler.plan.window import Window
from tests.plan.models import AFTER, OUTAGE, REPEAT, C, bank, chance, flag, is_, lasting, m, with_fields
from tests.plan.test_follow_ups import without_follow_ups

MONTH = lasting(bank(), 30)
MISSED = with_fields(
    MONTH, flag("missed", chance(0.3)), replace(REPEAT, only_when=m.Not(m.Ref("missed"))),
    flag("tried_again", chance(0.85), only_when=m.Ref("missed"), follow_up=m.FollowUp(
        48 * 3600, ((("customer", "intent", "missed"), None),), 3)))
STRIKE = m.Event("strike", "Strike", "incident", weekdays=(1, 3), only_when=is_("customer_segment", "Premium"),
                 calls=C(0.4))
HAIL = m.Event("hail", "Hail", "incident", weekdays=(0, 2), hours=((14 * 3600, 86_400),), calls=C(2.0))
MODELS = {
    "follow-ups": MONTH, "two flags": MISSED, "none": without_follow_ups(MONTH),
    "events": replace(MONTH, calendar=m.Calendar(events=(AFTER, HAIL, OUTAGE, STRIKE))),
    "quiet days": replace(MONTH, volume=m.Volume(20, 0, arrivals="poisson")),
}


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plan is small enough to be drawn at once."""
    monkeypatch.setattr(plans, "SMALL", -1)


def content(parts) -> str:
    """A hash of all columns, masks and links, which no border of a part shows in."""
    columns: dict[str, list[bytes]] = {}
    for part in parts:
        told = {**part.frame.columns, **{f"{name}?": mask for name, mask in part.frame.masks.items()}}
        told |= {"who": part.frame.who, "followed": part.followed, "follows": part.follows[part.followed]}
        for name, values in told.items():
            columns.setdefault(f"{name} {values.dtype}", []).append(np.ascontiguousarray(values).tobytes())
    whole = {name: b"".join(pieces) for name, pieces in columns.items()}
    return sha256(repr(sorted(whole.items())).encode()).hexdigest()


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_parts_of_any_size_are_the_plan_drawn_at_once(model, monkeypatch):
    whole = draw(model)
    known = content(whole.parts())
    monkeypatch.setattr(plans, "SMALL", -1)
    plan = draw(model)
    assert [content(plan.parts(size)) for size in (7, 4096, 65_536)] == [known] * 3
    assert all(part.count == 7 for part in [*plan.parts(7)][:-1])
    assert [part.first for part in plan.parts(500)] == list(range(0, plan.count, 500))
    assert summarise(plan) == summarise(whole)
    assert "_whole" not in plan.__dict__


def test_parts_of_one_call_are_the_calls(streamed):
    plan = draw(lasting(bank(), 4))
    for i, part in enumerate(plan.parts(1)):
        call = plan.call(i)
        assert (part.count, part.first, int(part.frame.who[0])) == (1, i, call.key)
        assert plan.scope.members["intent"][int(part.frame.columns["intent"][0])] == call.record["intent"]


@pytest.mark.parametrize("model", [MODELS["follow-ups"], MODELS["two flags"]], ids=["one flag", "two flags"])
def test_calls_know_what_they_follow_across_the_borders_of_parts(model, monkeypatch):
    known = list(draw(model).calls())
    monkeypatch.setattr(plans, "SMALL", -1)
    monkeypatch.setattr(engine, "CHUNK", 50)
    assert list(draw(model).calls()) == known
    assert sum(call.earlier is not None for call in known) > 100


@pytest.mark.parametrize("days", [(date(2025, 9, 9), date(2025, 9, 12)), (date(2025, 9, 1), date(2025, 9, 3)),
                                  (date(2025, 10, 6), date(2025, 10, 9))])
def test_days_that_are_left_out_leave_no_trace(days, monkeypatch):
    known = draw(MONTH, *days)
    monkeypatch.setattr(plans, "SMALL", -1)
    monkeypatch.setattr(engine, "CHUNK", 64)
    plan = draw(MONTH, *days)
    assert content(plan.parts()) == content(known.parts())
    assert list(plan.calls()) == list(known.calls())


def test_no_more_days_are_held_than_a_follow_up_may_take(streamed, monkeypatch):
    monkeypatch.setattr(engine, "CHUNK", 16)
    held = []
    drop = Window.drop

    def watched(window: Window, row: int) -> None:
        drop(window, row)
        held.append(window.end - window.base)

    monkeypatch.setattr(stream.Window, "drop", watched)
    plan = draw(lasting(bank(), 60))
    assert sum(part.count for part in plan.parts()) == plan.count > 4000
    busiest = int(plan.days.volumes.max())
    assert max(held) <= 3 * busiest + 16


def test_too_small_a_population_is_the_same_error(monkeypatch):
    model = replace(MONTH, customers=replace(MONTH.customers, population=150))
    with pytest.raises(SpecFailure) as at_once:
        draw(model)
    monkeypatch.setattr(plans, "SMALL", -1)
    plan = draw(model)
    with pytest.raises(SpecFailure) as later:
        list(plan.parts())
    assert str(later.value) == str(at_once.value)


def test_too_many_calls_to_be_taken_one_by_one(monkeypatch):
    monkeypatch.setattr(plans, "SMALL", -1)
    monkeypatch.setattr(plans, "MOST_AT_ONCE", 2000)
    plan = draw(MONTH)
    with pytest.raises(SpecFailure) as failure:
        plan.call(0)
    assert str(failure.value) == (
        f"the plan has {plan.count:,} calls, and at most 2,000 are taken one by one: write them as a table (--target "
        "plan --format jsonl or parquet), lower `scale` under `volume`, or take a shorter period (--start, --end)")
    assert sum(part.count for part in plan.parts()) == plan.count


def test_guards_are_told_apart():
    told = summarise(draw(MONTH))["guards"]["FCR"]
    assert [(row["when"], row["is"]) for row in told] == [("outage", "true"), ("team is Team_B", "true")]
    assert all(0 < row["n"] < 3000 and abs(row["z"]) < 4 for row in told)
    assert told[0]["asked"] == pytest.approx(0.63 - 0.07 * 0.2, abs=0.01)
