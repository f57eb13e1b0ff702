"""Numbers in a dialogue that could belong to somebody: found, and told from those that belong to nobody.

Telephone numbers: those that a spec may use (plan/numbers.py), 555-01xx of every area code of North America, and what
Ireland and Australia keep free. IBANs with bank codes of no bank, the card numbers that payment firms publish for
tests, mail addresses of RFC 2606.
"""

from __future__ import annotations

import re

from compiler.plan.numbers import is_free

_MORE = re.compile(r"1\d{3}55501\d{2}|3532091\d{5}|61[2378](5550|7010)\d{4}|61491570(156|157|158|159)")
_COUNTRIES = ("49", "44", "33", "41", "43", "39", "1", "353", "61")
_IBANS = frozenset({"DE50000000000123456789", "DE93999999990000000000"})
_CARDS = frozenset({"4242424242424242", "4111111111111111", "5555555555554444", "378282246310005"})

_IBAN = re.compile(r"\b[A-Z]{2} ?\d{2}(?: ?[A-Z\d]{2,4}){3,7}\b")
_LONG = re.compile(r"(?<![\w.,’'-])\+?\(?\d(?:[ ()/–-]{0,2}\d){6,}(?![\w’'])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}-\d{2}-\d{4}|\d{1,2}/\d{1,2}/\d{4}")
_MAIL = re.compile(r"[\w.+-]+@([\w-]+\.)+[A-Za-z]{2,}")
_NOBODYS_MAIL = re.compile(r".*@(.*\.)?(example\.(com|org|net)|[\w-]+\.(example|test|invalid))", re.IGNORECASE)


def personal(text: str) -> tuple[str, ...]:
    """What in `text` reads as an IBAN, a card, account or telephone number, or a mail address, in order of kinds."""
    ibans = [match[0] for match in _IBAN.finditer(text)]
    rest = _DATE.sub(" ", _IBAN.sub(" ", text))
    longs = [match[0] for match in _LONG.finditer(rest) if _is_number(match[0])]
    return (*ibans, *longs, *(match[0] for match in _MAIL.finditer(text)))


def _is_number(found: str) -> bool:
    digits = re.sub(r"\D", "", found)
    return len(digits) >= 8 or found[0] in "+0("


def nobodys(found: str, own: str = "") -> bool:
    """Whether `found` (of `personal`) belongs to nobody: reserved for fiction, unassignable, or the call's own
    number `own`, which was drawn from such a range."""
    if "@" in found:
        return _NOBODYS_MAIL.fullmatch(found) is not None
    plain = re.sub(r"[^A-Z\d]", "", found)
    if plain[:2].isalpha():
        return plain in _IBANS
    if plain in _CARDS:
        return True
    if found.startswith("+"):
        numbers = [plain]
    elif plain.startswith("00"):
        numbers = [plain[2:]]
    else:
        numbers = [country + plain.removeprefix("0") for country in _COUNTRIES]
    own_digits = re.sub(r"\D", "", own)
    return any(number == own_digits or is_free(number) or _MORE.fullmatch(number) for number in numbers)
