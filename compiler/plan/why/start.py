"""When a call starts: the day's number of calls, the pieces of shifts and buckets, the events of the day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compiler import rng
from compiler.counting import counted, which
from compiler.lang import model as m
from compiler.lang.show import clock, hundredfold
from compiler.plan.days import event_factors, partial
from compiler.plan.expr import formula, truth
from compiler.plan.frame import WEEKDAYS
from compiler.plan.order import AGENT, BUCKET, SHIFT, START
from compiler.plan.pieces import ATTEMPTS as TIMES
from compiler.plan.pieces import Hours, Piece, asked, is_open
from compiler.plan.plan import Plan
from compiler.plan.swell import ATTEMPTS
from compiler.plan.why.race import run
from compiler.plan.why.steps import Derivation, Draw, Runner, Step
from compiler.plan.why.view import View, read_by
from compiler.plan.why.words import Said, number, small


def starts(view: View, plan: Plan) -> Derivation:
    """The start: a race between the pieces of the day, then evenly within the piece. The value is in milliseconds."""
    starting = plan.starting
    kind = int(starting.kinds(view.frame)[0])
    codes = {starting._name(piece): piece for piece in starting.pieces}  # the names chance is asked by
    runners = [Runner(name, float(starting.table[kind, i]), None, None) for i, name in enumerate(codes)]
    order = run(view, "start", [runner for runner in runners if runner.weight > 0])
    piece = codes[order[0].member]
    names, within, value = _within(view, piece, starting.opening.on(int(view.frame["day"][0])))
    shown = tuple(replace(r, member=_words(plan, codes[r.member])) for r in order)
    draw = Draw(names, within, "call")
    notes = ("the weights are the pieces of the day, fitted to these shares",
             f"u({' / '.join(names)}) = {within:.6f} of the {number(piece.length / 60, 1)} minutes of {_hours(piece)}: "
             f"{exact(value)}" + ("" if names == asked(0) else ", drawn again because it was closed before that"))
    return Derivation(
        START, value, exact(value), f"in {shown[0].member}, u {within:.4f} of it", "",
        steps=tuple(_asked(view, plan)), race=shown, draws=(draw,), parents=_parents(plan), notes=notes,
    )  # fmt: skip


def _within(view: View, piece: Piece, hours: Hours) -> tuple[tuple[str, ...], float, int]:
    """The name asked, its uniform, and the start: of the first attempt in open hours."""
    for attempt in range(TIMES):
        u = view.uniform(*asked(attempt))
        time = piece.times(np.array([u]))
        if is_open(time, hours).all():
            return asked(attempt), u, int(time[0])
    u = view.uniform(*asked(TIMES))
    return asked(TIMES), u, int(piece.times(np.array([u]), hours)[0])


def _parents(plan: Plan) -> tuple[str, ...]:
    fields = [f for f in (plan.starting.shift, plan.starting.bucket) if f is not None]
    read = read_by([e.guard for f in fields for e in f.effects] + [s.guard for f in fields for s in f.starts])
    return tuple(dict.fromkeys(["date", *([AGENT] if plan.starting.agents > 1 else []), *read]))


def _asked(view: View, plan: Plan) -> list[Step]:
    """The two lists to which the pieces are fitted, and the hours of the day."""
    steps = []
    for f in (plan.starting.shift, plan.starting.bucket):
        if f is None:
            continue
        best, _ = view.start(f)
        place = view.said.line(best.span)[1] if best is not None else ""
        shares = plan.starting.probabilities(view.frame, f.id) or []
        listed = ", ".join(f"{name} {small(float(hundredfold(round(float(p[0]), 6))))}%"
                           for name, p in zip(plan.scope.members[f.id], shares, strict=True))
        steps.append(Step(f"{f.id}: {listed}", place))
    return steps


def _words(plan: Plan, piece: Piece) -> str:
    names = [plan.scope.members[f.id][code] for f, code in
             ((plan.starting.shift, piece.shift), (plan.starting.bucket, piece.bucket)) if f is not None]
    return " ".join([_hours(piece), *names])


def _hours(piece: Piece) -> str:
    return ", ".join(f"{clock(low)}..{clock(high)}" for low, high in piece.hours)


def exact(milliseconds: int) -> str:
    """A time of day to the millisecond."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def timed(view: View, plan: Plan, f: m.Field) -> Derivation | None:
    """The shift or bucket in which the call starts; None where the field has no hours and is drawn like any other."""
    own = {SHIFT: plan.starting.shift, BUCKET: plan.starting.bucket}.get(f.id)
    if own is None:
        return None
    value = view.member(f.id)
    member = next(member for member in f.members if member.id == value)
    text, place = view.said.fact("field", f.id, slot=("hours of", member.id))
    time = exact(int(view.frame["start_ms"][0]))
    return Derivation(f.id, value, str(value), f"the call starts at {time[:5]}", f.label,
                      view.said.fact("field", f.id)[1], steps=(Step(text, place),), parents=(START,),
                      notes=(f"the call starts at {time}; shares and hours are told under `start`",))


# ------------------------------------------------------------------------------------------------ the day


def day(view: View, plan: Plan) -> Derivation:
    """The date: how many calls the day has, and which of them this is."""
    model, said, days = plan.model, view.said, plan.days
    d, n = int(view.frame["day"][0]), int(view.frame["n"][0])
    when = days.day(d)
    steps, mean = _volume(said, plan, d)
    own = int(np.floor(mean + 0.5)) if model.volume.arrivals == "exact" else None
    arrivals = said.fact("volume", "", slot=("arrivals",))
    if model.volume.arrivals != "exact":
        steps.append(Step(f"{arrivals[0]}: drawn around {number(mean, 2)}", arrivals[1]))
    else:
        steps.append(Step("rounded to a whole number, halves up", after=float(own or 0)))
    total = int(days.volumes[d])
    notes = [f"this is call number {n} of the day, counted from 0; "
             f"{counted(total, 'call')} {which(total, 'is', 'are')} planned"]
    parts = [e.id for e in partial(model.calendar) if days.events[e.id][d]]
    if parts:
        notes.append(f"{', '.join(parts)} add or keep away calls that they are about")
    return Derivation("date", when.isoformat(), when.isoformat(), f"call number {n} of {total} on that day", "",
                      said.fact("dataset", model.dataset.id)[1], steps=tuple(steps), notes=tuple(notes))


def _volume(said: Said, plan: Plan, d: int) -> tuple[list[Step], float]:
    """The day's lines from its base to the mean number of calls."""
    volume, days = plan.model.volume, plan.days
    name = "weekend" if days.weekend[d] else "workday"
    value = volume.weekend if days.weekend[d] else volume.workday
    text, place = said.fact("volume", "", slot=(f"{name} calls",))
    steps = [Step(text or f"{name} calls: {number(value)}", place, after=value)]
    weekday = WEEKDAYS[int(days.weekday[d])]
    by_weekday = _named("by weekday", said.fact("volume", "", slot=("by weekday", weekday)))
    factors = [(volume.by_weekday[int(days.weekday[d])], by_weekday),
               (volume.scale, said.fact("volume", "", slot=("scale",))), *_events(said, plan, d)]
    for factor, (text, place) in factors:
        if factor != 1.0:
            value = value * factor
            steps.append(Step(text, place, factor, "multiply", value))
    return steps, value


def _named(what: str, line: tuple[str, str]) -> tuple[str, str]:
    return f"{what} {line[0]}", line[1]


def _events(said: Said, plan: Plan, d: int) -> list[tuple[float, tuple[str, str]]]:
    """The factors of the calendar's and the events' `calls` lines on that day, with their lines."""
    from compiler.plan.days import frame_of

    model, days, found = plan.model, plan.days, []
    frame = frame_of(days, plan.scope).take(np.array([d]))
    for factor, guard in model.calendar.calls:
        if np.all(truth(guard, plan.scope)(frame)):
            by = float(np.broadcast_to(np.asarray(formula(factor, plan.scope)(frame)), (1,))[0])
            found.append((by, said.fact("calendar", "", slot=("calls",), guard=_canon(guard))))
    parts = {event.id for event in partial(model.calendar)}
    for event in sorted(model.calendar.events, key=lambda e: e.id):
        if event.calls is not None and event.id not in parts and days.events[event.id][d]:
            by = float(event_factors(event, model, plan.scope, days)[d])
            text, place = said.fact("event", event.id, slot=("calls",))
            drawn = f", drawn {hundredfold(round(by, 4))}%" if isinstance(event.calls, tuple) else ""
            found.append((by, (f"{event.id} {text}{drawn}", place)))
    return found


def _canon(guard: m.Expr | None) -> str:
    from compiler.lang import canon

    return canon.key(guard)


def daily(view: View, plan: Plan, name: str) -> Derivation:
    """What the calendar gives: weekday, weekend, workday, holiday."""
    d = int(view.frame["day"][0])
    text, place = view.said.fact("calendar", "", slot=("weekend",))
    steps = (Step(text, place),) if name in ("weekend", "workday") else ()
    when = plan.days.day(d)
    if name == "weekday":
        return Derivation(name, WEEKDAYS[int(plan.days.weekday[d])], WEEKDAYS[int(plan.days.weekday[d])],
                          f"of {when}", parents=("date",))
    value = bool(getattr(plan.days, name)[d])
    parents = ("weekday",) if name != "holiday" else (
        "date", *(e.id for e in plan.model.calendar.events if e.kind == "holiday" and plan.days.events[e.id][d]))
    return Derivation(name, value, "yes" if value else "no", f"{WEEKDAYS[when.weekday()]} {when}",
                      steps=steps, parents=parents)


def event(view: View, plan: Plan, event: m.Event) -> Derivation:
    """Whether an event holds of the call: its day, its hours, its `only when`."""
    said, d = view.said, int(view.frame["day"][0])
    when = plan.days.day(d)
    today = bool(plan.days.events[event.id][d])
    value = view.holds(m.Ref(event.id))
    slots = [s for s in ("on", "on every", "on any", "day of month", "happens", "lasts", "hours", "only when")
             if said.fact("event", event.id, slot=(s,))[0]]
    steps = [Step(*said.fact("event", event.id, slot=(slot,))) for slot in slots]
    how = f"{WEEKDAYS[when.weekday()]} {when} is {'' if today else 'not '}one of its days"
    notes = [how]
    if event.happens is not None:
        notes.append("its days are those with the smallest keyed numbers among the days that it may happen on")
    if today and not value:
        how = "its day, but not its hours or not `only when`"
    parents = ["date", *([START] if event.hours else []), *read_by([event.only_when])]
    if event.after is not None:
        parents.append(event.after)
    notes = notes if steps else []
    return Derivation(event.id, value, "yes" if value else "no", how, event.label, said.fact("event", event.id)[1],
                      steps=tuple(steps), parents=tuple(parents), notes=tuple(notes))


def identity(view: View, plan: Plan) -> tuple[str, ...]:
    """The names of the key from which all of the call's chance comes."""
    own, d, n = plan.model.dataset, int(view.frame["day"][0]), int(view.frame["n"][0])
    when = plan.days.day(d).isoformat()
    if n >= 0 and int(rng.keys("call", own.id, own.seed, when, count=1, first=n)[0]) == view.who:
        return own.id, f"seed {own.seed}", when, f"number {n}"
    brought = [each.id for each in partial(plan.model.calendar) if plan.days.events[each.id][d]]
    keys = {name: rng.keys("call", own.id, own.seed, when, name, count=n + 1) for name in brought}
    for attempt in range(ATTEMPTS):
        for name, some in keys.items():
            hit = np.flatnonzero(rng.hashes(some, "attempt", attempt) == np.uint64(view.who))
            if len(hit):
                return own.id, f"seed {own.seed}", when, name, f"number {hit[0]}", f"attempt {attempt}"
    raise AssertionError(f"no identity gives the key of call {n} on {when}")
