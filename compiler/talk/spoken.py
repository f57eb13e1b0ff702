"""Written form -> spoken form: what a voice says and a recogniser hears. No digits are left, in any locale.

A list of rules, each a pattern and what becomes of it, applied in order: a rule sees what those before it left. The
words come from the locale's tables; a language without a locale is counted by num2words alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from compiler.catalog import Locale, available, load, normal
from compiler.places import search_path
from compiler.talk.spoken_numbers import Numbers, language_of

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

SIGNS = {"CHF": "CHF", "Fr.": "CHF", "SFr.": "CHF", "EUR": "EUR", "€": "EUR", "USD": "USD", "US$": "USD", "$": "USD",
         "GBP": "GBP", "£": "GBP"}
SOFT = "\x1f"  # a space that a rule puts around its words; it vanishes beside a space or before a sign
YEARS = range(1900, 2100)  # plain numbers of four digits that are said as years


def spoken(text: str, locale: Locale | str) -> str:
    """`text` as it is said. `locale` may be a tag: of a locale that comes with the program, else of a language."""
    return _speaker(locale)(text) if isinstance(locale, str) else _of_locale(locale)(text)


@cache
def _speaker(tag: str) -> Callable[[str], str]:
    folders = search_path("locales", None)
    have = available(folders)
    for known in (normal(tag), normal(tag).partition("-")[0]):
        if known in have:
            return _of_locale(load(known, folders))
    return _Rules(Numbers(language_of(normal(tag)), {}, ",", "."))


@cache
def _of_locale(locale: Locale) -> Callable[[str], str]:
    language = locale.spoken.get("forms", {}).get("numbers") or language_of(locale.tag)
    return _Rules(Numbers(language, locale.spoken, locale.texts["group"], locale.texts["decimal"]))


def _one_of(words: object) -> str:
    """An alternation of words, the longest first; a pattern that never matches where there are none."""
    found = sorted((str(word) for word in words), key=lambda word: (-len(word), word))  # type: ignore[attr-defined]
    return "(?:" + "|".join(map(re.escape, found)) + ")" if found else "(?!)"


class _Rules:
    """The rules of one locale, compiled."""

    def __init__(self, numbers: Numbers) -> None:
        self.say = numbers
        group = re.escape(numbers.group)
        decimal = "[.,]" if numbers.decimal == "," else re.escape(numbers.decimal)
        self.amount = rf"(?:\d{{1,3}}(?:['’{group}]\d{{3}})+(?!\d)|\d+)(?:{decimal}\d+)?"
        forms = numbers.table("currencies").items()
        self.unit_of = {unit: code for code, units in forms for unit in units.split("|")[:2]}
        self.rules: tuple[Rule, ...] = (*self._written(), *self._ids(), *self._dates(), self._range(), *self._money(),
                                        *self._clock(), *self._plain())

    def __call__(self, text: str) -> str:
        text = re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", "’", text)
        text = re.sub(rf"[\u00a0\u202f\u2009{SOFT}]", " ", text)
        for pattern, words in self.rules:
            text = pattern.sub(words, text)
        text = "".join(map(self._swept, text))
        text = re.sub(rf"{SOFT}+(?=[.,;:!?)…\s-]|$)|(?:(?<=[\s(„“\"])|^){SOFT}+", "", text)
        return " ".join(text.split())

    def _swept(self, sign: str) -> str:
        """A digit that no rule knows (², ①) as its word, any other sign as it is."""
        return f"{SOFT}{self.say.digits(str(unicodedata.digit(sign)))}{SOFT}" if sign.isdigit() else sign

    def _written(self) -> list[Rule]:
        """Mail addresses, abbreviations, signs."""
        say = self.say
        short = say.table("abbreviations")
        signs = say.table("signs")
        return [
            (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), self._mail),
            (re.compile(rf"(?<![\w.]){_one_of(short)}(?![\w])"), self._short),
            (re.compile(_one_of(signs)), lambda m: signs[m[0]]),
        ]

    def _short(self, found: re.Match[str]) -> str:
        """An abbreviation, unless it is a currency beside a number ("12 Fr.")."""
        around = found.string[max(0, found.start() - 2):found.start()] + found.string[found.end():found.end() + 2]
        money = found[0] in SIGNS and any(sign.isdigit() for sign in around)
        return found[0] if money else self.say.table("abbreviations")[found[0]]

    def _mail(self, found: re.Match[str]) -> str:
        words = {"@": "at", ".": "dot", "-": "dash", "_": "underscore", "+": "plus"}
        return "".join(f" {self.say.form(words[sign], words[sign])} " if sign in words else sign for sign in found[0])

    def _ids(self) -> list[Rule]:
        """IBANs, card and telephone numbers, tickets: digit by digit, in groups."""
        say = self.say
        names = list(filter(None, say.form("ids").split("|")))
        ids = _one_of({*names, *map(str.lower, names), *map(str.title, names)})
        return [
            (re.compile(r"\b([A-Z]{2}) ?(\d{2}(?: ?[A-Z\d]{2,4}){3,7})\b"), lambda m: self._grouped(f"{m[1]} {m[2]}")),
            (re.compile(r"\b\d{4}(?:[ -]\d{4}){2,3}\b"), lambda m: self._grouped(m[0])),
            (re.compile(r"(?<![\w.,’'])(?:\+\d|\(?0)(?:[ ()/–-]{0,2}\d){6,}(?!\w)"), lambda m: self._grouped(m[0])),
            (re.compile(rf"\b({ids}\.?:? )(\d{{3,}})(?![\d.,:’']\d|\w)"), lambda m: m[1] + self._grouped(m[2])),
            (re.compile(r"\b([A-Z]{1,4})[-/]?(\d{2,}(?:[-/]\d+)*)\b"),
             lambda m: f"{' '.join(m[1])} {self._grouped(m[2])}"),
        ]

    def _grouped(self, written: str) -> str:
        """Groups as they are written, those of more than four digits cut into threes; a comma between groups."""
        said = [self.say.form("plus", "plus")] if written.startswith("+") else []
        for group in re.findall(r"[A-Z]+|\d+", written):
            pieces = re.findall(r"\d{1,3}", group) if group.isdigit() and len(group) > 4 else [group]
            said += [self.say.digits(piece) if piece.isdigit() else " ".join(piece) for piece in pieces]
        return ", ".join(said) if len(said) > 1 else "".join(said)

    def _range(self) -> Rule:
        """`100–200`, `14:00-15:00`: the word between the two; what they are, the rules after this one say."""
        word = self.say.form("range", "to")
        number = r"\d[\d.,:’']*"
        return re.compile(rf"(?<![\w.,:’'-])({number}) ?[–-] ?(?={number}(?![\w-]))"), lambda m: f"{m[1]} {word} "

    def _money(self) -> list[Rule]:
        say = self.say
        codes = {sign: code for sign, code in SIGNS.items() if code in say.table("currencies")}
        large = f"(?: ({_one_of(filter(None, say.form('magnitudes').split('|')))}))?"
        tail = r"(?:\.[–-]+)?"
        return [
            (re.compile(rf"(?<!\w){_one_of(codes)} ?({self.amount}){tail}{large}(?!\w)"),
             lambda m: say.money(m[1], codes[self._sign(m[0], codes)], m[2] or "")),
            (re.compile(rf"(?<![\w.,])({self.amount}){tail}{large} ?({_one_of([*codes, *self.unit_of])})(?!\w)"),
             lambda m: say.money(m[1], codes.get(m[3]) or self.unit_of[m[3]], m[2] or "")),
        ]

    @staticmethod
    def _sign(text: str, codes: dict[str, str]) -> str:
        return next(sign for sign in sorted(codes, key=len, reverse=True) if text.startswith(sign))

    def _clock(self) -> list[Rule]:
        say = self.say
        clock = re.escape(say.form("clock", "h"))
        hour = r"([01]?\d|2[0-4])"
        return [
            (re.compile(rf"(?<![\d:]){hour}[:.]([0-5]\d) {clock}"), lambda m: say.time(int(m[1]), int(m[2]))),
            (re.compile(rf"(?<![\d:.,]){hour}:([0-5]\d)(?![\d:])"), lambda m: say.time(int(m[1]), int(m[2]))),
            (re.compile(rf"(?<![\d:.,]){hour} {clock}"), lambda m: say.time(int(m[1]), 0)),
        ]

    def _dates(self) -> list[Rule]:
        say = self.say
        month = _one_of(say.table("months"))
        before = r"(?:\b(\w+) )?"
        year = r"(?:,? (\d{4}))?(?!\d)"
        rules = [
            (re.compile(rf"{before}\b(\d{{4}})-(\d\d)-(\d\d)\b"), lambda m: self._date(m, m[4], m[3], m[2])),
            (re.compile(rf"{before}\b(\d{{1,2}})[./](\d{{1,2}})[./](\d{{4}})\b"),
             lambda m: self._date(m, m[2], m[3], m[4])),
            (re.compile(rf"{before}\b(\d{{1,2}})(?:\.|st|nd|rd|th)? (?:of )?({month}){year}"),
             lambda m: self._date(m, m[2], say.table("months")[m[3]], m[4])),
        ]
        if say.decimal == ".":  # where months may come first
            rules.append((re.compile(rf"(\b)({month}) (\d{{1,2}})(?:st|nd|rd|th)?{year}"),
                          lambda m: self._date(m, m[3], say.table("months")[m[2]], m[4])))
        else:  # where a point makes an ordinal
            rules.append((re.compile(rf"{before}\b(\d{{1,2}})\.(\d{{1,2}})\.(?!\d)"),
                          lambda m: self._date(m, m[2], m[3], None)))
        return rules

    def _date(self, found: re.Match[str], day: str, month: str, year: str | None) -> str:
        """The words of a date; what is none (a 13th month) stays as it is for the rules after."""
        name = self.say.month(int(month))
        if not name or not 1 <= int(day) <= 31:
            return found[0]
        before = found[1] or ""
        said = self.say.date(int(day), name, int(year) if year else None, before)
        return f"{before} {said}" if before else said

    def _plain(self) -> list[Rule]:
        """Percents, ordinals, ranges, units, and whatever number is left."""
        say = self.say
        units = say.table("units")
        articles = _one_of([form for word in say.table("ordinal_endings") for form in (word, word.title())])
        rules: list[Rule] = [
            (re.compile(rf"(?<!\d)({self.amount}) ?%"), lambda m: f"{SOFT}{say.percent(m[1])}{SOFT}"),
            (re.compile(r"\b(\d{1,9})(?:st|nd|rd|th)\b"), lambda m: say.ordinal(int(m[1]))),
            (re.compile(rf"\b({articles}) (\d{{1,3}})\.(?= \w)"), lambda m: f"{m[1]} {say.ordinal(int(m[2]), m[1])}"),
            (re.compile(rf"\b({articles}) (\d{{1,2}})(?=\.\W*$)"), lambda m: f"{m[1]} {say.ordinal(int(m[2]), m[1])}"),
            (re.compile(rf"(?<!\d)({self.amount}) ({_one_of(units)})(?!\w)"),
             lambda m: f"{say.number(m[1], units[m[2]])} {units[m[2]]}"),
            (re.compile(r"(?<![\w–-])[-−](?=\d)"), lambda m: f"{say.form('minus', 'minus')} "),
            (re.compile(r"\+(?=\d)"), lambda m: f"{SOFT}{say.form('plus', 'plus')} "),
            (re.compile(rf"({self.amount})(?: (\w+))?"), self._counted),
        ]
        return rules

    def _counted(self, found: re.Match[str]) -> str:
        """A number and the word that it counts; spaces keep it apart from letters that touch it."""
        word = found[2] or ""
        said = f"{SOFT}{self._number(found[1], word)}{SOFT}"
        return f"{said} {self.spelled(word)}" if word else said

    def spelled(self, word: str) -> str:
        """The word after a number, with its own numbers said."""
        return re.sub(self.amount, lambda m: f"{SOFT}{self._number(m[0])}{SOFT}", word)

    def _number(self, written: str, before: str = "") -> str:
        if len(written) == 4 and written.isdecimal() and int(written) in YEARS:
            return self.say.year(int(written))
        if written.isdecimal() and (len(written) > 6 or (len(written) > 4 and not written.endswith("000"))):
            return self._grouped(written)  # people group the digits of amounts; what is not grouped is an id
        return self.say.number(written, before)
