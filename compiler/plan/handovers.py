"""Model -> Model: `handed to` in a phase is a transfer, so the handovers that hold are the call's Transfers_count.

A handover whose condition reads Transfers_count, directly or by what follows from it (`when not FCR`, where FCR falls
with transfers), sets nothing: it takes place where the count that is drawn has room for it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from compiler.lang import canon
from compiler.lang import model as m
from compiler.plan.expr import names
from compiler.plan.order import descendants, parents

TRANSFERS = "Transfers_count"


def counted(model: m.Model) -> m.Model:
    """The model with a `becomes` on Transfers_count for each set of handovers that may hold together."""
    handing = [s for s in model.scenarios if any(_hands_over(phase) is not None for phase in s.phases)]
    if not handing or all(f.id != TRANSFERS for f in model.fields):
        return model
    follows = descendants(parents(model), {TRANSFERS})
    effects = [e for scenario in handing for e in _effects(scenario, follows)]
    fields = (replace(f, effects=(*f.effects, *effects)) if f.id == TRANSFERS else f for f in model.fields)
    return replace(model, fields=tuple(fields))


def _effects(scenario: m.Scenario, follows: set[str]) -> list[m.Effect]:
    """One for each set of the scenario's phases that hand over: exactly these do."""
    here = m.Is("scenario", (scenario.id,))
    found_out = (_hands_over(phase) for phase in scenario.phases)
    hands = [hand for hand in found_out if hand is not None and not ({"scenario"} | names(hand)) & follows]
    found = []
    for count in range(1, len(hands) + 1):
        for chosen in combinations(range(len(hands)), count):
            parts = [hand if i in chosen else canon.negated(hand) for i, hand in enumerate(hands)]
            found.append(m.Effect("becomes", m.Constant(float(count)), None, canon.both(here, *parts)))
    return found


def _hands_over(phase: m.Phase) -> m.Expr | None:
    """When somebody takes over in this phase; None where nobody ever does."""
    lines = [line for line in phase.lines if line.kind == "handed to"]
    if not lines:
        return None
    always = any(line.guard is None for line in lines)
    some = None if always else canon.either(line.guard for line in lines if line.guard is not None)
    return canon.both(phase.only_when, some) or m.Constant(1.0, m.Unit.TRUTH)
