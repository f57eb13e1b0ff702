"""Why a line cannot be read: the text and lark's stopping place -> a Mistake. Position-free, so lines can share it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from compiler.lang.syntax import Mistake

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput

_TEXTS = re.compile(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"')
_NESTING = re.compile(r"[-+*/(,.:<>=]|\b(?:not|and|or|of)\b")
MOST_DIGITS = 15  # of a number: so many a double holds exactly
_LONG_NUMBER = re.compile(r"(?<![\w.])\d[\d_.]{15,}")
MOST_SIGNS = 300  # operators, commas and the like on one line: keeps nesting far below Python's recursion limit
_BRACES = re.compile(r"[{}\[\];]")
_FOREIGN = {
    "&&": "and", "||": "or", "==": "is", "!=": "is not", "<>": "is not", "≥": ">=", "≤": "<=", "≠": "is not",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "−": "-", "…": "..", "×": "*", "'": '"',
    "’": '"', "‘": '"', "=": "is", "&": "and", "|": "or", "!": "not",
}  # fmt: skip
_FOREIGN_SIGN = re.compile("|".join(re.escape(sign) for sign in sorted(_FOREIGN, key=len, reverse=True)))
_LOOSE_PERCENT = re.compile(r"\d[\d_]*(?:\.\d+)?(\s+)(%|pp\b)")
_MONEY_SIGN = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₣": "CHF"}
_VERB = re.compile(r"\b(rises|falls|multiplied|stays|starts)\b(?!\s+(?:by|within|at|as)\b)")
_NEEDS = {"rises": "by", "falls": "by", "multiplied": "by", "stays": "within", "starts": "at` or `as"}
_WORD = re.compile(r"[^\W\d]\w*")
_KEYWORDS = ("when", "and", "or", "by", "within", "becomes", "rises", "falls", "starts", "stays", "multiplied", "not")


def before_parsing(text: str, longest: int) -> Mistake | None:
    """A line that is too long to be a line of a spec is not even parsed."""
    bare = blanked(text)
    if len(bare) - bare.count("\x01") > longest or len(_NESTING.findall(bare)) > MOST_SIGNS:
        return Mistake("line_too_long", (0, min(len(text), 40)), (str(len(text)),))
    for number in _LONG_NUMBER.finditer(bare):
        digits = sum(sign.isdigit() for sign in number.group())
        if digits > MOST_DIGITS:
            return Mistake("number_too_long", number.span(), (str(digits), str(MOST_DIGITS)))
    return None


def blanked(text: str) -> str:
    """The line with all texts put out of sight, offsets kept."""
    return _TEXTS.sub(lambda match: '"' + "\x01" * (len(match.group()) - 2) + '"', text)


def found(text: str, problem: UnexpectedInput) -> Mistake:
    """The likeliest cause, the most telling first."""
    bare = blanked(text)
    for look in (_brace, _habit, _foreign, _loose_percent, _money, _colons, _verb_without_by):
        mistake = look(bare)
        if mistake is not None:
            return mistake
    return _by_place(text, bare, problem)


def _brace(bare: str) -> Mistake | None:
    match = _BRACES.search(bare)
    return Mistake("brace", match.span(), (match.group(),)) if match else None


def _foreign(bare: str) -> Mistake | None:
    for match in _FOREIGN_SIGN.finditer(bare):
        sign = match.group()
        near = bare[max(match.start() - 1, 0) : match.end()]
        if sign == "=" and near in (">=", "<="):
            continue
        return Mistake("foreign_sign", match.span(), (sign, _FOREIGN[sign]))
    return None


def _loose_percent(bare: str) -> Mistake | None:
    match = _LOOSE_PERCENT.search(bare)
    if not match:
        return None
    written = bare[match.start() : match.end()]
    return Mistake("loose_percent", match.span(), (match.group(2), re.sub(r"\s+", "", written)))


def _money(bare: str) -> Mistake | None:
    for match in re.finditer(r"[€$£¥₣]\s*(\d[\d_]*(?:\.\d+)?)?", bare):
        amount = match.group(1) or (re.findall(r"(\d[\d_]*(?:\.\d+)?)\s*$", bare[: match.start()]) or ["20"])[0]
        sign = match.group()[0]
        return Mistake("money_sign", (match.start(), match.start() + 1), (sign, f"{_MONEY_SIGN[sign]} {amount}"))
    return None


def _colons(bare: str) -> Mistake | None:
    places = [match.start() for match in re.finditer(r":(?!\d\d)", bare)]
    return Mistake("two_colons", (places[1], places[1] + 1)) if len(places) > 1 else None


_LENGTHS = {"s": "seconds?|secs?", "m": "minutes?|mins?", "h": "hours?|hrs?", "d": "days?", "w": "weeks?"}


def _day(first: str, second: str, year: str) -> str:
    """The date; where month and day could be either, the month stands first, as where dates are written so."""
    month, day = (second, first) if int(first) > 12 else (first, second)
    return f"{year}-{int(month):02}-{int(day):02}"


def _clock(hour: str, half: str) -> str:
    return f"{int(hour) % 12 + (12 if half == 'pm' else 0):02}:00"


_HABITS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"//.*"), lambda it: f"# {it.group()[2:].strip()}".replace("\x01", "…")),
    (re.compile(r"(?<!\w)(\d{1,2})\.(\d{1,2})\.(\d{4})\b"), lambda it: f"{it[3]}-{int(it[2]):02}-{int(it[1]):02}"),
    (re.compile(r"(?<!\w)(\d{1,2})/(\d{1,2})/(\d{4})\b"), lambda it: _day(it[1], it[2], it[3])),
    (re.compile(r"(?<!\w)(\d{1,2}:\d\d)\s*[-–—]\s*(\d{1,2}:\d\d)(?!\d)"), lambda it: f"{it[1]}..{it[2]}"),
    (re.compile(r"(?<=[\w%])\s*[–—]\s*(?=\d)"), lambda _: ".."),
    (re.compile(r"(?<![\w.])\d{1,3}(?:['’]\d{3})+\b"), lambda it: re.sub("['’]", "_", it[0])),
    (re.compile(r"(?<![\w,])(?<!\d\.)\d{1,3}(?:\.\d{3}){2,}(?![\w.])"), lambda it: it[0].replace(".", "_")),
    (re.compile(r"(?<![\w,])(?<!\d\.)[1-9]\d{0,2}(?:,\d{3})+(?![\w,])"), lambda it: it[0].replace(",", "_")),
    (re.compile(r"(?<![\w.,])(\d+),(\d+)(?![\d,])"), lambda it: f"{it[1]}.{it[2]}"),
    *((re.compile(rf"(?<!\w)(\d[\d.]*)\s*(?:{words})\b"), lambda it, unit=unit: f"{it[1]}{unit}")
      for unit, words in _LENGTHS.items()),
    (re.compile(r"(?<!\w)(\d{1,2})\s*(am|pm)\b"), lambda it: _clock(it[1], it[2])),
    (re.compile(r"\bis\s+(?:multipl(?!ied\b)\w+|times)(?:\s+by)?(?=\s+\d)"), lambda _: "is multiplied by"),
    (re.compile(r"\bif\b(?=\s+\S)"), lambda _: "when"),
    (re.compile(r"^(when\s[^:]*?)\s*:\s*([^\W\d]\w*)$"), lambda it: f"{it[2]} {it[1]}"),
    (re.compile(r"^(when\s[^:]*?)\s*:$"), lambda it: it[1]),
    (re.compile(r"(?<=:)\s*([^\W\d]\w*)\s*:\s*(\d[\w.]*%?)(?=\s*,)"), lambda it: f" {it[1]} {it[2]}"),
    (re.compile(r"(?<=[:,])\s*(\d[\d.]*%)\s+(?!(?:of|when|and|or)\b)([^\W\d]\w*)(?=\s*(?:,|$))"),
     lambda it: f" {it[2]} {it[1]}"),
    (re.compile(r"(?<![\w.])(\d[\d_.]*)\s+([A-Z]{3})\b"), lambda it: f"{it[2]} {it[1]}"),
    (re.compile(r"(?<![\w.])(\d+)\s+(?:times|mal|x)\b"), lambda it: it[1]),
    (re.compile(r"(?<=:)\s*\+\s*(\d+)%$"), lambda it: f" {100 + int(it[1])}%"),
    (re.compile(r"(?<=\bby)\s+\+\s*(?=\d)"), lambda _: " "),
    (re.compile(r"^-\s+(\S.*)"), lambda it: it[1].replace("\x01", "…")),
)  # fmt: skip


def _habit(bare: str) -> Mistake | None:
    """What is written so elsewhere: `4,5s`, `01.09.2025`, `90 seconds`, `// remark`, `- Good: 50%`."""
    for pattern, say in _HABITS:
        match = pattern.search(bare)
        if match is not None:
            written = match.group().replace("\x01", "…")
            if written.startswith(" ") and say(match).startswith(" "):  # the blank is not part of it
                start = match.start() + len(written) - len(written.lstrip())
                return Mistake("habit", (start, match.end()), (written.lstrip(), say(match).lstrip()))
            other = written.replace(",", ".") if re.fullmatch(r"\d+,\d{3}", written) else ""
            return Mistake("habit", match.span(), (written, say(match), other))
    return None


def rewritten(written: str) -> str:
    """What is readable but means something else here, as it should be written: `12:00-24:00`, `09/20/2025`."""
    for pattern, say in _HABITS:
        match = pattern.fullmatch(written)
        if match is not None:
            return say(match)
    return ""


def _verb_without_by(bare: str) -> Mistake | None:
    match = _VERB.search(bare)
    if match is None:
        return None
    verb, rest = match.group(1), bare[match.end() :].split(" when ")[0].strip()
    between = re.match(r"between\s+(\S+)\s+and\s+(\S+)", rest)
    if between is not None and verb in ("starts", "stays"):
        low, high = between.groups()
        ways = {"starts": ("as", f"uniform, low {low}, high {high}"), "stays": ("within", f"{low}..{high}")}
        return Mistake("verb_needs", match.span(1), (verb, *ways[verb]))
    if verb == "multiplied" and not bare[: match.start()].rstrip().endswith("is"):
        return None
    if verb in ("rises", "falls") and rest.startswith(("to ", "from ")):
        return Mistake("verb_needs", match.span(1), (verb, "by", "10s"))
    if ":" in bare[: match.start()] or not re.match(r"[-\d(]|$|[^\W\d]\w*", rest):
        return None
    return Mistake("verb_needs", match.span(1), (verb, _NEEDS[verb], rest.replace("\x01", "") or "10s"))


_HYPHENED = re.compile(r"[^\W\d]\w*(?:-\w+)+")


def _by_place(text: str, bare: str, problem: UnexpectedInput) -> Mistake:
    """From the sign or word that lark could not go on with."""
    token = getattr(problem, "token", None)
    place = getattr(problem, "pos_in_stream", None)
    expected = _expected(problem)
    if token is not None and token.type == "$END":
        end = len(text.rstrip())
        if re.search(r"\bwhen$", bare.rstrip()):
            return Mistake("nothing_after_when", (end - 4, end))
        return Mistake("stops_early", (end, end + 1), expected)
    start = place if isinstance(place, int) and place >= 0 else 0
    word = _word_at(text, start)
    if word == "when":
        return Mistake("nothing_before_when", (start, start + 4))
    if token is None and not word[:1].isalnum():
        return Mistake("unknown_sign", (start, start + 1), (text[start : start + 1],))
    chain = _chained(text, start)
    if chain is not None:
        return chain
    guess = _keyword_like(word)
    if guess:
        return Mistake("not_here_guess", (start, start + len(word)), (word, guess))
    hyphened = next((match for match in _HYPHENED.finditer(bare) if match.start() < start < match.end()), None)
    if word == "-" and hyphened is not None:
        return Mistake("habit", hyphened.span(), (hyphened.group(), hyphened.group().replace("-", "_")))
    if bare.startswith("starts as ") and word[:1].isdigit():
        return Mistake("bare_figure", (start, start + len(word)), (word,))
    if word[:1].isalpha() and re.search(r":.*\w\s+$", bare[:start]):
        return Mistake("text_without_marks", (start, start + len(word)), (word,))
    if word[:1].isdigit():
        return Mistake("number_not_here", (start, start + len(word)), (word, *expected))
    return Mistake("not_here", (start, start + len(word)), (word, *expected))


_COMPARED = re.compile(r"([\w.]+)\s*(>=|<=|>|<)\s*([\w.]+)\s*$")
_AGAIN = re.compile(r"(>=|<=|>|<)\s*([\w.]+)")


def _chained(text: str, start: int) -> Mistake | None:
    """`60s < AWT < 120s`."""
    first, second = _COMPARED.search(text[:start]), _AGAIN.match(text, start)
    if first is None or second is None:
        return None
    left, op, middle = first.groups()
    whole = f"{left} {op} {middle} and {middle} {second.group(1)} {second.group(2)}"
    return Mistake("chained", (first.start(), second.end()), (whole,))


def _word_at(text: str, start: int) -> str:
    match = re.compile(r'\w[\w.%]*|"[^"]*"|\S').match(text, start)
    return match.group() if match else text[start : start + 1]


def _keyword_like(word: str) -> str:
    """The keyword that a word of three letters or more was probably meant to be."""
    from difflib import get_close_matches

    if len(word) < 3 or not _WORD.fullmatch(word) or word in _KEYWORDS:
        return ""
    close = get_close_matches(word.lower(), _KEYWORDS, n=1, cutoff=0.7)
    return close[0] if close else ""


_KINDS = {
    "NUMBER": "a number such as 20", "PERCENT": "a share such as 35%", "DURATION": "a time such as 90s",
    "NAME": "a name", "STRING": "a text such as \"…\"", "COLON": "`:`", "_WHEN": "`when`", "BY": "`by`",
    "RPAR": "`)`", "COMMA": "`,`", "$END": "the end of the line",
}  # fmt: skip


def _expected(problem: UnexpectedInput) -> tuple[str, ...]:
    """What could have stood there, in words, the most usual first; at most three."""
    given = getattr(problem, "accepts", None) or getattr(problem, "expected", None)
    names: set[str] = set(given or getattr(problem, "allowed", None) or ())
    order: tuple[str, ...] = (
        "PERCENT", "DURATION", "NUMBER", "NAME", "BY", "RPAR", "COLON", "_WHEN", "STRING", "COMMA", "$END",
    )  # fmt: skip
    if "PERCENT" in names and "NAME" in names:
        order = ("PERCENT", "DURATION", "NAME")
    return tuple(_KINDS[name] for name in order if name in names)[:3]
