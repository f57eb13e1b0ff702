"""What a static check looks at, and where it says what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.diag import Diagnostic
from compiler.lang import model as m
from compiler.lang.static.cases import Box, Cases
from compiler.lang.static.readings import Reading, readings
from compiler.lang.static.words import case_words
from compiler.lang.static.world import World
from compiler.lang.stock import Stock
from compiler.source import Span


@dataclass(slots=True)
class Look:
    """`whole`: nothing was wrong before, so that nothing is missing in the model. `packs`: files of library packs,
    in which no warning is drawn."""

    stock: Stock
    model: m.Model
    whole: bool
    packs: frozenset[str] = frozenset()
    world: World = field(init=False)
    cases: Cases = field(init=False)
    readings: tuple[Reading, ...] = ()
    warnings: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.model, None if self.whole else self.stock.domain)
        self.cases = Cases(self.world)
        self.readings = tuple(readings(self.model, self._places()))

    def report(self, found: Diagnostic) -> None:
        if found.severity == "error":
            self.whole = False
            self.stock.report(found)
        elif found.primary.span.file not in self.packs:
            self.warnings.append(found)

    def warn(self) -> None:
        """Says the warnings of a spec without errors: where there are some, a warning may be their echo."""
        for each in self.warnings if self.whole else ():
            self.stock.report(each)

    def _places(self) -> dict[str, Span]:
        """The `is` lines of facts."""
        found = {field.id: self.stock.all(("field", field.id), "is") for field in self.model.fields if field.value}
        return {name: facts[0].span for name, facts in found.items() if facts}

    def told(self, case: Box, *conditions: m.Expr | None) -> str:
        """`with channel text, on a Monday`."""
        return case_words(case, conditions, self.world)
