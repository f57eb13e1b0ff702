"""Difference -> Markdown for a comment on a pull request. What comes from specs and prompts stands in code only, so
that nothing in it is read as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from compiler.counting import counted
from compiler.diff import words
from compiler.diff.result import Cause, Difference, Exemplar

MOST = 60_000  # characters: GitHub takes 65,536 in a comment, and something may stand around this
WIDTH = 500  # characters of a line of a spec or a prompt
LESS = ((20, True), (20, False), (3, False), (0, False))  # (facts of a cause, whether with examples): what is tried
LEFT_OUT = "left out here, as a comment has room for 65,536 characters: {}; `--message-format json` has all of it"


def draw(found: Difference) -> str:
    """As much as a comment has room for."""
    text = ""
    for number, (facts, examples) in enumerate(LESS):
        notes = [] if not number else [LEFT_OUT.format("examples" if facts == LESS[0][0] else "examples and lines")]
        text = "\n".join(_rows(found, facts, examples, notes)).rstrip("\n") + "\n"
        if len(text) <= MOST:
            break
    return text


def _rows(found: Difference, most: int, examples: bool, notes: Sequence[str]) -> Iterator[str]:
    yield f"### {code(found.dataset)}: {words.headline(found)}"
    yield ""
    yield (f"{code(words.side(found.old))} ({words.calls(found.old.calls)}) → {code(words.side(found.new))} "
           f"({words.calls(found.new.calls)})")
    yield ""
    if found.causes:
        yield "| | cause | changed | added | removed | directly | downstream | follow-ups |"
        yield "|--:|---|--:|--:|--:|---|---|---|"
        yield from map(_row, found.causes)
        yield ""
    for cause in found.causes:
        yield from _cause(cause, most, examples)
    if found.together is not None:
        yield f"**{words.together(found.together)}**"
        yield ""
        yield from _exemplar(found.together.exemplar if examples else None)
    for cause in found.quiet:
        yield f"**{cause.number}. {code(cause.title)}**: {words.quiet(cause)}"
        yield ""
        yield from _facts(cause, most)
    yield from (f"- {text}" for text in (*words.sum_up(found), *map(_plain, found.notes), *notes))


def _row(cause: Cause) -> str:
    changed = cause.counts
    cells = [str(cause.number), code(cause.title), words.number(changed.changed), words.number(changed.added),
             words.number(changed.removed), words.fields(cause.direct), words.fields(cause.downstream),
             words.links(cause.gained, cause.lost).removeprefix("follow-ups: ")]
    return f"| {' | '.join(cells)} |"


def _cause(cause: Cause, most: int, examples: bool) -> Iterator[str]:
    beyond = f"; it also reaches {cause.beyond}" if cause.beyond else ""
    yield f"**{cause.number}. {code(cause.title)}**: {words.counts(cause.counts)}{beyond}"
    yield ""
    yield from _facts(cause, most)
    yield from _exemplar(cause.exemplar if examples else None)


def _facts(cause: Cause, most: int) -> Iterator[str]:
    rows = []
    block, facts = cause.title, cause.facts
    for fact in facts[:most]:
        if fact.block != block:
            rows.append(f"@@ {fact.block} @@")
            block = fact.block
        rows += [f"{sign} {text}{'  # ' + place if place else ''}" for sign, text, place in words.changed_lines(fact)]
    if len(facts) > most:
        rows.append(f"@@ and {len(facts) - most} more @@")
    if most:
        yield from _fenced(rows)


def _exemplar(shown: Exemplar | None) -> Iterator[str]:
    if shown is None:
        return
    yield f"<details><summary>{escape(shown.stem)} ({escape(shown.locale)})</summary>"
    yield ""
    yield from _fenced([*shown.diff, *([f"@@ {counted(shown.more, 'more line')} @@"] if shown.more else [])])
    yield "</details>"
    yield ""


def _fenced(rows: Sequence[str]) -> Iterator[str]:
    """A block of code; the fence is longer than any in it."""
    longest = max((len(row) - len(row.lstrip("`")) for row in (row.lstrip("+- ") for row in rows)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}diff"
    yield from (row if len(row) <= WIDTH else f"{row[:WIDTH]}…" for row in rows)
    yield fence
    yield ""


def code(text: str) -> str:
    """Text as code in a line, also in a cell of a table."""
    short = text if len(text) <= WIDTH else f"{text[:WIDTH]}…"
    return f"`{short.replace('`', chr(0x27)).replace('|', '/')}`"


def _plain(text: str) -> str:
    """Text that Markdown and HTML leave alone, and in which nobody is called by name."""
    safe = escape(text, quote=False).replace("@", "&#64;")
    return "".join(f"\\{letter}" if letter in "\\`*[]|!~" else letter for letter in safe)
