"""Call -> View: what a prompt template may see (prompt_names), as plain values in the words of the prompt's locale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from functools import lru_cache

from compiler.catalog import Locale
from compiler.lang.docs import in_language
from compiler.lang.model import Model
from compiler.plan.call import Call, Scene, Value
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
    HappeningView,
    PhaseView,
    ScenarioView,
    View,
)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words of a spec: labels of members by field, and label and doc of each field. Empty without a spec.
    `nothing` is a record in which no field has a value; `known` keeps how (field, member) reads in a locale."""

    members: Labels
    fields: Mapping[str, str]
    docs: Mapping[str, str]
    nothing: Mapping[str, Value] = field(init=False)
    known: dict[Locale, dict[tuple[str, str], str]] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nothing", dict.fromkeys((*header.RECORD, *self.fields)))


def vocabulary(model: Model | None) -> Vocabulary:
    if model is None:
        return Vocabulary({}, {}, {})
    return Vocabulary(header.labels(model), {field.id: field.label or field.id for field in model.fields},
                      {field.id: field.doc for field in model.fields})


COVERED = frozenset({
    *header.ORDER, *header.RECORD, "persona", "intents", "customer_id", "customer_name", "gender", "time", "start",
    "start_time", "voice", "tone", "customer_voice", "follows", "follow_up_of",
    "complains",  # said by complaint_category
})


def view(call: Call, locale: Locale, words: Vocabulary) -> View:
    """The View of `call` for a prompt in the language of `locale`."""
    record = {**words.nothing, **call.record}
    flags = record.get("compliance_flags")
    checks = flags if isinstance(flags, dict) else {}
    known = words.known.setdefault(locale, {})

    def named(name: str) -> str:
        """The value as a text; "" for what the call does not have."""
        value = record[name]
        if not isinstance(value, str):
            return "" if value is None else _text(name, value, locale, words)
        text = known.get((name, value))
        if text is None:
            text = known[name, value] = _text(name, value, locale, words)
        return text

    return View(
        voice=record["channel"] != "text", locale=locale.tag, language=named("language") or locale.name,
        language_id=str(record["language"] or locale.tag), agent_word=locale.speakers["agent"][0],
        customer_word=locale.speakers["customer"][0],
        call=CallView(call.call_id, call.stem, str(record["date"] or call.start.date()), named("weekday"),
                      f"{call.start.hour:02}:{call.start.minute:02}", record, Shown(record, locale, words)),
        agent=AgentView(call.agent.label, call.agent.gender, named("team"), named("agent_shift")),
        colleagues=tuple([AgentView(other.label, other.gender, "", "") for other in call.colleagues]),
        customer=CustomerView(call.customer.gender, header.named(locale, "persona", call.persona, ""), _own(
            locale, "tone", call.tone), named("customer_segment"), named("region"), named("device_type"),
            str(record["ANI"] or "")),
        intents=_intents(record, locale, words), scenario=_scenario(call, locale),
        earlier=_earlier(call, locale, words), greeting=_greeting(call, locale, checks),
        checks=tuple([_check(locale, name, value == "pass") for name, value in checks.items()]),
        wait=_seconds(record, "AWT"), hold=_seconds(record, "Hold_time"),
        silence=_seconds(record, "Silence_total_seconds"),
        interruptions=_whole(record, "Interruptions_count"), transfers=_whole(record, "Transfers_count"),
        solved=_truth(record, "FCR"), repeat_call=_truth(record, "repeat_call_within_72h"),
        escalation=named("escalation") if record["escalation"] != "None" else "",
        complaint=named("complaint_category"), nps=named("NPS_score"), sentiment=named("sentiment_score"),
        mood=_mood(record["sentiment_score"]), product=named("product"),
        script_adherence=named("script_adherence").replace(".", locale.texts["decimal"]),  # stands in a sentence
        amount=named("amount_bucket"), self_service=named("self_service_potential"),
        automated=_truth(record, "automation_action_present"), automation=named("automation_action_type"),
        article=_truth(record, "kb_article_used"), language_switch=_truth(record, "language_switch"),
        discloses=_truth(record, "pii_disclosure_flag"), facts=_facts(call, locale, words),
        happening=_happening(call, locale) if call.happening else (),
    )


def values(view: View) -> dict[str, object]:
    """The template's variables."""
    return {name: getattr(view, name) for name in _NAMES}


_NAMES = tuple(field.name for field in fields_of(View))


class Shown(Mapping[str, str]):
    """The values of a record as they read in the prompt's language, each made when it is asked for."""

    __slots__ = ("_locale", "_record", "_words")

    def __init__(self, record: Mapping[str, Value], locale: Locale, words: Vocabulary) -> None:
        self._record, self._locale, self._words = record, locale, words

    def __getitem__(self, name: str) -> str:
        return _text(name, self._record[name], self._locale, self._words)

    def __iter__(self) -> Iterator[str]:
        return iter(self._record)

    def __len__(self) -> int:
        return len(self._record)

    def __repr__(self) -> str:
        return repr(dict(self))


def _text(name: str, value: Value, locale: Locale, words: Vocabulary) -> str:
    """How the value of the field `name` reads."""
    if isinstance(value, float):
        return str(value)
    if isinstance(value, str):
        if name in header.FREE_TEXT or not value:
            return value
        members = words.members.get(name)
        return header.named(locale, name, value, members.get(value, "") if members else "")
    if isinstance(value, list):
        return ", ".join([_text(name, item, locale, words) for item in value])
    if isinstance(value, dict):
        return ", ".join([f"{locale.label(key)}: {locale.value(key, item)}" for key, item in value.items()])
    return header.plain(value, locale)


@lru_cache(maxsize=1024)
def _own(locale: Locale, name: str, text: str) -> str:
    """A text of the spec: the locale's words for it, else as it stands, as a quotation (`spec text` of the locale)."""
    known = locale.values.get(name, {}).get(text)
    return known or _quoted(locale, "spec text", text)


@lru_cache(maxsize=1024)
def _doc(locale: Locale, doc: str) -> str:
    """What the spec says about something, in the words of the locale; as a quotation where it has none of them."""
    text, translated = in_language(doc, locale.tag)
    return text if translated else _quoted(locale, "spec text", text)


def _quoted(locale: Locale, how: str, text: str) -> str:
    """The text as the locale quotes one that nobody has put into its language; plain where it does not say how."""
    return locale.texts.get(how, "TEXT").replace("TEXT", text) if text else ""


@lru_cache(maxsize=1024)
def _check(locale: Locale, name: str, passed: bool) -> CheckView:
    return CheckView(name, locale.label(name), passed)


def _intents(record: Mapping[str, Value], locale: Locale, words: Vocabulary) -> tuple[str, ...]:
    found = record.get("intents") or record["intent"]
    members = found if isinstance(found, list) else [found] if isinstance(found, str) else []
    return tuple([_text("intent", member, locale, words) for member in members])


def _scenario(call: Call, locale: Locale) -> ScenarioView:
    holds = _holds(call)
    phases = tuple([_phase(number, scene, hold, call, locale)
                    for number, (scene, hold) in enumerate(zip(call.scenes, holds, strict=True), 1)])
    return ScenarioView(header.named(locale, "scenario", str(call.record.get("scenario") or ""), call.scenario_label),
                        _doc(locale, call.scenario_doc), phases)


def _phase(number: int, scene: Scene, hold: int, call: Call, locale: Locale) -> PhaseView:
    money = f"{scene.amount[1]} {_money(scene.amount[0], locale)}" if scene.amount else ""
    return PhaseView(number, header.named(locale, "phase", scene.id, scene.label), _acts(scene.must, call, locale),
                     _acts(scene.must_not, call, locale), _acts(scene.failed, call, locale),
                     tuple([_behaviour(locale, text) for text in scene.customer]) if scene.customer else (),
                     seconds(hold) if hold else "", money, scene.handed_to.label if scene.handed_to else "",
                     scene.recording or "")


def _acts(ids: tuple[str, ...], call: Call, locale: Locale) -> tuple[str, ...]:
    return tuple([_act(name, call.acts.get(name, ""), locale) for name in ids]) if ids else ()


@lru_cache(maxsize=4096)
def _act(name: str, own: str, locale: Locale) -> str:
    """What the act means. The locale's words by name hold for the standard text, those by text for a spec's own; else
    it is quoted as it stands."""
    from compiler.lang.acts import ACTS

    known = locale.values.get("act", {})
    found = known.get(own) or (known.get(name) if own in ("", ACTS.get(name)) else None)
    return found or _quoted(locale, "spec deed", own or name.replace("_", " "))


@lru_cache(maxsize=1024)
def _behaviour(locale: Locale, text: str) -> str:
    return locale.values.get("behaviour", {}).get(text) or _quoted(locale, "spec deed", text)


def _holds(call: Call) -> list[int]:
    """Centiseconds of hold per scene; they add up to Hold_time where any scene has a share."""
    total = round(float(_number(call.record, "Hold_time")) * 100)
    if not total:
        return [0] * len(call.scenes)
    holds, shared, last = [], 0.0, -1
    for place, scene in enumerate(call.scenes):
        share = scene.hold_share or 0.0
        holds.append(int(total * share))
        shared += share
        last = place if share else last
    if shared > 0.999:
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


def _happening(call: Call, locale: Locale) -> tuple[HappeningView, ...]:
    return tuple([HappeningView(event.kind, header.named(locale, "event", event.id, event.label),
                                _doc(locale, event.doc))
                  for event in call.happening])


def _greeting(call: Call, locale: Locale, checks: Mapping[str, str]) -> str:
    """The greeting that the spec's `locale` block asks for, where this call has one."""
    if checks.get("Greeting") == "fail" or call.record.get("language") != locale.tag:
        return ""
    own = "text greeting" if call.record.get("channel") == "text" else "greeting"
    return locale.texts.get(own, "").replace("{agent.label}", call.agent.label)


def _facts(call: Call, locale: Locale, words: Vocabulary) -> tuple[FactView, ...]:
    further = call.record.keys() - COVERED
    if not further:
        return ()
    return tuple([FactView(name, header.named(locale, "field", name, words.fields.get(name, name).replace("_", " ")),
                           _text(name, value, locale, words), _doc(locale, words.docs.get(name, "")))
                  for name, value in call.record.items() if name in further and value is not None])


def _number(record: Mapping[str, Value], name: str) -> int | float:
    value = record.get(name)
    return value if isinstance(value, (int, float)) else 0


def _seconds(record: Mapping[str, Value], name: str) -> str:
    return seconds(round(_number(record, name) * 100))


def _whole(record: Mapping[str, Value], name: str) -> int:
    return int(_number(record, name))


def _truth(record: Mapping[str, Value], name: str) -> bool | None:
    value = record.get(name)
    return value if isinstance(value, bool) else None


def _mood(sentiment: Value) -> str:
    if not isinstance(sentiment, (int, float)):
        return "neutral"
    return "warm" if sentiment >= 0.5 else "neutral" if sentiment >= 0.05 else "annoyed"
