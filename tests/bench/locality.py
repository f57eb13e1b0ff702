"""How many calls an edit changes: `python tests/bench/locality.py` prints the matrix of tests/plan/locality as a table,
and what a generator with one stream of chance does when a column is added. Exit 1 when an edit changes more than it
may."""

from __future__ import annotations

import os
import random  # noqa: TID251  # the peer is measured, nothing is generated with it
import subprocess
import sys
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
old = rows(FIELDS)
for wider in ({**FIELDS, **new}, {**new, **FIELDS}):
    print(sum(any(one[k] != two[k] for k in FIELDS) for one, two in zip(old, rows(wider))))
"""


def snowfakery() -> list[str]:
    """The same of Snowfakery, by the Python that the variable PEERS names; nothing where there is none."""
    python = os.environ.get("PEERS")
    if not python:
        return []
    done = subprocess.run([python, "-c", SNOWFAKERY], capture_output=True, text=True, check=True)
    return done.stdout.split()


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
    for changed, where in zip(snowfakery(), ("last", "first"), strict=False):
        say(f"Snowfakery, seeded: a column added {where}", changed, 0, "-", "(of 2000 rows)")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
