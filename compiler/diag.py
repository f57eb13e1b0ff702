"""A diagnostic is data: what is wrong, where, and the way out. Drawing is report.py's business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from compiler.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what to say right there (may be empty)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """Put `text` in the place of `span`; a fix that is not `sure` is only offered."""

    span: Span
    text: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One cause. `primary` is the smallest place that shows it, `notes` are second places with their sentences."""

    code: str
    message: str
    primary: Label
    notes: tuple[Label, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def severity(self) -> Severity:
        return "warning" if self.code.startswith("W") else "error"


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, then code; the same thing found twice is kept once."""
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(each: Diagnostic) -> tuple[str, int, int, str, str]:
    span = each.primary.span
    return span.file, span.line, span.column, each.code, each.message


def has_errors(found: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in found)
