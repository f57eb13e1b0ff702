"""What a server with OpenAI's protocol sends -> the model's text, or a failure in our words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from compiler.failures import WorldError

_REFUSABLE = ("temperature", "max_completion_tokens", "store")
_SECRETS = (re.compile(r"\b(?:sk-|Bearer )[\w\-*.]{4,}"), re.compile(r"(?<=://)[^/@\s]+@"))


def text(body: bytes, api: str) -> str:
    """The text of a whole answer; WorldError (retryable) for one that is empty, refused, cut off or no JSON."""
    try:
        answer = json.loads(body)
    except ValueError:
        raise WorldError("the language model's server sent no JSON", retryable=True) from None
    if not isinstance(answer, dict):
        raise WorldError("the language model's server sent no answer", retryable=True)
    found, refusal, ended = _responses(answer) if api == "responses" else _chat(answer)
    if refusal:
        raise WorldError(f"the language model refused: {refusal[:200]}", retryable=True)
    if ended in ("length", "max_output_tokens"):
        raise WorldError("the language model's answer was cut off at the limit of output tokens", retryable=True)
    if ended:
        raise WorldError(f"the language model did not finish its answer: {ended}", retryable=True)
    if not found.strip():
        raise WorldError("the language model answered nothing", retryable=True)
    return found


def _responses(answer: dict[str, Any]) -> tuple[str, str, str]:
    """text, refusal, why it is not whole ("" where it is) of the Responses API."""
    parts = [part for item in _list(answer, "output") for part in _list(item, "content")]
    found = "".join(str(part.get("text") or "") for part in parts if part.get("type") == "output_text")
    refusal = " ".join(str(part.get("refusal") or "") for part in parts if part.get("type") == "refusal")
    status = answer.get("status", "completed")
    if status == "completed":
        return found, refusal, ""
    details = answer.get("incomplete_details") or answer.get("error")
    known = details if isinstance(details, dict) else {}
    return found, refusal, str(known.get("reason") or known.get("message") or status)


def _chat(answer: dict[str, Any]) -> tuple[str, str, str]:
    """The same of chat completions."""
    choice = next(iter(_list(answer, "choices")), {})
    message = choice.get("message")
    known = message if isinstance(message, dict) else {}
    ended = str(choice.get("finish_reason") or "stop")
    return str(known.get("content") or ""), str(known.get("refusal") or ""), "" if ended == "stop" else ended


def _list(tree: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = tree.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def stored(found: str, body: bytes) -> bytes:
    """What the cache keeps of an answer: the text, and what the server said about it."""
    answer = json.loads(body)
    about = {name: answer.get(name) for name in ("id", "model", "usage")}
    return json.dumps({"text": found, **about}, ensure_ascii=False).encode()


def stored_text(content: bytes) -> str | None:
    """The text of a cache entry; None where the entry is damaged."""
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found["text"] if isinstance(found, dict) and isinstance(found.get("text"), str) else None


def refused(message: str, parameter: str | None, request: Mapping[str, object]) -> str | None:
    """The parameter of `request` that a 400 names and that can be left out; None for any other complaint."""
    return next((name for name in _REFUSABLE if name in request and (parameter == name or name in message)), None)


def said(error: Any) -> str:
    """The server's own sentence in an error of the client library, else the library's."""
    body = error.body
    sentence = body.get("message") if isinstance(body, dict) else None
    if isinstance(sentence, str) and sentence:
        return sentence
    return re.sub(r"^Error code: \d+( - )?", "", error.message) or error.response.reason_phrase or "no reason given"


def scrubbed(words: str, secret: str) -> str:
    """The text without the key, without what looks like one, without passwords in addresses; at most 300 characters."""
    plain = words.replace(secret, "…") if len(secret) > 5 else words
    for pattern in _SECRETS:
        plain = pattern.sub("…", plain)
    return " ".join(plain.split())[:300]


def status_failure(status: int, code: str, words: str, *, model: str, api: str, base: str) -> WorldError:
    """An answer with an error status. Fatal where every other call would get the same."""
    if status in (401, 403):
        return WorldError(f"the server {base} refused the key ({status}): {words}", fatal=True)
    if code == "insufficient_quota":
        return WorldError(f"the account of the key has nothing left ({status}): {words}", retryable=True, fatal=True)
    if status in (404, 405) and "model" not in words.lower() and "model" not in code:
        other = "chat" if api == "responses" else "responses"
        return WorldError(f"the server {base} has no interface `{api}` ({status}); try OPENAI_API={other}", fatal=True)
    if status == 404 or code == "model_not_found":
        return WorldError(f"the server {base} has no model `{model}` ({status}): {words}", fatal=True)
    retryable = status in (408, 409, 429) or status >= 500
    return WorldError(f"the language model's server refused ({status}): {words}", retryable=retryable)
