"""What became of each call, and the text that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

SHOWN = 10  # calls listed under one heading


class Outcome(StrEnum):
    READY = "ready"  # a form was made; nothing was to be sent
    SENT = "sent"
    SKIPPED = "skipped"  # the server has it from an earlier run
    CHANGED = "changed"  # the server has another content of it
    UNKNOWN = "unknown"  # it may have arrived, or not
    FAILED = "failed"
    UNSENT = "unsent"  # the run ended before its turn


@dataclass(frozen=True, slots=True)
class Result:
    """One call. `trouble`: what each call would meet as well: unreachable, refused, or fatal (ledger, disk).
    `zone_assumed`: its start time was taken as UTC."""

    stem: str
    outcome: Outcome
    reason: str = ""
    attempts: int = 0
    status: int | None = None
    trouble: str = ""
    zone_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All calls, in the order they were to be sent. `server` is "" when none is known. `stopped` says why the run
    ended early; `interrupted` that the user ended it."""

    results: tuple[Result, ...]
    server: str = ""
    project: str = ""
    dry_run: bool = False
    stopped: str = ""
    interrupted: bool = False

    def of(self, outcome: Outcome) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.outcome is outcome)

    @property
    def exit_code(self) -> int:
        """1 when the server lacks a call that it should have, or may lack it; else 0."""
        wanting = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.CHANGED, Outcome.UNSENT)
        return int(any(result.outcome in wanting for result in self.results))


def report_text(report: Report) -> str:
    """Counts, the first calls that need a look with their reasons, and the way on."""
    lines = [_headline(report)]
    for outcome, said, listed in _LINES:
        results = report.of(outcome)
        if results:
            lines.append("  " + said(len(results)))
            lines.extend(f"    {result.stem}: {result.reason}" for result in results[: SHOWN if listed else 0])
            if listed and len(results) > SHOWN:
                lines.append(f"    … and {len(results) - SHOWN} more")
    if report.stopped:
        lines.append(f"Stopped early: {report.stopped}")
    return "\n".join(lines + _way_on(report))


def _headline(report: Report) -> str:
    if not report.server:
        return "SA forms (no server is set, nothing was sent)"
    place = f"{report.server}, project {report.project}" if report.project else report.server
    return f"SA upload to {place}" + (" (dry run, nothing was sent)" if report.dry_run else "")


def _calls(number: int) -> str:
    return f"{number:,} call" + ("" if number == 1 else "s")


_LINES: tuple[tuple[Outcome, Callable[[int], str], bool], ...] = (
    (Outcome.READY, lambda n: f"{_calls(n)} ready to send", False),
    (Outcome.SENT, lambda n: f"{_calls(n)} sent", False),
    (Outcome.SKIPPED, lambda n: f"{_calls(n)} sent by an earlier run, not again", False),
    (Outcome.CHANGED, lambda n: f"{_calls(n)} held back: the server has an older version", True),
    (Outcome.UNKNOWN, lambda n: f"{_calls(n)} in doubt: nobody knows whether the server has them", True),
    (Outcome.FAILED, lambda n: f"{_calls(n)} failed", True),
    (Outcome.UNSENT, lambda n: f"{_calls(n)} not sent", False),
)


def _way_on(report: Report) -> list[str]:
    lines = []
    assumed = sum(result.zone_assumed for result in report.results)
    if assumed:
        lines.append(f"Start times of {_calls(assumed)} were taken as UTC, for no time zone is known:"
                     " SA_TIME_ZONE=Europe/Berlin sets one.")
    if not report.server:
        lines.append("To send them: set SA_URL, SA_PROJECT_ID, SA_PIPELINE_ID and SA_STORAGE_BACKEND_ID (or give"
                     " --sa-url and so on), then run the same command again.")
    elif report.of(Outcome.FAILED) or report.of(Outcome.UNSENT):
        lines.append("Run the same command again to go on: what was sent is not sent twice.")
    if report.of(Outcome.UNKNOWN):
        lines.append("For calls in doubt, look on the server; --force sends them again, and may make a second session.")
    if report.of(Outcome.CHANGED):
        lines.append("--force sends changed calls as well; the server then has both versions.")
    return lines
