"""Take -> Recording: one call from its dialogue to a WAV whose labels were measured and found true, and its .wav.json.

`produce` runs in worker processes. The engine and the hold music are opened once a process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from compiler import files
from compiler.catalog import Locale
from compiler.failures import Quarantined, WorldError
from compiler.plan.call import Speaker, Value
from compiler.rng import key, u
from compiler.sound import clips, measure, mix, wavjson
from compiler.sound.audio import Engine, Recording
from compiler.sound.casting import Cast, cast_from_header, check_locales, check_voices, engine_module, voiced
from compiler.sound.hold import HoldMusic, load
from compiler.sound.judge import judge
from compiler.sound.parts import Line, Part, Timeline
from compiler.sound.settings import Settings
from compiler.sound.timeline import lay_out
from compiler.talk.dialogue import Dialogue, Hold, Silence, Transfer, Turn, Wait
from compiler.talk.spoken import spoken

__all__ = ["Cast", "Settings", "Take", "cast_from_header", "estimate_seconds", "fingerprint", "initialise", "produce",
           "ready", "settings"]  # fmt: skip

SOUND = 1  # goes up when the same dialogue gives other samples
TEMPO = 0.15  # some people speak faster than others, by up to this
LINE_GAIN = 1.5  # dB: a customer's line is louder or softer by up to this


@dataclass(frozen=True, slots=True)
class Take:
    """All that one recording needs; picklable. `wav` is None for text calls. `entries` are the header entries of C1,
    `record` is the call record ({} where there is none). `locale` gives the spoken form; without it, the shipped locale
    of the dialogue's tag does."""

    stem: str
    dialogue: Dialogue
    cast: Cast
    key: int
    entries: Mapping[str, Value]
    record: Mapping[str, Value]
    wav: Path | None
    json: Path
    locale: Locale | None = None


def settings(
    *,
    engine: str = "pico",
    hold: Path | None = None,
    voices: Mapping[str, str] | None = None,
    voice_female: str | None = None,
    voice_male: str | None = None,
    voice_customer: str | None = None,
    cache: Path | None = None,
    overlaps: float = 0.2,
    jobs: int = 1,
    options: Mapping[str, str] | None = None,
    locales: Iterable[str] = (),
) -> Settings:
    """Settings that have been checked: the engine opens, has the voices and speaks the locales, the hold music plays.
    UsageError or WorldError otherwise, before any work is done."""
    asked = Settings(
        engine, voice_female, voice_male, voice_customer, hold, cache, jobs, dict(voices or {}), overlaps,
        dict(options or {}),
    )
    ready(asked, locales)
    return asked


def ready(asked: Settings, locales: Iterable[str] = ()) -> str:
    """Opens everything that a run needs; what was done to the hold music, "" where there is nothing to say."""
    check_voices(asked)
    check_locales(asked, locales)
    _engine(asked)
    music = _music(asked.hold)
    return f"hold music {music.name}: {music.note}" if music.note else ""


def initialise(asked: Settings) -> None:
    """For the process pool: opens the engine and the hold music of this worker."""
    _engine(asked)
    _music(asked.hold)


def fingerprint(asked: Settings) -> str:
    """What the bytes depend on besides the take: our version, the engine's, the libraries', the hold music."""
    libraries = " ".join(f"{name}={version(name)}" for name in ("numpy", "soxr", "soundfile"))
    voices = ",".join(f"{a}={b}" for a, b in sorted(asked.voices.items()))
    overrides = f"{asked.voice_female}/{asked.voice_male}/{asked.voice_customer}/{voices}"
    parts = (f"sound {SOUND}", _engine(asked).fingerprint(), libraries, _music(asked.hold).fingerprint(), overrides)
    return "; ".join((*parts, f"overlaps {asked.overlaps:g}"))


_engines: dict[str, tuple[Settings, Engine]] = {}


def _engine(asked: Settings) -> Engine:
    """One engine a process and name; a new one where the settings are others."""
    known = _engines.get(asked.engine)
    if known is None or known[0] != asked:
        engine: Engine = engine_module(asked).open(asked)
        known = _engines[asked.engine] = (asked, engine)
    return known[1]


@cache
def _music(path: Path | None) -> HoldMusic:
    return load(path)


def produce(take: Take, asked: Settings) -> Recording | None:
    """Makes the WAV, measures it, then puts WAV and JSON in place; for text calls the JSON alone (None).

    WorldError when the engine or the disk fails, Quarantined when a label is off; then nothing on disk has changed.
    """
    promises(take)
    if take.wav is not None:
        return _recorded(take, take.wav, asked)
    _text_only(take)
    return None


def promises(take: Take) -> None:
    """Quarantined, before any work, when the dialogue itself does not hold what a label says."""
    items = take.dialogue.items if take.wav is not None else ()
    marks = sum(isinstance(i, Turn) and i.interrupts for i in items)
    holds: dict[str, tuple[float, str]] = {
        "Hold_time": (sum(i.centiseconds for i in items if isinstance(i, Hold)) / 100, " s of hold"),
        "Silence_total_seconds": (sum(i.centiseconds for i in items if isinstance(i, Silence)) / 100, " s of silence"),
        "Transfers_count": (sum(isinstance(i, Transfer) for i in items), " transfers"),
        "Interruptions_count": (marks, " marked interruptions"),
    }
    if not marks:  # they are made where they fit
        del holds["Interruptions_count"]
    for label, (has, what) in holds.items():
        said = take.record.get(label, take.entries.get(label))
        if items and isinstance(said, (int, float)) and abs(said - has) > 0.005:
            raise Quarantined(f"{label}: the label says {said:g}, the dialogue has {has:g}{what}")


def _recorded(take: Take, wav: Path, asked: Settings) -> Recording:
    timeline = _timeline(take, asked)
    with files.whole(wav) as draft:  # takes its place only when every label is true
        mix.write(timeline, _music(asked.hold), take.key, draft)
        heard = measure.listen(draft)
        found = measure.measure(heard)
        document = wavjson.of_recording(take.entries, take.record, timeline, found)
        off = [check for check in judge(take.stem, heard, document).checks if not check.ok]
        if off:
            raise Quarantined("; ".join(f"{c.label}: said {c.said}, heard {c.measured}" for c in off))
    files.write(take.json, wavjson.text(document))
    return Recording(wav, take.json, found)


def _text_only(take: Take) -> None:
    locale = take.locale or take.dialogue.locale
    said = [spoken(item.text, locale) for item in take.dialogue.items if isinstance(item, Turn)]
    genders = {"agent": take.cast.agent.gender, "customer": take.cast.customer.gender}
    document = wavjson.of_text(take.dialogue, said, genders, take.entries, take.record)
    files.write(take.json, wavjson.text(document))


def _timeline(take: Take, asked: Settings) -> Timeline:
    count = take.record.get("Interruptions_count", take.entries.get("Interruptions_count"))
    wanted = int(count) if isinstance(count, (int, float)) else None
    return lay_out(_parts(take, asked), take.key, wanted, asked.overlaps)


def _parts(take: Take, asked: Settings) -> list[Part]:
    """The dialogue with its sound; [wait] is not rendered."""
    items = [item for item in take.dialogue.items if not isinstance(item, Wait)]
    transfers = sum(isinstance(item, Transfer) for item in items)
    cast = voiced(take.cast, asked, take.key, transfers)
    speakers = _speakers(items, cast)
    engine = _engine(asked)

    def part(n: int) -> Part:
        item, speaker = items[n], speakers[n]
        if not isinstance(item, Turn):
            assert not isinstance(item, Wait)  # left out above
            return item
        return _line(engine, take, n, item, speaker)

    if engine.concurrency <= 1:
        return [part(n) for n in range(len(items))]
    with ThreadPoolExecutor(engine.concurrency) as pool:
        return list(pool.map(part, range(len(items))))


def _speakers(items: Sequence[Turn | Hold | Silence | Transfer | Wait], cast: Cast) -> list[Speaker]:
    """Who has the agent's or the customer's side at each item: a colleague after each transfer."""
    agents = [cast.agent, *cast.colleagues]
    moved, found = 0, []
    for item in items:
        moved += isinstance(item, Transfer)
        customer = isinstance(item, Turn) and item.speaker == "customer"
        found.append(cast.customer if customer else agents[moved])
    return found


def _line(engine: Engine, take: Take, n: int, turn: Turn, speaker: Speaker) -> Line:
    said = spoken(turn.text, take.locale or take.dialogue.locale)
    tempo = 1.0 + TEMPO * u(key("tempo", speaker.role, speaker.id), "speech")
    parameters: dict[str, str | float] = {"locale": take.dialogue.locale, "pitch": speaker.pitch, "tempo": tempo}
    try:
        speech = engine.synthesize(said, speaker.voice, parameters, key("utterance", take.key, n))
        clip = clips.prepare(speech, clips.LEVEL + _line_gain(take, speaker))
    except WorldError as error:
        message = f"the turn “{turn.text[:60]}”: {error}"
        raise WorldError(message, retryable=error.retryable, fatal=error.fatal) from error
    return Line(turn, clip, said, speaker.gender)


def _line_gain(take: Take, speaker: Speaker) -> float:
    return LINE_GAIN * (2 * u(take.key, "line gain") - 1) if speaker.role == "customer" else 0.0


def estimate_seconds(take: Take) -> float:
    """Roughly how long the recording will last: from the letters, the holds and the silences of the dialogue."""
    seconds = 1.0
    for item in take.dialogue.items:
        if isinstance(item, Turn):
            seconds += 0.5 + len(item.text) / 17.5
        elif isinstance(item, (Hold, Silence)):
            seconds += item.centiseconds / 100
    return seconds
