"""`compile fmt`: each rule of the layout, and the command with all that can go wrong."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from compiler.cli import main
from compiler.lang.fmt import format as fmt
from compiler.source import Source
from tests.lang.samples import BASE, ROOT

RULES = {
    "two spaces a level": ("team A\n    agent B\n        voice: nova\n", "team A\n  agent B\n    voice: nova\n"),
    "tabs": ("team A\n\tagent B\n\t\tvoice: nova\n", "team A\n  agent B\n    voice: nova\n"),
    "pasted blanks": ("kpi\u00a0A\n\u00a0\u00a0decimals:\u202f1\n", "kpi A\n  decimals: 1\n"),
    "pasted blanks in texts stay": ('act a "x\u00a0y"  #\u00a0z\n', 'act a "x\u00a0y"  #\u00a0z\n'),
    "one line end": ("act a\n\n\n", "act a\n"),
    "no line end": ("act a", "act a\n"),
    "nothing": ("", ""),
    "only blanks": ("\n  \n", ""),
    "one blank between words": ("kpi   A\n  rises  by   3s  when   b\n", "kpi A\n  rises by 3s when b\n"),
    "commas, colons, brackets": (
        "a\n  works :Early 45% ,Late 55%\n  x rises by min( 3 ,b )*2 when c in( A,B )\n",
        "a\n  works: Early 45%, Late 55%\n  x rises by min(3, b) * 2 when c in (A, B)\n",
    ),
    "a trailing comma": ("a\n  x rises by 1 when c in (A, B , )\n", "a\n  x rises by 1 when c in (A, B,)\n"),
    "points": ("a\n  compliance_flags . Greeting rises by 3pp\n", "a\n  compliance_flags.Greeting rises by 3pp\n"),
    "ranges": ("a\n  stays within - 1 .. 1\n  on: Mon .. Fri\n", "a\n  stays within -1..1\n  on: Mon..Fri\n"),
    "minus": ("a\n  rises by - 5+3 -2*-  1\n", "a\n  rises by -5 + 3 - 2 * -1\n"),
    "a bracket that is no call": ("a\n  starts as x, mean(b-5)/5\n", "a\n  starts as x, mean (b - 5) / 5\n"),
    "no alignment": ("a\n  x:    1\n  long: 2\n", "a\n  x: 1\n  long: 2\n"),
    "money": ("a\n  stays within CHF 10..CHF 12000\n", "a\n  stays within CHF 10..CHF 12_000\n"),
    "a name like a currency": ("a\n  works: ABC  20\n", "a\n  works: ABC  20\n"),
    "a name like a currency before a share": ("a\n  works: ABC  20%\n", "a\n  works: ABC 20%\n"),
    "long figures in groups": (
        "a\n  x: 2025090\n  y: 1_0000_0\n  z: 4000\n", "a\n  x: 2_025_090\n  y: 100_000\n  z: 4000\n",
    ),
    "figures that are names": ("a\n  12345: 3%\n  b.10000 rises by 1pp\n", "a\n  12345: 3%\n  b.10000 rises by 1pp\n"),
    "fractions": ("a\n  x: 0.123456\n  y: 12345.5s\n", "a\n  x: 0.123456\n  y: 12_345.5s\n"),
    "literals as written": ("a\n  x: 120s, 08:30, 2025-09-01, 1h30m\n", "a\n  x: 120s, 08:30, 2025-09-01, 1h30m\n"),
    "one empty line": ("a\n  x: 1\n\n\n\n  y: 2\n", "a\n  x: 1\n\n  y: 2\n"),
    "none at the start": ("a\n\n  # of x\n  x: 1\n", "a\n  # of x\n  x: 1\n"),
    "one before a block": ("a\n  x: 1\nb\n  y: 2\n\n\n\nc\n  z: 3\n", "a\n  x: 1\n\nb\n  y: 2\n\nc\n  z: 3\n"),
    "single lines as they are": ('act a "x"\nact b "y"\n\nact c\n', 'act a "x"\nact b "y"\n\nact c\n'),
    "comments own the empty line": ("a\n  x: 1\n# of b\nb\n  y: 2\n", "a\n  x: 1\n\n# of b\nb\n  y: 2\n"),
    "a heading of its own": ("a\n  x: 1\n# part\n\nb\n  y: 2\n", "a\n  x: 1\n\n# part\n\nb\n  y: 2\n"),
    "comments at the indent of their line": (
        "a\n      # of x\n  x: 1\n# of y\n  y: 2\n", "a\n  # of x\n  x: 1\n  # of y\n  y: 2\n",
    ),
    "comments at a block's end": (
        "a\n  b c\n    x: 1\n    # of b\n  # of a\n# of d\nd\n  x: 2\n  # last\n",
        "a\n  b c\n    x: 1\n    # of b\n  # of a\n\n# of d\nd\n  x: 2\n  # last\n",
    ),
    "comments in an empty block": ("a\n  # nothing yet\nb\n", "a\n  # nothing yet\n\nb\n"),
    "blanks of comments": ("#one\na#two\n  x: 1 #   three\n#\n", "# one\na  # two\n  x: 1  #   three\n#\n"),
    "docs": ("##one\n##\n##  two\n\na\n", "## one\n##\n##  two\na\n"),
    "a comment between doc and line": ("## doc\n# comment\na\n  x: 1\n", "# comment\n## doc\na\n  x: 1\n"),
    "a doc at its line's indent": ("a\n## doc\n  x: 1\n", "a\n  ## doc\n  x: 1\n"),
    "a doc of nothing": ("a\n  x: 1\n\n## end\n", "a\n  x: 1\n\n## end\n"),
    "long texts": (
        'a\n    t: """one\n            two\n              three\n\n            four"""   #c\n',
        'a\n  t: """one\n    two\n      three\n\n    four"""  # c\n',
    ),
    "a long text in a row": ('a\n  t: """  one  """\n', 'a\n  t: """  one  """\n'),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rules(rule: str) -> None:
    before, after = RULES[rule]
    result = fmt.formatted(Source("x", before))
    assert (result.text, result.fault) == (after, "")
    assert fmt.formatted(Source("x", after)).text == after


# ------------------------------------------------------------------------------------------------ the command

UGLY = b"kpi   A\n    decimals:1\n"
FINE = b"kpi A\n  decimals: 1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    specs = tmp_path / "specs"
    (specs / "library").mkdir(parents=True)
    (specs / "a.calls").write_bytes(UGLY)
    (specs / "b.calls").write_bytes(FINE)
    (specs / "library" / "p.calls").write_bytes(UGLY.replace(b"\n", b"\r\n"))
    (specs / "notes.txt").write_bytes(UGLY)
    return specs


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["fmt", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_writes_what_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.calls").chmod(0o640)
    assert said(capsys, "specs") == (
        0, "", "formatted specs/a.calls\nformatted specs/library/p.calls\n2 files formatted, 1 file as they should be\n"
    )  # fmt: skip
    assert (folder / "a.calls").read_bytes() == (folder / "library" / "p.calls").read_bytes() == FINE
    assert (folder / "a.calls").stat().st_mode & 0o777 == 0o640
    assert (folder / "notes.txt").read_bytes() == UGLY
    assert said(capsys, "specs", "--quiet") == (0, "", "")


def test_a_link_stays_a_link(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = folder / "c.calls"
    link.symlink_to(folder / "a.calls")
    assert said(capsys, "specs/c.calls")[0] == 0
    assert link.is_symlink() and (folder / "a.calls").read_bytes() == FINE


def test_check_lists(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "specs", "--check") == (1, "specs/a.calls\nspecs/library/p.calls\n", "")
    assert said(capsys, "specs/b.calls", "--check") == (0, "", "")
    assert (folder / "a.calls").read_bytes() == UGLY


def test_diff(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.calls").write_bytes(UGLY.rstrip())
    code, out, err = said(capsys, "specs/a.calls", "specs/b.calls", "--diff")
    assert (code, err) == (0, "")
    assert out == (
        "--- specs/a.calls\n+++ specs/a.calls (formatted)\n@@ -1,2 +1,2 @@\n-kpi   A\n-    decimals:1\n"
        "\\ No newline at end of file\n+kpi A\n+  decimals: 1\n"
    )
    assert said(capsys, "specs/library", "--diff")[1].count("\r\n") == 2
    assert said(capsys, "specs", "--diff", "--check")[0] == 1
    assert (folder / "a.calls").read_bytes() == UGLY.rstrip()


@pytest.mark.parametrize("options", [(), ("--check",), ("--diff",)], ids=["write", "check", "diff"])
def test_stdin(
    options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + UGLY)))
    code = main(["fmt", "-", *options])
    out, err = capfdbinary.readouterr()
    assert err == b"" and code == (1 if options == ("--check",) else 0)
    assert out == FINE if not options else (out == b"") == (options == ("--check",))


def test_stdin_is_named_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "-", "specs") == (2, "", "error: `-` is the standard input; name it alone\n")


def test_mistakes_leave_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = b"kpi   A\n  decimals: 1\nkpi B\n  rises 3s\n"
    (folder / "a.calls").write_bytes(bad)
    code, out, err = said(capsys, "specs/a.calls")
    assert (code, out) == (1, "")
    assert err.startswith("error[E0121]: `rises` needs `by`\n --> specs/a.calls:4:")
    assert err.endswith("\n1 error\n1 file left alone\n")
    assert (folder / "a.calls").read_bytes() == bad
    code, _, err = said(capsys, "specs/a.calls", "--lines")
    assert code == 1 and "E0121" in err
    assert (folder / "a.calls").read_bytes() == b"kpi A\n  decimals: 1\n\nkpi B\n  rises 3s\n"


def test_good_blocks_around_bad_ones() -> None:
    bad = 'b\n    t: """never\n   closed\n\nc\n      y:  2\n    rises 3\n    # end of c\n'
    text = f"a\n    x:1\n\n\n# of b\n{bad}d\n    z:3\n"
    result = fmt.formatted(Source("x", text), lines=True)
    assert result.text == f"a\n  x: 1\n\n# of b\n{bad}\nd\n  z: 3\n"
    assert fmt.formatted(Source("x", result.text), lines=True).text == result.text
    assert fmt.formatted(Source("x", text)).text is None


@pytest.mark.parametrize("text", ["a\n  x: 1\n\u200b## doc\nb\n  y: 2\n", "# a \u200bcomment\na\n"])
def test_a_mistake_between_blocks_leaves_the_file(text: str) -> None:
    result = fmt.formatted(Source("x", text), lines=True)
    assert (result.text, result.fault, [each.code for each in result.found]) == (None, "", ["E0105"])


def test_what_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.calls").write_bytes('act wave "grüsst"\n'.encode("latin-1"))
    code, _, err = said(capsys, "specs/a.calls")
    assert code == 1 and err.startswith("error[E0103]: this file is not UTF-8: byte 0xfc at 1:13\n")
    assert said(capsys, "nothing") == (2, "", "error: there is no file or folder nothing\n")
    (folder / "empty").mkdir()
    assert said(capsys, "specs/empty") == (2, "", "error: there is no .calls file in specs/empty\n")


def test_a_folder_that_cannot_be_written(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    code, _, err = said(capsys, "specs/a.calls")
    assert code == 1 and err.startswith("error: cannot write ") and "No space left on device" in err
    assert (folder / "a.calls").read_bytes() == UGLY


def test_our_own_fault_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fmt, "laid_out", lambda rows: "kpi B\n")
    assert said(capsys, "specs/a.calls") == (
        1, "", "error: specs/a.calls was left as it is: a line would say something else. "
        "The fault is ours, not yours; please report it\n1 file left alone\n",
    )  # fmt: skip
    assert (folder / "a.calls").read_bytes() == UGLY


def test_a_layout_that_would_change_again(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = iter(("kpi A\n", "kpi A\n\n"))
    monkeypatch.setattr(fmt, "laid_out", lambda rows: next(texts))
    assert fmt.formatted(Source("x", "kpi  A\n")).fault == "formatting the result again would change it"


def test_long_lines_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.calls").write_text(f'act a "{"word " * 30}"\n')
    code, _, err = said(capsys, "specs/a.calls")
    assert code == 0
    assert err == (
        'warning: specs/a.calls:1 has more than 120 characters; a long text can go on below in """\n'
        "1 file as they should be\n"
    )


def test_our_specs_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, str(ROOT / "specs"), "--check") == (0, "", "")
    assert said(capsys, str(BASE), "--check") == (0, "", "")


def test_a_file_that_is_left_alone_has_all_its_mistakes_said() -> None:
    """Tabs are put right silently only where they are put right."""
    text = "kpi A\n\tstarts at 3s\nflag B\n\tstarts at\u00a010 %\n"
    source = Source("a.calls", text)
    whole = fmt.formatted(source).found
    assert [(each.code, each.primary.span.line) for each in whole] == [("E0101", 2), ("E0104", 4), ("E0112", 4)]
    assert whole[0].message == "a tab in the indentation (and on 1 more line of this file)"
    some = fmt.formatted(source, lines=True)
    assert [(each.code, each.primary.span.line) for each in some.found] == [("E0101", 4), ("E0104", 4), ("E0112", 4)]
    assert some.found[0].message == "a tab in the indentation"
    assert some.text == "kpi A\n  starts at 3s\n\nflag B\n\tstarts at\u00a010 %\n"
    assert fmt.formatted(Source("a.calls", "kpi A\n\tstarts at 3s\n")).found == ()
