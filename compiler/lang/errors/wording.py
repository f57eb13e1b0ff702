"""What all messages share: how a diagnostic is put together, lists, guesses, articles."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diag import Diagnostic, Fix, Label
from compiler.source import Span


def diagnostic(
    code: str, message: str, span: Span, label: str = "", help: str = "",
    notes: Sequence[tuple[Span, str]] = (), fixes: Sequence[Fix] = (),
) -> Diagnostic:  # fmt: skip
    """One diagnostic; `notes` are second places."""
    second = tuple(Label(place, text) for place, text in notes)
    return Diagnostic(code, message, Label(span, label), second, help, tuple(fixes))


def listed(names: Sequence[str], most: int = 12) -> str:
    """`a, b, c`, cut off where it gets long."""
    shown = ", ".join(names[:most])
    return f"{shown} … ({len(names)} in all)" if len(names) > most else shown


def anded(words: Sequence[str]) -> str:
    """`a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def meant(guess: str | None) -> str:
    return f"did you mean `{guess}`?" if guess else ""


def replacing(span: Span, guess: str | None, sure: bool = False) -> tuple[Fix, ...]:
    return (Fix(span, guess, sure),) if guess else ()


def a(words: str) -> str:
    """`incident` -> `an incident`."""
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"
