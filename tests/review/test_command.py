"""`compile review` as a user runs it: what it writes, what it says, how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler import program
from tests.review.bank import SPECS

SMALL = ("--set", "volume.scale=3%")
MARK = "<!-- Made by `compile review`: change the specs or the templates, not this page. -->\n"


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """review(*arguments) -> (exit code, stdout, stderr), in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GEN_LOCALE", raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = program.run(["review", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def pages(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*")) if path.is_file()}


def test_written_then_up_to_date(review, tmp_path: Path) -> None:
    code, out, err = review(SPECS, *SMALL)
    made = pages(tmp_path / "build/review")
    listed = made["figures.md"].partition("## Without an example")[2].count("\n- ")
    assert (code, out) == (0, "")
    assert err == (f"build/review: {len(made)} pages, {len(made)} written, 0 removed, 0 as they were\n"
                   f"{listed} combinations of scenario, locale and channel have no planned call; figures.md lists "
                   "them\n")
    assert "figures.md" in made and all(text.startswith(MARK) for text in made.values())
    assert review(SPECS, *SMALL, "--check") == (0, "", f"build/review is up to date: {len(made)} pages\n")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "build/review").rglob("*.md")}
    assert f"0 written, 0 removed, {len(made)} as they were" in review(SPECS, *SMALL)[2]
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / "build/review").rglob("*.md")}


def test_check_in_an_empty_folder_writes_nothing(review, tmp_path: Path) -> None:
    code, out, err = review(SPECS, *SMALL, "--check")
    lines = out.splitlines()
    assert code == 1 and "missing: build/review/figures.md" in lines
    assert all(line.startswith("missing: build/review/") for line in lines)
    assert err == (f"error: {len(lines)} pages of build/review are not what the specs make; `compile review {SPECS}` "
                   "with the same options writes them anew\n")
    assert not (tmp_path / "build").exists()


@pytest.fixture
def edited(review, tmp_path: Path) -> Path:
    """A review in which a page was deleted, one edited, one is of a scenario that is gone, and one is a user's."""
    review(SPECS, *SMALL)
    folder = tmp_path / "build/review"
    (folder / "en/system-messages.md").unlink()
    page = folder / "de/system-messages.md"
    page.write_text(page.read_text(encoding="utf-8").replace("# System messages: de", "# Systemtexte"),
                    encoding="utf-8")
    (folder / "fr").mkdir()
    (folder / "fr/Card_lost.md").write_text(f"{MARK}\n# Card_lost\n", encoding="utf-8")
    (folder / "fr/notes.md").write_text("# My notes\n", encoding="utf-8")
    (folder / "pt").mkdir()
    (folder / "pt/Card_lost.md").write_text(f"{MARK}\n# Card_lost\n", encoding="utf-8")
    return folder


def test_check_says_what_is_deleted_edited_and_superfluous(review, edited: Path) -> None:
    before = pages(edited)
    code, out, err = review(SPECS, *SMALL, "--check")
    assert code == 1
    assert out == """\
missing: build/review/en/system-messages.md
out of date: build/review/de/system-messages.md
    @@ -2,3 +2,3 @@
     
    -# Systemtexte
    +# System messages: de
     
superfluous: build/review/fr/Card_lost.md
superfluous: build/review/pt/Card_lost.md
"""  # noqa: W293  # a diff shows empty lines with a space
    assert err == (f"error: 4 pages of build/review are not what the specs make; `compile review {SPECS}` with the "
                   "same options writes them anew\n")
    assert pages(edited) == before


def test_pages_are_made_anew_and_others_stay(review, edited: Path) -> None:
    code, _, err = review(SPECS, *SMALL)
    assert code == 0 and "2 written, 2 removed," in err
    assert review(SPECS, *SMALL, "--check")[0] == 0
    assert (edited / "fr/notes.md").read_text(encoding="utf-8") == "# My notes\n"
    assert not (edited / "fr/Card_lost.md").exists() and not (edited / "pt").exists()


def test_somebody_elses_file_is_not_written_over(review, edited: Path) -> None:
    page = edited / "figures.md"
    page.write_text("# Our own figures\n", encoding="utf-8")
    before = pages(edited)
    code, _, err = review(SPECS, *SMALL)
    assert code == 2
    assert err == ("error: build/review/figures.md was not made by `compile review` (its first line does not say so); "
                   "move it away, or name another folder with --out\n")
    assert pages(edited) == before
    code, out, _ = review(SPECS, *SMALL, "--check")
    assert code == 1 and out.endswith("in the way: build/review/figures.md (not made by `compile review`)\n")


def test_line_ends_of_another_system_are_no_difference(review, tmp_path: Path) -> None:
    review(SPECS, *SMALL)
    for path in (tmp_path / "build/review").rglob("*.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert review(SPECS, *SMALL, "--check")[0] == 0


def test_options_of_the_plan_are_heard(review, tmp_path: Path) -> None:
    review(SPECS, *SMALL)
    code, out, _ = review(SPECS, *SMALL, "--end", "2025-09-01", "--check")
    assert code == 1 and "out of date: build/review/figures.md\n" in out
    review(SPECS, *SMALL, "--locale", "en", "--overlay", "September", "--end", "2025-09-03", "--quiet")
    made = pages(tmp_path / "build/review")
    assert {name.partition("/")[0] for name in made} == {"en", "figures.md"}
    assert "from 2025-09-01 to 2025-09-03, seed 1848." in made["figures.md"]


CALLS = """\
dataset Small
  seed: 1
  from: 2025-09-01
  to: 2025-09-01
  time zone: "Europe/Berlin"

volume
  workday calls: 10
  weekend calls: 10

customers
  population: 10
  numbers: "reserved DE"

customer voices
  female: coral
  male: ash

team Front
  agent Ann
    gender: female
    voice: nova
    share: 100%
    works: Day 100%

choice agent_shift
  hours of Day: 08:00..18:00

choice time_of_day_bucket
  starts as one of
    Day: 100%
  hours of Day: 08:00..18:00
"""


def test_a_spec_without_scenario(review, tmp_path: Path) -> None:
    (tmp_path / "small.calls").write_text(CALLS, encoding="utf-8")
    code, out, err = review("small.calls")
    assert (code, out) == (1, "")
    assert err.startswith("error[E0214]: the spec has no `scenario` block\n")
    assert "help: write `scenario NAME` with phases\n" in err
    assert not (tmp_path / "build").exists()


def test_the_least_spec_with_a_scenario(review, tmp_path: Path) -> None:
    """No channel, no language, no kpi: one example, and figures without them."""
    text = CALLS + '\nscenario Chat\n  weight: 1\n\nscenario Note\n  weight: 1\n  dialogue: no\n'
    (tmp_path / "small.calls").write_text(text, encoding="utf-8")
    code, _, err = review("small.calls")
    made = pages(tmp_path / "build/review")
    assert code == 0 and set(made) == {"en/Chat.md", "en/system-messages.md", "figures.md"}, err
    assert "## voice" in made["en/Chat.md"]
    table = "| team | calls | share asked | share got |\n| --- | --: | --: | --: |\n| Front | 10 | 100 % | 100 % |\n"
    assert table in made["figures.md"]
    assert "| Note |" in made["figures.md"] and "Without an example" not in made["figures.md"]


def test_a_wrong_spec_is_drawn(review, tmp_path: Path) -> None:
    (tmp_path / "small.calls").write_text(CALLS.replace("gender: female", "gender: femail"), encoding="utf-8")
    for more in ((), ("--check",)):
        code, out, err = review("small.calls", *more)
        assert (code, out) == (1, "")
        assert "error[E0215]: `gender` takes female, male or neutral, not `femail`" in err
    assert not (tmp_path / "build").exists()


def test_no_such_folder(review) -> None:
    assert review("spec") == (2, "", "error: there is no file or folder spec\n")
