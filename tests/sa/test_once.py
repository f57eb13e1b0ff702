"""Spend once, send once: second runs, changes, crashes, Ctrl-C, and a ledger that cannot be used."""

from __future__ import annotations

import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import trustme

from compiler.failures import UsageError
from compiler.targets._delivery.deliver import deliver
from compiler.targets._delivery.ledger import Address, Ledger, LedgerError, State
from compiler.targets._delivery.pairs import Item, find_pairs
from compiler.targets._delivery.report import Outcome, Report, Result, report_text
from compiler.targets._delivery.settings import Settings
from tests.sa.conftest import CREATED, Server, place, serve, stem_of

PROGRAM = """
import signal, sys
from pathlib import Path
from compiler.targets._delivery.deliver import deliver
from compiler.targets._delivery.ledger import Ledger
from compiler.targets._delivery.pairs import find_pairs
from compiler.targets._delivery.report import report_text
from compiler.targets._delivery.settings import Settings

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started the tests with it ignored
folder = Path(sys.argv[2])
settings = Settings(url=sys.argv[1], project_id="bank", pipeline_id="17", storage_backend_id="3", pause=0.01)
items, problems = find_pairs(folder)
report = deliver(items, settings, Ledger(folder.parent / "sa" / "ledger.sqlite"), problems=problems, jobs=1)
print(report_text(report))
print("interrupted", report.interrupted)
"""


@pytest.fixture
def ours(settings: Settings) -> Settings:
    return replace(settings, time_zone=None, teams={})  # the same forms as PROGRAM's


@pytest.fixture
def send(tmp_path: Path, ours: Settings) -> Callable[..., Report]:
    def run(items: list[Item], using: Settings = ours, **options: Any) -> Report:
        with closing(Ledger(tmp_path / "sa" / "ledger.sqlite")) as ledger:
            return deliver(items, using, ledger, **{"jobs": 1, **options})

    return run


def outcomes(report: Report) -> list[str]:
    return [result.outcome.value for result in report.results]


def never(handler: BaseHTTPRequestHandler) -> None:
    sleep(20)


def start(url: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, url, str(folder)], stdout=subprocess.PIPE, text=True)


def rows(tmp_path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(tmp_path / "sa" / "ledger.sqlite")) as ledger:
        return ledger.execute("select stem, state from calls order by stem").fetchall()


# ------------------------------------------------------------------------------------------------ second runs


def test_a_second_run_sends_nothing(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    send(calls)
    again = send(calls)
    assert len(server.requests) == 5
    assert outcomes(again) == ["skipped"] * 5 and again.exit_code == 0
    assert report_text(again) == f"""SA upload to {server.url}, project bank
  5 calls sent by an earlier run, not again"""
    assert outcomes(send(calls[:1], force=True)) == ["sent"] and len(server.requests) == 6


def test_a_dry_run_tells_what_is_sent_already(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    send(calls[:2])
    assert outcomes(send(calls, dry_run=True)) == ["skipped"] * 2 + ["ready"] * 3


def test_a_failed_call_is_sent_by_the_next_run(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    server.script = [CREATED, (400, {}, b"bad"), CREATED]
    assert outcomes(send(calls[:3])) == ["sent", "failed", "sent"]
    assert outcomes(send(calls[:3])) == ["skipped", "sent", "skipped"]
    assert server.stems == [stem_of(0), stem_of(1), stem_of(2), stem_of(1)]


def test_another_server_or_project_is_another_matter(server: Server, send: Callable[..., Report], calls: list[Item],
                                                     ours: Settings) -> None:
    send(calls[:1])
    assert outcomes(send(calls[:1], replace(ours, project_id="test"))) == ["sent"]
    assert outcomes(send(calls[:1], replace(ours, url=server.url + "/other"))) == ["sent"]


def test_a_changed_call_is_held_back(server: Server, send: Callable[..., Report], calls: list[Item]) -> None:
    send(calls[:1])
    assert calls[0].audio is not None
    calls[0].audio.write_bytes(b"another recording")
    held = send(calls[:1])
    assert outcomes(held) == ["changed"] and held.exit_code == 1 and len(server.requests) == 1
    assert held.results[0].reason.startswith("it has changed since it was sent at 20")
    text = report_text(held).splitlines()
    assert text[1] == "  1 call held back: the server has an older version"
    assert text[-1] == "--force sends changed calls as well; the server then has both versions."
    assert outcomes(send(calls[:1], force=True)) == ["sent"]
    assert outcomes(send(calls[:1])) == ["skipped"]


def test_a_forced_repeat_that_fails_does_not_undo_what_was_sent(server: Server, send: Callable[..., Report],
                                                                calls: list[Item]) -> None:
    server.script = [CREATED, (400, {}, b"known already")]
    send(calls[:1])
    assert outcomes(send(calls[:1], force=True)) == ["failed"]
    assert outcomes(send(calls[:1])) == ["skipped"]


# ------------------------------------------------------------------------------------------------ crashes, Ctrl-C


def test_killed_after_the_server_got_the_call(server: Server, send: Callable[..., Report], calls: list[Item],
                                              tmp_path: Path) -> None:
    server.script = [never]
    program = start(server.url, tmp_path / "audio")
    assert server.arrived.wait(10)
    program.kill()
    program.wait()
    server.script = [CREATED]
    report = send(calls)
    assert server.stems == [stem_of(0), stem_of(1), stem_of(2), stem_of(3), stem_of(4)]
    assert outcomes(report) == ["unknown", "sent", "sent", "sent", "sent"] and report.exit_code == 1
    text = report_text(report)
    assert "  1 call in doubt: nobody knows whether the server has them" in text
    assert text.endswith("For calls in doubt, look on the server; --force sends them again, and may make a second"
                         " session.")
    assert outcomes(send(calls)) == ["unknown"] + ["skipped"] * 4


def test_killed_in_the_middle_of_a_body(server: Server, send: Callable[..., Report], tmp_path: Path) -> None:
    item = place(tmp_path / "audio", stem_of(1), wav=bytes(20_000_000))
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        program = start(f"http://127.0.0.1:{port}/up", tmp_path / "audio")
        connection, _ = listener.accept()
        received = 0
        while received < 1_000_000:
            received += len(connection.recv(65_536))
        program.kill()
        program.wait()
        connection.close()
    assert rows(tmp_path) == []
    state = Server(f"http://127.0.0.1:{port}/up")
    made = serve(state, port)
    report = send([item], Settings(url=state.url, project_id="bank", pipeline_id="17", storage_backend_id="3"))
    made.shutdown()
    made.server_close()
    assert outcomes(report) == ["sent"]


def test_ctrl_c(server: Server, send: Callable[..., Report], calls: list[Item], tmp_path: Path) -> None:
    server.script = [CREATED, never]
    program = start(server.url, tmp_path / "audio")
    while len(server.requests) < 2:
        sleep(0.01)
    program.send_signal(signal.SIGINT)
    printed, _ = program.communicate(timeout=10)
    assert program.returncode == 0
    assert "  1 call sent\n" in printed and "interrupted True" in printed
    assert f"    {stem_of(1)}: unknown whether it arrived: check the server, then --force" in printed
    assert "  3 calls not sent\n" in printed
    assert rows(tmp_path) == [(stem_of(0), "sent"), (stem_of(1), "sending")]
    server.script = [CREATED]
    assert outcomes(send(calls)) == ["skipped", "unknown", "sent", "sent", "sent"]


def test_ctrl_c_holds_back_what_has_not_left(server: Server, send: Callable[..., Report], calls: list[Item],
                                             tmp_path: Path) -> None:
    """The first call is refused for now; while it waits for its second attempt, the user stops the run."""
    server.script = [CREATED, (503, {"Retry-After": "60"}, b"")]

    def stop(done: int, total: int, result: Result) -> None:
        if done > 1:
            return
        while len(server.requests) < 2:
            sleep(0.01)
        sleep(0.1)
        raise KeyboardInterrupt

    report = send(calls, progress=stop)
    assert report.interrupted  # and the 60 s of Retry-After were not waited for: the test would not end in time
    assert outcomes(report) == ["sent", "unsent", "unsent", "unsent", "unsent"]
    assert rows(tmp_path) == [(stem_of(0), "sent"), (stem_of(1), "failed")]


def test_ctrl_c_in_the_middle_of_a_body(server: Server, send: Callable[..., Report], tmp_path: Path) -> None:
    large = place(tmp_path / "audio", stem_of(1), wav=bytes(20_000_000))
    small = place(tmp_path / "audio", stem_of(2))
    server.large_ones = threading.Event()
    go_on = threading.Timer(0.3, server.large_ones.set)

    def stop(done: int, total: int, result: Result) -> None:
        if result.stem == small.stem:
            go_on.start()
            raise KeyboardInterrupt

    report = send([large, small], progress=stop, jobs=2)
    assert outcomes(report) == ["unsent", "sent"] and server.stems == [small.stem]
    assert rows(tmp_path) == [(small.stem, "sent")]


def test_a_fault_of_ours_is_not_hidden(server: Server, send: Callable[..., Report], calls: list[Item],
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.targets._delivery.deliver.make_form", lambda *_: {}["a key that is not there"])
    with pytest.raises(KeyError, match="a key that is not there"):
        send(calls)


# ------------------------------------------------------------------------------------------------ the ledger


def test_one_run_at_a_time(server: Server, send: Callable[..., Report], calls: list[Item], tmp_path: Path) -> None:
    path = tmp_path / "sa" / "ledger.sqlite"
    with closing(Ledger(path)) as other:
        other.claim()
        with pytest.raises(LedgerError) as failure:
            send(calls)
    assert str(failure.value) == f"another run is sending with {path}; wait until it has ended"
    assert server.requests == []
    assert outcomes(send(calls[:1])) == ["sent"]


def test_a_damaged_ledger(server: Server, send: Callable[..., Report], calls: list[Item], tmp_path: Path) -> None:
    path = tmp_path / "sa" / "ledger.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(LedgerError) as failure:
        send(calls)
    assert str(failure.value) == (
        f"the ledger {path} cannot be used: file is not a database. It says what was sent: without it, calls may be"
        " sent twice. Bring it back from a backup, or move it away if nothing of it was sent")
    assert server.requests == []


def test_a_ledger_of_a_newer_version(send: Callable[..., Report], calls: list[Item], tmp_path: Path) -> None:
    path = tmp_path / "sa" / "ledger.sqlite"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("pragma user_version = 99")
    with pytest.raises(LedgerError, match=f"^{path} was made by a newer version of this program; use that one$"):
        send(calls)


def test_a_full_disk_ends_the_run_before_the_next_call_leaves(server: Server, calls: list[Item], ours: Settings,
                                                              tmp_path: Path) -> None:
    class Full(Ledger):
        def claim(self) -> None:
            super().claim()
            with self._working() as connection:
                connection.execute("pragma max_page_count = 1")

        def mark(self, call: Address, state: State, floor: State | None = None, **details: Any) -> None:
            details["message"] = "x" * 5_000  # more than the page left holds
            super().mark(call, state, floor, **details)

    with closing(Full(tmp_path / "sa" / "ledger.sqlite")) as ledger:
        report = deliver(calls, ours, ledger, jobs=1)
    assert server.requests == []
    assert outcomes(report) == ["failed"] + ["unsent"] * 4
    assert report.stopped.startswith(f"the ledger {ledger.path} cannot be used: database or disk is full. It says")


def test_what_the_ledger_knows(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        one = Address("http://x", "p", "stem", "a")
        other = replace(one, content="b")
        assert ledger.standing(one).verdict == "new" and not ledger.path.exists()
        ledger.claim()
        ledger.mark(one, State.FAILED)
        assert (ledger.standing(one).verdict, ledger.standing(one).state) == ("new", State.FAILED)
        ledger.mark(one, State.SENDING)
        assert (ledger.standing(one).verdict, ledger.standing(other).verdict) == ("doubt", "doubt")
        ledger.mark(one, State.SENT)
        ledger.mark(one, State.FAILED, floor=State.SENT)
        assert (ledger.standing(one).verdict, ledger.standing(other).verdict) == ("sent", "changed")
    with pytest.raises(LedgerError, match=r"is closed$"):
        ledger.mark(one, State.SENT)


# ------------------------------------------------------------------------------------------------ certificates


def test_certificates_are_checked(send: Callable[..., Report], calls: list[Item], ours: Settings, tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    state = Server("")
    made = serve(state, tls=context)
    there = replace(ours, url=f"https://127.0.0.1:{made.server_port}/up")
    try:
        refused = send(calls[:1], there)
        assert state.requests == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
        trusted = send(calls[:1], there)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
        insecure = send(calls[1:2], replace(there, insecure=True))
    finally:
        made.shutdown()
        made.server_close()
    assert refused.results[0].reason == (
        "the certificate of 127.0.0.1 is not trusted (unable to get local issuer certificate); name your own"
        " authority's file in REQUESTS_CA_BUNDLE, or say --insecure to go without")
    assert refused.results[0].attempts == 1
    assert outcomes(trusted) == outcomes(insecure) == ["sent"]


# ------------------------------------------------------------------------------------------------ folders


def test_pairs_of_a_folder(server: Server, send: Callable[..., Report], tmp_path: Path) -> None:
    folder = tmp_path / "from the old system"
    place(folder / "b", "Nina_20250922100000_49111")
    place(folder, "Zoe_20250921100000_49112")
    text = {"C1": {"metadata": {"channel": "text"}}}
    place(folder, "Abe_20250923100000_49113", content=text, wav=None)
    place(folder, "Lost_20250924100000_49114", content={"C1": {"channel": "voice"}}, wav=None)
    place(folder / ".hidden", "Hid_20250921100000_49115")
    place(folder / "b", "Zoe_20250921100000_49112")
    (folder / "alone.wav").write_bytes(b"RIFF")
    (folder / "Bad_20250925100000_49116.wav.json").write_text("{")
    for stray in folder.rglob("*.wav.json"):
        if stray.name.startswith(("Nina", "Zoe")):
            stray.write_text('{"C1": {}}')
    items, problems = find_pairs(folder)
    assert [item.stem.partition("_")[0] for item in items] == ["Zoe", "Nina", "Abe", "Lost", "Bad"]
    report = send(list(items), problems=problems)
    reasons = {result.stem.partition("_")[0]: (result.outcome.value, result.reason) for result in report.results}
    doubled = folder / "b" / "Zoe_20250921100000_49112.wav.json"
    first = folder / "Zoe_20250921100000_49112.wav.json"
    assert [(result.outcome, result.reason) for result in problems] == [
        (Outcome.FAILED, f"two calls have this name: {first} is sent, {doubled} is not"),
        (Outcome.FAILED, f"there is no alone.wav.json beside {folder / 'alone.wav'}"),
    ]
    assert [stem.partition("_")[0] for stem in server.stems] == ["Zoe", "Nina", "Abe"]
    assert reasons["Lost"] == ("failed", "a voice call without its audio: Lost_20250924100000_49114.wav is not there")
    assert report_text(report).splitlines()[-2] == (
        "Start times of 3 calls were taken as UTC, for no time zone is known: SA_TIME_ZONE=Europe/Berlin sets one.")
    assert reasons["Bad"][1].startswith("Bad_20250925100000_49116.wav.json is no JSON: ")
    assert report.exit_code == 1


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as failure:
        find_pairs(tmp_path / "nowhere")
    assert str(failure.value) == (f"{tmp_path / 'nowhere'} is no folder: `upload` takes a folder with .wav and"
                                  " .wav.json files")
    with pytest.raises(UsageError) as failure:
        find_pairs(tmp_path)
    assert str(failure.value) == f"{tmp_path} holds no .wav.json: nothing to send"
