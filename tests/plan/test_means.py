"""Numbers, asked and got: what the spec implies for them, how far the plan lies from it, and when that is said."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from compiler.plan import draws, tally_means
from compiler.plan.draws import Program
from compiler.plan.frame import Frame, scope_of
from compiler.plan.moments import Law
from compiler.plan.plan import draw
from compiler.plan.skewed import z_of, z_of_rare
from compiler.plan.summary import Tally, summarise
from tests.plan import models
from tests.plan.models import VOICE, C, bank, is_, lasting, m, normal, number, numbered, rises, with_fields

FINE = 1 << 17
QUIET = m.Calendar(events=tuple(replace(event, calls=None) for event in (models.AFTER, models.OUTAGE)))


def start(kind: str, when: m.Expr | None = None, **given: float) -> m.Start:
    return m.Start(kind, parameters=tuple((name, C(value)) for name, value in sorted(given.items())), guard=when)


def times(factor: float, when: m.Expr | None = None) -> m.Effect:
    return m.Effect("multiply", C(factor), None, when)


def becomes(value: float, when: m.Expr | None = None) -> m.Effect:
    return m.Effect("becomes", C(value), None, when)


NUMBERS = {
    "normal, far from its bounds": number("AWT", normal(90, 25), within=(0.0, 600.0)),
    "normal, cut at both ends": number("x", normal(50, 40), within=(10.0, 80.0), decimals=1),
    "normal, whole": number("x", normal(1.2, 0.8), within=(0.0, 20.0), decimals=0),
    "normal, whole, turned round": number("x", normal(1.2, 0.8), within=(-9.0, 0.0), decimals=0,
                                          effects=(times(-1.5),)),
    "normal with jumps": number("Hold_time", normal(5, 4), within=(0.0, 480.0), unit=m.Unit.TIME),
    "whole with jumps": number("Silence_total_seconds", normal(1, 1), within=(0.0, 180.0), decimals=0),
    "truncated normal": number("x", start("truncated normal", mean=40, sd=30), within=(30.0, 60.0)),
    "lognormal": number("x", start("lognormal", median=900, spread=2.2), within=(50.0, 60_000.0), unit=m.Unit.MONEY),
    "lognormal, few whole days": number("x", start("lognormal", median=4, spread=1.8), within=(1.0, 30.0), decimals=0),
    "exponential": number("x", start("exponential", mean=120), within=(0.0, 600.0), effects=(rises(15), times(1.1))),
    "uniform": number("x", start("uniform", low=2, high=5), effects=(rises(-3),), within=(0.0, 1.5)),
    "gamma": number("x", start("gamma", mean=30, cv=0.7), effects=(times(2.0),)),
    "poisson": number("x", start("poisson", mean=1.4), decimals=0, within=(0.0, 5.0)),
    "poisson, moved": number("x", start("poisson", mean=2.5), effects=(rises(1), times(1.3)), decimals=1),
    "constant": number("x", start("constant", value=7.26), decimals=1, effects=(rises(0.2),)),
    "shares, moved": number("x", numbered(0.5, 0.3, 0.2), effects=(rises(-0.7), times(1.9)), within=(0.0, 2.0)),
    "set": number("x", normal(5, 1), effects=(becomes(3.25),)),
}


def drawn(f: m.Field, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """The values that the field's program gives for uniforms that lie evenly."""
    model = with_fields(bank(), f)
    evenly = (np.arange(FINE) + 0.5) / FINE
    with monkeypatch.context() as patch:
        patch.setattr(draws.luck, "uniforms", lambda halves, name: evenly)
        if any(one.kind == "shares" for one in f.starts):
            values = [float(name) for name, _ in f.starts[0].shares]
            codes = np.searchsorted(np.cumsum([share for _, share in f.starts[0].shares]), evenly)
            assert values == [0.0, 1.0, 2.0]
            patch.setattr(Program, "category", lambda self, frame, exists=True: codes)
        return Program(f, scope_of(model)).number(Frame(FINE, np.zeros(FINE, np.uint64), scope_of(model)))


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_expected_is_what_the_draw_gives_on_the_whole(name, monkeypatch):
    f = NUMBERS[name]
    scope = scope_of(with_fields(bank(), f))
    law = Law(Program(f, scope, folded=False))
    found = law.moments(law.of(Frame(3, np.zeros(3, np.uint64), scope)))
    values = drawn(f, monkeypatch)
    sd = float(values.std())
    assert found.mean.tolist() == pytest.approx([values.mean()] * 3, abs=2e-4 * sd + 1e-9)
    assert found.variance.tolist() == pytest.approx([sd * sd] * 3, rel=4e-3, abs=1e-12)
    third = ((values - values.mean()) ** 3).mean()
    assert found.third.tolist() == pytest.approx([third] * 3, rel=0.03, abs=0.01 * sd**3)


def plain(*fields: m.Field) -> m.Model:
    """1,000 calls, whatever is drawn; follow-ups take nothing over."""
    return with_fields(lasting(bank(volume=m.Volume(100, 100), calendar=QUIET), 10), *fields)


def test_a_mean_that_is_off_is_flagged(monkeypatch):
    plan = draw(plain(number("AWT", normal(90, 25), unit=m.Unit.TIME)))
    assert not [text for text in summarise(plan)["flagged"] if text.startswith("AWT")]
    inner = Program.number
    monkeypatch.setattr(Program, "number", lambda self, frame, exists=True: np.full(
        frame.count, 94.0) if self.field.id == "AWT" else inner(self, frame, exists))
    summary = summarise(draw(plain(number("AWT", normal(90, 25), unit=m.Unit.TIME))))
    row = summary["numbers"]["AWT"]
    assert {name: row[name] for name in ("n", "judged", "asked", "got", "se", "z")} == {
        "n": 1000, "judged": 1000, "asked": 90.0, "got": 94.0, "se": round(25 / sqrt(1000), 4), "z": 5.06}
    assert summary["flagged"] == ["AWT: mean asked 90.00, got 94.00 (z +5.1)"]
    assert summary["means"]["furthest"][0] == "AWT: mean asked 90.00, got 94.00 (z +5.1)"


def test_an_effect_that_is_not_there_is_flagged_under_its_guard(monkeypatch):
    """The draw forgets what comes on top where the channel is text, a tenth of all calls."""
    forgetful = number("AWT", normal(90, 2), unit=m.Unit.TIME, effects=(rises(3, is_("channel", "text")),))
    inner = Program.number
    monkeypatch.setattr(Program, "number", lambda self, frame, exists=True: np.full(
        frame.count, 90.0) if self.field.id == "AWT" else inner(self, frame, exists))
    summary = summarise(draw(plain(forgetful)))
    (guard,) = summary["numbers"]["AWT"]["guards"]
    assert (guard["when"], guard["asked"], guard["got"]) == ("channel is text", 93.0, 90.0)
    assert guard["z"] == pytest.approx(-3 / 2 * sqrt(guard["judged"]), abs=0.01)
    assert f"AWT when channel is text: mean asked 93.00, got 90.00 (z {guard['z']:+.1f})" in summary["flagged"]


def test_z_is_as_often_large_as_chance_makes_it(monkeypatch):
    """Of six numbers of different shapes, in 60 seeds, folded and row by row."""
    monkeypatch.setattr(tally_means, "JUDGED", 200)
    odd = number("odd", start("lognormal", median=20, spread=2.5), effects=(
        rises(m.Arith("*", m.Ref("AWT"), C(0.1)), VOICE),))
    few = number("few", start("poisson", mean=0.8), start("poisson", when=is_("team", "Team_B"), mean=1.3), decimals=0)
    model = replace(with_fields(bank(volume=m.Volume(60, 60), calendar=QUIET), odd, few), customers=m.Customers(
        400, bank().customers.keeps, bank().customers.numbers))
    names = ("AWT", "Hold_time", "Interruptions_count", "Transfers_count", "few", "odd")
    found = []
    for seed in range(60):
        numbers = summarise(draw(replace(lasting(model, 7), dataset=replace(
            lasting(model, 7).dataset, seed=seed))))["numbers"]
        found += [numbers[name]["z"] for name in names]
        assert numbers["odd"]["judged"] < numbers["AWT"]["judged"] == 420
    z = np.array(found)
    assert abs(z.mean()) < 4 / sqrt(len(z))
    assert 0.85 < z.std() < 1.15
    assert np.abs(z).max() < 4.5


def test_parts_of_any_size_give_the_same(monkeypatch):
    monkeypatch.setattr(tally_means, "JUDGED", 300)
    model = with_fields(bank(), number("days", start("poisson", mean=3), decimals=0),
                        number("late", normal(5, 1), effects=(rises(m.Ref("AWT")),)))
    keeps = replace(model, customers=replace(model.customers, keeps=(*model.customers.keeps, "days")))
    plan = draw(keeps)
    told = []
    for size in (7, 100, 65_536):
        tally = Tally(plan)
        for part in plan.parts(size):
            tally.add(part)
        told.append(tally.told())
    assert told[0] == told[1] == told[2]
    assert 150 < told[0]["numbers"]["late"]["judged"] < 500 < told[0]["numbers"]["AWT"]["judged"]
    assert told[0]["numbers"]["days"]["judged"] <= told[0]["callers"]  # once for each customer


def test_what_is_not_judged_is_said():
    fact = m.Field("twice", "fact", "Twice", value=m.Arith("*", m.Ref("AWT"), C(2.0)))
    summary = summarise(draw(plain(fact)))
    assert summary["not_judged"] == {
        "Silence_ratio": "the plan holds an estimate of it, made from other fields; the sound is measured",
        "twice": "it follows from other fields: nothing of it is drawn"}
    assert set(summary["numbers"]["twice"]) == {"n", "mean", "sd", "min", "max"}


PICKED = "events bring calls or keep them away by it: days without them are judged"


@pytest.mark.parametrize(("name", "event"), [
    ("channel", m.Event("rush", "Rush", "incident", weekdays=(0, 1), only_when=is_("channel", "text"), calls=C(4.0))),
    ("AWT", m.Event("long", "Long", "incident", weekdays=(3,), calls=C(3.0), only_when=m.Compare(
        ">", m.Ref("AWT"), C(100.0, m.Unit.TIME)))),
    ("customer_segment", m.Event("strike", "Strike", "incident", weekdays=(0, 1, 2, 3, 4), calls=C(0.1),
                                 only_when=is_("customer_segment", "Premium"))),
])
def test_what_events_pick_calls_by_is_judged_where_they_do_not(name, event):
    plan = draw(lasting(bank(calendar=m.Calendar(events=(models.AFTER, models.OUTAGE, event))), 21))
    summary = summarise(plan)
    assert summary["flagged"] == []
    assert name in summary["not_judged"]
    if name == "customer_segment":
        assert summary["not_judged"][name] == "events bring calls or keep them away by it, and with them callers"
        assert name not in summary["fields"]
    else:
        assert summary["not_judged"][name] == PICKED
        rows = summary["numbers"]["AWT"]["judged"], summary["fields"]["channel"]["text"]["n"]
        assert (rows[0] < rows[1] == plan.count) is (name == "AWT")
        assert (rows[1] < rows[0] == plan.count) is (name == "channel")


def test_the_closing_table_breaks_what_is_too_long():
    from compiler.targets._closing import looked_at

    rows = looked_at({"agents_in_two_calls": 2, "flagged": [
        "Silence_total_seconds when agent is Nina_Weber: mean asked 16.5, got 11.5 (z -4.8)"], "means": {"furthest": [
            "Silence_total_seconds when agent is Nina_Weber: mean asked 16.5, got 11.5 (z -4.8)",
            "Hold_time: mean asked 45.1, got 49.2 (z +1.6)"]}})
    assert rows == [
        ("furthest means", "Silence_total_seconds when agent is Nina_Weber:"), ("", "  asked 16.5, got 11.5 (z -4.8)"),
        ("", "Hold_time: asked 45.1, got 49.2 (z +1.6)"),
        ("begin in another call", "2 of the same agent, 0 of the customer"),
        ("beyond z 4", "Silence_total_seconds… asked 16.5, got 11.5 (z -4.8)")]


def test_a_number_may_read_a_whole_one_and_still_be_counted_by_combination():
    score = number("score", models.shares(**{"1": 0.5, "3": 0.5}), decimals=0)
    tone = number("tone", m.Start("normal", parameters=(("mean", m.Ref("score")), ("sd", C(0.5)))))
    plan = draw(plain(score, tone))
    means = tally_means.Means(plan, plan.model.field("tone"))
    assert means.folded is not None
    row = summarise(plan)["numbers"]["tone"]
    assert row["judged"] == 1000
    assert row["se"] == pytest.approx(0.5 / sqrt(1000), rel=1e-3)  # given the score, not the score's own spread
    assert abs(row["z"]) < 4


# ------------------------------------------------------------------------------------------------ z


@pytest.mark.parametrize(("off", "variance", "third", "z"), [
    (3.0, 1.0, 0.0, 3.0), (0.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 99.0), (-1.0, 0.0, 0.0, -99.0),
    (12.0, 4.0, 8.0, 3.74),  # gamma with shape 4 at 16: the chance of more is 9.3e-5
    (-12.0, 4.0, -8.0, -3.74), (-3.0, 4.0, 8.0, -2.08),  # at 1: less is 1.9 %
    (1.0, 0.001, 0.001, None),
])
def test_z_of_a_skewed_sum(off, variance, third, z):
    found = z_of(off, variance, third)
    assert found is None if z is None else found == pytest.approx(z, abs=0.06)


@pytest.mark.parametrize(("hits", "asked", "z"), [
    (0, 0.001, 0.0), (1, 0.001, 3.29), (3, 0.25, 3.0), (0, 0.9, -0.83), (2, 1.0, 1.06), (9, 0.5, 5.9)])
def test_z_of_a_rare_thing_rises_with_it_and_cries_no_wolf(hits, asked, z):
    assert z_of_rare(hits, asked) == pytest.approx(z, abs=0.25)
    assert z_of_rare(hits, asked) < z_of_rare(hits + 1, asked)
