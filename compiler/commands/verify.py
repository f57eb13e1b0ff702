"""`compile verify BUILD|DIR`: the labels measured back from the WAVs."""

from __future__ import annotations

import argparse

from compiler.commands import _flags

HELP = "measure the labels back from the WAVs of a build or of any folder; exit 1 when any is off"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("folder", metavar="BUILD|DIR", help="a build, or a folder of .wav and .wav.json pairs")
    parser.add_argument("--jobs", type=_flags.at_least(1), default=_flags.cores(), metavar="N", help="processes")
    parser.add_argument("--message-format", choices=("text", "json"), default="text", help="a table, or JSON")


def run(namespace: argparse.Namespace) -> int:
    from compiler.sound.verify import run as verify

    folder = _flags.folder_or_file(namespace.folder)
    inside = folder / "audio"
    code, text = verify([inside if inside.is_dir() else folder], namespace.jobs, namespace.message_format)
    _print(text)
    return code


def _print(text: str) -> None:
    import sys

    sys.stdout.write(text.rstrip("\n") + "\n")


