"""Every derivation comes to what the plan holds, and what is said of it is what the record, the spec and chance say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compiler import luck, rng
from compiler.lang.load import load
from compiler.plan.plan import Plan, draw
from compiler.plan.why import row as why_row
from compiler.plan.why.derive import Why
from compiler.plan.why.steps import NOWHERE
from compiler.plan.why.words import Said

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    "shipped": (ROOT / "specs", ()),
    "September": (ROOT / "specs", ("September",)),
    "claims": (ROOT / "tests/samples/claims.calls", ()),
    "collections": (ROOT / "tests/samples/collections_and_travel.calls", ()),
    "telecom": (ROOT / "tests/samples/telecom.calls", ()),
    "rich": (ROOT / "tests/lang/rich.calls", ()),
}


@cache
def planned(name: str) -> Plan:
    path, overlays = SAMPLES[name]
    loaded = load([path], overlays=overlays, library=ROOT / "specs" / "library")
    assert loaded.model is not None, loaded.diagnostics
    return draw(loaded.model, loaded.first, loaded.last)


def rows(plan: Plan, count: int = 12) -> list[int]:
    """Some calls, and on top follow-ups, calls that were asked for again and calls that an event brought."""
    chosen = rng.ranked(range(plan.frame.count), 7, "some calls")[:count]
    chosen += [int(r) for r in (plan.links.follows >= 0).nonzero()[0][:5]]
    chosen += [*plan.links.cut_off[:2], *plan.links.unplaced[:2], *plan.links.last_wave[:2], *plan.links.made[:3]]
    chosen += [int(plan.days.rows[d + 1]) - 1 for d in range(0, plan.days.count, max(1, plan.days.count // 4))]
    return sorted(set(chosen))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field_of_many_calls_comes_to_its_record(name: str) -> None:
    plan = planned(name)
    said = Said(plan.model, plan.model.places)
    for row in rows(plan):
        why = Why(plan, row, said)
        record = plan.call(row - plan.first_row).record
        told = {each: why.of(each).value for each in why.names}
        assert {key: value for key, value in as_record(why, told).items() if key in record} == dict(record)


def as_record(why: Why, told: dict[str, Any]) -> dict[str, Any]:
    """The derivations' values under the record's names."""
    found: dict[str, Any] = {group: {} for group in why.groups}
    for name, value in told.items():
        f = why.fields.get(name)
        if value is NOWHERE:
            continue
        if f is not None and f.group:
            found[f.group][name.rpartition(".")[2]] = "pass" if value else "fail"
        else:
            found[name] = value
    return found | {"start": why.record["start"]}  # derived in milliseconds; `compared` holds them together


def test_running_values_lead_to_the_value() -> None:
    plan = planned("September")
    seen = 0
    for row in rows(plan):
        for name in ("AWT", "NPS_score", "Silence_total_seconds"):
            made = Why(plan, row).of(name)
            after = [step.after for step in made.steps if step.after is not None]
            if after:
                seen += 1
                assert after[-1] == pytest.approx(made.value, abs=1e-9)
    assert seen > 20


def test_uniforms_are_those_that_the_names_give() -> None:
    plan = planned("September")
    for row in rows(plan, 5):
        why = Why(plan, row)
        who = luck.halves(plan.frame.who[row : row + 1])
        for name in ("FCR", "compliance_flags.Greeting", "script_adherence"):
            (drawn,) = why.of(name).draws
            assert drawn.names == (name,) and drawn.u == luck.uniforms(who, *drawn.names)[0]


def test_the_winner_of_a_race_has_the_smallest_time() -> None:
    plan = planned("September")
    for row in rows(plan, 5):
        made = Why(plan, row).of("channel")
        times = [r.time for r in made.race if r.time is not None]
        assert made.race[0].member == made.value and times == sorted(times)
        for runner in made.race:
            if runner.time is not None and runner.u is not None:
                e = float(rng.neglog(np.array([runner.u]))[0])
                assert runner.time * runner.weight == pytest.approx(e, rel=1e-3, abs=1e-6)


def test_each_line_that_moves_a_value_has_its_place() -> None:
    plan = planned("September")
    for row in rows(plan, 5):
        why = Why(plan, row)
        for name in why.names:
            made = why.of(name)
            for step in (*made.steps, *made.idle, *(s for r in made.race for s in r.steps)):
                assert step.place or step.amount is None, (name, step)


def test_every_parent_can_be_asked_for() -> None:
    plan = planned("claims")
    why = Why(plan, 100)
    for name in why.names:
        for parent in why.of(name).parents:
            assert why.known(parent)
            why.of(parent)


@pytest.mark.parametrize("name", ["September", "rich"])
def test_the_days_around_a_call_are_enough(name: str) -> None:
    """Of a plan that is not at hand as a whole, only these are drawn, and they tell the same."""
    whole = planned(name)
    _ = whole.frame
    path, overlays = SAMPLES[name]
    loaded = load([path], overlays=overlays, library=ROOT / "specs" / "library")
    assert loaded.model is not None
    alone = draw(loaded.model)
    vars(alone).pop("_whole", None)  # as of a plan that is too large for that
    chosen = [*rows(whole, 2)[::4], whole.links.made[-1], int((whole.links.follows >= 0).nonzero()[0][-1])]
    for row in chosen:
        found = why_row.find(alone, whole.call_ids[row - whole.first_row][:13])
        assert found.row == row and why_row.find(alone, found.stem) == found
        one, other = Why(alone, row), Why(whole, row)
        assert one.record == other.record
        assert [one.of(each) for each in one.names] == [other.of(each) for each in other.names]
    assert "_whole" not in vars(alone)


def test_a_call_that_an_event_brought_is_known_by_its_attempt() -> None:
    plan = planned("rich")
    last = [int(plan.days.rows[d + 1]) - 1 for d in range(plan.days.count) if plan.days.events["hail"][d]]
    told = [Why(plan, row).of("call_id").how for row in last]
    assert any(", hail, number " in how and ", attempt " in how for how in told), told
