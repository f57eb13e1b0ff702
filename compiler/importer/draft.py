"""The names of an old file as ids, and what its causes do: filled while the sections are read, one topic after the
other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from compiler.importer.names import Ids, ids
from compiler.importer.notes import Notes
from compiler.importer.part import Figure, Part
from compiler.importer.wording import moves

VOICE = "voice"

Written = Callable[[Decimal], str]


@dataclass(slots=True)
class Draft:
    """`by_team`, `by_agent`, `by_scenario`: effects that stand in such a block, by its id."""

    old: Part
    buckets: Ids
    shifts: Ids
    teams: Ids
    agents: Ids
    segments: Ids
    channels: Ids
    intents: Ids
    scenarios: Ids
    products: Ids
    peaks: bool  # there are days with a premium wait peak
    app_issues: bool
    by_team: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_agent: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_scenario: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def notes(self) -> Notes:
        return self.old.reading.notes


def draft(old: Part) -> Draft:
    """The names that the sections declare; problems for sections that are not there."""
    agents = old.part("agents", needed=True)
    members = agents.part("members", needed=True)
    shifts = [shift for member in members.parts().values() for shift in member.part("shifts", needed=True).table.rows]
    teams = [name for name, _ in agents.texts("teams")] + [member.text("team") for member in members.parts().values()]
    buckets = old.part("buckets", needed=True)
    both = [*buckets.part("weekday", needed=True).table.rows, *buckets.part("weekend", needed=True).table.rows]
    incidents = old.part("calendar").part("incidents")
    channels = _declared(old, "channels", "base", lower=True)
    if VOICE not in channels.of.values() and channels.of:
        old.reading.problems.append(f"{old.place('channels')}: `channels.base` has no `{VOICE}`")
    return Draft(
        old, ids(dict.fromkeys(both)), ids(dict.fromkeys(shifts)), ids(dict.fromkeys(team for team in teams if team)),
        ids(members.table.rows), _declared(old, "segments", "customer"), channels,
        _declared(old, "intents", "base"), _declared(old, "scenarios", "base"), _declared(old, "products", "base"),
        peaks=bool(incidents.texts("premium_wait_peak_days")),
        app_issues=incidents.figure("app_issue_after_outage_days", "0", "0", "60", whole=True).value > 0,
    )


def _declared(old: Part, section: str, key: str, lower: bool = False) -> Ids:
    return ids(old.part(section, needed=True).part(key, needed=True).table.rows, lower)


# ------------------------------------------------------------------------------------------------ deltas


def deltas(table: Part, names: Ids, what: str) -> list[tuple[str, Figure]]:
    """(id, figure) for each line of the table; 0 and names that match nothing are noted and left out."""
    found = []
    for name, figure in table.figures().items():
        if name not in names:
            table.note("name", name, f"there is no {what} `{name}`; left out")
        elif figure.value == 0:
            table.note("nothing", name, "0 moves nothing")
        else:
            found.append((names[name], figure))
    return found


def into(blocks: Mapping[str, list[str]], field_: str, table: Part, names: Ids, what: str, written: Written) -> None:
    """Adds `AWT rises by 10s` to the block of each team, agent or scenario that the table names."""
    for name, figure in deltas(table, names, what):
        blocks[name].append(moves(field_, figure.value, written(figure.value)))


def under_channels(draft: Draft, table: Part, written: Written) -> list[str]:
    """`rises by 10s when channel is voice` for each channel of the table."""
    return [f"{moves('', figure.value, written(figure.value))} when channel is {channel}"
            for channel, figure in deltas(table, draft.channels, "channel")]


def of_voice(draft: Draft, table: Part, written: Written, what: str) -> list[str]:
    """The same for a field that only voice calls have: the line for voice, without a condition; others are noted."""
    spoken = [name for name in table.table.rows if draft.channels.of.get(name, VOICE) == VOICE]
    for name in table.table.rows:
        if name not in spoken:
            table.leave("nothing", name, f"{draft.channels[name]} calls have no {what}")
    found = deltas(table.only(spoken), draft.channels, "channel")
    return [moves("", figure.value, written(figure.value)) for _, figure in found]


def in_bounds(base: Figure, moving: Iterable[Figure]) -> list[str]:
    """`stays within 0%..100%` for a chance that could leave it, as the old program cut it; else nothing."""
    values = [figure.value for figure in moving]
    low, high = (base.value + sum((value for value in values if (value > 0) is up), Decimal(0)) for up in (False, True))
    return ["stays within 0%..100%"] if low < 0 or high > 1 else []


def single(figure: Figure, written: Written, notes: Notes, condition: str = "", what: str = "") -> list[str]:
    """`what rises by 35s when outage`; nothing for 0, which is noted."""
    if figure.value == 0:
        notes.add("nothing", figure.place, figure.path, "0 moves nothing")
        return []
    return [moves(what, figure.value, written(figure.value)) + (f" when {condition}" if condition else "")]
