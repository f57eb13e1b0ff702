"""Sentences about sums, cases and conditions: what the static checks find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.diag import Diagnostic
from compiler.lang.errors.wording import diagnostic
from compiler.lang.show import figure, hundredfold
from compiler.source import Span

if TYPE_CHECKING:
    from compiler.lang.outline import Block


def shares_miss(span: Span, total: float, what: str = "", way_out: str = "") -> Diagnostic:
    """`what` names the shares where they are no list; `way_out` is what to write instead of shares."""
    gap = round((total - 1) * 100, 9)
    points = f"{figure(abs(gap))} points {'too many' if gap > 0 else 'missing'}"
    message = f"{what or 'these shares'} add up to {figure(round(total * 100, 9))}%, not 100%"
    return diagnostic("E0404", message, span, points, f"make them add up{way_out}")


def weights_all_zero(span: Span) -> Diagnostic:
    return diagnostic("E0404", "these weights are all 0", span, "", "one of them must be more")


def points_do_not_cancel(
    span: Span, total: float, name: str, guard: str, notes: Sequence[tuple[Span, str]]
) -> Diagnostic:
    points = hundredfold(abs(round(total, 12)))
    sign, verb = ("+", "falls") if total > 0 else ("-", "rises")
    condition = f" when {guard}" if guard else ""
    return diagnostic("E0409", f"these points do not cancel out (sum {sign}{points}pp{condition})", span, "",
                      f"write `{name}.rest {verb} by {points}pp`", notes)  # fmt: skip


def cycle(path: Sequence[str], places: Sequence[tuple[Span, str]]) -> Diagnostic:
    first, *others = places
    return diagnostic("E0501", f"{path[0]} depends on itself: {' -> '.join(path)}", first[0], first[1],
                      "one of these lines must read something else", others)  # fmt: skip


def kept_reads_call(block: Block, name: str, reads: str) -> Diagnostic:
    return diagnostic("E0504", f"`{name}` is kept per customer but reads the call's `{reads}`", block.id_span(), "",
                      f"keep `{reads}` too, or take `{name}` out of `keeps`")  # fmt: skip


def period_backwards(span: Span, first: str, last: str) -> Diagnostic:
    return diagnostic("E0601", f"the period ends before it begins ({first} .. {last})", span, "",
                      "exchange `from` and `to`")  # fmt: skip


def hours_overlap(span: Span, names: tuple[str, str], hours: str, other: Span) -> Diagnostic:
    return diagnostic("E0603", f"the hours of `{names[0]}` and `{names[1]}` overlap {hours}", span, "",
                      "each time of the day belongs to one value", [(other, "the other one")])  # fmt: skip


def agent_backwards(span: Span, agent: str) -> Diagnostic:
    return diagnostic("E0601", f"agent {agent} leaves before they begin", span, "", "exchange `from` and `to`")


def options_backwards(span: Span, first: str, last: str) -> Diagnostic:
    return diagnostic("E0601", f"with --start and --end the period ends before it begins ({first} .. {last})", span,
                      "", "exchange the two, or give both")  # fmt: skip
