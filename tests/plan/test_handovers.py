"""The handovers that hold are the call's transfers; no phase of a scenario that hands nobody over counts."""

from __future__ import annotations

from dataclasses import replace

from compiler.plan.handovers import counted
from compiler.plan.plan import draw
from tests.plan.models import C, bank, is_, m, rises, with_fields

FRENCH = m.Phase("specialist", "Specialist", (m.PhaseLine("handed to", team="Team_B", guard=is_("language", "en")),))
SECOND = m.Phase("supervisor", "Supervisor", (m.PhaseLine("handed to", team="Team_A"),),
                 only_when=m.Not(m.Ref("FCR")))


def with_handovers(*phases: m.Phase) -> m.Model:
    model = bank()
    return replace(model, scenarios=(m.Scenario("Check", "Check", phases), model.scenarios[1]))


def test_each_handover_that_holds_is_a_transfer():
    seen = set()
    for call in draw(with_handovers(FRENCH, SECOND)).calls():
        record = call.record
        wanted = (record["language"] == "en") + (not record["FCR"])
        if record["scenario"] == "Check" and wanted:
            assert record["Transfers_count"] == wanted == len(call.colleagues)
            handed = [scene.handed_to.id for scene in call.scenes if scene.handed_to is not None]
            assert handed == [colleague.id for colleague in call.colleagues]
            seen.add(wanted)
    assert seen == {1, 2}


def test_where_nobody_is_handed_over_the_share_of_the_field_holds():
    plain, handed = (draw(model) for model in (bank(), with_handovers(FRENCH)))
    before = [call.record["Transfers_count"] for call in plain.calls()]
    for old, call in zip(before, handed.calls(), strict=True):
        if call.record["scenario"] != "Check" or call.record["language"] != "en":
            assert call.record["Transfers_count"] == old


def test_a_spec_without_handovers_is_left_as_it_is():
    assert counted(bank()).fields == bank().fields


def test_a_handover_that_reads_the_transfers_follows_them():
    """FCR falls where somebody is transferred, so a handover of what is not solved cannot set the transfers."""
    moved = replace(bank().field("FCR"), effects=(rises(-0.14, m.Compare(">", m.Ref("Transfers_count"), C(0))),))
    plan = draw(with_fields(with_handovers(SECOND), moved))
    handed = [call for call in plan.calls() if any(scene.handed_to is not None for scene in call.scenes)]
    assert len(handed) > 20
    assert all(call.record["Transfers_count"] >= 1 and not call.record["FCR"] for call in handed)


def test_the_work_grows_with_the_phases_and_no_faster():
    """24 phases that may hand over would be 16 million sets of phases."""
    guards = [is_("language", "en"), m.Ref("FCR"), m.Not(m.Ref("FCR")), is_("weekday", "Mon")] * 6
    phases = [
        m.Phase(f"phase_{n}", f"phase_{n}", (m.PhaseLine("handed to", team="Team_B", guard=guard),))
        for n, guard in enumerate(guards)
    ]
    model = with_handovers(*phases, replace(SECOND, only_when=None))
    assert len(counted(model).field("Transfers_count").effects) == len(model.field("Transfers_count").effects) + 1
    seen = set()
    for call in draw(model).calls():
        record = call.record
        if record["scenario"] == "Check":
            wanted = 1 + 6 * ((record["language"] == "en") + 1 + (record["weekday"] == "Mon"))
            assert record["Transfers_count"] == wanted
            seen.add(wanted)
    assert seen == {7, 13, 19}


def test_a_handover_that_always_takes_place_counts_with_one_that_may():
    model = with_handovers(FRENCH, replace(SECOND, only_when=None))
    for call in draw(model).calls():
        if call.record["scenario"] == "Check":
            assert call.record["Transfers_count"] == 1 + (call.record["language"] == "en")
