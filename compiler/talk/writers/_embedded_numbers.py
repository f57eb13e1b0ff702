"""Amounts of money: drawn within the record's bucket, and written as the locale writes them."""

from __future__ import annotations

import re
from decimal import Decimal

from compiler import rng
from compiler.catalog import Locale
from compiler.talk.writers._embedded_book import Book


def money(value: str | float | Decimal, currency: str, book: Book, locale: Locale) -> str:
    """1250.5, CHF -> the written form of the locale, its own currency for ""; whole amounts without cents."""
    exact = Decimal(str(value)).quantize(Decimal("0.01"))
    number = f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"
    marks = {",": locale.texts["group"], ".": locale.texts["decimal"]}
    number = "".join(marks.get(sign, sign) for sign in number)
    currency = currency or book.word("words.currency")
    return book.word("words.money").replace("NUMBER", number).replace("CURRENCY", currency)


def percent(value: Decimal, book: Book, locale: Locale) -> str:
    return book.word("words.percent").replace("NUMBER", f"{value:.2f}".replace(".", locale.texts["decimal"]))


def bucket(text: str) -> tuple[float, float] | None:
    """`under_100`, `<100`, `100-1000`, `to_1000`, `over_5000` -> a range that lies within it."""
    numbers = [float(found) for found in re.findall(r"\d+", re.sub(r"(?<=\d)[_.,'’](?=\d{3}\b)", "", text))]
    if not numbers:
        return None
    if len(numbers) > 1:
        return numbers[0], numbers[1]
    if "<" in text or re.search(r"under|below|less|unter|bis_unter", text, re.IGNORECASE):
        return numbers[0] * 0.2, numbers[0]
    if ">" in text or re.search(r"over|above|more|ab_|über|ueber|from", text, re.IGNORECASE):
        return numbers[0], numbers[0] * 3
    return numbers[0] * 0.3, numbers[0]  # `to_1000`: the lower bound is its neighbour's, which lies well below a third


def cents(key: int, name: str, low: float, high: float) -> Decimal:
    """An amount strictly within low..high that people would name: whole, or with 5 cents; rounder when large."""
    value = low + (high - low) * (0.04 + 0.92 * rng.u(key, name))
    if value >= 2000:
        return Decimal(int(value / 50) * 50 + (50 if int(value / 50) * 50 <= low else 0))
    if value >= 150 and rng.u(key, name, "round") < 0.5:
        return Decimal(max(int(value / 5) * 5, int(low) + 1))
    return Decimal(int(value * 20)) / 20
