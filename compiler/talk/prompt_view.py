"""Call -> View: what a prompt template may see (prompt_names), as plain values in the words of the prompt's locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of

from compiler.catalog import Locale
from compiler.lang.model import Model
from compiler.plan.call import Call, Scene, Speaker, Value
from compiler.talk import header
from compiler.talk.dialogue import seconds
from compiler.talk.header import Labels
from compiler.talk.prompt_names import (
    AgentView,
    CallView,
    CheckView,
    CustomerView,
    EarlierView,
    FactView,
    PhaseView,
    ScenarioView,
    View,
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a spec: labels of members by field, and label and doc of each field. Empty without a spec."""

    members: Labels
    fields: Mapping[str, str]
    docs: Mapping[str, str]


def vocabulary(model: Model | None) -> Vocabulary:
    if model is None:
        return Vocabulary({}, {}, {})
    return Vocabulary(header.labels(model), {field.id: field.label or field.id for field in model.fields},
                      {field.id: " ".join(field.doc.split()) for field in model.fields})


COVERED = frozenset({
    *header.ORDER, *header.RECORD, "persona", "intents", "customer_id", "customer_name", "gender", "time", "start",
    "start_time", "voice", "tone", "customer_voice", "follows", "follow_up_of",
})


def view(call: Call, locale: Locale, words: Vocabulary) -> View:
    """The View of `call` for a prompt in the language of `locale`."""
    shown = _shown(call, locale, words)
    record = {**dict.fromkeys((*header.RECORD, *words.fields)), **call.record}
    named = _Named(call, locale, shown)
    flags = call.record.get("compliance_flags")
    checks = flags if isinstance(flags, Mapping) else {}
    sentiment = call.record.get("sentiment_score")
    return View(
        voice=call.record.get("channel") != "text", locale=locale.tag, language=named("language") or locale.name,
        language_id=str(call.record.get("language") or locale.tag), agent_word=locale.speakers["agent"][0],
        customer_word=locale.speakers["customer"][0],
        call=CallView(call.call_id, call.stem, named("date") or call.start.date().isoformat(), named("weekday"),
                      f"{call.start:%H:%M}", record, shown),
        agent=_agent(call.agent, named("team"), named("agent_shift")),
        colleagues=tuple(_agent(colleague, "", "") for colleague in call.colleagues),
        customer=CustomerView(call.customer.gender, locale.value("persona", call.persona), locale.value(
            "tone", call.tone), named("customer_segment"), named("region"), named("device_type"), named("ANI")),
        intents=_intents(call, locale, words), scenario=_scenario(call, locale),
        earlier=_earlier(call, locale, words), greeting=_greeting(call, locale, checks),
        checks=tuple(CheckView(name, locale.label(name), value == "pass") for name, value in checks.items()),
        wait=_seconds(call, "AWT"), hold=_seconds(call, "Hold_time"), silence=_seconds(call, "Silence_total_seconds"),
        interruptions=_whole(call, "Interruptions_count"), transfers=_whole(call, "Transfers_count"),
        solved=_truth(call, "FCR"), repeat_call=_truth(call, "repeat_call_within_72h"),
        escalation=named("escalation") if call.record.get("escalation") != "None" else "",
        complaint=named("complaint_category"), nps=named("NPS_score"), sentiment=named("sentiment_score"),
        mood=_mood(sentiment), script_adherence=named("script_adherence"), product=named("product"),
        amount=named("amount_bucket"), self_service=named("self_service_potential"),
        automated=_truth(call, "automation_action_present"), automation=named("automation_action_type"),
        article=_truth(call, "kb_article_used"), language_switch=_truth(call, "language_switch"),
        discloses=_truth(call, "pii_disclosure_flag"), facts=_facts(call, shown, words),
    )


def values(view: View) -> dict[str, object]:
    """The template's variables."""
    return {field.name: getattr(view, field.name) for field in fields_of(view)}


@dataclass(frozen=True, slots=True)
class _Named:
    """field -> its text; "" for what the call does not have."""

    call: Call
    locale: Locale
    shown: Mapping[str, str]

    def __call__(self, name: str) -> str:
        return self.shown[name] if self.call.record.get(name) is not None else ""


def _shown(call: Call, locale: Locale, words: Vocabulary) -> dict[str, str]:
    names = dict.fromkeys((*header.RECORD, *words.fields, *call.record))
    return {name: _text(name, call.record.get(name), locale, words) for name in names}


def _text(name: str, value: Value, locale: Locale, words: Vocabulary) -> str:
    if isinstance(value, list):
        return ", ".join(_text(name, item, locale, words) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{locale.label(key)}: {locale.value(key, item)}" for key, item in value.items())
    return header.shown(header.entry(name, value, words.members.get(name, {})), locale)


def _agent(speaker: Speaker, team: str, shift: str) -> AgentView:
    return AgentView(speaker.label, speaker.gender, team, shift)


def _intents(call: Call, locale: Locale, words: Vocabulary) -> tuple[str, ...]:
    found = call.record.get("intents") or call.record.get("intent")
    members = found if isinstance(found, list) else [found] if isinstance(found, str) else []
    return tuple(_text("intent", member, locale, words) for member in members)


def _scenario(call: Call, locale: Locale) -> ScenarioView:
    holds = _holds(call)
    phases = tuple(_phase(number, scene, hold, call, locale)
                   for number, (scene, hold) in enumerate(zip(call.scenes, holds, strict=True), 1))
    return ScenarioView(locale.value("scenario", str(call.record.get("scenario") or ""), call.scenario_label),
                        " ".join(call.scenario_doc.split()), phases)


def _phase(number: int, scene: Scene, hold: int, call: Call, locale: Locale) -> PhaseView:
    def acts(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_act(name, call, locale) for name in ids)

    money = f"{scene.amount[1]} {_money(scene.amount[0], locale)}" if scene.amount else ""
    return PhaseView(number, locale.value("phase", scene.id, scene.label), acts(scene.must), acts(scene.must_not),
                     acts(scene.failed), tuple(locale.value("behaviour", text) for text in scene.customer),
                     seconds(hold) if hold else "", money, scene.handed_to.label if scene.handed_to else "",
                     scene.recording or "")


def _act(name: str, call: Call, locale: Locale) -> str:
    """What the act means. The locale's words hold for the standard text; a spec's own text is said as it stands."""
    from compiler.lang.acts import ACTS

    own = call.acts.get(name, "")
    return own if own and own != ACTS.get(name) else locale.value("act", name, own)


def _holds(call: Call) -> list[int]:
    """Centiseconds of hold per scene; they add up to Hold_time where any scene has a share."""
    total = round(float(_number(call, "Hold_time")) * 100)
    shares = [scene.hold_share or 0.0 for scene in call.scenes]
    holds = [int(total * share) for share in shares]
    last = max((place for place, share in enumerate(shares) if share), default=None)
    if last is not None and sum(shares) > 0.999:
        holds[last] += total - sum(holds)
    return holds


def _money(value: float, locale: Locale) -> str:
    group, decimal = locale.texts["group"], locale.texts["decimal"]
    return f"{value:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", group)


def _earlier(call: Call, locale: Locale, words: Vocabulary) -> EarlierView | None:
    if call.earlier is None:
        return None
    return EarlierView(call.earlier.date, call.earlier.agent_label, _text("intent", call.earlier.intent, locale, words),
                       call.earlier.FCR)


def _greeting(call: Call, locale: Locale, checks: Mapping[str, str]) -> str:
    """The greeting that the spec's `locale` block asks for, where this call has one."""
    if checks.get("Greeting") == "fail" or call.record.get("language") != locale.tag:
        return ""
    own = "text greeting" if call.record.get("channel") == "text" else "greeting"
    return locale.texts.get(own, "").replace("{agent.label}", call.agent.label)


def _facts(call: Call, shown: Mapping[str, str], words: Vocabulary) -> tuple[FactView, ...]:
    return tuple(FactView(name, words.fields.get(name, name).replace("_", " "), shown[name], words.docs.get(name, ""))
                 for name, value in call.record.items() if name not in COVERED and value is not None)


def _number(call: Call, name: str) -> int | float:
    value = call.record.get(name)
    return value if isinstance(value, (int, float)) else 0


def _seconds(call: Call, name: str) -> str:
    return seconds(round(_number(call, name) * 100))


def _whole(call: Call, name: str) -> int:
    return int(_number(call, name))


def _truth(call: Call, name: str) -> bool | None:
    value = call.record.get(name)
    return value if isinstance(value, bool) else None


def _mood(sentiment: Value) -> str:
    if not isinstance(sentiment, (int, float)):
        return "neutral"
    return "warm" if sentiment >= 0.5 else "neutral" if sentiment >= 0.05 else "annoyed"
