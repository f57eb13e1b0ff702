"""Who speaks with which voice: the cast of a call, the user's replacements, voices for people whom no plan knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import ModuleType

from compiler import registry
from compiler.failures import UsageError
from compiler.plan.call import Speaker
from compiler.rng import key, pick, u
from compiler.sound.settings import GENDERS, Settings
from compiler.talk.dialogue import Dialogue, Transfer, Turn

VOICES = "compiler.sound.voices"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who speaks in a call. `colleagues` take over, one after each transfer."""

    agent: Speaker
    customer: Speaker
    colleagues: tuple[Speaker, ...] = ()


def engine_module(settings: Settings) -> ModuleType:
    """The module of the chosen engine; UsageError that lists the engines when there is no such one."""
    return registry.part(VOICES, settings.engine, "speech engine")


def check_voices(settings: Settings) -> None:
    """UsageError for a voice that the engine does not have, or that is not of the gender it is asked for."""
    has = offered(engine_module(settings))
    wanted = [
        ("--voice-female", settings.voice_female, "female"),
        ("--voice-male", settings.voice_male, "male"),
        ("--voice-customer", settings.voice_customer, ""),
        *((f"the voice for `{cast}` in `audio`", own, GENDERS.get(cast, "")) for cast, own in settings.voices.items()),
    ]
    for where, voice, gender in wanted:
        if voice is None:
            continue
        if voice not in has:
            raise UsageError(f"{where}: {unknown_voice(settings.engine, voice, has)}")
        if gender and GENDERS.get(voice, gender) != gender:
            fitting = ", ".join(name for name in has if GENDERS.get(name) == gender)
            raise UsageError(f"{where}: `{voice}` is not a {gender} voice; {gender} voices are: {fitting}")
    for name in settings.voices:
        if name not in GENDERS:
            raise UsageError(f"`{name}` in the voices of `audio` is no voice of the cast: {', '.join(GENDERS)}")


def check_locales(settings: Settings, locales: Iterable[str]) -> None:
    """UsageError that names the first locale which the engine does not speak."""
    speaks: Sequence[str] = engine_module(settings).LOCALES
    for locale in sorted(set(locales)):
        if locale.replace("_", "-").partition("-")[0] not in speaks:
            raise UsageError(f"the engine {settings.engine} does not speak `{locale}`; it speaks: {', '.join(speaks)}")


def offered(module: ModuleType) -> tuple[str, ...]:
    """The voices of an engine: the standard cast, then its others."""
    return (*module.VOICES, *getattr(module, "OTHERS", ()))


def unknown_voice(engine: str, voice: str, has: Sequence[str]) -> str:
    near = get_close_matches(voice, has, 1)
    hint = f"did you mean `{near[0]}`? It has" if near else "it has"
    return f"the engine {engine} has no voice `{voice}`; {hint}: {', '.join(has)}"


def voiced(cast: Cast, settings: Settings, who: int, transfers: int) -> Cast:
    """The cast with the user's replacements, and a colleague for each transfer. UsageError where a replacement gives
    the customer the voice of an agent."""
    has = offered(engine_module(settings))
    agent = _replaced(cast.agent, settings)
    colleagues = [_replaced(speaker, settings) for speaker in cast.colleagues]
    customer = _replaced(cast.customer, settings)
    while len(colleagues) < transfers:
        taken = {agent.voice, customer.voice, *(c.voice for c in colleagues)}
        colleagues.append(_replaced(_stranger("agent", f"colleague {len(colleagues) + 1}", taken, who), settings))
    for speaker in (agent, customer, *colleagues):
        if speaker.voice not in has:
            raise UsageError(f"{speaker.label or speaker.id}: {unknown_voice(settings.engine, speaker.voice, has)}")
    if settings.voice_customer and customer.voice in {agent.voice, *(c.voice for c in colleagues)}:
        raise UsageError(
            f"--voice-customer {settings.voice_customer} is also the voice of an agent ({agent.label or agent.id}); "
            "choose one that no agent has"
        )
    return Cast(agent, customer, tuple(colleagues))


def _replaced(speaker: Speaker, settings: Settings) -> Speaker:
    by_gender = settings.voice_female if speaker.gender == "female" else settings.voice_male
    wanted = settings.voice_customer if speaker.role == "customer" else by_gender
    voice = wanted or settings.voices.get(speaker.voice, speaker.voice)
    return replace(speaker, voice=voice, gender=GENDERS.get(voice, speaker.gender))


def cast_from_header(dialogue: Dialogue) -> Cast:
    """Voices for a dialogue that no plan knows: the agent's by name (the same in every call), the customer's by number,
    else by what they say first; each person's gender is that of the voice."""
    header: Mapping[str, object] = dialogue.header
    first = next((i.text for i in dialogue.items if isinstance(i, Turn) and i.speaker == "customer"), "")
    agent = _stranger("agent", str(header.get("agent_name") or "agent"), set())
    taken = {agent.voice}
    colleagues: list[Speaker] = []
    for item in dialogue.items:
        if isinstance(item, Transfer):
            name = item.to or f"colleague {len(colleagues) + 1}"
            colleagues.append(_stranger("agent", name, taken))
            taken.add(colleagues[-1].voice)
    customer = _stranger("customer", str(header.get("ANI") or first), taken)
    return Cast(agent, customer, tuple(colleagues))


def _stranger(role: str, name: str, taken: set[str], who: int = 0) -> Speaker:
    """Somebody with a keyed voice that is not taken (all nine are free again when there is none left)."""
    person = key("casting", role, name, who)
    free = [voice for voice in GENDERS if voice not in taken] or list(GENDERS)
    voice = pick(free, person, "voice")
    return Speaker(name, name.replace("_", " ")[:60], role, GENDERS[voice], voice, 0.96 + 0.08 * u(person, "pitch"))
