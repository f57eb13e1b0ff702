"""Difference -> Markdown for a comment on a pull request. What comes from specs and prompts stands in code only, so
that nothing in it is read as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.counting import counted
from compiler.diff import words
from compiler.diff.result import Cause, Difference, Exemplar

FACTS = 20  # facts of a cause that are shown


def draw(found: Difference) -> str:
    return "\n".join(_rows(found)).rstrip("\n") + "\n"


def _rows(found: Difference) -> Iterator[str]:
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
        yield from _cause(cause)
    if found.together is not None:
        yield f"**{words.together(found.together)}**"
        yield ""
        yield from _exemplar(found.together.exemplar)
    for cause in found.quiet:
        yield f"**{cause.number}. {code(cause.title)}**: {words.quiet(cause)}"
        yield ""
        yield from _facts(cause)
    yield from (f"- {text}" for text in (*words.sum_up(found), *found.notes))


def _row(cause: Cause) -> str:
    changed = cause.counts
    cells = [str(cause.number), code(cause.title), words.number(changed.changed), words.number(changed.added),
             words.number(changed.removed), words.fields(cause.direct), words.fields(cause.downstream),
             words.links(cause.gained, cause.lost).removeprefix("follow-ups: ")]
    return f"| {' | '.join(cells)} |"


def _cause(cause: Cause) -> Iterator[str]:
    beyond = f"; it also reaches {cause.beyond}" if cause.beyond else ""
    yield f"**{cause.number}. {code(cause.title)}**: {words.counts(cause.counts)}{beyond}"
    yield ""
    yield from _facts(cause)
    yield from _exemplar(cause.exemplar)


def _facts(cause: Cause) -> Iterator[str]:
    rows = []
    block, facts = cause.title, cause.facts
    for fact in facts[:FACTS]:
        if fact.block != block:
            rows.append(f"@@ {fact.block} @@")
            block = fact.block
        rows += [f"{sign} {text}{'  # ' + place if place else ''}" for sign, text, place in words.changed_lines(fact)]
    if len(facts) > FACTS:
        rows.append(f"@@ and {len(facts) - FACTS} more @@")
    yield from _fenced(rows)


def _exemplar(shown: Exemplar | None) -> Iterator[str]:
    if shown is None:
        return
    yield f"<details><summary>{_plain(shown.stem)} ({_plain(shown.locale)})</summary>"
    yield ""
    yield from _fenced([*shown.diff, *([f"@@ {counted(shown.more, 'more line')} @@"] if shown.more else [])])
    yield "</details>"
    yield ""


def _fenced(rows: Sequence[str]) -> Iterator[str]:
    """A block of code; the fence is longer than any in it."""
    longest = max((len(row) - len(row.lstrip("`")) for row in (row.lstrip("+- ") for row in rows)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}diff"
    yield from rows
    yield fence
    yield ""


def code(text: str) -> str:
    """Text as code in a line, also in a cell of a table."""
    return f"`{text.replace('`', chr(0x27)).replace('|', '/')}`"


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
