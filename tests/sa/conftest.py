"""A Speech-Analytics server on loopback that answers by a script, and calls to send to it."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from compiler.targets._delivery.pairs import Item
from compiler.targets._delivery.settings import Settings

Reply = tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]
CREATED: Reply = (201, {}, b'{"id": "abc-1", "state": "queued"}')


@dataclass
class Request:
    headers: dict[str, str]
    parts: dict[str, tuple[dict[str, str], bytes]]  # name -> (part's headers, content)

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.parts["data"][1])


@dataclass
class Server:
    """`script` holds the replies to come, the last one for ever; a reply may be a function that does as it likes."""

    url: str
    script: list[Reply] = field(default_factory=lambda: [CREATED])
    requests: list[Request] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    discards: bool = False  # bodies are read in blocks and forgotten
    large_ones: threading.Event | None = None  # large bodies are read when this is set, not before

    @property
    def stems(self) -> list[str]:
        return [request.data["session_id"] for request in self.requests]


def parse(content_type: str, body: bytes) -> dict[str, tuple[dict[str, str], bytes]]:
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = {}
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        parts[name] = (dict(part.items()), part.get_payload(decode=True))
    return parts


def serve(server: Server, port: int = 0, tls: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body leave apart, and would wait 40 ms for each other

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            if server.large_ones is not None and size > 10_000_000:
                server.large_ones.wait(10)
            if server.discards:
                while size:
                    size -= len(self.rfile.read(min(size, 65_536)))
            else:
                body = self.rfile.read(size)
                if len(body) < size:  # the client broke off: no server would take this for a call
                    self.close_connection = True
                    return
                parts = parse(self.headers["Content-Type"], body)
                server.requests.append(Request(dict(self.headers.items()), parts))
            server.arrived.set()
            reply = server.script.pop(0) if len(server.script) > 1 else server.script[0]
            if callable(reply):
                reply(self)
                return
            status, headers, content = reply
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # clients that break off are part of the tests

    made = Quiet(("127.0.0.1", port), Handler)
    if tls is not None:
        made.socket = tls.wrap_socket(made.socket, server_side=True)
    threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
    return made


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server("")
    made = serve(state)
    state.url = f"http://127.0.0.1:{made.server_port}/api/upload"
    yield state
    made.shutdown()
    made.server_close()


@pytest.fixture
def settings(server: Server) -> Settings:
    return Settings(url=server.url, project_id="bank", pipeline_id="17", storage_backend_id="3", pause=0.01,
                    time_zone="Europe/Berlin", teams={"Team_A": "Team A – Cards"})


RECORD = {
    "call_id": "6f0c1d2e-0000-5000-8000-000000000001", "date": "2025-09-01", "start": "2025-09-01T08:15:30",
    "agent_name": "Joerg_Mueller", "team": "Team_A", "channel": "voice", "ANI": "+493023125017", "FCR": True,
    "compliance_flags": {"Greeting": "pass"},
}
HEADER = {
    "generator_path": "embedded", "language": "Deutsch", "channel": "voice", "date": "2025-09-01",
    "agent_name": "Jörg Müller", "AWT": 90.0, "Transfers_count": 1, "FCR": True, "NPS_score": 7,
    "Silence_ratio": 8.5, "product": "2024", "Greeting": "pass", "ANI": "+493023125017", "amount_bucket": None,
}
SEGMENT = {"start": 0.0, "end": 1.5, "cid": "C1", "text": "guten tag", "denormalized": "Guten Tag!", "stype": "male"}


def document(record: dict[str, Any] | None = RECORD, header: dict[str, Any] = HEADER) -> dict[str, Any]:
    first: dict[str, Any] = {"cid": "1", "metadata": {"smoothed": [SEGMENT], "duration": 1.5}, **header}
    if record is not None:
        first["call"] = record
    return {"C1": first, "C2": {"cid": "2", "metadata": {"smoothed": []}}}


def place(folder: Path, stem: str, *, content: dict[str, Any] | None = None, wav: bytes | None = b"RIFF" * 50) -> Item:
    """Writes a pair into `folder`; without `content` a record of our own whose stem is `stem`."""
    folder.mkdir(parents=True, exist_ok=True)
    timeline = folder / f"{stem}.wav.json"
    timeline.write_text(json.dumps(content or document(), ensure_ascii=False), encoding="utf-8")
    audio = folder / f"{stem}.wav" if wav is not None else None
    if audio is not None and wav is not None:
        audio.write_bytes(wav)
    return Item(stem, timeline, audio)


def stem_of(number: int) -> str:
    return f"Joerg_Mueller_202509010815{number:02}_493023125{number:03}"


@pytest.fixture
def calls(tmp_path: Path) -> list[Item]:
    return [place(tmp_path / "audio", stem_of(number)) for number in range(5)]
