"""A tree -> its values, asked by key: what is read is remembered, and what is wrong collected.

All problems (a text where a number belongs, a section that is missing) are said at once; asking on with a wrong value
gives 0 or nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from compiler.importer.document import Items, Leaf, Node, Table, paths
from compiler.importer.notes import Kind, Notes


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written, with its place and the keys down to it."""

    value: Decimal
    place: str
    path: str


@dataclass(slots=True)
class Reading:
    """`taken`: the paths that were asked for; `problems`: what is wrong, in the order found."""

    notes: Notes
    taken: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the document, to be asked by key. One that does not exist is empty; `lost`: one that should, and
    then nothing more is missed in it."""

    reading: Reading
    table: Table
    path: str = ""
    lost: bool = False

    def __bool__(self) -> bool:
        return bool(self.table.rows)

    def _take(self, key: str) -> tuple[str, Node] | None:
        self.reading.taken.add(self._to(key))
        return self.table.rows.get(key)

    def _to(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _wrong(self, place: str, text: str) -> None:
        if not self.lost:
            self.reading.problems.append(f"{place}: {text}")

    def _missing(self, key: str) -> None:
        where = f"`{self.path}` has" if self.path else "there is"
        self._wrong(self.table.place, f"{where} no `{key}`")

    def place(self, key: str) -> str:
        """file:line of the key; of the table where it has none such."""
        return self.table.rows[key][0] if key in self.table.rows else self.table.place

    def part(self, key: str, needed: bool = False) -> Part:
        """The table under `key`; an empty one where there is none."""
        found = self._take(key)
        if found is None or (isinstance(found[1], Leaf) and found[1].value is None):
            if needed:
                self._missing(key)
            return Part(self.reading, Table(self.place(key), {}), self._to(key), lost=needed or self.lost)
        if not isinstance(found[1], Table):
            self._wrong(found[0], f"`{self._to(key)}` must be a section with `key: value` lines")
            return Part(self.reading, Table(found[0], {}), self._to(key), lost=True)
        return Part(self.reading, found[1], self._to(key))

    def only(self, keys: Collection[str]) -> Part:
        """The same table with these keys alone."""
        rows = {key: row for key, row in self.table.rows.items() if key in keys}
        return Part(self.reading, Table(self.table.place, rows), self.path, self.lost)

    def parts(self) -> dict[str, Part]:
        """All tables under this one, by key."""
        return {key: self.part(key) for key in self.table.rows}

    def figure(self, key: str, default: str | None = None, low: str = "-1e9", high: str = "1e9",
               whole: bool = False) -> Figure:
        """The number under `key`. Without one, `default` (the old program's own figure, said in the notes) or a
        problem; 0 is given then."""
        found = self._take(key)
        if found is None:
            if default is None:
                self._missing(key)
                return Figure(Decimal(0), self.table.place, self._to(key))
            self.reading.notes.add("chosen", self.table.place, self._to(key),
                                   f"not given; the old program's own figure {default} is taken")
            return Figure(Decimal(default), self.table.place, self._to(key))
        place, node = found
        value, shown = (node.value, f", not `{node.text}`") if isinstance(node, Leaf) else (None, "")
        if isinstance(value, bool) or not isinstance(value, int | float) or not Decimal(str(value)).is_finite():
            self._wrong(place, f"`{self._to(key)}` must be a number{shown}")
            return Figure(Decimal(0), place, self._to(key))
        number = Decimal(str(value))
        if not Decimal(low) <= number <= Decimal(high) or (whole and number != int(number)):
            kind = "a whole number" if whole else "a number"
            between = f" between {low} and {high}" if high != "1e9" else f", {low} or more" if low != "-1e9" else ""
            self._wrong(place, f"`{self._to(key)}` must be {kind}{between}{shown}")
            return Figure(Decimal(0), place, self._to(key))
        return Figure(number, place, self._to(key))

    def figures(self, low: str = "-1e9", high: str = "1e9") -> dict[str, Figure]:
        """All values of this table as numbers, in the order written."""
        return {key: self.figure(key, low=low, high=high) for key in self.table.rows}

    def text(self, key: str) -> str:
        """The text under `key`; a problem and "" where there is none."""
        found = self._take(key)
        if found is None:
            self._missing(key)
            return ""
        if not isinstance(found[1], Leaf) or found[1].value is None:
            self._wrong(found[0], f"`{self._to(key)}` must be a text")
            return ""
        return found[1].text

    def texts(self, key: str) -> list[tuple[str, str]]:
        """The list of texts under `key`, each with its place; [] where there is none."""
        found = self._take(key)
        if found is None or (isinstance(found[1], Leaf) and found[1].value is None):
            return []
        values: Sequence[Node] = found[1].values if isinstance(found[1], Items) else ()
        if not isinstance(found[1], Items) or not all(isinstance(each, Leaf) for each in values):
            self._wrong(found[0], f"`{self._to(key)}` must be a list of texts, such as [Mon, Thu]")
            return []
        return [(each.text, each.place) for each in values if isinstance(each, Leaf)]

    def note(self, kind: Kind, key: str, text: str) -> None:
        """A note at the place of `key`; it counts as read."""
        self.reading.taken.add(self._to(key))
        self.reading.notes.add(kind, self.place(key), self._to(key), text)

    def leave(self, kind: Kind, key: str, text: str) -> None:
        """Notes all values under `key`, if it is there, as left out."""
        if key in self.table.rows:
            self._leave(kind, self._to(key), *self.table.rows[key], text)

    def leave_whole(self, kind: Kind, key: str, text: str) -> None:
        """One note for the section `key`, left out with all that is in it."""
        for path in paths(self._to(key), self.table.rows[key][1]):
            self.reading.taken.add(path)
        self.note(kind, key, text)

    def _leave(self, kind: Kind, path: str, place: str, node: Node, text: str) -> None:
        self.reading.taken.add(path)
        if isinstance(node, Table):
            for key, (where, value) in node.rows.items():
                self._leave(kind, f"{path}.{key}", where, value, text)
        else:
            self.reading.notes.add(kind, place, path, text)

    def untaken(self) -> Iterator[tuple[str, str]]:
        """(place, path) of all that nobody asked for; a section as a whole where nothing in it was."""
        for key, (place, node) in self.table.rows.items():
            if self._to(key) not in self.reading.taken:
                yield place, self._to(key)
            elif isinstance(node, Table):
                yield from Part(self.reading, node, self._to(key)).untaken()
