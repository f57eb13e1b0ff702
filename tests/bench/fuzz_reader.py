"""Generated and mutated files through the reader: no exception, no file that takes long, memory bounded.

    python tests/bench/fuzz_reader.py --files 20000 [--seed 1]

Five kinds of file in turn: a spec with several mutations; lines of the language's own words; random signs; a spec cut
and pasted together; hostile ones (long lines, deep nesting, NULs, invalid UTF-8, bidirectional signs, open texts).
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251  # input of a test, seeded
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from compiler.failures import UsageError  # noqa: E402
from compiler.lang.load import load  # noqa: E402
from compiler.report import draw  # noqa: E402

SPECS = sorted((ROOT / "specs").rglob("*.calls")) + sorted((ROOT / "tests").rglob("*.calls"))
SIGNS = "{}[]()\"'#:%=$€&|<>.,;*/+-_ \t\n\x00\u202e\u00a0\u200bäß漢🙂"
LONGEST = 10_000  # characters of a file whose time is measured


@dataclass
class Figures:
    files: int = 0
    errors: int = 0
    slowest: float = 0.0
    slowest_size: int = 0
    codes: Counter[str] = field(default_factory=Counter)


def texts(dice: random.Random) -> Callable[[int], bytes]:
    """number -> a file"""
    specs = [path.read_text(encoding="utf-8") for path in SPECS]
    words = sorted({word for spec in specs for word in spec.split()})
    kinds = (_mutated, _of_words, _noise, _pasted, _hostile)
    return lambda number: kinds[number % len(kinds)](dice, specs, words)[:LONGEST]


def _mutated(dice: random.Random, specs: Sequence[str], words: Sequence[str]) -> bytes:
    rows = dice.choice(specs).split("\n")
    start = dice.randrange(max(1, len(rows) - 60))
    rows = rows[start : start + 60]
    for _ in range(dice.randrange(1, 8)):
        at = dice.randrange(len(rows))
        row = rows[at]
        place = dice.randrange(len(row) + 1)
        rows[at] = dice.choice((
            row[:place], row[place:], row + row, " " * dice.randrange(5) + row,
            row[:place] + dice.choice(SIGNS) + row[place:],
            row.replace(" ", dice.choice(("", "  ", "\t")), 1), dice.choice(words) + row, "",
        ))  # fmt: skip
    return "\n".join(rows).encode()


def _of_words(dice: random.Random, specs: Sequence[str], words: Sequence[str]) -> bytes:
    some = [" ".join(dice.choices(words, k=dice.randrange(1, 9))) for _ in range(30)]
    return "\n".join(" " * dice.choice((0, 2, 4, 6, 3)) + row for row in some).encode()


def _noise(dice: random.Random, specs: Sequence[str], words: Sequence[str]) -> bytes:
    signs = [dice.choice(SIGNS) if dice.random() < 0.5 else chr(dice.randrange(32, 0x2FFF)) for _ in range(800)]
    return "".join(signs).encode()


def _pasted(dice: random.Random, specs: Sequence[str], words: Sequence[str]) -> bytes:
    parts = []
    for _ in range(6):
        spec = dice.choice(specs)
        start = dice.randrange(len(spec))
        parts.append(spec[start : start + dice.randrange(1, 900)])
    return "".join(parts).encode()


def _hostile(dice: random.Random, specs: Sequence[str], words: Sequence[str]) -> bytes:
    many = dice.choice((100, 1000, 9000))
    return dice.choice((
        b"kpi A\n  starts at " + b"(" * many + b"1" + b")" * many,
        b"flag A\n  starts at 1%\n  rises by 1pp when " + b"not " * many + b"FCR",
        b"\n".join(b" " * (level % 300) + b"when a" for level in range(min(many, 1000))),
        b"\x00" * many, bytes(dice.randrange(256) for _ in range(many)), "\u202e".encode() * many,
        b'act a "' * many, b'a: """' + b"x\n" * many, b"a." * many, b"1," * many, b"team T\n" * many, b"\t" * many,
        b"a: 1\r" * many, b"1" * many, b"x: " + b"9" * many + b"%", b"decide d\n" + b"  A when b\n" * min(many, 500),
        b"flag A\n  starts at 1%\n" + b"".join(b"  rises by 1pp when F%d\n" % n for n in range(min(many, 400))),
    ))  # fmt: skip


def run(files: int, seed: int, figures: Figures) -> Figures:
    """Any exception goes through, with the file that raised it kept beside."""
    make = texts(random.Random(seed))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "spec.calls"
        for number in range(files):
            data = make(number)
            path.write_bytes(data)
            began = time.process_time()
            try:
                loaded = load([path])
                draw(loaded.diagnostics, loaded.sources)
                draw(loaded.diagnostics, loaded.sources, "json")
                figures.errors += len(loaded.diagnostics)
                figures.codes.update(each.code for each in loaded.diagnostics)
            except UsageError:
                figures.codes["usage"] += 1
            except Exception:
                Path("/tmp/fuzz_reader_failed.calls").write_bytes(data)
                raise
            took = time.process_time() - began
            figures.files += 1
            if took > figures.slowest:
                figures.slowest, figures.slowest_size = took, len(data)
                if took > 1:
                    Path("/tmp/fuzz_reader_slow.calls").write_bytes(data)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description="Generated and mutated files through the reader.")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = run(given.files, given.seed, Figures())
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(
        f"files          {figures.files:,} (at most {LONGEST:,} bytes each), no exception\n"
        f"diagnostics    {figures.errors:,} of {len(figures.codes)} codes\n"
        f"slowest file   {figures.slowest:.2f} CPU s for {figures.slowest_size:,} bytes (limit 1 s)\n"
        f"memory         {after / 1024:.0f} MiB at most, {(after - before) / 1024:.0f} more than before\n"
    )
    return 0 if figures.slowest <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
