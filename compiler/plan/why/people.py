"""Who calls, with which number and name, and who calls again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler import rng
from compiler.lang import canon
from compiler.lang import model as m
from compiler.lang.show import expression
from compiler.plan import callers, follow, names, numbers
from compiler.plan.flip import flip
from compiler.plan.follow import Fate
from compiler.plan.numbers import Pool
from compiler.plan.order import AGENT, START, descendants, parents
from compiler.plan.plan import Plan
from compiler.plan.why import row as why_row
from compiler.plan.why.steps import NOWHERE, Derivation, Draw, Step
from compiler.plan.why.view import View


def customer(view: View, plan: Plan, row: int) -> Derivation:
    """The customer: of the call that this one follows, or by FlipHash, asked again while not free."""
    number = int(view.frame["customer"][0])
    told = plan.people.id(number)
    text, place = view.said.fact("customers", "", slot=("population",))
    bare = Derivation("customer_id", told, told, "", "", view.said.fact("customers", "")[1])
    first = why_row.first_of(plan, row)
    if first is not None:
        text, place = _same(view, plan, why_row.rule_of(plan, row), "customer", first)
        return replace(bare, how="of the call that this one follows", steps=(Step(text, place),), parents=("follows",))
    count, notes, attempt = plan.people.count, [], 0
    while (asked := int(callers.drawn(view.frame.who, np.array([attempt]), count)[0])) != number:
        notes.append(f"attempt {attempt} asks for {plan.people.id(asked)}, {_taken(plan, row, asked)}")
        attempt += 1
        if attempt > callers.TRIES * 10:
            raise AssertionError(f"no attempt gives {told}")
    hashed = int(rng.hashes(view.frame.who, "customer", attempt)[0])
    notes.append(f"attempt {attempt}: FlipHash of {hashed:016x} among {count} gives {told}")
    again = f", attempt {attempt}" if attempt else ""
    how = f"FlipHash among {count}{again}"
    return replace(bare, how=how, steps=(Step(text, place),), parents=("date",), notes=tuple(_shortened(notes)))


def _shortened(notes: list[str], most: int = 6) -> list[str]:
    return notes if len(notes) <= most else [*notes[: most - 2], f"… {len(notes) - most + 1} more", notes[-1]]


def _taken(plan: Plan, row: int, number: int) -> str:
    """Why the customer is not free for the call."""
    day = why_row.day_of(plan, row)
    for other in sorted(why_row.earlier_of(plan, row, number), reverse=True):
        if other != row:
            when = plan.days.day(why_row.day_of(plan, other))
            verb = "also calls" if why_row.day_of(plan, other) == day else "called"
            return f"who {verb} on {when} (call {why_row.call_id(plan, other)[:8]})"
    return "who is not one that the day's events ask for"


def number(view: View, plan: Plan, row: int) -> Derivation:
    """The telephone number, which the customer keeps."""
    which = why_row.customer_of(plan, row)
    value = plan.people.ani(which)
    given = plan.model.customers.numbers
    region = plan.people.value(which, "region")
    country = numbers.country_of(region) if region else None
    country = country if country in {name.rpartition(" ")[2] for name in given} else None
    pool = plan.people.pool(which)
    notes = _shuffled(plan, which, pool) if pool.wide else _attempts(view, pool, int(value))
    if notes[0].split()[-1] != value:
        raise AssertionError(f"{notes[0]}, but the number is {value}")
    text, place = view.said.fact("customers", "", slot=("numbers",))
    which_country = f" for {region}" if country else ""
    step = Step(f"{text}{which_country}: {', '.join(pool.names)}, {pool.size} numbers", place)
    more = ("region",) if country else ()
    return Derivation("ANI", value, value, f"number of {plan.people.id(which)}", "", place,
                      steps=(step,), parents=("customer_id", *more), notes=tuple(notes))


def _shuffled(plan: Plan, which: int, pool: Pool) -> list[str]:
    """In a pool that is wide enough for all customers each has a place of their own."""
    place = plan.people.place(which, pool)
    return [f"place {int(place[0])} in the keyed order of its numbers, which is {plan.people.id(which)}'s, gives "
            f"+{int(pool.number(place)[0])}"]


def _attempts(view: View, pool: Pool, value: int) -> list[str]:
    attempt = 0
    while int(pool.number(flip(rng.hashes(view.frame.who, "number", attempt), pool.size))[0]) != value:
        attempt += 1
        if attempt > 100_000:
            raise AssertionError(f"no attempt gives the number {value}")
    met = f"{attempt} earlier {'attempt' if attempt == 1 else 'attempts'} met numbers of other customers"
    return [f"attempt {attempt} of the customer gives +{value}", *([met] if attempt else [])]


def name(view: View, plan: Plan, row: int) -> Derivation:
    """The customer's name: gender and two names, each by its own uniform of the customer."""
    which = why_row.customer_of(plan, row)
    person = plan.people.speaker(which)
    language = plan.people.value(which, "language") or "en"
    first, last = names.tables(language)
    draws = tuple(Draw((what,), rng.u(view.who, what), "customer") for what in ("gender", "first name", "last name"))
    value = " ".join(table[int(draw.u * len(table))] for table, draw in
                     ((first[person.gender], draws[1]), (last, draws[2])))
    notes = (f"{person.gender}, voice {person.voice}; names of {language}: {len(first[person.gender])} first, "
             f"{len(last)} last names", ", ".join(f"u({draw.names[0]}) = {draw.u:.6f}" for draw in draws))
    return Derivation("customer_name", value, value, f"name of {person.id}", draws=draws,
                      parents=("customer_id", *(("language",) if "language" in plan.people.kept else ())), notes=notes)


# ------------------------------------------------------------------------------------------------ who calls again


def _same(view: View, plan: Plan, flag: str, name: str, first: int) -> tuple[str, str]:
    """The `same` line by which a field was taken over."""
    f = plan.model.field(flag)
    assert f.follow_up is not None
    before = View(why_row.frame(plan, first), plan.scope, view.said)
    for fields, guard in f.follow_up.same:
        if name in fields and before.holds(guard):
            when = f" when {expression(guard)}" if guard is not None else ""
            text = f"same: {', '.join(fields)}{when}"
            return text, view.said.fact("field", flag, slot=("same",), guard=canon.key(guard))[1]
    return "same: customer", view.said.fact("field", flag)[1]


def taken_over(view: View, plan: Plan, row: int, made: Derivation) -> Derivation:
    """A field under `same`: the value of the call that this one follows; what would have been drawn is not shown."""
    first = why_row.first_of(plan, row)
    assert first is not None
    text, place = _same(view, plan, why_row.rule_of(plan, row), made.name, first)
    of = why_row.call_id(plan, first)
    note = f"`compile why {of[:13]} {made.name}` says how that call came by it"
    return replace(made, how=f"taken over from call {of[:8]}", steps=(Step(f"{text}: as in call {of}", place),),
                   race=(), draws=(), idle=(), parents=("follows",), notes=(note,))


def follows(view: View, plan: Plan, row: int) -> Derivation:
    first = why_row.first_of(plan, row)
    if first is None:
        return Derivation("follows", None, "none", "a first contact")
    flag, of = why_row.rule_of(plan, row), why_row.call_id(plan, first)
    text, place = view.said.fact("field", flag, slot=("comes true within",))
    days = int(view.frame["day"][0]) - why_row.day_of(plan, first)
    later = f"{days} day{'s' if days > 1 else ''} later"
    notes = (f"{flag} is true of call {of}; this call was its slot {later}",
             f"`compile why {of[:13]} {flag}` says how it was found")
    return Derivation("follows", of, of, f"{flag} of that call, {later}", steps=(Step(text, place),), notes=notes)


def repeated(view: View, plan: Plan, row: int, f: m.Field, made: Derivation) -> Derivation:
    """A flag that comes true: what was drawn, and what became of it."""
    assert f.follow_up is not None
    text, place = view.said.fact("field", f.id, slot=("comes true within",))
    if made.value is NOWHERE:
        return made
    steps = [*made.steps, Step(text, place)]
    if not made.value:
        return replace(made, steps=tuple(steps), notes=(*made.notes, "so no call follows because of it"))
    later = why_row.follower(plan, row, f.id)
    draws, notes, fate = _lags(view, plan, row, f, later)
    if fate is not why_row.fate(plan, row, f.id):
        raise AssertionError(f"{f.id} of call {why_row.call_id(plan, row)} ends as {fate.name}, but in the plan as "
                             f"{why_row.fate(plan, row, f.id).name}")
    value = later is not None
    how = f"{made.how}; " + (f"call {why_row.call_id(plan, later)[:8]} follows" if later is not None else notes[-1])
    first = made.notes[0].rsplit(", so", 1)[0] + ", so asked for"
    return replace(made, value=value, told="true" if value else "false", how=how, steps=tuple(steps),
                   draws=(*made.draws, *draws), notes=(first, *notes))


def _lags(view: View, plan: Plan, row: int, f: m.Field, later: int | None) -> tuple[list[Draw], list[str], Fate]:
    """The days on which the follow-up was looked for, in their order, and what came of it."""
    assert f.follow_up is not None
    waves = why_row.wave(plan, row, f.id)
    if waves >= f.follow_up.at_most:
        last = f"no: it is follow-up number {waves} itself, and `at most` is {f.follow_up.at_most}"
        return [], [last], Fate.LAST_WAVE
    known = _start_is_known(plan)
    key = follow.keyed(view.frame.who, f.id)
    time = view.frame["start_ms"] if known else np.zeros(1, dtype=np.int64)
    lags = follow.lag_orders(key, time, f.follow_up.within_seconds, not known)[0]
    draws = [Draw(("follow-up", "lag", str(lag)), rng.u(int(key[0]), "follow-up", "lag", lag)) for lag in lags]
    tried = ", ".join(f"{draw.names[-1]} (u {draw.u:.4f})" for draw in draws)
    day = int(view.frame["day"][0])
    found = None if later is None else why_row.day_of(plan, later) - day
    notes = [f"days later that are tried, in this order: {tried or 'none'}"]
    left = list(lags)
    while left:
        lag, left = left[0], [one for one in left[1:] if one > left[0]]
        if lag == found and later is not None:
            said = f"{plan.days.day(day + lag)}: call {why_row.call_id(plan, later)} is its follow-up"
            return draws, [*notes, said], Fate.MADE
        if day + lag >= plan.days.count:
            return draws, [*notes, f"no: {lag} day{'s' if lag > 1 else ''} later the period is over"], Fate.CUT_OFF
        notes.append(f"{plan.days.day(day + lag)}: its slots there go to calls with smaller numbers")
    return draws, [*notes, "no: no slot in time is left"], Fate.UNPLACED


def _start_is_known(plan: Plan) -> bool:
    """Whether a call's start is drawn before its customer is known."""
    graph = parents(plan.model)
    rules = [f for f in plan.model.fields if f.follow_up is not None]
    taken = {n for f in rules if f.follow_up for ns, _ in f.follow_up.same for n in ns} - {"customer"}
    waits = descendants(graph, set(plan.people.kept) | taken) | descendants(graph, {f.id for f in rules})
    return START not in waits


def team(view: View, plan: Plan) -> Derivation:
    agent = plan.scope.agents[int(view.frame[AGENT][0])]
    text, place = view.said.fact("agent", agent.id)
    block, where = view.said.fact("team", agent.team)
    return Derivation("team", agent.team, agent.team, f"team of {agent.id}", "", where, parents=(AGENT,),
                      steps=(Step(block, where), Step(text, place)))
