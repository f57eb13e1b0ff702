"""Files that no author would write, and some that one might, for the reader: eight kinds in turn, and a few huge ones.

    texts(dice)      number -> a file of at most 10,000 bytes
    huge()           name -> a file of megabytes
    digest(path)     what the program does with a file before anything is drawn: reads, checks, reports, formats
"""

from __future__ import annotations

import random  # noqa: TID251  # the tests' own input, seeded
from collections.abc import Callable, Sequence
from pathlib import Path

from compiler.diag import Diagnostic
from compiler.failures import UsageError
from compiler.lang.fmt.format import formatted
from compiler.lang.load import load
from compiler.lang.spec_files import read_file
from compiler.report import draw
from tests.lang import generate

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").rglob("*.calls")) + sorted((ROOT / "tests").rglob("*.calls"))
BASE = ROOT / "tests" / "language" / "base.calls"
SIGNS = "{}[]()\"'#:%=$€&|<>.,;*/+-_ \t\n\x00\u202e\u00a0\u200bäß漢🙂"
LONGEST = 10_000  # bytes of a file whose time is measured

Maker = Callable[["Pool"], bytes]


class Pool:
    """Dice, the specs of the repository, and their words."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.specs = [path.read_text(encoding="utf-8") for path in SPECS]
        self.words = sorted({word for spec in self.specs for word in spec.split()})
        self.base = BASE.read_text(encoding="utf-8")


def texts(dice: random.Random) -> Callable[[int], bytes]:
    """number -> a file; the kinds take turns."""
    pool = Pool(dice)
    return lambda number: KINDS[number % len(KINDS)](pool)[:LONGEST]


def digest(path: Path) -> tuple[Diagnostic, ...]:
    """Reads, checks, draws in all three forms, and formats; any exception but a UsageError goes through."""
    found = read(path)
    formatted(read_file(path, []).source, lines=True)
    return found


def read(path: Path) -> tuple[Diagnostic, ...]:
    """The same without formatting: what one run of `compile` does."""
    try:
        loaded = load([path])
    except UsageError:
        return ()
    for form in ("text", "json", "github"):
        draw(loaded.diagnostics, loaded.sources, form)
    return loaded.diagnostics


# ------------------------------------------------------------------------------------------------ what cannot be read


def _mutated(pool: Pool) -> bytes:
    """Sixty lines of a real spec, some of them damaged."""
    rows = pool.dice.choice(pool.specs).split("\n")
    start = pool.dice.randrange(max(1, len(rows) - 60))
    return "\n".join(_damaged(rows[start : start + 60], pool, pool.dice.randrange(1, 8))).encode()


def _damaged(rows: list[str], pool: Pool, times: int) -> list[str]:
    dice = pool.dice
    for _ in range(times):
        at = dice.randrange(len(rows))
        row = rows[at]
        place = dice.randrange(len(row) + 1)
        rows[at] = dice.choice((
            row[:place], row[place:], row + row, " " * dice.randrange(5) + row,
            row[:place] + dice.choice(SIGNS) + row[place:],
            row.replace(" ", dice.choice(("", "  ", "\t")), 1), dice.choice(pool.words) + row, "",
        ))  # fmt: skip
    return rows


def _of_words(pool: Pool) -> bytes:
    """The language's own words in any order."""
    dice = pool.dice
    some = [" ".join(dice.choices(pool.words, k=dice.randrange(1, 9))) for _ in range(30)]
    return "\n".join(" " * dice.choice((0, 2, 4, 6, 3)) + row for row in some).encode()


def _noise(pool: Pool) -> bytes:
    dice = pool.dice
    signs = [dice.choice(SIGNS) if dice.random() < 0.5 else chr(dice.randrange(32, 0x2FFF)) for _ in range(800)]
    return "".join(signs).encode()


def _pasted(pool: Pool) -> bytes:
    """Pieces of specs one after the other, cut anywhere."""
    parts = []
    for _ in range(6):
        spec = pool.dice.choice(pool.specs)
        start = pool.dice.randrange(len(spec))
        parts.append(spec[start : start + pool.dice.randrange(1, 900)])
    return "".join(parts).encode()


def _hostile(pool: Pool) -> bytes:
    """Too much of one thing."""
    dice = pool.dice
    many = dice.choice((100, 1000, 9000))
    return dice.choice((
        b"kpi A\n  starts at " + b"(" * many + b"1" + b")" * many,
        b"flag A\n  starts at 1%\n  rises by 1pp when " + b"not " * many + b"FCR",
        b"\n".join(b" " * (level % 300) + b"when a" for level in range(min(many, 1000))),
        b"\x00" * many, bytes(dice.randrange(256) for _ in range(many)), "\u202e".encode() * many,
        b'act a "' * many, b'a: """' + b"x\n" * many, b"a." * many, b"1," * many, b"team T\n" * many, b"\t" * many,
        b"a: 1\r" * many, b"1" * many, b"x: " + b"9" * many + b"%", b"decide d\n" + b"  A when b\n" * min(many, 500),
        b"flag A\n  starts at 1%\n" + b"".join(b"  rises by 1pp when F%d\n" % n for n in range(min(many, 400))),
        b"overlay A over A\n" * min(many, 400), b'use "library/retail_banking" as a\n' * min(many, 300),
        b"dataset D\n  seed: " + b"9" * many, b"choice c\n  starts as one of\n" + b"    a: 1%\n" * min(many, 900),
        "".join(f'use "{"../" * n}x"\n' for n in range(min(many, 100))).encode(),
    ))  # fmt: skip


# ------------------------------------------------------------------------------------------------ whole specs


def _whole(pool: Pool) -> bytes:
    """A whole spec with at most three lines damaged: what is left goes through the static checks."""
    return "\n".join(_damaged(generate.spec(pool.dice).split("\n"), pool, pool.dice.randrange(4))).encode()


def _exchanged(pool: Pool) -> bytes:
    """A whole spec in which names and figures have changed places, so that each line can be read."""
    dice = pool.dice
    words = pool.base.split(" ")
    inside = [at for at, word in enumerate(words) if word.strip() and "\n" not in word]
    for _ in range(dice.randrange(1, 4)):
        one, two = dice.sample(inside, 2)
        words[one], words[two] = words[two], words[one]
    return " ".join(words).encode()


def _conditions(pool: Pool) -> bytes:
    """A whole spec with deep conditions over its fields, rows that overlap, and fields that read one another."""
    dice = pool.dice
    rows: list[str] = []
    for number in range(dice.randrange(1, 6)):
        rows += [f"flag Sign_{number}", f"  starts at {dice.randrange(100)}%"]
        rows += [f"  only when {_condition(dice, 3)}"] if dice.random() < 0.4 else []
        rows += [f"  {dice.choice(('rises', 'falls'))} by {dice.randrange(1, 60)}pp when {_condition(dice, 4)}"
                 for _ in range(dice.randrange(5))]  # fmt: skip
        rows += [f"kpi Size_{number}", f"  starts as normal, mean {dice.randrange(90)}s, sd 5s"]
        rows += [f"  is multiplied by AWT / Size_{dice.randrange(6)}"] if dice.random() < 0.2 else []
        rows += [f"decide Way_{number}"]
        rows += [f"  Row_{row} when {_condition(dice, 3)}" for row in range(dice.randrange(1, 8))]
        rows += ["  otherwise Rest"] if dice.random() < 0.6 else []
    return f"{pool.base}\n{chr(10).join(rows)}\n".encode()


def _condition(dice: random.Random, depth: int) -> str:
    if depth == 0 or dice.random() < 0.3:
        return dice.choice((
            "outage", "FCR", "channel is text", "language is en", "intent in (Transfer, Mortgage)", "weekend",
            f"AWT > {dice.randrange(200)}s", "NPS_score < 7", "product is not Card", "weekday in (Mon, Fri)",
            f"time in {dice.randrange(12):02}:00..{dice.randrange(12, 24)}:00", "premium_wait_peak", "Greeting",
            f"Sign_{dice.randrange(6)}", f"Size_{dice.randrange(6)} < AWT", f"Way_{dice.randrange(6)} is Rest",
            f"date >= 2025-09-{dice.randrange(1, 31):02}", "team is Team_A", "agent.gender is male",
        ))  # fmt: skip
    match dice.randrange(3):
        case 0:
            return f"not ({_condition(dice, depth - 1)})"
        case 1:
            return f"({_condition(dice, depth - 1)} and {_condition(dice, depth - 1)})"
    return f"({_condition(dice, depth - 1)} or {_condition(dice, depth - 1)})"


KINDS: Sequence[Maker] = (
    _mutated, _of_words, _noise, _pasted, _hostile, _whole, _exchanged, _conditions,
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ huge files


def huge() -> dict[str, bytes]:
    """Files of up to 10 MB, each too much of one thing."""
    ten = 10_000_000
    steps = b"\n".join(b" " * level + b"when outage" for level in range(3_000))
    return {
        "a line of 10 MB": b"kpi A\n  starts at " + b"1" * ten + b"\n",
        "a text of 10 MB": b'act a "' + b"x" * ten + b'"\n',
        "10 MB of short lines": b"a: 1\n" * (ten // 5),
        "10 MB of NULs": b"\x00" * ten,
        "10 MB that are no UTF-8": b"team T\n" + b"\xfc" * ten,
        "10 MB of bidirectional signs": "\u202e".encode() * (ten // 3),
        "a line of 3.9 MB": b"x: " + b"1, " * 1_300_000,
        "3,000 levels": steps,
        "10,000 levels": b"\n".join(b" " * (2 * level) + b"a" for level in range(10_000))[:3_900_000],
        "200,000 brackets": b"flag A\n  starts at " + b"(" * 200_000,
        "600,000 lines that say nothing": b"a: 1\n" * 600_000,
        "300,000 comments": b"# nothing\n" * 300_000,
        "20,000 equal blocks": b"kpi A\n  starts at 1s\n" * 20_000,
        "one block of 50,000 lines": b"kpi A\n" + b"  rises by 1s when outage\n" * 50_000,
    }
