"""Plan -> the page of its figures by team and scenario: what the spec asks for, what the plan has.

Figures are rounded to what a person compares; sums are made of whole billionths, so that they are the same on every
machine and for every size of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan.frame import Frame
from compiler.plan.plan import Plan

BILLION = 1_000_000_000
NONE = "None"  # the member of `escalation` that is no escalation
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the tables. `value` gives a number for each row, `unit` is "" or "%", `decimals` what is shown."""

    title: str
    field: m.Field
    value: Callable[[Frame], NDArray[Any]]
    unit: str = ""
    decimals: int = 0

    def shown(self, mean: float | None) -> str:
        if mean is None:
            return "–"
        return f"{mean * 100:.{self.decimals}f} %" if self.unit else f"{mean:.{self.decimals}f}"


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums over the calls of each team (row) and scenario (column). `asked` holds the chances of the scenarios,
    `teams` those of the teams (over all calls), `sums` and `counts` one table a Column, in billionths and calls."""

    calls: Whole
    asked: Whole
    teams: Whole
    sums: tuple[Whole, ...]
    counts: tuple[Whole, ...]


def columns(plan: Plan) -> tuple[Column, ...]:
    """The columns that this spec has figures for."""
    fields = {f.id: f for f in plan.model.fields}
    found: list[Column] = []
    for name, title, decimals in (("AWT", "wait, s", 0), ("Hold_time", "hold, s", 0), ("NPS_score", "NPS", 1),
                                  ("Transfers_count", "transfers", 2)):
        if name in fields:
            found.append(Column(title, fields[name], _column(name), decimals=decimals))
    if "FCR" in fields:
        found.append(Column("FCR asked", fields["FCR"], plan.programs["FCR"].chance, "%"))
        found.append(Column("FCR got", fields["FCR"], _column("FCR"), "%"))
    if "escalation" in fields:
        found.append(Column("escalated", fields["escalation"], _escalated(plan), "%"))
    if "repeat_call_within_72h" in fields:
        name = "repeat_call_within_72h"
        found.append(Column("again in 72 h", fields[name], _column(name), "%"))
    return tuple(found)


def _column(name: str) -> Callable[[Frame], NDArray[Any]]:
    return lambda frame: np.asarray(frame.columns[name])


def _escalated(plan: Plan) -> Callable[[Frame], NDArray[Any]]:
    up = [i for i, name in enumerate(plan.programs["escalation"].ids) if name != NONE]
    return lambda frame: np.isin(frame.columns["escalation"], up)


# ------------------------------------------------------------------------------------------------ the sums


def cells(plan: Plan, wanted: Sequence[Column]) -> Cells:
    """The sums over all calls of the plan, part by part."""
    teams, team_of = _teams(plan)
    scenarios = plan.scope.members.get("scenario", ())
    shape = len(teams), len(scenarios) + 1  # the last column: calls without a scenario
    calls, asked, counts = np.zeros(shape, np.int64), np.zeros(shape, np.int64), []
    by_team, sums = np.zeros(len(teams), np.int64), []
    for _ in wanted:
        sums.append(np.zeros(shape, np.int64))
        counts.append(np.zeros(shape, np.int64))
    for part in plan.parts():
        frame = part.frame
        team = team_of[frame.columns["agent_name"]]
        scenario = frame.columns.get("scenario", np.full(frame.count, -1))
        np.add.at(calls, (team, scenario), 1)
        for agent, chance in enumerate(plan.programs["agent_name"].probabilities(frame)):
            by_team[team_of[agent]] += _billionths(chance).sum()
        for i, chance in enumerate(plan.programs["scenario"].probabilities(frame) if scenarios else ()):
            np.add.at(asked[:, i], team, _billionths(chance))
        for i, column in enumerate(wanted):
            mask = frame.masks.get(column.field.id)
            rows = slice(None) if mask is None else np.flatnonzero(mask)
            np.add.at(sums[i], (team[rows], scenario[rows]), _billionths(column.value(frame))[rows])
            np.add.at(counts[i], (team[rows], scenario[rows]), 1)
    return Cells(calls, asked, by_team, tuple(sums), tuple(counts))


def _billionths(values: NDArray[Any]) -> Whole:
    return np.asarray(np.floor(values * float(BILLION) + 0.5).astype(np.int64))


def _teams(plan: Plan) -> tuple[list[str], NDArray[np.int64]]:
    teams = sorted({agent.team for agent in plan.scope.agents})
    return teams, np.array([teams.index(agent.team) for agent in plan.scope.agents], dtype=np.int64)


# ------------------------------------------------------------------------------------------------ the page

EXPLAINED = """\
*asked* is the mean chance that the spec gives these calls, each from what was drawn for it before; *got* is what the \
plan has. All else is the mean over the calls of the row that have the field. A share is of the calls in the table, \
under a team of the calls of that team."""


def page(plan: Plan, title: str, about: str) -> str:
    """The page, without the line that says whose it is."""
    wanted = columns(plan)
    sums = cells(plan, wanted)
    teams, scenarios = _teams(plan)[0], [*plan.scope.members.get("scenario", ()), "–"]
    rows = [f"# {title}", "", about, "", EXPLAINED]
    rows += _table("Teams", "team", wanted, [
        _row(name, sums, wanted, (slice(i, i + 1), slice(None)), sums.teams[i], sums.calls.sum())
        for i, name in enumerate(teams)
    ] + [_row("all", sums, wanted, (slice(None), slice(None)), sums.teams.sum(), sums.calls.sum())])
    rows += _table("Scenarios", "scenario", wanted, _scenario_rows(sums, wanted, scenarios, slice(None)))
    for i, name in enumerate(teams):
        rows += _table(f"Scenarios of {name}", "scenario", wanted,
                       _scenario_rows(sums, wanted, scenarios, slice(i, i + 1)))
    return "\n".join(rows) + "\n"


def _scenario_rows(sums: Cells, wanted: Sequence[Column], scenarios: Sequence[str], teams: slice) -> list[list[str]]:
    total = sums.calls[teams].sum()
    return [_row(name, sums, wanted, (teams, slice(i, i + 1)), sums.asked[teams, i].sum(), total)
            for i, name in enumerate(scenarios) if name != "–" or sums.calls[teams, i].any()]


def _row(name: str, sums: Cells, wanted: Sequence[Column], where: tuple[slice, slice], asked: int,
         total: int) -> list[str]:
    calls = int(sums.calls[where].sum())
    shares = [f"{part / total * 100:.0f} %" if total else "–" for part in (int(asked) / BILLION, calls)]
    means = []
    for column, sum_, count in zip(wanted, sums.sums, sums.counts, strict=True):
        n = int(count[where].sum())
        means.append(column.shown(int(sum_[where].sum()) / BILLION / n if n else None))
    return [name, f"{calls:,}", *shares, *means]


def _table(title: str, first: str, wanted: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    head = [first, "calls", "share asked", "share got", *(column.title for column in wanted)]
    marks = ["---", *["--:"] * (len(head) - 1)]
    return ["", f"## {title}", "", *(f"| {' | '.join(row)} |" for row in (head, marks, *rows))]
