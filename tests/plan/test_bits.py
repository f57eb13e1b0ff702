"""The same bits everywhere: on other processors, in other chunks, with more processes; and nothing that could differ.

The hashes stand in golden.json under "bits"; a change that means to move them runs
`pytest tests/plan/test_bits.py --update`.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.plan.bits import ROOT, SPECS, hashed, plan_of

HASHES = Path(__file__).with_name("golden.json")
SIMD: tuple[str, ...] = tuple(np._core._multiarray_umath.__cpu_dispatch__)


def known() -> dict[str, str]:
    return json.loads(HASHES.read_text(encoding="utf-8"))["bits"]


@pytest.mark.parametrize("name", SPECS)
def test_every_column_is_what_it_was(name, update):
    found = hashed(plan_of(name))
    if update:
        golden = json.loads(HASHES.read_text(encoding="utf-8"))
        golden["bits"] = {**golden.get("bits", {}), name: found}
        HASHES.write_text(json.dumps(golden, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    assert found == known()[name]


def elsewhere(names: str, chunk: int, **environment: str) -> dict[str, str]:
    done = subprocess.run([sys.executable, "-m", "tests.plan.bits", names, str(chunk)], capture_output=True, text=True,
                          check=True, cwd=ROOT, env={**os.environ, **environment})
    return json.loads(done.stdout)


@pytest.mark.parametrize(("names", "chunk"), [("shipped,every distribution", 1), (",".join(SPECS), 4096),
                                              (",".join(SPECS), 65_536)])
def test_chunks_leave_no_trace_in_any_column(names, chunk):
    assert elsewhere(names, chunk) == {name: known()[name] for name in names.split(",")}


@pytest.mark.parametrize("off", [SIMD, SIMD[len(SIMD) // 2:], SIMD[-1:]], ids=["none", "half", "all but the best"])
def test_processors_with_less_give_the_same_bits(off):
    found = elsewhere(",".join(SPECS), 16_384, NPY_DISABLE_CPU_FEATURES=" ".join(off), PYTHONHASHSEED="5")
    assert found == known()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.json"))}


def test_processes_leave_no_trace(tmp_path):
    for jobs in ("1", "2"):
        subprocess.run([sys.executable, "-m", "compiler", "specs", "--target", "plan", "--jobs", jobs, "--quiet",
                        "--out", str(tmp_path / jobs)], check=True, cwd=ROOT, capture_output=True)
    one, two = (files(tmp_path / jobs / "plan") for jobs in ("1", "2"))
    assert len(one) > 60
    assert one == two


# ------------------------------------------------------------------------------------------------ what may differ


FORBIDDEN = frozenset({
    "log", "log2", "log10", "log1p", "exp", "exp2", "expm1", "power", "float_power", "pow", "cbrt", "hypot",
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "arctan2", "arctanh", "logaddexp",
    "dot", "vdot", "inner", "outer", "matmul", "tensordot", "einsum", "convolve", "correlate", "linalg", "random",
    "interp", "erf", "erfc", "gamma", "lgamma",
})
LIBRARIES = frozenset({"np", "numpy", "math"})
POWERS = {  # files whose ** no value of a call depends on
    "plan/answers/key.py": "how many calls a test needs, rounded to two digits",
    "plan/summary.py": "a deviation, rounded",
    "plan/moments.py": "powers of 2 and of 10, for what is expected of a number",
    "plan/formats/_text.py": "whole numbers",
}
VALUES = [*sorted((ROOT / "compiler" / "plan").rglob("*.py")), ROOT / "compiler/rng.py", ROOT / "compiler/luck.py"]


def uses(source: str) -> list[str]:
    """What the program text calls of numpy or math that a processor or a library may round differently."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in LIBRARIES:
            found += [f"{node.value.id}.{node.attr}, line {node.lineno}"] if node.attr in FORBIDDEN else []
        if isinstance(node, ast.ImportFrom) and node.module in ("numpy", "math"):
            found += [f"{node.module}.{a.name}, line {node.lineno}" for a in node.names if a.name in FORBIDDEN]
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            found.append(f"@, line {node.lineno}")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow) and not _whole(node):
            found.append(f"**, line {node.lineno}")
    return found


def _whole(node: ast.BinOp | ast.AugAssign) -> bool:
    """A whole number to some power is one of Python's own integers."""
    return isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, int)


@pytest.mark.parametrize("path", VALUES, ids=[str(path.relative_to(ROOT / "compiler")) for path in VALUES])
def test_no_value_depends_on_how_a_processor_rounds(path):
    name = path.relative_to(ROOT / "compiler").as_posix()
    found = uses(path.read_text(encoding="utf-8"))
    assert [use for use in found if name not in POWERS or not use.startswith("**")] == []


LINES = ["np.exp(x)", "x @ y", "x ** 2", "np.linalg.norm(x)", "from math import log", "x **= y"]


@pytest.mark.parametrize("line", LINES)
def test_what_is_forbidden_is_seen(line):
    assert uses(line) != []
