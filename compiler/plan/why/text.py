"""Derivations -> text of at most 100 columns, and the same as data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import Any

from compiler.lang.model import Unit
from compiler.plan.why.derive import Why
from compiler.plan.why.row import Found
from compiler.plan.why.steps import NOWHERE, Derivation, Runner, Step
from compiler.plan.why.words import amount, number, quantity, small

WIDTH = 100
VALUE_AT = 68  # where the running value ends
SHOWN = 8  # members of a race that are shown; the others are counted
TOLD = 21  # columns for a value in the tree
DEPTH = 4  # levels of parents below the field that is asked for

Json = dict[str, Any]


Paint = Callable[[str], str]  # marks what is to stand out


def field_text(why: Why, found: Found, names: Sequence[str], paint: Paint) -> str:
    """Each of the fields with all its lines, and what it was made from."""
    return "\n\n".join([_head(why, found), *(_field(why, name, paint) for name in names)]) + "\n"


def tree_text(why: Why, found: Found, other: Collection[str], paint: Paint) -> str:
    """Every field of the call in a line, parents first. `other`: the fields that the record has otherwise."""
    rows = [(name, why.of(name)) for name in why.names]
    width = max(len(_short(name)) for name, _ in rows)
    lines = [_head(why, found), ""]
    for name, made in rows:
        left = f"{_short(name):<{width}}  "
        if name in other:
            lines.append(f"{left}not as the record has it: no derivation")
            continue
        left = f"{left}{_cut(made.told, TOLD):<{TOLD}}  "
        lines += _hung(left, made.how, paint, _cut(made.told, TOLD))
        if made.parents:
            reads = "from " + ", ".join(map(_short, made.parents))
            joined = f"{lines[-1]}; {reads}"
            if len(joined) <= WIDTH + len(paint("")):
                lines[-1] = joined
            else:
                lines += _hung(" " * len(left), reads)
    lines += ["", f"`compile why {found.call_id[:8]} FIELD` says each line of the spec behind a field."]
    return "\n".join(lines) + "\n"


def _head(why: Why, found: Found) -> str:
    start = why.of("start")
    return (f"call {found.call_id} ({found.stem})\n"
            f"{why.of('weekday').told} {why.of('date').told} {start.told[:8]}, {why.of('agent_name').told}, "
            f"{why.record.get('channel', 'no channel')}, {why.of('customer_id').told}")


def _hung(left: str, text: str, paint: Paint | None = None, told: str = "") -> list[str]:
    """`text` behind `left`, further lines below its beginning; `told` within `left` stands out."""
    parts = wrap(text, WIDTH - len(left), break_on_hyphens=False) or [""]
    first = left if paint is None else left[: -TOLD - 2] + left[-TOLD - 2 :].replace(told, paint(told), 1)
    return [(first + parts[0]).rstrip(), *(" " * len(left) + part for part in parts[1:])]


def _short(name: str) -> str:
    """A check without its group's name."""
    return name.rpartition(".")[2]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


# ------------------------------------------------------------------------------------------------ one field


def _field(why: Why, name: str, paint: Paint) -> str:
    made = why.of(name)
    label = f"  ({made.label})" if made.label and made.label.lower() != _short(name).lower().replace("_", " ") else ""
    lines = [f"{made.name} of this call is {paint(made.told)}{label}", ""]
    lines += [row for step in made.steps for row in _step(made, step)]
    lines += _race(made)
    lines += [row for note in made.notes for row in _hung("  ", note)]
    if made.idle:
        lines += ["", "  lines that do not hold in this call"]
        lines += [row for step in made.idle for row in _step(made, step, "    ")]
    tree = _parents(why, made, 1, {made.name})
    if tree:
        lines += ["", "  made from", *tree]
    return "\n".join(lines)


def _step(made: Derivation, step: Step, indent: str = "  ") -> list[str]:
    """A line of the spec, what it does, the value after it, its place; over several lines where it is long."""
    moved = amount(step.amount, step.op, made.unit, made.currency) if step.amount is not None else ""
    after = _after(made, step)
    value = f"{moved:>10}{after:>13}" if moved or after else ""
    left = f"{indent}{step.text}"
    if len(left) + (len(value) if value else -30) <= VALUE_AT:
        return _placed(f"{left}{value:>{VALUE_AT - len(left)}}" if value else left, step.place)
    rows = wrap(step.text, WIDTH - len(indent), initial_indent=indent, subsequent_indent=indent + "  ",
                break_on_hyphens=False)
    if value:
        return [*rows, *_placed(f"{value:>{VALUE_AT}}", step.place)]
    return [*rows[:-1], *_placed(rows[-1], step.place)]


def _after(made: Derivation, step: Step) -> str:
    if step.after is None:
        return ""
    return number(step.after, 3) if made.name in ("date", "Silence_ratio") else quantity(
        step.after, made.unit, made.currency)


def _placed(row: str, place: str) -> list[str]:
    """The row with its place at its end; on a line of its own where there is no room."""
    if not place:
        return [row]
    at = VALUE_AT + 3
    if len(row) < at and at + len(place) <= WIDTH:
        return [f"{row:<{at}}{place}"]
    if len(row) + 3 + len(place) <= WIDTH:
        return [f"{row}{place:>{WIDTH - len(row)}}"]
    return [row, f"{place:>{WIDTH}}"]


def _race(made: Derivation) -> list[str]:
    """The members with weight, u and time, the first ones; how the winner's weight came about."""
    if not made.race:
        return []
    running = [r for r in made.race if r.place is not None]
    width = max(len(r.member) for r in running)
    lines = [f"  the smallest -log(u) / weight wins; each member has a u of its own ({made.name} / member)",
             f"    {'':<{width}}{'weight':>12}{'u':>12}{'-log(u)/weight':>18}"]
    for runner in running[:SHOWN]:
        u = f"{runner.u:.6f}" if runner.u is not None else "-"
        time = small(runner.time) if runner.time is not None else "taken over"
        mark = "  <- wins" if runner.place == 1 else ""
        lines.append(f"    {runner.member:<{width}}{_weight(made, runner):>12}{u:>12}{time:>18}{mark}")
    if len(running) > SHOWN:
        lines.append(f"    and {len(running) - SHOWN} more that arrive later")
    without = [r for r in made.race if r.place is None]
    if without:
        lines += _hung("    ", f"without weight: {', '.join(r.member for r in without)}")
    moved = [r for r in made.race if len(r.steps) > 1]
    for runner in moved:
        lines.append(f"  the weight of {runner.member}")
        weighed = _weighed(made)
        lines += [row for step in runner.steps for row in _step(weighed, step, "    ")]
    return lines


def _weighed(made: Derivation) -> Derivation:
    """Weights are shares or plain numbers, whatever the unit of the field."""
    return replace(made, unit=Unit.SHARE if _by_shares(made) else Unit.NUMBER, currency="")


def _by_shares(made: Derivation) -> bool:
    return all(r.weight <= 1.5 for r in made.race)


def _weight(made: Derivation, runner: Runner) -> str:
    return quantity(runner.weight, Unit.SHARE) if _by_shares(made) else small(runner.weight)


def _parents(why: Why, made: Derivation, depth: int, seen: set[str]) -> list[str]:
    """What the field was made from, level by level; what stands above already is not said again."""
    lines: list[str] = []
    for name in made.parents:
        again = name in seen
        seen.add(name)
        parent = why.of(name)
        if not again:
            lines += _hung("  " * (depth + 1), f"{name} = {parent.told}: {parent.how}")
            if depth < DEPTH:
                lines += _parents(why, parent, depth + 1, seen)
        elif depth == 1:
            lines += _hung("  " * (depth + 1), f"{name} = {parent.told}, as above")
    return lines


# ------------------------------------------------------------------------------------------------ data


def as_data(why: Why, found: Found, names: Iterable[str]) -> Json:
    """The call and its derivations for programs; parents of the fields asked for come along."""
    fields: dict[str, Json] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in fields:
            made = why.of(name)
            fields[name] = _data(made)
            waiting += made.parents
    return {"call_id": found.call_id, "stem": found.stem, "fields": fields}


def _data(made: Derivation) -> Json:
    there = made.value is not NOWHERE
    found: Json = {"value": made.value if there else None, "exists": there, "how": made.how, "place": made.place,
                   "unit": made.unit.value, "steps": [_line(step) for step in made.steps]}
    if made.race:
        found["race"] = [
            {"member": r.member, "weight": r.weight, "u": r.u, "time": r.time, "place": r.place,
             "steps": [_line(step) for step in r.steps]} for r in made.race]
    if made.draws:
        found["draws"] = [{"names": list(d.names), "u": d.u, "of": d.whose} for d in made.draws]
    found |= {"does_not_hold": [_line(step) for step in made.idle], "parents": list(made.parents),
              "notes": list(made.notes)}
    return found


def _line(step: Step) -> Json:
    given = {"text": step.text, "place": step.place, "op": step.op, "amount": step.amount, "after": step.after}
    return {name: value for name, value in given.items() if value not in ("", None)}
