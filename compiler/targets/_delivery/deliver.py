"""Items -> Report: each call's form is made and, where a server is known, sent once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from compiler.failures import WorldError
from compiler.files import write
from compiler.targets._delivery.form import Form, content_key, make_form, view
from compiler.targets._delivery.ledger import Address, Ledger, Standing, State
from compiler.targets._delivery.pairs import Item
from compiler.targets._delivery.report import Outcome, Report, Result
from compiler.targets._delivery.settings import Settings, need_for_sending, shown_url

if TYPE_CHECKING:
    from compiler.targets._delivery.client import Answer, Client

PATIENCE = 3  # calls in a row that meet the same trouble before the run ends
GRACE = 1.5  # seconds that an interrupted run waits for answers

Progress = Callable[[int, int, Result], None]


class _Stopped(Exception):
    """The run is ending: this call's last bytes are held back, or its next attempt is not made."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What every call of a run shares."""

    settings: Settings
    ledger: Ledger
    forms: Path | None
    dry_run: bool
    force: bool

    @property
    def sending(self) -> bool:
        return self.settings.url is not None and not self.dry_run


def deliver(items: Iterable[Item], settings: Settings, ledger: Ledger, *, problems: Iterable[Result] = (),
            forms: Path | None = None, dry_run: bool = False, force: bool = False, limit: int | None = None,
            jobs: int = 2, progress: Progress | None = None, sleep: Callable[[float], None] | None = None) -> Report:
    """Makes the form of each item, writes it to `forms` (build/sa) if given, and sends it unless the ledger knows it.

    `settings.reverse` takes the items from the end; `limit` then takes the first ones. `jobs` calls are under way at a
    time. `progress(done, total, result)` runs after each call, in the calling thread. `sleep` replaces the pauses
    between attempts. `problems` are results found before, which the report shows as well.

    A call that fails leaves the others alone. Three in a row that meet the same trouble (nobody there, a wrong token
    or address) end the run, and so does a full disk or a ledger that cannot be written. Ctrl-C ends it within two
    seconds: calls whose last bytes have not left are held back, those still without an answer then are in doubt.
    Raises UsageError when the settings lack what sending needs, LedgerError when the ledger is broken or in use.
    """
    chosen = list(items)
    if settings.reverse:
        chosen.reverse()
    chosen = chosen[:limit]
    job = _Job(settings, ledger, forms, dry_run, force)
    if job.sending:
        need_for_sending(settings)
        ledger.claim()
    crew = _Crew(job, chosen, sleep)
    results = crew.run(max(1, min(jobs, len(chosen))), progress or (lambda done, total, result: None))
    return Report((*problems, *results), shown_url(settings.url) if settings.url else "", settings.project_id, dry_run,
                  crew.stopped, crew.interrupted)


class _Crew:
    """The sending threads and what they share. They are daemons: an answer that never comes keeps no program alive."""

    def __init__(self, job: _Job, items: list[Item], sleep: Callable[[float], None] | None) -> None:
        self.stopped = ""
        self.interrupted = False
        self._job = job
        self._items = items
        self._sleep = sleep
        self._done: SimpleQueue[Result | BaseException | None] = SimpleQueue()
        self._stop = threading.Event()
        self._gate = threading.Lock()  # guards all below, and `stop` against last bytes on their way out
        self._waiting = iter(items)
        self._on_the_way: set[str] = set()
        self._nobody_there = False
        self._streak = 0

    # ------------------------------------------------------------------------------------- the calling thread

    def run(self, jobs: int, progress: Progress) -> tuple[Result, ...]:
        results: dict[str, Result] = {}
        for _ in range(jobs):
            threading.Thread(target=self._work, daemon=True, name="sa-upload").start()
        try:
            self._collect(jobs, results, progress, None)
        except KeyboardInterrupt:
            self.interrupted = True
            self._halt()
            self._collect(jobs, results, progress, monotonic() + GRACE)
        return tuple(results.get(item.stem) or self._left_over(item.stem) for item in self._items)

    def _collect(self, threads: int, results: dict[str, Result], progress: Progress, until: float | None) -> None:
        """Takes results until every thread is done, or the clock says `until`."""
        while threads and (until is None or monotonic() < until):
            try:
                got = self._done.get(timeout=0.1)  # short, so that Ctrl-C is heard on every system
            except Empty:
                continue
            if got is None:
                threads -= 1
            elif isinstance(got, Result):
                results[got.stem] = got
                progress(len(results), len(self._items), got)
            else:
                self._halt()
                raise got

    def _halt(self) -> None:
        with self._gate:
            self._stop.set()

    def _left_over(self, stem: str) -> Result:
        with self._gate:
            return _cut_off(stem, stem in self._on_the_way)

    # ------------------------------------------------------------------------------------- the sending threads

    def _work(self) -> None:
        client: Client | None = None
        try:
            if self._job.sending:
                from compiler.targets._delivery.client import Client

                client = Client(self._job.settings, self._pause)
            while (item := self._next()) is not None:
                result = self._handle(item, client)
                self._watch(result)
                self._done.put(result)
        except BaseException as error:  # a fault of ours: it is raised again in the calling thread
            self._done.put(error)
        finally:
            if client is not None:
                client.close()
            self._done.put(None)

    def _next(self) -> Item | None:
        with self._gate:
            return None if self._stop.is_set() else next(self._waiting, None)

    def _watch(self, result: Result) -> None:
        """Ends the run, before another call begins, when trouble is not about this call alone."""
        with self._gate:
            if result.trouble:
                self._streak += 1
            elif result.attempts:
                self._streak = 0
            self._nobody_there = result.trouble == "unreachable" or (self._nobody_there and not result.attempts)
            if (result.trouble == "fatal" or self._streak >= PATIENCE) and not self._stop.is_set():
                self.stopped = result.reason
                self._stop.set()

    def _pause(self, seconds: float) -> None:
        if self._sleep is not None:
            self._sleep(seconds)
        else:
            self._stop.wait(seconds)
        if self._stop.is_set():
            raise _Stopped

    def _handle(self, item: Item, client: Client | None) -> Result:
        try:
            return self._deliver(item, client)
        except _Stopped:
            return self._left_over(item.stem)
        except WorldError as error:
            outcome = Outcome.UNKNOWN if item.stem in self._on_the_way else Outcome.FAILED
            return Result(item.stem, outcome, str(error), trouble="fatal" if error.fatal else "")

    def _deliver(self, item: Item, client: Client | None) -> Result:
        job = self._job
        form = make_form(item.stem, item.timeline, item.audio, job.settings)
        if job.forms is not None:
            write(job.forms / f"{item.stem}.json", view(form, job.settings, job.forms))
        ready = Result(item.stem, Outcome.READY, zone_assumed=form.zone_assumed)
        if job.settings.url is None:
            return ready
        call = Address(shown_url(job.settings.url), job.settings.project_id, item.stem, content_key(form))
        standing = job.ledger.standing(call)
        held = None if job.force else _held(item.stem, standing)
        if held is not None or client is None:
            return held or ready
        return self._send(form, call, standing, client)

    def _send(self, form: Form, call: Address, standing: Standing, client: Client) -> Result:
        def leaving() -> None:
            with self._gate:
                if self._stop.is_set():
                    raise _Stopped
                self._job.ledger.mark(call, State.SENDING, standing.state)
                self._on_the_way.add(call.stem)

        def refused(answer: Answer) -> None:
            self._note(call, standing, answer)

        answer = client.send(form, call.content, leaving=leaving, refused=refused, patient=not self._nobody_there)
        self._note(call, standing, answer)
        return Result(call.stem, Outcome(answer.outcome), answer.message, answer.attempts, answer.status,
                      answer.trouble, form.zone_assumed)

    def _note(self, call: Address, standing: Standing, answer: Answer) -> None:
        """Writes down how an attempt ended, and that the call is no longer under way."""
        states = {"sent": State.SENT, "failed": State.FAILED, "unknown": State.SENDING}
        self._job.ledger.mark(call, states[answer.outcome], standing.state, status=answer.status,
                              attempts=answer.attempts, message=answer.message, server=answer.server)
        with self._gate:
            self._on_the_way.discard(call.stem)


def _held(stem: str, standing: Standing) -> Result | None:
    """The result of a call that is not to be sent, by what the ledger knows of it."""
    if standing.verdict == "sent":
        return Result(stem, Outcome.SKIPPED, f"sent at {standing.when}")
    if standing.verdict == "changed":
        return Result(stem, Outcome.CHANGED, f"it has changed since it was sent at {standing.when}")
    if standing.verdict == "doubt":
        return _cut_off(stem, True, standing.when)
    return None


def _cut_off(stem: str, left: bool, when: str = "") -> Result:
    if not left:
        return Result(stem, Outcome.UNSENT)
    since = f" at {when}" if when else ""
    return Result(stem, Outcome.UNKNOWN, f"unknown whether it arrived{since}: check the server, then --force")
