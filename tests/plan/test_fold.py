"""What is looked up in tables is, bit for bit, what would be computed row by row."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.lang import model as m
from compiler.plan import fold
from compiler.plan.draws import Program
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import Frame
from compiler.plan.plan import draw
from tests.plan.models import OUTAGE, C, bank, chance, flag, is_, number, shares

SHARE, TIME, CLOCK = m.Unit.SHARE, m.Unit.TIME, m.Unit.CLOCK
PEAK = m.Event("peak", "Peak", "campaign", weekdays=(0, 3), hours=((9 * 3600, 15 * 3600),),
               only_when=is_("team", "Team_A"))


@cache
def rows() -> Frame:
    """Some calls with all their fields drawn."""
    model = bank()
    calendar = m.Calendar(events=(*model.calendar.events, PEAK))
    return draw(bank(calendar=calendar)).frame


def anchor(first: int) -> m.Ramp:
    return m.Ramp(C(0.1), C(0.9), first=first, last=first + 5)


AMOUNTS = st.one_of(
    st.floats(-0.4, 0.6).map(C),
    st.integers(739130, 739140).map(anchor),
    st.floats(0.5, 3.0).map(lambda days: m.Ramp(C(0.3), C(-0.2), days=days, anchor=OUTAGE.id)),
    st.just(m.Arith("/", m.Apply("days_since", (C(739130.0, m.Unit.DATE),)), C(40.0))),
    st.just(m.Arith("*", C(0.01), m.Ref("NPS_score"))),
)
PLAIN = st.sampled_from([
    is_("channel", "voice"), is_("team", "Team_B"), is_("agent_name", "Ada_Alder"), is_("weekday", "Mon", "Thu"),
    is_("amount_bucket", "small"), is_("intent", "Card", "Loan"), m.Ref("weekend"), m.Ref("workday"), m.Ref("outage"),
    m.Ref("peak"), m.Ref("FCR"), m.Ref("Greeting"), m.SameAs("language", "agent.language"),
    m.Compare(">", m.Ref("AWT"), C(95.0, TIME)), m.Compare("<", m.Ref("time"), C(50_000.0, CLOCK)),
    m.Compare(">=", m.Ref("date"), C(739133.0, m.Unit.DATE)),
    m.Compare("<", m.Apply("day_of_month", (m.Ref("date"),)), C(9.0)),
])
GUARDS = st.recursive(PLAIN, lambda inner: st.one_of(
    inner.map(m.Not),
    st.lists(inner, min_size=2, max_size=3).map(lambda parts: m.All(tuple(parts))),
    st.lists(inner, min_size=2, max_size=3).map(lambda parts: m.Either(tuple(parts))),
), max_leaves=4)
OPS = st.sampled_from(["add", "multiply", "becomes"])
MEMBERS = ("a", "b", "c", "d")


def effects(*members: str | None) -> st.SearchStrategy[tuple[m.Effect, ...]]:
    one = st.builds(m.Effect, OPS, AMOUNTS, st.sampled_from(members), st.none() | GUARDS)
    return st.lists(one, max_size=5).map(tuple)


def weights(when: m.Expr | None = None) -> st.SearchStrategy[m.Start]:
    return st.lists(st.sampled_from([0.0, 0.2, 1.0, 1e-6]), min_size=4, max_size=4).map(
        lambda given: shares(when=when, kind="weights", **dict(zip(MEMBERS, given, strict=True))))


@st.composite
def choices(pick: Any) -> m.Field:
    starts = [shares(kind="weights", a=1.0, b=0.5, c=0.2, d=0.3)]
    starts += [pick(weights(guard)) for guard in pick(st.lists(GUARDS, max_size=2))]
    moved = pick(effects(*MEMBERS, "rest"))
    moved = tuple(m.Effect("add", e.amount, "rest", e.guard) if (e.member, e.op) == ("rest", "becomes") else e
                  for e in moved)
    members = tuple(m.Member(i, i, only_when=pick(st.none() | GUARDS) if i in "ab" else None) for i in MEMBERS)
    several = pick(st.sampled_from([(), ((1, 0.4), (2, 0.3), (3, 0.3))]))
    return m.Field("new", "choice", "new", members=members, starts=tuple(starts), effects=moved, how_many=several,
                   only_when=pick(st.none() | GUARDS))


@st.composite
def decisions(pick: Any) -> m.Field:
    given = st.sampled_from([(("a", 1.0),), (("a", 0.3), ("c", 0.7))])
    found = [m.Row(pick(given), guard) for guard in pick(st.lists(GUARDS, max_size=3))]
    return m.Field("new", "decide", "new", rows=(*found, m.Row((("b", 0.5), ("d", 0.5)))))


@st.composite
def flags(pick: Any) -> m.Field:
    starts = [chance(0.4), *(chance(pick(st.floats(0, 1)), guard) for guard in pick(st.lists(GUARDS, max_size=2)))]
    return flag("new", *starts, effects=pick(effects(None)), only_when=pick(st.none() | GUARDS))


@st.composite
def numbers(pick: Any) -> m.Field:
    starts = [m.Start("normal", parameters=(("mean", C(5.0)), ("sd", C(2.0)))),
              *(m.Start("uniform", parameters=(("low", C(0.0)), ("high", m.Ref("AWT"))), guard=guard)
                for guard in pick(st.lists(GUARDS, max_size=1)))]
    if pick(st.booleans()):
        starts = [m.Start("shares", (("0", 0.5), ("1", 0.3), ("2", 0.2)))]
    return number("new", *starts, effects=pick(effects(None)), only_when=pick(st.none() | GUARDS))


def drawn(f: m.Field, folded: bool) -> dict[str, list[Any]] | str:
    """The columns of the field, or what is wrong with it."""
    frame = rows().take(slice(0, None))
    program = Program(f, frame.scope, folded)
    try:
        program.draw(frame)
        return {"column": frame.columns["new"].tolist(), "several": frame.columns.get("new:all", np.zeros(0)).tolist(),
                "exists": frame.masks.get("new", np.ones(0)).tolist()}
    except SpecFailure as failure:
        return str(failure)


@settings(deadline=None, max_examples=60)
@given(st.one_of(choices(), decisions(), flags(), numbers()))
def test_tables_give_what_rows_give(f: m.Field):
    assert drawn(f, folded=True) == drawn(f, folded=False)


def test_too_many_combinations_are_drawn_row_by_row(monkeypatch):
    f = flag("new", chance(0.4), effects=(m.Effect("add", C(0.2), None, is_("agent_name", "Ada_Alder")),))
    tables = drawn(f, folded=True)
    monkeypatch.setattr(fold, "MOST", 1)
    program = Program(f, rows().scope)
    assert program.chances is not None
    assert program.chances.of(rows()) is None
    assert drawn(f, folded=True) == tables


def test_a_truth_is_computed_once_for_all_fields_of_a_frame():
    guard = m.Compare(">", m.Ref("AWT"), C(95.0, TIME))
    frame = rows().take(slice(0, 50))
    for name in ("one", "two"):
        Program(flag(name, chance(0.4), chance(0.1, guard)), frame.scope).draw(frame)
    assert [text for text in frame.told if text.startswith("(AWT")] == ["(AWT>95.0time)"]
    assert len(frame.told) == 3  # and the same in 16 bits, and the number of each row's combination
    frame.columns["AWT"] = frame.columns["AWT"] + 1000.0  # another column: what was known of the old one is void
    third = Program(flag("one", chance(0.4), chance(0.0, guard)), frame.scope)
    third.draw(frame)
    assert not frame.columns["one"].any()
