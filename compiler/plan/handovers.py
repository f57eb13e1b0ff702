"""Model -> Model: `handed to` in a phase is a transfer, so the handovers that hold are the call's Transfers_count."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from compiler.lang import canon
from compiler.lang import model as m

TRANSFERS = "Transfers_count"


def counted(model: m.Model) -> m.Model:
    """The model with a `becomes` on Transfers_count for each set of handovers that may hold together."""
    effects = [e for scenario in model.scenarios for e in _effects(scenario)]
    if not effects or all(f.id != TRANSFERS for f in model.fields):
        return model
    fields = (replace(f, effects=(*f.effects, *effects)) if f.id == TRANSFERS else f for f in model.fields)
    return replace(model, fields=tuple(fields))


def _effects(scenario: m.Scenario) -> list[m.Effect]:
    """One for each set of the scenario's phases that hand over: exactly these do."""
    here = m.Is("scenario", (scenario.id,))
    hands = [hand for phase in scenario.phases if (hand := _hands_over(phase)) is not None]
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
