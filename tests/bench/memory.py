"""Peak memory of a streamed plan at 1 M and 4 M calls, and where its time goes: python tests/bench/memory.py [calls]

Each plan is drawn in a process of its own, its summary with it; ru_maxrss is the whole process, libraries and all.  The
period grows with the calls, the calls of a day stay.  The last line of the table lets the days grow instead, customers
with them: the window of days that are not settled yet, and the population, grow by that.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_MB, GROWTH = 200.0, 1.15
A_DAY = 20_000


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def measure(calls: int, a_day: int) -> dict[str, float]:
    """Draws so many calls of the shipped spec and gives what it took."""
    from compiler.lang.load import load
    from compiler.plan.callers import Free
    from compiler.plan.engine import Engine
    from compiler.plan.plan import draw
    from compiler.plan.stream import Stream
    from compiler.plan.summary import Tally
    from compiler.plan.waves import Waves

    spent: dict[str, float] = {}

    def timed(owner: type, name: str, what: str) -> None:
        inner = getattr(owner, name)

        def outer(*given: object, **named: object) -> object:
            begin = time.process_time()
            try:
                return inner(*given, **named)
            finally:
                spent[what] = spent.get(what, 0.0) + time.process_time() - begin

        setattr(owner, name, outer)

    timed(Engine, "draw", "fields")
    timed(Stream, "_block", "chunks")  # fields of the chunks within
    timed(Free, "of_day", "callers")
    timed(Waves, "_link", "links")
    timed(Waves, "_flagged", "askers")
    model = load([ROOT / "specs"], overlays=("September",), library=ROOT / "specs" / "library").model
    assert model is not None
    first = model.dataset.first
    model = replace(
        model, volume=replace(model.volume, workday=a_day, weekend=a_day, scale=1.0, by_weekday=(1.0,) * 7),
        customers=replace(model.customers, population=8 * a_day),
        dataset=replace(model.dataset, last=first + timedelta(days=calls // a_day - 1)),
    )  # fmt: skip
    begin = time.process_time()
    plan = draw(model)
    ready = time.process_time()
    timed(Tally, "add", "summary")
    count, tally = 0, Tally(plan)
    for part in plan.parts():
        count += part.count
        tally.add(part)
    tally.told()
    end = time.process_time() - spent["summary"]
    assert count == plan.count
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    per_call = {name: seconds / count * 1e6 for name, seconds in spent.items()}
    return {"calls": count, "MB": peak, "before": ready - begin, "us": (end - ready) / count * 1e6, **per_call}


def measured(calls: int, a_day: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, "--one", str(calls), str(a_day)], check=True, capture_output=True,
                          text=True, cwd=ROOT)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(calls: int) -> int:
    small, large = measured(calls, A_DAY), measured(4 * calls, A_DAY)
    wide = measured(4 * calls, 4 * A_DAY)
    say("what | calls | peak MB | ratio | goal")
    ok = small["MB"] <= LIMIT_MB and large["MB"] <= GROWTH * small["MB"]
    say(f"period x 1 | {small['calls']:,.0f} | {small['MB']:.0f} | | <= {LIMIT_MB:.0f}")
    say(f"period x 4 | {large['calls']:,.0f} | {large['MB']:.0f} | {large['MB'] / small['MB']:.2f} | <= {GROWTH}")
    say(f"days and customers x 4 | {wide['calls']:,.0f} | {wide['MB']:.0f} | {wide['MB'] / small['MB']:.2f} | -")
    own = small["us"] - small["fields"]
    ok &= small["summary"] <= 0.5 * small["us"]
    say(f"summary, us a call | {small['calls']:,.0f} | {small['summary']:.2f} | "
        f"{small['summary'] / small['us']:.2f} of the plan | <= 0.5")
    say(f"us a call: {small['us']:.2f}, of which fields {small['fields']:.2f}, all else {own:.2f} "
          f"(callers {small['callers']:.2f}, links {small['links']:.2f}, askers {small['askers']:.2f}); "
          f"before the first call {small['before']:.2f} s")
    return 0 if ok else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        say(json.dumps(measure(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000))
