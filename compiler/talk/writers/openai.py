"""A language model behind OpenAI's protocol: Prompt -> Dialogue. The Responses API, or chat completions.

Needed: OPENAI_API_KEY. Optional: OPENAI_BASE_URL, OPENAI_API (responses, chat). What was paid for is stored by content
before anything is read from it, so a crash, a repair or a second run never pays again. Retries with growing pauses
are the client library's.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Mapping
from typing import Any

from compiler.cache import Cache
from compiler.catalog import available, is_tag, load, normal
from compiler.failures import UsageError, WorldError
from compiler.files import digest
from compiler.talk.contract import settled
from compiler.talk.dialogue import Dialogue
from compiler.talk.header import canonical
from compiler.talk.prompt import Prompt
from compiler.talk.writer import Job, WriterSettings
from compiler.talk.writers import _answers, _openai_body

MODEL = "gpt-4.1-mini"
APIS = ("responses", "chat")
OWN = "https://api.openai.com/v1"


def open(settings: WriterSettings) -> OpenAIWriter:
    """UsageError for a missing key or a wrong setting; nothing is sent before the first call."""
    secret = os.environ.get("OPENAI_API_KEY", "").strip()
    if not secret:
        raise UsageError("the writer openai needs a key: set the environment variable OPENAI_API_KEY, or choose "
                         "--writer embedded, which needs none")
    api = settings.api or os.environ.get("OPENAI_API", "") or APIS[0]
    if api not in APIS:
        raise UsageError(f"the writer openai knows the interfaces {' and '.join(APIS)}, not `{api}`")
    base = settings.base_url or os.environ.get("OPENAI_BASE_URL", "") or OWN
    if not re.match(r"https?://[^/\s]", base):
        raise UsageError(f"`{_openai_body.scrubbed(base, secret)}` is no address of a server; write it like {OWN}")
    return OpenAIWriter(settings, api, base, secret)


class OpenAIWriter:
    """One client for all threads of a run. `write` may run in many threads at once."""

    name = "openai"
    generator = "llm"
    wants_prompt = True

    def __init__(self, settings: WriterSettings, api: str, base: str, secret: str) -> None:
        self._settings = settings
        self._api = api
        self._base = base
        self._secret = secret
        self._model = settings.model or MODEL
        self._cache = Cache(settings.cache) if settings.cache is not None else None
        self._lock = threading.Lock()
        self._refused: set[str] = set()  # parameters that this model does not take
        self._client: Any = None
        self.concurrency = max(1, settings.concurrency)

    def fingerprint(self) -> str:
        return f"openai {json.dumps(self._parameters(), sort_keys=True)}"

    def write(self, job: Job) -> Dialogue:
        """WorldError when the model cannot be asked or answers nothing that can be used (retryable where asking again
        may help; fatal for a refused key, an unknown model, an empty purse), Quarantined when the labels cannot be
        made true of the answer."""
        if job.prompt is None:
            raise ValueError("the openai writer needs a prompt")
        name = self._name(job.prompt)
        answer = self._answer(name, job.prompt)
        folders = self._settings.folders or job.locale.folders
        locales = [job.locale, *(load(tag, folders) for tag in available(folders) if tag != job.locale.tag)]
        language = str(job.call.record.get("language") or "")
        try:
            found = _answers.items(answer, locales, job.call.stem)
            dialogue = Dialogue(canonical(job.entries), found, normal(language) if is_tag(language) else job.locale.tag)
            return settled(dialogue, job.call, job.locale)[0]
        except WorldError:
            if self._cache is not None:  # of no use: when the user runs the command again, another answer is asked for
                self._cache.drop(name)
            raise

    # -------------------------------------------------------------------------------- what was paid for

    def _parameters(self) -> dict[str, object]:
        """All that the answer depends on besides the prompt."""
        settings = self._settings
        asked: dict[str, object] = {"api": self._api, "model": self._model, "temperature": settings.temperature,
                                    "max_output_tokens": settings.max_output_tokens}
        return asked if self._base.rstrip("/") == OWN else {**asked, "server": digest(self._base.encode())[:16]}

    def _name(self, prompt: Prompt) -> str:
        """The answer's name in the cache: all that it depends on."""
        return digest(json.dumps([self._parameters(), prompt.system, prompt.user], sort_keys=True).encode())

    def _answer(self, name: str, prompt: Prompt) -> str:
        """The model's text: from the cache, else paid for now, and stored before it is used."""
        cached = self._cache is not None and not self._settings.fresh
        stored = self._cache.get(name) if self._cache is not None and cached else None
        if stored is not None:
            text = _openai_body.stored_text(stored)
            if text is not None:
                return text
        body = self._ask(prompt)
        text = _openai_body.text(body, self._api)
        if self._cache is not None:
            self._cache.put(name, _openai_body.stored(text, body))
        return text

    # -------------------------------------------------------------------------------- asking

    def _ask(self, prompt: Prompt) -> bytes:
        """The body of the answer; a parameter that the model refuses is left out, which is said once."""
        import openai

        while True:
            request = self._request(prompt)
            try:
                return self._send(request)
            except openai.BadRequestError as error:
                refused = _openai_body.refused(error.message, error.param, request)
                if refused is None:
                    raise self._failure(error) from None
                self._leave_out(refused)
            except openai.OpenAIError as error:
                raise self._failure(error) from None

    def _send(self, request: Mapping[str, object]) -> bytes:
        client = self._opened()
        resource = client.responses if self._api == "responses" else client.chat.completions
        return bytes(resource.with_raw_response.create(**request).http_response.content)

    def _opened(self) -> Any:
        import openai

        with self._lock:
            if self._client is None:
                self._client = openai.OpenAI(api_key=self._secret, base_url=self._base, timeout=self._settings.timeout,
                                             max_retries=self._settings.retries)
            return self._client

    def _request(self, prompt: Prompt) -> dict[str, object]:
        """The call's arguments. `store` is off: the service need not keep what it wrote."""
        settings = self._settings
        if self._api == "responses":
            request: dict[str, object] = {"instructions": prompt.system, "input": prompt.user, "store": False}
            limit = "max_output_tokens"
        else:
            request = {"messages": [{"role": "system", "content": prompt.system},
                                    {"role": "user", "content": prompt.user}]}
            limit = "max_tokens" if "max_completion_tokens" in self._refused else "max_completion_tokens"
        request.update({"model": self._model, limit: settings.max_output_tokens})
        if settings.temperature is not None:
            request["temperature"] = settings.temperature
        return {name: value for name, value in request.items() if name not in self._refused}

    def _leave_out(self, parameter: str) -> None:
        with self._lock:
            if parameter in self._refused:
                return
            self._refused.add(parameter)
        self._say(f"the model {self._model} does not take `{parameter}`: asking without it")

    def _say(self, note: str) -> None:
        if self._settings.say is not None:
            self._settings.say(note)
        else:
            sys.stderr.write(note + "\n")

    def _failure(self, error: Any) -> WorldError:
        """What the client library raised, in our words and without secrets."""
        import openai

        if isinstance(error, openai.APITimeoutError):
            return WorldError(f"the language model did not answer within {self._settings.timeout:g} s", retryable=True)
        if not isinstance(error, openai.APIStatusError):
            reason = _openai_body.scrubbed(str(error.__cause__ or error), self._secret)
            return WorldError(f"the language model cannot be reached at {self._shown_base()}: {reason}", retryable=True)
        return _openai_body.status_failure(
            error.status_code, str(error.code or ""), _openai_body.scrubbed(_openai_body.said(error), self._secret),
            model=self._model, api=self._api, base=self._shown_base())

    def _shown_base(self) -> str:
        return _openai_body.scrubbed(self._base, self._secret)
