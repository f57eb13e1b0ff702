"""argv -> exit code: 0 done, 1 the spec or some calls failed, 2 wrong usage, 130 stopped with Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from compiler import __version__, registry, stopping
from compiler.failures import UsageError, WorldError

USAGE, FAILED, STOPPED = 2, 1, 130
COMMANDS = "compiler.commands"


def main(arguments: Sequence[str] | None = None) -> int:
    """The commands `compile` and `callsheet`, and `python -m compiler`: a first word that is no command is SPECS."""
    if arguments is None:
        stopping.listen()
        code = _run(sys.argv[1:])
        if code == STOPPED:  # an answer of a server may still be awaited somewhere: nobody is to wait for it
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        return code
    return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    given = list(arguments)
    if given and given[0] in registry.names(COMMANDS):
        module = registry.part(COMMANDS, given[0], "command")
        return _guarded(module, _parser(f"compile {given[0]}", module).parse_args(given[1:]))
    from compiler.commands import _compile

    parser = _parser("compile", _compile)
    parser.usage = "compile SPECS [--target NAME] [options]\n       compile COMMAND …"
    parser.epilog = _commands()
    parser.add_argument("--version", action="version", version=f"callsheet {__version__}")
    return _guarded(_compile, parser.parse_args(given))


def _guarded(module: ModuleType, namespace: argparse.Namespace) -> int:
    try:
        return int(module.run(namespace))
    except UsageError as error:
        return _said(str(error), USAGE)
    except WorldError as error:
        return _said(str(error), FAILED)
    except KeyboardInterrupt:
        return _said("stopped; what is finished stays, and the same command goes on from there", STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads any more: nothing left to say
        return FAILED


def _said(text: str, code: int) -> int:
    sys.stderr.write(("" if code == STOPPED else "error: ") + text + "\n")
    return code


def _parser(program: str, module: ModuleType) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program, description=module.HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.arguments(parser)
    return parser


def _commands() -> str:
    rows = [f"  {name:<8} {registry.part(COMMANDS, name, 'command').HELP}" for name in registry.names(COMMANDS)]
    return "commands (compile COMMAND --help):\n" + "\n".join(rows) + "\n\nA folder named like a command is ./NAME."


if __name__ == "__main__":
    sys.exit(main())
