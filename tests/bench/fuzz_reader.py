"""Generated and mutated files through reader, static checks, reports and formatter: no exception, no file that takes
long, memory bounded (tests/lang/hostile.py says what the files are).

    python tests/bench/fuzz_reader.py [--files 20000] [--seed 1] [--jobs 2]
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251  # input of a test, seeded
import resource
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.lang import hostile  # noqa: E402

LIMIT = 1.0  # CPU seconds a file of at most 10 kB may take
MOST_MEMORY = 400  # MiB of a process, whatever it has read


@dataclass
class Figures:
    files: int = 0
    whole: int = 0  # without an error
    diagnostics: int = 0
    slowest: float = 0.0
    slowest_kind: str = ""
    memory: list[float] = field(default_factory=list)  # MiB at most, after each tenth of the files
    codes: Counter[str] = field(default_factory=Counter)
    raised: Counter[str] = field(default_factory=Counter)  # exceptions by place; the first file of each is kept


def run(files: int, seed: int) -> Figures:
    """Any exception is counted, and the file that raised it kept in the folder for temporary files."""
    figures = Figures()
    make = hostile.texts(random.Random(seed))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "spec.calls"
        for number in range(files):
            _one(path, make(number), hostile.KINDS[number % len(hostile.KINDS)].__name__, figures)
            if number % max(1, files // 10) == 0:
                figures.memory.append(memory())
    return figures


def _one(path: Path, data: bytes, kind: str, figures: Figures) -> None:
    path.write_bytes(data)
    began = time.process_time()
    took = 0.0
    try:
        found = hostile.read(path)
        took = time.process_time() - began
        hostile.digest(path)
    except Exception as error:
        found = ()
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{error!r} in {Path(last.filename).name}:{last.lineno}"
        if not figures.raised[place]:
            (Path(gettempdir()) / f"fuzz_reader_{Path(last.filename).stem}_{last.lineno}.calls").write_bytes(data)
        figures.raised[place] += 1
    figures.files += 1
    figures.whole += not any(each.severity == "error" for each in found)
    figures.diagnostics += len(found)
    figures.codes.update({each.code for each in found})
    if took > figures.slowest:
        figures.slowest, figures.slowest_kind = took, f"{kind}, {len(data):,} bytes"
        if took > LIMIT:
            (Path(gettempdir()) / f"fuzz_reader_slow_{kind}.calls").write_bytes(data)


def memory() -> float:
    """MiB at most, of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def largest() -> list[tuple[str, float, int]]:
    """(what, CPU seconds, diagnostics) of the huge files."""
    rows = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "spec.calls"
        for name, data in hostile.huge().items():
            path.write_bytes(data)
            began = time.process_time()
            found = hostile.digest(path)
            rows.append((name, time.process_time() - began, len(found)))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description="Generated and mutated files through the reader.")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    with ProcessPoolExecutor(given.jobs) as pool:
        shares = [given.files // given.jobs] * given.jobs
        parts = list(pool.map(run, shares, range(given.seed, given.seed + given.jobs)))
    with ProcessPoolExecutor(1) as pool:
        huge = pool.submit(largest).result()
        after = pool.submit(memory).result()
    worst = max(parts, key=lambda part: part.slowest)
    codes = sum((part.codes for part in parts), Counter[str]())
    say = sys.stdout.write
    raised = sum((part.raised for part in parts), Counter[str]())
    say(f"files            {sum(part.files for part in parts):,} of at most {hostile.LONGEST:,} bytes\n")
    say(f"exceptions       {raised.total()}{''.join(f'{chr(10)}  {place}' for place in raised)}\n")
    say(f"without errors   {sum(part.whole for part in parts):,}\n")
    say(f"diagnostics      {sum(part.diagnostics for part in parts):,} of {len(codes)} codes\n")
    say(f"slowest file     {worst.slowest:.2f} CPU s ({worst.slowest_kind}); limit {LIMIT:g} s\n")
    for part in parts:
        say(f"memory           {' '.join(f'{each:.0f}' for each in part.memory)} MiB after each tenth\n")
    for name, took, found in huge:
        say(f"  {name:32} {took:6.2f} CPU s, {found:,} diagnostics\n")
    say(f"memory           {after:.0f} MiB at most with the huge ones; limit {MOST_MEMORY}\n")
    most = max(after, *(part.memory[-1] for part in parts))
    return 0 if not raised and worst.slowest <= LIMIT and most <= MOST_MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
