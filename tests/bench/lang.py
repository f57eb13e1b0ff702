"""What the language costs: `--target check` in a process that runs already, against lark's own parse of the same lines
with positions; the start of the program against bare Python's (tests/bench/start.py). CPU time, medians of one run.

    python tests/bench/lang.py [--rounds 7] [--lines 10000]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from compiler.lang import packs, parse  # noqa: E402
from compiler.lang.load import load  # noqa: E402
from compiler.lang.tree import Line, nest  # noqa: E402
from compiler.options import Options  # noqa: E402
from compiler.pipeline import travel  # noqa: E402
from compiler.screen import Screen  # noqa: E402
from compiler.source import Source  # noqa: E402
from tests.bench import start  # noqa: E402
from tests.bench.big_spec import big_spec  # noqa: E402

GOAL, START = 2.0, 2.5


def logical(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        yield line.text
        yield from logical(line.children)


def took(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def forget() -> None:
    """Each round reads its lines as a new process would; only modules and the grammar stay."""
    parse.sentence.cache_clear()
    packs.plain.cache_clear()


def check(path: Path) -> None:
    screen = Screen(quiet=True)
    if travel(Options(specs=(path,)), screen):
        raise SystemExit("the large spec has errors")


def language(lines: int, rounds: int) -> list[tuple[str, float, float, float]]:
    """(what, ours, peer, goal) in CPU seconds."""
    rows = []
    with TemporaryDirectory() as folder:
        for calls in (90, 1_640):
            path = Path(folder) / f"big_{calls}.calls"
            text = big_spec(lines).replace("workday calls: 40", f"workday calls: {calls * 4 // 9}")
            path.write_text(text, encoding="utf-8")
            written = list(logical(nest(Source("x", text))[0]))
            lark = parse.parser()
            jobs: dict[str, Callable[[], object]] = {
                "lark": lambda lark=lark, written=written: [lark.parse(line) for line in written],
                "read": lambda path=path: load([path], told=False),
                "check": lambda path=path: check(path),
            }
            times: dict[str, list[float]] = {name: [] for name in jobs}
            check(path)  # modules are loaded
            for _ in range(rounds):
                for name, job in jobs.items():
                    forget()
                    times[name].append(took(job))
            peer = statistics.median(times["lark"])
            told = f"{lines:,} lines, {calls:,} calls"
            rows.append((f"reading and static checks, {told}", statistics.median(times["read"]), peer, GOAL))
            rows.append((f"--target check, {told}", statistics.median(times["check"]), peer, GOAL))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description="What the language costs.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--lines", type=int, default=10_000)
    given = parser.parse_args()
    rows = language(given.lines, given.rounds)
    bare, *starts = start.medians()
    rows += [(name, own, bare[1], START) for name, own in starts]
    out = StringIO()
    for what, ours, peer, goal in rows:
        out.write(f"{what:52} | {ours * 1000:7.0f} ms | {peer * 1000:7.0f} ms | {ours / peer:5.2f} | <= {goal:g}\n")
    sys.stdout.write(f"{'what':52} | {'ours':>10} | {'lark/python':>10} | ratio | goal\n{out.getvalue()}")
    return 1 if any(ours / peer > goal for _, ours, peer, goal in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
