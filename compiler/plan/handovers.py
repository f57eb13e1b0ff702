"""Model -> Model: `handed to` in a phase is a transfer, so the handovers that hold are the call's Transfers_count.

A handover whose condition reads Transfers_count, directly or by what follows from it (`when not FCR`, where FCR falls
with transfers), sets nothing: it takes place where the count that is drawn has room for it.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.lang import canon
from compiler.lang import model as m
from compiler.plan.expr import names
from compiler.plan.order import descendants, parents

TRANSFERS = "Transfers_count"
_ALWAYS = m.Constant(1.0, m.Unit.TRUTH)


def counted(model: m.Model) -> m.Model:
    """The model with a `becomes` on Transfers_count for each scenario that hands over: as many as hold."""
    handing = [s for s in model.scenarios if any(_hands_over(phase) is not None for phase in s.phases)]
    if not handing or all(f.id != TRANSFERS for f in model.fields):
        return model
    follows = descendants(parents(model), {TRANSFERS})
    effects = [e for scenario in handing for e in _effects(scenario, follows)]
    fields = (replace(f, effects=(*f.effects, *effects)) if f.id == TRANSFERS else f for f in model.fields)
    return replace(model, fields=tuple(fields))


def _effects(scenario: m.Scenario, follows: set[str]) -> list[m.Effect]:
    """At most two, whatever the number of phases: the handovers that always take place are counted in advance, the
    others are added up as truths; where it may be that none holds, the count that is drawn stays."""
    here = m.Is("scenario", (scenario.id,))
    found_out = (_hands_over(phase) for phase in scenario.phases)
    hands = [hand for hand in found_out if hand is not None and not ({"scenario"} | names(hand)) & follows]
    some = [hand for hand in hands if hand is not _ALWAYS]
    always = m.Constant(float(len(hands) - len(some)))
    if len(some) == 1:  # plain figures, as an author would write them
        one = m.Effect("becomes", m.Constant(always.value + 1.0), None, canon.both(here, *some))
        least = m.Effect("becomes", always, None, canon.both(here, canon.negated(some[0])))
        return [one, least] if always.value else [one]
    if not hands:
        return []
    amount: m.Expr = always
    for hand in some:
        amount = m.Arith("+", amount, hand)  # a truth counts as 1; the figure before it makes the sum a figure
    return [m.Effect("becomes", amount, None, canon.both(here, None if always.value else canon.either(some)))]


def _hands_over(phase: m.Phase) -> m.Expr | None:
    """When somebody takes over in this phase; None where nobody ever does."""
    lines = [line for line in phase.lines if line.kind == "handed to"]
    if not lines:
        return None
    always = any(line.guard is None for line in lines)
    some = None if always else canon.either(line.guard for line in lines if line.guard is not None)
    return canon.both(phase.only_when, some) or _ALWAYS
