"""`compile diff` after a one-line edit: a month against 3 s, many calls against planning them, medians of one run.
`python tests/bench/diff.py [CALLS [ROUNDS]]` (1,000,000 and 5)"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from compiler.diff.calls import touched  # noqa: E402  # the project is not installed where it is only measured
from compiler.diff.world import World  # noqa: E402
from compiler.lang.load import load  # noqa: E402
from compiler.lang.model import Model  # noqa: E402
from compiler.plan.plan import Plan, draw  # noqa: E402

ROUNDS = 5
CALLS = 1_000_000
NONE = float("inf")  # no goal: the machine may be busy with other things
A_DAY_OF_CALLS = 8_200  # calls of September at a scale of 100%
LATE = ("kpis.calls", "rises by 35s when outage", "rises by 45s when outage")
EARLY = ("calls.calls", "Online_Banking rises by 10\n", "Online_Banking rises by 12\n")


def project(folder: Path, edit: tuple[str, str, str]) -> Path:
    """The shipped specs with one line edited."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    path = folder / "specs" / edit[0]
    text = path.read_text(encoding="utf-8")
    assert text.count(edit[1]) == 1
    path.write_text(text.replace(edit[1], edit[2]), encoding="utf-8")
    return folder / "specs"


def month(new: Path, *options: str) -> tuple[float, float]:
    """(CPU, wall) seconds of one run of the command."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "compiler", "diff", str(ROOT / "specs"), str(new), *options],
                          capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 2, done.stderr
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - begun


def model(specs: Path, calls: int) -> Model:
    sets = (f"volume.scale={calls * 100 / A_DAY_OF_CALLS:.0f}%", f"customers.population={max(4000, calls // 2)}")
    found = load((specs,), overlays=("September",), sets=sets).model
    assert found is not None
    return found


def cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def planned_whole(of: Model) -> int:
    """The number of calls, all of them drawn."""
    return sum(part.count for part in draw(of).parts())


def compared(old: Model, new: Model) -> None:
    """All that `compile diff` does with two specs that differ by one cause, but for the example."""
    def world(of: Model, base: Plan | None = None) -> World:
        return World(of, None, None, (ROOT / "templates",), (ROOT / "locales",), ROOT / "specs", ROOT, base=base)

    one = world(old)
    touched(one, world(new, one.plan))


def main() -> int:
    given = [int(word) for word in sys.argv[1:]]
    calls, rounds = [*given, *(CALLS, ROUNDS)[len(given):]]
    rows: list[tuple[str, float, str, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        late, early = project(Path(folder) / "late", LATE), project(Path(folder) / "early", EARLY)
        months: list[tuple[float, float]] = []
        for _ in range(rounds):
            months.append(month(late, "--overlay", "September"))
        own, wall = (statistics.median(times) for times in zip(*months, strict=True))
        rows.append(("a month, CPU s", own, "3 s", own / 3, 1.0))
        rows.append(("a month, wall s (others too)", wall, "3 s", wall / 3, NONE))
        base, edited = model(ROOT / "specs", calls), {"an effect": model(late, calls), "a weight": model(early, calls)}
        took: dict[str, list[float]] = {"plan": [], **{name: [] for name in edited}}
        for _ in range(rounds):
            took["plan"].append(cpu(lambda: planned_whole(base)))
            for name, other in edited.items():
                took[name].append(cpu(lambda other=other: compared(base, other)))  # type: ignore[misc]  # of this round
        planned = statistics.median(took["plan"])
        for name in edited:
            own = statistics.median(took[name])
            both = 2 * planned  # a weight moves customers and follow-ups: both sides have to be planned whole
            limit, said = (both, "planning both") if name == "a weight" else (planned, "planning one")
            rows.append((f"{calls:,} calls, {name}", own, f"{said} {limit:.2f}", own / limit, 2.0))
    return told(rows)


def told(rows: list[tuple[str, float, str, float, float]]) -> int:
    sys.stdout.write(f"{'what':30} {'ours':>8}  {'limit':24} {'ratio':>6}  goal\n")
    for name, own, limit, ratio, goal in rows:
        sys.stdout.write(f"{name:30} {own:8.2f}  {limit:24} {ratio:6.2f}  {'' if goal == NONE else goal}\n")
    return 1 if any(ratio > goal for _, _, _, ratio, goal in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
