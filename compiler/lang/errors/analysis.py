"""Sentences about what the cases of a spec come to: exceptions that meet, figures out of range, what is never used."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diag import Diagnostic
from compiler.lang.errors.wording import diagnostic, listed
from compiler.lang.show import figure, hundredfold
from compiler.source import Span

Notes = Sequence[tuple[Span, str]]


def _eg(case: str) -> str:
    return f" (e.g. {case})" if case else ""


def _percent(value: float) -> str:
    return f"{hundredfold(round(value, 9) + 0.0)}%"


def exceptions_meet(span: Span, other: Span, what: str, case: str) -> Diagnostic:
    return diagnostic("E0310", f"two exceptions for {what} can both hold{_eg(case)}", span, "",
                      "make the conditions exclusive, or use `decide`", [(other, "the other one")])  # fmt: skip


def never_true(span: Span, why: str) -> Diagnostic:
    return diagnostic("W02", "this condition is never true", span, why, "correct it, or delete the line")


def never_true_here(span: Span, field: str, only: str) -> Diagnostic:
    return diagnostic("W02", f"this never does anything: `{field}` exists only when {only}", span, "",
                      "correct the condition, or delete the line")  # fmt: skip


def always_true(span: Span, part: str) -> Diagnostic:
    return diagnostic("W03", f"`{part}` is always true", span, "", "the line can stand without it")


def never_there(span: Span, title: str) -> Diagnostic:
    return diagnostic("W02", f"no call ever has {title}: this condition is never true", span, "",
                      "correct the condition")  # fmt: skip


# ------------------------------------------------------------------------------------------------ missing, unreachable


def no_otherwise(span: Span, title: str, case: str) -> Diagnostic:
    calls = f"calls {case}" if case else "some calls"
    return diagnostic("E0502", f"`{title}` has no `otherwise`; {calls} get no value", span, "",
                      "end with a row such as `otherwise None`")  # fmt: skip


def no_default(span: Span, title: str, case: str, what: str) -> Diagnostic:
    calls = f"calls {case}" if case else "some calls"
    return diagnostic("E0502", f"{title} has no `{what}` line without `when`; {calls} get no value", span, "",
                      f"write one `{what}` line without `when`, for all other calls")  # fmt: skip


def never_reached(span: Span, above: Sequence[Span], otherwise: bool = False) -> Diagnostic:
    way_out = "delete it: the rows above leave nothing over" if otherwise else "move it up, or delete it"
    if len(above) == 1:
        return diagnostic("E0503", f"this row is never reached: line {above[0].line} already takes every such call",
                          span, "", way_out, [(above[0], "this row takes them")])  # fmt: skip
    lines = f"lines {', '.join(str(each.line) for each in above[:-1])} and {above[-1].line}"
    return diagnostic("E0503", f"this row is never reached: {lines} together already take every such call", span, "",
                      way_out, [(each, "takes some of them") for each in above])  # fmt: skip


# ------------------------------------------------------------------------------------------------ sums and limits


def chance_leaves(
    span: Span, what: str, value: float, case: str, notes: Notes, is_points: bool = True
) -> Diagnostic:
    """`what`: the chance as a subject."""
    move = "fall" if value < 0 else "rise"
    where = f" ({case})" if case else ""
    smaller = "make the points smaller" if is_points else "make the factors smaller"
    return diagnostic("E0407", f"{what} could {move} to {_percent(value)}{where}", span, "",
                      f"write `stays within 0%..100%` in its block, or {smaller}", notes)  # fmt: skip


def share_leaves(span: Span, choice: str, member: str, value: float, case: str, notes: Notes) -> Diagnostic:
    move = "fall" if value < 0 else "rise"
    where = f" ({case})" if case else ""
    return diagnostic("E0407", f"the share of `{choice}.{member}` could {move} to {_percent(value)}{where}", span, "",
                      "make the points smaller, or the share larger" if value < 0 else "make the points smaller",
                      notes)  # fmt: skip


def weight_negative(span: Span, choice: str, member: str, value: float, case: str, notes: Notes) -> Diagnostic:
    low = figure(round(value, 9)) + (f" ({case})" if case else "")
    return diagnostic("E0407", f"the weight of `{choice}.{member}` could fall to {low}", span, "",
                      "a weight is 0 or more: let it fall by less, or start higher", notes)  # fmt: skip


def shares_scaled(span: Span, choice: str, total: float, case: str) -> Diagnostic:
    where = f" ({case})" if case else ""
    return diagnostic("E0404", f"here the shares of `{choice}` add up to {_percent(total)}, not 100%{where}", span, "",
                      "shares move by points that cancel out: `rises by 5pp`, and `rest falls by 5pp`")  # fmt: skip


# ------------------------------------------------------------------------------------------------ absent, zero


def read_where_absent(
    span: Span, field: str, only: str, case: str, declared: Span | None, comparison: bool
) -> Diagnostic:
    help_ = f"write `{only} and …` in the condition" if comparison else f"write `when {only}` behind it"
    notes = [(declared, "declared here")] if declared is not None else []
    return diagnostic("E0405", f"`{field}` exists only when {only}, but is read for calls {case} too", span, "", help_,
                      notes)  # fmt: skip


def row_reads_absent(span: Span, field: str, only: str, case: str, decide: str) -> Diagnostic:
    return diagnostic("W11", f"`{field}` exists only when {only}, but this row is asked of calls {case} too", span, "",
                      f"write `only when {only}` in `decide {decide}`, or give those calls a row above")  # fmt: skip


def may_divide_by_zero(span: Span, below: str, declared: Span | None, one: str, none: str) -> Diagnostic:
    notes = [(declared, "declared here")] if declared is not None else []
    guard = f", or put `when {below} > {none}` behind the line" if declared is not None else ""
    return diagnostic("E0406", f"this may divide by zero: `{below}` can be {none}", span, "",
                      f"divide by `max({below}, {one})`{guard}", notes)  # fmt: skip


# ------------------------------------------------------------------------------------------------ hours, days, use


def nobody_works(span: Span, member: str, hours: str, day: str, share: float) -> Diagnostic:
    return diagnostic("E0604", f"nobody works in the hours of `{member}` ({hours}) {day}, but {_percent(share)} of "
                      f"the calls come then", span, "", "let an agent work a shift that reaches into these hours, "
                      "or take the share away")  # fmt: skip


def numbers_run_out(span: Span, wanted: int, names: Sequence[str], there: int, larger: Sequence[str]) -> Diagnostic:
    ranges = " and ".join(f"`{name}`" for name in names)
    more = f"name another range under `numbers`, such as \"{larger[0]}\", or " if larger else ""
    return diagnostic("E0607", f"{wanted:,} customers need a number each, but {ranges} "
                      f"{'has' if len(names) == 1 else 'have'} only {there:,}", span, "",
                      f"{more}make the population smaller")  # fmt: skip


def serves_nobody(span: Span, scenario: str, only: str, intents: Sequence[str]) -> Diagnostic:
    what = f"nobody ever calls about {listed(intents, 4)}" if intents else f"no call ever has {only}"
    help_ = "give the intent a weight, or correct `only when`" if intents else "correct `only when`"
    return diagnostic("E0605", f"scenario {scenario} is never played: {what}", span, "", help_)


def happens_too_often(span: Span, title: str, wanted: int, days: int, period: str) -> Diagnostic:
    can = "no day" if not days else f"only {days} day{'s' if days > 1 else ''}"
    return diagnostic("E0606", f"{title} happens {wanted} times, but {can} of the period {period} can have it", span,
                      "", "ask for fewer days, or for a longer period")  # fmt: skip


def outside_the_period(span: Span, title: str, when: str, period: str, others: Notes) -> Diagnostic:
    more = f" (and {len(others)} more event{'s' if len(others) > 1 else ''})" if others else ""
    return diagnostic("W10", f"{title} lies outside the period {period}{more}: {when}", span, "",
                      "nothing of it will happen; `from` and `to` of `dataset` give the period", others)  # fmt: skip


def never_drawn(span: Span, choice: str, member: str, what: str) -> Diagnostic:
    figure_ = "share is 0%" if what == "share" else "weight is 0"
    return diagnostic("W04", f"`{choice}.{member}` is never drawn: its {figure_} and nothing raises it", span, "",
                      "give it more, or delete the line")  # fmt: skip


def unused(span: Span, message: str) -> Diagnostic:
    return diagnostic("W01", message, span, "", "use it, or delete it")
