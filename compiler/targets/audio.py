"""Dialogues -> audio/<stem>.wav and .wav.json, each measured; text calls get the JSON alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from compiler import files
from compiler.failures import WorldError
from compiler.plan.call import Value
from compiler.sound import studio
from compiler.sound.audio import Recording
from compiler.talk import header
from compiler.targets._desk import Desk, Recorded, Written

AFTER: str | None = "dialogues"
BYTES_A_SECOND = 2 * 2 * 16_000


def prepare(desk: Desk) -> None:
    """Checks engine, voices and hold music before anything is made."""
    options, audio = desk.options, desk.model.audio
    hold = options.hold or (_beside(desk, audio.hold_music) if audio.hold_music else None)
    desk.open["studio"] = studio.settings(
        engine=options.engine,
        hold=hold,
        voices=dict(audio.voices),
        voice_female=options.voice_female,
        voice_male=options.voice_male,
        voice_customer=options.voice_customer,
        cache=desk.path(".cache"),
        overlaps=audio.overlaps,
    )


def _beside(desk: Desk, relative: str):  # type: ignore[no-untyped-def]  # Path | None narrowed by the caller
    path = (desk.project / relative).resolve()
    if not path.is_relative_to(desk.project.resolve()):
        raise WorldError(f"`hold music: {relative}` lies outside the project; name a file inside {desk.project}")
    return path


def run(desk: Desk, written: tuple[Written, ...]) -> tuple[Recorded, ...]:
    """Records what is not there yet; a call whose labels cannot be made true is left out, with the reason."""
    settings: studio.Settings = desk.open["studio"]
    print_of = studio.fingerprint(settings)
    done: dict[str, Recorded] = {}
    todo: list[tuple[Written, studio.Take, str]] = []
    for item in written:
        take = _take(desk, item)
        key = files.digest("\x1f".join((item.hash, repr(take.cast), repr(take.entries), repr(take.record),
                                        print_of)).encode())
        if _up_to_date(desk, item.call.stem, key):
            done[item.call.stem] = _recorded(desk, take)
        else:
            todo.append((item, take, key))
    _announce(desk, [take for _, take, _ in todo])
    with desk.screen.step("audio", len(written)) as step:
        step.advance(len(done))
        for (item, take, key), result in _produced(desk, settings, todo):
            if isinstance(result, WorldError):
                desk.clear(item.call.stem, "wav", "timeline")
                desk.fail(item.call.stem, "audio", result)
            else:
                _record(desk, take, key)
                done[item.call.stem] = _recorded(desk, take)
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
    )


def _localised(desk: Desk) -> bool:
    """True where the spec says `values: localised` under `upload sa`."""
    return any(block.kind == "sa" and block.settings.get("values") == "localised" for block in desk.model.uploads)


def _labels(item: Written, localised: bool) -> tuple[dict[str, Value], dict[str, Value]]:
    """Header entries and record; where somebody edited the dialogue's header, its values are the labels."""
    entries: dict[str, Value] = dict(header.typed(item.entries, item.locale if localised else None))
    record: dict[str, Value] = dict(item.call.record)
    checks = dict(record["compliance_flags"]) if isinstance(record.get("compliance_flags"), dict) else {}
    planned = header.canonical(item.entries)
    for key, value in item.dialogue.header.items():
        if key in planned and planned[key] != value:
            entries[key] = value
            if key in checks:
                checks[key] = str(value)
            elif key in record:
                record[key] = value
    if checks:
        record["compliance_flags"] = checks
    return entries, record


def _up_to_date(desk: Desk, stem: str, key: str) -> bool:
    made = desk.manifest.entry(stem).files
    roles = [role for role in ("wav", "timeline") if role in made]
    if desk.options.force or "timeline" not in roles:
        return False
    return all(made[r].made_from == key and _stands(desk, made[r].path, made[r].hash) for r in roles)


def _stands(desk: Desk, relative: str, expected: str) -> bool:
    path = desk.path(relative)
    return path.is_file() and files.digest(path.read_bytes()) == expected


def _record(desk: Desk, take: studio.Take, key: str) -> None:
    made = {}
    for role, path in (("wav", take.wav), ("timeline", take.json)):
        if path is not None:
            relative = path.relative_to(desk.out).as_posix()
            made[role] = files_made(relative, path.read_bytes(), key)
    desk.manifest.made(take.stem, "audio", made)


def files_made(relative: str, content: bytes, key: str):  # type: ignore[no-untyped-def]  # Made, kept off the imports
    from compiler.manifest import Made

    return Made(relative, files.digest(content), key)


def _recorded(desk: Desk, take: studio.Take) -> Recorded:
    return Recorded(take.stem, take.json, take.wav)


def _announce(desk: Desk, takes: list[studio.Take]) -> None:
    """Says beforehand how much disk the recordings will take, and when that is more than there is."""
    voiced = [take for take in takes if take.wav is not None]
    if not voiced:
        return
    size = sum(studio.estimate_seconds(take) for take in voiced) * BYTES_A_SECOND
    desk.path("audio").mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(desk.path("audio")).free
    desk.screen.note(f"audio: {len(voiced)} recordings will take about {size / 1e6:,.0f} MB "
                     f"({free / 1e6:,.0f} MB free)")
    if size > free:
        desk.screen.warn("that is more than the disk has; fewer calls: --limit N, another disk: --out DIR")


def _produced(
    desk: Desk, settings: studio.Settings, todo: list[tuple[Written, studio.Take, str]]
) -> Iterator[tuple[tuple[Written, studio.Take, str], Recording | WorldError | None]]:
    """Recordings as they are finished, in worker processes; stopping kills the workers and what they had half done."""
    if not todo:
        return
    pool = ProcessPoolExecutor(
        min(desk.options.jobs, len(todo)), get_context("spawn"), initializer=_begin, initargs=(settings,)
    )
    try:
        asked = {pool.submit(_produce, take, settings): task for task in todo for take in (task[1],)}
        for future in as_completed(asked):
            yield asked[future], future.result()
        pool.shutdown()
    except BaseException:
        _stop(pool)
        for leftover in desk.path("audio").glob(".*.part"):
            leftover.unlink(missing_ok=True)
        raise


def _stop(pool: ProcessPoolExecutor) -> None:
    pool.shutdown(wait=False, cancel_futures=True)
    workers = list((pool._processes or {}).values())  # the executor has no public way to stop running work before 3.14
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.join(2)


def _begin(settings: studio.Settings) -> None:
    """In the worker: Ctrl-C is the main process's business."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    studio.initialise(settings)


def _produce(take: studio.Take, settings: studio.Settings) -> Recording | WorldError | None:
    try:
        return studio.produce(take, settings)
    except WorldError as error:
        return error


def _count(desk: Desk, done: dict[str, Recorded]) -> None:
    wavs = [item.wav for item in done.values() if item.wav is not None]
    size = sum(wav.stat().st_size for wav in wavs)
    desk.facts["bytes"] = size
    desk.facts["seconds"] = size / BYTES_A_SECOND
    if wavs:
        desk.facts["verified"] = f"{len(wavs)} recordings measured: hold, silence, interruptions, channels as labelled"
