"""Difference -> the text of a terminal, no line longer than 100 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from compiler.counting import counted
from compiler.diff import words
from compiler.diff.result import Cause, Difference, Exemplar, FactSaid

WIDTH = 100
FACTS = 10  # facts of a cause that are shown
_COLOURS = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m", "!": "\x1b[1m", "": "\x1b[0m"}


def draw(found: Difference, colour: bool = False) -> str:
    rows = [row for block in _blocks(found) for row in (*block, "")]
    return "".join(f"{_paint(row) if colour else row}\n" for row in rows[:-1])


def _paint(row: str) -> str:
    bare = row.lstrip()
    sign = "!" if row[:1].isdigit() and ". " in row[:5] else bare[:1]
    return f"{_COLOURS[sign]}{row}{_COLOURS['']}" if sign in _COLOURS and sign else row


def _blocks(found: Difference) -> Iterator[list[str]]:
    yield [
        *_wrapped(f"{found.dataset}: {words.side(found.old)} -> {words.side(found.new)}, "
                  f"{words.number(found.old.calls)} -> {words.calls(found.new.calls)}", ""),
        *_wrapped(words.headline(found), ""),
    ]
    for cause in found.causes:
        yield _cause(cause)
    if found.together is not None:
        yield [*_wrapped(words.together(found.together), ""), *_exemplar(found.together.exemplar)]
    if found.quiet:
        yield [row for cause in found.quiet for row in _quiet(cause)]
    rest = [*words.sum_up(found), *found.notes]
    if rest:
        yield [row for text in rest for row in _wrapped(f"note: {text}", "      ")]


def _cause(cause: Cause) -> list[str]:
    rows = _wrapped(f"{cause.number}. {cause.title}: {words.counts(cause.counts)}", "   ")
    rows += _facts(cause.facts, cause.title)
    told = []
    if cause.direct:
        told.append(f"directly: {words.fields(cause.direct)}")
    if cause.downstream:
        told.append(f"downstream: {words.fields(cause.downstream)}")
    told += [text for text in (words.links(cause.gained, cause.lost), _beyond(cause)) if text]
    for text in told:
        rows += [f"   {row}" for row in _wrapped(text, "  ", WIDTH - 3)]
    return rows + _exemplar(cause.exemplar)


def _beyond(cause: Cause) -> str:
    return f"it also reaches {cause.beyond}" if cause.beyond else ""


def _quiet(cause: Cause) -> list[str]:
    return [*_wrapped(f"{cause.number}. {cause.title}: {words.quiet(cause)}", "   "), *_facts(cause.facts, cause.title)]


def _facts(facts: Sequence[FactSaid], title: str) -> list[str]:
    rows = []
    block = title
    for fact in facts[:FACTS]:
        if fact.block != block:
            rows.append(_cut(f"   {fact.block}"))
            block = fact.block
        rows += [_placed(*row) for row in words.changed_lines(fact)]
    if len(facts) > FACTS:
        rows.append(f"   ... and {len(facts) - FACTS} more")
    return rows


def _placed(sign: str, text: str, place: str) -> str:
    """A line of a fact with its place at the right."""
    room = WIDTH - 7 - len(place)
    if room < 30:
        return _cut(f"   {sign} {text}")
    text = text if len(text) <= room else text[: room - 3] + "..."
    return f"   {sign} {text:<{min(room, 48)}}  {place}".rstrip()


def _exemplar(shown: Exemplar | None) -> list[str]:
    if shown is None:
        return []
    rows = [_cut(f"   for example {shown.stem} ({shown.locale})"), *(_cut(f"     {row}") for row in shown.diff)]
    return rows + ([f"     ... {counted(shown.more, 'more line')}"] if shown.more else [])


def _wrapped(text: str, indent: str, width: int = WIDTH) -> list[str]:
    return wrap(text, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _cut(row: str) -> str:
    return row if len(row) <= WIDTH else row[: WIDTH - 3] + "..."
