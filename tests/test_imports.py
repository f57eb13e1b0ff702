"""Imports go one way: cli > pipeline > diff > targets > sound > talk > plan > lang > the files right in compiler/. The
importer stands beside the road: the command line imports it, it imports lang and the files right in compiler/."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "compiler"
GROUND = "the ground floor"
STAGES = ("cli", "importer", "pipeline", "diff", "targets", "sound", "talk", "plan", "lang", GROUND)
ASIDE = {"importer": ("importer", "lang", GROUND)}  # stages beside the road: what they may import
SPELT = {"__main__": "cli", "program": "cli", "commands": "cli"}  # parts of the command line under other names


def stage_of(module: str) -> str:
    """The stage of a dotted module name: "compiler.plan.days" is of plan, "compiler.files" of the ground floor."""
    _, _, inner = module.partition(".")
    first = inner.partition(".")[0]
    first = SPELT.get(first, first)
    return first if first in STAGES else GROUND


def imported(text: str, module: str) -> Iterator[tuple[int, str]]:
    """(line, module of ours) for every import in the text of `module`, wherever it stands."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names] if base in ("compiler", "") else [base]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] == "compiler")


def offences(text: str, module: str, place: str) -> Iterator[str]:
    own = stage_of(module)
    allowed = ASIDE.get(own) or STAGES[STAGES.index(own) :]
    for line, name in imported(text, module):
        if stage_of(name) not in allowed:
            yield f"{place}:{line} imports {name}; a module of {own} may import: {', '.join(allowed)}"


def test_every_import_goes_down_the_road() -> None:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE.parent)
        module = ".".join(relative.with_suffix("").parts)
        found.extend(offences(path.read_text(encoding="utf-8"), module, relative.as_posix()))
    assert not found, "imports against the direction:\n" + "\n".join(found)


def test_the_check_sees_what_it_should() -> None:
    text = ("from compiler import files\nfrom compiler import talk\nimport compiler.sound.mix\n"
            "def f():\n    from ..targets import sa\nfrom . import days\nfrom compiler.lang.model import Model\n")
    assert [said.partition(";")[0] for said in offences(text, "compiler.plan.plan", "compiler/plan/plan.py")] == [
        "compiler/plan/plan.py:2 imports compiler.talk",
        "compiler/plan/plan.py:3 imports compiler.sound.mix",
        "compiler/plan/plan.py:5 imports compiler.targets",
    ]
    assert not list(offences("from compiler.cli import main\n", "compiler.commands.upload", ""))
    assert list(offences("import compiler.lang.model\n", "compiler.files", ""))
    assert not list(offences("from compiler.lang.load import load\n", "compiler.importer.convert", ""))
    assert list(offences("from compiler.plan.plan import draw\n", "compiler.importer.convert", ""))
    assert list(offences("from compiler.importer.convert import convert\n", "compiler.pipeline", ""))
    (said,) = offences("from compiler.talk import prompt\n", "compiler.plan.days", "compiler/plan/days.py")
    assert said == ("compiler/plan/days.py:1 imports compiler.talk; a module of plan may import: plan, lang,"
                    " the ground floor")
