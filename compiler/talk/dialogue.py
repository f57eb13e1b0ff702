"""What is said in a call, in order: the Dialogue, and its text form (read and written here only).

Text form: header lines `label: value`, an empty line, `---- DIALOGUE ----`, then one item a line: `Agent: ...`,
`Customer: ...` and the tags `[wait 90s]`, `[hold 12s]`, `[silence 3s]`, `[transfer TO]`. `[interrupts]` and
`[backchannel]` stand before the turn that they mark. When reading, a tag may also stand inside a turn, which is split
there; lengths may be `12.5s`, `12,5s`, `90`, `2m`, `1m30s`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from compiler.catalog import Locale, normal
from compiler.failures import WorldError
from compiler.plan.call import Value
from compiler.talk import header
from compiler.talk.header import Entry, Labels


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody speaks. `text` is the written form (digits allowed), without tags.

    `interrupts`: this turn starts before the previous speaker has finished and takes the floor. `backchannel`: a
    short "mhm" that lies wholly inside the other speaker's turn before it. `act` is what the turn does ("greet"),
    known to the embedded writer and empty for texts that were read.
    """

    speaker: str  # agent | customer
    text: str
    interrupts: bool = False
    backchannel: bool = False
    act: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Queue time before the agent answers, in centiseconds; first, and never rendered as sound."""

    centiseconds: int


@dataclass(frozen=True, slots=True)
class Hold:
    centiseconds: int


@dataclass(frozen=True, slots=True)
class Silence:
    centiseconds: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """The call moves to another agent; `to` is free text (team or name) for the tag `[transfer TO]`."""

    to: str = ""


Item = Turn | Wait | Hold | Silence | Transfer


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`header` has canonical keys and typed values (numbers, booleans, ids or labels as they were found)."""

    header: Mapping[str, Value]
    items: tuple[Item, ...]
    locale: str


# ------------------------------------------------------------------------------------------------ writing

MARK = "---- DIALOGUE ----"


def render(dialogue: Dialogue, entries: Sequence[Entry], locale: Locale) -> str:
    """The whole text: header in the words of `locale`, then the dialogue. parse() gives the same Dialogue back
    (acts aside, which the text does not hold)."""
    return "\n".join([*header.lines(entries, locale), "", MARK, *lines(dialogue, locale), ""])


def lines(dialogue: Dialogue, locale: Locale) -> list[str]:
    """The items, one line each (marks on a line of their own)."""
    return [line for item in dialogue.items for line in _lines(item, locale)]


def _lines(item: Item, locale: Locale) -> list[str]:
    if isinstance(item, Turn):
        marks = ["[interrupts]"] * item.interrupts + ["[backchannel]"] * item.backchannel
        return [*marks, f"{locale.speakers[item.speaker][0]}: {item.text}"]
    if isinstance(item, Transfer):
        return [f"[transfer {item.to}]" if item.to else "[transfer]"]
    return [f"[{type(item).__name__.lower()} {seconds(item.centiseconds)}s]"]


def seconds(centiseconds: int) -> str:
    """1250 -> "12.5": seconds without needless zeros."""
    whole, rest = divmod(centiseconds, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


# ------------------------------------------------------------------------------------------------ reading

_MARK = re.compile(r"\s*-{2,}\s*DIALOG(UE)?\s*-{2,}\s*", re.IGNORECASE)
_SPEAKER = re.compile(r"\s*([^\W\d_][^:\[\](]{0,40}?)\s*\d?\s*(?:\([^)]{0,60}\))?\s*:\s*")
_TAG = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"([^\W\d]*)[:=]?\s*(.*)", re.DOTALL)
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(hours?|h|minutes?|minuten|min|m|seconds?|sekunden|secs?|sek|s|)\s*",
                   re.IGNORECASE)
_TIMED: Mapping[str, type[Wait | Hold | Silence]] = {"wait": Wait, "hold": Hold, "silence": Silence}
_TAGS = (*_TIMED, "transfer", "interrupts", "backchannel")
_LONGEST = 24 * 3600 * 100  # centiseconds: no tag is longer than a day


def parse(text: str, locales: Sequence[Locale], name: str = "dialogue", labels: Labels | None = None) -> Dialogue:
    """The Dialogue that `text` describes; `name` stands before the line in messages, `labels` are the spec's.

    Errors (WorldError, "file:line: ..."): no header, no dialogue mark, an empty dialogue, a header line without `:`,
    a line without speaker, an unknown tag, a tag without length, a mark that marks nothing.
    """
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    at = next((number for number, row in enumerate(rows) if _MARK.fullmatch(row)), None)
    if at is None:
        raise WorldError(f"{name}:{len(rows)}: there is no line `{MARK}` between header and dialogue")
    head = _header(rows[:at], locales, name, labels or {})
    if not head:
        raise WorldError(f"{name}:1: there is no header above `{MARK}` (lines `label: value`)")
    items = parse_items(rows[at + 1:], locales, name, at + 2)
    if not any(isinstance(item, Turn) for item in items):
        raise WorldError(f"{name}:{at + 1}: the dialogue is empty: nobody says anything below this line")
    return Dialogue(head, items, _locale(head, rows[at + 1:], locales))


def _header(rows: list[str], locales: Sequence[Locale], name: str, labels: Labels) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for number, row in enumerate(rows, 1):
        label, colon, value = row.partition(":")
        if not row.strip():
            continue
        if not colon or not label.strip():
            raise WorldError(f"{name}:{number}: a header line is `label: value`, not `{row.strip()[:60]}`")
        key, typed = header.read(label.strip(), value.strip(), locales, labels)
        found[key] = typed
    return found


def _locale(head: Mapping[str, Value], rows: list[str], locales: Sequence[Locale]) -> str:
    """The tag of the dialogue's language: by the header's language, else by the speakers' words, else the first."""
    language = str(head.get("language") or "")
    for locale in locales:
        if language.casefold() in (locale.tag.casefold(), locale.name.casefold(), locale.english.casefold()):
            return locale.tag
    if re.fullmatch(r"[A-Za-z]{2}([-_][A-Za-z]{2})?", language):
        return normal(language)
    words = {match[1].casefold() for row in rows if (match := _SPEAKER.match(row))}
    own = [(sum(word in locale.role_of for word in words), -place) for place, locale in enumerate(locales)]
    return locales[-max(own)[1]].tag


@dataclass(slots=True)
class _Reader:
    """Where the reading of a dialogue stands."""

    roles: Mapping[str, str]
    name: str
    strict: bool
    items: list[Item] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)  # mark -> its line

    def wrong(self, number: int, message: str) -> None:
        """An error in strict reading, else what is wrong is passed over."""
        if self.strict:
            raise WorldError(f"{self.name}:{number}: {message}")

    def line(self, row: str, number: int) -> None:
        """One line: leading tags, a speaker, and the text with more tags in it."""
        row = row.strip()
        while (leading := _TAG.match(row)):
            self.tag(leading[1], number)
            row = row[leading.end():].strip()
        speaker = _SPEAKER.match(row)
        role = self.roles.get(speaker[1].casefold()) if speaker else None
        if row and role is None:
            words = ", ".join(sorted({word.capitalize() for word in self.roles}))
            raise WorldError(f"{self.name}:{number}: this line has no speaker: `{row[:60]}`; write one of these words "
                             f"and a colon before it: {words}")
        if speaker and role:
            for place, piece in enumerate(_TAG.split(row[speaker.end():])):
                if place % 2:
                    self.tag(piece, number)
                elif piece.strip():
                    self.turn(role, re.sub(r"[ \t]+", " ", piece.strip()), number)

    def turn(self, role: str, text: str, number: int) -> None:
        last = self.items[-1] if self.items else None
        turn = Turn(role, text, interrupts="interrupts" in self.marks, backchannel="backchannel" in self.marks)
        if self.marks and (not isinstance(last, Turn) or last.speaker == role):
            mark, place = sorted(self.marks.items())[0]
            self.wrong(place, f"[{mark}] needs a turn of the other speaker directly before it")
            turn = replace(turn, interrupts=False, backchannel=False)
        self.marks.clear()
        self.items.append(turn)

    def tag(self, content: str, number: int) -> None:
        word, rest = _WORD.fullmatch(content.strip()).groups()  # type: ignore[union-attr]  # it matches any text
        kind = word.casefold()
        if kind in ("interrupts", "backchannel"):
            self.marks[kind] = number
        elif kind == "transfer":
            self.items.append(Transfer(" ".join(rest.split())))
        elif kind in _TIMED:
            self.timed(kind, rest.strip(), number)
        else:
            self.wrong(number, f"there is no tag [{content.strip()[:40]}]; there is: {', '.join(_TAGS)}")

    def timed(self, kind: str, rest: str, number: int) -> None:
        length = _length(rest)
        if length is None or length > _LONGEST:
            self.wrong(number, f"[{kind}] needs a length of at most a day, such as [{kind} 12s] or [{kind} 1m30s]")
            length = 300
        if length or kind == "wait":
            self.items.append(_TIMED[kind](length))


def _length(text: str) -> int | None:
    """"1m30s" -> 9000 centiseconds; None where it is no length."""
    total, end = 0.0, 0
    for part in _PART.finditer(text):
        if part.start() != end or len(part[1]) > 9:
            return None
        unit = part[2].casefold()
        total += float(part[1].replace(",", ".")) * (3600 if unit[:1] == "h" else 60 if unit[:1] == "m" else 1)
        end = part.end()
    return round(total * 100) if end and end == len(text) else None


def parse_items(rows: Sequence[str], locales: Sequence[Locale], name: str = "dialogue", first: int = 1, *,
                strict: bool = True) -> tuple[Item, ...]:
    """The items of the dialogue's lines; `first` is the number of the first line. Not `strict` passes over unknown
    tags, marks that mark nothing and missing lengths (3 s): for texts whose tags are set right afterwards."""
    roles: dict[str, str] = {}
    for locale in locales:
        roles.update(locale.role_of)
    reader = _Reader(roles, name, strict)
    for number, row in enumerate(rows, first):
        reader.line(row, number)
    if reader.marks:
        mark, place = sorted(reader.marks.items())[0]
        reader.wrong(place, f"[{mark}] stands before no turn")
    return tuple(reader.items)
