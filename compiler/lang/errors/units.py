"""Sentences about types and units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.diag import Diagnostic, Fix
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.errors.wording import diagnostic, listed
from compiler.lang.show import expression, figure, hundredfold

if TYPE_CHECKING:
    from compiler.lang.tree import Line
    from compiler.lang.typed import Typed


def a_unit(typed: Typed) -> str:
    from compiler.lang.typed import unit_words

    return unit_words(typed)


_UNIT_EXAMPLES = {
    m.Unit.TIME: "120s", m.Unit.SHARE: "35%", m.Unit.NUMBER: "7", m.Unit.DATE: "2025-09-01", m.Unit.CLOCK: "18:00",
    m.Unit.LEVEL: "18dB",
}  # fmt: skip


def _like(typed: Typed, other: Typed) -> str:
    """How `other` would be written in the unit of `typed`, where it is a constant."""
    if isinstance(other.expr, m.Constant):
        number = figure(abs(other.expr.value))
        if other.unit is m.Unit.SHARE:
            number = hundredfold(abs(other.expr.value))
        units = {m.Unit.TIME: f"{number}s", m.Unit.SHARE: f"{number}%", m.Unit.NUMBER: number}
        if typed.unit is m.Unit.MONEY:
            return f"{typed.currency} {number}"
        if typed.unit in units:
            return f"{number}pp" if typed.points else units[typed.unit]
    return _UNIT_EXAMPLES.get(typed.unit, f"{typed.currency} 20")


def compared_unlike(line: Line, node: s.Node, left: Typed, right: Typed) -> Diagnostic:
    name = expression(left.expr) if not isinstance(left.expr, m.Constant) else ""
    subject = f"`{name}` is {a_unit(left)}" if name else f"this is {a_unit(left)}"
    place = node.right if isinstance(node, s.Comparison) else node
    message = f"{subject}, but it is compared with {a_unit(right)}"
    return diagnostic("E0401", message, line.span(place.at), a_unit(right), f"write `{_like(left, right)}`")


def added_unlike(line: Line, node: s.Binary, left: Typed, right: Typed) -> Diagnostic:
    verb = "added to" if node.op == "+" else "taken from"
    first, second = (a_unit(right), a_unit(left))
    return diagnostic("E0401", f"{first} cannot be {verb} {second}", line.span(node.at), "", "")


def multiplied_unlike(line: Line, node: s.Node, left: Typed, right: Typed) -> Diagnostic:
    return diagnostic("E0401", f"{a_unit(left)} cannot be multiplied by {a_unit(right)}", line.span(node.at), "",
                      "one of the two must be a plain number or a share")  # fmt: skip


def divided_unlike(line: Line, node: s.Node, left: Typed, right: Typed) -> Diagnostic:
    return diagnostic("E0401", f"{a_unit(left)} cannot be divided by {a_unit(right)}", line.span(node.at), "", "")


def unit_of_field(line: Line, node: s.Node, name: str, typed: Typed, unit: m.Unit, currency: str) -> Diagnostic:
    from compiler.lang.typed import UNIT_WORDS, Typed

    is_ = f"an amount in {currency}" if currency else UNIT_WORDS[unit]
    wanted = Typed(m.Constant(0.0, unit, currency), unit, False, currency)
    return diagnostic("E0401", f"`{name}` is {is_}, but this is {a_unit(typed)}", line.span(node.at), a_unit(typed),
                      f"write `{_like(wanted, typed)}`")  # fmt: skip


def chance_expected(line: Line, node: s.Node, typed: Typed) -> Diagnostic:
    return diagnostic("E0401", f"a chance is a share, but this is {a_unit(typed)}", line.span(node.at), a_unit(typed),
                      "write a share such as `35%`")  # fmt: skip


def not_a_truth(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0402", "this is not a yes-or-no fact", line.span(node.at), "",
                      "write a condition such as `channel is voice` or `AWT > 120s`")  # fmt: skip


def field_is_no_truth(line: Line, node: s.Name, choice: bool) -> Diagnostic:
    example = f"{node.text} is …" if choice else f"{node.text} > …"
    return diagnostic("E0402", f"`{node.text}` is not a yes-or-no fact", line.span(node.at), "", f"write `{example}`")


def member_is_no_truth(line: Line, node: s.Name, holders: Sequence[str]) -> Diagnostic:
    span, label = line.span(node.at), f"a value of {holders[0]}"
    return diagnostic("E0402", f"`{node.text}` is not a yes-or-no fact", span, label,
                      f"write `{holders[0]} is {node.text}`; for several `{holders[0]} in (…, {node.text})`")


def truth_compared(line: Line, node: s.Comparison, name: str) -> Diagnostic:
    return diagnostic("E0402", f"`{name}` is a yes-or-no fact; it is not compared", line.span(node.at), "",
                      f"write `{name}` or `not {name}`")  # fmt: skip


def choice_ordered(line: Line, node: s.Comparison, name: str, members: Sequence[str]) -> Diagnostic:
    return diagnostic("E0401", f"the values of `{name}` have no order", line.span(node.at), "",
                      f"write `{name} is …`; its values: {listed(members)}")  # fmt: skip


def not_a_number(line: Line, node: s.Name, truth: bool) -> Diagnostic:
    what = "a yes-or-no fact" if truth else "a choice"
    hint = f"write it as a condition: `when {node.text}`" if truth else f"compare it: `{node.text} is …`"
    return diagnostic("E0401", f"`{node.text}` is {what}, not a number", line.span(node.at), "", hint)


def member_as_number(line: Line, node: s.Name, holders: Sequence[str]) -> Diagnostic:
    return diagnostic("E0401", f"`{node.text}` is a value of `{holders[0]}`, not a number", line.span(node.at), "", "")


def not_a_value(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0401", "a number belongs here", line.span(node.at), "", "such as `10s`, `5pp` or `120%`")


def percent_of_number(line: Line, said: s.Sentence, name: str) -> Diagnostic:
    node = said.values[0]
    written = figure(node.value * 100) if isinstance(node, s.Lit) else "20"
    factor = "120"
    if isinstance(node, s.Lit):
        factor = hundredfold(round(1 + (node.value if said.form == "rises by" else -node.value), 12))
    span = line.span(said.at)
    message = f"`{written}%` is a share, but `{name}` is not"
    return diagnostic("E0403", message, line.span(node.at), "", f"write `{name} is multiplied by {factor}%`",
                      fixes=[Fix(span, _multiplied(line, said, factor))])  # fmt: skip


def _multiplied(line: Line, said: s.Sentence, factor: str) -> str:
    head = f"{' '.join(said.words)} " if said.head else ""
    guard = f" when {line.text[said.guard.at[0] : said.guard.at[1]]}" if said.guard is not None else ""
    return f"{head}is multiplied by {factor}%{guard}"


def percent_of_chance(line: Line, said: s.Sentence, name: str, typed: Typed, start: float | None) -> Diagnostic:
    node = said.values[0]
    span = line.span(node.at)
    if not isinstance(node, s.Lit):
        return diagnostic("E0403", f"`{name}` is a chance: it moves by percentage points", span, "", "write `5pp`")
    sign = 1 if said.form == "rises by" else -1
    written, factor = hundredfold(node.value), hundredfold(round(1 + sign * node.value, 12))
    points, times = f"`{written}pp`", f"`is multiplied by {factor}%`"
    if start is not None:
        added, scaled = round(start + sign * node.value, 12), round(start * (1 + sign * node.value), 12)
        points += f" ({hundredfold(start)}% becomes {hundredfold(added)}%)"
        times += f" ({hundredfold(scaled)}%)"
    return diagnostic("E0403", f"`{name}` is a chance; {written}% could mean two things", span, "",
                      f"write {points} or {times}", fixes=[Fix(span, f"{written}pp")])  # fmt: skip


def points_expected(line: Line, node: s.Node, name: str, typed: Typed) -> Diagnostic:
    number = figure(abs(typed.expr.value)) if isinstance(typed.expr, m.Constant) else "5"
    return diagnostic("E0401", f"`{name}` moves by percentage points, but this is {a_unit(typed)}", line.span(node.at),
                      a_unit(typed), f"write `{number}pp`", fixes=[Fix(line.span(node.at), f"{number}pp")])  # fmt: skip


def weight_moves_by_number(line: Line, node: s.Node, name: str, typed: Typed) -> Diagnostic:
    number = "5"
    if isinstance(typed.expr, m.Constant):
        value = abs(typed.expr.value)
        number = hundredfold(value) if typed.unit is m.Unit.SHARE else figure(value)
    return diagnostic("E0401", f"the weights of `{name}` move by plain numbers, but this is {a_unit(typed)}",
                      line.span(node.at), a_unit(typed), f"write `{number}`",
                      fixes=[Fix(line.span(node.at), number)])  # fmt: skip


def factor_expected(line: Line, node: s.Node, typed: Typed) -> Diagnostic:
    return diagnostic("E0401", f"a factor is a share or a plain number, but this is {a_unit(typed)}",
                      line.span(node.at), a_unit(typed), "write `120%`")  # fmt: skip


def argument_unit(line: Line, node: s.Call, typed: Typed, need: m.Unit) -> Diagnostic:
    from compiler.lang.typed import UNIT_WORDS

    return diagnostic("E0401", f"`{node.function}` takes {UNIT_WORDS[need]}, not {a_unit(typed)}", line.span(node.at))
