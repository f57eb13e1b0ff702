"""Options of the command line that change the spec: --set, --start, --end, --seed, --outages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from compiler.diag import Diagnostic
from compiler.failures import UsageError
from compiler.lang import errors
from compiler.lang import model as m
from compiler.lang.layers import SETS
from compiler.lang.outline import Block, Outline, Statement
from compiler.lang.schema import KINDS, Kind, kind_of
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Name, Sentence
from compiler.lang.tree import Line
from compiler.source import Span


def as_line(text: str) -> str:
    """`volume.scale=5%` as the line that messages show: `volume.scale: 5%`."""
    path, _, value = text.partition("=")
    return f"{path.strip()}: {value.strip()}"


def settings(outline: Outline, sets: Sequence[str], layer: int) -> list[Block]:
    """A block with one overriding line for each `PATH=VALUE`."""
    found: list[Block] = []
    for number, text in enumerate(sets, 1):
        block = _setting(outline, number, as_line(text), layer)
        if block is not None:
            found.append(block)
    return found


def _setting(outline: Outline, number: int, row: str, layer: int) -> Block | None:
    path, _, value = row.partition(": ")
    parts = path.split(".")
    whole = Line(SETS, number, 1, row)
    home = _home(outline, parts) if len(parts) > 1 else None
    if home is None or not value:
        legal = _legal_heads(outline)
        outline.found.append(errors.set_names_nothing(whole, path, bool(value), nearest(parts[0], legal)))
        return None
    kind, identity, rest = home
    column = len(path) - len(rest[-1]) + 1
    words = " ".join(part.replace("_", " ") for part in rest)
    if kind.setting(words) is None and len(rest) == 1 and kind.setting(rest[0]) is not None:
        words = rest[0]
    line = Line(SETS, number, column, f"{rest[-1]}: {value}")
    said = outline.read(line)
    if said is None:
        return None
    if len(said.values) == 0 or said.form != "setting":
        outline.found.append(errors.set_names_nothing(whole, path, False, None))
        return None
    said = replace(said, override=False, head=_words(words, said.head[0].at))
    head = Sentence("entry", (Name((identity or kind.words,), (0, len(path))),), override=True, at=(0, len(path)))
    statement = _statement(kind, rest, line, said)
    return Block(kind, identity, None, whole, head, layer, statements=(statement,))


def _statement(kind: Kind, rest: list[str], line: Line, said: Sentence) -> Statement:
    """`volume.by_weekday.Mon` is a row of its list; all else is a setting."""
    if kind.words == "volume" and rest[0].replace("_", " ") == "by weekday" and len(rest) == 2:
        row = replace(said, head=(Name((rest[1],), said.head[0].at),))
        list_ = Sentence("entry", (Name(("by",)), Name(("weekday",))), at=said.at)
        return Statement(line, list_, (), (Statement(line, row),))
    return Statement(line, said)


def _words(words: str, at: tuple[int, int]) -> tuple[Name, ...]:
    return tuple(Name((word,), at) for word in words.split(" "))


def _home(outline: Outline, parts: list[str]) -> tuple[Kind, str, list[str]] | None:
    """The block that a path begins with: `volume`, `agent.Heidi_Vogt`, `Heidi_Vogt`, `dataset`; and what is left."""
    first = parts[0].replace("_", " ")
    known = kind_of(tuple(first.split(" ")))
    if known is not None and known[0].words == first:
        kind = known[0]
        if kind.id == "none":
            return kind, "", parts[1:]
        same = [block for block in outline.blocks if block.kind is kind and not block.removes]
        if len(parts) > 2 and any(block.id == parts[1] for block in same):
            return kind, parts[1], parts[2:]
        if len({block.id for block in same}) == 1 and kind.setting(parts[1].replace("_", " ")) is not None:
            return kind, same[0].id, parts[1:]
        return None
    for block in outline.blocks:
        if block.id == parts[0] and block.kind.words not in ("phase", "check") and not block.removes:
            return block.kind, block.id, parts[1:]
    return None


def _legal_heads(outline: Outline) -> list[str]:
    kinds = [kind.words.replace(" ", "_") for kind in KINDS.values() if kind.id == "none"]
    return [*kinds, "dataset", *(block.id for block in outline.blocks if block.id)]


# ------------------------------------------------------------------------------------------------ dates, seed, outages


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
    if seed is not None:
        dataset = replace(dataset, seed=seed)
    first, last = start or dataset.first, end or dataset.last
    window: tuple[date | None, date | None] = (None, None)
    found: tuple[Diagnostic, ...] = ()
    if last < first:
        found = (errors.options_backwards(_option_span(start, end), first.isoformat(), last.isoformat()),)
    elif dataset.first <= first and last <= dataset.last:
        window = (first, last) if start is not None or end is not None else window
    else:
        dataset = replace(dataset, first=first, last=last)
    model = replace(model, dataset=dataset)
    if outages is not None:
        model = _with_outages(model, outages)
    return Changed(model, found, *window)


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
    return replace(model, calendar=replace(model.calendar, events=events))
