"""`compile reference`: the page on the language, made from the compiler's own tables."""

from __future__ import annotations

import argparse
import sys

from compiler.commands import _flags

HELP = "print the reference of the language (Markdown)"


def arguments(parser: _flags.Parser) -> None:
    """None: it is always the same page."""


def run(namespace: argparse.Namespace) -> int:
    from compiler.lang.reference import reference_page

    sys.stdout.write(reference_page())
    return 0
