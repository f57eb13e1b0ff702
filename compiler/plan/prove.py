"""Model -> how many calls its plan has, or a SpecFailure: all that can be known without drawing a call. The work
stays small however many calls there are with the number of calls."""

from __future__ import annotations

from datetime import date

from compiler.lang import model as m
from compiler.plan.days import days_of, partial
from compiler.plan.engine import Engine
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import scope_of
from compiler.plan.handovers import counted
from compiler.plan.hours import Starting
from compiler.plan.order import parents, topological
from compiler.plan.people import people_of
from compiler.plan.plan import SMALL, period
from compiler.plan.waves import rules_of


def prove(model: m.Model, first: date | None = None, last: date | None = None) -> tuple[int, bool]:
    """(calls from first to last, whether that is their exact number: events whose `calls` are about a part of a day's
    calls change it, and by how much is seen from a sample of each day, which is taken of small plans only).

    SpecFailure and UsageError as `draw` raises them; what only single calls show (a population that is too small, a
    value for which there is no line) is left to it.
    """
    model = counted(model)
    begin, end, (shown_first, shown_last) = period(model, first, last)
    scope = scope_of(model)
    if not scope.agents:
        raise SpecFailure(["nobody answers: the spec has no agents"])
    days = days_of(model, scope, begin, end)
    people = people_of(model, scope)
    topological(parents(model))
    Starting(model, scope, days)
    rules_of(model, scope)
    exact = not partial(model.calendar)
    if not exact and int(days.rows[-1]) <= SMALL:
        days, exact = Engine(model, scope, days, people).days, True
    rows = days.rows[(shown_first - begin).days], days.rows[(shown_last - begin).days + 1]
    return int(rows[1] - rows[0]), exact
