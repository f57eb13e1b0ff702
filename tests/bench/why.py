"""What the answer key costs beside the plan itself, and `compile why` on the build of a month; medians of one run.

    python tests/bench/why.py
"""

from __future__ import annotations

import contextlib
import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from compiler import program
from compiler.lang.load import load
from compiler.lang.model import Model
from compiler.plan.answers.key import Key
from compiler.plan.plan import draw

SPECS = Path(__file__).resolve().parents[2] / "specs"
ROUNDS = 5
SLOWEST = 1.5  # seconds of CPU that an answer may take


def model(*sets: str) -> Model:
    loaded = load([SPECS], overlays=["September"], sets=sets, library=SPECS / "library")
    assert loaded.model is not None
    return loaded.model


def cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def key_beside_plan(spec: Model) -> tuple[int, float, float, float]:
    """(calls, median ms of the key, median ms of drawing the plan, median of their ratios), in interleaved rounds."""
    drawn, told, count = [], [], 0
    for _ in range(ROUNDS):
        begun, spent = time.process_time(), 0.0
        plan = draw(spec)
        key, count = Key(plan), plan.count
        for part in plan.parts():
            spent += cpu(partial(key.add, part))
        drawn.append(time.process_time() - begun - spent)
        told.append(spent + cpu(key.told))
    ratios = [a / b for a, b in zip(told, drawn, strict=True)]
    return count, statistics.median(told) * 1e3, statistics.median(drawn) * 1e3, statistics.median(ratios)


def one_answer(*words: str) -> float:
    """The median CPU seconds of `compile why`, the start of Python and all."""
    found = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "compiler", "why", *words], check=True, capture_output=True)  # our own
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(found)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main() -> int:
    rows = []
    for what, spec in (("a month", model()), ("40 months", model("volume.scale=800%", "customers.population=200000"))):
        count, ours, plan, ratio = key_beside_plan(spec)
        rows.append((f"answers.json, {what} ({count:,} calls)", f"{ours:.0f} ms", f"plan {plan:.0f} ms", ratio, 0.30))
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "build")
        with contextlib.redirect_stderr(io.StringIO()):
            program.run([str(SPECS), "--overlay", "September", "--target", "plan", "--out", out])
        call = sorted(Path(out, "plan").glob("2*/*.json"))[0].stem
        for what, words in (("one field", (call, "AWT")), ("the tree", (call,))):
            seconds = one_answer(*words, "--out", out)
            rows.append((f"compile why, {what}", f"{seconds:.2f} s", f"limit {SLOWEST} s", seconds / SLOWEST, 1.0))
    say(f"{'what':<44}{'ours':>10}{'peer or limit':>18}{'ratio':>8}{'goal':>10}")
    for what, ours, peer, ratio, goal in rows:
        say(f"{what:<44}{ours:>10}{peer:>18}{ratio:>8.2f}{f'<= {goal:g}':>10}")
    return int(any(ratio > goal for *_, ratio, goal in rows))


if __name__ == "__main__":
    sys.exit(main())
