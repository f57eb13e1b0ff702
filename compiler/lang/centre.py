"""Facts -> all of the Model that is no field: calendar, teams, customers, scenarios, sound, upload."""

from __future__ import annotations

import re
from datetime import date

from compiler.lang import acts, canon, errors
from compiler.lang import model as m
from compiler.lang.facts import Fact, Owner
from compiler.lang.fields import team_of
from compiler.lang.outline import Block
from compiler.lang.schema import EVENTS
from compiler.lang.stock import Stock
from compiler.lang.suggest import nearest
from compiler.source import Span

PLACES = ("agent.label", "agent.id", "agent.gender", "team.label", "customer.label", "dataset.label", "date", "time")


def dataset(stock: Stock) -> m.Dataset | None:
    """None where there is none, or its dates are missing (reported)."""
    blocks = stock.kind("dataset")
    if not blocks:
        return None
    block = blocks[0]
    for other in blocks[1:]:
        stock.report(errors.declared_twice(other, block))
    owner: Owner = ("dataset", block.id)
    required(stock, block, owner, {"seed": "1", "from": "2025-09-01", "to": "2025-09-30"})
    first, last = stock.value(owner, "from"), stock.value(owner, "to")
    if first is None or last is None or stock.value(owner, "seed") is None:
        return None
    if last < first:
        place = stock.fact(owner, "to") or stock.fact(owner, "from")
        days = date.fromordinal(first).isoformat(), date.fromordinal(last).isoformat()
        stock.report(errors.period_backwards(place.span if place else block.id_span(), *days))
        return None
    return m.Dataset(
        block.id, stock.label(block), stock.value(owner, "seed"), date.fromordinal(first), date.fromordinal(last),
        stock.value(owner, "time zone", "Europe/Zurich"), stock.value(owner, "edition", 1), stock.doc(block),
    )  # fmt: skip


def required(stock: Stock, block: Block, owner: Owner, examples: dict[str, str]) -> None:
    """Reports the missing settings, with lines to copy."""
    missing = {name: example for name, example in examples.items() if not stock.said(owner, name)}
    if missing:
        stock.report(errors.settings_missing(block, missing))


# ------------------------------------------------------------------------------------------------ calendar, volume


def calendar(stock: Stock) -> m.Calendar:
    owner: Owner = ("calendar", "")
    opens = [(fact.value, fact.guard) for fact in stock.all(owner, "open")]
    calls = [(m.Constant(float(fact.value), m.Unit.SHARE), fact.guard) for fact in stock.all(owner, "calls")]  # type: ignore[arg-type]  # a factor
    return m.Calendar(
        weekend=stock.value(owner, "weekend", (5, 6)),
        events=tuple(_event(stock, block) for block in stock.kind(*EVENTS)),
        opens=tuple(sorted(opens, key=lambda line: canon.key(line[1]))),  # type: ignore[arg-type]  # hours as read
        calls=tuple(sorted(calls, key=lambda line: canon.key(line[1]))),
    )


def _event(stock: Stock, block: Block) -> m.Event:
    owner: Owner = ("event", block.id)
    aftermath = block.kind.words == "aftermath"
    if aftermath:
        required(stock, block, owner, {"lasts": "2d"})
    else:
        _says_when(stock, block, owner)
    weekdays = stock.value(owner, "on every", stock.value(owner, "on any", ()))
    return m.Event(
        id=block.id, label=stock.label(block), kind=block.kind.words, dates=stock.value(owner, "on", ()),
        weekdays=weekdays, days_of_month=stock.value(owner, "day of month", ()),
        happens=stock.value(owner, "happens"), after=block.parent.id if aftermath and block.parent else None,
        lasts_days=stock.value(owner, "lasts", 0), hours=stock.value(owner, "hours", ()),
        only_when=stock.only_when(owner), calls=stock.value(owner, "calls"), opens=stock.value(owner, "open", ()),
        doc=stock.doc(block), span=block.id_span(),
    )  # fmt: skip


def _says_when(stock: Stock, block: Block, owner: Owner) -> None:
    if owner in stock.broken:
        return
    ways = [way for way in ("on", "on every", "day of month", "happens") if stock.said(owner, way)]
    facts = [fact for way in ways for fact in stock.all(owner, way)]
    if not ways:
        stock.report(errors.event_when(block, "write `on: 2025-09-23`, `on every: Mon, Thu`, or `happens: 3`"))
    elif len(ways) > 1 and len(facts) > 1:
        stock.report(errors.event_two_ways(block, facts[1].span))
    elif stock.said(owner, "on any") and ways != ["happens"]:
        stock.report(errors.event_when(block, "`on any` goes with `happens: 3`"))


def volume(stock: Stock) -> m.Volume | None:
    blocks = stock.kind("volume")
    if not blocks:
        return None
    owner: Owner = ("volume", "")
    required(stock, blocks[0], owner, {"workday calls": "300", "weekend calls": "180"})
    factors = [1.0] * 7
    for fact in stock.all(owner, "by weekday"):
        factors[acts.WEEKDAYS.index(fact.slot[1])] = float(fact.value)  # type: ignore[arg-type]  # a factor
    arrivals, cv = stock.value(owner, "arrivals", ("exact", 0.0))
    workday, weekend = stock.value(owner, "workday calls", 0.0), stock.value(owner, "weekend calls", 0.0)
    by_weekday = (factors[0], factors[1], factors[2], factors[3], factors[4], factors[5], factors[6])
    return m.Volume(workday, weekend, stock.value(owner, "scale", 1.0), by_weekday, arrivals, cv)


# ------------------------------------------------------------------------------------------------ people


def teams(stock: Stock) -> tuple[m.Team, ...]:
    return tuple(
        m.Team(
            block.id, stock.label(block), stock.value(("team", block.id), "language", ""), stock.doc(block),
            block.id_span(),
        )
        for block in stock.kind("team")
    )  # fmt: skip


def agents(stock: Stock) -> tuple[m.Agent, ...]:
    examples = _agent_examples(stock)
    found: list[m.Agent] = []
    for block in stock.kind("agent"):
        owner: Owner = ("agent", block.id)
        team = team_of(stock, block)
        if not team:
            stock.report(errors.agent_without_team(block))
        required(stock, block, owner, examples)
        language = stock.value(owner, "language", stock.value(("team", team), "language", "") if team else "")
        found.append(
            m.Agent(
                block.id, stock.label(block), team, stock.value(owner, "gender", "neutral"),
                stock.value(owner, "voice", ""), language, stock.value(owner, "from"), stock.value(owner, "to"),
                stock.doc(block), block.id_span(),
            )
        )  # fmt: skip
    return tuple(found)


def _agent_examples(stock: Stock) -> dict[str, str]:
    """What every agent needs; shares of the shifts that this spec has."""
    shifts = sorted(stock.names.domain("agent_shift") or ("Early", "Late"))
    each = 100 // len(shifts)
    works = ", ".join(f"{name} {each + (100 - each * len(shifts) if i == 0 else 0)}%" for i, name in enumerate(shifts))
    return {"gender": "female", "voice": "nova", "share": "workday 8%, weekend 6%", "works": works}


def customers(stock: Stock) -> m.Customers:
    blocks = stock.kind("customers")
    owner: Owner = ("customers", "")
    if blocks:
        required(stock, blocks[0], owner, {"population": "1_000"})
    numbers = stock.value(owner, "numbers", ("reserved DE",))
    return m.Customers(stock.value(owner, "population", 1000), stock.value(owner, "keeps", ("ANI", "voice")), numbers)


def customer_voices(stock: Stock) -> m.CustomerVoices:
    owner: Owner = ("customer voices", "")
    female = stock.value(owner, "female", ("coral", "nova", "shimmer"))
    return m.CustomerVoices(female, stock.value(owner, "male", ("ash", "echo", "onyx")))


def personas(stock: Stock) -> tuple[m.Persona, ...]:
    found = []
    for block in stock.kind("persona"):
        owner: Owner = ("persona", block.id)
        tone = stock.value(owner, "tone", "")
        found.append(m.Persona(block.id, stock.label(block), stock.doc(block), tone, block.id_span()))
    return tuple(found)


# ------------------------------------------------------------------------------------------------ conversation


def scenarios(stock: Stock) -> tuple[m.Scenario, ...]:
    phases: dict[str, list[m.Phase]] = {}
    for block in stock.kind("phase"):
        outer = block.parent.id if block.parent is not None else ""
        phases.setdefault(outer, []).append(_phase(stock, block, outer))
    return tuple(
        m.Scenario(
            block.id, stock.label(block), tuple(phases.get(block.id, ())),
            stock.value(("scenario", block.id), "dialogue", True), stock.doc(block), block.id_span(),
        )
        for block in stock.kind("scenario")
    )  # fmt: skip


def _phase(stock: Stock, block: Block, outer: str) -> m.Phase:
    owner: Owner = ("phase", f"{outer}/{block.id}")
    said = tuple(_phase_line(fact) for fact in stock.of.get(owner, ()) if fact.many)
    return m.Phase(block.id, stock.label(block), said, stock.only_when(owner), stock.doc(block))


def _phase_line(fact: Fact) -> m.PhaseLine:
    kind, value = fact.slot[0], fact.value
    line = m.PhaseLine(kind, guard=fact.guard, span=fact.span)
    match kind:
        case "agent must" | "agent must not":
            return _with(line, acts=value)
        case "customer" | "recording":
            return _with(line, text=value)
        case "handed to":
            return _with(line, team=value)
    return _with(line, amount=value)


def _with(line: m.PhaseLine, **what: object) -> m.PhaseLine:
    from dataclasses import replace

    return replace(line, **what)  # type: ignore[arg-type]  # each by its own kind


def used_acts(stock: Stock, scenarios_: tuple[m.Scenario, ...], fields_: tuple[m.Field, ...]) -> tuple[m.Act, ...]:
    """The acts that the spec declares or uses, with their texts."""
    own = {block.id: stock.label(block) for block in stock.kind("act")}
    used = {act for scenario in scenarios_ for phase in scenario.phases for line in phase.lines for act in line.acts}
    used |= {field.shown_by for field in fields_ if field.shown_by}
    texts = {**{act: acts.ACTS[act] for act in used if act in acts.ACTS}, **own}
    return tuple(m.Act(name, texts[name]) for name in sorted(texts))


# ------------------------------------------------------------------------------------------------ texts, sound, upload


def locales(stock: Stock) -> tuple[m.LocaleSettings, ...]:
    found = []
    for block in stock.kind("locale"):
        owner: Owner = ("locale", block.id)
        settings = {fact.slot[0]: str(fact.value) for fact in stock.of.get(owner, ())}
        for fact in stock.of.get(owner, ()):
            _check_places(stock, str(fact.value), fact.span)
        found.append(m.LocaleSettings(block.id, dict(sorted(settings.items()))))
    return tuple(found)


def _check_places(stock: Stock, text: str, span: Span) -> None:
    """Every `{place}` of a text must be one that can be filled."""
    legal = (*PLACES, *stock.names.fields, "scenario", "team", "agent_name")
    for match in re.finditer(r"\{([^{}]*)\}", text):
        if match.group(1) not in legal:
            stock.report(errors.unknown_place(span, match.group(1), nearest(match.group(1), legal)))


def audio(stock: Stock) -> m.Audio:
    owner: Owner = ("audio", "")
    plain = m.Audio()
    low, high = stock.value(owner, "overlap length", (plain.overlap_low, plain.overlap_high))
    return m.Audio(
        stock.value(owner, "sample rate", plain.sample_rate), stock.value(owner, "hold music"),
        stock.value(owner, "overlaps", plain.overlaps), low, high,
        stock.value(owner, "overlap at most", plain.overlap_at_most), stock.value(owner, "voices", {}),
    )  # fmt: skip


def uploads(stock: Stock) -> tuple[m.UploadSettings, ...]:
    found = []
    for block in stock.kind("upload"):
        settings = {fact.slot[0]: fact.value for fact in stock.of.get(("upload", block.id), ())}
        found.append(m.UploadSettings(block.id, dict(sorted(settings.items()))))  # type: ignore[arg-type]  # as read
    return tuple(found)
