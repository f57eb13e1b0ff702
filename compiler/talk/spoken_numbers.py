"""Numbers -> words, by the tables of a locale (`spoken:` in its locale.yml) on top of num2words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from compiler.texttree import Texts

LARGEST = 10**12  # longer numbers are said digit by digit


@cache
def _words(number: int, language: str, to: str) -> str:
    from num2words import num2words

    return str(num2words(number, lang=language, to=to)).replace(",", "")


@cache
def language_of(tag: str) -> str:
    """The language of num2words for a locale that has no tables; English where it has none."""
    from num2words import CONVERTER_CLASSES

    language = tag.partition("-")[0]
    return language if language in CONVERTER_CLASSES else "en"


@dataclass(frozen=True)
class Numbers:
    """How one language says numbers. `tables` is the locale's `spoken`."""

    language: str
    tables: Mapping[str, Texts]
    group: str
    decimal: str

    def form(self, name: str, usual: str = "") -> str:
        return self.tables.get("forms", {}).get(name, usual)

    def table(self, name: str) -> Texts:
        return self.tables.get(name, {})

    def cardinal(self, number: int, before: str = "") -> str:
        """1250 -> "eintausendzweihundertfünfzig"; `before` is the word that the number counts ("ein Franken")."""
        if number >= LARGEST:
            return self.digits(str(number))
        words = _words(number, self.language, "cardinal")
        one = self.form("one")
        if one and before and words.endswith("eins"):
            feminine = self.form("feminine").split("|")
            return words.removesuffix("eins") + (self.form("one_feminine") if before in feminine else one)
        return words

    def ordinal(self, number: int, after: str = "") -> str:
        """17 -> "siebzehnter", after "am": "siebzehnten"."""
        ending = self.table("ordinal_endings").get(after.casefold(), self.form("ordinal_ending"))
        return _words(number, self.language, "ordinal") + ending

    def year(self, number: int) -> str:
        return _words(number, self.language, "year")

    def digits(self, digits: str) -> str:
        """"0301" -> "null drei null eins"."""
        return " ".join(_words(int(digit), self.language, "cardinal") for digit in digits if digit.isdecimal())

    def number(self, written: str, before: str = "") -> str:
        """A number as the locale writes it, grouped or not, with decimals or not."""
        whole, decimals = self.parts(written)
        if len(whole) > 1 and whole.startswith("0"):
            said = self.digits(whole)
        else:
            said = self.cardinal(int(whole), "" if decimals else before)
        return f"{said} {self.form('point', 'point')} {self.digits(decimals)}" if decimals else said

    def parts(self, written: str) -> tuple[str, str]:
        """"1.250,50" -> ("1250", "50")"""
        for sign in ("'", "’", self.group):
            if _groups(written, sign, self.decimal):
                written = written.replace(sign, "")
        whole, _, decimals = written.replace(",", ".").partition(".")
        return whole, decimals.replace(".", "")

    def money(self, written: str, currency: str, magnitude: str = "") -> str:
        """CHF 1'250.50 -> "one thousand two hundred and fifty francs fifty"; no zero cents."""
        one, many, sub_one, sub_many = self.table("currencies")[currency].split("|")
        whole, decimals = self.parts(written)
        if magnitude or len(decimals) > 2:
            return " ".join(filter(None, (self.number(written, magnitude), magnitude, many)))
        francs, cents = int(whole), int(decimals[:2].ljust(2, "0")) if decimals else 0
        unit, sub = one if francs == 1 else many, sub_one if cents == 1 else sub_many
        if cents and not francs:
            return self._filled("money", n=self.cardinal(cents, sub), unit=sub)
        name = "money_both" if cents else "money"
        return self._filled(name, n=self.cardinal(francs, unit), unit=unit, m=self.cardinal(cents))

    def time(self, hour: int, minute: int) -> str:
        name = "time" if minute else "time_full"
        if 0 < minute < 10 and self.form("time_small"):
            name = "time_small"
        return self._filled(name, h=self.cardinal(hour, self.form("clock")), m=self.cardinal(minute))

    def date(self, day: int, month: str, year: int | None, after: str = "") -> str:
        name = "date" if year is None else "date_year"
        said = self._filled(name, day=self.ordinal(day, after), month=month, year=self.year(year) if year else "")
        return said.removeprefix("the ") if after.casefold() == "the" else said

    def month(self, number: int) -> str:
        """The name of a month by number; "" where the locale has none."""
        return next((name for name, value in self.table("months").items() if value == str(number)), "")

    def percent(self, written: str) -> str:
        return self._filled("percent", n=self.number(written))

    def _filled(self, name: str, **places: str) -> str:
        text = self.form(name, " ".join(f"{{{place}}}" for place in places))
        for place, value in places.items():
            text = text.replace(f"{{{place}}}", value)
        return text


def _groups(written: str, sign: str, decimal: str) -> bool:
    """Whether `sign` groups thousands in `written`: each group after it has three digits."""
    first, *rest = written.split(sign)
    last = rest[-1].partition(decimal)[0] if rest else ""
    last = last.partition(".")[0] if sign != "." else last
    return bool(rest) and len(first) <= 3 and all(len(group) == 3 for group in [*rest[:-1], last])
