"""`compile review SPECS [--check]`: the small set of pages that people review and git keeps."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from compiler.commands import _flags
from compiler.counting import counted

if TYPE_CHECKING:
    from compiler.options import Options
    from compiler.screen import Screen
    from compiler.targets._review import Review

HELP = "pages for a pull request: an example prompt a scenario, locale and channel; the plan's figures"
UP_TO_DATE, DIFFERS = 0, 1


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPECS", help="a folder of *.calls files, or files")
    parser.add_argument("--check", action="store_true",
                        help="write nothing, say which pages are out of date; exit 1 when any is")
    parser.add_argument("--out", type=_flags.a_path, default="build", metavar="DIR",
                        help="the build folder (build); the pages go into review/ in it")
    _flags.reading(parser)
    parser.add_argument("--quiet", action="store_true", help="only warnings and errors")
    _flags.language(parser)


def run(namespace: argparse.Namespace) -> int:
    from compiler.pipeline import FAILED, specs_or_default
    from compiler.screen import Screen

    options = _flags.options(namespace, specs=specs_or_default(namespace.specs), target="prompts")
    screen = Screen(quiet=options.quiet)
    made = _made(options, screen)
    if made is None:
        return FAILED
    return _check(options, made, screen) if namespace.check else _write(options, made, screen)


def _made(options: Options, screen: Screen) -> Review | None:
    """The pages; None where the spec is wrong, which has been said then."""
    from compiler import pipeline
    from compiler.places import project_of
    from compiler.plan.plan import draw
    from compiler.targets._review import review

    loaded = pipeline.read(options, screen)
    if loaded.model is None:
        return None
    plan = draw(loaded.model, loaded.first, loaded.last)
    dataset = loaded.model.dataset
    period = loaded.first or dataset.first, loaded.last or dataset.last
    return review(plan, period, project_of(options.specs[0]), options.locale, screen.warn)


def _check(options: Options, made: Review, screen: Screen) -> int:
    from compiler.targets import _review_folder
    from compiler.targets._review import MARK

    folder = options.out / "review"
    found = _review_folder.compare(folder, made.pages, MARK)
    if not found:
        screen.note(f"{folder} is up to date: {_pages(len(made.pages))}")
        return UP_TO_DATE
    sys.stdout.write(_review_folder.told(folder, made.pages, found))
    specs = " ".join(str(path) for path in options.specs)
    screen.fail(f"{_pages(found.count)} of {folder} {'is' if found.count == 1 else 'are'} not what the specs make; "
                f"`compile review {specs}` with the same options writes them anew")
    return DIFFERS


def _write(options: Options, made: Review, screen: Screen) -> int:
    from compiler.targets import _review_folder
    from compiler.targets._desk import build_lock
    from compiler.targets._review import FIGURES, MARK

    folder = options.out / "review"
    with build_lock(options.out):
        found = _review_folder.compare(folder, made.pages, MARK)
        _review_folder.write(folder, made.pages, found)
    written, removed = len(found.missing) + len(found.outdated), len(found.superfluous)
    screen.note(f"{folder}: {_pages(len(made.pages))}, {written} written, {removed} removed, "
                f"{len(made.pages) - written} as they were")
    if made.missing:
        screen.note(f"{len(made.missing)} combinations of scenario, locale and channel have no planned call; "
                    f"{FIGURES} lists them")
    return UP_TO_DATE


def _pages(count: int) -> str:
    return counted(count, "page")
