"""Runs the cases: each base is planned once."""

from __future__ import annotations

from functools import cache

from compiler.plan.plan import Plan, draw
from tests.plan.locality.cases import Case
from tests.plan.locality.difference import Difference
from tests.plan.locality.judges import Row
from tests.plan.locality.shots import Shot, bank, model_of, shop

SETS = ("volume.scale=900%", "customers.population=150_000")  # about 34,000 calls in the two weeks
RANDOM = "    happens: 0\n    on any: Mon, Tue, Wed, Thu, Fri\n"
CLOSED = '  holiday closed "Moving house"\n    on: 2025-09-10\n    calls: 0%\n\n'


@cache
def _files(base: str) -> tuple[tuple[str, str], ...]:
    files = shop() if base == "shop" else bank()
    if base in ("days", "closed"):
        assert RANDOM in files["musterbank.calls"]
        own = files["musterbank.calls"].replace(RANDOM, "    on: 2025-09-04\n")
        closed = CLOSED if base == "closed" else ""
        files["musterbank.calls"] = own.replace("  ## Online banking", closed + "  ## Online banking")
        overlay = files["september.calls"].replace("to: 2025-09-30", "to: 2025-09-14")
        files["september.calls"] = overlay.replace("  override incident outage\n    happens: 3\n\n", "")
    return tuple(files.items())


def _overlays(base: str) -> tuple[str, ...]:
    return () if base == "shop" else ("September",)


@cache
def before(base: str) -> Shot:
    return Shot(model_of(dict(_files(base)), *_overlays(base)))


@cache
def many_before(base: str) -> Plan:
    return draw(model_of(dict(_files(base)), *_overlays(base), sets=SETS))


def run(case: Case) -> Row:
    """AssertionError where the edit changes what it may not."""
    files = dict(_files(case.base))
    case.edit(files)

    def big() -> tuple[Plan, Plan]:
        return many_before(case.base), draw(model_of(files, *_overlays(case.base), sets=case.sets or SETS))

    return case.judge(Difference(before(case.base), Shot(model_of(files, *_overlays(case.base)))), big)
