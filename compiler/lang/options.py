"""Options of the command line that change the model: --start, --end, --seed, --outages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from compiler.diag import Diagnostic
from compiler.failures import UsageError
from compiler.lang import errors
from compiler.lang import model as m
from compiler.source import Span


@dataclass(frozen=True, slots=True)
class Changed:
    model: m.Model
    found: tuple[Diagnostic, ...] = ()
    first: date | None = None
    last: date | None = None


def change(
    model: m.Model, start: date | None, end: date | None, seed: int | None, outages: int | None
) -> Changed:
    """The model under --start, --end, --seed and --outages."""
    dataset = model.dataset
    said: dict[object, Span] = {}
    if seed is not None:
        dataset = replace(dataset, seed=seed)
        said |= _said_by("--seed", "seed", ("dataset", dataset.id))
    first, last = start or dataset.first, end or dataset.last
    window: tuple[date | None, date | None] = (None, None)
    found: tuple[Diagnostic, ...] = ()
    if last < first:
        found = (errors.options_backwards(_option_span(start, end), first.isoformat(), last.isoformat()),)
    elif dataset.first <= first and last <= dataset.last:
        window = (first, last) if start is not None or end is not None else window
    else:
        dataset = replace(dataset, first=first, last=last)
        said |= _said_by("--start", "from", ("dataset", dataset.id)) if start is not None else {}
        said |= _said_by("--end", "to", ("dataset", dataset.id)) if end is not None else {}
    model = replace(model, dataset=dataset, origins={**model.origins, **said})
    if outages is not None:
        model = _with_outages(model, outages)
    return Changed(model, found, *window)


def _said_by(option: str, setting: str, owner: tuple[str, str]) -> dict[object, Span]:
    """The option as the place of a setting."""
    return {(owner, (setting,), ""): Span(option, 1, 1, 1, 1)}


def _option_span(start: date | None, end: date | None) -> Span:
    name = "--end" if end is not None else "--start"
    return Span(name, 1, 1, 1, 1)


def _with_outages(model: m.Model, outages: int) -> m.Model:
    if outages < 0:
        raise UsageError(f"--outages {outages}: a number of days cannot be negative")
    random = [event for event in model.calendar.events if event.happens is not None]
    named = [event for event in random if event.id == "outage"]
    chosen = named or random
    if len(chosen) != 1:
        names = ", ".join(event.id for event in random)
        why = f"there are several: {names}" if random else "the spec has none"
        raise UsageError(f"--outages needs one incident with `happens`; {why}")
    events = tuple(replace(event, happens=outages) if event is chosen[0] else event for event in model.calendar.events)
    said = _said_by("--outages", "happens", ("event", chosen[0].id))
    calendar = replace(model.calendar, events=events)
    return replace(model, calendar=calendar, origins={**model.origins, **said})
