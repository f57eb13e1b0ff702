"""Outline -> Model: names, facts, layers, and then what must be true of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.diag import Diagnostic, has_errors
from compiler.lang import centre, errors, origins
from compiler.lang import model as m
from compiler.lang.facts import Facts, owner_of
from compiler.lang.fields import fields
from compiler.lang.layers import merge
from compiler.lang.names import collect
from compiler.lang.outline import Outline, Report
from compiler.lang.relations import BASE, Relations
from compiler.lang.resolve import Scope
from compiler.lang.standing import standing
from compiler.lang.static import look_over
from compiler.lang.stock import Stock, domain_of
from compiler.source import Span

_NEEDED = {
    "dataset": "`dataset NAME` with `seed`, `from` and `to`",
    "volume": "`volume` with `workday calls` and `weekend calls`",
    "agent": "`team NAME` and agents in it",
    "scenario": "`scenario NAME` with phases",
}
_NEEDED_CHOICES = ("agent_shift", "time_of_day_bucket")


def model(
    outline: Outline, folder: str, place: Span, relations: Relations
) -> tuple[m.Model | None, list[Diagnostic]]:
    """The Model, None when anything is wrong; `place` shows what is missing altogether."""
    found: list[Diagnostic] = []
    report = _once(found)
    stood = standing(outline.blocks, relations)
    found += stood.found
    names = collect(list(stood.blocks), frozenset(outline.doubtful))
    missing = [name for name in _NEEDED_CHOICES if name not in names.fields and name not in outline.doubtful]
    names.doubtful |= frozenset(missing)  # what is missing is said once, not wherever it is read
    scope = Scope(names, report, {})
    facts = Facts(scope)
    facts.add(stood.blocks)
    found += scope.circle_errors()
    merged = merge(facts.facts, facts.removals, report, relations)
    stock = Stock(scope, stood.blocks, frozenset(facts.failed), domain_of(scope.names.domain))
    stock.put(merged)
    stock.broken = frozenset(owner_of(block) for block in stood.blocks if block.broken)
    stock.removed_agents = any(block.removes and block.kind.words == "agent" for block in outline.blocks)
    built = _build(stock, folder)
    if not (has_errors(outline.found) and built is None):
        _needed(stock, outline, missing, place)
    if built is not None:
        whole = not has_errors(found) and not has_errors(outline.found)
        look_over(stock, built, whole, {block.line.file for block in stood.blocks if block.layer < BASE})
    if built is None or has_errors(found) or has_errors(outline.found):
        return None, found
    return replace(built, origins=origins.of(stood.blocks, merged)), found


def _once(found: list[Diagnostic]) -> Report:
    """One error a cause: an unknown name or value is reported where it comes first."""
    seen: set[str] = set()

    def report(diagnostic: Diagnostic) -> None:
        if diagnostic.code in ("E0201", "E0203"):
            name = " ".join(diagnostic.message.split("`")[1::2])
            if name in seen:
                return
            seen.add(name)
        found.append(diagnostic)

    return report


def _build(stock: Stock, folder: str) -> m.Model | None:
    dataset, volume = centre.dataset(stock), centre.volume(stock)
    all_fields = fields(stock)
    scenarios = centre.scenarios(stock)
    parts = {
        "calendar": centre.calendar(stock), "teams": centre.teams(stock), "agents": centre.agents(stock),
        "customers": centre.customers(stock), "customer_voices": centre.customer_voices(stock),
        "personas": centre.personas(stock), "acts": centre.used_acts(stock, scenarios, all_fields),
        "locales": centre.locales(stock), "audio": centre.audio(stock), "uploads": centre.uploads(stock),
    }  # fmt: skip
    if dataset is None or volume is None:
        return None
    return m.Model(
        dataset=dataset, volume=volume, fields=all_fields, scenarios=scenarios, folder=folder,
        **parts,  # type: ignore[arg-type]  # each part by its own name
    )  # fmt: skip


def _needed(stock: Stock, outline: Outline, missing: Sequence[str], place: Span) -> None:
    """Blocks without which there is no dataset."""
    lacking = [kind for kind in _NEEDED if not stock.kind(kind) and kind not in outline.doubtful]
    absent = {kind: _NEEDED[kind] for kind in lacking}
    absent |= {f"choice {name}": f"`choice {name}` with its `hours of` lines" for name in missing}
    if absent:
        stock.report(errors.blocks_missing(absent, place))
