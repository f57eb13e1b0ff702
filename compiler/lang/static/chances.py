"""Chances and shares stay within 0..100%, weights at 0 or more, whatever effects hold together (E0407)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.show import figure, hundredfold
from compiler.lang.static.cases import Box, Clause
from compiler.lang.static.limits import Extremes, extremes
from compiler.lang.static.look import Look
from compiler.lang.static.sums import NEARLY, taken_by
from compiler.source import Span

MOST_NOTES = 5
_PHASES = ("add", "multiply", "becomes")
Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Move:
    """One effect on one chance, share or weight, with the least and the most of its amount."""

    op: str
    low: float
    high: float
    guard: m.Expr | None
    span: Span | None


def chances_stay_in_range(look: Look) -> None:
    for field in look.model.fields:
        if field.kind in ("flag", "check") and field.within is None:
            _chance(look, field)
        elif field.kind in ("choice", "number"):
            _shares(look, field)


def _chance(look: Look, field: m.Field) -> None:
    moves = [move_of(look, effect) for effect in field.effects]
    if any(move is None for move in moves):
        return
    known = [move for move in moves if move is not None]
    for start in field.starts:
        low, high = look.world.figures.of(dict(start.parameters)["chance"])
        if not (low >= 0 and high <= 1):
            continue  # an expression: it may well stay in range
        what = f"`{field.id}`"
        found = _limits(look, (low, high), known, taken_by(field, start))
        if found is not None and _out(found, high=True) and field.span is not None:
            value, case = _worst(found)
            notes = _notes(look, (start.span, low if value < 0 else high), known, case, value < 0)
            told = look.told(case, *(move.guard for move in known), start.guard)
            points = all(move.op == "add" for move in known)
            look.report(errors.chance_leaves(field.span, what, value, told, notes, points))
            return


def move_of(look: Look, effect: m.Effect, part: float = 1.0) -> Move | None:
    """None where the amount has no known ends."""
    low, high = look.world.figures.of(effect.amount)
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return Move(effect.op, low * part, high * part, effect.guard, effect.span)


def _percent(value: float) -> str:
    return f"{hundredfold(round(value, 9) + 0.0)}%"


def _limits(
    look: Look, start: Ends, moves: Sequence[Move], given: Sequence[Clause], bounds: Ends = (0.0, 1.0)
) -> Extremes | None:
    """Start and effects together, their phases one after the other; None where they surely keep within the bounds,
    or where that stays open."""
    apart = all(move.op == "add" for move in moves)
    least = math.fsum([start[0], *(min(move.low, 0.0) for move in moves)])
    most = math.fsum([start[1], *(max(move.high, 0.0) for move in moves)])
    if apart and (bounds[0] <= least and most <= bounds[1]):
        return None  # all of them together keep within the bounds

    def worth(held: frozenset[int]) -> Ends:
        return moved_by(start, [moves[number] for number in sorted(held)])

    return extremes(look.cases, [move.guard for move in moves], worth, given, apart)


def moved_by(start: Ends, moves: Sequence[Move]) -> Ends:
    """start -> all that rises and falls -> factors -> what it becomes."""
    low = math.fsum([start[0], *(move.low for move in moves if move.op == "add")])
    high = math.fsum([start[1], *(move.high for move in moves if move.op == "add")])
    for move in moves:
        if move.op == "multiply":
            corners = [end * factor for end in (low, high) for factor in (move.low, move.high)]
            low, high = min(corners), max(corners)
    last = [move for move in moves if move.op == "becomes"]
    return (last[-1].low, last[-1].high) if last else (low, high)


def _out(found: Extremes, high: bool) -> bool:
    return found.low < -NEARLY or (high and found.high > 1 + NEARLY)


def _worst(found: Extremes) -> tuple[float, Box]:
    return (found.low, found.low_case) if found.low < -NEARLY else (found.high, found.high_case)


def _notes(
    look: Look, start: tuple[Span | None, float], moves: Sequence[Move], case: Box, falls: bool, weights: bool = False
) -> list[tuple[Span, str]]:
    """The lines that bring it there in this case, each with where it takes it; the start first."""
    place, value = start
    show = figure if weights else _percent
    found = [(place, f"it starts at {show(value)}")] if place is not None else []
    held = [move for move in moves if _holds(look, move.guard, case)]
    for move in sorted(held, key=lambda move: (_PHASES.index(move.op), abs(move.low), canon.key(move.guard))):
        value = moved_by((value, value), [move])[0 if falls else 1]
        wrong_way = move.op == "add" and (move.low >= 0 if falls else move.high <= 0)
        if move.span is not None and not (wrong_way and len(held) > MOST_NOTES):
            found.append((move.span, f"this takes it to {show(round(value, 9))}"))
    return found[: MOST_NOTES + 1]


def _holds(look: Look, guard: m.Expr | None, case: Box) -> bool:
    boxes = look.cases.boxes(guard, True) if guard is not None else ({},)
    return any(all(not case.get(name, -1) & ~mask for name, mask in box.items()) for box in boxes)


# ------------------------------------------------------------------------------------------------ lists


def _shares(look: Look, field: m.Field) -> None:
    named = [effect for effect in field.effects if effect.member is not None]
    for start in field.starts if named else ():
        if start.kind in ("shares", "weights"):
            found = [each for member in field.members if (each := _member(look, field, start, member, named))]
            if found:  # what one loses another gains: once a list
                _told(look, field, start, *min(found, key=lambda each: (_worst(each[2])[0], each[0].id)))


def _member(
    look: Look, field: m.Field, start: m.Start, member: m.Member, named: Sequence[m.Effect]
) -> tuple[m.Member, list[Move], Extremes] | None:
    """What moves the member, and how far, where it goes too far."""
    shares = dict(start.shares)
    moves: list[Move] = []
    for effect in named:
        part = 1.0 if effect.member == member.id else _part_of_rest(effect, member.id, shares, named)
        move = move_of(look, effect, part) if part else None
        if part and move is None:
            return None
        moves += [move] if move is not None else []
    share = shares.get(member.id, 0.0)
    bounds = (0.0, 1.0) if start.kind == "shares" else (0.0, math.inf)
    found = _limits(look, (share, share), moves, taken_by(field, start), bounds)
    out = found is not None and _out(found, high=start.kind == "shares")
    return (member, moves, found) if out and found is not None else None


def _told(
    look: Look, field: m.Field, start: m.Start, member: m.Member, moves: Sequence[Move], found: Extremes
) -> None:
    value, case = _worst(found)
    weights = start.kind == "weights"
    share = dict(start.shares).get(member.id, 0.0)
    notes = _notes(look, (start.span or member.span, share), moves, case, value < 0, weights)
    told = look.told(case, *(move.guard for move in moves), start.guard)
    told_by = errors.weight_negative if weights else errors.share_leaves
    if notes:
        place = notes[-1][0]
        look.report(told_by(place, field.id, member.id, value, told, notes[:-1]))


def _part_of_rest(
    effect: m.Effect, member: str, shares: dict[str, float], named: Sequence[m.Effect]
) -> float:
    """The part of what `rest` moves that falls on the member: in proportion to what it starts with."""
    if effect.member != "rest" or effect.op != "add":
        return 1.0 if effect.member == "rest" else 0.0
    key = canon.key(effect.guard)
    others = {other.member for other in named if canon.key(other.guard) == key}
    left = {name: share for name, share in shares.items() if name not in others}
    total = math.fsum(left.values())
    return left[member] / total if member in left and total > 0 else 0.0
