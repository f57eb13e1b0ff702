"""Hashes of whole plans, column by column: what test_bits.py compares, here and in processes of other surroundings."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from compiler.lang import model as m
from compiler.lang.load import load
from compiler.plan import engine
from compiler.plan.plan import Plan, draw
from tests.plan.models import C, bank, chance, choice, flag, is_, number, rises, shares, with_fields

ROOT = Path(__file__).resolve().parents[2]
SPECS = ("shipped", "September", "every distribution")


def start(kind: str, **given: float | m.Expr) -> m.Start:
    return m.Start(kind, parameters=tuple(
        (name, value if not isinstance(value, int | float) else C(float(value))) for name, value in given.items()))


def everything() -> m.Model:
    """A small bank with each distribution, its parameters plain or from other fields, and gamma arrivals."""
    awt = m.Arith("+", C(1.0), m.Arith("/", m.Ref("AWT"), C(50.0)))
    fields = (
        number("d_constant", start("constant", value=4.5)),
        number("d_normal", start("normal", mean=awt, sd=2)),
        number("d_truncated", start("truncated normal", mean=5, sd=4), within=(2.0, 9.0)),
        number("d_truncated_rows", start("truncated normal", mean=awt, sd=4), within=(2.0, 9.0)),
        number("d_lognormal", start("lognormal", median=30, spread=2.5)),
        number("d_lognormal_cut", start("truncated lognormal", median=awt, spread=2), within=(1.0, 8.0)),
        number("d_uniform", start("uniform", low=1, high=awt)),
        number("d_exponential", start("exponential", mean=12)),
        number("d_gamma", start("gamma", mean=9, cv=0.7)),
        number("d_gamma_rows", start("gamma", mean=awt, cv=m.Arith("/", awt, C(5.0))), only_when=is_("team", "Team_B")),
        number("d_poisson", start("poisson", mean=3.5)),
        number("d_poisson_rows", start("poisson", mean=m.Arith("*", awt, C(9.0)))),
        number("d_poisson_large", start("poisson", mean=2500)),
        flag("d_chance", chance(0.3), effects=(rises(0.2, m.Compare(">", m.Ref("AWT"), C(95.0, m.Unit.TIME))),)),
        choice("d_choice", shares(kind="weights", a=3, b=2, c=1e-6, d=0), how_many=((1, 0.5), (3, 0.5)),
               effects=(m.Effect("multiply", C(1.5), "rest", is_("channel", "voice")),)),
    )
    small = replace(bank(), volume=m.Volume(25, 12, arrivals="gamma", cv=0.3))
    return with_fields(small, *fields)


def plan_of(name: str) -> Plan:
    if name == SPECS[2]:
        return draw(everything())
    overlays = () if name == "shipped" else (name,)
    loaded = load([ROOT / "specs"], overlays=overlays, library=ROOT / "specs" / "library")
    assert loaded.model is not None, loaded.diagnostics
    return draw(loaded.model, loaded.first, loaded.last)


def hashed(plan: Plan) -> str:
    """Of who the calls are, of all fields and where they exist, by name, each in the widest form of its kind."""
    ids = {"day", "n", "customer", "start_ms", *(f.id for f in plan.model.fields)}
    found = {"who": sha256()}
    for part in plan.parts(1000):
        found["who"].update(_bytes(part.frame.who))
        for kind, columns in (("column", part.frame.columns), ("exists", part.frame.masks)):
            for name in sorted(columns):
                if name.removesuffix(":all") in ids:
                    found.setdefault(f"{kind} {name}", sha256()).update(_bytes(columns[name]))
    return sha256(repr(sorted((name, one.hexdigest()) for name, one in found.items())).encode()).hexdigest()


def _bytes(values: NDArray[Any]) -> bytes:
    wide = {"f": "<f8", "u": "<u8"}.get(values.dtype.kind, "<i8")
    return values.astype(wide).tobytes()


def main(names: str, chunk: str) -> None:
    """The hashes of some specs as JSON, drawn `chunk` rows at a time."""
    engine.CHUNK = int(chunk)
    sys.stdout.write(json.dumps({name: hashed(plan_of(name)) for name in names.split(",")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
