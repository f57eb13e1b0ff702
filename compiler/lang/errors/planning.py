"""Sentences about what no plan can keep: hours, shifts, follow-ups, voices."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diag import Diagnostic
from compiler.lang.errors.wording import anded, diagnostic
from compiler.lang.show import hundredfold
from compiler.source import Span


def hours_read_the_call(span: Span, field: str, read: str, agent: bool) -> Diagnostic:
    whose = "the agent and the date" if agent else "the date"
    known = "`weekday`, `weekend`, `holiday`, `date` and events of whole days"
    return diagnostic("E0608", f"`{field}` reads `{read}`, but when a call comes depends on {whose} only", span, "",
                      f"ask about {known}{', or about the agent' if agent else ''}")  # fmt: skip


def shares_cannot_both_hold(
    span: Span, agent: str, shifts: Sequence[str], day: str, shares: tuple[float, float], hours: Span | None,
    others: int,
) -> Diagnostic:  # fmt: skip
    wanted, there = (f"{hundredfold(round(share, 4))}%" for share in shares)
    more = f" (and so for {others} more agent{'s' if others > 1 else ''})" if others else ""
    notes = [(hours, "the hours in which calls come")] if hours is not None else []
    hours_told = f"but only {there} come in those hours{more}"
    message = f"agent {agent} takes {wanted} of the calls {day} in {anded(shifts)}, {hours_told}"
    return diagnostic("E0609", message, span, "", "change the shares, or the hours of the shifts", notes)


def decided_too_late(span: Span, flag: str, read: str, path: Sequence[str]) -> Diagnostic:
    message = f"`{flag}` decides who calls again, but `{read}` reads it and is needed before that"
    way_out = f"take `{flag}` out of what `{read}` depends on, or `{path[0]}` out of `same`"
    return diagnostic("E0610", message, span, " -> ".join(path), way_out)


def no_voice_left(span: Span) -> Diagnostic:
    return diagnostic("E0704", "no voice is left for the customers: each of these belongs to an agent", span, "",
                      "name a voice here that no agent has, or give the agents fewer different voices")  # fmt: skip
