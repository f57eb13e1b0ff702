"""`compile upload DIR`: .wav and .wav.json pairs from anywhere -> the SA server."""

from __future__ import annotations

import argparse

from compiler.commands import _flags

HELP = "send .wav and .wav.json pairs from any folder to the SA server"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a build, or any folder with .wav.json files")
    parser.add_argument("--limit", type=_flags.at_least(1), metavar="N", help="only the first N")
    parser.add_argument("--force", action="store_true", help="send again what the ledger holds back")
    parser.add_argument("--quiet", action="store_true", help="only warnings and errors")
    _flags.sending(parser)


def run(namespace: argparse.Namespace) -> int:
    import os

    from compiler.failures import UsageError
    from compiler.screen import Screen
    from compiler.targets import sa
    from compiler.targets._delivery.pairs import delivery_folder, find_pairs
    from compiler.targets._delivery.report import report_text
    from compiler.targets._delivery.settings import resolve

    options = _flags.options(namespace)
    screen = Screen(quiet=options.quiet)
    settings = resolve(None, os.environ, sa.flags(options))
    if settings.url is None and not options.dry_run:
        raise UsageError("no server: set SA_URL or give --sa-url (or --dry-run to see the forms only)")
    for note in settings.notes:
        screen.warn(note)
    folder = _flags.folder_or_file(namespace.folder)
    items, problems = find_pairs(folder)
    chosen = list(reversed(items) if settings.reverse else items)[: options.limit]
    keep = sorted(chosen, key=items.index)
    report = sa.send(keep, problems, settings, options, screen, delivery_folder(folder))
    (screen.draw if report.exit_code else screen.note)(report_text(report))
    if report.interrupted:
        raise KeyboardInterrupt
    return report.exit_code
