"""Sentences about things said twice, and about layers: overlays, overrides, packs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.counting import counted, which
from compiler.diag import Diagnostic, Fix
from compiler.lang import syntax as s
from compiler.lang.errors.wording import a, anded, diagnostic, meant
from compiler.source import Span

if TYPE_CHECKING:
    from compiler.lang.outline import Block
    from compiler.lang.tree import Line


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
    """Of two equal lines, one right below the other, the second can surely go: the block keeps the first."""
    message = "the same thing is said twice" if same else "this is said twice, and differently"
    beside = (first.file, first.line + 1, first.column) == (span.file, span.line, span.column)
    whole = Span(span.file, span.line, 1, span.end_line, span.end_column)
    return diagnostic("E0302", message, span, "", "delete one of the two lines", [(first, "first said here")],
                      [Fix(whole, "", beside)] if same else [])  # fmt: skip


def changed_without_override(span: Span, first: Span) -> Diagnostic:
    return diagnostic("E0302", "this changes what the spec below says, without `override`", span, "",
                      "put `override` in front of the block or the line", [(first, "said here")])  # fmt: skip


def nothing_to_override(span: Span, title: str, what: str, guess: str | None) -> Diagnostic:
    hint = guess or "without `override` it is a new line"
    return diagnostic("E0303", f"nothing to override: `{title}` has no {what}", span, "", hint)


def no_block_to_override(block: Block, guess: str | None) -> Diagnostic:
    return diagnostic("E0303", f"nothing to override: there is no {block.title}", block.id_span(), "", meant(guess))


def nothing_to_remove(span: Span, what: str, guess: str | None) -> Diagnostic:
    return diagnostic("E0304", f"nothing to remove: {what}", span, "", meant(guess))


def override_in_base(span: Span, word: str) -> Diagnostic:
    return diagnostic("E0306", f"`{word}` in the base file", span, "",
                      "it changes what a lower layer says, so it lives in an overlay: a file with a line "
                      "`overlay NAME`")  # fmt: skip


def overlays_disagree(
    span: Span, other: Span, names: tuple[str, str], what: str, verb: str = "change"
) -> Diagnostic:
    message = f"overlays {names[0]} and {names[1]} both {verb} {what}, and neither is over the other"
    return diagnostic("E0307", message, span, "", f"write `overlay {names[1]} over {names[0]}`",
                      [(other, "changed here too")])  # fmt: skip


def row_twice(line: Line, row: s.Sentence) -> Diagnostic:
    return diagnostic("E0302", f"`{row.words[0]}` stands twice in this list", line.span(row.head_at), "",
                      "delete one of the two lines")  # fmt: skip


def twice_in_line(line: Line, node: s.Node) -> Diagnostic:
    return diagnostic("E0302", f"`{s.word_of(node)}` stands twice on this line", line.span(node.at), "", "")


def repeats_below(span: Span, first: Span) -> Diagnostic:
    return diagnostic("W08", "this repeats what the layer below says already", span, "", "the line can go",
                      [(first, "said here")])  # fmt: skip


def weights_left_out(span: Span, first: Span, count: int, before: int, missing: Sequence[str]) -> Diagnostic:
    most = anded([f"`{name}`" for name in missing]) if len(missing) < 5 else f"{len(missing)} of them"
    message = (f"this list of {counted(count, 'weight')} replaces one of {before}: "
               f"{most} {which(len(missing), 'is', 'are')} no longer drawn")  # fmt: skip
    hint = "write what stays too; to take the list below away aloud, write `remove starts` first"
    return diagnostic("W12", message, span, "", hint, [(first, "the list below")])


def renormalised(span: Span, member: str, field: str) -> Diagnostic:
    return diagnostic("W09", f"without `{member}` the other values of `{field}` take its share in proportion", span)


# ------------------------------------------------------------------------------------------------ overlays


def overlay_line(line: Line, said: s.Sentence) -> Diagnostic:
    return diagnostic("E0124", "this line does not say which overlay the file belongs to", line.span(said.at), "",
                      "write `overlay NAME`, or `overlay NAME over NAME`")  # fmt: skip


def overlay_twice(line: Line, first: Line, name: str) -> Diagnostic:
    return diagnostic("E0301", f"this file belongs to the overlay {name} already", line.span(), "",
                      "put what the other overlay changes into a file of its own",
                      [(first.span(), "first said here")])  # fmt: skip


def overlay_over_nothing(line: Line, node: s.Node, guess: str | None) -> Diagnostic:
    return diagnostic("E0201", f"there is no overlay `{s.word_of(node)}` to be over", line.span(node.at), "",
                      meant(guess))  # fmt: skip


def overlays_in_a_circle(path: tuple[str, ...], places: Sequence[Span]) -> Diagnostic:
    first, *others = places
    return diagnostic("E0309", f"these overlays go in a circle: {' over '.join(path)}", first, "",
                      "take the `over` away from one of them", [(place, "and here") for place in others])  # fmt: skip


def overlays_both_declare(block: Block, other: Block, names: tuple[str, str]) -> Diagnostic:
    verb = "remove" if block.removes and other.removes else "change"
    return overlays_disagree(block.id_span(), other.id_span(), names, f"`{block.title}`", verb)


# ------------------------------------------------------------------------------------------------ packs


def packs_both_declare(block: Block, first: Block, names: tuple[str, str]) -> Diagnostic:
    hint = f"decide with `override {block.title}`, or take one away: `remove {_of_pack(block, names[1])}`"
    message = f"packs `{names[0]}` and `{names[1]}` both say `{block.title}`"
    return diagnostic("E0305", message, block.id_span(), "", hint, [(first.id_span(), "said here")])


def _of_pack(block: Block, name: str) -> str:
    return f"{block.kind.words} {name}.{block.id}".strip()


def packs_both_say(span: Span, first: Span, names: tuple[str, str], title: str, what: str) -> Diagnostic:
    message = f"packs `{names[0]}` and `{names[1]}` both say the {what} of `{title}`"
    hint = f"decide with `override {title}` and the line that shall stand"
    return diagnostic("E0305", message, span, "", hint, [(first, "said here")])


def pack_outside(line: Line, said: s.Sentence, name: str) -> Diagnostic:
    hint = 'a pack is named by its path in the library, such as `use "library/retail_banking"`'
    return diagnostic("E0308", f"`{name}` is no place of a pack", line.span(said.values[0].at), "", hint)


def packs_in_a_circle(span: Span, path: Sequence[str]) -> Diagnostic:
    return diagnostic("E0309", f"these packs use each other in a circle: {' > '.join(path)}", span, "",
                      "take the `use` line away from one of them")  # fmt: skip


def prefix_twice(span: Span, first: Span, name: str) -> Diagnostic:
    return diagnostic("E0301", f"`{name}` is the prefix of another pack already", span, "",
                      "give one of the two packs another prefix", [(first, "first given here")])  # fmt: skip


def prefix_is_a_name(span: Span, title: str, declared: Span | None) -> Diagnostic:
    notes = [(declared, "declared here")] if declared is not None else []
    return diagnostic("E0301", f"a pack cannot have the prefix of {a(title)}", span, "", "choose another prefix", notes)


def not_in_pack(span: Span, alias: str, name: str, guess: str | None) -> Diagnostic:
    hint = f"did you mean `{alias}.{guess}`?" if guess else f"it comes from elsewhere: write `{name}`"
    return diagnostic("E0201", f"the pack `{alias}` has no `{name}`", span, "", hint)
