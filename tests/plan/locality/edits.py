"""Edits of a spec, as people make them: in the text."""

from __future__ import annotations

from tests.plan.locality.shots import Edit


def change(file: str, old: str, new: str) -> Edit:
    """One place in a file; it must be there once."""

    def edit(files: dict[str, str]) -> None:
        assert files[file].count(old) == 1, f"{file} has {files[file].count(old)} times: {old}"
        files[file] = files[file].replace(old, new)

    return edit


def add(file: str, text: str) -> Edit:
    """At the end of a file, which may be new."""

    def edit(files: dict[str, str]) -> None:
        files[file] = f"{files[file]}\n{text}" if file in files else text

    return edit


def both(*edits: Edit) -> Edit:
    def edit(files: dict[str, str]) -> None:
        for one in edits:
            one(files)

    return edit


def nothing(files: dict[str, str]) -> None:
    """No edit."""


def block(text: str, first: str) -> str:
    """The lines that begin with `first` and all that is indented further, with the blank lines behind."""
    lines = text.splitlines(keepends=True)
    begin = next(i for i, line in enumerate(lines) if line.startswith(first))
    indent = len(first) - len(first.lstrip())
    end = begin + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
        end += 1
    return "".join(lines[begin:end])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def without(file: str, first: str) -> Edit:
    """The block that begins so goes."""

    def edit(files: dict[str, str]) -> None:
        files[file] = files[file].replace(block(files[file], first), "")

    return edit


def moved(file: str, first: str, before: str) -> Edit:
    """The block that begins with `first` stands before the line `before`."""

    def edit(files: dict[str, str]) -> None:
        text = block(files[file], first)
        rest = files[file].replace(text, "")
        assert rest.count(before) == 1
        files[file] = rest.replace(before, text.rstrip() + "\n\n" + before)

    return edit


def split(files: dict[str, str]) -> None:
    """Every top-level block of the bank's measures in a file of its own, with other comments and blank lines."""
    text, files["kpis.calls"] = files["kpis.calls"], "# All in files of their own.\n"
    for i, part in enumerate(text.split("\noverride ")[1:]):
        files[f"kpi_{9 - i % 10}_{i}.calls"] = f"# number {i}\n\n\noverride {part}\n\n"


def commented(files: dict[str, str]) -> None:
    for name, text in files.items():
        lines = [f"{line}  # said again" if line and not line.startswith(" ") and not line.startswith("#") else line
                 for line in text.split("\n")]
        files[name] = "# A new first line.\n\n" + "\n".join(lines)


def turned(files: dict[str, str]) -> None:
    """The top-level blocks of every file in the opposite order, the agents of each team too."""
    for name, text in files.items():
        if name != "september.calls":  # whose first line says that it is an overlay
            files[name] = "\n\n".join(_turned(text.rstrip().split("\n\n"))) + "\n"


def _turned(parts: list[str]) -> list[str]:
    tops: list[list[str]] = []
    for part in parts:
        if part.startswith(" "):
            tops[-1].append(part)
        else:
            tops.append([part])
    return [part for top in tops[::-1] for part in (_agents_turned(top) if "\n  agent " in top[0] else top)]


def _agents_turned(top: list[str]) -> list[str]:
    """A team: its own lines, then its agents from the last to the first."""
    head, _, first = top[0].partition("\n  agent ")
    return ["\n\n  agent ".join([head, *(part.strip().removeprefix("agent ") for part in top[:0:-1]), first])]
