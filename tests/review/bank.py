"""MusterBank to be edited: its specs as texts, and the pages that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler import rng
from compiler.lang.load import load
from compiler.places import search_path
from compiler.plan.plan import Plan, draw
from compiler.talk.prompt import render
from compiler.talk.prompt_view import vocabulary
from compiler.targets._locales import Locales
from compiler.targets._review import FIGURES, Review, review

ROOT = Path(__file__).resolve().parents[2]
SPECS = ROOT / "specs"
WEEK = ("dataset.to=2025-09-14", "volume.scale=15%")  # enough calls for most combinations


@dataclass(frozen=True)
class Made:
    plan: Plan
    review: Review

    @property
    def pages(self) -> Mapping[str, str]:
        return self.review.pages


def make(folder: Path, edits: Sequence[tuple[str, str, str]] = (), sets: Sequence[str] = WEEK,
         locale: str | None = None) -> Made:
    """The pages of the shipped specs after `edits` (file, old text, new text; each text stands there once)."""
    home = folder / "specs"
    (home / "library").mkdir(parents=True, exist_ok=True)
    for path in sorted(SPECS.rglob("*.calls")):
        (home / path.relative_to(SPECS)).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    for name, old, new in edits:
        text = (home / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        (home / name).write_text(text.replace(old, new), encoding="utf-8")
    loaded = load((home,), sets=sets, library=home / "library")
    assert loaded.model is not None, loaded.diagnostics
    plan = draw(loaded.model, loaded.first, loaded.last)
    period = loaded.model.dataset.first, loaded.model.dataset.last
    return Made(plan, review(plan, period, folder, locale, lambda _: None))


def changed(one: Made, other: Made) -> set[str]:
    """The pages that are there in one only, or say something else."""
    return {name for name in {*one.pages, *other.pages} if one.pages.get(name) != other.pages.get(name)}


def by_hand(plan: Plan) -> dict[tuple[str, str], dict[str, tuple[str, str, str]]]:
    """(locale, scenario) -> channel -> (file stem, system, user) of the example, found the slow way: all calls of the
    plan, one by one; the smallest number of its day wins, then the smallest hash."""
    locales, words = Locales(plan.model, ROOT, lambda _: None), vocabulary(plan.model)
    best: dict[tuple[str, str, str], tuple[tuple[int, int], int]] = {}
    today, number = None, -1
    for place, call in enumerate(plan.calls()):
        number = number + 1 if call.record["date"] == today else 0
        today = call.record["date"]
        kind = (str(call.record["language"]), str(call.record["scenario"]), str(call.record["channel"]))
        rank = (number, one_hash(call.key))
        if kind not in best or rank < best[kind][0]:
            best[kind] = rank, place
    found: dict[tuple[str, str], dict[str, tuple[str, str, str]]] = {}
    for (language, scenario, channel), (_, place) in best.items():
        prompt = render(plan.call(place), locales.of(language, None), words, search_path("templates", ROOT))
        found.setdefault((prompt.locale, scenario), {})[channel] = (prompt.stem, prompt.system, prompt.user)
    return found


def one_hash(key: int) -> int:
    import numpy as np

    return int(rng.hashes(np.array([key], dtype=np.uint64), "review")[0])


def should_change(one: Plan, other: Plan) -> set[str]:
    """The pages of prompts that have to differ between two plans, and no other: those whose example says something
    else. The system messages are the same in all calls of a locale and channel."""
    before, after = by_hand(one), by_hand(other)
    return {f"{locale}/{scenario}.md" for locale, scenario in {*before, *after}
            if before.get((locale, scenario)) != after.get((locale, scenario))}


__all__ = ["FIGURES", "ROOT", "SPECS", "WEEK", "Made", "by_hand", "changed", "make", "should_change"]
