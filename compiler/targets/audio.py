"""Dialogues -> audio/<stem>.wav and .wav.json, each measured; text calls get the JSON alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from compiler import files
from compiler.counting import counted
from compiler.failures import UsageError, WorldError
from compiler.lang.model import Audio
from compiler.manifest import Made
from compiler.plan.call import Value
from compiler.sound import studio
from compiler.talk import header
from compiler.targets._desk import Desk, Recorded, Written
from compiler.targets._labels import relabelled
from compiler.targets._recording import record

AFTER: str | None = "dialogues"
BYTES_A_SECOND = 2 * 2 * 16_000


def prepare(desk: Desk) -> None:
    """Checks engine, voices and hold music before anything is made."""
    options, audio = desk.options, desk.model.audio
    hold = options.hold or (_beside(desk, audio.hold_music) if audio.hold_music else None)
    usual = Audio()
    if audio.sample_rate != usual.sample_rate:
        raise UsageError(f"`sample rate: {audio.sample_rate}` under `audio`: recordings have {usual.sample_rate:_} "
                         "samples a second, and no other rate is made")
    if (audio.overlap_low, audio.overlap_high, audio.overlap_at_most) != (
        usual.overlap_low, usual.overlap_high, usual.overlap_at_most
    ):
        desk.screen.warn("`overlap length` and `overlap at most` have no effect: an interruption is heard for 200 to "
                         "300 ms, any other overlap for at most 100 ms, so that both can be told apart")
    desk.open["studio"] = studio.settings(
        jobs=options.jobs,
        engine=options.engine,
        hold=hold,
        voices=dict(audio.voices),
        voice_female=options.voice_female,
        voice_male=options.voice_male,
        voice_customer=options.voice_customer,
        cache=desk.path(".cache"),
        overlaps=audio.overlaps,
    )
    said = studio.ready(desk.open["studio"])
    if said:
        desk.screen.note(said)


def _beside(desk: Desk, relative: str) -> Path:
    """A file that the spec names, inside the project."""
    path = (desk.project / relative).resolve()
    if not path.is_relative_to(desk.project.resolve()):
        raise WorldError(f"`hold music: {relative}` lies outside the project; name a file inside {desk.project}")
    return path


def run(desk: Desk, written: tuple[Written, ...]) -> tuple[Recorded, ...]:
    """Records what is not there yet; a call whose labels cannot be made true is left out, with the reason."""
    settings: studio.Settings = desk.open["studio"]
    print_of = studio.fingerprint(settings)
    done: dict[str, Recorded] = {}
    todo: list[tuple[studio.Take, str]] = []
    for item in written:
        take = _take(desk, item)
        key = files.digest("\x1f".join((item.hash, repr(take.cast), repr(take.entries), repr(take.record),
                                        print_of)).encode())
        if _up_to_date(desk, item.call.stem, key):
            done[item.call.stem] = Recorded(take.stem, take.json, take.wav)
        else:
            todo.append((take, key))
    _announce(desk, [take for take, _ in todo])
    with desk.screen.step("audio", len(written)) as step:
        step.advance(len(done))
        keys = {take.stem: key for take, key in todo}
        for take, result in record((take for take, _ in todo), settings, desk.options.jobs):
            if isinstance(result, WorldError):
                _drop_stale(desk, take.stem, keys[take.stem])
                desk.fail(take.stem, "audio", result)
            else:
                _note(desk, take, keys[take.stem])
                done[take.stem] = Recorded(take.stem, take.json, take.wav)
            step.advance()
    _count(desk, done)
    return tuple(done[item.call.stem] for item in written if item.call.stem in done)


def _take(desk: Desk, item: Written) -> studio.Take:
    call = item.call
    entries, record = _labels(item, _localised(desk))
    folder = desk.path("audio")
    return studio.Take(
        stem=call.stem,
        dialogue=item.dialogue,
        cast=studio.Cast(call.agent, call.customer, call.colleagues),
        key=call.key,
        entries=entries,
        record=record,
        wav=folder / f"{call.stem}.wav" if call.voiced else None,
        json=folder / f"{call.stem}.wav.json",
        locale=item.speech,
    )


def _localised(desk: Desk) -> bool:
    """True where the spec says `values: localised` under `upload sa`."""
    return any(block.kind == "sa" and block.settings.get("values") == "localised" for block in desk.model.uploads)


def _labels(item: Written, localised: bool) -> tuple[dict[str, Value], dict[str, Value]]:
    """Header entries and record; where somebody edited the dialogue's header, its values are the labels."""
    entries: dict[str, Value] = dict(header.typed(item.entries, item.locale if localised else None))
    planned = header.canonical(item.entries)
    entries.update({key: value for key, value in item.dialogue.header.items()
                    if key in planned and planned[key] != value})
    return entries, relabelled(item.call.record, planned, item.dialogue.header)


def _up_to_date(desk: Desk, stem: str, key: str) -> bool:
    made = desk.manifest.entry(stem).files
    roles = [role for role in ("wav", "timeline") if role in made]
    if desk.options.force or "timeline" not in roles:
        return False
    return all(made[r].made_from == key and _stands(desk, made[r].path, made[r].hash) for r in roles)


def _stands(desk: Desk, relative: str, expected: str) -> bool:
    path = desk.path(relative)
    return path.is_file() and files.digest(path.read_bytes()) == expected


def _drop_stale(desk: Desk, stem: str, key: str) -> None:
    """After a failure: a recording of what the call was before goes, one that is still true stays."""
    if any(desk.manifest.entry(stem).files[role].made_from != key
           for role in ("wav", "timeline") if role in desk.manifest.entry(stem).files):
        desk.clear(stem, "wav", "timeline", "form")
        desk.manifest.entry(stem).stage = "dialogues"


def _note(desk: Desk, take: studio.Take, key: str) -> None:
    """Records the files of a take that is finished."""
    made = {}
    for role, path in (("wav", take.wav), ("timeline", take.json)):
        if path is not None:
            made[role] = Made(path.relative_to(desk.out).as_posix(), files.digest(path.read_bytes()), key)
    desk.manifest.made(take.stem, "audio", made)


def _announce(desk: Desk, takes: list[studio.Take]) -> None:
    """Says beforehand how much disk the recordings will take, and when that is more than there is."""
    voiced = [take for take in takes if take.wav is not None]
    if not voiced:
        return
    size = sum(studio.estimate_seconds(take) for take in voiced) * BYTES_A_SECOND
    desk.path("audio").mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(desk.path("audio")).free
    desk.screen.note(f"audio: {counted(len(voiced), 'recording')} will take about {size / 1e6:,.0f} MB "
                     f"({free / 1e6:,.0f} MB free)")
    if size > free:
        desk.screen.warn("that is more than the disk has; fewer calls: --limit N, another disk: --out DIR")


def _count(desk: Desk, done: dict[str, Recorded]) -> None:
    wavs = [item.wav for item in done.values() if item.wav is not None]
    size = sum(wav.stat().st_size for wav in wavs)
    desk.facts["bytes"] = size
    desk.facts["seconds"] = size / BYTES_A_SECOND
    if wavs:
        desk.facts["verified"] = f"{len(wavs):,} by their own sound: hold, silence, interruptions, channels as labelled"
