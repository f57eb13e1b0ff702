"""How the plan stands on disk: each file here is one `--format`, with no registration elsewhere.

A format is a module with HELP (a line), FILE (its one file below the build, None where it writes one a call), ready()
(UsageError when something has to be installed first) and opened(shelf) (a context with a Writer: what it wrote stands
when the context ends well, and nothing of it when it does not). It may have read(out, call_id, date): the record of a
call of the build folder `out`, None where it has not written that one (WorldError: it cannot be read).
"""

from __future__ import annotations

from types import ModuleType

from compiler import registry

DEFAULT = "json"


def format_of(name: str) -> ModuleType:
    """The format of that name, ready to write; UsageError that lists the formats, or says what to install."""
    found = registry.part("compiler.plan.formats", name, "format")
    found.ready()
    return found
