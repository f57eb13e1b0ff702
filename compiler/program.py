"""Arguments -> exit code: 0 done, 1 the spec or some calls failed, 2 wrong usage, 130 stopped with Ctrl-C."""

from __future__ import annotations

import argparse
import keyword
import sys
from collections.abc import Sequence
from types import ModuleType

from compiler import __version__, registry, streams
from compiler.failures import UsageError, WorldError

USAGE, FAILED, STOPPED = 2, 1, 130
COMMANDS = "compiler.commands"
QUOTE = '"'
USAGE_LINES = "compile SPECS [--target NAME] [options]\n       compile COMMAND …"


def run(arguments: Sequence[str]) -> int:
    """A first word that is no command is SPECS."""
    streams.take_every_letter()
    given = list(arguments)
    if given and given[0] in registry.names(COMMANDS):
        module = registry.part(COMMANDS, given[0], "command")
        return _guarded(module, _parser(f"compile {given[0]}", module).parse_args(given[1:]))
    from compiler.commands import _compile

    parser = _parser("compile", _compile)
    parser.usage = USAGE_LINES
    parser.epilog = _commands() if {"-h", "--help"} & set(given) else None
    parser.add_argument("--version", action="version", version=f"callsheet {__version__}")
    return _guarded(_compile, parser.parse_args(given))


def help_text() -> str:
    """What `compile --help` prints."""
    from compiler.commands import _compile

    parser = _parser("compile", _compile)
    parser.usage = USAGE_LINES
    parser.epilog = _commands()
    parser.add_argument("--version", action="version", version=f"callsheet {__version__}")
    return parser.format_help()


def _guarded(module: ModuleType, namespace: argparse.Namespace) -> int:
    from compiler import stopping

    stopping.listen()
    try:
        code = int(module.run(namespace))
        sys.stdout.flush()  # a full disk or a closed pipe shows now, not after the end
        return code
    except UsageError as error:
        return _said(str(error), USAGE)
    except WorldError as error:
        return _said(str(error), FAILED)
    except KeyboardInterrupt:
        return _said("stopped; what is finished stays, and the same command goes on from there", STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads any more: nothing left to say
        return FAILED
    except OSError as error:  # such as a folder that may not be looked into
        return _said(f"cannot use {error.filename or 'what is written to'}: {error.strerror or error}", FAILED)


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
    """The commands with the `HELP` line of each, read from the file: importing them all would take long."""
    import compiler.commands as folder

    rows = []
    for name in registry.names(COMMANDS):
        path = f"{folder.__path__[0]}/{name}{'_' if keyword.iskeyword(name) else ''}.py"
        with open(path, encoding="utf-8") as file:  # noqa: PTH123  # pathlib takes longer than all of this
            line = next(line for line in file if line.startswith("HELP = "))
        rows.append(f"  {name:<10} {line.partition(QUOTE)[2].rstrip()[:-1]}")
    return "commands (compile COMMAND --help):\n" + "\n".join(rows) + "\n\nA folder named like a command is ./NAME."

