"""Random valid specs, and ugly layouts of any spec: for the formatter's and the composition's properties.

    spec(dice)         a spec that compiles, in the one layout
    ugly(text, dice)   the same lines with other blanks, indentations, empty lines and comments
    shuffled(...)      the same lines in another order where order means nothing, in several files
"""

from __future__ import annotations

import random  # noqa: TID251  # the tests' own input, seeded
import re
from collections.abc import Sequence
from dataclasses import dataclass

from compiler.lang.tree import Line, nest
from compiler.source import Source

SEQUENCES = ("decide", "scenario", "phase")
NAMES = ("harbour", "meadow", "lantern", "Ägerisee", "Quittung", "copper", "thistle", "orbit", "Zug_1", "pepper")
WORDS = ("calm", "in a hurry", "says {agent.label} # twice", "„leise“", "asks: why?", "1..2", "a \\\"quoted\\\" word")


# ------------------------------------------------------------------------------------------------ valid specs


@dataclass
class _Spec:
    dice: random.Random

    def shares(self, names: Sequence[str]) -> list[str]:
        """Rows that add up to 100 %."""
        cuts = sorted(self.dice.sample(range(1, 100), len(names) - 1))
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
        return [f"    {name}{self.label()}: {part}%" for name, part in zip(names, parts, strict=True)]

    def label(self) -> str:
        return f' "{self.dice.choice(WORDS)}"' if self.dice.random() < 0.3 else ""

    def guard(self) -> str:
        atoms = (
            "channel is text", "outage", "not outage", "weekday in (Mon, Tue)", "time in 08:00..12:30", "weekend",
            "date >= 2025-09-10", "team is not Team_0", "agent.gender is female", "channel is voice and workday",
            "(outage or rush)", "time < 18:00",
        )  # fmt: skip
        return f" when {self.dice.choice(atoms)}" if self.dice.random() < 0.8 else ""

    def choice(self, number: int) -> list[str]:
        members = [f"{name}_{number}" for name in self.dice.sample(NAMES, self.dice.randrange(2, 5))]
        rows = [f"choice field_{number}{self.label()}", "  starts as one of", *self.shares(members)]
        rows += ["  when channel is text", f"    {members[0]} rises by 1pp", f"    {members[1]} falls by 1pp"]
        return rows if self.dice.random() < 0.5 else rows[:-3]

    def kpi(self, number: int) -> list[str]:
        mean = self.dice.choice((90, 12000, 1.5, 250000))
        rows = [f"kpi figure_{number}{self.label()}", f"  starts as normal, mean {mean}s, sd {mean / 10:g}s"]
        rows.append(f"  stays within 0s..{self.dice.choice(('10m', '1h30m', '40000s'))}")
        for part in range(self.dice.randrange(3)):
            verb = self.dice.choice(("rises by 5s", "falls by 1.5s", "is multiplied by 120%", "rises by 2 * (3s + 1s)"))
            if f"  {verb}" not in "\n".join(rows):
                rows.append(f"  {verb}{self.guard() if part or self.dice.random() < 0.5 else ''}")
        return rows

    def agent(self, number: int, share: int) -> list[str]:
        rows = [f"  agent Agent_{number}{self.label()}", f"    gender: {self.dice.choice(('female', 'male'))}"]
        rows += [f"    voice: {self.dice.choice(('nova', 'onyx'))}", f"    share: {share}"]
        early = self.dice.randrange(20, 80)
        return [*rows, f"    works: Early {early}%, Late {100 - early}%"]

    def scenario(self, number: int) -> list[str]:
        rows = [f"scenario Case_{number}{self.label()}", f"  weight: {self.dice.randrange(1, 90)}"]
        for phase in range(self.dice.randrange(1, 4)):
            rows += [f"  phase part_{phase}", "    agent must: greet, give_name"]
            if self.dice.random() < 0.4:
                rows += ['    customer: """tells a story', "        that goes on", "      and on", '      """']
            if self.dice.random() < 0.4:
                rows.append(f'    customer: "{self.dice.choice(WORDS)}"{self.guard()}'.replace("{agent.label}", "it"))
        return rows


_HEAD = """
dataset Made "Made up"
  seed: {seed}
  from: 2025-09-01
  to: 2025-09-30

calendar
  weekend: Sat, Sun
  incident outage
    happens: {happens}
    on any: Mon..Fri
    calls: 110%..140%
  wait peak rush "Rush"
    on every: Mon, Thu
    hours: 22:00..06:00

volume
  workday calls: {calls}
  weekend calls: 180
  by weekday
    Mon: 105%
    Fri: 95%

choice agent_shift
  hours of Early: 00:00..13:00
  hours of Late: 12:00..24:00

choice time_of_day_bucket
  hours of Night: 00:00..06:00
  hours of Day: 06:00..24:00
  starts as one of
    Night: 10%
    Day: 90%

choice channel
  starts as one of
    voice: 90%
    text: 10%
"""


def spec(dice: random.Random) -> str:
    """A spec that compiles without errors, in the one layout."""
    make = _Spec(dice)
    seed = dice.choice((7, 1848, 20250901))
    head = _HEAD.format(seed=_grouped(seed), happens=dice.randrange(4), calls=dice.choice((300, 4_500)))
    blocks = [part.split("\n") for part in head.strip().split("\n\n")]
    blocks += [make.choice(number) for number in range(dice.randrange(4))]
    blocks += [make.kpi(number) for number in range(dice.randrange(4))]
    blocks.append(["flag FCR", f"  starts at {dice.randrange(40, 60)}%", f"  falls by 5pp{make.guard()}"])
    teams = dice.randrange(1, 4)
    for team in range(teams):
        rows = [f"team Team_{team}{make.label()}"]
        for number in range(dice.randrange(1, 3)):
            rows += make.agent(team * 10 + number, dice.randrange(5, 40))
        blocks.append(rows)
    row = dice.choice(("weekend", "channel is text", "outage"))
    blocks.append(["decide route", "  Desk when not FCR", f"  Line when {row}", "  otherwise None"])
    blocks += [make.scenario(number) for number in range(dice.randrange(1, 3))]
    blocks.append(["locale en", '  greeting: "Hello, {agent.label} speaking."'])
    for block in blocks:
        if dice.random() < 0.3:
            block.insert(0, f"## {dice.choice(NAMES)}, **explained**.")
    text = "\n\n".join("\n".join(block) for block in blocks) + "\n"
    return re.sub(r"(?<=[ .])\d{5,}(?=s)", lambda match: _grouped(int(match.group())), text)


def _grouped(number: int) -> str:
    return f"{number:_}" if number >= 10_000 else str(number)


# ------------------------------------------------------------------------------------------------ ugly layouts

_TEXT = re.compile(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"')
_COMMENTS = ("#word", "#  two blanks", "# plain", "#", "#! sign")


def ugly(text: str, dice: random.Random, comments: bool = True, tabs: bool = False) -> str:
    """The spec with other blanks and indentations; with `comments` also with comments and empty lines put in, with
    `tabs` also with tabs, which the reader reports and the formatter repairs."""
    rows: list[str] = []
    step = "\t" if tabs and dice.random() < 0.5 else " " * dice.choice((2, 3, 4, 8))
    for line in nest(Source("x", text))[0]:
        rows += _ugly(line, 0, step, dice, comments)
        if dice.random() < 0.7 or not comments:
            rows += [""] * (dice.randrange(1, 4) if comments else 1)
    end = dice.choice(("\r\n", "\n")) if comments else "\n"
    return ("\ufeff" if comments and dice.random() < 0.3 else "") + end.join(rows) + dice.choice(("", end, end * 3))


def _ugly(line: Line, level: int, step: str, dice: random.Random, comments: bool) -> list[str]:
    rows: list[str] = []
    margin = "".join(dice.choice(("\t", "  ")) if step == "\t" else step for _ in range(level))
    for doc in line.docs.split("\n") if line.docs else ():
        rows.append(f"{' ' * dice.randrange(4)}##{doc if not doc else ' ' + doc}")
        if comments and dice.random() < 0.3:
            rows += [" " * dice.randrange(9) + dice.choice(_COMMENTS), ""]
    if comments and dice.random() < 0.2:
        rows += [" " * dice.randrange(9) + dice.choice(_COMMENTS)] + [""] * dice.randrange(3)
    first, *body = _blanks(line.text, dice).split("\n")
    shift = " " * dice.randrange(5)
    rows += [margin + first, *((shift + row) if row.strip() else row for row in body)]
    if comments and dice.random() < 0.2:
        rows[-1] += " " * dice.randrange(1, 5) + dice.choice(_COMMENTS)
    elif dice.random() < 0.2:
        rows[-1] += "   "
    for child in line.children:
        rows += _ugly(child, level + 1, step, dice, comments)
        if comments and dice.random() < 0.2:
            rows.append(dice.choice(("", "   ")))
    return rows


def _blanks(text: str, dice: random.Random) -> str:
    """The line with other blanks between its words; texts stay, and so does `CHF 20`."""
    pieces: list[str] = []
    last = 0
    for match in _TEXT.finditer(text):
        pieces += [_other_blanks(text[last : match.start()], dice), match.group()]
        last = match.end()
    return "".join([*pieces, _other_blanks(text[last:], dice)])


def _other_blanks(text: str, dice: random.Random) -> str:
    text = re.sub(r"(?<![A-Z]) (?=\S)|(?<=[A-Z]) (?=\D)", lambda _: " " * dice.choice((1, 1, 2, 5)), text)
    text = re.sub(r" *, *", lambda _: dice.choice((",", " , ", ",  ", ", ")), text)
    text = re.sub(r"(?<=[A-Za-z]): *(?=\S)", lambda _: dice.choice((":", " :  ", ": ")), text)
    return re.sub(r"(?<=[(])(?=\w)|(?<=\w)(?=[)])", lambda _: dice.choice(("", "  ")), text)


# ------------------------------------------------------------------------------------------------ another order


def shuffled(texts: Sequence[str], dice: random.Random, files: int = 2) -> list[str]:
    """The top blocks of all texts in another order and in other files, their lines too where order means nothing.
    Texts of overlays must not be among them."""
    blocks = [line for text in texts for line in nest(Source("x", text))[0]]
    dice.shuffle(blocks)
    uses = [line for line in blocks if line.text.startswith("use ")]
    parts: list[list[Line]] = [[] for _ in range(files)]
    for line in blocks:
        if line not in uses:
            parts[dice.randrange(files)].append(line)
    return ["\n".join(_written([*uses, *part], dice, 0, False)) + "\n" for part in parts if part]


def _written(lines: Sequence[Line], dice: random.Random, level: int, sequence: bool) -> list[str]:
    order = list(lines)
    if not sequence:
        dice.shuffle(order)
    rows: list[str] = []
    for line in order:
        margin = "  " * level
        if dice.random() < 0.2:
            rows += ["", f"{' ' * dice.randrange(8)}# {line.text.splitlines()[0][:20]}"]
        rows += [f"{margin}## {doc}".rstrip() for doc in line.docs.split("\n") if line.docs]
        rows.append(f"{margin}{line.text}  # a comment" if dice.random() < 0.2 else margin + line.text)
        keep = line.text.removeprefix("override ").split(" ")[0] in SEQUENCES or sequence
        rows += _written(line.children, dice, level + 1, keep)
    return rows
