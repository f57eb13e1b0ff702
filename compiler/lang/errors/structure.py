"""Sentences about what stands where: blocks, settings, their values, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from compiler.diag import Diagnostic
from compiler.lang import syntax as s
from compiler.lang.errors.wording import anded, diagnostic, meant
from compiler.source import Span

if TYPE_CHECKING:
    from compiler.lang.outline import Block, Statement
    from compiler.lang.schema import Kind
    from compiler.lang.tree import Line


def agent_without_team(block: Block) -> Diagnostic:
    return diagnostic("E0204", f"agent `{block.id}` is in no team", block.id_span(), "",
                      "put the block inside a team, or write `team: …` in it")  # fmt: skip


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
    if said.form == "setting" and word in legal and not said.values:
        return diagnostic("E0212", "the first line of a block ends without `:`", line.span(said.at), "",
                          f"write `{line.text.rstrip(': ')}`")  # fmt: skip
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


def nothing_stands_below(line: Line, said: s.Sentence) -> Diagnostic:
    what = "`when`" if said.form == "when" else f"`{line.text}`"
    return diagnostic("E0120", f"nothing stands below {what}", line.span(said.at), "",
                      "indent the lines that belong to it by two more, or delete it")  # fmt: skip


def not_a_row(line: Line, row: s.Sentence, said: s.Sentence) -> Diagnostic:
    example = "Name: 10" if said.distribution == "weights" else "Name: 10%"
    return diagnostic("E0124", "this is no line of a list", line.span(row.at), "", f"write `{example}`")


def row_with_guard(line: Line, row: s.Sentence) -> Diagnostic:
    return diagnostic("E0124", "a line of a list takes no `when`", line.span(row.guard.at if row.guard else None), "",
                      "put the exception below: `when …` and then a line such as `Name rises by 5pp`")  # fmt: skip


def settings_missing(block: Block, examples: Mapping[str, str]) -> Diagnostic:
    """One error for all settings that one block lacks."""
    names = anded([f"`{name}`" for name in examples])
    lines = anded([f"`{name}: {example}`" for name, example in examples.items()])
    word = "line" if len(examples) == 1 else "lines"
    return diagnostic("E0214", f"{block.title} has no {names} {word}", block.id_span(), "", f"write {lines}")


def blocks_missing(examples: Mapping[str, str], span: Span) -> Diagnostic:
    """One error for all blocks that the spec lacks."""
    names = anded([f"`{name}`" for name in examples])
    word = "block" if len(examples) == 1 else "blocks"
    return diagnostic("E0214", f"the spec has no {names} {word}", span, "", f"write {'; '.join(examples.values())}")


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
    return diagnostic("E0215", f"`{what}` takes {takes}, not `{word}`", line.span(node.at), "", meant(guess))


def not_a_check(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0124", f"`{' '.join(said.words)}` cannot stand here", line.span(said.head_at), "",
                      f"a check is written `{said.words[0]}: {said.words[1]}`")  # fmt: skip


def wrong_value(line: Line, node: s.Node, what: str, expected: str) -> Diagnostic:
    from compiler.lang.mistakes import rewritten

    habit = rewritten(line.text[node.at[0] : node.at[1]])
    hint = f"write `{habit}`" if habit else ""
    return diagnostic("E0215", f"`{what}` takes {expected}", line.span(node.at), "not this", hint)


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


def hours_missing(span: Span, member: str, field: str) -> Diagnostic:
    return diagnostic("E0214", f"`{member}` of `{field}` has no hours", span, "",
                      f"write `hours of {member}: 06:00..12:00`")  # fmt: skip


def event_when(block: Block, what: str) -> Diagnostic:
    return diagnostic("E0214", f"{block.title} does not say when it happens", block.id_span(), "", what)


def event_two_ways(block: Block, span: Span) -> Diagnostic:
    return diagnostic("E0215", f"{block.title} says in two ways when it happens", span, "",
                      "`on`, `on every`, `day of month` or `happens`: only one of them")  # fmt: skip
