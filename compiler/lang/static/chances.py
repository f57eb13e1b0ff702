"""Chances and shares stay within 0..100%, weights at 0 or more, whatever effects hold together (E0407)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from compiler.lang import canon, errors
from compiler.lang import model as m
from compiler.lang.show import expression
from compiler.lang.static.cases import Box
from compiler.lang.static.limits import Extremes, extremes
from compiler.lang.static.look import Look
from compiler.lang.static.sums import NEARLY, taken_by
from compiler.source import Span

MOST_NOTES = 5
Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Move:
    """One effect on one chance, share or weight, with the least and the most of its amount."""

    op: str
    low: float
    high: float
    guard: m.Expr | None
    span: Span | None
    text: str


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
            notes = _notes(look, start.span, known, case, value < 0)
            told = look.listed(case, *(move.guard for move in known), start.guard)
            points = all(move.op == "add" for move in known)
            look.report(errors.chance_leaves(field.span, what, value, told, notes, points))
            return


def move_of(look: Look, effect: m.Effect, part: float = 1.0) -> Move | None:
    """None where the amount has no known ends."""
    low, high = look.world.figures.of(effect.amount)
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return Move(effect.op, low * part, high * part, effect.guard, effect.span, _verb(effect))


def _verb(effect: m.Effect) -> str:
    match effect.op:
        case "multiply":
            return f"is multiplied by {expression(effect.amount)}"
        case "becomes":
            return f"becomes {expression(effect.amount)}"
    return "moves it here"


def _limits(
    look: Look, start: Ends, moves: Sequence[Move], given: Sequence[tuple[m.Expr, bool]]
) -> Extremes | None:
    """Start and effects together, their phases one after the other."""
    if not moves:
        return None
    apart = all(move.op == "add" for move in moves)

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


def _notes(look: Look, start: Span | None, moves: Sequence[Move], case: Box, falls: bool) -> list[tuple[Span, str]]:
    """The lines that bring it there in this case."""
    found = [(start, "it starts here")] if start is not None else []
    for move in sorted(moves, key=lambda move: (move.low if falls else -move.high, canon.key(move.guard))):
        wrong_way = move.op == "add" and (move.low >= 0 if falls else move.high <= 0)
        if move.span is not None and not wrong_way and _holds(look, move.guard, case):
            found.append((move.span, move.text))
    return found[: MOST_NOTES + 1]


def _holds(look: Look, guard: m.Expr | None, case: Box) -> bool:
    boxes = look.cases.boxes(guard, True) if guard is not None else ({},)
    return any(all(not case.get(name, -1) & ~mask for name, mask in box.items()) for box in boxes)


# ------------------------------------------------------------------------------------------------ lists


def _shares(look: Look, field: m.Field) -> None:
    named = [effect for effect in field.effects if effect.member is not None]
    if not named:
        return
    for start in field.starts:
        if start.kind in ("shares", "weights"):
            for member in field.members:
                _member(look, field, start, member, named)


def _member(look: Look, field: m.Field, start: m.Start, member: m.Member, named: Sequence[m.Effect]) -> None:
    shares = dict(start.shares)
    moves: list[Move] = []
    for effect in named:
        part = 1.0 if effect.member == member.id else _part_of_rest(effect, member.id, shares, named)
        move = move_of(look, effect, part) if part else None
        if part and move is None:
            return
        moves += [move] if move is not None else []
    share = shares.get(member.id, 0.0)
    found = _limits(look, (share, share), moves, taken_by(field, start)) if moves else None
    if found is None or not _out(found, high=start.kind == "shares"):
        return
    value, case = _worst(found)
    notes = _notes(look, start.span, moves, case, value < 0)
    span = notes[1][0] if len(notes) > 1 and start.span is not None else notes[0][0] if notes else member.span
    told = look.listed(case, *(move.guard for move in moves), start.guard)
    told_by = errors.share_leaves if start.kind == "shares" else errors.weight_negative
    if span is not None:
        others = [note for note in notes if note[0] != span]
        look.report(told_by(span, field.id, member.id, value, told, others))


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
