"""What no plan can keep: hours that depend on the call (E0608), shifts and hours whose shares exclude one another
(E0609), follow-ups that are needed before they are settled (E0610), customers without a voice (E0704)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.static import cycles
from compiler.lang.static.hours import shared
from compiler.lang.static.look import Look
from compiler.lang.static.sums import taken_by
from compiler.lang.static.world import BUCKET, DAY, SHIFT
from compiler.source import Span

_DATES = frozenset({"date", "weekday", "weekend", "workday", "holiday"})
_AGENT = frozenset({"agent", "agent_name", "team", "agent.team", "agent.gender", "agent.language"})
_DAYS = (("workday", "on workdays"), ("weekend", "at weekends"))
_TOLERANCE = 0.005  # of all calls: what the plan may be off
_MOST_SHIFTS = 8  # all sets of them are looked at


def hours_depend_on_the_date(look: Look) -> None:
    """The shares of shifts and of the hours of the day read nothing of the call."""
    whole_days = {e.id for e in look.model.calendar.events if not e.hours and e.only_when is None}
    for name, allowed in ((BUCKET, _DATES | whole_days), (SHIFT, _DATES | whole_days | _AGENT)):
        field = look.world.fields.get(name)
        if field is None or not any(member.hours for member in field.members):
            continue
        for read, span in cycles.reads(field):
            if read not in allowed and span is not None:
                look.report(errors.hours_read_the_call(span, name, read, name == SHIFT))
                break


# ------------------------------------------------------------------------------------------------ shifts and hours


@dataclass(frozen=True, slots=True)
class _Misfit:
    """`works`: the agent's line; `lacking`: by how much the shares of `shifts` exceed those of the hours they reach."""

    works: m.Start
    agent: str
    day: str
    shifts: tuple[str, ...]
    shares: tuple[float, float]

    @property
    def lacking(self) -> float:
        return self.shares[0] - self.shares[1]


def shifts_and_hours_fit(look: Look) -> None:
    """For each agent, on workdays and at weekends: no set of shifts takes more calls than come in its hours. (By Hall's
    theorem both shares can then be kept.) Where exceptions or moved shares make the day another, the plan finds out."""
    bucket, shift = look.world.fields.get(BUCKET), look.world.fields.get(SHIFT)
    if not look.whole or bucket is None or shift is None or bucket.effects or shift.effects:
        return
    if len(shift.members) > _MOST_SHIFTS or any(guard is not None for _, guard in look.model.calendar.opens):
        return
    found = sorted(_misfits(look, bucket, shift), key=lambda each: (-round(each.lacking, 6), each.agent))
    if found and found[0].works.span is not None:
        worst = found[0]
        others = len({each.agent for each in found}) - 1
        days = dict(_DAYS)[worst.day]
        place: Span = worst.works.span  # type: ignore[assignment]  # looked at above
        look.report(errors.shares_cannot_both_hold(
            place, worst.agent, worst.shifts, days, worst.shares, bucket.starts[0].span, others
        ))  # fmt: skip


def _misfits(look: Look, bucket: m.Field, shift: m.Field) -> Iterator[_Misfit]:
    volume = look.model.volume
    dates = look.model.dataset.first.toordinal(), look.model.dataset.last.toordinal()
    weekdays = {(day - 1) % 7 for day in range(dates[0], min(dates[1], dates[0] + 6) + 1)}
    weekend = set(look.model.calendar.weekend)
    there = {"workday": volume.workday > 0 and weekdays - weekend, "weekend": volume.weekend > 0 and weekdays & weekend}
    reach = {one.id: frozenset(two.id for two in bucket.members if _meet(look, one, two)) for one in shift.members}
    seen: dict[tuple[object, ...], tuple[tuple[str, ...], tuple[float, float]] | None] = {}
    for works in shift.starts:
        for day, _ in _DAYS:
            for agent in _agents(works.guard) if there[day] else ():
                if not _plain(works.guard) or not _busy(look, agent, day):
                    continue
                for asked in bucket.starts:
                    guards = (m.Is("agent_name", (agent,)), m.Ref(day))
                    clauses = (*_taken_by(shift, works, agent), *taken_by(bucket, asked), *((g, True) for g in guards))
                    if not _plain(asked.guard) or not isinstance(look.cases.case(*clauses), Mapping):
                        continue
                    key = (works.shares, asked.shares)
                    if key not in seen:
                        seen[key] = _lacking(_kept(look, shift, works), _kept(look, bucket, asked), reach)
                    lacking = seen[key]
                    if lacking is not None:
                        yield _Misfit(works, agent, day, *lacking)


def _agents(guard: m.Expr | None) -> Sequence[str]:
    parts = guard.parts if isinstance(guard, m.All) else (guard,)
    named = [part.members for part in parts if isinstance(part, m.Is) and part.name == "agent_name"]
    return named[0] if named else ()


def _taken_by(shift: m.Field, works: m.Start, agent: str) -> list[tuple[m.Expr, bool]]:
    """What holds where this line says how the agent works: none of their exceptions, if it is their default."""
    given = taken_by(shift, works)
    if not isinstance(works.guard, m.Is):
        return given
    others = (each.guard for each in shift.starts if isinstance(each.guard, m.All) and agent in _agents(each.guard))
    return [*given, *((guard, False) for guard in others)]


def _plain(guard: m.Expr | None) -> bool:
    """Whether the line speaks of agents and of workdays and weekends only."""
    return canon.names_read(guard) <= _AGENT | {"workday", "weekend"}


def _busy(look: Look, agent: str, day: str) -> bool:
    """Whether the agent surely has calls on such a day."""
    field = look.world.fields["agent_name"]
    lines = [start for start in field.starts if not look.cases.never(start.guard, m.Ref(day))]
    return bool(lines) and all(dict(start.shares).get(agent, 0.0) > 0 for start in lines)


def _meet(look: Look, one: m.Member, two: m.Member) -> bool:
    open_ = [piece for hours, _ in look.model.calendar.opens for piece in hours] or [(0, DAY)]
    both = list(shared(one.hours, two.hours))
    return any(True for _ in shared(both, open_))


def _kept(look: Look, field: m.Field, start: m.Start) -> dict[str, float]:
    """The shares, of which each value keeps the part of its hours that is open."""
    open_ = [piece for hours, _ in look.model.calendar.opens for piece in hours] or [(0, DAY)]
    shares = {}
    for member in field.members:
        length = sum(end - begin for begin, end in member.hours)
        part = sum(end - begin for begin, end in shared(member.hours, open_))
        shares[member.id] = dict(start.shares).get(member.id, 0.0) * part / length if length else 0.0
    total = fsum(shares.values())
    return {name: share / total for name, share in shares.items()} if total else {}


def _lacking(
    works: Mapping[str, float], asked: Mapping[str, float], reach: Mapping[str, frozenset[str]]
) -> tuple[tuple[str, ...], tuple[float, float]] | None:
    """The shifts that lack most, and (their share, that of the hours they reach)."""
    if not works or not asked:
        return None
    names = sorted(name for name, share in works.items() if share > 0)
    sets = (chosen for count in range(1, len(names) + 1) for chosen in combinations(names, count))

    def shares(chosen: tuple[str, ...]) -> tuple[float, float]:
        hours = frozenset().union(*(reach[name] for name in chosen))
        return fsum(works[name] for name in chosen), fsum(asked.get(name, 0.0) for name in sorted(hours))

    worst = max(sets, key=lambda chosen: round(shares(chosen)[0] - shares(chosen)[1], 9), default=())
    wanted, there = shares(worst)
    return (worst, (wanted, there)) if wanted - there > _TOLERANCE else None


# ------------------------------------------------------------------------------------------------ follow-ups, voices


def follow_ups_are_settled_in_time(look: Look) -> None:
    """What must be known before a flag with `comes true` is settled does not read the flag."""
    edges = cycles.graph(look.model)
    for field in look.model.fields:
        if field.follow_up is None or field.span is None:
            continue
        same = sorted({name for names, _ in field.follow_up.same for name in names} - {"customer"})
        read = sorted({name for _, guard in field.follow_up.same for name in canon.names_read(guard)})
        for start in (*same, *read):
            path = _path(start, field.id, edges)
            if path is not None:
                look.report(errors.decided_too_late(field.span, field.id, path[-2], path))
                break


def _path(start: str, end: str, edges: Mapping[str, Mapping[str, Span | None]]) -> list[str] | None:
    """From `start` along what each field reads to `end`, shortest first; None where there is no way."""
    paths, seen = [[start]], {start}
    for path in paths:
        for name in sorted(edges.get(path[-1], ())):
            if name == end:
                return [*path, name]
            if name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return None


def customers_have_voices(look: Look) -> None:
    voices = look.model.customer_voices
    taken = {agent.voice for agent in look.model.agents}
    if set(voices.female) | set(voices.male) <= taken:
        owners = [("customer voices", "", "female"), ("customer voices", "", "male")]
        owners += [("agent", agent.id, "voice") for agent in look.model.agents]
        facts = [look.stock.fact((kind, name), slot) for kind, name, slot in owners]
        places = [fact.span for fact in facts if fact is not None]
        if places:
            look.report(errors.no_voice_left(places[0]))
