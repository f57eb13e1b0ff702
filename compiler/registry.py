"""A folder of modules -> its parts by name. A part is one file with no registration; other distributions add parts
through entry points of the group `callsheet.<folder>` (targets, writers, voices)."""

from __future__ import annotations

import keyword
import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType

from compiler.failures import UsageError


@cache
def names(package: str) -> tuple[str, ...]:
    """The names of the parts in `package` ("compiler.targets"), sorted; modules that begin with _ are none.
    A module that would be a word of Python ends in _ (`import_`), its part does not."""
    folder = import_module(package)
    found = [info.name for info in pkgutil.iter_modules(folder.__path__)]
    own = {name.removesuffix("_") for name in found if not name.startswith("_")}
    return tuple(sorted(own | {point.name for point in _points(package)}))


def part(package: str, name: str, what: str) -> ModuleType:
    """The module of the part `name`; UsageError that lists what there is when there is no such part."""
    if name not in names(package):
        raise UsageError(f"there is no {what} `{name}`; there is: {', '.join(names(package))}")
    for point in _points(package):
        if point.name == name:
            module = point.load()
            if not isinstance(module, ModuleType):
                raise UsageError(f"the {what} `{name}` of {point.value} is not a module")
            return module
    return import_module(f"{package}.{name}_" if keyword.iskeyword(name) else f"{package}.{name}")


def _points(package: str):  # type: ignore[no-untyped-def]  # EntryPoints differs between 3.11 and 3.13
    return entry_points(group=f"callsheet.{package.rpartition('.')[2]}")
