"""A voice of `audio` that the chosen engine does not have is an error of the spec, before anything is spoken."""

from __future__ import annotations

from pathlib import Path

from compiler.lang.load import load
from compiler.options import Options
from compiler.report import draw
from compiler.targets._spec_checks import spec_problems
from tests.road.conftest import ROOT

BASE = ROOT / "tests" / "language" / "base.calls"


def said(tmp_path: Path, voices: str, target: str) -> str:
    spec = tmp_path / "spec.calls"
    spec.write_text(f"audio\n  voices: {voices}\n", encoding="utf-8")
    loaded = load([BASE, spec])
    assert loaded.model is not None, loaded.diagnostics
    found, _ = spec_problems(loaded.model, ROOT, Options(target=target), loaded.sources)
    wrong = [each for each in found if each.code == "E0701"]
    return draw(wrong, loaded.sources).replace(str(spec), "spec.calls")


def test_an_unknown_voice(tmp_path: Path) -> None:
    assert said(tmp_path, 'nova "shimer"', "audio") == """\
error[E0701]: voice `shimer` (for nova) is not offered by the engine pico
 --> spec.calls:2:3
  |
2 |   voices: nova "shimer"
  |   ^^^^^^^^^^^^^^^^^^^^^
  = help: did you mean `shimmer`?

1 error
"""


def test_a_known_voice_and_a_target_that_does_not_speak(tmp_path: Path) -> None:
    assert said(tmp_path, 'nova "shimmer"', "audio") == ""
    assert said(tmp_path, 'nova "shimer"', "prompts") == ""
