"""argv -> exit code. The door to the program, light on its hinges: what was checked before and has not changed, and
the help, are answered without loading the rest."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing itself takes a tenth of Python's own start
if TYPE_CHECKING:
    from collections.abc import Sequence

STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands `compile` and `callsheet`, and `python -m compiler`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    code = _known(given)
    if code is None:
        from compiler import program

        code = program.run(given)
    if code == STOPPED and arguments is None:  # an answer of a server may still be awaited: nobody is to wait for it
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _known(given: list[str]) -> int | None:
    """The exit code of the help, and of a check without options that had nothing to say; None for all else."""
    from compiler import remember, streams

    streams.take_every_letter()
    if given in (["--help"], ["-h"]):
        key = remember.key((), ("help", os.environ.get("COLUMNS"), sys.stdout.isatty() and os.get_terminal_size()))
        text = remember.note(key)
        if text is None:
            from compiler import program

            text = program.help_text()
            remember.keep(key, text)
        sys.stdout.write(text)
        return 0
    if not given or any(word.startswith("-") for word in given):
        return None
    said = remember.note(remember.check_key(given))
    if said is not None:
        sys.stderr.write(said)
    return None if said is None else 0


if __name__ == "__main__":
    sys.exit(main())
