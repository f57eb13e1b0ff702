"""What can be proved about a spec from its cases, before a call is drawn: each check looks at the whole Model for one
kind of mistake.  The engine below them decides conditions: axes -> world -> cases -> limits."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.lang import model as m
from compiler.lang.static.absent import fields_are_read_where_they_exist
from compiler.lang.static.chances import chances_stay_in_range
from compiler.lang.static.division import cut_at_divisors, nothing_is_divided_by_zero
from compiler.lang.static.exceptions import (
    every_agent_works_always,
    every_case_has_a_value,
    exceptions_exclude_each_other,
)
from compiler.lang.static.guards import conditions_say_something
from compiler.lang.static.hours import (
    agents_stay_before_they_leave,
    hours_do_not_overlap,
    somebody_works_when_calls_come,
)
from compiler.lang.static.look import Look
from compiler.lang.static.people import numbers_are_enough
from compiler.lang.static.period import over_the_period
from compiler.lang.static.planning import (
    customers_have_voices,
    follow_ups_are_settled_in_time,
    hours_depend_on_the_date,
    shifts_and_hours_fit,
)
from compiler.lang.static.reads import kept_fields_read_kept_fields, no_field_reads_itself
from compiler.lang.static.rows import rows_are_reached
from compiler.lang.static.sums import points_cancel_out, shares_are_not_scaled
from compiler.lang.static.unused import everything_is_used, scenarios_serve_somebody
from compiler.lang.stock import Stock

STATIC = (
    points_cancel_out,
    shares_are_not_scaled,
    chances_stay_in_range,
    every_case_has_a_value,
    every_agent_works_always,
    exceptions_exclude_each_other,
    rows_are_reached,
    fields_are_read_where_they_exist,
    nothing_is_divided_by_zero,
    agents_stay_before_they_leave,
    hours_do_not_overlap,
    somebody_works_when_calls_come,
    hours_depend_on_the_date,
    numbers_are_enough,
    customers_have_voices,
    kept_fields_read_kept_fields,
    no_field_reads_itself,
    follow_ups_are_settled_in_time,
    shifts_and_hours_fit,
    scenarios_serve_somebody,
    conditions_say_something,
    everything_is_used,
)

__all__ = ["STATIC", "look_over", "over_the_period"]


def look_over(stock: Stock, model: m.Model, whole: bool, packs: Iterable[str]) -> None:
    """Reports what the checks find; `whole`: nothing was wrong so far; `packs`: files of packs, spared warnings."""
    look = Look(stock, model, whole, frozenset(packs))
    cut_at_divisors(look)
    for check in STATIC:
        check(look)
    look.warn()
