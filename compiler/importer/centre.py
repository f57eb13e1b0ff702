"""meta, calendar, volume, buckets -> centre.calls: which days, how many calls, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from compiler.importer import rules
from compiler.importer.draft import Draft
from compiler.importer.names import Ids, escaped, identifier
from compiler.importer.part import Part
from compiler.importer.people import whole
from compiler.importer.shares import instead, starts, weight_set
from compiler.importer.wording import Block, inside, number, percent

Hours = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the old program was told on its command line."""

    name: str
    first: date
    last: date
    seed: int


def blocks(draft: Draft, frame: Frame) -> list[Block]:
    return [_dataset(frame), _calendar(draft, frame), _volume(draft), *_hours(draft)]


def _dataset(frame: Frame) -> Block:
    lines = [f"seed: {frame.seed}", f"from: {frame.first}", f"to: {frame.last}", 'time zone: "Europe/Zurich"']
    return [f'dataset {identifier(frame.name)} "{escaped(frame.name)}"', *inside(lines)]


def _calendar(draft: Draft, frame: Frame) -> Block:
    incidents = draft.old.part("calendar", needed=True).part("incidents")
    volume = draft.old.part("volume", needed=True)
    low = volume.figure("incident_boost_min", "0.25", "-1", "100")
    high = volume.figure("incident_boost_max", "0.40", "-1", "100")
    if low.value > high.value:
        draft.old.reading.problems.append(f"{high.place}: `{high.path}` is below `{low.path}` ({low.place})")
    ends = [percent(1 + figure.value) for figure in (low, high)]
    calls = f"calls: {'..'.join(dict.fromkeys(ends))}"
    lines = ["weekend: Sat, Sun", "", "## Online banking and the app are down.", 'incident outage "Outage"',
             *inside([f"happens: {_outages(incidents, frame)}", f"on any: {', '.join(rules.OUTAGE_DAYS)}", calls])]
    days = incidents.figure("app_issue_after_outage_days", "0", "0", "60", whole=True).value
    if days:
        lines += ["  ## The app still fails now and then after an outage.", '  aftermath app_issue "App still flaky"',
                  *inside([f"lasts: {number(days)}d", calls], 2)]
    peaks = incidents.texts("premium_wait_peak_days")
    for name, place in peaks:
        if name not in rules.WEEKDAYS:
            known = ", ".join(rules.WEEKDAYS)
            draft.old.reading.problems.append(f"{place}: `{name}` is no weekday; write {known}")
    if peaks:
        lines += ["", "## The queue of the premium line is overloaded.",
                  'wait peak premium_wait_peak "Premium queue overloaded"',
                  f"  on every: {', '.join(dict.fromkeys(name for name, _ in peaks))}"]
    return ["calendar", *inside(lines)]


def _outages(incidents: Part, frame: Frame) -> int:
    """As many as there are weekdays at most: so the old program did it."""
    asked = incidents.figure("outages_count", "0", "0", whole=True)
    days = (frame.last - frame.first).days + 1
    most = sum((frame.first + timedelta(day)).weekday() < 5 for day in range(days))
    if asked.value > most:
        incidents.note("differs", "outages_count", f"the period has only {most} weekdays, so it happens {most} times")
    return min(int(asked.value), most)


def _volume(draft: Draft) -> Block:
    volume, factors = draft.old.part("volume"), draft.old.part("calendar").part("weekday_factors")
    scale = draft.old.part("meta").figure("volume_reduction_factor", "0.2", "0")
    rows = []
    for day in rules.WEEKDAYS:
        figure = factors.figure(day, "1", "0")
        rows.append(f"{day}: {percent(figure.value)}")
    lines = [
        f"workday calls: {number(volume.figure('base_weekday', None, '0', whole=True).value)}",
        f"weekend calls: {number(volume.figure('base_weekend', None, '0', whole=True).value)}",
        f"scale: {percent(scale.value)}", "by weekday", *inside(rows),
    ]  # fmt: skip
    return ["volume", *inside(lines)]


# ------------------------------------------------------------------------------------------------ hours


def _hours(draft: Draft) -> list[Block]:
    part = draft.old.part("buckets")
    weekday, weekend = part.part("weekday"), part.part("weekend")
    for table in (weekday, weekend):
        weight_set(table, draft.buckets, ())  # only for its note where it does not add up
    base, other = weekday.figures(low="0"), weekend.figures(low="0")
    buckets = _bucket_hours(draft)
    shifts = _shift_hours(draft, buckets)
    return [
        ['choice time_of_day_bucket "Time of day"',
         *inside([*_hours_of(draft.buckets, buckets), *starts(base, draft.buckets),
                  *instead(base, other, "weekend", draft.buckets)])],
        ['choice agent_shift "Shift"', *inside(_hours_of(draft.shifts, shifts))],
    ]  # fmt: skip


def _hours_of(names: Ids, hours: Hours) -> list[str]:
    return [f"hours of {names.titled(name)}: {low:02d}:00..{high:02d}:00" for name, (low, high) in hours.items()]


def _bucket_hours(draft: Draft) -> Hours:
    """The known hours; where a bucket has another name, the day in equal parts, in the order of the file."""
    names = list(draft.buckets.of)
    place, path = draft.old.part("buckets").part("weekday").table.place, "buckets"
    if all(name in rules.BUCKET_HOURS for name in names):
        draft.notes.add("chosen", place, path, "hours: " + ", ".join(_clock(n, *rules.BUCKET_HOURS[n]) for n in names))
        return {name: rules.BUCKET_HOURS[name] for name in names}
    if len(names) > 24:
        draft.old.reading.problems.append(f"{place}: {len(names)} buckets are too many; a bucket has an hour at least")
    cuts = [24 * i // max(len(names), 1) for i in range(len(names) + 1)]
    found = {name: (cuts[i], cuts[i + 1]) for i, name in enumerate(names)}
    draft.notes.add("chosen", place, path, "the day in equal parts, in this order: "
                    + ", ".join(_clock(name, *hours) for name, hours in found.items()))
    return found


def _shift_hours(draft: Draft, buckets: Hours) -> Hours:
    """The known hours if each agent's shares fit the buckets' within them; else all shifts go around the clock."""
    members = draft.old.part("agents").part("members")
    names = list(draft.shifts.of)
    place, path = members.table.place, f"{members.path}.*.shifts"
    known = {name: rules.SHIFT_HOURS[name] for name in names if name in rules.SHIFT_HOURS}
    days = [whole(draft.old.part("buckets").part(day).figures(low="0")) for day in ("weekday", "weekend")]
    works = [whole(part.part("shifts").figures(low="0")) for part in members.parts().values()]
    if len(known) == len(names) and all(fits(each, known, day, buckets) for each in works for day in days):
        draft.notes.add("chosen", place, path, "hours: " + ", ".join(_clock(n, *known[n]) for n in names))
        return known
    draft.notes.add("chosen", place, path, f"all shifts ({', '.join(names)}) go around the clock: no hours are"
                    " known under which they and the times of day can both have their shares")
    return {name: (0, 24) for name in names}


def _clock(name: str, low: int, high: int) -> str:
    return f"{name} {low:02d}:00..{high:02d}:00"


def fits(shifts: Mapping[str, Decimal], hours: Hours, day: Mapping[str, Decimal], buckets: Hours) -> bool:
    """Whether both lists of shares can hold: no group of shifts needs more than the buckets that it meets (Hall)."""
    slack = Decimal("0.001")
    for size in range(1, len(shifts) + 1):
        for group in combinations(shifts, size):
            met = {b for b, (low, high) in buckets.items() for s in group if low < hours[s][1] and hours[s][0] < high}
            if sum(shifts[s] for s in group) > sum(day.get(b, Decimal(0)) for b in met) + slack:
                return False
    return True
