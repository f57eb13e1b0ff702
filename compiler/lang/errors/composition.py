"""Sentences about things said twice, and about layers: overlays, overrides, packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.diag import Diagnostic, Fix
from compiler.lang import syntax as s
from compiler.lang.errors.wording import a, diagnostic, meant
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
    return diagnostic("E0303", f"nothing to override: there is no {block.title}", block.id_span(), "", meant(guess))


def nothing_to_remove(span: Span, what: str, guess: str | None) -> Diagnostic:
    return diagnostic("E0304", f"nothing to remove: {what}", span, "", meant(guess))


def override_in_base(span: Span, word: str) -> Diagnostic:
    return diagnostic("E0306", f"`{word}` in the base file", span, "",
                      "it changes what a lower layer says, so it lives in an overlay: a file with a line "
                      "`overlay NAME`")  # fmt: skip


def overlays_disagree(span: Span, other: Span, names: tuple[str, str], what: str) -> Diagnostic:
    message = f"overlays {names[0]} and {names[1]} both change {what}, and neither is over the other"
    return diagnostic("E0307", message, span, "", f"write `overlay {names[1]} over {names[0]}`",
                      [(other, "changed here too")])  # fmt: skip


def packs_disagree(block: Block, first: Block) -> Diagnostic:
    names = [each.line.file.replace("\\", "/").rpartition("/")[2].removesuffix(".calls") for each in (first, block)]
    return diagnostic("E0305", f"packs `{names[0]}` and `{names[1]}` both say `{block.title}`", block.id_span(), "",
                      "use only one of the two", [(first.id_span(), "said here")])  # fmt: skip


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
