"""Git revisions, folders, builds; what a user can do wrong, and what a stranger's repository cannot do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.commands import diff as command
from compiler.program import run as program
from tests.diff.brute import edited, project, quickly, slowly, small

SMALL = ("--set", "volume.scale=2%", "--set", "customers.population=900")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], cwd=folder, check=True,
                   capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the shipped specs, templates and locales in two commits; the current folder."""
    home = tmp_path / "repository"
    project(home, "templates", "locales")
    git(tmp_path, "init", "-q", str(home))
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "first")
    edited(home / "specs/kpis.calls", ("rises by 35s when outage", "rises by 45s when outage"))
    git(home, "commit", "-q", "-a", "-m", "second")
    monkeypatch.chdir(home)
    return home


def diff(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = program(["diff", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


# ------------------------------------------------------------------------------------------------ revisions


def test_a_revision_is_read_without_touching_the_work_tree(repository: Path, tmp_path: Path) -> None:
    before = project(tmp_path / "before", "templates", "locales")
    found = quickly("HEAD~1", None, tmp_path / "scratch", small())
    assert found.counts.changed == len(slowly(before, repository / "specs", small()).all) > 0
    assert (found.old.kind, found.new.kind) == ("revision", "specs")
    assert len(found.old.commit) == 40
    (fact,) = found.causes[0].facts
    assert (fact.old_place, fact.new_place) == ("HEAD~1:specs/kpis.calls:5", "specs/kpis.calls:5")
    status = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=True)
    assert status.stdout == ""


def test_two_revisions_templates_and_locales_are_those_of_the_revision(repository: Path, tmp_path: Path) -> None:
    edited(repository / "templates/de/voice/user.md.j2", ("Schreibe jetzt das", "Schreibe das"))
    edited(repository / "locales/de/value_labels.yml", (
           "Payment_Issue: Zahlungsproblem\n", "Payment_Issue: Sorge ums Geld\n"))
    git(repository, "commit", "-q", "-a", "-m", "third")
    found = quickly("HEAD~1", "HEAD:specs", tmp_path / "scratch", small())
    assert [cause.title for cause in found.causes] == ["template de/voice/user.md.j2", "locale de/value_labels.yml"]
    assert found.causes[0].facts[0].old_place == "HEAD~1:templates/de/voice/user.md.j2:32"
    assert found.counts.records == 0
    assert found.causes[0].counts.prompts > found.causes[1].counts.prompts > 0


def test_files_that_a_locale_block_names_are_of_the_revision(repository: Path, tmp_path: Path) -> None:
    labels = repository / "texts" / "values.yml"
    labels.parent.mkdir()
    labels.write_text("intent:\n  Payment_Issue: A payment\n", encoding="utf-8")
    edited(repository / "specs/delivery.calls", ("locale en\n", 'locale en\n  values: "../texts/values.yml"\n'))
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "third")
    labels.write_text("intent:\n  Payment_Issue: A stuck payment\n", encoding="utf-8")
    found = quickly("HEAD", None, tmp_path / "scratch", small())
    (cause,) = found.causes
    assert (cause.kind, cause.title) == ("file", "file ../texts/values.yml")
    assert cause.exemplar is not None
    assert any("A stuck payment" in row for row in cause.exemplar.diff)


def test_names_in_a_tree_cannot_lead_out(repository: Path, tmp_path: Path) -> None:
    from compiler.diff import git as ours
    from compiler.diff import unpack

    assert not unpack.stays("specs/../../x.calls")
    assert not unpack.stays("/etc/x.calls")
    (repository / "specs" / "link.calls").symlink_to("/etc/hostname")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a link")
    rev = ours.revision("HEAD", repository)
    left_out = unpack.take(rev, ours.inside(repository / "specs", repository), tmp_path / "out")
    assert left_out == ("specs/link.calls",)
    assert not (tmp_path / "out/specs/link.calls").exists()
    assert (tmp_path / "out/specs/kpis.calls").exists()


def test_no_hook_filter_or_textconv_of_a_repository_runs(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    (repository / ".gitattributes").write_text("*.calls filter=trap diff=trap export-subst\n", encoding="utf-8")
    for key in ("filter.trap.smudge", "diff.trap.textconv", "core.fsmonitor", "core.sshCommand"):
        git(repository, "config", key, f"touch {trap}")
    hooks = repository / ".git/hooks"
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {trap}\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    quickly("HEAD~1:specs", None, tmp_path / "scratch", small())
    assert not trap.exists()


def test_an_overlay_that_nobody_chose_is_named(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(repository / "specs/september.calls", ("happens: 3", "happens: 2"))
    note = "note: the overlay September is not the same on both sides; `--overlay September` compares what it makes\n"
    code, out, _ = diff(capsys, "HEAD")
    assert (code, " ".join(out.split())) == (0, " ".join(
        f"MusterBank: HEAD ({_hash(repository)}) -> specs, 62 -> 62 calls\nno call changes\n\n{note}".split()))
    assert "note:" not in diff(capsys, "HEAD", "--overlay", "September", *SMALL)[1]
    (repository / "specs/more.calls").write_text("overlay More over September\n", encoding="utf-8")
    out = diff(capsys, "specs", "specs", "--overlay", "More", *SMALL)[1]
    assert "note:" not in out


def test_outages_happen_on_both_sides(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = diff(capsys, "HEAD~1", "--outages", "2")
    assert (code, out.splitlines()[1].endswith("1 cause")) == (2, True)
    assert "rises by 45s when outage" in out


def _hash(repository: Path) -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, capture_output=True, text=True, check=True)
    return done.stdout[:12]


# ------------------------------------------------------------------------------------------------ builds


def test_a_build_is_compared_as_it_was_made(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = ("--start", "2025-09-01", "--end", "2025-09-10", "--overlay", "September", *SMALL)
    assert program(["specs", "--target", "prompts", "--quiet", *days]) == 0
    code, out, _ = diff(capsys, "build", "specs", *days)
    assert (code, out.splitlines()[1]) == (0, "no call changes")
    edited(repository / "specs/kpis.calls", ("by 10s when channel is voice", "by 12s when channel is voice"))
    code, out, _ = diff(capsys, "build", "specs", *days)
    assert code == 2
    assert "   - rises by 10s when channel is voice                specs/kpis.calls:7" in out


def test_records_that_the_spec_of_a_build_does_not_give_are_a_cause(
        repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = ("--set", "volume.scale=1%")
    assert program(["specs", "--target", "plan", "--quiet", *days]) == 0
    record = sorted(Path("build/plan/2025-09-01").glob("*.json"))[0]
    data = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps({**data, "AWT": 1.0}), encoding="utf-8")
    code, out, err = diff(capsys, "build", "specs", *days)
    assert code == 2
    assert "1. records in build: 1 call changes" in out
    assert '     -"AWT": 1.0,'.replace("-", "- ") in out
    assert err == "build keeps no templates (made with --target plan): those of today stand for them\n"


# ------------------------------------------------------------------------------------------------ mistakes

WRONG = {
    "no revision": (("nothing",), "error: `nothing` is no file or folder, and no revision of the git repository "
                    "{top}\n"),
    "an option in place of a revision": (("HEAD --output=x",), "error: `HEAD --output=x` is no file or folder, and no "
                                         "revision of the git repository {top}\n"),
    "no such path": (("HEAD:other",), "error: HEAD has no specs at other: name the path with HEAD:PATH, such as "
                     "HEAD:specs\n"),
    "a path that leads out": (("HEAD:../x",), "error: HEAD:../x: a path in a revision has no `..`\n"),
    "no second side": (("HEAD", "elsewhere"), "error: `elsewhere` is no file or folder, and no revision of the git "
                       "repository {top}\n"),
    "no overlay": (("HEAD~1", "--overlay", "Septembre"), "error: specs: there is no overlay `Septembre`; did you mean "
                   "September?\n"),
    "no date": (("HEAD", "--start", "soon"), "error: argument --start: `soon` is not a date; write it like "
                "2025-09-01\n"),
    "no folder": (("HEAD", "templates"), "error: templates: there is no .calls file in templates\n"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_message_for(name: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, message = WRONG[name]
    try:
        code, out, err = diff(capsys, *words)
    except SystemExit as stopped:
        code, out, err = int(str(stopped.code)), "", capsys.readouterr().err
    assert (code, out, err) == (1, "", message.replace("{top}", str(repository.resolve())))


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    code, _, err = diff(capsys, "HEAD")
    assert code == 1
    assert err.startswith("error: `HEAD` is no file or folder, and specs is in no git repository: fatal: not a git ")


def test_no_specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert diff(capsys, "HEAD")[::2] == (
        1, "error: there is no folder specs to compare HEAD with; name the second side too\n")


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))  # noqa: PTH120  # a PATH without git
    assert diff(capsys, "HEAD")[::2] == (
        1, "error: git is not installed, so revisions cannot be read; name folders or builds instead\n")


def test_a_wrong_spec_of_a_revision_is_drawn_with_its_own_places(
        repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(repository / "specs/kpis.calls", ("rises by 45s when outage", "rises by 45s when outtage"))
    git(repository, "commit", "-q", "-a", "-m", "wrong")
    edited(repository / "specs/kpis.calls", ("rises by 45s when outtage", "rises by 45s when outage"))
    code, out, err = diff(capsys, "HEAD")
    assert (code, out) == (1, "")
    assert err == """error[E0201]: I know nothing called `outtage`
 --> HEAD:specs/kpis.calls:5:21
  |
5 |   rises by 45s when outtage
  |                     ^^^^^^^
  = help: did you mean `outage`?

1 error
"""


def test_a_wrong_template_is_drawn_with_its_place(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(repository / "templates/de/voice/user.md.j2", ("{{ wait }}", "{{ wiat }}"))
    code, out, err = diff(capsys, "HEAD")
    assert (code, out) == (1, "")
    assert err.startswith("error[E0801]: a call has nothing called `wiat`\n --> ")
    assert f"\n --> {repository}/templates/de/voice/user.md.j2:7:" in err


def test_a_spec_that_names_a_file_outside_is_refused(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(repository / "specs/delivery.calls", ("locale en\n", 'locale en\n  labels: "../../../etc/passwd"\n'))
    git(repository, "commit", "-q", "-a", "-m", "outside")
    git(repository, "checkout", "-q", "HEAD~1", "--", "specs")
    code, out, err = diff(capsys, "HEAD")
    assert (code, out) == (1, "")
    assert err.startswith("error[E0802]: the file `../../../etc/passwd` lies outside the project\n")


def test_the_help_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program(["diff", "--help"])
    assert "exit code: 0 nothing changes, 1 an error, 2 something changes" in capsys.readouterr().out
    assert (command.SAME, command.FAILED, command.DIFFERENT) == (0, 1, 2)
