"""agents, segments, geo -> people.calls: who answers and who calls."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from compiler.importer import rules
from compiler.importer.draft import Draft
from compiler.importer.labels import without_locale
from compiler.importer.names import ids
from compiler.importer.part import Figure, Part
from compiler.importer.shares import NEAR, ONE, Adjusted, known, misses, weight_set
from compiler.importer.wording import Block, hundred, inside, percent

ZERO = Decimal(0)
POPULATION = "4_000"


def blocks(draft: Draft) -> list[Block]:
    return [*_teams(draft), *_customers(), *_segments_and_places(draft)]


# ------------------------------------------------------------------------------------------------ who answers


def _teams(draft: Draft) -> list[Block]:
    members = draft.old.part("agents").part("members")
    allocation = draft.old.part("agents").part("allocation", needed=True)
    share = _day_shares(draft, allocation)
    voices = _voices(draft, members)
    found: list[Block] = []
    for team in draft.teams.of:
        block = [f"team {draft.teams.titled(team)}", *inside(draft.by_team[draft.teams[team]])]
        own = [(name, part) for name, part in members.parts().items() if part.text("team") == team]
        for name, part in own:
            gender, voice = voices[name]
            lines = [f"gender: {gender}", f"voice: {voice}", share[name], _works(draft, part),
                     *draft.by_agent[draft.agents[name]]]
            blank = [""] if len(block) > 1 else []
            block += [*blank, f"  agent {draft.agents.titled(name)}", *inside(lines, 2)]
        if own:
            found.append(block)
        else:
            draft.old.part("agents").note("nothing", "teams", f"team `{team}` has no agents; left out")
    _teams_listed(draft, members)
    return found


def _teams_listed(draft: Draft, members: Part) -> None:
    listed = [name for name, _ in draft.old.part("agents").texts("teams")]
    for part in members.parts().values():
        team = part.text("team")
        if team and team not in listed:
            part.note("name", "team", f"`{team}` is not among `agents.teams`; it is a team here")


def _day_shares(draft: Draft, allocation: Part) -> dict[str, str]:
    """`share: workday 12%, weekend 9%` for each agent; plain numbers where a list is not 100 %."""
    days = {day: _allocated(draft, allocation.part(key, needed=True))
            for day, key in (("workday", "weekday"), ("weekend", "weekend"))}
    sums = [sum((figure.value for figure in found.values()), ZERO) for found in days.values()]
    write = percent if all(abs(total - ONE) <= NEAR for total in sums) else hundred
    lines = {}
    for name in draft.agents.of:
        each = ", ".join(f"{day} {write(found[name].value if name in found else ZERO)}" for day, found in days.items())
        lines[name] = f"share: {each}"
    return lines


def _allocated(draft: Draft, part: Part) -> dict[str, Figure]:
    found = part.figures(low="0")
    for name in found:
        if name not in draft.agents:
            part.note("name", name, f"there is no agent `{name}` under agents.members; left out")
    here = {name: figure for name, figure in found.items() if name in draft.agents}
    for name in draft.agents.of:
        if name not in here:
            draft.notes.add("name", part.table.place, part.path, f"agent `{name}` is not in this list: no calls")
    total = sum((figure.value for figure in here.values()), ZERO)
    if here and abs(total - ONE) > NEAR:
        misses(part, total)
    if total <= 0 and here:
        draft.old.reading.problems.append(f"{part.table.place}: the shares under `{part.path}` are all 0")
    return here


def _works(draft: Draft, member: Part) -> str:
    part = member.part("shifts", needed=True)
    shares = scaled(part)
    return "works: " + ", ".join(f"{draft.shifts[name]} {percent(value)}" for name, value in shares.items())


def scaled(part: Part) -> dict[str, Decimal]:
    """The figures of the table as shares of exactly 100 %; where they are not, scaled to hundredths of a point and
    noted (the language has no weights here)."""
    figures = part.figures(low="0")
    total = sum((figure.value for figure in figures.values()), ZERO)
    if total <= 0 and figures:
        part.reading.problems.append(f"{part.table.place}: the shares under `{part.path}` are all 0")
    elif figures and abs(total - ONE) > NEAR:
        misses(part, total, "; scaled to 100%")
    return whole(figures)


def whole(figures: Mapping[str, Figure]) -> dict[str, Decimal]:
    """The figures as shares of exactly 1, to four decimals where they have to be scaled; nothing where all are 0."""
    total = sum((figure.value for figure in figures.values()), ZERO)
    if total <= 0:
        return {}
    if abs(total - ONE) <= NEAR:
        return {name: figure.value for name, figure in figures.items()}
    found = {name: (figure.value / total).quantize(Decimal("0.0001")) for name, figure in figures.items()}
    found[max(found, key=lambda name: found[name])] += ONE - sum(found.values(), ZERO)
    return found


def _voices(draft: Draft, members: Part) -> dict[str, tuple[str, str]]:
    """Gender and voice of each agent: by the first name, in turn among the cast's voices of that gender."""
    used = dict.fromkeys(rules.AGENT_VOICES, 0)
    found: dict[str, tuple[str, str]] = {}
    for name in draft.agents.of:
        gender = rules.gender(name)
        cast = rules.AGENT_VOICES[gender]
        found[name] = (gender, cast[used[gender] % len(cast)])
        used[gender] += 1
    for gender in rules.AGENT_VOICES:
        names = [name for name in found if found[name][0] == gender]
        if names:
            why = "no list of first names has them" if gender == "neutral" else "by first name"
            draft.notes.add("chosen", members.table.place, members.path, f"{gender}, {why}: {', '.join(names)}")
    agents, own = (", ".join(sorted({voice for cast in casts.values() for voice in cast}))
                   for casts in (rules.AGENT_VOICES, rules.CUSTOMER_VOICES))
    draft.notes.add("chosen", members.table.place, members.path,
                    f"voices: agents speak with {agents}, customers with {own}; nobody has both")
    return found


# ------------------------------------------------------------------------------------------------ who calls


def _customers() -> list[Block]:
    voices = [f"{gender}: {', '.join(cast)}" for gender, cast in rules.CUSTOMER_VOICES.items()]
    keeps = "keeps: ANI, region, language, customer_segment, voice"
    return [
        ["## Who calls: people who come back, each with one number that belongs to nobody.", "customers",
         *inside([f"population: {POPULATION}", keeps, 'numbers: "unassignable CH", "reserved DE"'])],
        ["customer voices", *inside(voices)],
    ]  # fmt: skip


def _segments_and_places(draft: Draft) -> list[Block]:
    geo = draft.old.part("geo", needed=True)
    draft.notes.add("chosen", "", "", f"customers: {POPULATION} people with numbers from ranges that belong to nobody"
                    " (the old program made up a German number for each call)")
    segment = weight_set(draft.old.part("segments").part("customer"), draft.segments, ())
    region = geo.part("region", needed=True)
    regions = weight_set(region, ids(region.table.rows), ())
    return [
        ['choice customer_segment "Customer segment"', *inside(segment.rows())],
        ["choice region", *inside(regions.rows())],
        _language(draft, geo),
    ]  # fmt: skip


def _language(draft: Draft, geo: Part) -> Block:
    base = geo.part("language", needed=True)
    members = ids(base.table.rows, lower=True)
    bias, adjusted = geo.part("premium_language_bias"), []
    if len(members.of) == 1:
        for name in bias.table.rows:
            if name in members:
                bias.leave("nothing", name, "there is only one language")
    elif "Premium" not in draft.segments:
        geo.leave("name", "premium_language_bias", "it was for the segment `Premium`, which is not there")
        bias = bias.only(())
    rows = known(bias.only([name for name in bias.table.rows if len(members.of) > 1 or name not in members]), members,
                 "language")
    if rows:
        adjusted = [Adjusted(f"customer_segment is {draft.segments['Premium']}", rows)]
    found = weight_set(base, members, adjusted)
    for name in members.of:
        without_locale(base, name)
    return ["choice language", *inside([*found.rows(), *found.blocks()])]
