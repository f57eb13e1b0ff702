"""Phases, guards, absent values, decisions: small models, one thing each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.plan.describe import field_descriptions
from compiler.plan.failure import SpecFailure
from compiler.plan.plan import draw
from compiler.plan.summary import summarise
from tests.plan.models import C, bank, chance, choice, flag, is_, m, number, rises, shares, with_fields

SHARE = m.Unit.SHARE


def drawn(*fields: m.Field):
    return [call.record for call in draw(with_fields(bank(), *fields)).calls()]


def constant(value: float | m.Expr) -> m.Start:
    return m.Start("constant", parameters=(("value", C(value) if isinstance(value, int | float) else value),))


def test_phases_come_in_their_order():
    effects = (m.Effect("multiply", C(2.0)), rises(3), m.Effect("becomes", C(7.0), guard=is_("channel", "text")))
    for record in drawn(number("x", constant(10), effects=effects, within=(0.0, 25.0), decimals=0)):
        assert record["x"] == (7 if record["channel"] == "text" else 25)


def test_rounding_is_half_up_and_zero_decimals_are_integers():
    records = drawn(number("a", constant(0.125), decimals=2), number("b", constant(2.5), decimals=0),
                    number("c", constant(-2.5), decimals=0))
    assert (records[0]["a"], records[0]["b"], records[0]["c"]) == (0.13, 3, -2)
    assert type(records[0]["b"]) is int


def test_a_guarded_start_wins_over_the_default():
    flags = flag("always", chance(0.0), chance(1.0, is_("channel", "voice")))
    assert all(record["always"] is (record["channel"] == "voice") for record in drawn(flags))


def test_a_case_without_a_start_is_refused():
    with pytest.raises(SpecFailure) as failure:
        drawn(flag("some", chance(0.5, is_("channel", "voice"))))
    assert str(failure.value).startswith("some has no `starts` line for ")
    assert str(failure.value).endswith(" of 1059 calls; add one without `when` as the default")


def test_rest_is_shared_pro_rata():
    moves = (m.Effect("add", C(0.3), "a"), m.Effect("add", C(-0.3), "rest"))
    plan = draw(with_fields(bank(), choice("letter", shares(a=0.4, b=0.4, c=0.2), effects=moves)))
    chances = plan.programs["letter"].probabilities(plan.frame)
    assert [round(float(p[0]), 9) for p in chances] == [0.7, 0.2, 0.1]


def test_members_may_be_ruled_out():
    members = (m.Member("a", "a", only_when=is_("channel", "text")), m.Member("b", "b"))
    records = drawn(choice("letter", shares(a=0.9, b=0.1), members=members))
    assert {r["letter"] for r in records if r["channel"] == "voice"} == {"b"}
    assert {r["letter"] for r in records if r["channel"] == "text"} == {"a", "b"}


def test_a_choice_without_any_member_left_is_refused():
    members = (m.Member("a", "a", only_when=is_("channel", "text")),)
    with pytest.raises(SpecFailure) as failure:
        drawn(choice("letter", shares(a=1.0), members=members))
    assert str(failure.value).startswith("letter: no member can be drawn for ")


def test_what_does_not_exist_is_absent_or_null():
    text = is_("channel", "text")
    records = drawn(choice("c", shares(a=1.0), only_when=text), number("n", constant(1), only_when=text),
                    flag("f", chance(1.0), only_when=text),
                    m.Field("total", "fact", "Total", value=m.Arith("+", m.Ref("n"), C(1)), only_when=text))
    voice = next(r for r in records if r["channel"] == "voice")
    assert voice["c"] is None
    assert not {"n", "f", "total"} & set(voice)
    written = next(r for r in records if r["channel"] == "text")
    assert (written["c"], written["n"], written["f"], written["total"]) == ("a", 1.0, True, 2.0)


def test_decide_takes_the_first_row_that_holds():
    rows = (m.Row((("x", 1.0),), is_("channel", "text")), m.Row((("y", 1.0),), m.Ref("FCR")), m.Row((("z", 1.0),)))
    for record in drawn(m.Field("verdict", "decide", "Verdict", rows=rows)):
        assert record["verdict"] == ("x" if record["channel"] == "text" else "y" if record["FCR"] else "z")


def test_a_decision_without_otherwise_is_refused():
    with pytest.raises(SpecFailure) as failure:
        drawn(m.Field("verdict", "decide", "Verdict", rows=(m.Row((("y", 1.0),), m.Ref("FCR")),)))
    assert str(failure.value).startswith("`decide verdict` has no row for ")
    assert str(failure.value).endswith(" of 1059 calls; end it with an `otherwise` row")


def test_an_unknown_distribution_is_refused():
    with pytest.raises(SpecFailure) as failure:
        drawn(number("x", m.Start("zipf")))
    assert str(failure.value) == "x starts as zipf, which needs or is something unknown here: 'zipf'"


def test_several_reasons_are_distinct_and_the_main_one_comes_first():
    records = drawn()
    assert {len(r["intents"]) for r in records} == {1, 2, 3}
    for record in records:
        assert record["intents"][0] == record["intent"]
        assert len(set(record["intents"])) == len(record["intents"])


def test_built_in_names_and_functions():
    hour = m.Apply("hour_of", (m.Ref("time"),))
    day = m.Apply("day_of_month", (m.Ref("date"),))
    high = m.Apply("max", (hour, day))
    start = C(m.date(2025, 9, 1).toordinal(), m.Unit.DATE)
    records = drawn(number("high", constant(high)), number("since", constant(m.Apply("days_since", (start,)))),
                    flag("on_monday", chance(0.0), chance(1.0, is_("weekday", "Mon"))))
    for record in records:
        assert record["high"] == max(int(record["start"][11:13]), int(record["date"][8:]))
        assert record["since"] == int(record["date"][8:]) - 1
        assert record["on_monday"] is (record["weekday"] == "Mon")


def test_a_ramp_is_a_straight_line_by_date():
    first = m.date(2025, 9, 3).toordinal()
    ramp = m.Ramp(C(10.0), C(20.0), first=first, last=first + 5)
    for record in drawn(number("x", constant(0), effects=(rises(ramp),), decimals=1)):
        assert record["x"] == min(max(10 + 2 * (int(record["date"][8:]) - 3), 10), 20)


def test_events_may_have_hours_and_conditions():
    event = m.Event("slow", "Slow", "incident", weekdays=(1,), hours=((12 * 3600, 18 * 3600),),
                    only_when=is_("channel", "voice"))
    model = replace(bank(), calendar=replace(bank().calendar, events=(*bank().calendar.events, event)))
    plan = draw(with_fields(model, flag("hit", chance(0.0), chance(1.0, m.Ref("slow")))))
    for record in (call.record for call in plan.calls()):
        on = record["weekday"] == "Tue" and 12 <= int(record["start"][11:13]) < 18 and record["channel"] == "voice"
        assert record["hit"] is on


@pytest.mark.parametrize(("event", "message"), [
    (m.Event("rare", "Rare", "incident", weekdays=(6,), happens=3),
     "incident rare happens 3 times, but only 2 days of the period 2025-09-01..2025-09-14 can have it; "
     "ask for fewer, or for a longer period"),
    (m.Event("part", "Part", "incident", weekdays=(6,), only_when=m.Ref("repeat_call_within_72h"), calls=C(2.0)),
     "`calls` of part are about calls that repeat_call_within_72h decides, but repeat_call_within_72h is settled only "
     "when all calls are known; take it out of `only when`"),
])
def test_events_that_cannot_be_are_refused(event, message):
    with pytest.raises(SpecFailure) as failure:
        draw(bank(calendar=replace(bank().calendar, events=(*bank().calendar.events, event))))
    assert str(failure.value) == message


def test_nobody_answers():
    with pytest.raises(SpecFailure, match=r"^nobody answers: the spec has no agents$"):
        draw(bank(agents=()))


def test_every_field_is_told_in_both_languages():
    told = field_descriptions(with_fields(bank(), flag("vip", chance(0.1), doc="Gets flowers.")))
    assert list(told) == ["en", "de"]
    record = drawn()[0]
    assert set(record) <= set(told["en"]) == set(told["de"])
    assert told["en"]["vip"] == told["de"]["vip"] == "Gets flowers."
    assert told["en"]["AWT"] == "Time in the queue before the agent answers, in seconds."
    assert told["de"]["AWT"] == "Wartezeit, bis der Agent annimmt, in Sekunden."
    assert all(told[language][name] for language in told for name in told[language])


def test_division_by_nothing_is_told():
    ratio = m.Arith("/", C(1.0), m.Ref("Transfers_count"))
    with pytest.raises(SpecFailure) as failure:
        drawn(number("x", constant(ratio)))
    assert str(failure.value).startswith("x is no number for ")
    assert str(failure.value).endswith(" of 1059 calls: something is divided by 0 there")
    count = len(drawn(number("x", constant(ratio), only_when=m.Compare(">", m.Ref("Transfers_count"), C(0)))))
    assert count == 1059


def test_agents_work_from_their_first_to_their_last_day():
    first, last = m.date(2025, 9, 3).toordinal(), m.date(2025, 9, 5).toordinal()
    agents = tuple(replace(a, first=first, last=last) if a.id == "Ben_Birch" else a for a in bank().agents)
    days = {call.record["date"] for call in draw(bank(agents=agents)).calls() if call.agent.id == "Ben_Birch"}
    assert days == {"2025-09-03", "2025-09-04", "2025-09-05"}


def test_a_period_without_calls_is_empty():
    plan = draw(bank(volume=m.Volume(0, 0)))
    assert (plan.count, list(plan.calls())) == (0, [])
    summary = summarise(plan)
    assert (summary["calls"], summary["callers"], summary["fields"]) == (0, 0, {})


def test_days_may_be_closed_and_volumes_random():
    closed = replace(bank().calendar, calls=((C(0.0), m.Ref("weekend")),))
    assert {call.start.weekday() for call in draw(bank(calendar=closed)).calls()} == {0, 1, 2, 3, 4}
    exact, poisson = bank(), bank(volume=m.Volume(80, 40, arrivals="poisson"))
    assert draw(exact).days.volumes[0] == 80
    assert len(set(draw(poisson).days.volumes.tolist())) > 5


def test_what_is_known_of_a_call_outside_its_reach_is_an_index_error():
    plan = draw(bank())
    with pytest.raises(IndexError, match=r"^call 1059 of 1059$"):
        plan.call(1059)
