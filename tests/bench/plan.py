"""The draw of a call: ours against hashes alone, a call-by-call script and mimesis. `python tests/bench/plan.py`

CPU time of one process; rounds interleaved, medians of ROUNDS.  `draw` is all that is drawn for each call, in chunks,
for calls whose day and customer are known (what customers keep is drawn once a customer); `whole plan` has the days,
the customers, who calls again and when, as `compile --target plan` has it before it writes.  Exit 1 beyond a goal.
"""

# ruff: noqa: E402 - the models and the peers stand among the tests, which no installed package holds

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # the models and peers stand among the tests

from compiler import rng
from compiler.lang import model as m
from compiler.lang.load import load
from compiler.plan.days import days_of
from compiler.plan.draws import Program
from compiler.plan.engine import CHUNK
from compiler.plan.frame import Frame, scope_of
from compiler.plan.handovers import counted
from compiler.plan.hours import Starting
from compiler.plan.order import BUCKET, SHIFT, START, parents, topological
from compiler.plan.plan import draw
from tests.bench import plan_others as others
from tests.plan.models import bank, chance, choice, flag, is_, normal, number, rises, shares, with_fields

ROUNDS, CHUNKS, FIELDS = 15, 3, 36
TIMES = 12  # the hashes are so few that a single time would be the clock's steps
SCALE = 200.0  # of the shipped volume, for the whole plan


def shipped() -> m.Model:
    loaded = load([ROOT / "specs"], overlays=("September",), library=ROOT / "specs" / "library")
    assert loaded.model is not None, loaded.diagnostics
    return loaded.model


def many_fields() -> m.Model:
    """The small bank's calendar, shifts and buckets, and 38 fields with conditions."""
    guards = (is_("channel", "voice"), m.Ref("weekend"), is_("team", "Team_B"), m.Ref("outage"),
              is_("customer_segment", "Premium"))
    base = bank()
    kept = ("agent_name", SHIFT, BUCKET, "customer_segment", "region", "language", "persona", "channel", "team")
    fields = [f for f in base.fields if f.id in kept]
    for i in range(13):
        one, two = guards[i % 5], guards[(i + 2) % 5]
        fields += [
            choice(f"c{i}", shares(kind="weights", a=5, b=3, c=2, d=1),
                   effects=(rises(1.5, one, "b"), rises(0.8, two, "d"))),
            flag(f"f{i}", chance(0.5), effects=(rises(0.1, one), rises(-0.2, two))),
            number(f"n{i}", normal(50, 12), effects=(rises(5, one), rises(-3, two)), within=(0.0, 100.0), decimals=2),
        ]
    return with_fields(replace(base, fields=()), *fields[:-1])


class Drawn:
    """A model made ready, and chunks of its calls drawn."""

    def __init__(self, model: m.Model) -> None:
        model = counted(model)
        self.scope = scope_of(model)
        self.days = days_of(model, self.scope, model.dataset.first, model.dataset.last)
        self.starting = Starting(model, self.scope, self.days)
        order = topological(parents(model))
        programs = {f.id: Program(f, self.scope) for f in model.fields if f.id != "team"}
        kept = set(model.customers.keeps)
        count, own = model.customers.population, model.dataset
        self.customers = Frame(count, rng.keys("customer", own.id, own.seed, count=count), self.scope)
        for name in (n for n in order if n in kept and n in programs):
            programs[name].draw(self.customers)
        self.own = [n for n in order if n not in kept and n not in ("team", SHIFT, BUCKET)]
        self.steps = [self.starting if n == START else programs[n] for n in self.own]

    def frame(self, number: int) -> Frame:
        who = rng.keys("bench", number, count=CHUNK)
        frame = Frame(CHUNK, who, self.scope, self.days)
        frame.columns["day"] = np.arange(CHUNK) * self.days.count // CHUNK
        customer = (rng.hashes(who, "customer") % np.uint64(self.customers.count)).astype(np.int64)
        frame.columns |= {name: values[customer] for name, values in self.customers.columns.items()}
        return frame

    def run(self) -> Callable[[], None]:
        known = [self.frame(i) for i in range(CHUNKS)]

        def once() -> None:
            for given in known:
                frame = Frame(given.count, given.who, self.scope, self.days, dict(given.columns))
                for step in self.steps:
                    step.draw(frame)

        return once


def seconds(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return time.process_time() - before


def main() -> int:
    spec, wide = shipped(), many_fields()
    few = rng.keys("few", count=CHUNK)
    mimesis = others.mimesis_stream()
    runs: dict[str, tuple[int, Callable[[], object]]] = {
        "draw, shipped September": (CHUNK * CHUNKS, Drawn(spec).run()),
        "draw, 38 conditional fields": (CHUNK * CHUNKS, Drawn(wide).run()),
        f"{FIELDS} numpy hashes": (CHUNK * TIMES, lambda: [others.splitmix(few, FIELDS) for _ in range(TIMES)]),
        "call by call": (200, lambda: others.stand_in(200, validated=False)),
        "call by call, validated": (4, lambda: others.stand_in(4, validated=True)),
    }
    if mimesis is not None:
        runs["mimesis, one stream"] = (200, lambda: mimesis(200))
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _, run in runs.values():
        run()  # tables are made, libraries loaded
    for _ in range(ROUNDS):
        for name, (count, run) in runs.items():
            took[name].append(count / seconds(run))
    return table(took, whole_plan(spec))


def whole_plan(spec: m.Model) -> float:
    """Calls a second of a plan as it is planned before anything is written."""
    big = replace(spec, volume=replace(spec.volume, scale=spec.volume.scale * SCALE),
                  customers=replace(spec.customers, population=1_000_000))
    count = 0

    def run() -> None:
        nonlocal count
        count = sum(part.count for part in draw(big).parts())

    return 1.0 / seconds(run) * max(count, 1)


def table(took: dict[str, list[float]], whole: float) -> int:
    """Prints the table; 1 where a goal is missed. Ratios are taken inside the rounds: what else the machine does then
    slows both."""
    missed = 0
    rate = {name: statistics.median(rates) for name, rates in took.items()}
    lines = [("what", "ours, calls/s", "peer or limit", "ratio", "goal")]
    for ours in ("draw, shipped September", "draw, 38 conditional fields"):
        rated = f"{rate[ours]:,.0f}"
        lines.append((ours, rated, "1,000,000 calls/s", f"{rate[ours] / 1e6:.2f}", ">= 1 if the machine can"))
        for peer, goal in ((f"{FIELDS} numpy hashes", 0.15), ("call by call, validated", 1000.0),
                           ("call by call", None), ("mimesis, one stream", 100.0)):
            if peer not in rate:
                lines.append((ours, rated, f"{peer}: not installed", "-", f">= {goal:g}"))
                continue
            ratio = statistics.median(a / b for a, b in zip(took[ours], took[peer], strict=True))
            missed += goal is not None and ratio < goal
            lines.append((ours, rated, f"{peer}: {rate[peer]:,.0f}", f"{ratio:,.2f}",
                          f">= {goal:g}" if goal is not None else ""))
    lines.append(("whole plan, shipped September", f"{whole:,.0f}", "", "", ""))
    for line in lines:
        sys.stdout.write(f"{line[0]:30} | {line[1]:>13} | {line[2]:36} | {line[3]:>9} | {line[4]}\n")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
