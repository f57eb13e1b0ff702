"""The engine below the static checks against plain enumeration: random conditions over a few finite fields."""

from __future__ import annotations

import itertools
import random  # noqa: TID251  # conditions of the test's own making, seeded
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compiler.lang import model as m
from compiler.lang.load import load
from compiler.lang.static.cases import Box, Cases, compared
from compiler.lang.static.limits import extremes
from compiler.lang.static.world import World

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SPEC = """
choice size
  starts as one of
    Small: 50%
    Middle: 30%
    Large: 20%

choice colour
  only when size is not Small
  starts as one of
    Red: 50%
    Blue: 50%

flag gift
  only when colour is Red
  starts at 20%

flag loud
  starts at 20%

kpi pieces
  decimals: 0
  starts as uniform, low 0, high 5
  stays within 0..5

decide label
  Heavy when size is Large and loud
  Plain when not loud
  otherwise Odd

kpi ruler
  starts at 1s
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> m.Model:
    """The fields above beside base.calls, whose outage happens on weekdays; `ruler` compares with 1 to 4 pieces."""
    spec = tmp_path_factory.mktemp("spec") / "spec.calls"
    ruler = "".join(f"  rises by 1s when pieces > {n}\n  rises by 2s when pieces <= {n}\n" for n in range(1, 5))
    spec.write_text(SPEC + ruler, encoding="utf-8")
    loaded = load([Path(__file__).parent.parent / "language" / "base.calls", spec])
    assert loaded.model is not None, loaded.diagnostics
    return loaded.model


def calls() -> Iterator[dict[str, Any]]:
    """Every call that can be, written down without the engine."""
    for size, loud, pieces, day, outage in itertools.product(
        ("Small", "Middle", "Large"), (True, False), range(6), WEEKDAYS, (True, False)
    ):
        if outage and day in ("Sat", "Sun"):
            continue
        label = "Heavy" if size == "Large" and loud else "Odd" if loud else "Plain"
        for colour in ("Red", "Blue") if size != "Small" else (None,):
            for gift in (True, False) if colour == "Red" else (False,):
                yield {"size": size, "loud": loud, "pieces": pieces, "weekday": day, "outage": outage,
                       "colour": colour, "gift": gift, "label": label, "weekend": day in ("Sat", "Sun"),
                       "workday": day not in ("Sat", "Sun")}  # fmt: skip


CALLS = tuple(calls())


def holds(condition: m.Expr, call: dict[str, Any]) -> bool:
    match condition:
        case m.Ref(name):
            return bool(call[name])
        case m.Is(name, members):
            return call[name] in members
        case m.Compare(op, m.Ref(name), m.Constant(value)):
            return compared(op, call[name], value)
        case m.Not(inner):
            return not holds(inner, call)
        case m.All(parts):
            return all(holds(part, call) for part in parts)
        case m.Either(parts):
            return any(holds(part, call) for part in parts)
    raise AssertionError(condition)


VALUES = {"size": ("Small", "Middle", "Large"), "colour": ("Red", "Blue"), "weekday": WEEKDAYS,
          "label": ("Heavy", "Plain", "Odd")}  # fmt: skip


def single(dice: random.Random) -> m.Expr:
    kind = dice.randrange(3)
    if kind == 0:
        return m.Ref(dice.choice(("loud", "gift", "outage", "weekend", "workday")))
    if kind == 1:
        return m.Compare(dice.choice(("<=", ">")), m.Ref("pieces"), m.Constant(float(dice.randrange(1, 5))))
    name = dice.choice(list(VALUES))
    return m.Is(name, tuple(sorted(dice.sample(VALUES[name], dice.randrange(1, len(VALUES[name]))))))


def condition(dice: random.Random, depth: int = 3) -> m.Expr:
    kind = dice.randrange(4) if depth else 0
    if kind == 0:
        return single(dice)
    if kind == 1:
        return m.Not(condition(dice, depth - 1))
    parts = tuple(condition(dice, depth - 1) for _ in range(dice.randrange(2, 4)))
    return m.All(parts) if kind == 2 else m.Either(parts)


def in_box(box: Box, call: dict[str, Any], world: World) -> bool:
    """Whether the call is one of the box, by the labels of its values."""
    for name, mask in box.items():
        axis = world.axis(name)
        if name not in call:
            continue
        if axis.figures:
            fits = any(mask >> n & 1 and figure == call[name] for n, figure in enumerate(axis.figures))
        elif call[name] is None or (name == "gift" and call["colour"] != "Red"):
            fits = bool(mask & axis.absent)
        else:
            value = {True: "yes", False: "no"}.get(call[name], call[name])
            fits = bool(mask & axis.bit(value))
        if not fits:
            return False
    return True


def test_conditions_hold_as_enumeration_says(model: m.Model) -> None:
    dice = random.Random(7)
    world = World(model)
    cases = Cases(world)
    seen = {True: 0, False: 0}
    for _ in range(300):
        first, second = condition(dice), condition(dice)
        expected = [call for call in CALLS if holds(first, call) and not holds(second, call)]
        case = cases.case((first, True), (second, False))
        assert case is not None
        assert (case is not False) == bool(expected), (first, second)
        seen[bool(expected)] += 1
        if case is not False and not isinstance(case, bool):
            shown = [call for call in CALLS if in_box(case, call, world)]
            assert shown, case
            assert all(holds(first, call) and not holds(second, call) for call in shown)
    assert min(seen.values()) > 40  # both answers are tested


def test_always_and_never(model: m.Model) -> None:
    dice = random.Random(8)
    cases = Cases(World(model))
    for _ in range(150):
        given, asked = condition(dice, 2), condition(dice, 2)
        there = [call for call in CALLS if holds(given, call)]
        assert cases.always(asked, given) == all(holds(asked, call) for call in there)
        assert cases.never(asked, given) == (not any(holds(asked, call) for call in there))


@pytest.mark.parametrize("apart", [True, False])
def test_extremes_are_those_of_enumeration(model: m.Model, apart: bool) -> None:
    dice = random.Random(9)
    cases = Cases(World(model))
    for _ in range(120):
        guards = [condition(dice, 2) for _ in range(dice.randrange(1, 6))]
        amounts = [dice.randrange(-9, 10) for _ in guards]
        given = condition(dice, 1)

        def worth(held: frozenset[int], amounts: list[int] = amounts) -> tuple[float, float]:
            total = 10 + sum(amounts[number] for number in held)
            return total, total

        sums = [
            10 + sum(amount for amount, guard in zip(amounts, guards, strict=True) if holds(guard, call))
            for call in CALLS
            if holds(given, call)
        ]
        found = extremes(cases, guards, worth, [(given, True)], apart)
        if not sums:
            assert found is None
        else:
            assert found is not None and (found.low, found.high) == (min(sums), max(sums)), (guards, amounts, given)
