"""`compile explain [CODE]`: the page of an error or warning."""

from __future__ import annotations

import argparse
import sys

from compiler.commands import _flags

HELP = "the page of an error code: what it means, a spec that fails, the spec put right"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as E0404; without it, all pages in a line each")


def run(namespace: argparse.Namespace) -> int:
    from difflib import get_close_matches

    from compiler.failures import UsageError

    pages = _pages()
    if namespace.code is None:
        for code, text in pages.items():
            sys.stdout.write(f"{code:<6} {text.partition(': ')[2].splitlines()[0]}\n")
        return 0
    code = namespace.code.upper()
    if code not in pages:
        near = get_close_matches(code, pages, 3, 0.5)
        raise UsageError(f"there is no page on `{namespace.code}`; "
                         + (f"near it: {', '.join(near)}; " if near else "") + "`compile explain` lists all pages")
    sys.stdout.write(pages[code])
    return 0


def _pages() -> dict[str, str]:
    """code -> its page in Markdown, in order of codes"""
    from pathlib import Path

    import compiler.lang as language

    folder = Path(next(iter(language.__path__))) / "explain"
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
