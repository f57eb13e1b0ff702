"""The old weight sets -> the lines of a choice. The old program added its adjustments to the weights, cut at 0 and
scaled all to 100 %. A set whose base is 100 % and whose adjustments cancel out says the same in shares and points; any
other becomes plain weights, a hundred for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from compiler.importer.names import Ids
from compiler.importer.part import Figure, Part
from compiler.importer.wording import hundred, inside, moves, number, percent, points

ONE = Decimal(1)
NEAR = Decimal("1e-9")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What moves under one condition; `within` is the id of the agent in whose block it stands, "" for the choice's."""

    condition: str
    moves: tuple[tuple[str, Figure], ...]  # (old name of the member, by how much)
    within: str = ""


@dataclass(frozen=True, slots=True)
class WeightSet:
    """`shares`: 100 % in every case. Otherwise plain weights."""

    members: Ids
    base: tuple[tuple[str, Figure], ...]
    adjusted: tuple[Adjusted, ...]
    shares: bool

    def rows(self) -> list[str]:
        """`starts as …` with its rows."""
        write = percent if self.shares else hundred
        rows = [f"{self.members.titled(name)}: {write(figure.value)}" for name, figure in self.base]
        return [f"starts as {'one of' if self.shares else 'weights'}", *inside(rows)]

    def blocks(self) -> list[str]:
        """The `when` blocks."""
        lines: list[str] = []
        for each in self.adjusted:
            if not each.within:
                lines += [f"when {each.condition}", *inside(self.moving(each))]
        return lines

    def moving(self, adjusted: Adjusted, field: str = "") -> list[str]:
        """`Night rises by 5pp` for each member; `field` stands before it outside the choice's own block."""
        write = points if self.shares else hundred
        dot = f"{field}." if field else ""
        return [moves(dot + self.members[name], figure.value, write(figure.value)) for name, figure in adjusted.moves]


def adjustments(parent: Part, names: Ids, members: Ids, condition: str, what: tuple[str, str],
                within: bool = False) -> list[Adjusted]:
    """All tables under `parent`: key -> member -> figure. `condition` has a `{}` for the key's id; `what` says what a
    key and a member are called in the notes. Keys and members that match nothing are noted and left out."""
    found = []
    for key, table in parent.parts().items():
        if key not in names:
            parent.leave_whole("name", key, f"there is no {what[0]} `{key}`; left out")
            continue
        moving = known(table, members, what[1])
        if moving:
            found.append(Adjusted(condition.format(names[key]), moving, names[key] if within else ""))
    return found


def known(table: Part, members: Ids, what: str) -> tuple[tuple[str, Figure], ...]:
    """member -> figure; those of 0 and those that match nothing are noted and left out."""
    found = []
    for name, figure in table.figures().items():
        if name not in members:
            table.note("name", name, f"there is no {what} `{name}`; left out (the old program made one of it)")
        elif figure.value == 0:
            table.note("nothing", name, "0 moves nothing")
        else:
            found.append((name, figure))
    return tuple(found)


def weight_set(base: Part, members: Ids, adjusted: Sequence[Adjusted], always_weights: bool = False) -> WeightSet:
    """The base with its adjustments; what does not add up is noted at its place."""
    rows = tuple(base.figures(low="0").items())
    total = sum((figure.value for _, figure in rows), Decimal(0))
    even = abs(total - ONE) <= NEAR
    if rows and not even:
        misses(base, total)
    if rows and total <= 0:
        base.reading.problems.append(f"{base.table.place}: the weights under `{base.path}` are all 0")
    off = [each for each in adjusted if abs(_sum(each)) > NEAR]
    for each in off if even and not always_weights else ():
        first = each.moves[0][1]
        names = ", ".join(f"`{name}`" for name, _ in each.moves)
        base.reading.notes.add("sum", first.place, first.path.rpartition(".")[0],
                               f"moves {names} by {number(_sum(each))} in all, and nothing the other way")
    fits = even and not off and not _below_nothing(dict(rows), adjusted)
    as_shares = fits and not always_weights
    return WeightSet(members, rows, tuple(adjusted if as_shares else _cut(base, dict(rows), adjusted)), as_shares)


def _cut(base: Part, rows: Mapping[str, Figure], adjusted: Sequence[Adjusted]) -> list[Adjusted]:
    """No adjustment takes more from a weight than there is."""
    found = []
    for each in adjusted:
        moving = []
        for name, figure in each.moves:
            most = -rows[name].value
            if figure.value < most:
                base.reading.notes.add("differs", figure.place, figure.path, f"takes no more than the {number(-most)}"
                                       f" that `{name}` has; before, the weight was cut at 0")
            if max(figure.value, most):
                moving.append((name, replace(figure, value=max(figure.value, most))))
        if moving:
            found.append(replace(each, moves=tuple(moving)))
    return found


def misses(part: Part, total: Decimal, more: str = "") -> None:
    """Notes that the figures of the table are not 1 together."""
    shown = str(total.quantize(CENT)) if total == total.quantize(CENT) else number(total)
    part.reading.notes.add("sum", part.table.place, part.path, f"adds up to {shown}, not to 1{more}")


def _sum(adjusted: Adjusted) -> Decimal:
    return sum((figure.value for _, figure in adjusted.moves), Decimal(0))


def _below_nothing(base: Mapping[str, Figure], adjusted: Sequence[Adjusted]) -> bool:
    """Whether some member could fall below 0 if all that lowers it came together (the old program cut there)."""
    lowest = {name: figure.value for name, figure in base.items()}
    for each in adjusted:
        for name, figure in each.moves:
            lowest[name] += min(figure.value, Decimal(0))
    return any(value < 0 for value in lowest.values())


def instead(base: Mapping[str, Figure], other: Mapping[str, Figure], condition: str, ids: Ids) -> list[str]:
    """The lines of a choice whose list is another one under `condition`: as points where both are 100 %."""
    if all(abs(sum((f.value for f in one.values()), Decimal(0)) - ONE) <= NEAR for one in (base, other)):
        zero = Decimal(0)
        off = {name: (other[name].value if name in other else zero) - (base[name].value if name in base else zero)
               for name in ids.of}
        lines = [moves(ids[name], value, points(value)) for name, value in off.items() if value]
        return [f"when {condition}", *inside(lines)] if lines else []
    rows = [f"{ids[name]}: {hundred(figure.value)}" for name, figure in other.items()]
    return [f"starts as weights when {condition}", *inside(rows)]


def starts(base: Mapping[str, Figure], ids: Ids) -> list[str]:
    """`starts as …` with the rows of `base`, in shares where they are 100 %."""
    whole = abs(sum((figure.value for figure in base.values()), Decimal(0)) - ONE) <= NEAR
    write = percent if whole else hundred
    rows = [f"{ids.titled(name)}: {write(base[name].value if name in base else Decimal(0))}" for name in ids.of]
    return [f"starts as {'one of' if whole else 'weights'}", *inside(rows)]
