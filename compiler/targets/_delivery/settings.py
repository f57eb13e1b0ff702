"""Spec < environment < flags -> Settings. Every value is checked here, and a bad one is named with its origin."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from compiler.failures import UsageError
from compiler.lang.model import EnvVar, Model

Environment = Mapping[str, str]
Flags = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Settings:
    """How and where to send. Times in seconds. `url` None: forms are written, nothing is sent.

    `time_zone` None: start times without an offset are taken as UTC, and the report says so. `teams` maps team ids to
    labels. `token` is sent as a bearer token and stands in no text or file. `notes` are to be
    said to the user before anything is sent (on stderr).
    """

    url: str | None = None
    project_id: str = ""
    pipeline_id: str = ""
    storage_backend_id: str = ""
    channel_map: str = "[]"
    direction: str = "in"
    disconnect_reason: str = "normal"
    connect_timeout: float = 10.0
    read_timeout: float = 300.0
    retries: int = 3
    pause: float = 2.0
    reverse: bool = False
    insecure: bool = False
    time_zone: str | None = None
    teams: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    notes: tuple[str, ...] = ()


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # `project: 42` is a number in a spec
    return str(value).strip()


def _url(value: object) -> str:
    text = str(value).strip()
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or any(letter.isspace() for letter in text):
        raise ValueError(f"`{text}` is no address of a server: write one like https://sa.example.com/api/upload")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the address holds a user name or password: take it out, and put a token into SA_TOKEN")
    return text


def _number(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"`{value}` is not a number")
    return number


def _timeout(value: object) -> float:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"`{value}` must be more than 0 seconds")
    return number


def _pause(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 60:
        raise ValueError(f"`{value}` must lie between 0 and 60 seconds")
    return number


def _count(value: object) -> int:
    number = _number(value)
    if not number.is_integer() or not 0 <= number <= 20:
        raise ValueError(f"`{value}` must be a whole number between 0 and 20")
    return int(number)


def _truth(value: object) -> bool:
    words = {"yes": True, "true": True, "1": True, "1.0": True, "no": False, "false": False, "0": False, "0.0": False}
    if str(value).strip().lower() not in words:
        raise ValueError(f"`{value}` is neither yes nor no")
    return words[str(value).strip().lower()]


def _unchecked(value: object) -> bool:
    return not _truth(value)


def _direction(value: object) -> str:
    if value not in ("in", "out"):
        raise ValueError(f"`{value}` is neither in nor out")
    return str(value)


def _channel_map(value: object) -> str:
    try:
        parsed = json.loads(str(value))
    except ValueError as error:
        raise ValueError(f"`{value}` is no JSON: {error}") from error
    if not isinstance(parsed, list):
        raise ValueError(f"`{value}` must be a JSON list, such as []")
    return json.dumps(parsed, ensure_ascii=False)


def _zone(value: object) -> str:
    name = str(value).strip()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone `{name}`: write one like Europe/Berlin") from error
    return name


@dataclass(frozen=True, slots=True)
class _Row:
    """One setting: its attribute, its name in the spec and in the environment ("" = none), and whether the attribute's
    name is also a flag's."""

    name: str
    spec: str
    variable: str
    read: Callable[[object], object]
    flag: bool = True


_ROWS = (
    _Row("url", "url", "SA_URL", _url),
    _Row("project_id", "project", "SA_PROJECT_ID", _text),
    _Row("pipeline_id", "pipeline", "SA_PIPELINE_ID", _text),
    _Row("storage_backend_id", "storage", "SA_STORAGE_BACKEND_ID", _text),
    _Row("channel_map", "channel map", "", _channel_map, flag=False),
    _Row("direction", "direction", "", _direction, flag=False),
    _Row("disconnect_reason", "disconnect reason", "", _text, flag=False),
    _Row("connect_timeout", "connect timeout", "SA_CONNECT_TIMEOUT", _timeout),
    _Row("read_timeout", "read timeout", "SA_READ_TIMEOUT", _timeout),
    _Row("retries", "retries", "", _count),
    _Row("pause", "pause", "", _pause, flag=False),
    _Row("reverse", "", "", _truth),
    _Row("insecure", "certificate checks", "", _unchecked, flag=False),
    _Row("insecure", "", "", _truth),
    _Row("time_zone", "", "SA_TIME_ZONE", _zone),
    _Row("token", "", "SA_TOKEN", _text, flag=False),  # a command line is seen by everybody on the machine
)


def resolve(model: Model | None, environment: Environment, flags: Flags) -> Settings:
    """The settings for sending. `flags` maps attribute names of Settings to what was given (None or False: not given).

    The spec's own time zone is a fact of its calls; SA_TIME_ZONE and --time-zone are for files without a spec.
    Raises UsageError that names the flag, the variable or the line of the spec that holds a bad value.
    """
    spec = _spec_settings(model)
    found: dict[str, object] = {}
    if environment.get("SA_TOKEN") and isinstance(spec.get("url"), str) and not (
        environment.get("SA_URL") or flags.get("url")
    ):
        raise UsageError("SA_TOKEN is set, but the address stands in the spec: the token goes only to an address that"
                         " you give yourself, by SA_URL or --sa-url")
    for row in _ROWS:
        for place, value in _given(row, spec, environment, flags)[-1:]:
            try:
                found[row.name] = row.read(value)
            except ValueError as error:
                raise UsageError(f"{place}: {error}") from error
    if model is not None:
        found["time_zone"] = model.dataset.time_zone
        found["teams"] = {team.id: team.label for team in model.teams}
    settings = Settings(**found)  # type: ignore[arg-type]  # each row's reader gives the attribute's type
    return replace(settings, notes=_notes(settings))


def _spec_settings(model: Model | None) -> dict[str, object]:
    uploads = model.uploads if model is not None else ()
    return {
        name.replace("_", " "): value
        for upload in uploads
        if upload.kind == "sa"
        for name, value in upload.settings.items()
    }


def _given(row: _Row, spec: Mapping[str, object], environment: Environment, flags: Flags) -> list[tuple[str, object]]:
    """(where it was said, value), weakest first; an empty variable counts as not set."""
    places: list[tuple[str, object]] = []
    said = spec.get(row.spec) if row.spec else None
    line = f"`{row.spec}` under `upload sa`"
    if isinstance(said, EnvVar):
        if not said.name.startswith("SA_") or said.name == "SA_TOKEN":
            raise UsageError(f"{line} asks for the environment variable {said.name}: a spec may read those that begin"
                             " with SA_, and no others (SA_TOKEN neither), so that it cannot carry a secret away")
        if environment.get(said.name):
            places.append((f"{said.name} (named by {line})", environment[said.name]))
    elif said is not None:
        places.append((line, said))
    if row.variable and environment.get(row.variable):
        places.append((row.variable, environment[row.variable]))
    flag = flags.get(row.name) if row.flag else None
    if flag is not None and flag is not False:
        places.append(("--" + row.name.replace("_", "-"), flag))
    return places


def _notes(settings: Settings) -> tuple[str, ...]:
    if not (settings.insecure and settings.url):
        return ()
    return (f"the certificate of {shown_url(settings.url)} is not checked, as you asked: anybody on the way can read"
            " and change what is sent",)


def need_for_sending(settings: Settings) -> None:
    """UsageError when the server's address is known, but not what it needs to file a call."""
    wanted = (("project id", settings.project_id, "project", "SA_PROJECT_ID", "--project-id"),
              ("pipeline id", settings.pipeline_id, "pipeline", "SA_PIPELINE_ID", "--pipeline-id"))
    for what, value, line, variable, flag in wanted:
        if settings.url and not value:
            raise UsageError(f"the server's address is set, but no {what}: set {variable}, give {flag}, or write"
                             f" `{line}:` under `upload sa`")


def shown_url(url: str) -> str:
    """`url` as it may be shown and stored: the values of a query, which may hold a key, are left out."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + ("?…" if parts.query else "")
