"""One .wav.json -> the form that is sent, and the view of it in build/sa."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from compiler.failures import WorldError
from compiler.files import digest
from compiler.targets._delivery.settings import Settings, shown_url

Simple = str | int | float | bool

_STEM = re.compile(r"(?P<agent>.+)_(?P<start>\d{14})_(?P<ani>[^_]+)")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})\.\d{1,15}")
_WORDS = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+")
_STAY_TEXT = {"ani", "id", "uuid", "date", "phone"}  # a key with one of these words is never a number


@dataclass(frozen=True, slots=True)
class Form:
    """What is sent for one call: form fields in order, the timeline's file and, for voice, the audio's.

    `zone_assumed`: the call's start came without an offset, and was taken as UTC because no time zone is known.
    """

    stem: str
    fields: tuple[tuple[str, str], ...]
    stt_data: Path
    audio: Path | None
    zone_assumed: bool = False


def make_form(stem: str, timeline: Path, audio: Path | None, settings: Settings) -> Form:
    """Reads `timeline` and fills in the form. WorldError says what the file lacks.

    The keys of `data` are flat and dotted, "segments.call_center_attributes.operator" as well as "custom.FCR".
    A file without the record (`call`), as the old system wrote it, gives what its header entries and stem tell.
    """
    known = _known(stem, _first_channel(timeline))
    start = _start(known)
    data = {"session_id": stem, "start_date": _utc(start, settings.time_zone), **_data(known, settings, audio)}
    if audio is None and str(data.get("channel", "voice")).casefold() == "voice":
        raise WorldError(f"a voice call without its audio: {stem}.wav is not there")
    fields = (
        ("storageBackendId", settings.storage_backend_id),
        ("pipelineId", settings.pipeline_id),
        ("data", _json(data, timeline)),
        ("indexName", settings.project_id),
        ("channelMap", settings.channel_map),
    )
    return Form(stem, fields, timeline, audio, start.tzinfo is None and settings.time_zone is None)


def _json(data: Mapping[str, Simple], timeline: Path) -> str:
    """`data` as JSON text; WorldError for what JSON or UTF-8 cannot hold (1e999, half a surrogate pair)."""
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as error:
        raise WorldError(f"{timeline.name} holds a value that cannot be sent: {error}") from error
    return text


def view(form: Form, settings: Settings, folder: Path) -> bytes:
    """The form as JSON for `folder` (build/sa); file paths are relative to it, with `/`."""
    files = {"stt_data": _relative(form.stt_data, folder)}
    if form.audio is not None:
        files["audio"] = _relative(form.audio, folder)
    url = shown_url(settings.url) if settings.url else None
    content = {"url": url, "fields": dict(form.fields), "files": files}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def content_key(form: Form) -> str:
    """A hash of all that the server would receive: fields, timeline, audio (read in blocks)."""
    parts = [digest(json.dumps(form.fields, ensure_ascii=False).encode())]
    for path in (form.stt_data, form.audio):
        parts.append(_file_digest(path) if path is not None else "")
    return digest("\n".join(parts).encode())


def _file_digest(path: Path) -> str:
    total = sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                total.update(block)
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror or error}") from error
    return total.hexdigest()


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _first_channel(timeline: Path) -> Mapping[str, Any]:
    """The C1 object of a .wav.json."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON number")

    try:
        document = json.loads(timeline.read_bytes(), parse_constant=refuse)
    except FileNotFoundError as error:
        raise WorldError(f"{timeline} is not there") from error
    except OSError as error:
        raise WorldError(f"cannot read {timeline}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise WorldError(f"{timeline.name} is no JSON: {error}") from error
    first = document.get("C1") if isinstance(document, dict) else None
    if not isinstance(first, dict):
        raise WorldError(f"{timeline.name} has no object C1: it is no timeline of a call")
    return first


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to know of a call: its record (empty in foreign files), its header entries, its file's name."""

    stem: str
    record: Mapping[str, Any]
    header: Mapping[str, Simple]
    name: re.Match[str] | None


def _known(stem: str, first: Mapping[str, Any]) -> _Known:
    call = first.get("call")
    record = call if isinstance(call, dict) else None
    return _Known(stem, record or {}, dict(_header(first, foreign=record is None)), _STEM.fullmatch(stem))


def _data(known: _Known, settings: Settings, audio: Path | None) -> dict[str, Simple]:
    """`data` without id and start; what is not known is left out."""
    record, header, name = known.record, known.header, known.name
    operator = record.get("agent_name") or header.get("agent_name") or (name["agent"] if name else None)
    group = record.get("team") or header.get("team")
    ani = record.get("ANI") or header.get("ANI") or (name["ani"] if name else None)
    data: dict[str, Any] = {
        "ani": str(ani) if ani is not None else None,
        "direction": record.get("direction") or settings.direction,
        "disconnect_reason": record.get("disconnect_reason") or settings.disconnect_reason,
        "segments.call_center_attributes.operator": operator,
        "segments.call_center_attributes.operator_name": header.get("agent_name") or _label(operator),
        "segments.call_center_attributes.group": group,
        "segments.call_center_attributes.group_name": settings.teams.get(str(group)) or _label(group),
        "original_filename": known.stem + (".wav" if audio is not None else ".wav.json"),
        "channel": record.get("channel") or header.get("channel") or ("voice" if audio is not None else None),
    }
    data |= {f"custom.{key}": value for key, value in header.items()}
    return {key: value for key, value in data.items() if value is not None}


def _label(name: object) -> str | None:
    """An id for reading: `_` as a space."""
    return str(name).replace("_", " ") if name else None


def _header(first: Mapping[str, Any], *, foreign: bool) -> Iterator[tuple[str, Simple]]:
    """The simple entries of C1; in foreign files also those one level down, under `metadata`."""
    nested = first.get("metadata") if foreign else None
    entries = {**(nested if isinstance(nested, dict) else {}), **first}
    for key, value in entries.items():
        if key in ("cid", "metadata", "smoothed", "call") or not isinstance(value, str | int | float | bool):
            continue
        yield key, _typed(key, value, foreign)


def _typed(key: str, value: Simple, foreign: bool) -> Simple:
    """Texts of foreign files that look like numbers become numbers; numbers, ids and dates of callers stay texts."""
    if _STAY_TEXT & {word.lower() for word in _WORDS.findall(key)}:
        return value if isinstance(value, bool) else str(value)
    if not foreign or not isinstance(value, str):
        return value
    if _WHOLE.fullmatch(value):
        return int(value)
    return float(value) if _DECIMAL.fullmatch(value) else value


def _utc(start: datetime, zone: str | None) -> str:
    """`start` in UTC. A local time that occurs twice (clocks go back) is the first of the two; no zone means UTC."""
    if start.tzinfo is None:
        start = start.replace(tzinfo=ZoneInfo(zone or "UTC"))
    try:
        return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError as error:
        raise WorldError(f"the start time {start.isoformat()} is out of range") from error


def _start(known: _Known) -> datetime:
    """The record's start (with its offset, where it has one), else the local time in the file's name."""
    said = known.record.get("start")
    if said:
        try:
            return datetime.fromisoformat(str(said))
        except ValueError as error:
            raise WorldError(f"C1.call.start is no time: {said}") from error
    if known.name is None:
        raise WorldError("no start time: there is no C1.call.start, and the file's name is not"
                         " Agent_YYYYMMDDHHMMSS_ANI")
    try:
        start = datetime.strptime(known.name["start"], "%Y%m%d%H%M%S")
    except ValueError as error:
        raise WorldError(f"the file's name holds no time: {known.name['start']}") from error
    date = str(known.record.get("date") or known.header.get("date") or "")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", date) and date != start.date().isoformat():
        raise WorldError(f"two dates: the file's name says {start.date().isoformat()}, its record says {date}")
    return start
