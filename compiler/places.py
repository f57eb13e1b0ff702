"""Where templates, locales and library specs are found: beside the specs first, then in the installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def project_of(specs: Path) -> Path:
    """The project folder of a spec folder or file: the nearest folder at or above it, up to two levels, that holds
    templates/, locales/ or pyproject.toml; else the spec folder's parent."""
    folder = specs.resolve() if specs.is_dir() else specs.resolve().parent
    for candidate in (folder, *list(folder.parents)[:2]):
        if any((candidate / name).exists() for name in ("templates", "locales", "pyproject.toml")):
            return candidate
    return folder.parent


def shipped(name: str) -> Path:
    """The folder `name` (templates, locales, specs) that comes with the program."""
    for candidate in (_PACKAGE / "shipped" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"this installation has no {name}/ (looked in {_PACKAGE} and beside it)")


def search_path(name: str, project: Path | None) -> tuple[Path, ...]:
    """Folders called `name` in the order of lookup: the project's, then the shipped one."""
    own = project / name if project is not None else None
    base = shipped(name)
    if own is None or not own.is_dir() or own.resolve() == base.resolve():
        return (base,)
    return (own, base)
