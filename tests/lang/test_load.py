"""Files, overlays and options of the command line -> Loaded."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from compiler.failures import UsageError
from compiler.lang import model as m
from compiler.lang.load import Loaded, load
from compiler.report import draw
from tests.lang.samples import BASE, NEXT_WEEK, RICH


def good(loaded: Loaded) -> m.Model:
    assert loaded.model is not None, draw(loaded.diagnostics, loaded.sources)
    return loaded.model


def share(value: float) -> m.Constant:
    return m.Constant(value, m.Unit.SHARE)


def seconds(value: float) -> m.Constant:
    return m.Constant(value, m.Unit.TIME)


# ------------------------------------------------------------------------------------------------ what the Model says


def test_units_are_canonical() -> None:
    rich = good(load([RICH]))
    wait = rich.field("AWT")
    assert wait.within == (0.0, 600.0) and wait.unit is m.Unit.TIME and wait.decimals == 2
    assert wait.starts[0].parameters == (("mean", seconds(90)), ("sd", seconds(25)))
    assert rich.field("damage").currency == "CHF"
    assert rich.field("damage").within == (50.0, 60000.0)
    assert rich.volume.scale == 0.125 and rich.volume.by_weekday == (1.05, 1, 1, 1, 0.95, 1, 1)
    assert rich.calendar.opens[0] == (((28800, 72000),), None)


def test_blocks_guard_their_effects() -> None:
    rich = good(load([RICH]))
    effects = {(each.amount, each.guard) for each in rich.field("AWT").effects}
    assert (seconds(10), m.Is("team", ("Team_A",))) in effects
    assert (seconds(-1), m.Is("persona", ("calm",))) in effects
    assert (m.Ramp(seconds(240), seconds(10), days=10.0, anchor="hail_wave"), m.Ref("hail_wave")) in effects
    transfer = rich.field("Transfers_count").effects
    becomes = next(each for each in transfer if each.op == "becomes")
    stranger = m.Not(m.SameAs("agent.language", "language"))
    assert becomes.guard == m.All((stranger, m.Is("scenario", ("Claim",))))


def test_fields_that_always_exist() -> None:
    rich = good(load([RICH]))
    agents = rich.field("agent_name")
    assert [start.guard for start in agents.starts] == [m.Ref("weekend"), m.Ref("workday")]
    assert dict(agents.starts[1].shares) == {"Chiara": 0.2, "Monika": 0.6, "Sven": 0.2}
    assert agents.members[0].only_when == m.Is("language", ("it",))
    shifts = rich.field("agent_shift").starts
    assert shifts[1].guard == m.Is("agent_name", ("Monika",))
    assert shifts[2].guard == m.All((m.Is("agent_name", ("Monika",)), m.Ref("weekend")))
    assert dict(rich.field("scenario").starts[0].shares) == {"Advice": 10.0, "Claim": 15.0, "Nobody": 2.0}
    assert rich.field("scenario").members[0].only_when == m.Is("intent", ("Advice", "Status"))
    assert [team.id for team in rich.teams] == ["Team_A", "Team_I"]
    assert rich.agents[0].language == "it"


def test_checks_are_fields_with_their_group() -> None:
    rich = good(load([RICH]))
    greeting = rich.field("compliance_flags.Greeting")
    assert (greeting.kind, greeting.group, greeting.shown_by) == ("check", "compliance_flags", "greet")
    assert greeting.within == (0.0, 0.999)
    assert {(each.amount.value, each.member) for each in greeting.effects} == {  # type: ignore[union-attr]
        (-0.05, None),
        (-0.08, None),
    }
    assert rich.field("compliance_flags.Pause_kept").only_when == m.Is("intent", ("Damage",))


def test_a_time_range_over_midnight_is_two_pieces() -> None:
    night = next(each for each in good(load([RICH])).field("time_of_day_bucket").members if each.id == "Night")
    assert night.hours == ((0, 21600), (79200, 86400))
    ten_more = [each for each in good(load([RICH])).field("AWT").effects if each.amount == seconds(10)]
    guard = next(each.guard for each in ten_more if each.guard != m.Is("team", ("Team_A",)))
    clock = m.Constant(82800.0, m.Unit.CLOCK), m.Constant(18000.0, m.Unit.CLOCK)
    assert guard == m.Either((m.Compare("<", m.Ref("time"), clock[1]), m.Compare(">=", m.Ref("time"), clock[0])))


def test_decide_keeps_its_order() -> None:
    rows = good(load([RICH])).field("escalation").rows
    names = [[name for name, _ in row.shares] for row in rows]
    assert names == [["None"], ["IT_Ticket"], ["Backoffice", "Supervisor"], ["Fees"]]
    assert rows[2].guard == m.Ref("rush") and rows[3].guard is None


def test_acts_come_from_the_spec_or_the_standard_list() -> None:
    acts = {act.id: act.text for act in good(load([RICH])).acts}
    assert acts["announce_pause"] == "says that the recording pauses"
    assert acts["summarise"] == "sums up what was agreed"
    assert "block_card" not in acts  # used nowhere


# ------------------------------------------------------------------------------------------------ overlays


def test_a_trainee_moves_nobody_elses_line() -> None:
    changed = good(load([RICH, NEXT_WEEK], overlays=["Next_week"]))
    starts = changed.field("agent_name").starts[1]
    assert starts.kind == "weights"
    assert dict(starts.shares) == {"Chiara": 20.0, "Monika": 60.0, "Sven": 20.0, "Tim": 5.0}
    assert changed.field("talk_time").effects[0].amount == m.Ramp(share(1.4), share(1.0), days=28.0, anchor="Tim")


def test_overlays_form_a_line(tmp_path: Path) -> None:
    texts = {
        "one.calls": "overlay One\noverride volume\n  scale: 50%\n",
        "two.calls": "overlay Two over One\noverride volume\n  scale: 25%\n",
        "three.calls": "overlay Three\noverride volume\n  scale: 5%\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [BASE, tmp_path]
    assert good(load(paths)).volume.scale == 1.0
    assert good(load(paths, overlays=["One"])).volume.scale == 0.5
    assert good(load(paths, overlays=["Two"])).volume.scale == 0.25
    clash = load(paths, overlays=["One", "Three"])
    assert [each.message for each in clash.diagnostics] == [
        "overlays One and Three both change `scale` of volume, and neither is over the other"
    ]


def test_a_pack_lies_below_the_project(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    pack = 'kpi effort\n  starts as normal, mean 5, sd 1\n  rises by 1 when outage\n\nflag loyal\n  starts at 5%\n'
    (tmp_path / "library" / "bank.calls").write_text(pack, encoding="utf-8")
    spec = tmp_path / "spec.calls"
    text = 'use "library/bank" as bank\n\noverride kpi bank.effort\n  rises by 2 when AWT > 3s\n\nremove flag loyal\n'
    spec.write_text(text, encoding="utf-8")
    found = good(load([BASE, spec]))
    guards = [each.guard for each in found.field("effort").effects]
    assert guards == [m.Compare(">", m.Ref("AWT"), seconds(3)), m.Ref("outage")]
    assert all(field.id != "loyal" for field in found.fields)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = spec.rename(elsewhere / "spec.calls")
    assert good(load([BASE, moved], library=tmp_path / "library")).fields == found.fields
    missing = load([BASE, moved])
    assert [(each.code, each.message) for each in missing.diagnostics] == [("E0308", "pack `library/bank` not found")]


def test_packs_that_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    for name in ("bank", "telecom"):
        (tmp_path / "library" / f"{name}.calls").write_text("flag loyal\n  starts at 5%\n", encoding="utf-8")
    spec = tmp_path / "spec.calls"
    spec.write_text('use "library/bank"\nuse "library/telecom"\n', encoding="utf-8")
    assert [each.message for each in load([BASE, spec]).diagnostics] == [
        "packs `bank` and `telecom` both say `flag loyal`"
    ]


# ------------------------------------------------------------------------------------------------ files and options


def test_what_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file or folder .*nothing"):
        load([tmp_path / "nothing"])
    with pytest.raises(UsageError, match=r"there is no \.calls file in"):
        load([tmp_path])
    with pytest.raises(UsageError, match="these files belong to the overlay Next_week: name the base spec too"):
        load([NEXT_WEEK])
    with pytest.raises(UsageError, match="there is no overlay `Nxt`; there is: Next_week"):
        load([BASE, NEXT_WEEK], overlays=["Nxt"])


def test_a_folder_is_its_own_files_only(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "pack.calls").write_text("nonsense {", encoding="utf-8")
    (tmp_path / "base.calls").write_text(BASE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("{", encoding="utf-8")
    assert good(load([tmp_path])).folder == str(tmp_path)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    bad = tmp_path / "bad.calls"
    bad.write_bytes("act wave \"grüsst\"\n".encode("latin-1"))
    found = load([BASE, bad]).diagnostics
    assert [(each.code, each.message) for each in found] == [("E0103", "this file is not UTF-8: byte 0xfc at 1:13")]


def test_line_ends_and_marks_of_other_systems(tmp_path: Path) -> None:
    copy = tmp_path / "base.calls"
    copy.write_bytes(b"\xef\xbb\xbf" + BASE.read_bytes().replace(b"\n", b"\r\n"))
    assert good(load([copy])).fields == good(load([BASE])).fields


def test_start_and_end() -> None:
    period = load([BASE])
    assert (period.first, period.last) == (None, None)
    inside = load([BASE], start=date(2025, 9, 10))
    assert (inside.first, inside.last) == (date(2025, 9, 10), date(2025, 9, 30))
    assert good(inside).dataset.first == date(2025, 9, 1)  # only leaves out
    outside = load([BASE], start=date(2025, 10, 1), end=date(2025, 10, 5))
    assert (outside.first, outside.last) == (None, None)
    assert (good(outside).dataset.first, good(outside).dataset.last) == (date(2025, 10, 1), date(2025, 10, 5))
    assert "  from: 2025-10-01\n" in good(outside).effective
    wrong = load([BASE], start=date(2025, 9, 10), end=date(2025, 9, 9))
    assert wrong.model is None
    assert draw(wrong.diagnostics, wrong.sources) == (
        "error[E0601]: with --start and --end the period ends before it begins (2025-09-10 .. 2025-09-09)\n"
        " --> --end:1:1\n"
        "  = help: exchange the two, or give both\n\n1 error\n"
    )


def test_seed_and_outages() -> None:
    changed = good(load([BASE], seed=99, outages=0))
    assert changed.dataset.seed == 99 and "  seed: 99\n" in changed.effective
    assert next(each for each in changed.calendar.events if each.id == "outage").happens == 0
    assert "    happens: 0\n" in changed.effective
    assert next(each for each in good(load([RICH], outages=5)).calendar.events if each.id == "hail").happens == 5


def test_outages_need_an_incident(tmp_path: Path) -> None:
    spec = tmp_path / "spec.calls"
    text = RICH.read_text(encoding="utf-8")
    spec.write_text(text.replace("    happens: 2\n    on any: Mon..Fri\n", "    on: 2025-09-09\n"), encoding="utf-8")
    with pytest.raises(UsageError, match="--outages needs one incident with `happens`; the spec has none"):
        load([spec], outages=1)


def test_diagnostics_stand_in_order_of_place(tmp_path: Path) -> None:
    spec = tmp_path / "spec.calls"
    rows = ("flag One", "  starts at 3", "  rises by 3%", "flag Two", "  starts ad 3%", "  falls by x")
    spec.write_text("\n".join(rows), encoding="utf-8")
    places = [each.primary.span.line for each in load([BASE, spec]).diagnostics]
    assert places == sorted(places) and len(places) == 4
