"""Flags that several commands share, and their way into Options."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from compiler.failures import UsageError

if TYPE_CHECKING:  # these take longer to load than the rest of a start
    from datetime import date
    from pathlib import Path

    from compiler.options import Options

Parser = argparse.ArgumentParser


def a_path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def a_date(text: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is not a date; write it like 2025-09-01") from error


def at_least(low: int):  # type: ignore[no-untyped-def]  # argparse wants a plain callable
    def number(text: str) -> int:
        try:
            value = int(text.replace("_", ""))
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"`{text}` is not a whole number") from error
        if value < low:
            raise argparse.ArgumentTypeError(f"{value} is too small; it must be at least {low}")
        return value

    return number


def temperature(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number") from error
    if not 0 <= value <= 2:
        raise argparse.ArgumentTypeError(f"{text} is out of range; a temperature is between 0 and 2")
    return value


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def common(parser: Parser, out: str = "") -> None:
    parser.add_argument("--out", type=a_path, default=None if out else "build", metavar="DIR",
                        help=f"where the results go ({out})" if out else "the build folder (build)")
    parser.add_argument("--quiet", action="store_true", help="only warnings and errors")
    parser.add_argument("--jobs", type=at_least(1), default=cores(), metavar="N",
                        help="processes for speech (all cores)")
    parser.add_argument("--force", action="store_true",
                        help="make again what is there; overwrites edited dialogues")


def reading(parser: Parser) -> None:
    """What is laid over the spec before a command looks at it, and how its errors are written."""
    parser.add_argument("--overlay", dest="overlays", action="append", default=[], metavar="NAME",
                        help="an overlay of the spec; may be given again")
    parser.add_argument("--set", dest="sets", action="append", default=[], metavar="PATH=VALUE",
                        help="one setting of the spec: --set volume.scale=5%%")
    parser.add_argument("--start", type=a_date, metavar="DATE", help="first day")
    parser.add_argument("--end", type=a_date, metavar="DATE", help="last day")
    parser.add_argument("--seed", type=at_least(0), metavar="N", help="another seed than the spec's")
    parser.add_argument("--outages", type=at_least(0), metavar="N", help="how often the outage happens")
    parser.add_argument("--message-format", choices=("text", "json", "github"), default="text",
                        help="how errors of the spec are written")


def language(parser: Parser) -> None:
    parser.add_argument("--locale", metavar="TAG",
                        help="language of prompts and headers (else GEN_LOCALE, else the call's)")


def writing(parser: Parser) -> None:
    parser.add_argument("--writer", default="embedded", metavar="NAME", help="embedded (default) or openai")
    parser.add_argument("--model", metavar="NAME", help="the language model of the openai writer")
    parser.add_argument("--api", choices=("responses", "chat"), help="the interface of the openai writer (responses)")
    parser.add_argument("--temperature", type=temperature, metavar="T", help="0..2 (0.7)")


def speaking(parser: Parser) -> None:
    parser.add_argument("--engine", default="pico", metavar="NAME", help="pico (default) or openai")
    for who in ("female", "male", "customer"):
        parser.add_argument(f"--voice-{who}", metavar="VOICE", help=f"one voice for every {_whom(who)}")
    parser.add_argument("--hold", type=a_path, metavar="FILE",
                        help="hold music: WAV, FLAC, OGG or MP3 (a generated loop)")


def _whom(who: str) -> str:
    return "customer" if who == "customer" else f"{who} agent"


def sending(parser: Parser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="write the forms, send nothing")
    parser.add_argument("--sa-url", metavar="URL", help="the SA server (else SA_URL, else the spec)")
    parser.add_argument("--project-id", metavar="ID", help="SA_PROJECT_ID")
    parser.add_argument("--pipeline-id", metavar="ID", help="SA_PIPELINE_ID")
    parser.add_argument("--storage-backend-id", metavar="ID", help="SA_STORAGE_BACKEND_ID")
    parser.add_argument("--connect-timeout", metavar="S", help="seconds (10)")
    parser.add_argument("--read-timeout", metavar="S", help="seconds (300)")
    parser.add_argument("--retries", metavar="N", help="further tries after a passing failure (3)")
    parser.add_argument("--reverse", action="store_true", help="the last call first")
    parser.add_argument("--insecure", action="store_true", help="do not check the server's certificate")


def options(namespace: argparse.Namespace, **more: Any) -> Options:
    """Options from whatever flags the command has."""
    from dataclasses import fields

    from compiler.options import Options, UploadOptions

    given = vars(namespace)
    known = {f.name for f in fields(Options)} - {"upload", "specs"}
    values = {name: given[name] for name in known if name in given}
    for name in ("overlays", "sets"):
        if name in values:
            values[name] = tuple(values[name])
    upload = UploadOptions(
        url=given.get("sa_url"),
        project=given.get("project_id"),
        pipeline=given.get("pipeline_id"),
        storage_backend=given.get("storage_backend_id"),
        connect_timeout=given.get("connect_timeout"),
        read_timeout=given.get("read_timeout"),
        retries=given.get("retries"),
        reverse=given.get("reverse", False),
        insecure=given.get("insecure", False),
    )
    return Options(**{**values, "upload": upload, **more})


def folder_or_file(text: str) -> Path:
    path = a_path(text)
    if not path.exists():
        raise UsageError(f"there is no file or folder {path}")
    return path
