"""Each customer needs a telephone number of their own (E0607)."""

from __future__ import annotations

from compiler.free_numbers import RANGES, capacity
from compiler.lang import errors
from compiler.lang.static.look import Look


def numbers_are_enough(look: Look) -> None:
    customers = look.model.customers
    place = look.stock.fact(("customers", ""), "population")
    known = [name for name in customers.numbers if name in RANGES]
    if place is None or not known or customers.population <= capacity(known):
        return
    larger = [name for name in sorted(RANGES) if capacity([*known, name]) >= customers.population]
    look.report(errors.numbers_run_out(place.span, customers.population, known, capacity(known), larger))
