"""Sentences about `starts`, effects, ramps, rows of `decide`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.diag import Diagnostic, Fix
from compiler.lang import syntax as s
from compiler.lang.errors.units import a_unit
from compiler.lang.errors.wording import a, diagnostic, listed
from compiler.lang.show import hundredfold

if TYPE_CHECKING:
    from compiler.lang.schema import Kind
    from compiler.lang.tree import Line
    from compiler.lang.typed import Typed


def no_such_day_or_time(line: Line, node: s.Lit) -> Diagnostic:
    what = "date" if node.kind == "date" else "time of day"
    return diagnostic("E0215", f"there is no {what} {node.text}", line.span(node.at))


def divides_by_zero(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0406", "this divides by zero", line.span(node.at))


def argument_count(line: Line, node: s.Call, count: int) -> Diagnostic:
    some = {1: "one value", 2: "two values or more", 3: "three values: the value, the least and the most"}[count]
    return diagnostic("E0408", f"`{node.function}` takes {some}", line.span(node.at))


def ramp_without_span(line: Line, node: s.RampOver) -> Diagnostic:
    return diagnostic("E0411", "a ramp needs a stretch of time", line.span(node.at), "",
                      "write `140% to 100% over 4w`, or `over 2025-09-01..2025-09-28`")  # fmt: skip


def ramp_without_start(line: Line, node: s.RampOver) -> Diagnostic:
    return diagnostic("E0411", "I cannot tell from which day this ramp counts", line.span(node.at), "",
                      "put it into the block of the event or agent that it counts from, or give dates: "
                      "`over 2025-09-01..2025-09-28`")  # fmt: skip


def range_backwards(line: Line, node: s.Node) -> Diagnostic:
    ends = [line.text[end.at[0] : end.at[1]] for end in (node.high, node.low)] if isinstance(node, s.Range) else []
    return diagnostic("E0601", "this range ends before it begins", line.span(node.at), "",
                      f"did you mean `{'..'.join(ends)}`?" if ends else "")  # fmt: skip


def amount_with_sign(line: Line, said: s.Sentence) -> Diagnostic:
    verb, other = (said.form, "falls by") if said.form == "rises by" else (said.form, "rises by")
    node = said.values[0]
    plain = isinstance(node, s.Minus) and isinstance(node.of, s.Lit)
    amount = line.text[node.of.at[0] : node.of.at[1]] if isinstance(node, s.Minus) and plain else "2"
    hint = f"write `{other} {amount}`" if plain else f"the verb says which way: `{verb} 2`, `{other} 2`"
    start = line.text.find(verb.split()[0], said.at[0])
    span = line.span((start, node.at[1])) if start >= 0 else line.span(node.at)
    fixes = [Fix(span, f"{other} {amount}")] if plain and start >= 0 else []
    return diagnostic("E0412", f"`{verb}` takes an amount without a sign", line.span(node.at), "", hint, fixes=fixes)


def chance_out_of_range(line: Line, name: str, node: s.Node, value: float) -> Diagnostic:
    return diagnostic("E0407", f"`{name}` starts at {hundredfold(value)}%, and a chance lies within 0%..100%",
                      line.span(node.at))  # fmt: skip


def choice_starts_at(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0408", "a choice starts as one of several values", line.span(said.at), "",
                      "write `starts as one of` and the values below, each with a share")  # fmt: skip


def flag_starts_as(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0408", "a yes-or-no fact starts at a chance", line.span(said.at), "", "write `starts at 35%`")


def only_numbers_are_distributed(line: Line, said: s.Sentence, kind: str) -> Diagnostic:
    hint = "`starts as one of`" if kind == "choice" else "`starts at 35%`"
    return diagnostic("E0408", f"only a kpi can start as {said.distribution}", line.span(said.at), "", f"write {hint}")


def list_without_rows(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0120", "the list stops too early", line.span(said.at), "",
                      "its values stand below, indented: `Name: 10%`")  # fmt: skip


def kpi_row_is_number(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0401", f"the values of a kpi are numbers, `{s.word_of(node)}` is a name", line.span(node.at),
                      "", "a `choice` has names as values")  # fmt: skip


def row_value(line: Line, row: s.Sentence, weights: bool) -> Diagnostic:
    span = line.span((row.values[0].at[0], row.values[-1].at[1])) if row.values else line.span(row.at)
    if row.values and isinstance(row.values[0], s.Minus):
        what = "weight" if weights else "share"
        least = f"{row.words[0]}: 0{'' if weights else '%'}"
        return diagnostic("E0408", f"a {what} is never below 0", span, "", f"write `{least}`, or more")
    node = row.values[0] if len(row.values) == 1 else None
    amount = node.text.rstrip("%") if isinstance(node, s.Lit) and node.kind in ("number", "percent") else "10"
    if weights:
        return diagnostic("E0408", "a weight is a plain number", span, "", f"write `{row.words[0]}: {amount}`")
    return diagnostic("E0408", "a share is written with `%`", span, "",
                      f"write `{row.words[0]}: {amount}%`, or begin the list with `starts as weights`")  # fmt: skip


_EXAMPLE_PARAMETERS = {
    "normal": "mean 90s, sd 25s", "truncated normal": "mean 90s, sd 25s", "lognormal": "median 90s, spread 1.8",
    "uniform": "low 10s, high 90s", "exponential": "mean 90s", "gamma": "mean 90s, cv 0.5", "poisson": "mean 1.2",
}  # fmt: skip


def distribution_needs(line: Line, said: s.Sentence, wanted: Sequence[str], given: Sequence[str]) -> Diagnostic:
    names = " and ".join(f"`{name}`" for name in wanted)
    example = f"starts as {said.distribution}, {_EXAMPLE_PARAMETERS[said.distribution]}"
    return diagnostic("E0408", f"{a(said.distribution)} needs {names}", line.span(said.at), "", f"write `{example}`")


def parameter_unit(line: Line, pair: s.Pair, name: str, typed: Typed, first: Typed, plain: bool) -> Diagnostic:
    wanted = "a plain number" if plain else a_unit(first)
    return diagnostic("E0401", f"`{name}` is {wanted} here, but this is {a_unit(typed)}", line.span(pair.value.at))


def within_needs_range(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0408", "`stays within` takes two figures and no condition", line.span(said.at), "",
                      "write `stays within 0s..10m`")  # fmt: skip


def effect_on_words(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0124", f"`{' '.join(said.words)}` is not one name", line.span(said.head_at), "",
                      f"write the name of a field, then `{said.form}`")  # fmt: skip


def effect_on_nothing(line: Line, said: s.Sentence, kind: Kind) -> Diagnostic:
    what = "one of its values" if kind.words == "choice" else "a field"
    return diagnostic("E0126", f"what {said.form.split()[0]} here?", line.span(said.at), "",
                      f"in `{kind.words}` the line begins with {what}")  # fmt: skip


def which_member(line: Line, said: s.Sentence, name: str, members: Sequence[str]) -> Diagnostic:
    example = members[0] if members else "Name"
    return diagnostic("E0126", f"which value of `{name}`?", line.span(said.head_at), "",
                      f"write `{name}.{example} {said.form} …`; its values: {listed(members)}")  # fmt: skip


def choice_becomes(line: Line, said: s.Sentence, name: str) -> Diagnostic:
    return diagnostic("E0408", f"`{name}` is a choice: it is drawn, it does not become a number", line.span(said.at),
                      "", "write `starts as one of when …` with the shares of this case")  # fmt: skip


def computed_field(line: Line, said: s.Sentence, name: str, kind: str) -> Diagnostic:
    how = "decided by its rows" if kind == "decide" else "computed"
    return diagnostic("E0126", f"`{name}` is {how}; nothing else moves it", line.span(said.head_at), "",
                      "change its rows, or what they read")  # fmt: skip


def decide_row(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0124", "this is no row of `decide`", line.span(said.at), "",
                      "write `Name when …`, `otherwise Name`, or `otherwise one of`")  # fmt: skip


def decide_row_without_when(line: Line, said: s.Sentence) -> Diagnostic:
    name = said.words[0]
    return diagnostic("E0120", "this row has no condition", line.span(said.at), "",
                      f"write `{name} when …`, or `otherwise {name}` for all that is left")  # fmt: skip
