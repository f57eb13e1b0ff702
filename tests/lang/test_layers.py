"""Overlays beside one another and above one another, whichever order they are named in."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path

import pytest

from compiler.failures import UsageError
from compiler.lang import errors as errors_of_layers
from compiler.lang import model as m
from compiler.lang.load import load
from tests.lang.test_packs import drawn, good, loaded, project
from tests.language.test_messages import drawn as message_of

CHECKS = "override checks compliance_flags\n  remove Empathy\n"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def errors(folder: Path, files: dict[str, str], *overlays: str) -> list[tuple[str, str]]:
    found = loaded(folder, files, overlays=list(overlays)).diagnostics
    return [(each.code, each.message) for each in found if each.severity == "error"]


# ------------------------------------------------------------------------------------------------ a chain


def test_a_chain_of_three(tmp_path: Path) -> None:
    files = {
        "one": "overlay September\n\noverride volume\n  scale: 50%\n\noverride kpi AWT\n  remove when outage\n",
        "two": "overlay Friday over September\n\noverride volume\n  scale: 25%\n",
        "three": "overlay Demo over Friday\n\noverride volume\n  scale: 5%\n\n"
                 "override kpi AWT\n  rises by 9s when outage\n",
    }
    demo = good(tmp_path, files, overlays=["Demo"])
    assert demo.volume.scale == 0.05
    assert demo.field("AWT").effects[0].amount == m.Constant(9.0, m.Unit.TIME)
    friday = load([Path("specs")], overlays=["Friday"]).model
    assert friday is not None and friday.volume.scale == 0.25 and not friday.field("AWT").effects


def test_overlays_in_a_circle(tmp_path: Path) -> None:
    files = {"one": "overlay A over B\n", "two": "overlay B over C\n", "three": "overlay C over A\n"}
    assert drawn(tmp_path, files) == (
        "error[E0309]: these overlays go in a circle: A over B over C over A\n"
        " --> specs/one.calls:1:1\n"
        "  |\n"
        "1 | overlay A over B\n"
        "  | ^^^^^^^^^^^^^^^^\n"
        "  = note: and here\n"
        " --> specs/two.calls:1:1\n"
        "  |\n"
        "1 | overlay B over C\n"
        "  | ----------------\n"
        "  = note: and here\n"
        " --> specs/three.calls:1:1\n"
        "  |\n"
        "1 | overlay C over A\n"
        "  | ----------------\n"
        "  = help: take the `over` away from one of them\n"
        "\n1 error\n"
    )


def test_overlays_that_nobody_has(tmp_path: Path) -> None:
    files = {"one": "overlay September\n", "two": "overlay Friday over Septembre\n"}
    assert drawn(tmp_path, files) == (
        "error[E0201]: there is no overlay `Septembre` to be over\n"
        " --> specs/two.calls:1:21\n"
        "  |\n"
        "1 | overlay Friday over Septembre\n"
        "  |                     ^^^^^^^^^\n"
        "  = help: did you mean `September`?\n"
        "\n1 error\n"
    )
    with pytest.raises(UsageError, match=r"there is no overlay `Fryday`; did you mean Friday\?$"):
        load([Path("specs")], overlays=["Fryday"])
    with pytest.raises(UsageError, match=r"there is no overlay `Zebra`; there is: Friday, September$"):
        load([Path("specs")], overlays=["Zebra"])


def test_one_overlay_in_two_files(tmp_path: Path) -> None:
    files = {
        "one": "overlay Demo\n\noverride volume\n  scale: 5%\n",
        "two": "override dataset Base\n  seed: 9\n# the line may stand anywhere\noverlay Demo\n",
    }
    model = good(tmp_path, files, overlays=["Demo", "Demo"])
    assert (model.volume.scale, model.dataset.seed) == (0.05, 9)


def test_an_overlay_line_in_a_text_is_none(tmp_path: Path) -> None:
    text = 'locale en\n  greeting: """Good day,\noverlay Demo\nuse "library/zebra" """\n'
    assert good(tmp_path, {"one": text}).locales[0].tag == "en"


# ------------------------------------------------------------------------------------------------ beside one another

BESIDE = {
    "both change a setting": (
        "override volume\n  scale: 5%\n", "override volume\n  scale: 6%\n",
        "overlays {0} and {1} both change `scale` of volume, and neither is over the other",
    ),
    "both add an effect": (
        "flag new\n  starts at 5%\n  AWT rises by 5s when channel is text\n",
        "flag newer\n  starts at 5%\n  AWT rises by 6s when channel is text\n",
        "overlays {0} and {1} both change `rises by` of flag new",
    ),
    "both declare a block": (
        "holiday feast\n  on: 2025-09-08\n", "holiday feast\n  on: 2025-09-09\n",
        "overlays {0} and {1} both change `holiday feast`, and neither is over the other",
    ),
    "one removes a block, one changes it": (
        "remove kpi AWT\n", "override kpi AWT\n  rises by 3s when channel is text\n",
        "overlays {0} and {1} both change `kpi AWT`, and neither is over the other",
    ),
    "one removes a line, one changes it": (
        "override kpi AWT\n  remove when outage\n", "override kpi AWT\n  rises by 3s when outage\n",
        "overlays {0} and {1} both change `rises by` of kpi AWT, and neither is over the other",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BESIDE)
@pytest.mark.parametrize("order", list(permutations(("One", "Two"))), ids="-".join)
def test_overlays_beside_one_another(case: str, order: tuple[str, str], tmp_path: Path) -> None:
    one, two, message = BESIDE[case]
    files = {"one": f"overlay One\n\n{one}", "two": f"overlay Two\n\n{two}"}
    found = [said for code, said in errors(tmp_path, files, *order) if code == "E0307"]
    expected = message.format(*order).replace("flag new", "flag new" if order[0] == "Two" else "flag newer")
    assert len(found) == 1 and found[0].startswith(expected)


def test_the_same_change_twice_is_none(tmp_path: Path) -> None:
    files = {
        "one": "overlay One\n\nremove agent Peter_Keller\n\noverride volume\n  scale: 5%\n",
        "two": "overlay Two\n\nremove agent Peter_Keller\n\noverride volume\n  scale: 5%\n",
    }
    assert [code for code, _ in errors(tmp_path, files, "One", "Two")] == []


def test_different_changes_stand_beside_one_another(tmp_path: Path) -> None:
    project(tmp_path, {
        "one": "overlay One\n\noverride volume\n  scale: 5%\n",
        "two": "overlay Two\n\noverride volume\n  weekend calls: 9\n\noverride kpi AWT\n  rises by 2s when weekend\n",
    })  # fmt: skip
    forth, back = (load([Path("specs")], overlays=order).model for order in (("One", "Two"), ("Two", "One")))
    assert forth is not None and forth == back
    assert (forth.volume.scale, forth.volume.weekend) == (0.05, 9)


# ------------------------------------------------------------------------------------------------ remove


def test_a_removed_member_leaves_its_share(tmp_path: Path) -> None:
    text = "overlay One\n\noverride choice product\n  remove Card\n\noverride choice intent\n  remove Mortgage\n"
    model = good(tmp_path, {"one": text}, overlays=["One"])
    assert dict(model.field("product").starts[0].shares) == {"Mortgage": 0.3 / 0.7, "eBanking": 0.4 / 0.7}
    assert dict(model.field("intent").starts[0].shares) == {"Card_Block": 10, "Transfer": 20}
    warned = load([Path("specs")], overlays=["One"]).diagnostics
    assert [(each.code, each.message) for each in warned] == [
        ("W09", "without `Card` the other values of `product` take its share in proportion"),
        ("W09", "without `Mortgage` the other values of `intent` take its share in proportion"),
    ]


def test_a_removed_check(tmp_path: Path) -> None:
    model = good(tmp_path, {"one": f"overlay One\n\n{CHECKS}"}, overlays=["One"])
    assert [field.id for field in model.fields if field.kind == "check"] == ["compliance_flags.Greeting"]


def test_what_a_block_guards_goes_by_its_field(tmp_path: Path) -> None:
    files = {
        "more": "team Team_C\n  FCR falls by 5pp\n  agent Z\n    gender: male\n"
                "    voice: onyx\n    share: 10\n    works: Early 50%, Late 50%\n",
        "one": "overlay One\n\noverride team Team_C\n  remove FCR\n",
    }  # fmt: skip
    assert not good(tmp_path, files, overlays=["One"]).field("FCR").effects


def test_the_page_about_circles(tmp_path: Path) -> None:
    """It shows exactly what is said, and the spec put right."""
    page = (Path(errors_of_layers.__file__).parents[1] / "explain" / "E0309.md").read_text(encoding="utf-8")
    wrong, message, right = re.findall(r"```\w+\n(.*?)```\n", page, re.DOTALL)
    assert message_of("", wrong, tmp_path) == message
    assert message_of("--overlay Demo", right, tmp_path) == "fine\n"


# ------------------------------------------------------------------------------------------------ the lines of a phase


def lines_of(model: m.Model) -> list[str]:
    return [", ".join(line.acts) or line.text for line in model.scenarios[0].phases[0].lines]


def test_what_an_overlay_says_in_a_phase_comes_last_or_is_all_of_it(tmp_path: Path) -> None:
    head = "override scenario Any_call\n"
    files = {
        "more": f'overlay More\n\n{head}  phase opening\n    customer: "sighs"\n',
        "anew": f'overlay Anew over More\n\n{head}  override phase opening\n'
                '    customer: "asks"\n    agent must: greet\n',
        "less": f'overlay Less\n\n{head}  phase opening\n    remove agent must\n    customer: "asks"\n',
    }
    wanted = {"More": ["greet, give_name", "sighs"], "Anew": ["asks", "greet"], "Less": ["asks"]}
    good(tmp_path, files)
    for name, lines in wanted.items():
        model = load([Path("specs")], overlays=[name]).model
        assert model is not None and lines_of(model) == lines


@pytest.mark.parametrize("names", list(permutations(("More", "Anew"))))
def test_overlays_beside_one_another_say_a_phase_anew_and_more_of_it(names: tuple[str, str], tmp_path: Path) -> None:
    files = {
        "more": 'overlay More\n\noverride scenario Any_call\n  phase opening\n    customer: "sighs"\n',
        "anew": 'overlay Anew\n\noverride scenario Any_call\n  override phase opening\n    customer: "asks"\n',
    }
    (code, message), = errors(tmp_path, files, *names)
    assert code == "E0307" and message == (
        f"overlays {names[0]} and {names[1]} both change `customer` of phase opening, and neither is over the other"
    )
