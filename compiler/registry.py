"""A folder of modules -> its parts by name. A part is one file with no registration; other distributions add parts
through entry points of the group `callsheet.<folder>` (targets, formats, writers, voices)."""

from __future__ import annotations

import keyword
import os
from functools import cache
from importlib import import_module
from types import ModuleType

from compiler.failures import UsageError

OURS_ALONE = ("compiler.commands",)  # looked up at every start, and the look-up of entry points takes long


@cache
def own(package: str) -> tuple[str, ...]:
    """The parts that are files of `package` ("compiler.targets"), sorted; modules that begin with _ are none.
    A module that would be a word of Python ends in _ (`import_`), its part does not."""
    folders = import_module(package).__path__
    found = {entry.partition(".")[0] for folder in folders for entry in os.listdir(folder)  # noqa: PTH208  # a start
             if entry.endswith(".py") and not entry.startswith("_")}
    return tuple(sorted(name.removesuffix("_") for name in found))


@cache
def names(package: str) -> tuple[str, ...]:
    """The names of all parts of `package`, sorted."""
    return tuple(sorted({*own(package), *(point.name for point in added(package))}))


def part(package: str, name: str, what: str) -> ModuleType:
    """The module of the part `name`; UsageError that lists what there is when there is no such part."""
    if name not in names(package):
        raise UsageError(f"there is no {what} `{name}`; there is: {', '.join(names(package))}")
    for point in added(package):
        if point.name == name:
            module = point.load()
            if not isinstance(module, ModuleType):
                raise UsageError(f"the {what} `{name}` of {point.value} is not a module")
            return module
    return import_module(f"{package}.{name}_" if keyword.iskeyword(name) else f"{package}.{name}")


@cache
def added(package: str):  # type: ignore[no-untyped-def]  # EntryPoints differs between 3.11 and 3.13
    """The parts of other distributions."""
    if package in OURS_ALONE:
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=f"callsheet.{package.rpartition('.')[2]}")
