"""The static checks say nothing about specs that are right, spare the packs, and take less time than reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.lang.load import Loaded, load
from compiler.report import draw

ROOT = Path(__file__).parents[2]
SPECS, SAMPLES = ROOT / "specs", ROOT / "tests" / "samples"
SINGLE = sorted(path for path in SAMPLES.glob("*.calls"))


def said(loaded: Loaded) -> str:
    return draw(loaded.diagnostics, loaded.sources)


@pytest.mark.parametrize("overlays", [(), ("September",)])
def test_the_shipped_specs(overlays: tuple[str, ...]) -> None:
    assert said(load([SPECS], overlays=overlays)) == ""


@pytest.mark.parametrize("sample", [*SINGLE, SAMPLES / "musterbank"], ids=lambda path: path.stem)
def test_the_samples(sample: Path) -> None:
    assert said(load([sample], library=SPECS / "library")) == ""


def test_warnings_do_not_fail_the_run_and_spare_packs(tmp_path: Path) -> None:
    """The same line warns in the project and not in a pack."""
    flag = "flag {}\n  starts at 5%\n  rises by 10pp when channel is voice and channel is text\nact wave_{} \"waves\"\n"
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "moods.calls").write_text(flag.format("angry", "a"), encoding="utf-8")
    base = (ROOT / "tests" / "language" / "base.calls").read_text(encoding="utf-8")
    own = flag.format("merry", "b")
    (tmp_path / "spec.calls").write_text(f'use "library/moods"\n{base}\n{own}', encoding="utf-8")
    loaded = load([tmp_path / "spec.calls"])
    assert loaded.model is not None
    assert {(each.code, Path(each.primary.span.file).name) for each in loaded.diagnostics} == {
        ("W01", "spec.calls"), ("W02", "spec.calls"),
    }  # fmt: skip


def test_the_period_is_that_of_the_options(tmp_path: Path) -> None:
    from datetime import date

    base = ROOT / "tests" / "language" / "base.calls"
    assert said(load([base], outages=22)) == ""
    assert "E0606" in said(load([base], outages=23))
    longer = load([base], end=date(2025, 10, 31), outages=23)
    assert said(longer) == ""


LONG = {
    "fields that read one another": lambda n: "".join(
        f"fact step_{i}\n  is {f'step_{i - 1} + 1s' if i else 'AWT'}\n" for i in range(n)
    ) + f"flag late\n  starts at 5%\n  rises by 5pp when step_{n - 1} > 1h\n",
    "fields that exist by one another": lambda n: "".join(
        f"flag link_{i}\n  starts at 50%\n{f'  only when link_{i - 1}' if i else ''}\n" for i in range(n)
    ) + f"kpi end\n  starts at 1s\n  starts at 2s when link_{n - 1}\n  starts at 3s when FCR\n",
    "factors": lambda n: "".join(f"flag sign_{i}\n  starts at 50%\n" for i in range(n)) + "flag all\n  starts at 1%\n"
    + "".join(f"  is multiplied by 101% when sign_{i}\n" for i in range(n)),
    "conditions": lambda n: "flag any\n  starts at 5%\n" + "".join(
        f"  rises by 0.01pp when AWT > {i}s and (FCR or channel is voice) or NPS_score > {i % 9}\n" for i in range(n)
    ),
    "exceptions": lambda n: "kpi Wait\n  starts at 1s\n" + "".join(
        f"  starts at {i + 2}s when AWT in {i}s..{i}.5s and FCR\n" for i in range(n)
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(LONG))
def test_long_specs_are_bounded_work(kind: str, tmp_path: Path) -> None:
    """No recursion too deep, no explosion that would not end: what takes too long stays unsaid."""
    path = tmp_path / "spec.calls"
    path.write_text(LONG[kind](250), encoding="utf-8")
    loaded = load([ROOT / "tests" / "language" / "base.calls", path])
    assert loaded.model is not None or loaded.diagnostics
