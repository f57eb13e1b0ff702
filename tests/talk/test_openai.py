"""The openai writer against a real server on loopback: what it sends, pays for once, repeats, and says."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from compiler.failures import Quarantined, UsageError, WorldError
from compiler.talk import header
from compiler.talk.dialogue import Turn
from compiler.talk.prompt import render
from compiler.talk.prompt_view import Vocabulary
from compiler.talk.writer import Job, WriterSettings
from compiler.talk.writers import openai as writer_module
from compiler.talk.writers._answers import items
from tests.talk.calls import DE, EN, LOCALES, TEMPLATES, call
from tests.talk.test_contract import BARE, GOOD

SECRET = "sk-test-1234567890abcdef"


@dataclass
class Server:
    """Gives one scripted reply a request, the last one for ever: (status, body, headers), "hang up" or "wait"."""

    replies: list
    requests: list[tuple[str, dict]] = field(default_factory=list)
    base: str = ""

    def reply(self) -> object:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    state = Server([])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append((self.path, body))
            reply = state.reply()
            if reply == "hang up":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if reply == "wait":
                time.sleep(1.2)
                return
            status, answer, headers = reply
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    state.base = f"http://127.0.0.1:{httpd.server_port}/v1"
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_BASE_URL", state.base)
    monkeypatch.delenv("OPENAI_API", raising=False)
    yield state
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """The client's pauses between tries, made short."""
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.02)


def responses(text: str, **more: object) -> tuple:
    content = [{"type": "output_text", "text": text, "annotations": []}] if text else []
    return 200, {"id": "r1", "object": "response", "status": "completed", "model": "m", "usage": {"output_tokens": 9},
                 "output": [{"type": "message", "role": "assistant", "content": content}], **more}, {}


def chat(text: str | None, finish: str = "stop", **more: object) -> tuple:
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **more}}
    return 200, {"id": "c1", "object": "chat.completion", "model": "m", "choices": [choice]}, {}


def refusal(status: int, message: str, code: str | None = None, param: str | None = None, **headers: str) -> tuple:
    return status, {"error": {"message": message, "type": "x", "code": code, "param": param}}, headers


def job(record: dict | None = None) -> Job:
    one = call(record)
    prompt = render(one, EN, Vocabulary({}, {}, {}), TEMPLATES)
    return Job(one, EN, header.entries(one, "llm", {}), prompt)


def opened(tmp_path=None, **settings):
    return writer_module.open(WriterSettings(
        cache=tmp_path / ".cache" if tmp_path else None, folders=LOCALES, retries=2, timeout=5.0, **settings))


# ------------------------------------------------------------------------------------------------ it works


@pytest.mark.parametrize(("api", "path", "reply", "limit"), [
    ("responses", "/v1/responses", responses(GOOD), "max_output_tokens"),
    ("chat", "/v1/chat/completions", chat(GOOD), "max_completion_tokens"),
])
def test_both_interfaces_write_a_dialogue(server, api, path, reply, limit):
    server.replies = [reply]
    dialogue = opened(api=api, model="some-model").write(job())
    assert len(dialogue.items) == len([line for line in GOOD.splitlines() if line != "[interrupts]"])
    assert dialogue.header["generator_path"] == "llm" and dialogue.locale == "en"
    (sent_to, sent), = server.requests
    assert sent_to == path
    assert (sent["model"], sent["temperature"], sent[limit]) == ("some-model", 0.7, 8000)
    asked = sent.get("input") or sent["messages"][1]["content"]
    assert "- Reason 1: Transfer" in asked
    assert "Form" in (sent.get("instructions") or sent["messages"][0]["content"])


def test_the_interface_comes_from_the_environment_too(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API", "chat")
    server.replies = [chat(GOOD)]
    opened().write(job())
    assert server.requests[0][0] == "/v1/chat/completions"


def test_tags_are_mended_without_a_second_request(server):
    server.replies = [responses(BARE)]
    dialogue = opened().write(job())
    assert sum(type(item).__name__ == "Hold" for item in dialogue.items) == 1
    assert len(server.requests) == 1


def test_what_was_paid_for_is_asked_once(server, tmp_path):
    server.replies = [responses(GOOD)]
    one = opened(tmp_path).write(job())
    assert opened(tmp_path).write(job()) == one
    assert len(server.requests) == 1
    opened(tmp_path, temperature=0.2).write(job())
    opened(tmp_path, model="other").write(job())
    opened(tmp_path).write(job({"AWT": 91.0}))
    server.replies = [chat(GOOD)]
    opened(tmp_path, api="chat").write(job())
    assert len(server.requests) == 5


def test_an_answer_that_cannot_be_used_is_asked_for_anew_by_the_next_run(server, tmp_path):
    server.replies = [responses(GOOD.replace("To sum up: the", "The"))]
    for _ in range(2):
        with pytest.raises(Quarantined, match=r"^Summary is passed, but nothing in the dialogue shows it$"):
            opened(tmp_path).write(job())
    server.replies = [responses("I would rather talk about the weather.")]
    for _ in range(2):
        with pytest.raises(WorldError, match=r"the model's answer is no dialogue: I would rather talk") as caught:
            opened(tmp_path).write(job({"AWT": 1.0}))
        assert caught.value.retryable
    assert len(server.requests) == 4  # one for each time that it was run


def test_force_asks_anew(server, tmp_path):
    server.replies = [responses(GOOD)]
    opened(tmp_path).write(job())
    opened(tmp_path, fresh=True).write(job())
    assert len(server.requests) == 2
    opened(tmp_path).write(job())
    assert len(server.requests) == 2


def test_signs_that_turn_text_around_are_taken_out(server, tmp_path):
    server.replies = [responses(GOOD.replace("To sum up", "To\u202e sum\u200f up\x07"))]
    written = opened(tmp_path).write(job())
    assert not any(sign in item.text for item in written.items if isinstance(item, Turn) for sign in "\u202e\u200f\x07")


def test_a_damaged_cache_entry_is_asked_for_again(server, tmp_path):
    server.replies = [responses(GOOD)]
    opened(tmp_path).write(job())
    entry, = (path for path in (tmp_path / ".cache").rglob("*") if path.is_file())
    entry.write_bytes(b"{")
    opened(tmp_path).write(job())
    assert len(server.requests) == 2


def test_a_refused_temperature_is_left_out_and_said_once(server, tmp_path):
    said: list[str] = []
    server.replies = [refusal(400, "Unsupported parameter: 'temperature'", "unsupported_parameter", "temperature"),
                      responses(GOOD)]
    writer = opened(tmp_path, say=said.append)
    writer.write(job())
    writer.write(job({"AWT": 3.0}))
    assert ["temperature" in sent for _, sent in server.requests] == [True, False, False]
    assert said == ["the model gpt-4.1-mini does not take `temperature`: asking without it"]


def test_older_servers_take_max_tokens(server):
    server.replies = [refusal(400, "unknown field max_completion_tokens"), chat(GOOD)]
    opened(api="chat", say=lambda note: None).write(job())
    assert server.requests[1][1]["max_tokens"] == 8000


def test_many_threads_share_a_writer(server, tmp_path):
    server.replies = [responses(GOOD)]
    writer = opened(tmp_path, concurrency=4)
    assert writer.concurrency == 4
    threads = [threading.Thread(target=writer.write, args=(job({"AWT": float(n)}),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.requests) == 4
    assert len([path for path in (tmp_path / ".cache").rglob("*") if path.is_file()]) == 4


# ------------------------------------------------------------------------------------------------ it fails


@pytest.mark.parametrize("first", [
    refusal(429, "slow down", **{"Retry-After": "0.05"}), refusal(500, "oops"), refusal(503, "oops"), "hang up",
])
def test_passing_failures_are_tried_again(server, first):
    server.replies = [first, responses(GOOD)]
    opened().write(job())
    assert len(server.requests) == 2


def test_retry_after_is_waited_for(server):
    server.replies = [refusal(429, "slow down", **{"Retry-After": "0.4"}), responses(GOOD)]
    began = time.monotonic()
    opened().write(job())
    assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize(("reply", "message", "retryable", "fatal", "requests"), [
    (refusal(500, "oops"), "the language model's server refused (500): oops", True, False, 3),
    ("hang up", "the language model cannot be reached at BASE: Server disconnected without sending a response.",
     True, False, 3),
    (refusal(401, f"Incorrect API key provided: {SECRET}, or sk-other*9876."),
     "the server BASE refused the key (401): Incorrect API key provided: …, or …", False, True, 1),
    (refusal(403, "not allowed"), "the server BASE refused the key (403): not allowed", False, True, 1),
    (refusal(404, "The model `gpt-9` does not exist", "model_not_found"),
     "the server BASE has no model `gpt-4.1-mini` (404): The model `gpt-9` does not exist", False, True, 1),
    ((404, {"detail": "Not Found"}, {}), "the server BASE has no interface `responses` (404); try OPENAI_API=chat",
     False, True, 1),
    (refusal(429, "You exceeded your quota", "insufficient_quota"),
     "the account of the key has nothing left (429): You exceeded your quota", True, True, 3),
    (refusal(400, "too long", "context_length_exceeded"), "the language model's server refused (400): too long",
     False, False, 1),
    ((502, b"<html>Bad Gateway</html>", {}), "the language model's server refused (502): Bad Gateway",
     True, False, 3),
    (responses(""), "the language model answered nothing", True, False, 1),
    (responses("  \n"), "the language model answered nothing", True, False, 1),
    (responses("Agent: Hel", status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
     "the language model's answer was cut off at the limit of output tokens", True, False, 1),
    (responses("", status="failed", error={"code": "x", "message": "broken"}),
     "the language model did not finish its answer: broken", True, False, 1),
    (responses("", output=[{"type": "message", "content": [{"type": "refusal", "refusal": "I cannot."}]}]),
     "the language model refused: I cannot.", True, False, 1),
    ((200, b"<html>", {}), "the language model's server sent no JSON", True, False, 1),
    ((200, ["x"], {}), "the language model's server sent no answer", True, False, 1),
])
def test_failures_are_said_and_not_kept(server, tmp_path, reply, message, retryable, fatal, requests):
    server.replies = [reply]
    with pytest.raises(WorldError) as caught:
        opened(tmp_path).write(job())
    assert str(caught.value) == message.replace("BASE", server.base)
    assert (caught.value.retryable, caught.value.fatal) == (retryable, fatal)
    assert len(server.requests) == requests
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(("reply", "message"), [
    (chat("", "stop"), "the language model answered nothing"),
    (chat(None, "stop"), "the language model answered nothing"),
    (chat("Agent: Hel", "length"), "the language model's answer was cut off at the limit of output tokens"),
    (chat("Agent", "content_filter"), "the language model did not finish its answer: content_filter"),
    (chat(None, "stop", refusal="No."), "the language model refused: No."),
    ((200, {"choices": []}, {}), "the language model answered nothing"),
])
def test_failures_of_chat_completions(server, reply, message):
    server.replies = [reply]
    with pytest.raises(WorldError) as caught:
        opened(api="chat").write(job())
    assert (str(caught.value), caught.value.retryable) == (message, True)


def test_a_server_that_never_answers(server, monkeypatch):
    server.replies = ["wait"]
    slow = writer_module.open(WriterSettings(folders=LOCALES, retries=0, timeout=0.2))
    with pytest.raises(WorldError) as caught:
        slow.write(job())
    assert str(caught.value) == "the language model did not answer within 0.2 s"
    assert caught.value.retryable


def test_a_server_that_is_not_there(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://user:secretword@127.0.0.1:{free.getsockname()[1]}/v1"
    message = r"^the language model cannot be reached at http://…127\.0\.0\.1:\d+/v1: "
    with pytest.raises(WorldError, match=message) as caught:
        writer_module.open(WriterSettings(base_url=base, folders=LOCALES, retries=0)).write(job())
    assert caught.value.retryable and "secretword" not in str(caught.value)


@pytest.mark.parametrize(("environment", "settings", "message"), [
    ({}, {}, "the writer openai needs a key: set the environment variable OPENAI_API_KEY, or choose --writer embedded, "
     "which needs none"),
    ({"OPENAI_API_KEY": "k"}, {"api": "soap"}, "the writer openai knows the interfaces responses and chat, not `soap`"),
    ({"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "localhost:8000"}, {},
     "`localhost:8000` is no address of a server; write it like https://api.openai.com/v1"),
])
def test_wrong_settings_are_said_before_anything_is_sent(monkeypatch, environment, settings, message):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        writer_module.open(WriterSettings(**settings))
    assert str(caught.value) == message


# ------------------------------------------------------------------------------------------------ answers


def test_what_models_add_is_taken_away():
    answer = """\
Sure! Here is the dialogue:

```text
Language: English
---- DIALOGUE ----
[wait 3s]
**Agent:** Hello, *welcome* to us.
**Customer (worried)**: My card is gone,
and I do not know where. [sighs]
- Agent 2: I see.
1. [hold 5s]
> [interrupts] Customer: So?
***
```
"""
    plain = [(type(item).__name__, getattr(item, "text", "")) for item in items(answer, (EN, DE), "x")]
    assert plain == [
        ("Wait", ""), ("Turn", "Hello, welcome to us."), ("Turn", "My card is gone, and I do not know where."),
        ("Turn", "I see."), ("Hold", ""), ("Turn", "So?")]
