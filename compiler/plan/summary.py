"""Plan -> what the spec asked for and what the plan got, as the summary.json that people read.

`asked` is the mean, over the calls drawn, of the probability that the spec implies for each of them given what was
drawn before; so got - asked is sampling error alone, and z measures it.  Sums are made of whole billionths, so that
they are the same on every machine.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.plan.draws import Program
from compiler.plan.follow import Fate, span_of
from compiler.plan.frame import Frame
from compiler.plan.record import guessed_seconds, is_integer
from compiler.plan.shares import race
from compiler.rng import Floats

if TYPE_CHECKING:
    from compiler.plan.plan import Plan

BILLION = 1_000_000_000
LIMIT = 4.0  # a |z| beyond this is flagged
HEADLINE = ("channel", "FCR", "repeat_call_within_72h")


def summarise(plan: Plan) -> dict[str, Any]:
    """Asked and got per field, numbers, days, follow-ups, callers; `headline` has the lines of the closing table."""
    fields: dict[str, Any] = {}
    for name in _shared(plan):
        shares = _shares(plan, name)
        if shares:
            fields[name] = shares
    flagged = [f"{name}: {member} asked {row['asked']:.2%}, got {row['got']:.2%} (z {row['z']:+.1f})"
               for name, rows in fields.items() for member, row in rows.items() if abs(row["z"]) > LIMIT]
    own = plan.model.dataset
    return {
        "dataset": own.id,
        "seed": own.seed,
        "period": [plan.days.day(_first_day(plan)).isoformat(), plan.days.day(_last_day(plan)).isoformat()],
        "calls": plan.count,
        "agents_in_two_calls": _overlaps(plan),
        "callers": len(np.unique(_shown(plan, "customer"))),
        "events": _events(plan),
        "days": _days(plan),
        "fields": fields,
        "numbers": {f.id: numbers for f in plan.model.fields if (numbers := _numbers(plan, f))},
        "follow_ups": _follow_ups(plan),
        "flagged": flagged,
        "headline": _headline(plan, fields),
    }


def _shown(plan: Plan, name: str) -> NDArray[Any]:
    return plan.frame.columns[name][plan.first_row : plan.last_row]


def _first_day(plan: Plan) -> int:
    return int(_shown(plan, "day")[0]) if plan.count else 0


def _last_day(plan: Plan) -> int:
    return int(_shown(plan, "day")[-1]) if plan.count else plan.days.count - 1


# ------------------------------------------------------------------------------------------------ shares


def _shared(plan: Plan) -> list[str]:
    """Fields whose shares the spec states."""
    return sorted(
        f.id for f in plan.model.fields
        if f.id in plan.programs and (f.kind in ("choice", "flag", "check", "decide") or plan.programs[f.id].shares)
    )


def _rows(plan: Plan, f: m.Field) -> tuple[Frame, NDArray[np.bool_]]:
    """The frame in which the field was drawn, and the rows that count: drawn there, not taken over, not cut off."""
    if f.id in plan.people.kept:
        frame = plan.people.frame
        counts = np.zeros(frame.count, dtype=bool)
        counts[_shown(plan, "customer")] = True
    else:
        frame = plan.frame
        counts = np.zeros(frame.count, dtype=bool)
        counts[plan.first_row : plan.last_row] = True
        if f.id in plan.taken:
            counts &= ~plan.taken[f.id]
        if f.follow_up is not None:
            last = plan.days.count - span_of(f.follow_up.within_seconds)
            waves = plan.links.waves(plan.links.flags.index(f.id))
            counts &= (frame.columns["day"] < last) & (waves < f.follow_up.at_most)
    mask = frame.masks.get(f.id)
    return frame, counts if mask is None else counts & mask


def _shares(plan: Plan, name: str) -> dict[str, Any]:
    """Member (or true, pass) -> asked, got, n, z."""
    program = plan.programs[name]
    frame, counts = _rows(plan, program.field)
    rows = np.flatnonzero(counts)
    part = frame.take(rows)
    if not part.count:
        return {}
    if program.field.kind in ("flag", "check"):
        word = "pass" if program.field.kind == "check" else "true"
        return {word: _compared(program.chance(part), part.columns[name])}
    if program.field.kind == "decide":
        chances, codes = program.decided_probabilities(part, True), part.columns[name]
    else:
        chances = plan.starting.probabilities(part, name) or program.probabilities(part)
        codes = part.columns[name] if program.field.kind == "choice" else program.category(part)
    found = {member: _compared(p, codes == i) for i, (member, p) in enumerate(zip(program.ids, chances, strict=True))}
    if program.field.how_many:
        found |= _how_many(program, part)
    return found


def _how_many(program: Program, part: Frame) -> dict[str, Any]:
    shares = {str(int(k)): share for k, share in program.field.how_many}
    total = sum(shares.values())
    ks, _ = race(part.who, f"{program.name}:how many", list(shares), list(shares.values()))
    ids = list(shares)
    return {f"{k} in all": _compared(np.full(part.count, shares[k] / total), ks == ids.index(k)) for k in ids}


def _compared(chance: Floats, got: NDArray[np.bool_]) -> dict[str, float]:
    """asked, got, n and z, corrected for skewness (Cornish and Fisher 1938): with few calls or a small chance an
    uncorrected z cries wolf."""
    n, hits = len(got), int(np.count_nonzero(got))
    asked = _total(chance)
    variance = _total(chance * (1.0 - chance))
    off = hits - asked
    if variance <= 1e-6:
        z = 0.0 if abs(off) < 1e-3 else 99.0 if off > 0 else -99.0
    else:
        skew = _total(chance * (1.0 - chance) * (1.0 - 2.0 * chance)) / variance / sqrt(variance)
        z = off / sqrt(variance)
        z -= skew / 6.0 * (z * z - 1.0)
    return {"asked": round(asked / n, 5), "got": round(hits / n, 5), "n": n, "z": round(z, 2)}


def _total(column: Floats) -> float:
    return int(np.floor(column * BILLION + 0.5).astype(np.int64).sum()) / BILLION


# ------------------------------------------------------------------------------------------------ the rest


def _numbers(plan: Plan, f: m.Field) -> dict[str, float] | None:
    if f.kind not in ("number", "fact") or f.id not in plan.frame.columns:
        return None
    values = _shown(plan, f.id)
    if values.dtype == bool:
        return None
    mask = plan.frame.masks.get(f.id)
    values = values if mask is None else values[mask[plan.first_row : plan.last_row]]
    if not len(values):
        return None
    millionths = np.floor(values * 1_000_000.0 + 0.5).astype(np.int64)
    mean = int(millionths.sum()) / 1e6 / len(values)
    squares = sum((v / 1e6 - mean) ** 2 for v in millionths.tolist())
    ends = (float(values.min()), float(values.max()))
    low, high = (int(e) for e in ends) if is_integer(f) else ends
    sd = sqrt(squares / len(values))
    return {"n": len(values), "mean": round(mean, 4), "sd": round(sd, 4), "min": low, "max": high}


def _overlaps(plan: Plan) -> int:
    """Calls that begin while their agent is in another one; a call is taken to last as long as the plan
    guesses (the lengths are known only once there is sound)."""
    columns = plan.frame.columns
    order = np.lexsort((columns["start_ms"], columns["day"], columns["agent_name"]))
    begin = columns["day"] * 86_400.0 + columns["start_ms"] / 1000.0
    lasts = guessed_seconds(plan.frame)[order][:-1]
    again = (np.diff(columns["agent_name"][order]) == 0) & (np.diff(begin[order]) < lasts)
    inside = (order[1:] >= plan.first_row) & (order[1:] < plan.last_row)
    return int(np.count_nonzero(again & inside))


def _events(plan: Plan) -> dict[str, list[str]]:
    shown = range(_first_day(plan), _last_day(plan) + 1)
    return {
        name: [plan.days.day(d).isoformat() for d in shown if truths[d]]
        for name, truths in sorted(plan.days.events.items())
    }


def _days(plan: Plan) -> dict[str, dict[str, float]]:
    shown = range(_first_day(plan), _last_day(plan) + 1)
    return {
        plan.days.day(d).isoformat(): {
            "calls": int(plan.days.volumes[d]), "factor": round(float(plan.days.factors[d]), 4)
        }
        for d in shown
    }


def _follow_ups(plan: Plan) -> dict[str, int]:
    """How often the flag was drawn true, and what became of it; empty where the spec has no such flag."""
    if not any(f.follow_up for f in plan.model.fields):
        return {}
    fates = [fate[plan.first_row : plan.last_row] for fate in plan.links.fates]
    made, cut, unplaced, last = (
        sum(int(np.count_nonzero(fate == what)) for fate in fates)
        for what in (Fate.MADE, Fate.CUT_OFF, Fate.UNPLACED, Fate.LAST_WAVE)
    )
    return {"asked": made + cut + unplaced + last, "made": made, "cut_off_by_the_period": cut,
            "no_slot_in_time": unplaced, "beyond_at_most": last}


def _headline(plan: Plan, fields: dict[str, Any]) -> list[tuple[str, str, str]]:
    lines = []
    for name in HEADLINE:
        rows = fields.get(name, {})
        for member in ("voice", "true"):
            if member in rows:
                label = name if member == "true" else f"{name} {member}"
                lines.append((label, f"{rows[member]['asked']:.1%}", f"{rows[member]['got']:.1%}"))
    links = _follow_ups(plan)
    if links:
        lines.append(("follow-ups", str(links["asked"]), f"{links['made']} ({links['cut_off_by_the_period']} cut off)"))
    return lines
