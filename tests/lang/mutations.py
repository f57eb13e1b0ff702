"""One-line mutations of the shipped specs, and what the reader says about them.

    python -m tests.lang.mutations [--rounds 400] [--seed 1] [--show missed|many|far]

prints the figures. *Nonsense* is what no author can have meant:

- a word that is misspelt, where the word stands elsewhere in the spec too or belongs to the language; a name that
  stands only once, such as an agent's, or that names a phase, may be called anything;
- a line that is indented more than its neighbours, or by one blank less;
- a line twice; a text or value that breaks off; two different words exchanged;
- a block's first line, a `starts` line or a needed setting that is gone.

Other deletions (an effect, a row of weights, the line that parts two phases or two teams), a line exchanged with its
neighbour and a line moved one level to the left may give another good spec; they count in all other figures.
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251  # mutations of the test's own input, seeded
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from compiler.diag import Diagnostic
from compiler.failures import UsageError
from compiler.lang.load import load
from compiler.lang.schema import KINDS
from compiler.report import draw

SPECS = Path(__file__).parents[2] / "specs"
UNUSED = ("insurance", "telecom")  # packs that the shipped dataset does not use
WORD = re.compile(r"[^\W\d]\w{2,}")
TEXT = re.compile(r'"[^"]*"|#.*')
KINDS_OF_MUTATION = ("delete", "double", "misspell", "indent", "swap words", "swap lines", "cut")
NEEDED = re.compile(r"\s*(starts (at|as)|gender:|voice:|share:|works:|seed:|from:|to:|workday calls:|weekend calls:)")
UNFINISHED = re.compile(r"(\b(by|when|and|or|is|as|at|of|in|within|starts|rises|falls)|[-+*/(,.])\s*$")
HEADER = re.compile(rf"\s*(?:override )?(?:{'|'.join(KINDS)})(?![.\w])[^:]*$")


@dataclass(frozen=True)
class Mutation:
    """`line` counts from 1 in the mutated file; `nonsense`: no author can have meant it."""

    kind: str
    file: str
    line: int
    rows: tuple[str, ...]
    was: str
    nonsense: bool


@dataclass
class Figures:
    rounds: int = 0
    nonsense: int = 0
    reported: int = 0
    with_errors: int = 0
    errors: int = 0
    near: int = 0
    missed: list[str] = field(default_factory=list)
    many: list[str] = field(default_factory=list)
    far: list[str] = field(default_factory=list)

    def table(self) -> str:
        return (
            f"mutations                         {self.rounds}\n"
            f"of them nonsense                  {self.nonsense}\n"
            f"nonsense that is reported         {self.reported / self.nonsense:.1%}  (at least 95%)\n"
            f"errors each, where there are any  {self.errors / self.with_errors:.2f}  (at most 1.50)\n"
            f"first error on line or block      {self.near / self.with_errors:.1%}  (at least 95%)\n"
        )


def mutations(dice: random.Random, folder: Path = SPECS) -> Iterator[Mutation]:
    """Endless."""
    paths = sorted(path for path in folder.rglob("*.calls") if path.stem not in UNUSED)
    files = {str(path.relative_to(folder)): path.read_text(encoding="utf-8").split("\n") for path in paths}
    words = [word for rows in files.values() for row in rows for word in WORD.findall(TEXT.sub("", row))]
    often = {word for word in words if words.count(word) > 1}
    places = [(name, at) for name, rows in files.items() for at, row in enumerate(rows)
              if row.strip() and not row.strip().startswith("#")]  # fmt: skip
    while True:
        kind = dice.choice(KINDS_OF_MUTATION)
        name, at = dice.choice(places)
        made = _mutate(kind, files[name], at, dice, often)
        if made is not None:
            rows, nonsense = made
            yield Mutation(kind, name, min(at + 1, len(rows)), tuple(rows), files[name][at], nonsense)


def _mutate(
    kind: str, rows: list[str], at: int, dice: random.Random, often: set[str]
) -> tuple[list[str], bool] | None:
    row = rows[at]
    before, after = rows[:at], rows[at + 1 :]
    match kind:
        case "delete":
            parts_two = row.lstrip().startswith(("phase ", "team "))
            return before + after, bool(NEEDED.match(row) or HEADER.match(row)) and not parts_two
        case "double":
            return [*before, row, row, *after], True
        case "misspell":
            return _misspelt(before, row, after, dice, often)
        case "indent":
            by = dice.choice((1, 1, 2, 3, -1, -2))
            if by < 0 and not row.startswith(" " * -by):
                return None
            moved = " " * by + row if by > 0 else row[-by:]
            return [*before, moved, *after], _breaks(by)
        case "swap words":
            return _swapped(before, row, after, dice)
        case "swap lines":
            if at + 1 >= len(rows) or not rows[at + 1].strip() or rows[at + 1] == row:
                return None
            return [*before, rows[at + 1], row, *rows[at + 2 :]], 0 in (_indent(row), _indent(rows[at + 1]))
    place = dice.randrange(_indent(row) + 1, len(row)) if len(row) > _indent(row) + 1 else 0
    if not place:
        return None
    return [*before, row[:place], *after], _cut_short(row, place)


def _misspelt(
    before: list[str], row: str, after: list[str], dice: random.Random, often: set[str]
) -> tuple[list[str], bool] | None:
    places = [match for match in WORD.finditer(TEXT.sub(lambda found: " " * len(found.group()), row))]
    if not places:
        return None
    match = dice.choice(places)
    word = match.group()
    at = dice.randrange(1, len(word))
    wrong = dice.choice((
        word[:at] + word[at + 1 :],
        word[:at] + dice.choice("aeioutnrs") + word[at:],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    ))  # fmt: skip
    if wrong == word or wrong in often:
        return None
    free = word not in often or row[: match.start()].endswith("phase ")
    return [*before, row[: match.start()] + wrong + row[match.end() :], *after], not free


def _swapped(before: list[str], row: str, after: list[str], dice: random.Random) -> tuple[list[str], bool] | None:
    words = row.split()
    if len(words) < 2 or '"' in row or "#" in row:
        return None
    at = dice.randrange(len(words) - 1)
    if words[at].strip(",") == words[at + 1].strip(","):
        return None
    words[at], words[at + 1] = words[at + 1], words[at]
    return [*before, " " * _indent(row) + " ".join(words), *after], True


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _breaks(by: int) -> bool:
    """Whether the line leaves the place where its neighbours stand. Two blanks back at the end of a list or of a nested
    block may be a good line of the block around it."""
    return by != -2


def _cut_short(row: str, place: int) -> bool:
    """Whether what is left cannot be whole: inside a text, after a sign or a word that wants more."""
    left = row[:place]
    return left.count('"') % 2 == 1 or bool(UNFINISHED.search(left))


def block_of(rows: Sequence[str], line: int) -> tuple[int, int]:
    """First and last line of the block at the left edge that holds `line`."""
    first = line
    while first > 1 and not (rows[first - 1].strip() and rows[first - 1][0] not in " #"):
        first -= 1
    last = line
    while last < len(rows) and not (rows[last].strip() and rows[last][0] not in " #"):
        last += 1
    return first, last


def measure(rounds: int, seed: int) -> Figures:
    """Mutates, loads and draws; any exception goes through."""
    figures = Figures()
    with TemporaryDirectory() as folder:
        home = Path(folder) / "specs"
        shutil.copytree(SPECS, home)
        for mutation, _ in zip(mutations(random.Random(seed)), range(rounds), strict=False):
            path = home / mutation.file
            good = path.read_text(encoding="utf-8")
            path.write_text("\n".join(mutation.rows), encoding="utf-8")
            overlay = next((row.split()[1] for row in good.split("\n") if row.startswith("overlay ")), None)
            try:
                loaded = load([home], overlays=[overlay] if overlay else [])
                _count(figures, mutation, loaded.diagnostics, draw(loaded.diagnostics, loaded.sources))
            except UsageError as error:  # the overlay asked for is called otherwise now
                figures.rounds, figures.nonsense = figures.rounds + 1, figures.nonsense + mutation.nonsense
                figures.reported += bool(str(error)) and mutation.nonsense
            path.write_text(good, encoding="utf-8")
    return figures


def _count(figures: Figures, mutation: Mutation, found: Sequence[Diagnostic], drawn: str) -> None:
    now = mutation.rows[mutation.line - 1].strip()
    story = f"--- {mutation.kind}: {mutation.file}:{mutation.line} `{mutation.was.strip()}` -> `{now}`\n{drawn}"
    errors = [each for each in found if each.severity == "error"]
    figures.rounds += 1
    figures.nonsense += mutation.nonsense
    if mutation.nonsense:
        figures.reported += bool(found)
        if not found:
            figures.missed.append(story)
    if not errors:
        return
    figures.with_errors += 1
    figures.errors += len(errors)
    if len(errors) > 1:
        figures.many.append(story)
    first, last = block_of(mutation.rows, mutation.line)
    places = [label.span for label in (errors[0].primary, *errors[0].notes)]
    if any(span.file.endswith(mutation.file) and first <= span.line <= last for span in places):
        figures.near += 1
    else:
        figures.far.append(story)


def main() -> int:
    parser = argparse.ArgumentParser(description="One-line mutations of the shipped specs: how many are reported.")
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", choices=("missed", "many", "far"))
    given = parser.parse_args()
    figures = measure(given.rounds, given.seed)
    sys.stdout.write(figures.table())
    if given.show:
        sys.stdout.write("\n".join(getattr(figures, given.show)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
