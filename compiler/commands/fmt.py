"""`compile fmt SPECS`: the one layout. Writes only what changes, and only what is known to say the same."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.commands import _flags
from compiler.counting import counted

if TYPE_CHECKING:
    from compiler.diag import Diagnostic
    from compiler.lang.fmt.format import Formatted
    from compiler.screen import Screen
    from compiler.source import Source

HELP = "lay spec files out in the one way: two spaces a level, no alignment; comments and docs stay"
STDIN = "-"


def arguments(parser: _flags.Parser) -> None:
    parser.add_argument("specs", nargs="+", metavar="SPECS",
                        help="folders (their library/ too) and files; - reads the standard input, writes the output")
    parser.add_argument("--check", action="store_true", help="write nothing, list the files that would change; exit 1")
    parser.add_argument("--diff", action="store_true", help="write nothing, show what would change")
    parser.add_argument("--lines", action="store_true",
                        help="format the good blocks of a file that has mistakes, leave the others")
    parser.add_argument("--message-format", choices=("text", "json", "github"), default="text",
                        help="how errors of the spec are written")
    parser.add_argument("--quiet", action="store_true", help="only warnings and errors")


@dataclass(frozen=True, slots=True)
class _Done:
    """A file before and after. `data`: its bytes; `after`: the bytes it should have, None where it has to stay."""

    name: str
    data: bytes
    after: bytes | None
    source: Source
    result: Formatted

    @property
    def changes(self) -> bool:
        return self.after is not None and self.after != self.data


def run(namespace: argparse.Namespace) -> int:
    from compiler.failures import UsageError
    from compiler.screen import Screen

    screen = Screen(quiet=namespace.quiet)
    if STDIN not in namespace.specs:
        return _files(namespace, screen)
    if len(namespace.specs) > 1:
        raise UsageError("`-` is the standard input; name it alone")
    return _stdin(namespace, screen)


def _files(namespace: argparse.Namespace, screen: Screen) -> int:
    from compiler.lang import spec_files

    paths = spec_files.paths([Path(text) for text in namespace.specs], packs=True)
    done = [_format(str(path), spec_files.content(path), namespace.lines) for path in paths]
    code = _say(done, namespace, screen)
    changed = [each for each in done if each.changes]
    if namespace.check or namespace.diff:
        _shown(changed, namespace)
        return 1 if namespace.check and changed else code
    for each in changed:
        _write(Path(each.name), each.after or b"")
        screen.note(f"formatted {each.name}")
    screen.note(_counts(done))
    return code


def _stdin(namespace: argparse.Namespace, screen: Screen) -> int:
    done = _format(STDIN, sys.stdin.buffer.read(), namespace.lines)
    code = _say([done], namespace, screen)
    if namespace.check or namespace.diff:
        if namespace.diff:
            sys.stdout.write(_diff(done))
        return 1 if namespace.check and done.changes else code
    if done.after is not None:
        sys.stdout.buffer.write(done.after)
    return code


def _format(name: str, data: bytes, lines: bool) -> _Done:
    from compiler.lang.fmt.format import Formatted, formatted
    from compiler.lang.spec_files import decoded
    from compiler.source import Source

    found: list[Diagnostic] = []
    source = Source(name, decoded(data, name, found))
    result = Formatted(None, tuple(found)) if found else formatted(source, lines)
    return _Done(name, data, None if result.text is None else result.text.encode(), source, result)


def _write(path: Path, data: bytes) -> None:
    """The file's own permissions stay, and a link stays a link."""
    from compiler import files

    target = path.resolve()
    mode = target.stat().st_mode & 0o7777
    files.write(target, data)
    target.chmod(mode)


# ------------------------------------------------------------------------------------------------ what is said


def _say(done: Iterable[_Done], namespace: argparse.Namespace, screen: Screen) -> int:
    """Mistakes, faults and long lines; 1 when anything could not be formatted."""
    from compiler import report
    from compiler.lang.fmt.format import WIDTH

    found = [each for one in done for each in one.result.found]
    if found:
        sources = {one.name: one.source for one in done}
        screen.draw(report.draw(found, sources, namespace.message_format, colour=screen.colour))
    for one in done:
        if one.result.fault:
            screen.fail(
                f"{one.name} was left as it is: {one.result.fault}. The fault is ours, not yours; please report it"
            )
        for number in one.result.long:
            screen.warn(f"{one.name}:{number} has more than {WIDTH} characters; a long text can go on below in \"\"\"")
    return 1 if found or any(one.result.fault for one in done) else 0


def _shown(changed: Iterable[_Done], namespace: argparse.Namespace) -> None:
    for each in changed:
        sys.stdout.write(_diff(each) if namespace.diff else f"{each.name}\n")


def _diff(done: _Done) -> str:
    """A unified diff; line ends that change show as changed lines."""
    if not done.changes or done.after is None:
        return ""
    before = done.data.decode().splitlines(keepends=True)
    after = done.after.decode().splitlines(keepends=True)
    rows = difflib.unified_diff(before, after, done.name, f"{done.name} (formatted)")
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


def _counts(done: list[_Done]) -> str:
    changed = sum(each.changes for each in done)
    left = sum(each.after is None for each in done)
    parts = [f"{counted(changed, 'file')} formatted"] if changed else []
    parts += [f"{counted(len(done) - changed - left, 'file')} as they should be"] if len(done) - changed - left else []
    parts += [f"{counted(left, 'file')} left alone"] if left else []
    return ", ".join(parts)
