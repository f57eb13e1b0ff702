"""Telephone numbers that belong to nobody: ranges kept free for fiction, and numbers that no operator can give out.

Each range is (E.164 digits without +, how many digits follow, first of these, last of these).
"""

from __future__ import annotations

from collections.abc import Iterable

Range = tuple[str, int, int, int]


def _one(number: str) -> Range:
    return number, 0, 0, 0


RANGES: dict[str, tuple[Range, ...]] = {
    # Bundesnetzagentur, Mitteilung 148/2021: numbers for film and television, five places and mobile.
    "reserved DE": (
        ("493023125", 3, 0, 999), ("496990009", 3, 0, 999), ("494066969", 3, 0, 999),
        ("492214710", 3, 0, 999), ("498999998", 3, 0, 999), ("4917139200", 2, 0, 99),
        _one("4915228817386"), _one("4915228895456"), _one("4915254599371"), _one("491729925904"),
        _one("491729968532"), _one("491729973185"), _one("491729973186"), _one("491729980752"),
        _one("491749091317"), _one("491749464308"), ("49176040690", 2, 0, 99),
    ),
    # Ofcom, numbers for use in television and radio drama.
    "reserved UK": (
        *((f"44{area}4960", 3, 0, 999)
          for area in ("113", "114", "115", "116", "117", "118", "121", "131", "141", "151", "161")),
        ("442079460", 3, 0, 999), ("441914980", 3, 0, 999), ("442920180", 3, 0, 999), ("442896496", 3, 0, 999),
        ("441632960", 3, 0, 999), ("447700900", 3, 0, 999),
    ),
    # NANPA: line numbers 0100 to 0199 of the exchange 555 are set aside in every area code; six cities here.
    "reserved US": tuple((f"1{area}5550", 3, 100, 199) for area in ("202", "212", "312", "404", "415", "617")),
    # Arcep, decision 2018-0881, article 2.5.12.
    "reserved FR": tuple((f"33{b}", 4, 0, 9999) for b in ("19900", "26191", "35301", "46571", "53649", "63998")),
    # No range for fiction is known for these; their national numbers can begin in no such way:
    "unassignable CH": (("410", 8, 0, 99_999_999),),  # never a 0 after the country code
    "unassignable AT": (("430", 9, 0, 999_999_999),),  # never a 0 after the country code
    "unassignable IT": (("392", 8, 0, 99_999_999), ("396", 8, 0, 99_999_999)),  # first digits 2 and 6: "for the future"
    "unassignable RU": (("70", 9, 0, 999_999_999), ("71", 9, 0, 999_999_999)),  # area codes begin with 3 or more
}


def capacity(names: Iterable[str]) -> int:
    """How many different numbers the named ranges have. KeyError for a name that is none."""
    return sum(last - first + 1 for name in set(names) for _, _, first, last in RANGES[name])
