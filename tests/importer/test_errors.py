"""Broken files of the old system: each mistake with its exact message, exit 1, and nothing written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compiler.cli import main

HERE = Path(__file__).parent


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Imports small.yml with some of its text changed (and overrides over it); the message, without `error: `."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(HERE / "small.yml", tmp_path)

    def imported(old: str = "", new: str = "", overrides: str | None = None, code: int = 1,
                 more: tuple[str, ...] = ()) -> str:
        path = tmp_path / "small.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        extra = []
        if overrides is not None:
            (tmp_path / "over.yml").write_text(overrides, encoding="utf-8")
            extra = ["over.yml"]
        assert main(["import", "small.yml", *extra, "-o", "out", *more]) == code
        assert not (tmp_path / "out").exists()
        return capsys.readouterr().err.removeprefix("error: ")

    return imported


@pytest.mark.parametrize(("old", "new", "message"), [
    ("meta:", "meta: [", "small.yml:4: not readable as YAML: expected ',' or ']', but got ':'\n"),
    ("base_median: 60\n", "base_median: fast\n",
     "small.yml:51: `ops.awt_seconds.base_median` must be a number, not `fast`\n"),
    ("base_median: 60\n", "base_median: yes\n",
     "small.yml:51: `ops.awt_seconds.base_median` must be a number, not `yes`\n"),
    ("base_median: 60\n", "base_median: .nan\n",
     "small.yml:51: `ops.awt_seconds.base_median` must be a number, not `.nan`\n"),
    ("base_median: 60\n", "base_median: [60]\n", "small.yml:51: `ops.awt_seconds.base_median` must be a number\n"),
    ("base_weekday: 400, ", "", "small.yml:11: `volume` has no `base_weekday`\n"),
    ("base_weekday: 400, ", "base_weekday: 4.5, ",
     "small.yml:11: `volume.base_weekday` must be a whole number, 0 or more, not `4.5`\n"),
    ("fcr_base_prob: 0.7\n", "fcr_base_prob: 70\n",
     "small.yml:63: `ops.fcr_base_prob` must be a number between 0 and 1, not `70`\n"),
    ("segments: {customer: {Premium: 0.4, Standard: 0.6}}\n", "", "small.yml:2: there is no `segments`\n"),
    ("segments: {customer: {Premium: 0.4, Standard: 0.6}}\n", "segments: 4\n",
     "small.yml:24: `segments` must be a section with `key: value` lines\n"),
    ("premium_wait_peak_days: [Fri]", "premium_wait_peak_days: [Fr]",
     "small.yml:10: `Fr` is no weekday; write Mon, Tue, Wed, Thu, Fri, Sat, Sun\n"),
    ("premium_wait_peak_days: [Fri]", "premium_wait_peak_days: Fri",
     "small.yml:10: `calendar.incidents.premium_wait_peak_days` must be a list of texts, such as [Mon, Thu]\n"),
    ("incident_boost_min: 0.1", "incident_boost_min: 0.5",
     "small.yml:11: `volume.incident_boost_max` is below `volume.incident_boost_min` (small.yml:11)\n"),
    ("base: {voice: 0.8, text: 0.2}", "base: {phone: 0.8, text: 0.2}",
     "small.yml:25: `channels.base` has no `voice`\n"),
    ("{Low: 0.5, High: 0.5}", "{Low: 0, High: 0}",
     "small.yml:82: the weights under `automation.self_service_potential` are all 0\n"),
    ("base_probs: {0: 0.6, 1: 0.4}", "base_probs: {none: 0.6, 1: 0.4}",
     "small.yml:59: `ops.transfers_count.base_probs`: `none` is no number of transfers\n"),
    ("{team: Workshop, shifts", "{team: [Workshop], shifts",
     "small.yml:17: `agents.members.Peter_Frey.team` must be a text\n"),
    ("shifts: {Early: 0.5, Mid: 0.3, Late: 0.2}", "shifts: {Early: 0}",
     "small.yml:15: the shares under `agents.members.Monika_Mueller.shifts` are all 0\n"),
])
def test_one_thing_is_wrong(run, old, new, message):
    assert run(old, new) == message


def test_all_that_is_wrong_is_said_at_once(run):
    said = run("base_median: 60\n", "base_median: fast\n", overrides="buckets: {weekday: {Night: soon}}\ngeo: 1\n")
    assert said.splitlines() == [
        "3 things are wrong with these files; nothing was written",
        "  over.yml:1: `buckets.weekday.Night` must be a number, not `soon`",
        "  over.yml:2: `geo` must be a section with `key: value` lines",
        "  small.yml:51: `ops.awt_seconds.base_median` must be a number, not `fast`",
    ]


@pytest.mark.parametrize(("data", "message"), [
    (b"- a\n- b\n", "over.yml:1: the file must hold sections (`key:` lines), not a single value or a list\n"),
    (b"a: &x {b: *x}\n", "over.yml:1: this part contains itself, or goes more than 50 levels deep\n"),
    (b"? [1]\n: 2\n", "over.yml:1: a key must be a word or a number\n"),
    (b"a: \xfc\n", "over.yml: not UTF-8 (byte 3); save the file as UTF-8\n"),
    (b"a: !!python/object:os.system 1\n",
     "over.yml:1: not readable as YAML: could not determine a constructor for the tag"
     " 'tag:yaml.org,2002:python/object:os.system'\n"),
])
def test_files_that_are_no_configuration(run, tmp_path, capsys, data, message):
    (tmp_path / "over.yml").write_bytes(data)
    assert main(["import", "small.yml", "over.yml", "-o", "out"]) == 1
    assert capsys.readouterr().err == f"error: {message}"
    assert not (tmp_path / "out").exists()


def test_usage(run):
    assert run(code=2, more=("--labels", "none.json")) == "there is no file or folder none.json\n"
    assert run(code=2, more=("--start", "2025-09-10", "--end", "2025-09-01")) == (
        "the period ends (2025-09-01) before it begins (2025-09-10); change --start or --end\n")


def test_an_empty_file(run, tmp_path, capsys):
    (tmp_path / "small.yml").write_text("", encoding="utf-8")
    said = run()
    assert said.splitlines()[:2] == ["18 things are wrong with these files; nothing was written",
                                     "  small.yml:1: there is no `agents`"]
    assert said.count("there is no") == 18 - said.count("has no")


def test_weights_that_sink_together_are_shown_in_the_spec_that_they_would_make(run):
    """Each takes less than there is, both together more: nothing says what was meant."""
    said = run("time_of_day: {Night: {Online-Banking: 0.2, Quotation: 0.1}}", "time_of_day: {Night: {Transfer: -0.2}}",
               overrides="intents: {segment: {Premium: {Transfer: -0.2}}}\n")
    assert "E0407" in said and "--> out/calls.calls:" in said
    assert said.endswith("Nothing was written\n")
