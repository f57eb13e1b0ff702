"""Packs: where they are found, what they may bring, and every conflict with its message."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.lang import model as m
from compiler.lang.load import Loaded, load
from compiler.report import draw
from tests.lang.samples import BASE

Files = dict[str, str]


def project(folder: Path, files: Files) -> Path:
    """The base spec and more files; names with a slash lie in folders."""
    specs = folder / "specs"
    (specs / "library").mkdir(parents=True)
    (specs / "base.calls").write_text(BASE.read_text(encoding="utf-8"), encoding="utf-8")
    for name, text in files.items():
        path = specs / f"{name}.calls"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return specs


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(folder: Path, files: Files, **options: list[str]) -> Loaded:
    project(folder, files)
    return load([Path("specs")], **options)  # type: ignore[arg-type]  # overlays and sets only


def good(folder: Path, files: Files, **options: list[str]) -> m.Model:
    found = loaded(folder, files, **options)
    assert found.model is not None, draw(found.diagnostics, found.sources)
    return found.model


def drawn(folder: Path, files: Files, **options: list[str]) -> str:
    found = loaded(folder, files, **options)
    return draw([each for each in found.diagnostics if each.severity == "error"], found.sources)


def fields(model: m.Model) -> set[str]:
    return {field.id for field in model.fields}


# ------------------------------------------------------------------------------------------------ where they lie


def test_beside_the_spec_before_the_shipped_one(tmp_path: Path) -> None:
    files = {"spec": 'use "library/contact_centre"\n', "library/contact_centre": "flag mine\n  starts at 5%\n"}
    assert "mine" in fields(good(tmp_path, files))


def test_the_shipped_library(tmp_path: Path) -> None:
    spec = tmp_path / "spec.calls"
    spec.write_text('use "library/retail_banking" as banking\n', encoding="utf-8")
    sources = load([spec]).sources
    assert any(Path(name).parts[-3:] == ("specs", "library", "retail_banking.calls") for name in sources)


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    files = {"spec": 'use "library/insurence"\nuse "library/zebra"\nuse "telecom"\n'}
    assert drawn(tmp_path, files) == (
        "error[E0308]: pack `library/insurence` not found\n"
        " --> specs/spec.calls:1:5\n"
        "  |\n"
        '1 | use "library/insurence"\n'
        "  |     ^^^^^^^^^^^^^^^^^^^\n"
        "  = help: there is `library/insurance`\n"
        "\n"
        "error[E0308]: pack `library/zebra` not found\n"
        " --> specs/spec.calls:2:5\n"
        "  |\n"
        '2 | use "library/zebra"\n'
        "  |     ^^^^^^^^^^^^^^^\n"
        "  = help: packs lie in the folder `library` beside the spec\n"
        "\n"
        "error[E0308]: pack `telecom` not found\n"
        " --> specs/spec.calls:3:5\n"
        "  |\n"
        '3 | use "telecom"\n'
        "  |     ^^^^^^^^^\n"
        "  = help: there is `library/telecom`\n"
        "\n3 errors\n"
    )


@pytest.mark.parametrize("path", ["../other/pack", "/etc/pack", "library/../base", "library//bank", "C:/x", "library/"])
def test_a_pack_stays_in_the_library(path: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "pack.calls").write_text("flag stolen\n  starts at 1%\n", encoding="utf-8")
    assert drawn(tmp_path, {"spec": f'use "{path}"\n'}) == (
        f"error[E0308]: `{path}` is no place of a pack\n"
        " --> specs/spec.calls:1:5\n"
        "  |\n"
        f'1 | use "{path}"\n'
        f"  |     {'^' * (len(path) + 2)}\n"
        '  = help: a pack is named by its path in the library, such as `use "library/retail_banking"`\n'
        "\n1 error\n"
    )


# ------------------------------------------------------------------------------------------------ packs of packs


def test_packs_use_packs(tmp_path: Path) -> None:
    model = good(tmp_path, {
        "spec": 'use "library/top"\n\noverride flag low\n  starts at 3%\n',
        "library/top": 'use "library/low"\n\noverride flag low\n  starts at 2%\n  rises by 1pp when top\n\n'
                       "flag top\n  starts at 9%\n",
        "library/low": "flag low\n  starts at 1%\n",
    })  # fmt: skip
    low = model.field("low")
    assert low.starts[0].parameters == (("chance", m.Constant(0.03, m.Unit.SHARE)),)
    assert [effect.guard for effect in low.effects] == [m.Ref("top")]


def test_packs_in_a_circle(tmp_path: Path) -> None:
    files = {
        "spec": 'use "library/one"\n',
        "library/one": 'use "library/two"\n',
        "library/two": '## Nothing.\nuse "library/one"\n',
    }
    assert drawn(tmp_path, files) == (
        "error[E0309]: these packs use each other in a circle: library/one > library/two > library/one\n"
        " --> specs/library/two.calls:2:1\n"
        "  |\n"
        '2 | use "library/one"\n'
        "  | ^^^^^^^^^^^^^^^^^\n"
        "  = help: take the `use` line away from one of them\n"
        "\n1 error\n"
    )


def test_a_pack_that_changes_what_it_does_not_use(tmp_path: Path) -> None:
    found = loaded(tmp_path, {
        "spec": 'use "library/one"\nuse "library/two"\n',
        "library/one": "flag low\n  starts at 1%\n",
        "library/two": "override flag low\n  starts at 2%\n",
    })  # fmt: skip
    assert [each.code for each in found.diagnostics if each.severity == "error"] == ["E0306"]


def test_a_pack_used_twice_is_one(tmp_path: Path) -> None:
    good(tmp_path, {
        "spec": 'use "library/one"\nuse "library/two"\n',
        "library/one": 'use "library/low"\n',
        "library/two": 'use "library/low"\n',
        "library/low": "flag low\n  starts at 1%\n",
    })  # fmt: skip


# ------------------------------------------------------------------------------------------------ prefixes


AS_BANK = 'use "library/bank" as bank\n\n'
BANK = {"library/bank": "incident dark\n  on: 2025-09-09\n\nflag loyal\n  starts at 5%\n"}


def test_names_with_and_without_prefix(tmp_path: Path) -> None:
    spec = AS_BANK + "override flag bank.loyal\n  rises by 1pp when bank.dark\n  falls by 1pp when outage\n"
    model = good(tmp_path, {"spec": spec, **BANK})
    guards = {str(effect.guard) for effect in model.field("loyal").effects}
    assert guards == {str(m.Ref("dark")), str(m.Ref("outage"))}


def test_a_name_that_the_pack_has_not(tmp_path: Path) -> None:
    spec = AS_BANK + "override flag loyal\n  rises by 1pp when bank.outage\n  falls by 1pp when bank.drak\n"
    assert drawn(tmp_path, {"spec": spec, **BANK}) == (
        "error[E0201]: the pack `bank` has no `outage`\n"
        " --> specs/spec.calls:4:21\n"
        "  |\n"
        "4 |   rises by 1pp when bank.outage\n"
        "  |                     ^^^^^^^^^^^\n"
        "  = help: it comes from elsewhere: write `outage`\n"
        "\n"
        "error[E0201]: I know nothing called `drak`\n"
        " --> specs/spec.calls:5:21\n"
        "  |\n"
        "5 |   falls by 1pp when bank.drak\n"
        "  |                     ^^^^^^^^^\n"
        "  = help: did you mean `dark`?\n"
        "\n2 errors\n"
    )


def test_prefixes_that_are_taken(tmp_path: Path) -> None:
    pairs = (("bank", "it"), ("other", "it"), ("third", "agent"), ("fourth", "FCR"))
    spec = "".join(f'use "library/{pack}" as {alias}\n' for pack, alias in pairs)
    files = {"spec": spec, **BANK, "library/other": "", "library/third": "", "library/fourth": ""}
    found = loaded(tmp_path, files)
    assert [each.message for each in found.diagnostics if each.severity == "error"] == [
        "`it` is the prefix of another pack already",
    ]
    (tmp_path / "specs" / "spec.calls").write_text(spec.split("\n", 1)[1], encoding="utf-8")
    found = load([Path("specs")])
    assert [(each.code, each.message) for each in found.diagnostics if each.severity == "error"] == [
        ("E0301", "a pack cannot have the prefix of an agent"),
        ("E0301", "a pack cannot have the prefix of a flag"),
    ]


# ------------------------------------------------------------------------------------------------ conflicts

TWO = {
    "library/bank": "flag loyal\n  starts at 5%\n\nkpi effort\n  starts as normal, mean 5, sd 1\n",
    "library/phone": "flag loyal\n  starts at 9%\n  rises by 1pp when outage\n",
}
USES = 'use "library/bank" as bank\nuse "library/phone" as phone\n\n'


def test_two_packs_that_declare_the_same(tmp_path: Path) -> None:
    assert drawn(tmp_path, {"spec": USES, **TWO}) == (
        "error[E0305]: packs `bank` and `phone` both say `flag loyal`\n"
        " --> specs/library/phone.calls:1:6\n"
        "  |\n"
        "1 | flag loyal\n"
        "  |      ^^^^^\n"
        "  = note: said here\n"
        " --> specs/library/bank.calls:1:6\n"
        "  |\n"
        "1 | flag loyal\n"
        "  |      -----\n"
        "  = help: decide with `override flag loyal`, or take one away: `remove flag phone.loyal`\n"
        "\n1 error\n"
    )


def test_decided_by_override(tmp_path: Path) -> None:
    model = good(tmp_path, {"spec": USES + "override flag loyal\n  starts at 7%\n", **TWO})
    loyal = model.field("loyal")
    assert loyal.starts[0].parameters == (("chance", m.Constant(0.07, m.Unit.SHARE)),)
    assert len(loyal.effects) == 1


def test_an_override_that_does_not_decide(tmp_path: Path) -> None:
    spec = USES + "override flag loyal\n  rises by 2pp when premium_wait_peak\n"
    assert drawn(tmp_path, {"spec": spec, **TWO}) == (
        "error[E0305]: packs `bank` and `phone` both say the `starts` line of `flag loyal`\n"
        " --> specs/library/phone.calls:2:3\n"
        "  |\n"
        "2 |   starts at 9%\n"
        "  |   ^^^^^^^^^^^^\n"
        "  = note: said here\n"
        " --> specs/library/bank.calls:2:3\n"
        "  |\n"
        "2 |   starts at 5%\n"
        "  |   ------------\n"
        "  = help: decide with `override flag loyal` and the line that shall stand\n"
        "\n1 error\n"
    )


@pytest.mark.parametrize(("removed", "chance"), [("phone", 0.05), ("bank", 0.09)])
def test_decided_by_taking_one_away(removed: str, chance: float, tmp_path: Path) -> None:
    model = good(tmp_path, {"spec": f"{USES}remove flag {removed}.loyal\n", **TWO})
    assert model.field("loyal").starts[0].parameters == (("chance", m.Constant(chance, m.Unit.SHARE)),)
    assert "effort" in fields(model)


def test_both_taken_away(tmp_path: Path) -> None:
    assert "loyal" not in fields(good(tmp_path, {"spec": f"{USES}remove flag loyal\n", **TWO}))


def test_two_packs_that_move_the_same(tmp_path: Path) -> None:
    files = {
        "spec": USES,
        "library/bank": "incident dark\n  on: 2025-09-09\n  FCR falls by 5pp when channel is voice\n",
        "library/phone": "flag calm\n  starts at 9%\n\nincident loud\n  on: 2025-09-10\n  FCR falls by 5pp when dark\n",
    }
    good(tmp_path, files)
    same = "flag x\n  starts at 1%\n  FCR falls by 6pp when dark and channel is voice\n"
    (tmp_path / "specs/library/phone.calls").write_text(same, encoding="utf-8")
    found = load([Path("specs")])
    assert [each.message for each in found.diagnostics if each.severity == "error"] == [
        "packs `bank` and `phone` both say the line `falls by … when channel is voice and dark` of `flag x`"
    ]


def test_the_project_changes_a_pack_by_override_only(tmp_path: Path) -> None:
    found = loaded(tmp_path, {"spec": 'use "library/bank"\n\nflag loyal\n  starts at 7%\n', **BANK})
    assert [(each.code, each.message, each.help) for each in found.diagnostics if each.severity == "error"] == [
        ("E0301", "`loyal` is declared twice", "write `override flag loyal`")
    ]


def test_nothing_to_override_above_a_pack(tmp_path: Path) -> None:
    found = loaded(tmp_path, {"spec": 'use "library/bank"\n\noverride flag loyall\n  starts at 7%\n', **BANK})
    assert [(each.code, each.message, each.help) for each in found.diagnostics if each.severity == "error"] == [
        ("E0303", "nothing to override: there is no flag loyall", "did you mean `loyal`?")
    ]
