"""A request that broke -> what it means for the call, in words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import requests

from compiler.targets._delivery.settings import Settings, shown_url


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: the server was not reached; its certificate is not trusted; the connection broke before the whole request
    had left; nobody answered a whole request, which may have arrived; or the address is of no use."""

    kind: Literal["unreachable", "untrusted", "broken", "unanswered", "hopeless"]
    message: str


def fault(error: requests.RequestException, settings: Settings, *, begun: bool, complete: bool) -> Fault:
    """`begun`: bytes of the body had left; `complete`: all of them had."""
    causes = tuple(_causes(error))
    url = settings.url or ""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Fault("untrusted", f"the certificate of {urlsplit(url).hostname} is not trusted"
                         f" ({cause.verify_message}); name your own authority's file in REQUESTS_CA_BUNDLE,"
                         " or say --insecure to go without")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Fault("hopeless", f"requests cannot use the address {shown_url(url)}")
    if complete:
        return Fault("unanswered", _unanswered(error, settings))
    if begun:
        return Fault("broken", f"the connection broke while the call was being sent: {_reason(causes)}")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Fault("unreachable", f"{shown_url(url)} gave no connection within {settings.connect_timeout:g} s")
    return Fault("unreachable", f"{shown_url(url)} cannot be reached: {_reason(causes)}")


def _unanswered(error: requests.RequestException, settings: Settings) -> str:
    if isinstance(error, requests.exceptions.ReadTimeout):
        return f"no answer within {settings.read_timeout:g} s"
    return "the server hung up without an answer"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and what it wraps (requests and urllib3 wrap by argument, `reason` and `from`), outermost first."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (*current.args, getattr(current, "reason", None), current.__cause__, current.__context__)
        waiting.extend(one for one in inner if isinstance(one, BaseException))


def _reason(causes: tuple[BaseException, ...]) -> str:
    """The operating system's words for the innermost failure."""
    for cause in reversed(causes):
        if isinstance(cause, socket.gaierror):
            return "its name is not known"
        if isinstance(cause, ssl.SSLError):
            return f"no TLS there ({cause.reason or 'handshake broken off'})"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
    return type(causes[-1]).__name__
