"""The end of a run: figures, what was asked and got, what failed, where things are."""

from __future__ import annotations

from typing import Any

from compiler.counting import counted, which
from compiler.targets._desk import Desk

# the files of a call by the target that makes them; the target's own name stands with them
ROLES = (("plan",), ("prompts", "prompt"), ("dialogues", "dialogue"), ("audio", "wav", "timeline"), ("sa", "form"))
TARGETS = tuple(names[0] for names in ROLES)
FLAGGED, WIDTH = 6, 52  # lines of what is far from what was asked, and their width


def say(desk: Desk) -> int:
    """Prints the closing table; 1 when anything failed, else 0."""
    failures: list[tuple[str, str]] = desk.facts.get("failures", [])
    if desk.options.target in TARGETS:
        _stale(desk)
    desk.screen.table(f"{desk.model.dataset.label}: {desk.options.target}", _rows(desk))
    _edited(desk)
    if "report" in desk.facts:
        desk.screen.note(desk.facts["report"])
    if failures:
        tried = min(desk.facts.get("calls", 0), desk.options.limit or 10**12)
        desk.screen.fail(f"{len({stem for stem, _ in failures})} of {counted(tried, 'call')} failed; the reasons "
                         f"stand in {desk.manifest.path}, and the same command tries just these again")
    return 1 if failures or desk.facts.get("failed") else 0


def _stale(desk: Desk) -> None:
    """Warns of files that an earlier run made of calls which have changed since, and that this run did not reach."""
    reached = ROLES[: 1 + next(n for n, names in enumerate(ROLES) if desk.options.target in names)]
    fresh = {role for names in reached for role in names}
    going = desk.facts.get("going", set())
    stale = [stem for stem in desk.facts.get("changed", ())
             if set(desk.manifest.entry(stem).files) - (fresh if stem in going else {"plan"})]
    if stale:
        desk.screen.warn(f"{counted(len(stale), 'call')} {which(len(stale), 'has', 'have')} changed, and what earlier "
                         f"runs made of {which(len(stale), 'it', 'them')} beyond this target or --limit has not: run "
                         "the later target again to bring it up to date")


def _rows(desk: Desk) -> list[tuple[str, str]]:
    facts = desk.facts
    count = facts.get("calls", 0)
    rows = [("calls", f"{count:,} ({facts.get('by voice', 0):,} by voice)")]
    if desk.options.limit is not None:
        rows.append(("--limit", f"only the first {desk.options.limit} went on past the plan"))
    if "seconds" in facts:
        rows.append(("audio", f"{facts['seconds'] / 3600:.2f} hours, {facts['bytes'] / 1e6:,.0f} MB of WAV"))
    if "verified" in facts:
        rows.append(("verified", facts["verified"]))
    rows += [(name, text) for name, text in facts.get("rows", [])]
    rows += _asked_and_got(facts.get("summary", {}))
    if desk.options.target == "plan":
        rows += looked_at(facts.get("summary", {}))
    rows += [("" if i else "files", text) for i, text in enumerate(_files(desk, count))]
    rows.append(("warnings", str(len(desk.screen.warnings))))
    rows.append(("in", str(desk.out)))
    return rows


def _files(desk: Desk, calls: int) -> list[str]:
    """The files that the build has: those of all calls by name and size, those of single calls counted."""
    found = []
    for name in (name for name in desk.manifest.whole if name.startswith("plan/")):
        size = desk.path(name).stat().st_size
        said = f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"
        found.append(f"{name}, {said}, {size / max(calls, 1):,.0f} bytes a call")
    single = sum(len(entry.files) for entry in desk.manifest.calls.values())
    return [*found, f"{single:,} of calls"] if single or not found else found


def _asked_and_got(summary: dict[str, Any]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, asked, got in summary.get("headline", []):
        rows.append((name, f"asked {asked}, got {got}"))
    return rows


def looked_at(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """What is further from what was asked than chance brings, the worst that a screen has room for, and the rest."""
    flagged: list[str] = summary.get("flagged", [])
    means: list[str] = summary.get("means", {}).get("furthest", [])
    agents, customers = summary.get("agents_in_two_calls", 0), summary.get("customers_in_two_calls", 0)
    lines = [line for text in means for line in _broken(text)]
    rows = [("" if i else "furthest means", line) for i, line in enumerate(lines)]
    rows += [("begin in another call", f"{agents:,} of the same agent, {customers:,} of the customer")]
    if not flagged:
        return [*rows, ("beyond z 4", "nothing")]
    worst = sorted(flagged, key=lambda text: -abs(float(text.rpartition("(z ")[2].rstrip(")"))))[:FLAGGED]
    rows += [("beyond z 4", _short(text)) for text in worst]
    more = len(flagged) - len(worst)
    return [*rows, ("", f"and {more} more, in plan/_meta/summary.json")] if more else rows


def _broken(text: str) -> list[str]:
    """What does not fit, in two lines."""
    name, _, figures = text.partition(": mean ")
    return [f"{name}: {figures}"] if len(name) + len(figures) + 2 <= WIDTH else [f"{name}:", f"  {figures}"]


def _short(text: str) -> str:
    """What does not fit is left out before the figures."""
    if len(text) <= WIDTH:
        return text
    place = text.rindex(" asked")
    return text[: WIDTH - 1 - (len(text) - place)] + "…" + text[place:]


def _edited(desk: Desk) -> None:
    edited: list[str] = desk.facts.get("edited", [])
    if edited:
        desk.screen.note(f"{counted(len(edited), 'dialogue')} {which(len(edited), 'was', 'were')} edited by hand and "
                         f"{which(len(edited), 'is used as it is', 'are used as they are')}: "
                         + ", ".join(edited[:3]) + (" …" if len(edited) > 3 else ""))
