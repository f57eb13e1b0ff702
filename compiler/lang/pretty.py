"""Model -> its canonical text: a `.calls` file that says the same, and the same text for specs that mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from compiler.lang import acts
from compiler.lang import model as m
from compiler.lang.origins import Places
from compiler.lang.pretty_fields import FieldText
from compiler.lang.pretty_rows import Row, Rows, Said, indented, is_doc, when
from compiler.lang.show import clock, constant, day, expression, figure, hundredfold, quoted, seconds


def effective(model: m.Model) -> str:
    """The whole spec, one fact a line."""
    return "\n".join("\n".join(block) + "\n" for block in blocks(model))


def told(model: m.Model, places: Places, root: Path) -> m.Model:
    """The model with its canonical text, and where each line of it was said; files as seen from `root`."""

    @cache
    def seen(file: str) -> str:
        path = Path(file).resolve()
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else file

    def words(row: Row) -> str:
        said = "" if not row or is_doc(row) else places.words(row.span)
        return said if row.span is None else said.replace(row.span.file, seen(row.span.file))

    rows = [row for block in blocks(model) for row in (*block, Row(""))]
    return replace(model, effective="\n".join(rows), places=tuple(map(words, rows[:-1])))


def with_places(model: m.Model, places: Places) -> str:
    """The same, and behind each line as a comment where it was said; a doc stands for itself."""

    def line(row: Row) -> str:
        return row if is_doc(row) else f"{row}  # {places.words(row.span)}"

    return "\n".join("\n".join(map(line, block)) + "\n" for block in blocks(model))


def blocks(model: m.Model) -> list[Rows]:
    """The top blocks in their canonical order."""
    return _Pretty(model).blocks()


def _stretches(hours: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"{clock(start)}..{clock(end)}" for start, end in hours)


def _weekdays(days: Sequence[int]) -> str:
    return ", ".join(acts.WEEKDAYS[number] for number in days)


class _Pretty:
    """Writes the blocks of one model."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        self.fields = FieldText(model)

    def said(self, *owner: str) -> Said:
        return Said(self.model.origins, *owner)

    def blocks(self) -> list[Rows]:
        model, fields = self.model, self.fields
        found = [self._dataset(model.dataset), self._calendar(), self._volume(model.volume)]
        found += fields.blocks("choice")
        found.append(self._customers(model.customers))
        found += [self._persona(persona) for persona in model.personas]
        found += [self._team(team) for team in model.teams]
        found.append(self._customer_voices(model.customer_voices))
        found += [self._locale(locale) for locale in model.locales]
        found.append(self._audio(model.audio))
        found += [self._upload(upload) for upload in model.uploads]
        found += [[Row(f"act {act.id} {quoted(act.text)}", self.said("act", act.id).at())] for act in model.acts]
        found += [self._scenario(scenario) for scenario in model.scenarios]
        for kind in ("kpi", "flag", "checks", "decide", "fact"):
            found += fields.blocks(kind)
        return found

    # ------------------------------------------------------------------------------------------- days

    def _dataset(self, dataset: m.Dataset) -> Rows:
        said = self.said("dataset", dataset.id)
        rows = [
            said.row("edition", dataset.edition),
            said.row("seed", dataset.seed),
            said.row("from", dataset.first.isoformat()),
            said.row("to", dataset.last.isoformat()),
            said.row("time zone", quoted(dataset.time_zone)),
        ]
        return [*said.header("dataset", dataset.id, dataset.label, dataset.doc), *indented(rows)]

    def _calendar(self) -> Rows:
        calendar, said = self.model.calendar, self.said("calendar", "")
        rows = [said.row("weekend", _weekdays(calendar.weekend))]
        rows += [said.row("open", _stretches(hours), guard) for hours, guard in calendar.opens]
        rows += [said.row("calls", expression(factor), guard) for factor, guard in calendar.calls]
        for event in calendar.events:
            if event.after is None:
                rows += self._event(event)
        return [*said.header("calendar"), *indented(rows)]

    def _event(self, event: m.Event) -> Rows:
        said = self.said("event", event.id)
        rows: Rows = []
        if event.dates:
            rows.append(said.row("on", ", ".join(day(a) if a == b else f"{day(a)}..{day(b)}" for a, b in event.dates)))
        if event.weekdays:
            rows.append(said.row("on every" if event.happens is None else "on any", _weekdays(event.weekdays)))
        if event.days_of_month:
            rows.append(said.row("day of month", ", ".join(map(str, event.days_of_month))))
        if event.happens is not None:
            rows.append(said.row("happens", event.happens))
        if event.after is not None:
            rows.append(said.row("lasts", f"{event.lasts_days}d"))
        if event.hours:
            rows.append(said.row("hours", _stretches(event.hours)))
        if isinstance(event.calls, tuple):
            rows.append(said.row("calls", f"{hundredfold(event.calls[0])}%..{hundredfold(event.calls[1])}%"))
        elif event.calls is not None:
            rows.append(said.row("calls", expression(event.calls)))
        if event.opens:
            rows.append(said.row("open", _stretches(event.opens)))
        rows += said.only_when(event.only_when)
        rows += self.fields.said_in(event.id)
        for other in self.model.calendar.events:
            if other.after == event.id:
                rows += self._event(other)
        return [*said.header(event.kind, event.id, event.label, event.doc), *indented(rows)]

    def _volume(self, volume: m.Volume) -> Rows:
        said = self.said("volume", "")
        arrivals = volume.arrivals + (f", cv {figure(volume.cv)}" if volume.cv else "")
        rows = [
            said.row("workday calls", figure(volume.workday)),
            said.row("weekend calls", figure(volume.weekend)),
            said.row("scale", f"{hundredfold(volume.scale)}%"),
            said.row("arrivals", arrivals),
            Row("by weekday", said.at("by", "weekday")),
        ]
        pairs = zip(acts.WEEKDAYS, volume.by_weekday, strict=True)
        days = [Row(f"{name}: {hundredfold(factor)}%", said.at("by weekday", name)) for name, factor in pairs]
        return [*said.header("volume"), *indented(rows), *indented(days, 2)]

    # ------------------------------------------------------------------------------------------- people

    def _customers(self, customers: m.Customers) -> Rows:
        said = self.said("customers", "")
        rows = [said.row("population", customers.population)]
        if customers.keeps:
            rows.append(said.row("keeps", ", ".join(customers.keeps)))
        if customers.numbers:
            rows.append(said.row("numbers", ", ".join(map(quoted, customers.numbers))))
        return [*said.header("customers"), *indented(rows)]

    def _persona(self, persona: m.Persona) -> Rows:
        said = self.said("persona", persona.id)
        rows = [said.row("tone", quoted(persona.tone))] if persona.tone else []
        rows += self.fields.member_rows("persona", persona.id, "weight")
        return [*said.header("persona", persona.id, persona.label, persona.doc), *indented(rows)]

    def _team(self, team: m.Team) -> Rows:
        said = self.said("team", team.id)
        rows = [said.row("language", team.language)] if team.language else []
        for agent in self.model.agents:
            if agent.team == team.id:
                rows += self._agent(agent, team)
        return [*said.header("team", team.id, team.label, team.doc), *indented(rows)]

    def _agent(self, agent: m.Agent, team: m.Team) -> Rows:
        said = self.said("agent", agent.id)
        rows = [said.row("gender", agent.gender), said.row("voice", agent.voice)]
        if agent.language and agent.language != team.language:
            rows.append(said.row("language", agent.language))
        if agent.first is not None:
            rows.append(said.row("from", day(agent.first)))
        if agent.last is not None:
            rows.append(said.row("to", day(agent.last)))
        rows += self.fields.agent_rows(agent.id)
        rows += self.fields.said_in(agent.id)
        return [*said.header("agent", agent.id, agent.label, agent.doc), *indented(rows)]

    def _customer_voices(self, voices: m.CustomerVoices) -> Rows:
        said = self.said("customer voices", "")
        rows = [said.row("female", ", ".join(voices.female))] if voices.female else []
        rows += [said.row("male", ", ".join(voices.male))] if voices.male else []
        return [*said.header("customer voices"), *indented(rows)]

    # ------------------------------------------------------------------------------------------- conversation

    def _scenario(self, scenario: m.Scenario) -> Rows:
        said = self.said("scenario", scenario.id)
        rows = [] if scenario.dialogue else [said.row("dialogue", "no")]
        rows += self.fields.member_rows("scenario", scenario.id, "weight")
        for phase in scenario.phases:
            inner = self.said("phase", f"{scenario.id}/{phase.id}")
            rows += inner.header("phase", phase.id, phase.label, phase.doc)
            rows += indented([*inner.only_when(phase.only_when), *map(_phase_line, phase.lines)])
        return [*said.header("scenario", scenario.id, scenario.label, scenario.doc), *indented(rows)]

    # ------------------------------------------------------------------------------------------- texts, sound, upload

    def _locale(self, locale: m.LocaleSettings) -> Rows:
        said = self.said("locale", locale.tag)
        rows = [said.row(name, quoted(text)) for name, text in locale.settings.items()]
        return [*said.header("locale", locale.tag), *indented(rows)]

    def _audio(self, audio: m.Audio) -> Rows:
        said = self.said("audio", "")
        rows = [
            said.row("sample rate", audio.sample_rate),
            said.row("overlaps", f"{hundredfold(audio.overlaps)}%"),
            said.row("overlap length", f"{seconds(audio.overlap_low)}..{seconds(audio.overlap_high)}"),
            said.row("overlap at most", f"{hundredfold(audio.overlap_at_most)}%"),
        ]
        if audio.hold_music is not None:
            rows.append(said.row("hold music", quoted(audio.hold_music)))
        if audio.voices:
            rows.append(said.row("voices", ", ".join(f"{name} {quoted(own)}" for name, own in audio.voices.items())))
        return [*said.header("audio"), *indented(rows)]

    def _upload(self, upload: m.UploadSettings) -> Rows:
        said = self.said("upload", upload.kind)
        rows = [said.row(name, _value(value)) for name, value in upload.settings.items()]
        return [*said.header("upload", upload.kind), *indented(rows)]


def _phase_line(line: m.PhaseLine) -> Row:
    if isinstance(line.amount, tuple):
        value = f"{constant(line.amount[0])}..{constant(line.amount[1])}"
    elif line.amount is not None:
        value = expression(line.amount) + (" of Hold_time" if line.kind == "hold" else "")
    elif line.kind == "customer":
        value = quoted(line.text)
    else:
        value = ", ".join(line.acts) or line.team or line.text
    return Row(f"{line.kind}: {value}{when(line.guard)}", line.span)


def _value(value: float | str | m.EnvVar) -> str:
    if isinstance(value, m.EnvVar):
        return f"env {quoted(value.name)}"
    return quoted(value) if isinstance(value, str) else figure(value)
