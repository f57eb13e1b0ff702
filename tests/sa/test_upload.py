"""Uploads over real HTTP on loopback: what arrives, what is asked again, what is not."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from compiler.failures import UsageError
from compiler.targets._delivery.deliver import deliver
from compiler.targets._delivery.ledger import Ledger
from compiler.targets._delivery.pairs import Item
from compiler.targets._delivery.report import Outcome, Report, report_text
from compiler.targets._delivery.settings import Settings
from tests.sa.conftest import CREATED, HEADER, RECORD, Server, document, place, stem_of


@pytest.fixture
def send(tmp_path: Path, settings: Settings) -> Callable[..., Report]:
    def run(items: list[Item], using: Settings = settings, **options: Any) -> Report:
        with closing(Ledger(tmp_path / "sa" / "ledger.sqlite")) as ledger:
            return deliver(items, using, ledger, **{"jobs": 1, **options})

    return run


def outcomes(report: Report) -> list[str]:
    return [result.outcome.value for result in report.results]


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"id\": \"abc-9\"")
    hang_up(handler)


def later(handler: BaseHTTPRequestHandler) -> None:
    sleep(1.5)


# ------------------------------------------------------------------------------------------------ what arrives


def test_the_request_field_by_field(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    assert outcomes(send(calls[:1])) == ["sent"]
    (request,) = server.requests
    assert list(request.parts) == ["storageBackendId", "pipelineId", "data", "indexName", "channelMap", "stt_data",
                                   "audio"]
    text = {name: content for name, (_, content) in request.parts.items()}
    assert (text["storageBackendId"], text["pipelineId"], text["indexName"], text["channelMap"]) == (
        b"3", b"17", b"bank", b"[]")
    assert calls[0].audio is not None
    assert text["stt_data"] == calls[0].timeline.read_bytes()
    assert text["audio"] == calls[0].audio.read_bytes()
    headers = request.parts["audio"][0]
    assert headers["Content-Type"] == "audio/wav"
    assert headers["Content-Disposition"] == f'form-data; name="audio"; filename="{stem_of(0)}.wav"'
    assert request.parts["stt_data"][0]["Content-Type"] == "application/json"
    assert "filename" not in request.parts["data"][0]["Content-Disposition"]
    assert "Authorization" not in request.headers
    data = request.data
    assert (data["start_date"], data["custom.NPS_score"], data["custom.FCR"]) == ("2025-09-01T06:15:30Z", 7, True)
    assert data["segments.call_center_attributes.operator_name"] == "Jörg Müller"


def test_a_name_beyond_ascii_arrives(server: Server, send: Callable[..., Report], tmp_path: Path) -> None:
    send([place(tmp_path, "Jörg_Größ_20250901081530_49")])
    assert server.requests[0].data["session_id"] == "Jörg_Größ_20250901081530_49"


def test_a_text_call_is_sent_without_audio(server: Server, send: Callable[..., Report], tmp_path: Path) -> None:
    text = document({**RECORD, "channel": "text"}, {**HEADER, "channel": "text"})
    assert outcomes(send([place(tmp_path, stem_of(1), content=text, wav=None)])) == ["sent"]
    assert "audio" not in server.requests[0].parts


def test_the_wav_is_never_held_whole(server: Server, send: Callable[..., Report], tmp_path: Path) -> None:
    item = place(tmp_path, stem_of(1), wav=bytes(24_000_000))
    send([place(tmp_path / "warm", stem_of(2))])
    server.discards = True
    tracemalloc.start()
    try:
        assert outcomes(send([item])) == ["sent"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_a_token_goes_into_the_header_and_nowhere_else(server: Server, send: Callable[..., Report], calls: list[Item],
                                                       settings: Settings, tmp_path: Path) -> None:
    echo = b"no entry for Bearer s3cr3t-t0ken, really: s3cr3t-t0ken"
    server.script = [(400, {}, echo), CREATED]
    secret = replace(settings, token="s3cr3t-t0ken")
    report = send(calls[:2], secret, forms=tmp_path / "sa")
    assert server.requests[0].headers["Authorization"] == "Bearer s3cr3t-t0ken"
    assert outcomes(report) == ["failed", "sent"]
    assert report.results[0].reason == ("the server says 400 Bad Request: no entry for Bearer (token), really: (token)")
    files = [path.read_bytes() for path in (tmp_path / "sa").iterdir()]
    assert len(files) == 3 and not any(b"s3cr3t" in content for content in files)
    assert "s3cr3t" not in repr(secret) + repr(report) + report_text(report)


def test_netrc_adds_no_credentials(server: Server, send: Callable[..., Report], calls: list[Item], tmp_path: Path,
                                   monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password hidden\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    send(calls[:1])
    assert "Authorization" not in server.requests[0].headers


# ------------------------------------------------------------------------------------------------ asked again, or not


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_asked_again(server: Server, send: Callable[..., Report], calls: list[Item], status: int) -> None:
    server.script = [(status, {}, b"busy"), (status, {}, b"busy"), CREATED]
    pauses: list[float] = []
    report = send(calls[:1], sleep=pauses.append)
    assert outcomes(report) == ["sent"] and report.results[0].attempts == 3
    assert pauses == [0.01, 0.02]
    keys = {request.headers["Idempotency-Key"] for request in server.requests}
    assert len(server.requests) == 3 and len(keys) == 1
    assert len({json.dumps(request.data) for request in server.requests}) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 422])
def test_not_asked_again(server: Server, send: Callable[..., Report], calls: list[Item], status: int) -> None:
    server.script = [(status, {"Retry-After": "1"}, b"no: \x1b[31m wrong\n pipeline")]
    report = send(calls[:1])
    assert len(server.requests) == 1 and outcomes(report) == ["failed"] and report.exit_code == 1
    assert report.results[0].reason.startswith(f"the server says {status} ")
    assert report.results[0].reason.endswith(": no: [31m wrong pipeline")


@pytest.mark.parametrize("status", [200, 201, 202])
def test_success(server: Server, send: Callable[..., Report], calls: list[Item], status: int, tmp_path: Path) -> None:
    server.script = [(status, {}, b'{"sessionId": "77f"}')]
    report = send(calls[:1])
    assert outcomes(report) == ["sent"] and report.exit_code == 0
    with closing(sqlite3.connect(tmp_path / "sa" / "ledger.sqlite")) as ledger:
        row = ledger.execute("select stem, state, status, attempts, message, server from calls").fetchall()
    assert row == [(stem_of(0), "sent", status, 1, f"the server says {status}", "id 77f")]


@pytest.mark.parametrize(("headers", "pause"), [
    ({"Retry-After": "7"}, 7.0),
    ({"Retry-After": "86400"}, 120.0),
    ({"Retry-After": "soon"}, 0.01),
    ({"Retry-After": "-5"}, 0.01),
])
def test_retry_after_in_seconds(server: Server, send: Callable[..., Report], calls: list[Item],
                                headers: dict[str, str], pause: float) -> None:
    server.script = [(429, headers, b""), CREATED]
    pauses: list[float] = []
    assert outcomes(send(calls[:1], sleep=pauses.append)) == ["sent"]
    assert pauses == [pause]


@pytest.mark.parametrize(("ahead", "low", "high"), [(30, 26, 31), (-30, 0, 0), (99999, 120, 120)])
def test_retry_after_as_a_date(server: Server, send: Callable[..., Report], calls: list[Item], ahead: int, low: float,
                               high: float) -> None:
    until = datetime.now(UTC) + timedelta(seconds=ahead)  # noqa: TID251  # a server's answer, not generated data
    server.script = [(503, {"Retry-After": format_datetime(until, usegmt=True)}, b""), CREATED]
    pauses: list[float] = []
    assert outcomes(send(calls[:1], sleep=pauses.append)) == ["sent"]
    assert low <= pauses[0] <= high


def test_pauses_double_up_to_a_minute(server: Server, send: Callable[..., Report], calls: list[Item],
                                      settings: Settings) -> None:
    server.script = [(500, {}, b"")]
    pauses: list[float] = []
    report = send(calls[:1], replace(settings, retries=6, pause=4.0), sleep=pauses.append)
    assert pauses == [4, 8, 16, 32, 60, 60]
    assert report.results[0].reason == "the server says 500 Internal Server Error (7 attempts)"
    assert report.results[0].attempts == len(server.requests) == 7


def test_a_redirect_is_not_followed(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    server.script = [(307, {"Location": "https://elsewhere.example.com/up?token=x"}, b"")]
    report = send(calls[:1])
    assert len(server.requests) == 1
    assert report.results[0].reason == (
        "the server says 307 Temporary Redirect: it points to https://elsewhere.example.com/up?…;"
        " set SA_URL to that address if it is right")


# ------------------------------------------------------------------------------------------------ the network fails


def test_a_hang_up_leaves_doubt_and_is_not_asked_again(server: Server, send: Callable[..., Report],
                                                      calls: list[Item]) -> None:
    server.script = [hang_up]
    report = send(calls[:1])
    assert len(server.requests) == 1
    assert outcomes(report) == ["unknown"] and report.exit_code == 1
    assert report.results[0].reason == "the server hung up without an answer"
    server.script = [CREATED]
    again = send(calls[:1])
    assert len(server.requests) == 1
    assert again.results[0].outcome is Outcome.UNKNOWN
    assert again.results[0].reason.startswith("unknown whether it arrived at 20")
    assert again.results[0].reason.endswith("Z: check the server, then --force")
    assert outcomes(send(calls[:1], force=True)) == ["sent"]


def test_a_server_that_fails_at_everything_ends_the_run(server: Server, send: Callable[..., Report],
                                                        calls: list[Item]) -> None:
    server.script = [(500, {}, b"out of order")]
    report = send(calls, jobs=1)
    assert outcomes(report) == ["failed"] * 3 + ["unsent"] * (len(calls) - 3)
    assert report.stopped == "the server says 500 Internal Server Error: out of order (4 attempts)"


def test_an_answer_cut_off_after_its_status_counts(server: Server, send: Callable[..., Report],
                                                   calls: list[Item]) -> None:
    server.script = [cut_off]
    assert outcomes(send(calls[:1])) == ["sent"] and len(server.requests) == 1


def test_read_timeout(server: Server, send: Callable[..., Report], calls: list[Item], settings: Settings) -> None:
    server.script = [later]
    report = send(calls[:1], replace(settings, read_timeout=0.2, retries=1))
    assert report.results[0].outcome is Outcome.UNKNOWN
    assert report.results[0].reason == "no answer within 0.2 s"


def test_connect_timeout(send: Callable[..., Report], calls: list[Item], settings: Settings) -> None:
    with closing(socket.socket()) as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # they fill the queue, so that the next one gets no connection
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            there = replace(settings, url=f"http://127.0.0.1:{port}/up", connect_timeout=0.2, retries=0)
            report = send(calls[:1], there)
        finally:
            for one in waiting:
                one.close()
    assert report.results[0].reason == f"http://127.0.0.1:{port}/up gave no connection within 0.2 s"
    assert report.results[0].outcome is Outcome.FAILED


def test_a_break_in_the_middle_of_the_body_leaves_no_doubt(send: Callable[..., Report], settings: Settings,
                                                          tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        for _ in range(2):
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    item = place(tmp_path, stem_of(1), wav=bytes(20_000_000))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/up"
    report = send([item], replace(settings, url=url, retries=1))
    listener.close()
    assert report.results[0].outcome is Outcome.FAILED
    assert report.results[0].reason.startswith("the connection broke while the call was being sent: ")
    assert report.results[0].reason.endswith(" (2 attempts)")


@pytest.fixture
def closed_port() -> Iterator[int]:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused, and nobody else gets it
        yield taken.getsockname()[1]


def test_nobody_there_ends_the_run_early(send: Callable[..., Report], calls: list[Item], settings: Settings,
                                         closed_port: int) -> None:
    pauses: list[float] = []
    url = f"http://127.0.0.1:{closed_port}/up"
    report = send(calls, replace(settings, url=url), sleep=pauses.append)
    assert outcomes(report) == ["failed"] * 3 + ["unsent"] * 2
    assert len(pauses) == 3  # the first call is patient, the others need not be
    assert report.results[0].reason == f"{url} cannot be reached: connection refused (4 attempts)"
    assert report.exit_code == 1
    assert report_text(report) == f"""SA upload to {url}, project bank
  3 calls failed
    {stem_of(0)}: {url} cannot be reached: connection refused (4 attempts)
    {stem_of(1)}: {url} cannot be reached: connection refused
    {stem_of(2)}: {url} cannot be reached: connection refused
  2 calls not sent
Stopped early: {url} cannot be reached: connection refused
Run the same command again to go on: what was sent is not sent twice."""


def test_an_unknown_host(send: Callable[..., Report], calls: list[Item], settings: Settings) -> None:
    report = send(calls[:1], replace(settings, url="http://nowhere.invalid/up", retries=0))
    assert report.results[0].reason == "http://nowhere.invalid/up cannot be reached: its name is not known"


def test_a_wrong_token_ends_the_run_early(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    server.script = [(401, {}, b"who are you?")]
    report = send(calls)
    assert outcomes(report) == ["failed"] * 3 + ["unsent"] * 2 and len(server.requests) == 3
    assert report.stopped == "the server says 401 Unauthorized: who are you?"


def test_trouble_with_single_calls_does_not_end_the_run(server: Server, send: Callable[..., Report],
                                                        calls: list[Item]) -> None:
    server.script = [(400, {}, b"bad")] * 4 + [CREATED]
    report = send(calls)
    assert outcomes(report) == ["failed"] * 4 + ["sent"] and report.stopped == ""


def test_plain_http_where_tls_is_asked_for(server: Server, send: Callable[..., Report], calls: list[Item],
                                           settings: Settings) -> None:
    url = server.url.replace("http:", "https:")
    report = send(calls[:1], replace(settings, url=url, retries=0))
    assert report.results[0].reason.startswith(f"{url} cannot be reached: no TLS there (")


# ------------------------------------------------------------------------------------------------ which calls


def test_reverse_and_limit(server: Server, send: Callable[..., Report], calls: list[Item], settings: Settings) -> None:
    report = send(calls, replace(settings, reverse=True), limit=2)
    assert server.stems == [stem_of(4), stem_of(3)] == [result.stem for result in report.results]


def test_a_dry_run_sends_nothing(server: Server, send: Callable[..., Report], calls: list[Item],
                                 tmp_path: Path) -> None:
    report = send(calls, dry_run=True, forms=tmp_path / "sa")
    assert server.requests == [] and outcomes(report) == ["ready"] * 5 and report.exit_code == 0
    assert len(list((tmp_path / "sa").iterdir())) == 5  # the forms, and no ledger
    assert report_text(report) == f"""SA upload to {server.url}, project bank (dry run, nothing was sent)
  5 calls ready to send"""


def test_without_a_server_the_forms_are_written(send: Callable[..., Report], calls: list[Item], tmp_path: Path,
                                                settings: Settings) -> None:
    report = send(calls[:1], replace(settings, url=None), forms=tmp_path / "sa")
    assert json.loads((tmp_path / "sa" / f"{stem_of(0)}.json").read_text())["url"] is None
    assert report.exit_code == 0
    assert report_text(report) == """SA forms (no server is set, nothing was sent)
  1 call ready to send
To send them: set SA_URL, SA_PROJECT_ID, SA_PIPELINE_ID and SA_STORAGE_BACKEND_ID (or give --sa-url and so on), \
then run the same command again."""


def test_missing_ids_are_said_before_anything_is_sent(server: Server, send: Callable[..., Report], calls: list[Item],
                                                      settings: Settings) -> None:
    with pytest.raises(UsageError) as failure:
        send(calls, replace(settings, project_id=""))
    assert str(failure.value) == ("the server's address is set, but no project id: set SA_PROJECT_ID,"
                                  " give --project-id, or write `project:` under `upload sa`")
    assert server.requests == []


def test_a_broken_file_leaves_the_others_alone(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    calls[1].timeline.write_text("{")
    report = send(calls)
    assert outcomes(report) == ["sent", "failed", "sent", "sent", "sent"] and report.exit_code == 1


def test_many_at_a_time(server: Server, send: Callable[..., Report], tmp_path: Path) -> None:
    items = [place(tmp_path / "audio", stem_of(number)) for number in range(30)]
    seen: list[tuple[int, int]] = []
    report = send(items, jobs=4, progress=lambda done, total, result: seen.append((done, total)))
    assert outcomes(report) == ["sent"] * 30 and sorted(server.stems) == sorted(item.stem for item in items)
    assert [result.stem for result in report.results] == [item.stem for item in items]
    assert seen == [(number, 30) for number in range(1, 31)]
