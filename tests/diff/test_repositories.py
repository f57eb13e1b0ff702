"""Repositories as they are met: shallow, partial, without commits, with links and line ends of other systems, used in
a hook; and names that git takes for something else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.diff.brute import edited, project, quickly, small
from tests.diff.test_sides import diff, git, repository

__all__ = ["repository"]
Said = pytest.CaptureFixture[str]


def clone(repository: Path, folder: Path, *how: str) -> Path:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(repository, "clone", "-q", *how, f"file://{repository}", str(folder))
    return folder


# ------------------------------------------------------------------------------------------------ what is not there


def test_a_shallow_clone_says_how_to_get_the_rest(
        repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    folder = clone(repository, tmp_path / "shallow", "--depth", "1")
    monkeypatch.chdir(folder)
    assert diff(capsys, "origin/develop") == (1, "", (
        f"error: `origin/develop` is no file or folder, and no revision of the git repository {folder}; it is a "
        "shallow clone, which lacks older commits and other branches: `git fetch --unshallow` fetches them (GitHub "
        "Actions: `fetch-depth: 0` under actions/checkout; GitLab: `GIT_DEPTH: 0`)\n"))


def test_a_partial_clone_says_how_to_get_the_files(
        repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.chdir(clone(repository, tmp_path / "partial", "--filter=blob:none"))
    code, out, err = diff(capsys, "HEAD~1")
    assert (code, out) == (1, "")
    assert err.startswith("error: this is a partial clone without the files of HEAD~1, and diff fetches nothing: `git "
                          "worktree add ../old ")


def test_no_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    project(tmp_path)
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    assert diff(capsys, "HEAD")[::2] == (
        1, f"error: `HEAD` is no file or folder, and no revision of the git repository {tmp_path}; it has no commits "
           "yet\n")


def test_a_repository_that_git_refuses_is_told_with_the_way_out(
        repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    code, _, err = diff(capsys, "HEAD")
    assert code == 1
    assert "git does not read the repository of specs: fatal: detected dubious ownership" in err
    assert err.endswith(f"; if you trust it, `git config --global --add safe.directory {repository}`\n")


NAMES = {
    "HEAD~1..HEAD": "no revision of the git repository {top}; the ends of a range are two words: `compile diff HEAD~1 "
                    "HEAD`",
    "": "no revision: write REV or REV:path",
    ":specs": "no revision: write REV or REV:path",
    "a" * 300: "no revision of the git repository {top}",
    "\udcff": "no revision of the git repository {top}",
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_name(name: str, repository: Path, capsys: Said) -> None:
    code, out, err = diff(capsys, name)
    shown = name.encode("utf-8", "backslashreplace").decode()
    assert (code, out, err) == (
        1, "", f"error: `{shown}` is no file or folder, and {NAMES[name]}\n".replace("{top}", str(repository)))


def test_a_revision_without_specs_says_where_it_has_some(repository: Path, capsys: Said) -> None:
    assert diff(capsys, "HEAD:") == (
        1, "", "error: HEAD has no specs at its top: name the path with HEAD:PATH, such as HEAD:specs\n")
    git(repository, "mv", "specs", "centre")
    assert diff(capsys, "HEAD", "centre")[2] == (
        "error: HEAD has no specs at centre: name the path with HEAD:PATH, such as HEAD:specs\n")
    git(repository, "rm", "-rqf", ".")
    git(repository, "commit", "-q", "-m", "empty")
    project(repository)
    assert diff(capsys, "HEAD")[2] == "error: HEAD has no specs at specs; it has none anywhere\n"


# ------------------------------------------------------------------------------------------------ names


def test_a_colon_within_braces_is_of_the_revision(repository: Path, tmp_path: Path) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "third: a colon")
    found = quickly("HEAD^{/third: a}:specs", None, tmp_path / "scratch", small())
    assert not found.any
    edited(repository / "specs/kpis.calls", ("rises by 45s when outage", "rises by 55s when outage"))
    found = quickly("HEAD^{/third: a}", None, tmp_path / "again", small())
    assert found.causes[0].facts[0].old_place == "HEAD^{/third: a}:specs/kpis.calls:5"


def test_a_tag_and_a_branch_of_one_name_are_told(repository: Path, capsys: Said) -> None:
    git(repository, "tag", "both")
    git(repository, "branch", "both", "HEAD~1")
    code, _, err = diff(capsys, "both")
    assert code == 0
    assert err.startswith("git knows a tag and a branch called both and takes ")
    assert err.endswith("; write heads/both or tags/both to say which\n")
    assert diff(capsys, "tags/both")[2] == ""


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be files there")
def test_names_that_other_systems_refuse_are_read_where_they_can_be(repository: Path, tmp_path: Path) -> None:
    (repository / "specs/kpis.calls").rename(repository / "specs/kpis: \u00fcber\nall.calls")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "third")
    assert not quickly("HEAD", None, tmp_path / "scratch", small()).any


# ------------------------------------------------------------------------------------------------ links, line ends


def test_links_within_a_revision_are_followed(repository: Path, tmp_path: Path, capsys: Said) -> None:
    shutil.move(repository / "specs/kpis.calls", repository / "kpis.calls")
    (repository / "specs/kpis.calls").symlink_to("../kpis.calls")
    shutil.move(repository / "templates", repository / "shared")
    edited(repository / "shared/de/voice/user.md.j2", ("Schreibe jetzt das", "Schreibe das"))
    (repository / "more").symlink_to("shared")
    (repository / "templates").symlink_to("more")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "links")
    assert diff(capsys, "HEAD")[0] == 0
    (repository / "specs/outside.calls").symlink_to(tmp_path / "outside.calls")
    (tmp_path / "outside.calls").write_text("# nothing\n", encoding="utf-8")
    (repository / "specs/round.calls").symlink_to("round.calls")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "links that lead nowhere")
    (repository / "specs/round.calls").unlink()
    assert diff(capsys, "HEAD")[::2] == (
        0, "HEAD: specs/outside.calls, specs/round.calls left out: submodules, and links that lead nowhere in it, are "
           "not read\n")


def test_a_maze_of_links_is_left_after_a_while(repository: Path, tmp_path: Path) -> None:
    from compiler.diff import git as ours
    from compiler.diff import unpack

    for folder in range(12):
        (repository / f"locales/{folder}").mkdir()
        for other in range(12):
            (repository / f"locales/{folder}/{other}").symlink_to(f"../{other}")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a maze")
    rev = ours.revision("HEAD", repository)
    left_out = unpack.take(rev, ours.inside(repository / "specs", repository), tmp_path / "out")
    assert len(left_out) > 100


def test_line_ends_of_other_systems_are_no_difference(repository: Path, capsys: Said) -> None:
    for path in [*repository.rglob("*.j2"), *repository.rglob("*.yml"), *repository.rglob("*.calls")]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    code, out, _ = diff(capsys, "HEAD")
    assert (code, out.splitlines()[1:]) == (0, ["no call changes"])


# ------------------------------------------------------------------------------------------------ hooks


def test_a_hook_may_run_it(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    for name, value in (("GIT_DIR", ".git"), ("GIT_WORK_TREE", "."), ("GIT_INDEX_FILE", ".git/index")):
        monkeypatch.setenv(name, value)
    assert diff(capsys, "HEAD")[::2] == (0, "")


def test_a_pipe_that_knows_few_letters_gets_escapes(repository: Path) -> None:
    edited(repository / "specs/kpis.calls", ("by 10s when channel is voice", "by 12s when channel is voice"))
    done = subprocess.run([sys.executable, "-m", "compiler", "diff", "HEAD", "--message-format", "markdown"],
                          env={**os.environ, "PYTHONIOENCODING": "cp1252"}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (2, b"")
    assert b"62 calls) \\u2192 `specs`" in done.stdout
