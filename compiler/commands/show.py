"""`compile show SPECS`: what the specs say, in short, or whole with the place of each line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.commands import _flags

if TYPE_CHECKING:
    from compiler.lang.load import Loaded
    from compiler.lang.model import Model

HELP = "what the specs say: a summary, or with --effective the whole spec and where each line comes from"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPECS", help="a folder of *.calls files, or files")
    parser.add_argument("--effective", action="store_true",
                        help="the whole spec with packs, overlays and --set; behind each line where it was said")
    _flags.reading(parser)


def run(namespace: argparse.Namespace) -> int:
    from compiler import report
    from compiler.lang import pretty
    from compiler.lang.load import load
    from compiler.pipeline import specs_or_default
    from compiler.screen import Screen

    loaded = load(
        specs_or_default(namespace.specs), overlays=namespace.overlays, sets=namespace.sets,
        start=namespace.start, end=namespace.end, seed=namespace.seed, outages=namespace.outages,
    )  # fmt: skip
    if loaded.diagnostics:
        screen = Screen()
        drawn = report.draw(loaded.diagnostics, loaded.sources, namespace.message_format, colour=screen.colour)
        screen.draw(drawn)
    if loaded.model is None:
        return 1
    text = pretty.with_places(loaded.model, loaded.places) if namespace.effective else summary(loaded, loaded.model)
    sys.stdout.write(text)
    return 0


# ------------------------------------------------------------------------------------------------ the summary


def summary(loaded: Loaded, model: Model) -> str:
    """The dataset, what it is made of, and its blocks by kind."""
    dataset = model.dataset
    first, last = loaded.first or dataset.first, loaded.last or dataset.last
    files = [name for name in loaded.sources if not name.startswith(("(", "--"))]
    rows = [f"{dataset.label}: {first} .. {last}, seed {dataset.seed}", _layers(loaded, files), ""]
    counted = [(what, names) for what, names in _blocks(model) if names]
    width = max(len(what) for what, _ in counted)
    rows += [f"{what:<{width}}  {len(names):>3}  {_listed(names)}" for what, names in counted]
    return "\n".join(rows) + "\n"


def _layers(loaded: Loaded, files: Sequence[str]) -> str:
    """`6 files, overlay September, library/retail_banking`."""
    own = [name for name in files if name not in loaded.places.packs and name not in loaded.places.left_out]
    parts = [f"{len(own)} file{'' if len(own) == 1 else 's'}"]
    parts += [f"overlay {name}" for name in dict.fromkeys(loaded.places.overlays.values())]
    parts += sorted(loaded.places.packs.values())
    if loaded.places.left_out:
        names = ", ".join(sorted(set(loaded.places.left_out.values())))
        parts.append(f"not chosen: overlay {names}")
    return ", ".join(parts)


def _blocks(model: Model) -> list[tuple[str, list[str]]]:
    fields = {kind: [field.id for field in model.fields if field.kind == kind] for kind in _FIELDS}
    drawn = ("agent_name", "team", "scenario", "persona")  # they are counted as what they are
    return [
        ("events", [event.id for event in model.calendar.events]),
        ("choices", [name for name in fields["choice"] if name not in drawn]),
        ("kpis", fields["number"]),
        ("flags", fields["flag"]),
        ("checks", [name.rpartition(".")[2] for name in fields["check"]]),
        ("decides", fields["decide"]),
        ("facts", fields["fact"]),
        ("teams", [team.id for team in model.teams]),
        ("agents", [agent.id for agent in model.agents]),
        ("personas", [persona.id for persona in model.personas]),
        ("scenarios", [scenario.id for scenario in model.scenarios]),
        ("acts", [act.id for act in model.acts]),
        ("locales", [locale.tag for locale in model.locales]),
        ("uploads", [upload.kind for upload in model.uploads]),
    ]


_FIELDS = ("choice", "number", "flag", "check", "decide", "fact")


def _listed(names: Sequence[str], width: int = 90) -> str:
    """The names, as many as fit on a line."""
    shown: list[str] = []
    for name in names:
        if len(", ".join([*shown, name])) > width:
            return ", ".join(shown) + ", …"
        shown.append(name)
    return ", ".join(shown)
