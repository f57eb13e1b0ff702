"""`compile show`: the summary, and the whole spec with the place of each line, which is a spec itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.cli import main
from compiler.lang.load import load
from compiler.lang.pretty import with_places
from compiler.report import draw
from tests.lang.samples import BASE, NEXT_WEEK, RICH, SPECS
from tests.lang.test_packs import project

FILES = {
    "spec": 'use "library/bank" as bank\n\noverride flag loyal\n  rises by 2pp when talk_time > 2m\n',
    "library/bank": "## Comes back.\nflag loyal\n  starts at 5%\n",
    "later": "overlay Later\n\noverride volume\n  scale: 50%\n",
    "other": "overlay Other over Later\n",
}


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return project(tmp_path, FILES)


def base(text: str) -> str:
    """The text as it stands in the base spec, with its place there."""
    rows = BASE.read_text(encoding="utf-8").splitlines()
    return f"{text}  # specs/base.calls:{rows.index(text) + 1}"


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["show", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_where_each_line_comes_from(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = shown(
        capsys, "specs", "--effective", "--overlay", "Later", "--set", "kpi.AWT.decimals=1", "--seed", "4",
        "--outages", "2", "--start", "2025-10-01", "--end", "2025-10-05",
    )  # fmt: skip
    for row in (
        base("dataset Base"),
        "  seed: 4  # --seed",
        "  from: 2025-10-01  # --start",
        "  to: 2025-10-05  # --end",
        "    happens: 2  # --outages",
        "  scale: 50%  # overlay Later: specs/later.calls:4",
        "  arrivals: exact  # default",
        base("  hours of Early: 04:00..13:00"),
        base("    Night: 10%"),
        base("    agent must: greet, give_name"),
        base("    works: Early 50%, Late 50%"),
        "  decimals: 1  # --set",
        base("  rises by 35s when outage"),
        "## Comes back.",
        "flag loyal  # library/bank:2",
        "  starts at 5%  # library/bank:3",
        "  rises by 2pp when talk_time > 2m  # specs/spec.calls:4",
        'kpi talk_time "Talk time"  # default',
        base("  Greeting: 92%"),
    ):
        assert row in rows, row


@pytest.mark.parametrize(
    ("paths", "overlays"),
    [((BASE,), ()), ((RICH,), ()), ((RICH, NEXT_WEEK), ("Next_week",)), ((SPECS,), ("September",))],
    ids=["base", "rich", "overlay", "specs"],
)  # fmt: skip
def test_it_is_a_spec_itself(paths: tuple[Path, ...], overlays: tuple[str, ...], tmp_path: Path) -> None:
    first = load(paths, overlays=overlays)
    assert first.model is not None, draw(first.diagnostics, first.sources)
    text = with_places(first.model, first.places)
    copy = tmp_path / "whole.calls"
    copy.write_text(text, encoding="utf-8")
    again = load([copy])
    assert again.model is not None, draw(again.diagnostics, again.sources)
    assert replace(again.model, folder=first.model.folder) == first.model
    assert again.model.effective == first.model.effective
    assert [re.sub(r"  # [^\"]*$", "", row) for row in text.splitlines()] == first.model.effective.splitlines()
    known = {*(Path(name).name for name in first.sources), "library", "default"}
    for row in text.splitlines():
        if row and not row.lstrip().startswith("##"):
            place = row.rpartition("  # ")[2]
            assert place == "default" or re.search(r":\d+$", place), row
            assert any(name in place for name in known), row


def test_each_place_says_it(tmp_path: Path) -> None:
    """The line that is named holds the same key or words."""
    loaded = load([SPECS], overlays=["September"])
    assert loaded.model is not None
    checked = 0
    for row in with_places(loaded.model, loaded.places).splitlines():
        match = re.search(r"^ *([^\W\d]\w*).*  # (?:overlay \w+: )?(\S+\.calls):(\d+)$", row)
        if match is not None and not row.startswith("#"):
            source = loaded.sources[match.group(2)].text.split("\n")[int(match.group(3)) - 1]
            words = set(re.findall(r"\w+", source))
            checked += 1
            assert words & set(re.findall(r"\w+", row.rpartition("  # ")[0])), (row, source)
    assert checked > 100


def test_the_summary(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "specs", "--overlay", "Later", "--end", "2025-09-07") == [
        "Base: 2025-09-01 .. 2025-09-07, seed 1",
        "3 files, overlay Later, library/bank, not chosen: overlay Other",
        "",
        "events       2  outage, premium_wait_peak",
        "choices      6  agent_shift, channel, intent, language, product, time_of_day_bucket",
        "kpis         3  AWT, NPS_score, talk_time",
        "flags        2  FCR, loyal",
        "checks       2  Empathy, Greeting",
        "teams        1  Team_A",
        "agents       2  Heidi_Vogt, Peter_Keller",
        "scenarios    1  Any_call",
        "acts         2  give_name, greet",
    ]


def test_names_that_do_not_fit_on_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = shown(capsys, str(SPECS))
    agents = next(row for row in rows if row.startswith("agents"))
    assert agents.split()[1] == "12" and agents.endswith(", …") and len(agents) < 120


def test_mistakes(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "specs", "--set", "volume.scal=5%"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("error[E0211]: `scal` is not a setting of `volume`\n --> --set:1:8\n")
    assert main(["show", "specs", "--overlay", "Latter"]) == 2
    assert capsys.readouterr().err == "error: there is no overlay `Latter`; did you mean Later?\n"
    assert main(["show", "nothing"]) == 2
    assert capsys.readouterr().err == "error: there is no file or folder nothing\n"
