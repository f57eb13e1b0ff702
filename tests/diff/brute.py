"""The slow way to compare two sides: all records and all prompts of both, one by one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compiler.diff.compare import compare
from compiler.diff.result import Difference
from compiler.diff.sides import Request, sides
from compiler.lang.load import load
from compiler.options import Options
from compiler.places import search_path
from compiler.plan.plan import draw
from compiler.talk import prompt as talk_prompt
from compiler.talk.prompt_view import vocabulary
from compiler.targets._locales import Locales

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("volume.scale=2%", "customers.population=900")
OVERLAYS = ("September",)


@dataclass
class Slow:
    """call_id of what differs; `prompts`: of those whose prompt differs and whose record does not."""

    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    prompts: set[str] = field(default_factory=set)
    fields: dict[str, int] = field(default_factory=dict)
    gained: int = 0
    lost: int = 0

    @property
    def all(self) -> set[str]:
        return self.added | self.removed | self.records | self.prompts


_KNOWN: dict[object, dict[str, tuple[dict[str, Any], str]]] = {}


def everything(specs: Path, options: Options) -> dict[str, tuple[dict[str, Any], str]]:
    """What `rendered` gives; equal projects are looked at once."""
    home = specs.parent
    key = options, *((path.relative_to(home), path.read_bytes()) for path in sorted(home.rglob("*")) if path.is_file())
    if key not in _KNOWN:
        _KNOWN[key] = rendered(specs, options)
    return _KNOWN[key]


def rendered(specs: Path, options: Options) -> dict[str, tuple[dict[str, Any], str]]:
    """call_id -> (record, with checks as fields of their own; prompt)"""
    loaded = load((specs,), overlays=options.overlays, sets=options.sets, start=options.start, end=options.end,
                  seed=options.seed)
    assert loaded.model is not None, loaded.diagnostics
    project = specs.parent
    locales = Locales(loaded.model, project, lambda text: None)
    words, folders = vocabulary(loaded.model), search_path("templates", project)
    talk_prompt.template_name.cache_clear()
    found = {}
    for call in draw(loaded.model, loaded.first, loaded.last).calls():
        prompt = ""
        if call.dialogue:
            prompt = talk_prompt.render(call, locales.of(str(call.record["language"]), None), words, folders).text
        found[call.call_id] = flat(call.record), prompt
    return found


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            found[name] = value
    return found


MISSING = object()


def slowly(old: Path, new: Path, options: Options) -> Slow:
    before, after = everything(old, options), everything(new, options)
    found = Slow(added=set(after) - set(before), removed=set(before) - set(after))
    for call_id in before.keys() & after.keys():
        (one, said), (two, now) = before[call_id], after[call_id]
        names = [name for name in one.keys() | two.keys() if not _same(one.get(name, MISSING), two.get(name, MISSING))]
        for name in names:
            found.fields[name] = found.fields.get(name, 0) + 1
        if names:
            found.records.add(call_id)
        elif said != now:
            found.prompts.add(call_id)
    links = [{(record["follows"], call_id) for call_id, (record, _) in side.items() if record["follows"]}
             for side in (before, after)]
    found.gained, found.lost = len(links[1] - links[0]), len(links[0] - links[1])
    return found


def _same(one: Any, two: Any) -> bool:
    return type(one) is type(two) and one == two


def project(folder: Path, *parts: str) -> Path:
    """A copy of the shipped specs (and of `parts`: templates, locales) in a folder of their own."""
    for name in ("specs", *parts):
        shutil.copytree(ROOT / name, folder / name)
    return folder / "specs"


def edited(path: Path, *edits: tuple[str, str]) -> None:
    """Replaces each text, which stands in the file once."""
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, (path, old, text.count(old))
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def quickly(old: str | Path, new: str | Path | None, scratch: Path, options: Options) -> Difference:
    request = Request(options, scratch, lambda text: None)
    scratch.mkdir(parents=True, exist_ok=True)
    one, two = sides(str(old), None if new is None else str(new), request)
    return compare(one, two, scratch)


def small(**more: Any) -> Options:
    return Options(**{"sets": SMALL, "overlays": OVERLAYS, "target": "prompts", **more})
