"""A spec of a given number of lines, most of them different, in the proportions of a real one."""

from __future__ import annotations

from collections.abc import Callable

BEGINNING = '''dataset Big "A large spec"
  seed: 1
  from: 2025-09-01
  to: 2025-09-02

calendar
  weekend: Sat, Sun
  open: 04:00..24:00
  incident outage
    on: 2025-09-02
    calls: 125%

volume
  workday calls: 40
  weekend calls: 20

choice agent_shift
  hours of Early: 04:00..18:00
  hours of Late: 08:00..24:00

choice time_of_day_bucket
  hours of Night: 00:00..06:00
  hours of Morning: 06:00..12:00
  hours of Day: 12:00..24:00
  starts as one of
    Morning: 40%
    Day: 60%

choice language
  starts as one of
    en: 60%
    de: 40%

choice channel
  starts as one of
    voice: 90%
    text: 10%

choice intent
  starts as weights
    Transfer: 30
    Mortgage: 5

kpi AWT
  starts as normal, mean 90s, sd 25s

flag FCR
  starts at 78%

'''


def big_spec(lines: int) -> str:
    """At least `lines` lines of Callsheet without a mistake."""
    rows = BEGINNING.split("\n")
    number = 0
    while len(rows) < lines:
        for part in PARTS:
            rows += part(number).split("\n")
        number += 1
    return "\n".join(rows) + "\n"


def _team(n: int) -> str:
    agents = "\n\n".join(_agent(n, each) for each in range(3))
    return f'''## The people who answer in hall {n}.
team Team_{n} "Team {n}"
  AWT rises by {n % 17 + 3}s when channel is voice
  FCR falls by {n % 5 + 1}pp

{agents}
'''


def _agent(n: int, each: int) -> str:
    early = (n * 7 + each * 13) % 80 + 10
    return f'''  agent Agent_{n}_{each} "Agent {n}, {each}"
    gender: {("female", "male")[each % 2]}
    voice: {("nova", "alloy", "shimmer")[each]}
    share: workday {n % 23 + each + 1}, weekend {n % 19 + each + 1}
    works: Early {early}%, Late {100 - early}%
    AWT falls by {(n + each) % 29 + 1}s when channel is text
    intent.Transfer rises by {n % 7 + 1}'''


def _scenario(n: int) -> str:
    return f'''scenario Scenario_{n} "Matter {n}"
  weight: {n % 11 + 1}
  only when intent in (Transfer, Mortgage)
  AWT is multiplied by {101 + n % 40}%
  phase opening_{n}
    agent must: greet, give_name
    customer: "says that matter {n} is not settled"
  phase closing_{n}
    agent must: summarise
    customer: "thanks for the help with matter {n}"
  FCR rises by {n % 3 + 1}pp when AWT < {60 + n % 30}s
'''


def _kpi(n: int) -> str:
    return f'''kpi Measure_{n} "Measure {n}"
  decimals: {n % 3}
  starts as normal, mean {40 + n % 50}s, sd {9 + n % 7}s
  stays within 0s..{5 + n % 9}m
  rises by {n % 31 + 2}s when outage
  rises by {n % 13 + 1}s when channel is voice
  falls by {n % 5 + 1}s when AWT > {80 + n % 60}s and intent is Mortgage
'''


def _choice(n: int) -> str:
    share = n % 60 + 20
    return f'''choice Kind_{n} "Kind {n}"
  starts as one of
    First_{n}: {share}%
    Second_{n}: {100 - share - n % 9}%
    Third_{n}: {n % 9}%
  when outage
    First_{n} rises by {n % 8 + 1}pp
    rest falls by {n % 8 + 1}pp
'''


def _flag(n: int) -> str:
    return f'''flag Sign_{n} "Sign {n}"
  starts at {n % 60 + 20}%
  rises by {n % 9 + 1}pp when Kind_{n} is First_{n}
  falls by {n % 7 + 1}pp when Measure_{n} > {50 + n % 30}s
'''


PARTS: tuple[Callable[[int], str], ...] = (_team, _scenario, _kpi, _choice, _flag)
