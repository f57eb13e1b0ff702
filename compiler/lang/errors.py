"""Every sentence that the language stage says about a spec. Finding is elsewhere; wording is here."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.diag import Diagnostic, Fix, Label
from compiler.lang import model as m
from compiler.lang import syntax as s
from compiler.lang.show import expression, figure, hundredfold
from compiler.source import Span

if TYPE_CHECKING:
    from compiler.lang.outline import Block, Statement
    from compiler.lang.resolve import Typed
    from compiler.lang.schema import Kind
    from compiler.lang.tree import Line


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


def _meant(guess: str | None) -> str:
    return f"did you mean `{guess}`?" if guess else ""


def _replace(span: Span, guess: str | None, sure: bool = False) -> tuple[Fix, ...]:
    return (Fix(span, guess, sure),) if guess else ()


def a(words: str) -> str:
    """`incident` -> `an incident`."""
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"


# ------------------------------------------------------------------------------------------------ layout


def tabs(places: Sequence[Span]) -> Diagnostic:
    first = places[0]
    others = f"{len(places) - 1} more line{'s' if len(places) > 2 else ''}"
    more = f" (and on {others} of this file)" if len(places) > 1 else ""
    fixes = [Fix(place, "  " * (place.end_column - place.column), True) for place in places]
    return diagnostic(
        "E0101", f"a tab in the indentation{more}", first, "here", "indent with two spaces a level", fixes=fixes
    )


def indented_unlike(line: Line, indent: int, other: Line, expected: int) -> Diagnostic:
    return diagnostic(
        "E0102", f"this line is indented by {indent}, the ones beside it by {expected}",
        _margin(line), "", "use two spaces a level",
        [(other.span(), f"line {other.number} stands at {expected}")],
        [Fix(_margin(line), " " * expected)],
    )  # fmt: skip


def indented_at_top(line: Line, indent: int) -> Diagnostic:
    return diagnostic(
        "E0102", f"this line is indented by {indent}, but nothing above it begins a block", _margin(line), "",
        "a block begins at the left edge", fixes=[Fix(_margin(line), "")],
    )  # fmt: skip


def _margin(line: Line) -> Span:
    return Span(line.file, line.number, 1, line.number, line.column)


def too_deep(line: Line, deepest: int) -> Diagnostic:
    return diagnostic("E0108", f"blocks nest deeper than {deepest} levels", line.span((0, 1)), "", "")


def not_utf8(span: Span, byte: int) -> Diagnostic:
    return diagnostic(
        "E0103", f"this file is not UTF-8: byte 0x{byte:02x} at {span.line}:{span.column}", span, "",
        "save the file as UTF-8",
    )  # fmt: skip


def foreign_blank(span: Span, sign: str) -> Diagnostic:
    name = "a non-breaking space" if sign in "\u00a0\u202f" else "an unusual space"
    return diagnostic(
        "E0104", f"{name}, probably pasted from a document", span, "here", "write a plain space",
        fixes=[Fix(span, " ", True)],
    )  # fmt: skip


def hidden_sign(span: Span, sign: str) -> Diagnostic:
    name = unicodedata.name(sign, "a control character").lower()
    return diagnostic(
        "E0105", f"an invisible sign U+{ord(sign):04X} ({name})", span, "here", "delete it", fixes=[Fix(span, "", True)]
    )


def text_never_closed(line: Line, at: s.At) -> Diagnostic:
    return diagnostic("E0106", "a text that is never closed", line.span(at), "opened here", 'end it with `"`')


def long_text_never_closed(line: Line, at: s.At) -> Diagnostic:
    return diagnostic(
        "E0107", "a long text that is never closed", line.span(at), "opened here", 'end it with `"""`'
    )


# ------------------------------------------------------------------------------------------------ syntax


def syntax(mistake: s.Mistake, line: Line) -> Diagnostic:
    """A line that could not be read."""
    span = line.span(mistake.at)
    first, second, third = (*mistake.details, "", "", "")[:3]
    match mistake.kind:
        case "line_too_long":
            return diagnostic("E0109", f"a line of {first} characters says too much at once", span, "",
                              'one fact a line; long texts go between `"""`')  # fmt: skip
        case "brace":
            return diagnostic("E0110", f"`{first}` is not used in Callsheet", span, "",
                              "a block is what stands indented below its line")  # fmt: skip
        case "foreign_sign":
            return diagnostic("E0111", f"`{first}` is not a Callsheet sign", span, "", f"write `{second}`",
                              fixes=[Fix(span, second)])  # fmt: skip
        case "loose_percent":
            return diagnostic("E0112", f"`{first}` must touch its number", span, "", f"write `{second}`",
                              fixes=[Fix(span, second, True)])  # fmt: skip
        case "money_sign":
            return diagnostic("E0113", f"I do not know the sign `{first}`", span, "", f"write `{second}`")
        case "unknown_sign":
            return diagnostic("E0113", f"I do not know the sign `{first}`", span, "",
                              "texts stand between quotation marks" if first not in "%" else "write `15%`")  # fmt: skip
        case "two_colons":
            return diagnostic("E0123", "only one `:` on a line", span, "the second",
                              'a text that holds a `:` stands between quotation marks')  # fmt: skip
        case "verb_needs":
            example = f"{first} {second.split('`')[0]} {third}"
            return diagnostic("E0121", f"`{first}` needs `{second}`", span, "", f"write `{example}`")
        case "nothing_after_when":
            return diagnostic("E0120", "the line stops too early", span, "",
                              "after `when` comes a condition such as `channel is voice`")  # fmt: skip
        case "stops_early":
            return diagnostic("E0120", "the line stops too early", span, "", _expected(mistake.details))
        case "nothing_before_when":
            return diagnostic("E0125", "something is missing before `when`", span, "",
                              "a number or a value belongs there")  # fmt: skip
        case "chained":
            return diagnostic("E0410", "comparisons do not chain", span, "", f"write `{first}`")
        case "not_here_guess":
            return diagnostic("E0122", f"`{first}` cannot stand here", span, "", _meant(second),
                              fixes=[Fix(span, second)])  # fmt: skip
    return diagnostic("E0124", f"`{first}` cannot stand here", span, "", _expected(mistake.details[1:]))


def _expected(kinds: Sequence[str]) -> str:
    if not kinds:
        return ""
    *most, last = kinds
    return f"expected {', '.join(most)} or {last}" if most else f"expected {last}"


# ------------------------------------------------------------------------------------------------ names


def unknown_name(span: Span, name: str, guess: str | None) -> Diagnostic:
    if name == "Silence_ratio":
        return diagnostic("E0201", "`Silence_ratio` is measured in the finished call, never written", span, "",
                          "write about `Silence_total_seconds`")  # fmt: skip
    return diagnostic("E0201", f"I know nothing called `{name}`", span, "", _meant(guess), fixes=_replace(span, guess))


def unknown_of(
    line: Line, node: s.Node, what: str, guess: str | None, code: str, legal: Sequence[str]
) -> Diagnostic:
    span, word = line.span(node.at), s.word_of(node)
    if code == "E0701":
        message = f"voice `{word}` is not in the cast"
        return diagnostic(code, message, span, "", _meant(guess) or f"the cast: {listed(legal)}",
                          fixes=_replace(span, guess))  # fmt: skip
    hint = _meant(guess)
    if not hint and legal:
        hint = f"there is: {listed(sorted(legal))}"
    if what == "an act" and not guess:
        hint = f'declare it: `act {word} "what the agent does"`'
    return diagnostic(code, f"I know no {what.split(' ', 1)[1]} called `{word}`", span, "", hint,
                      fixes=_replace(span, guess))  # fmt: skip


def unknown_member(
    line: Line, node: s.Node, choice: str, members: Sequence[str], holders: Sequence[str]
) -> Diagnostic:
    from compiler.lang.suggest import nearest

    span = line.span(node.at)
    word = s.word_of(node) or (f'"{node.value}"' if isinstance(node, s.Text) else "this")
    guess = nearest(word.strip('"'), members)
    hint = _meant(guess) or (f"its values: {listed(members)}" if members else "it has no values")
    others = [name for name in holders if name != choice]
    label = f"a value of {listed(others)}" if others else ""
    return diagnostic("E0203", f"`{word}` is not a value of `{choice}`", span, label, hint,
                      fixes=_replace(span, guess))  # fmt: skip


def member_without_choice(line: Line, node: s.Node, holders: Sequence[str]) -> Diagnostic:
    word, span = s.word_of(node), line.span(node.at)
    if len(holders) > 1:
        both = " and ".join(a(name) for name in holders)
        return diagnostic("E0202", f"`{word}` is {both}", span, "", f"write `{holders[0]}.{word}`")
    return diagnostic("E0202", f"`{word}` is {a(holders[0])}; outside its block it needs its name in front", span, "",
                      f"write `{holders[0]}.{word}`", fixes=[Fix(span, f"{holders[0]}.{word}", True)])  # fmt: skip


def agent_without_team(block: Block) -> Diagnostic:
    return diagnostic("E0204", f"agent `{block.id}` is in no team", block.id_span(), "",
                      "put the block inside a team, or write `team: …` in it")  # fmt: skip


def unknown_block(span: Span, word: str, guess: str | None, legal: Sequence[str]) -> Diagnostic:
    hint = _meant(guess) or f"blocks begin with: {listed(legal, 40)}"
    return diagnostic("E0210", f"`{word}` does not begin a block", span, "", hint, fixes=_replace(span, guess))


def unknown_setting(line: Line, said: s.Sentence, kind: Kind) -> Diagnostic:
    from compiler.lang.suggest import nearest

    name, span = " ".join(said.words), line.span(said.head_at)
    legal = [setting.name for setting in kind.settings]
    guess = nearest(name, legal)
    takes = f"{kind.words} takes: {listed(legal, 20)}" if legal else f"a {kind.words} has no settings"
    return diagnostic("E0211", f"`{name}` is not a setting of `{kind.words}`", span, "",
                      f"{_meant(guess)} {takes}".strip() if guess else takes, fixes=_replace(span, guess))  # fmt: skip


def unknown_line(line: Line, said: s.Sentence, kind: Kind) -> Diagnostic:
    name, span = " ".join(said.words), line.span(said.head_at)
    legal = [setting.name for setting in kind.settings]
    hint = f"a setting is written `{said.words[0]}: …`" if said.words[0] in legal or name in legal else ""
    if said.words[0] == "only" and said.guard is None:
        hint = "write `only when` and a condition"
    if not hint and legal:
        hint = f"{kind.words} takes: {listed(legal, 20)}"
    return diagnostic("E0124", f"`{name}` cannot stand here", span, "", hint)


def not_in_block(line: Line, said: s.Sentence, kind: Kind) -> Diagnostic:
    homes = {
        "starts at": "a choice, kpi, flag or check", "starts as": "a choice or kpi", "stays within": "a kpi or flag",
        "is": "a fact", "use": "the top of a file",
    }  # fmt: skip
    if said.form == "entry" and said.words == ("only",):
        text, home = "only when", "a choice, kpi, flag, check, scenario, phase, persona, team, agent or event"
    else:
        text = said.form
        home = homes.get(said.form, "a kpi, flag, choice, team, agent, scenario or incident")
    return diagnostic("E0212", f"`{text}` cannot stand in `{kind.words}`", line.span(said.at), "",
                      f"it belongs to {home}")  # fmt: skip


def not_at_top(line: Line, said: s.Sentence, legal: Sequence[str]) -> Diagnostic:
    word = said.words[0] if said.words else said.form
    return diagnostic("E0212", f"`{word}` cannot stand at the left edge of a file", line.span(said.at), "",
                      "indent it below the block that it belongs to")  # fmt: skip


def block_not_here(line: Line, said: s.Sentence, kind: Kind, inside: str) -> Diagnostic:
    homes = [home or "the left edge of a file" for home in kind.inside]
    where = f"in `{inside}`" if inside else "at the left edge of a file"
    return diagnostic("E0212", f"`{kind.words}` cannot stand {where}", line.span(said.head_at), "",
                      f"it belongs to: {', '.join(homes)}")  # fmt: skip


def block_needs_name(line: Line, said: s.Sentence, kind: Kind) -> Diagnostic:
    return diagnostic("E0120", "the line stops too early", line.span(said.head_at), "",
                      f"a name comes after `{kind.words}`")  # fmt: skip


def word_too_many(line: Line, node: s.Node, kind: Kind) -> Diagnostic:
    return diagnostic("E0124", f"`{s.word_of(node)}` cannot stand here", line.span(node.at), "",
                      "names have no spaces: write `_`, or a label in quotation marks after the name")  # fmt: skip


def not_a_name(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0124", f"`{s.word_of(node)}` is not a name", line.span(node.at), "",
                      "a name begins with a letter and has letters, digits and `_`")  # fmt: skip


def nothing_below(line: Line, child: Line) -> Diagnostic:
    text = line.text.split("\n")[0]
    return diagnostic("E0213", f"`{text}` cannot have lines below it", line.span(), "",
                      f"is line {child.number} indented too far?", [(child.span(), "this line")])  # fmt: skip


def not_a_row(line: Line, row: s.Sentence, said: s.Sentence) -> Diagnostic:
    example = "Name: 10" if said.distribution == "weights" else "Name: 10%"
    return diagnostic("E0124", "this is no line of a list", line.span(row.at), "", f"write `{example}`")


def row_with_guard(line: Line, row: s.Sentence) -> Diagnostic:
    return diagnostic("E0124", "a line of a list takes no `when`", line.span(row.guard.at if row.guard else None), "",
                      "put the exception below: `when …` and then a line such as `Name rises by 5pp`")  # fmt: skip


def setting_missing(block: Block, name: str, example: str) -> Diagnostic:
    return diagnostic("E0214", f"{block.title} has no `{name}` line", block.id_span(), "", f"write `{name}: {example}`")


def block_missing(kind: str, span: Span, example: str) -> Diagnostic:
    return diagnostic("E0214", f"the spec has no `{kind}` block", span, "", f"write {example}")


def no_start(block: Block) -> Diagnostic:
    examples = {
        "choice": "`starts as one of` and its values below, each with a share",
        "kpi": "`starts as normal, mean 90s, sd 25s`", "flag": "`starts at 35%`", "fact": "`is …`",
        "decide": "rows such as `Fees when FCR` and `otherwise None`", "check": "`Greeting: 92%`",
    }  # fmt: skip
    return diagnostic("E0214", f"{block.title} says nothing about its values", block.id_span(), "",
                      f"write {examples[block.kind.words]}")  # fmt: skip


def not_one_of(line: Line, node: s.Node, what: str, legal: Sequence[str]) -> Diagnostic:
    from compiler.lang.suggest import nearest

    word = s.word_of(node) or (f'"{node.value}"' if isinstance(node, s.Text) else "this")
    guess = nearest(word.strip('"'), legal)
    *most, last = legal
    takes = f"{', '.join(most)} or {last}" if most else last
    return diagnostic("E0215", f"`{what}` takes {takes}, not `{word}`", line.span(node.at), "", _meant(guess))


def wrong_value(line: Line, node: s.Node, what: str, expected: str) -> Diagnostic:
    return diagnostic("E0215", f"`{what}` takes {expected}", line.span(node.at), "not this", "")


def one_value(line: Line, said: s.Sentence, what: str, expected: str) -> Diagnostic:
    span = line.span((said.values[1].at[0], said.values[-1].at[1])) if len(said.values) > 1 else line.span(said.at)
    return diagnostic("E0215", f"`{what}` takes one value: {expected}", span, "too many", "")


def value_missing(line: Line, said: s.Sentence, what: str, example: str) -> Diagnostic:
    end = said.at[1]
    return diagnostic("E0120", "the line stops too early", line.span((end, end + 1)), "", f"expected {example}")


def setting_takes_no_guard(statement: Statement, name: str) -> Diagnostic:
    condition = statement.conditions[-1]
    hint = f"write `{name} rises by 10 when …`" if name in ("weight", "share") else "it holds always, or not at all"
    return diagnostic("E0216", f"`{name}` cannot depend on a condition", condition.line.span(condition.node.at), "",
                      hint)  # fmt: skip


def block_with_guard(block: Block) -> Diagnostic:
    return diagnostic("E0216", f"a `{block.kind.words}` block takes no `when`", block.line.span(block.said.at), "",
                      "write `only when …` in it")  # fmt: skip


# ------------------------------------------------------------------------------------------------ said twice, layers


def declared_twice(block: Block, first: Block) -> Diagnostic:
    hint = ""
    if block.layer != first.layer:
        hint = f"write `override {block.title}`"
    if block.kind.words != first.kind.words:
        return diagnostic("E0301", f"`{block.id}` is {a(block.kind.words)} and {a(first.kind.words)}",
                          block.id_span(), "", "one of them needs another name",
                          [(first.id_span(), "first declared here")])  # fmt: skip
    return diagnostic("E0301", f"`{block.id or block.kind.words}` is declared twice", block.id_span(), "", hint,
                      [(first.id_span(), "first declared here")])  # fmt: skip


def said_twice(span: Span, first: Span, same: bool) -> Diagnostic:
    message = "the same thing is said twice" if same else "this is said twice, and differently"
    return diagnostic("E0302", message, span, "", "delete one of the two lines", [(first, "first said here")],
                      [Fix(span, "")] if same else [])  # fmt: skip


def changed_without_override(span: Span, first: Span) -> Diagnostic:
    return diagnostic("E0302", "this changes what the spec below says, without `override`", span, "",
                      "put `override` in front of the block or the line", [(first, "said here")])  # fmt: skip


def nothing_to_override(span: Span, title: str, what: str, guess: str | None) -> Diagnostic:
    hint = f"there is {guess}" if guess else "without `override` it is a new line"
    return diagnostic("E0303", f"nothing to override: `{title}` has no {what}", span, "", hint)


def no_block_to_override(block: Block, guess: str | None) -> Diagnostic:
    return diagnostic("E0303", f"nothing to override: there is no {block.title}", block.id_span(), "", _meant(guess))


def nothing_to_remove(span: Span, what: str, guess: str | None) -> Diagnostic:
    return diagnostic("E0304", f"nothing to remove: {what}", span, "", _meant(guess))


def override_in_base(span: Span, word: str) -> Diagnostic:
    return diagnostic("E0306", f"`{word}` in the base file", span, "",
                      "it changes what a lower layer says, so it lives in an overlay: a file with a line "
                      "`overlay NAME`")  # fmt: skip


def overlays_disagree(span: Span, other: Span, names: tuple[str, str], what: str) -> Diagnostic:
    message = f"overlays {names[0]} and {names[1]} both change {what}, and neither is over the other"
    return diagnostic("E0307", message, span, "", f"write `overlay {names[1]} over {names[0]}`",
                      [(other, "changed here too")])  # fmt: skip


def pack_not_found(line: Line, said: s.Sentence, name: str, guess: str | None) -> Diagnostic:
    hint = f"there is `{guess}`" if guess else "packs lie in the folder `library` beside the spec"
    return diagnostic("E0308", f"pack `{name}` not found", line.span(said.values[0].at), "", hint)


def packs_disagree(block: Block, first: Block) -> Diagnostic:
    names = [each.line.file.replace("\\", "/").rpartition("/")[2].removesuffix(".calls") for each in (first, block)]
    return diagnostic("E0305", f"packs `{names[0]}` and `{names[1]}` both say `{block.title}`", block.id_span(), "",
                      "use only one of the two", [(first.id_span(), "said here")])  # fmt: skip


def exceptions_meet(span: Span, other: Span, what: str, case: str) -> Diagnostic:
    example = f" (e.g. {case})" if case else ""
    return diagnostic("E0310", f"two exceptions for {what} can both hold{example}", span, "",
                      "make the conditions exclusive, or use `decide`", [(other, "the other one")])  # fmt: skip


def row_twice(line: Line, row: s.Sentence) -> Diagnostic:
    return diagnostic("E0302", f"`{row.words[0]}` stands twice in this list", line.span(row.head_at), "",
                      "delete one of the two lines")  # fmt: skip


def twice_in_line(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0302", f"`{s.word_of(node)}` stands twice on this line", line.span(node.at), "", "")


def repeats_below(span: Span, first: Span) -> Diagnostic:
    return diagnostic("W08", "this repeats what the layer below says already", span, "", "the line can go",
                      [(first, "said here")])  # fmt: skip


def renormalised(span: Span, member: str, field: str) -> Diagnostic:
    return diagnostic("W09", f"without `{member}` the other values of `{field}` take its share in proportion", span)


def unused_persona(block: Block) -> Diagnostic:
    return diagnostic("W01", f"persona {block.id} is never drawn: its weight is 0", block.id_span())


def never_true(span: Span) -> Diagnostic:
    return diagnostic("W02", "this condition is never true", span, "", "")


def always_true(span: Span) -> Diagnostic:
    return diagnostic("W03", "this condition is always true", span, "", "the line can stand without it")


# ------------------------------------------------------------------------------------------------ units


def a_unit(typed: Typed) -> str:
    from compiler.lang.resolve import unit_words

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
    from compiler.lang.resolve import UNIT_WORDS, Typed

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


def no_such_day_or_time(line: Line, node: s.Lit) -> Diagnostic:
    what = "date" if node.kind == "date" else "time of day"
    return diagnostic("E0215", f"there is no {what} {node.text}", line.span(node.at))


def divides_by_zero(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0406", "this divides by zero", line.span(node.at))


def unknown_function(line: Line, node: s.Call, legal: Sequence[str]) -> Diagnostic:
    from compiler.lang.suggest import nearest

    guess = nearest(node.function, legal)
    span = line.span((node.at[0], node.at[0] + len(node.function)))
    return diagnostic("E0201", f"I know no function `{node.function}`", span, "",
                      _meant(guess) or f"there is: {listed(legal)}")  # fmt: skip


def argument_count(line: Line, node: s.Call, count: int) -> Diagnostic:
    some = {1: "one value", 2: "two values or more", 3: "three values: the value, the least and the most"}[count]
    return diagnostic("E0408", f"`{node.function}` takes {some}", line.span(node.at))


def argument_unit(line: Line, node: s.Call, typed: Typed, need: m.Unit) -> Diagnostic:
    from compiler.lang.resolve import UNIT_WORDS

    return diagnostic("E0401", f"`{node.function}` takes {UNIT_WORDS[need]}, not {a_unit(typed)}", line.span(node.at))


def ramp_without_span(line: Line, node: s.RampOver) -> Diagnostic:
    return diagnostic("E0411", "a ramp needs a stretch of time", line.span(node.at), "",
                      "write `140% to 100% over 4w`, or `over 2025-09-01..2025-09-28`")  # fmt: skip


def ramp_without_start(line: Line, node: s.RampOver) -> Diagnostic:
    return diagnostic("E0411", "I cannot tell from which day this ramp counts", line.span(node.at), "",
                      "put it into the block of the event or agent that it counts from, or give dates: "
                      "`over 2025-09-01..2025-09-28`")  # fmt: skip


def range_backwards(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0601", "this range ends before it begins", line.span(node.at))


# ------------------------------------------------------------------------------------------------ starts, effects


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
    if weights:
        return diagnostic("E0408", "a weight is a plain number", span, "", f"write `{row.words[0]}: 10`")
    return diagnostic("E0408", "a share is written with `%`", span, "",
                      f"write `{row.words[0]}: 10%`, or begin the list with `starts as weights`")  # fmt: skip


def unknown_distribution(line: Line, said: s.Sentence, guess: str | None, legal: Sequence[str]) -> Diagnostic:
    return diagnostic("E0408", f"I know no distribution `{said.distribution}`", line.span(said.at), "",
                      _meant(guess) or f"there is: one of, weights, {listed(legal)}")  # fmt: skip


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


# ------------------------------------------------------------------------------------------------ sums and cases


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


def no_otherwise(block: Block, case: str) -> Diagnostic:
    return diagnostic("E0502", f"`{block.title}` has no `otherwise`; calls with {case} get no value",
                      block.id_span(), "", "end with a row such as `otherwise None`")  # fmt: skip


def no_default(block: Block, case: str, what: str) -> Diagnostic:
    return diagnostic("E0502", f"{block.title} has no `{what}` line without `when`; calls with {case} get no value",
                      block.id_span(), "", f"write one `{what}` line without `when`, for all other calls")  # fmt: skip


def never_reached(span: Span, earlier: Span) -> Diagnostic:
    return diagnostic("E0503", f"this row is never reached: line {earlier.line} already takes every such call", span,
                      "", "move it up, or delete it", [(earlier, "this row takes them")])  # fmt: skip


def kept_reads_call(block: Block, name: str, reads: str) -> Diagnostic:
    return diagnostic("E0504", f"`{name}` is kept per customer but reads the call's `{reads}`", block.id_span(), "",
                      f"keep `{reads}` too, or take `{name}` out of `keeps`")  # fmt: skip


def period_backwards(span: Span, first: str, last: str) -> Diagnostic:
    return diagnostic("E0601", f"the period ends before it begins ({first} .. {last})", span, "",
                      "exchange `from` and `to`")  # fmt: skip



def hours_overlap(span: Span, names: tuple[str, str], hours: str, other: Span) -> Diagnostic:
    return diagnostic("E0603", f"the hours of `{names[0]}` and `{names[1]}` overlap {hours}", span, "",
                      "each time of the day belongs to one value", [(other, "the other one")])  # fmt: skip


def hours_missing(span: Span, member: str, field: str) -> Diagnostic:
    return diagnostic("E0214", f"`{member}` of `{field}` has no hours", span, "",
                      f"write `hours of {member}: 06:00..12:00`")  # fmt: skip


def agent_backwards(span: Span, agent: str) -> Diagnostic:
    return diagnostic("E0601", f"agent {agent} leaves before they begin", span, "", "exchange `from` and `to`")


def event_when(block: Block, what: str) -> Diagnostic:
    return diagnostic("E0214", f"{block.title} does not say when it happens", block.id_span(), "", what)


def event_two_ways(block: Block, span: Span) -> Diagnostic:
    return diagnostic("E0215", f"{block.title} says in two ways when it happens", span, "",
                      "`on`, `on every`, `day of month` or `happens`: only one of them")  # fmt: skip



def unknown_place(span: Span, written: str, guess: str | None) -> Diagnostic:
    hint = f"did you mean `{{{guess}}}`?" if guess else ""
    return diagnostic("E0702", f"`{{{written}}}` in a text: no such place", span, "", hint)




# ------------------------------------------------------------------------------------------------ options


def set_names_nothing(line: Line, path: str, valued: bool, guess: str | None) -> Diagnostic:
    if not valued:
        return diagnostic("E0120", f"`--set {path}` has no value", line.span((0, len(path))), "",
                          "write `--set volume.scale=5%`")  # fmt: skip
    return diagnostic("E0201", f"`--set {path}` names no setting of this spec", line.span((0, len(path))), "",
                      _meant(guess) or "write block, point, setting: `--set volume.scale=5%`")  # fmt: skip


def options_backwards(span: Span, first: str, last: str) -> Diagnostic:
    return diagnostic("E0601", f"with --start and --end the period ends before it begins ({first} .. {last})", span,
                      "", "exchange the two, or give both")  # fmt: skip
