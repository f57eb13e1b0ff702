"""Model -> its canonical text: a `.calls` file that says the same, and the same text for specs that mean the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.lang import acts
from compiler.lang import model as m
from compiler.lang.pretty_fields import FieldText
from compiler.lang.show import clock, constant, day, expression, figure, hundredfold, quoted, seconds

Rows = list[str]


def effective(model: m.Model) -> str:
    """The whole spec, one fact a line."""
    return "\n".join("\n".join(block) + "\n" for block in blocks(model))


def blocks(model: m.Model) -> list[Rows]:
    """The top blocks in their canonical order."""
    fields = FieldText(model)
    found = [_dataset(model.dataset), _calendar(model, fields), _volume(model.volume)]
    found += fields.blocks("choice")
    found.append(_customers(model.customers))
    found += [_persona(persona, fields) for persona in model.personas]
    found += [_team(model, team, fields) for team in model.teams]
    found.append(_customer_voices(model.customer_voices))
    found += [_locale(locale) for locale in model.locales]
    found.append(_audio(model.audio))
    found += [_upload(upload) for upload in model.uploads]
    found += [[f"act {act.id} {quoted(act.text)}"] for act in model.acts]
    found += [_scenario(scenario, fields) for scenario in model.scenarios]
    for kind in ("kpi", "flag", "checks", "decide", "fact"):
        found += fields.blocks(kind)
    return found


def header(words: str, id: str, label: str, doc: str) -> Rows:
    """A block's docs and its first line; the label only where it is not the id with spaces."""
    docs = [f"## {row}".rstrip() for row in doc.split("\n")] if doc else []
    shown = f" {quoted(label)}" if label != id.replace("_", " ") else ""
    return [*docs, f"{words} {id}{shown}".rstrip()]


def indented(rows: Iterable[str], levels: int = 1) -> Rows:
    return ["  " * levels + row for row in rows]


def when(guard: m.Expr | None) -> str:
    return "" if guard is None else f" when {expression(guard)}"


def only_when(guard: m.Expr | None) -> Rows:
    return [] if guard is None else [f"only when {expression(guard)}"]


def stretches(hours: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"{clock(start)}..{clock(end)}" for start, end in hours)


def weekdays(days: Sequence[int]) -> str:
    return ", ".join(acts.WEEKDAYS[number] for number in days)


# ------------------------------------------------------------------------------------------------ days


def _dataset(dataset: m.Dataset) -> Rows:
    rows = [
        f"edition: {dataset.edition}",
        f"seed: {dataset.seed}",
        f"from: {dataset.first.isoformat()}",
        f"to: {dataset.last.isoformat()}",
        f"time zone: {quoted(dataset.time_zone)}",
    ]
    return [*header("dataset", dataset.id, dataset.label, dataset.doc), *indented(rows)]


def _calendar(model: m.Model, fields: FieldText) -> Rows:
    calendar = model.calendar
    rows = [f"weekend: {weekdays(calendar.weekend)}"]
    rows += [f"open: {stretches(hours)}{when(guard)}" for hours, guard in calendar.opens]
    rows += [f"calls: {expression(factor)}{when(guard)}" for factor, guard in calendar.calls]
    for event in calendar.events:
        if event.after is None:
            rows += _event(event, calendar.events, fields)
    return ["calendar", *indented(rows)]


def _event(event: m.Event, others: Sequence[m.Event], fields: FieldText) -> Rows:
    rows: Rows = []
    if event.dates:
        rows.append("on: " + ", ".join(day(a) if a == b else f"{day(a)}..{day(b)}" for a, b in event.dates))
    if event.weekdays:
        rows.append(f"{'on every' if event.happens is None else 'on any'}: {weekdays(event.weekdays)}")
    if event.days_of_month:
        rows.append("day of month: " + ", ".join(map(str, event.days_of_month)))
    if event.happens is not None:
        rows.append(f"happens: {event.happens}")
    if event.after is not None:
        rows.append(f"lasts: {event.lasts_days}d")
    if event.hours:
        rows.append(f"hours: {stretches(event.hours)}")
    if isinstance(event.calls, tuple):
        rows.append(f"calls: {hundredfold(event.calls[0])}%..{hundredfold(event.calls[1])}%")
    elif event.calls is not None:
        rows.append(f"calls: {expression(event.calls)}")
    if event.opens:
        rows.append(f"open: {stretches(event.opens)}")
    rows += only_when(event.only_when)
    rows += fields.said_in(event.id)
    for other in others:
        if other.after == event.id:
            rows += _event(other, others, fields)
    return [*header(event.kind, event.id, event.label, event.doc), *indented(rows)]


def _volume(volume: m.Volume) -> Rows:
    rows = [
        f"workday calls: {figure(volume.workday)}",
        f"weekend calls: {figure(volume.weekend)}",
        f"scale: {hundredfold(volume.scale)}%",
        f"arrivals: {volume.arrivals}" + (f", cv {figure(volume.cv)}" if volume.cv else ""),
        "by weekday",
    ]
    pairs = zip(acts.WEEKDAYS, volume.by_weekday, strict=True)
    return ["volume", *indented(rows), *indented((f"{name}: {hundredfold(factor)}%" for name, factor in pairs), 2)]


# ------------------------------------------------------------------------------------------------ people


def _customers(customers: m.Customers) -> Rows:
    rows = [f"population: {customers.population}"]
    if customers.keeps:
        rows.append("keeps: " + ", ".join(customers.keeps))
    if customers.numbers:
        rows.append("numbers: " + ", ".join(map(quoted, customers.numbers)))
    return ["customers", *indented(rows)]


def _persona(persona: m.Persona, fields: FieldText) -> Rows:
    rows = [f"tone: {quoted(persona.tone)}"] if persona.tone else []
    rows += fields.member_rows("persona", persona.id, "weight")
    return [*header("persona", persona.id, persona.label, persona.doc), *indented(rows)]


def _team(model: m.Model, team: m.Team, fields: FieldText) -> Rows:
    rows = [f"language: {team.language}"] if team.language else []
    for agent in model.agents:
        if agent.team == team.id:
            rows += _agent(agent, team, fields)
    return [*header("team", team.id, team.label, team.doc), *indented(rows)]


def _agent(agent: m.Agent, team: m.Team, fields: FieldText) -> Rows:
    rows = [f"gender: {agent.gender}", f"voice: {agent.voice}"]
    if agent.language and agent.language != team.language:
        rows.append(f"language: {agent.language}")
    if agent.first is not None:
        rows.append(f"from: {day(agent.first)}")
    if agent.last is not None:
        rows.append(f"to: {day(agent.last)}")
    rows += fields.agent_rows(agent.id)
    rows += fields.said_in(agent.id)
    return [*header("agent", agent.id, agent.label, agent.doc), *indented(rows)]


def _customer_voices(voices: m.CustomerVoices) -> Rows:
    rows = [f"female: {', '.join(voices.female)}"] if voices.female else []
    rows += [f"male: {', '.join(voices.male)}"] if voices.male else []
    return ["customer voices", *indented(rows)]


# ------------------------------------------------------------------------------------------------ conversation


def _scenario(scenario: m.Scenario, fields: FieldText) -> Rows:
    rows = [] if scenario.dialogue else ["dialogue: no"]
    rows += fields.member_rows("scenario", scenario.id, "weight")
    for phase in scenario.phases:
        rows += header("phase", phase.id, phase.label, phase.doc)
        rows += indented([*only_when(phase.only_when), *map(_phase_line, phase.lines)])
    return [*header("scenario", scenario.id, scenario.label, scenario.doc), *indented(rows)]


def _phase_line(line: m.PhaseLine) -> str:
    if isinstance(line.amount, tuple):
        value = f"{constant(line.amount[0])}..{constant(line.amount[1])}"
    elif line.amount is not None:
        value = expression(line.amount) + (" of Hold_time" if line.kind == "hold" else "")
    elif line.kind == "customer":
        value = quoted(line.text)
    else:
        value = ", ".join(line.acts) or line.team or line.text
    return f"{line.kind}: {value}{when(line.guard)}"


# ------------------------------------------------------------------------------------------------ texts, sound, upload


def _locale(locale: m.LocaleSettings) -> Rows:
    return [f"locale {locale.tag}", *indented(f"{name}: {quoted(text)}" for name, text in locale.settings.items())]


def _audio(audio: m.Audio) -> Rows:
    rows = [
        f"sample rate: {audio.sample_rate}",
        f"overlaps: {hundredfold(audio.overlaps)}%",
        f"overlap length: {seconds(audio.overlap_low)}..{seconds(audio.overlap_high)}",
        f"overlap at most: {hundredfold(audio.overlap_at_most)}%",
    ]
    if audio.hold_music is not None:
        rows.append(f"hold music: {quoted(audio.hold_music)}")
    if audio.voices:
        rows.append("voices: " + ", ".join(f"{name} {quoted(own)}" for name, own in audio.voices.items()))
    return ["audio", *indented(rows)]


def _upload(upload: m.UploadSettings) -> Rows:
    return [f"upload {upload.kind}", *indented(f"{name}: {_value(value)}" for name, value in upload.settings.items())]


def _value(value: float | str | m.EnvVar) -> str:
    if isinstance(value, m.EnvVar):
        return f"env {quoted(value.name)}"
    return quoted(value) if isinstance(value, str) else figure(value)

