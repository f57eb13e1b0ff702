"""How many calls an edit changes: `python tests/bench/locality.py` prints the matrix of tests/plan/locality as a table,
and what generators with one stream of chance do when a column is added. Exit 1 when an edit changes more than it may.

Snowfakery and data-designer are optional: the variable PEERS names the Pythons that have them, `:` between them (each
in a virtual environment of its own: `pip install snowfakery`, `pip install data-designer`). Neither needs a network.
"""

from __future__ import annotations

import os
import random  # noqa: TID251  # the peer is measured, nothing is generated with it
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ("segment", "region", "channel", "intent", "wait", "nps")
LINE = "{:<52} {:>8} {:>10} {:>7}  {}"


def stream(columns: tuple[str, ...], calls: int = 10_000) -> list[dict[str, float]]:
    """A stand-in for generators that draw row by row from one `random.Random`: a number for each column."""
    chance = random.Random(1848)
    return [{name: chance.random() for name in columns} for _ in range(calls)]


def peer(place: int) -> int:
    """How many rows of the stand-in change in their old columns when a column comes in at the place."""
    wider = (*COLUMNS[:place], "new", *COLUMNS[place:])
    old, new = stream(COLUMNS), stream(wider)
    return sum(any(one[name] != two[name] for name in COLUMNS) for one, two in zip(old, new, strict=True))


SNOWFAKERY = """
import io, json, random, sys
from snowfakery import generate_data
FIELDS = {"segment": "random_choice: [Premium, Standard]", "channel": "random_choice: [voice, text]",
          "wait": "random_number: {min: 0, max: 600}", "nps": "random_number: {min: 0, max: 10}"}
def rows(fields):
    random.seed(1848)
    lines = [f"    {name}: {{{how}}}" for name, how in fields.items()]
    recipe = "\\n".join(["- object: Call", "  count: 2000", "  fields:", *lines])
    out = io.StringIO()
    generate_data(io.StringIO(recipe), output_format="json", output_file=out)
    return json.loads(out.getvalue())
new = {"branch": "random_choice: [Old, New]"}
"""


DATA_DESIGNER = """
import json, random, sys, tempfile
import numpy
from pathlib import Path
import data_designer.config as dd
from data_designer.interface import DataDesigner
def one_of(*values): return dd.SamplerType.CATEGORY, dd.CategorySamplerParams(values=list(values))
def between(low, high): return dd.SamplerType.UNIFORM, dd.UniformSamplerParams(low=low, high=high)
FIELDS = {"segment": one_of("Premium", "Standard"), "channel": one_of("voice", "text"), "wait": between(0, 600),
          "nps": between(0, 10)}
def rows(fields):
    random.seed(1848)
    numpy.random.seed(1848)
    builder = dd.DataDesignerConfigBuilder(model_configs=[])
    for name, (kind, params) in fields.items():
        builder.add_column(dd.SamplerColumnConfig(name=name, sampler_type=kind, params=params))
    with tempfile.TemporaryDirectory() as folder:
        return DataDesigner(artifact_path=Path(folder)).preview(builder, num_records=2000).dataset.to_dict("records")
new = {"branch": one_of("Old", "New")}
"""
COMPARED = """
old = rows(FIELDS)
def changed(fields): return sum(any(one[k] != two[k] for k in FIELDS) for one, two in zip(old, rows(fields)))
print("changed", changed(FIELDS), changed({**FIELDS, **new}), changed({**new, **FIELDS}))
"""
PEERS = (("Snowfakery", "snowfakery", SNOWFAKERY), ("data-designer", "data_designer", DATA_DESIGNER))


def has(python: str, package: str) -> bool:
    script = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    return subprocess.run([python, "-c", script], check=False).returncode == 0


def peers() -> Iterator[tuple[str, list[str]]]:
    """(name, how many rows change: again as it is, a column last, a column first); no figures where it is not there."""
    pythons = [path for path in os.environ.get("PEERS", "").split(os.pathsep) if path]
    for name, package, script in PEERS:
        python = next((path for path in pythons if has(path, package)), None)
        if python is None:
            yield name, []
            continue
        with tempfile.TemporaryDirectory() as home:  # data-designer writes settings there
            done = subprocess.run([python, "-c", script + COMPARED], capture_output=True, text=True, check=True,
                                  env={**os.environ, "HOME": home})
        yield name, next(line for line in done.stdout.splitlines() if line.startswith("changed ")).split()[1:]


def say(*cells: object) -> None:
    sys.stdout.write(LINE.format(*cells).rstrip() + "\n")


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from tests.plan.locality.cases import CASES
    from tests.plan.locality.matrix import run

    missed = 0
    say("edit", "changed", "may / must", "ratio", "goal")
    for case in CASES:
        try:
            row = run(case)
        except AssertionError as wrong:
            missed += 1
            say(case.name, "-", "-", "-", f"MISSED: {str(wrong)[:60]}")
            continue
        ratio = f"{row.ratio:.3f}" if row.bound else "-"
        say(case.name, f"{row.changed:.0f}", f"{row.bound:.0f}", ratio, row.goal)
    for place, where in ((len(COLUMNS), "last"), (0, "first")):
        say(f"stand-in, one stream: a column added {where}", peer(place), 0, "-", "(of 10000 rows)")
    for name, figures in peers():
        if not figures:
            say(name, "-", "-", "-", "skipped: no Python in PEERS has it")
        for changed, what in zip(figures, ("the same again", "a column added last", "... first"), strict=False):
            say(f"{name}, seeded: {what}", changed, 0, "-", "(of 2000 rows)")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
