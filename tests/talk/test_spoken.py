"""Written form -> spoken form: what is said for what is written, and never a digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.talk.spoken import spoken
from tests.talk.calls import DE, EN

GERMAN = {
    "Das macht CHF 1’250.50, bitte.": "Das macht eintausendzweihundertfünfzig Franken fünfzig, bitte.",
    "1.250,50 Euro, 12.50 Fr. oder 20.– CHF": "eintausendzweihundertfünfzig Euro fünfzig, zwölf Franken fünfzig oder "
                                             "zwanzig Franken",
    "CHF 1, CHF 0.05, 1.00 Euro, £3": "ein Franken, fünf Rappen, ein Euro, drei Pfund",
    "1\u00a0250\u00a0Franken, Fr. Keller": "eintausendzweihundertfünfzig Franken, Frau Keller",
    "CHF 1,5 Millionen": "eins Komma fünf Millionen Franken",
    "um 14:05 Uhr, 14.30 Uhr, 8 Uhr, 1 Uhr, 00:00": "um vierzehn Uhr fünf, vierzehn Uhr dreißig, acht Uhr, ein Uhr, "
                                                    "null Uhr",
    "von 9:00–17:30 Uhr": "von neun Uhr bis siebzehn Uhr dreißig",
    "am 17. Mai 2025": "am siebzehnten Mai zweitausendfünfundzwanzig",
    "Der 3. September passt, vom 3. bis 5. September auch.": "Der dritte September passt, vom dritten bis fünften "
                                                             "September auch.",
    "Heute ist 17.05.2025, also 17.5. oder 2025-05-17": "Heute ist siebzehnter Mai zweitausendfünfundzwanzig, also "
                                                        "siebzehnter Mai oder siebzehnter Mai "
                                                        "zweitausendfünfundzwanzig",
    "der 3. Stock, am 1. jeden Monats": "der dritte Stock, am ersten jeden Monats",
    "Notiert: 45647, die 50000 Leute, eingegeben am 15.": "Notiert: vier fünf sechs, vier sieben, die fünfzigtausend "
                                                          "Leute, eingegeben am fünfzehnten.",
    "Ich habe 3. Danach 1 Minute und 1 Tag.": "Ich habe drei. Danach eine Minute und ein Tag.",
    "3,75 % Zins, 10%, 100–1000 Franken": "drei Komma sieben fünf Prozent Zins, zehn Prozent, einhundert bis "
                                          "eintausend Franken",
    "030 23125-001": "null drei null, zwei drei eins, zwei fünf, null null eins",
    "+49 30 23125 001": "plus, vier neun, drei null, zwei drei eins, zwei fünf, null null eins",
    "DE50 0000 0000 0123 4567 89": "D E, fünf null, null null null null, null null null null, null eins zwei drei, "
                                   "vier fünf sechs sieben, acht neun",
    "4242 4242 4242 4242": "vier zwei vier zwei, vier zwei vier zwei, vier zwei vier zwei, vier zwei vier zwei",
    "Ticket 48213, IT-4711, A4, 3x": "Ticket vier acht zwei, eins drei, I T vier sieben eins eins, A vier, drei x",
    "z. B. per SMS, ca. 10 GB": "zum Beispiel per S M S, circa zehn Gigabyte",
    "seit 2019 haben 1.250 Leute 007 gesehen": "seit zweitausendneunzehn haben eintausendzweihundertfünfzig Leute "
                                               "null null sieben gesehen",
    "-5 Grad, x²": "minus fünf Grad, x zwei",
    "a.b_c@example.com": "a Punkt b Unterstrich c ät example Punkt com",
    "am 31.13.2025": "am einunddreißig Komma eins drei. zweitausendfünfundzwanzig",
}
ENGLISH = {
    "CHF 1'250.50 or £12.05 and $1": "one thousand two hundred and fifty francs fifty or twelve pounds five and one "
                                     "dollar",
    "0.50 EUR, GBP 0.01, 1,250 dollars": "fifty cents, one penny, one thousand two hundred and fifty dollars",
    "CHF 1.5 million": "one point five million francs",
    "at 14:05, 14:00, 9:30 am": "at fourteen oh five, fourteen o'clock, nine thirty am",
    "on 17 May 2025": "on the seventeenth of May twenty twenty-five",
    "May 3rd, the 3rd of May": "the third of May, the third of May",
    "on May 12, 2026 or 2025-09-01": "on the twelfth of May twenty twenty-six or the first of September twenty "
                                     "twenty-five",
    "the 21st call": "the twenty-first call",
    "3.75% and 1,2 and 3": "three point seven five percent and one, two and three",
    "100–1000, 2-3 days, a 15-minute wait": "one hundred to one thousand, two to three days, a fifteen-minute wait",
    "1,250,000 people in 2019": "one million two hundred and fifty thousand people in twenty nineteen",
    "number 12345, TK-48213": "number one two three, four five, T K four eight two, one three",
    "+44 7700 900123": "plus, four four, seven seven zero zero, nine zero zero, one two three",
    "e.g. the IT team, 10 km": "for example the I T team, ten kilometres",
    "1234567890123": "one two three, four five six, seven eight nine, zero one two, three",
}


@pytest.mark.parametrize(("written", "said"), GERMAN.items())
def test_german(written, said):
    assert spoken(written, "de") == said


@pytest.mark.parametrize(("written", "said"), ENGLISH.items())
def test_english(written, said):
    assert spoken(written, "en") == said


def test_a_region_speaks_its_language_and_others_are_counted():
    assert spoken("CHF 3", "de-CH") == "drei Franken"
    assert spoken("17 maggio", "it") == "diciassette maggio"
    assert spoken("5 x", "xx") == "five x"


def test_what_has_no_numbers_stays():
    text = "Guten Tag, mein Name ist Monika Müller – was kann ich für Sie tun? „Ja“, sagt er …"
    assert spoken(text, DE) == text


shapes = st.from_regex(r"[A-Z€£$.,:;'’+%/()@ \w–-]{0,40}", fullmatch=True)
figures = st.from_regex(r"(CHF |\+|€|IT-|am )?[0-9]{1,4}([.,:/’' –-][0-9]{1,4}){0,4}( ?%| Uhr|\.| Franken| Mai|th)?",
                        fullmatch=True)


@given(st.one_of(st.text(max_size=60), shapes, figures, st.lists(figures, max_size=3).map(" und ".join)),
       st.sampled_from([DE, EN, "it", "xx"]))
def test_no_digits_are_left(text, locale):
    said = spoken(text, locale)
    assert [sign for sign in said if sign.isdigit()] == []
    assert spoken(said, locale) == said or not any(sign.isdigit() for sign in spoken(said, locale))


@given(st.integers(0, 10**12), st.sampled_from([0, 5, 10, 50, 99]), st.sampled_from([DE, EN]))
def test_amounts_differ_when_said_differently(francs, cents, locale):
    """Two amounts never sound the same."""
    one, other = (spoken(f"CHF {francs + more}.{cents:02d}", locale) for more in (0, 1))
    assert one != other
    assert spoken(f"CHF {francs}.{cents:02d}", locale) != spoken(f"CHF {francs}.{(cents + 1) % 100:02d}", locale)
