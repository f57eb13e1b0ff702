"""CPU time of a start: ours against bare Python, medians of one run, interleaved. `python tests/bench/start.py`"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

SPECS = Path(__file__).resolve().parents[2] / "specs"
ROUNDS = 15
CASES = {
    "bare python": ([sys.executable, "-c", "pass"], None),
    "compile --help": ([sys.executable, "-m", "compiler", "--help"], 2.5),
    "compile SPECS, unchanged": ([sys.executable, "-m", "compiler", str(SPECS)], 2.5),
}


def cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians() -> list[tuple[str, float]]:
    """(what, CPU seconds), bare Python first; the caches are filled beforehand."""
    for command, _ in CASES.values():
        cpu(command)
    took: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(ROUNDS):
        for name, (command, _) in CASES.items():
            took[name].append(cpu(command))
    return [(name, statistics.median(times)) for name, times in took.items()]


def main() -> int:
    rows = medians()
    bare = rows[0][1]
    missed = 0
    for name, own in rows:
        limit = CASES[name][1]
        missed += limit is not None and own / bare > limit
        bound = f"limit {limit}" if limit else ""
        sys.stdout.write(f"{name:26} {own * 1000:6.1f} ms   x {own / bare:5.2f}   {bound}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
