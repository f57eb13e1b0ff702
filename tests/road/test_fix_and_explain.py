"""`compile fix` mends what is sure; `compile explain` has a page."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.road.conftest import SPECS, Compile


def ugly(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    shutil.copytree(SPECS, tmp_path / "specs", dirs_exist_ok=True)
    path = tmp_path / "specs/kpis.calls"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_sure_is_mended(tmp_path: Path, compile: Compile) -> None:
    path = ugly(tmp_path, ("  rises by 35s when outage", "\trises by 35s when outage && channel is voice"),
                ("rises by 20s when", "rises by\u00a020s when"))
    shown = compile("fix", "specs", "--diff")
    assert shown.code == 1
    assert "+  rises by 20s when premium_wait_peak" in shown.out
    assert "\t" in path.read_text(encoding="utf-8")  # nothing was changed
    result = compile("fix", "specs")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == ["specs/kpis.calls:5:1 E0101", "specs/kpis.calls:5:27 E0111",
                                       "specs/kpis.calls:6:11 E0104"]
    text = path.read_text(encoding="utf-8")
    assert "  rises by 35s when outage and channel is voice\n  rises by 20s when premium_wait_peak\n" in text
    again = compile("fix", "specs")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_a_line_that_stands_twice_goes(tmp_path: Path, compile: Compile) -> None:
    line = "  rises by 35s when outage"
    path = ugly(tmp_path, (line, f"{line}\n{line}  # and why"))
    result = compile("fix", "specs")
    assert (result.code, result.err) == (0, "")
    assert result.out == "specs/kpis.calls:6:1 E0302\n"
    assert f"{line}\n  # and why\n" in path.read_text(encoding="utf-8")


def test_files_of_other_editors(tmp_path: Path, compile: Compile) -> None:
    """A mark at the beginning and Windows' line ends do not move the places of fixes; the line ends stay."""
    path = ugly(tmp_path, ("rises by 35s when outage", "rises by 35 s when outage"),
                ("rises by 20s when", "rises by\u00a020s when"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    compile("fix", "specs")
    text = path.read_bytes().decode("utf-8")
    assert "  rises by 20s when premium_wait_peak\r\n" in text and "\n\n" not in text.replace("\r\n", "\r")


def test_what_is_not_sure_is_said_and_stays(tmp_path: Path, compile: Compile) -> None:
    path = ugly(tmp_path, ("rises by 35s when outage", "rises by 35s when outtage"))
    before = path.read_bytes()
    result = compile("fix", "specs")
    assert result.code == 1
    assert "did you mean `outage`?" in result.err
    assert path.read_bytes() == before


def test_pages(compile: Compile) -> None:
    listed = compile("explain")
    assert "E0404  shares do not add up to 100%\n" in listed.out
    assert compile("explain", "e0404").out.startswith("# E0404: shares do not add up to 100%\n")
    wrong = compile("explain", "E0440")
    assert wrong.code == 2
    assert "there is no page on `E0440`; near it: " in wrong.err
