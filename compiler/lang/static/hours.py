"""Hours: each time of the day belongs to one bucket (E0603), and where calls come somebody works (E0604)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.lang import errors
from compiler.lang import model as m
from compiler.lang.show import clock
from compiler.lang.static.chances import move_of, moved_by
from compiler.lang.static.limits import extremes
from compiler.lang.static.look import Look
from compiler.lang.static.sums import taken_by
from compiler.lang.static.world import BUCKET, DAY, SHIFT

Hours = Sequence[tuple[int, int]]
_DAYS = (("workday", "on workdays"), ("weekend", "at weekends"))


def hours_do_not_overlap(look: Look) -> None:
    """The hours of a choice that is drawn by time of day: each value has some, each minute belongs to one value."""
    for field in look.model.fields:
        if field.id == SHIFT:  # shifts do overlap
            continue
        members = [member for member in field.members if member.hours]
        if members or field.id == BUCKET:
            for member in field.members:
                if not member.hours and member.span is not None:
                    look.report(errors.hours_missing(member.span, member.id, field.id))
        for number, member in enumerate(members):
            for other in members[:number]:
                _pair(look, field, member, other)


def _pair(look: Look, field: m.Field, member: m.Member, other: m.Member) -> None:
    for low, high in shared(member.hours, other.hours):
        facts = {fact.slot[1]: fact.span for fact in look.stock.all(("field", field.id), "hours of")}
        names = (other.id, member.id)
        told = f"{clock(low)}..{clock(high)}"
        look.report(errors.hours_overlap(facts[member.id], names, told, facts[other.id]))
        return


def shared(one: Hours, two: Hours) -> Iterator[tuple[int, int]]:
    """The stretches that lie in both."""
    for start, end in one:
        for first, last in two:
            if max(start, first) < min(end, last):
                yield max(start, first), min(end, last)


def agents_stay_before_they_leave(look: Look) -> None:
    for agent in look.model.agents:
        place = look.stock.fact(("agent", agent.id), "to")
        if agent.first is not None and agent.last is not None and agent.last < agent.first and place is not None:
            look.report(errors.agent_backwards(place.span, agent.id))


def somebody_works_when_calls_come(look: Look) -> None:
    """For each bucket with calls, on workdays and at weekends, there is an agent with a shift in its hours."""
    bucket, shift = look.world.fields.get(BUCKET), look.world.fields.get(SHIFT)
    if not look.whole or bucket is None or shift is None or not shift.starts:
        return
    open_ = _open(look.model)
    for member in bucket.members:
        hours = list(shared(member.hours, open_)) if open_ else list(member.hours)
        idle = [day for day, _ in _DAYS if hours and not _worked(look, shift, hours, day)]
        shares = {day: share for day in idle if (share := _share(look, bucket, member.id, day)) > 0}
        if shares and member.span is not None:
            when = dict(_DAYS)[next(iter(shares))] if len(shares) == 1 else "on any day"
            look.report(errors.nobody_works(member.span, member.id, _told(member.hours), when, max(shares.values())))


def _told(hours: Hours) -> str:
    """`22:00..06:00`: two pieces that meet at midnight are one."""
    pieces = list(hours)
    if len(pieces) > 1 and pieces[0][0] == 0 and pieces[-1][1] == DAY:
        pieces = [*pieces[1:-1], (pieces[-1][0], pieces[0][1])]
    return ", ".join(f"{clock(start)}..{clock(end)}" for start, end in pieces)


def _open(model: m.Model) -> Hours:
    """All hours that the calendar ever opens; none where it does not say, which is all day."""
    found = [piece for hours, _ in model.calendar.opens for piece in hours]
    return found if any(guard is None for _, guard in model.calendar.opens) else ()


def _worked(look: Look, shift: m.Field, hours: Hours, day: str) -> bool:
    """Whether an agent who has calls on such days works a shift that reaches into the hours."""
    reaching = {member.id for member in shift.members if any(shared(member.hours, hours))}
    if shift.effects:  # which shift they move to is not looked at
        return bool(reaching)
    agents = look.world.fields["agent_name"]
    busy = {effect.member for effect in agents.effects}
    for start in agents.starts:
        if not look.cases.never(start.guard, m.Ref(day)):
            busy |= {name for name, share in start.shares if share > 0}
    free = m.Is("agent_name", tuple(sorted(name for name in busy if name is not None)))
    lines = (start for start in shift.starts if any(share > 0 and name in reaching for name, share in start.shares))
    return any(not look.cases.never(start.guard, free, m.Ref(day)) for start in lines)


def _share(look: Look, bucket: m.Field, member: str, day: str) -> float:
    """The most of the calls of such a day that may come in this bucket."""
    most = 0.0
    weights = any(start.kind == "weights" for start in bucket.starts)
    effects = [e for e in bucket.effects if e.member == member and not weights]
    moves = [move for effect in effects if (move := move_of(look, effect)) is not None]
    for start in bucket.starts:
        share = dict(start.shares).get(member, 0.0)
        if weights:
            share /= sum(weight for _, weight in start.shares) or 1.0

        def worth(held: frozenset[int], share: float = share) -> tuple[float, float]:
            return moved_by((share, share), [moves[number] for number in sorted(held)])

        given = [*taken_by(bucket, start), (m.Ref(day), True)]
        found = extremes(look.cases, [move.guard for move in moves], worth, given, apart=False)
        most = max(most, found.high if found is not None else 0.0)
    return most
