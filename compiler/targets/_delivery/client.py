"""Form -> Answer: one streamed multipart request over HTTP, asked again while that may help.

Asked again, with growing pauses (`pause`, doubled each time, at most a minute) or as Retry-After says (at most two):
failures of the network, 5xx and 429.  Never: other 4xx, redirects, a certificate that is not trusted.

A request whose last bytes had left and that nobody answered (hang-up, read timeout) may have arrived. It is not asked
again: the answer is `unknown`, and no later run sends the call without --force. Every attempt carries the same
session_id and the same `Idempotency-Key` header, by which a server can tell a forced repeat.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests_toolbelt.multipart.encoder import MultipartEncoderMonitor
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from compiler import __version__
from compiler.targets._delivery.body import multipart
from compiler.targets._delivery.faults import Fault, fault
from compiler.targets._delivery.form import Form
from compiler.targets._delivery.settings import Settings, shown_url

LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 120.0
_SNIPPET = 200  # characters of a server's answer that are kept
_WRONG_PLACE = (401, 403, 404, 405)  # such an answer is about the address or the token, not about the call


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `trouble` names what would meet every other call too: the server is not there
    (`unreachable`), it fails whatever we send (`failing`), or it will not take calls from us at this address
    (`refused`). `server` is its id or words."""

    outcome: Literal["sent", "failed", "unknown"]
    message: str
    status: int | None = None
    attempts: int = 1
    server: str = ""
    trouble: Literal["", "unreachable", "failing", "refused"] = ""


class _Again(Exception):
    """An attempt failed in a way that may pass; `after` is the server's own wish in seconds."""

    def __init__(self, answer: Answer, after: float | None = None) -> None:
        super().__init__(answer.message)
        self.answer = answer
        self.after = after


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # Retry-After may be a date; nothing that is generated depends on it


class _InLargeBlocks(HTTPAdapter):
    """Bodies leave in blocks of 256 KiB, not 16: a third of the work for a WAV."""

    def init_poolmanager(self, *sizes: Any, **settings: Any) -> None:
        super().init_poolmanager(*sizes, blocksize=1 << 18, **settings)


class Client:
    """Sends forms over one connection; for one thread. `sleep` gets seconds, and may raise to break off."""

    def __init__(self, settings: Settings, sleep: Callable[[float], None],
                 clock: Callable[[], datetime] = _now) -> None:
        self._settings = settings
        self._sleep = sleep
        self._clock = clock
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _InLargeBlocks())
        self._session.auth = self._sign  # an own signer also keeps requests from sending what ~/.netrc holds
        if settings.insecure:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # said once, by the caller

    def close(self) -> None:
        self._session.close()

    def send(self, form: Form, key: str, *, leaving: Callable[[], None], refused: Callable[[Answer], None],
             patient: bool = True) -> Answer:
        """Sends `form`; `key` is its content's.

        `leaving()` runs just before the last bytes of each attempt leave: until then the server cannot have the call.
        It may raise to hold them back. `refused(answer)` runs after each attempt that surely left nothing at the
        server. Not `patient`: no second attempt.
        Raises WorldError when a file cannot be read.
        """
        attempts = 0

        def attempt() -> Answer:
            nonlocal attempts
            attempts += 1
            try:
                return self._attempt(form, key, leaving)
            except _Again as again:
                refused(again.answer)
                raise

        retries = self._settings.retries if patient else 0
        try:
            answer = Retrying(stop=stop_after_attempt(retries + 1), retry=retry_if_exception_type(_Again),
                              wait=self._pause, sleep=self._sleep, reraise=True)(attempt)
        except _Again as again:
            answer = again.answer
        return _summed_up(answer, attempts)

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._settings.token:
            request.headers["Authorization"] = f"Bearer {self._settings.token}"
        return request

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        if isinstance(error, _Again) and error.after is not None:
            return min(error.after, LONGEST_RETRY_AFTER)
        doubled = self._settings.pause * float(2 ** (state.attempt_number - 1))
        return min(doubled, LONGEST_PAUSE)

    def _attempt(self, form: Form, key: str, leaving: Callable[[], None]) -> Answer:
        with ExitStack() as files:
            body = multipart(form, key, leaving, files)
            try:
                response = self._post(body, key)
            except requests.RequestException as error:
                read = body.bytes_read
                return _broken(fault(error, self._settings, begun=read > 0, complete=read >= body.len))
            with response:
                return self._judge(response)

    def _post(self, body: MultipartEncoderMonitor, key: str) -> requests.Response:
        settings = self._settings
        return self._session.post(
            settings.url or "",
            data=body,
            headers={"Content-Type": body.content_type, "Idempotency-Key": key, "Accept": "application/json, */*",
                     "User-Agent": f"callsheet/{__version__}"},
            timeout=(settings.connect_timeout, settings.read_timeout),
            allow_redirects=False,  # a redirect could carry calls and token to another host
            verify=not settings.insecure,  # for each request: a session's own False yields to REQUESTS_CA_BUNDLE
            stream=True,  # the answer's body is read by us, up to a bound
        )

    def _judge(self, response: requests.Response) -> Answer:
        status, words = response.status_code, self._words(response)
        if status in (200, 201, 202):
            return Answer("sent", f"the server says {status}", status, server=words)
        said = f"the server says {status} {response.reason or ''}".rstrip()
        message = f"{said}: {words}" if words else said
        if status == 429 or status >= 500:
            raise _Again(Answer("failed", message, status, trouble="failing"), self._retry_after(response))
        if 300 <= status < 400:
            place = shown_url(requests.compat.urljoin(response.url, response.headers.get("Location", "")))
            message = f"{said}: it points to {self._scrubbed(place)}; set SA_URL to that address if it is right"
            return Answer("failed", message, status, trouble="refused")
        return Answer("failed", message, status, trouble="refused" if status in _WRONG_PLACE else "")

    def _retry_after(self, response: requests.Response) -> float | None:
        """Seconds the server asks us to wait; None where it says nothing readable."""
        text = response.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"\d{1,9}", text):
            return float(text)
        until = _date(text)
        if until is None:
            return None
        now = _date(response.headers.get("Date", "")) or self._clock()
        return max(0.0, (until - now).total_seconds())

    def _words(self, response: requests.Response) -> str:
        """The id that the server gives, or the beginning of its answer; an answer cut off is read as far as it goes."""
        content = b""
        try:
            for block in response.iter_content(4096):
                content += block
                if len(content) > 1 << 16:
                    break
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
            pass  # the status line has arrived, and it is what counts
        text = content.decode("utf-8", errors="replace")
        found = re.search(r'"(?:id|session_?id|uuid)"\s*:\s*"?([\w.:-]{1,100})', text, re.IGNORECASE)
        if found and response.ok:
            return self._scrubbed(f"id {found[1]}")
        return self._scrubbed(text)

    def _scrubbed(self, text: str) -> str:
        """One short line without control characters, our token and anything that looks like one."""
        if self._settings.token:
            text = text.replace(self._settings.token, "(token)")
        text = re.sub(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+", r"\1 (token)", text)
        text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        return text if len(text) <= _SNIPPET else text[: _SNIPPET - 1] + "…"


def _summed_up(answer: Answer, attempts: int) -> Answer:
    if answer.outcome == "sent" or attempts == 1:
        return replace(answer, attempts=attempts)
    return replace(answer, message=f"{answer.message} ({attempts} attempts)", attempts=attempts)


def _broken(found: Fault) -> Answer:
    """The Answer to a request that broke for good; raises _Again where another attempt may help."""
    if found.kind == "unreachable":
        raise _Again(Answer("failed", found.message, trouble="unreachable"))
    if found.kind == "broken":
        raise _Again(Answer("failed", found.message))
    if found.kind == "unanswered":
        return Answer("unknown", found.message)
    return Answer("failed", found.message, trouble="unreachable")


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
