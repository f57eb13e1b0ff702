"""The whole journey on one screen.

text --load--> Model --draw--> Plan --targets, one after the other--> files, uploads
               Model --prove--> what `--target check` says
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from compiler import registry, report
from compiler.counting import counted
from compiler.diag import has_errors, in_order
from compiler.failures import UsageError
from compiler.lang import loose_packs
from compiler.lang.load import Loaded, load, pack_folders
from compiler.manifest import Manifest
from compiler.options import Options
from compiler.places import project_of
from compiler.plan.plan import Plan, draw
from compiler.plan.prove import prove
from compiler.screen import Screen
from compiler.targets import _closing, check
from compiler.targets._desk import Desk, build_lock, sweep
from compiler.targets._spec_checks import spec_problems

DONE, FAILED = 0, 1
_OVERLAY = re.compile(r"^overlay[ \t]+([^\W\d]\w*)", re.MULTILINE)


def travel(options: Options, screen: Screen) -> int:
    """From the specs to the target; 0 when all of it is done, 1 when the spec or some calls failed."""
    road = road_to(options.target)
    loaded = read(options, screen)
    if loaded.model is None:
        return FAILED
    if options.target == "check":
        window = loaded.first, loaded.last
        calls, exact = prove(loaded.model, *window)
        screen.note(check.amount(loaded.model, counted(calls, "call") if exact else f"some {counted(calls, 'call')} "
                                 "(those of events about part of a day not counted in)", *window))
        return DONE
    plan = draw(loaded.model, loaded.first, loaded.last)
    with build_lock(options.out):
        sweep(options.out)
        return run(road, desk_in_build(options, plan, screen))


def read(options: Options, screen: Screen) -> Loaded:
    """The specs, with everything that is wrong with them (or with their templates) said at once."""
    project = project_of(options.specs[0])
    loaded = _load(options, options.overlays, project)
    found, sources = loaded.diagnostics, dict(loaded.sources)
    if loaded.model is not None:
        wrong, more = spec_problems(loaded.model, project, options, loaded.sources)
        found, sources = (*found, *wrong), {**sources, **more}
    if options.target == "check" and not options.overlays:
        for name in overlay_names(options.specs):  # an overlay that nobody has chosen yet is checked as well
            layered = _load(options, (name,), project)
            found, sources = (*found, *layered.diagnostics), {**sources, **layered.sources}
    if options.target == "check":  # and so is a pack that nobody uses yet
        wrong, more = loose_packs.problems(options.specs, pack_folders(options.specs, _library(project)), sources)
        found, sources = (*found, *wrong), {**sources, **more}
    found = in_order(found)
    if has_errors(found):
        loaded = replace(loaded, model=None)
    if found:
        screen.draw(report.draw(found, sources, options.message_format, colour=screen.colour))
    return loaded


def _library(project: Path) -> Path | None:
    library = project / "specs" / "library"
    return library if library.is_dir() else None


def _load(options: Options, overlays: Sequence[str], project: Path) -> Loaded:
    return load(
        options.specs, overlays=overlays, sets=options.sets, start=options.start, end=options.end, seed=options.seed,
        outages=options.outages, library=_library(project), told=options.target != "check",
    )


def overlay_names(specs: Sequence[Path]) -> tuple[str, ...]:
    """The overlays whose files stand among the specs, sorted."""
    files = [file for spec in specs for file in (sorted(spec.glob("*.calls")) if spec.is_dir() else [spec])]
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files)
    return tuple(sorted({name for text in texts for name in _OVERLAY.findall(text)}))


def run(road: Sequence[ModuleType], desk: Desk) -> int:
    """Opens what each stage needs before the first begins, then walks; the manifest is saved whatever happens."""
    for stage in road:
        stage.prepare(desk)
    freight: Any = None
    try:
        for stage in road:
            freight = stage.run(desk, freight)
            desk.manifest.save()
    finally:
        desk.manifest.save()
    return _closing.say(desk)


def road_to(target: str) -> tuple[ModuleType, ...]:
    """The targets on the way, first to last; UsageError that lists the targets for an unknown name."""
    road: list[ModuleType] = []
    name: str | None = target
    while name is not None:
        stage = registry.part("compiler.targets", name, "target")
        if stage in road:
            raise UsageError(f"the targets go in a circle at `{name}`")
        road.append(stage)
        name = stage.AFTER
    return tuple(reversed(road))


def desk_in_build(options: Options, plan: Plan, screen: Screen) -> Desk:
    manifest = Manifest(options.out)
    manifest.about = about(options, plan)
    return Desk(options, plan.model, plan, manifest, screen, project_of(options.specs[0]))


def about(options: Options, plan: Plan) -> dict[str, Any]:
    """What made this build: the dataset, the program and the versions on which bytes depend."""
    from importlib.metadata import version

    from compiler import __version__

    libraries = ("jinja2", "numpy", "py-nanotts", "soundfile", "soxr")
    dataset = plan.model.dataset
    return {
        "callsheet": __version__,
        "dataset": dataset.id,
        "seed": dataset.seed,
        "period": [dataset.first.isoformat(), dataset.last.isoformat()],
        "writer": options.writer,
        "engine": options.engine,
        "libraries": {name: version(name) for name in libraries},
    }


def specs_or_default(specs: Sequence[str]) -> tuple[Path, ...]:
    """The spec paths of the command line; UsageError for one that does not exist."""
    paths = tuple(Path(text) for text in specs)
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no file or folder {path}")
    return paths
