"""Numbers that belong to nobody, and people who stay themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import phonenumbers
import pytest

from compiler.free_numbers import RANGES, capacity
from compiler.plan.failure import SpecFailure
from compiler.plan.frame import scope_of
from compiler.plan.numbers import country_of, is_free
from compiler.plan.people import people_of
from tests.plan.models import bank, is_, m, rises, shares, with_fields
from tests.plan.models import choice as choice_

MODEL = bank()


def people(model: m.Model):
    return people_of(model, scope_of(model))


@pytest.mark.parametrize(("name", "numbers"), [
    ("reserved DE", 5210), ("reserved UK", 17_000), ("reserved US", 600), ("reserved FR", 60_000),
    ("unassignable CH", 10**8), ("unassignable AT", 10**9), ("unassignable IT", 2 * 10**8),
    ("unassignable RU", 2 * 10**9),
])
def test_ranges_are_of_the_size_that_their_sources_say(name, numbers):
    assert capacity([name]) == numbers


@pytest.mark.parametrize("name", sorted(RANGES))
def test_numbers_look_like_numbers_and_unassignable_ones_are_nobodys(name):
    for prefix, width, first, last in RANGES[name]:
        for tail in {first, last}:
            text = f"+{prefix}{tail:0{width}d}" if width else f"+{prefix}"
            parsed = phonenumbers.parse(text)
            assert phonenumbers.is_possible_number(parsed), text
            assert is_free(text)
            if name.startswith("unassignable"):
                assert not phonenumbers.is_valid_number(parsed), text


@pytest.mark.parametrize(("number", "free"), [
    ("+493023125000", True), ("+493023125999", True), ("+493023126000", False), ("+4915228817386", True),
    ("+4915228817387", False), ("+41012345678", True), ("+41442345678", False), ("+12125550100", True),
    ("+12125550200", False), ("+447700900123", True)])
def test_the_edges_of_the_ranges(number, free):
    assert is_free(number) is free


def test_regions_tell_the_country():
    assert [country_of(r) for r in ("ZH", "DE_BY", "GB", "AT", "North")] == ["CH", "DE", "UK", "AT", None]


def test_numbers_differ_and_fit_the_region():
    drawn = people(MODEL)
    numbers = [drawn.ani(i) for i in range(3000)]
    assert len(set(numbers)) == 3000
    for i, number in enumerate(numbers):
        assert number.startswith("+49" if drawn.value(i, "region") == "DE_BY" else "+41")
        assert is_free(number, MODEL.customers.numbers)


def test_customers_keep_all_they_have_when_the_population_grows():
    small, large = people(MODEL), people(replace(MODEL, customers=replace(MODEL.customers, population=3600)))
    for i in range(3000):
        assert (small.ani(i), small.speaker(i)) == (large.ani(i), large.speaker(i))


def test_regions_without_a_range_of_their_own_go_round_the_others():
    numbers = replace(MODEL.customers, numbers=("reserved DE", "reserved UK"))
    drawn = people(replace(MODEL, customers=numbers))
    assert len({drawn.ani(i) for i in range(3000)}) == 3000


def test_without_a_country_numbers_come_from_all_ranges_that_are_wide_enough():
    model = replace(MODEL, fields=tuple(f for f in MODEL.fields if f.id != "region"))
    names = ("unassignable CH", "unassignable AT", "reserved DE")
    drawn = people(replace(model, customers=m.Customers(20_000, ("language",), names)))
    numbers = drawn.numbers(np.arange(20_000))
    assert len(set(numbers.tolist())) == 20_000
    assert all(is_free(f"+{number}", names) for number in numbers[:200].tolist())
    swiss = np.mean([str(number).startswith("41") for number in numbers.tolist()])
    assert swiss == pytest.approx(1 / 11, abs=0.01)
    large = people(replace(model, customers=m.Customers(30_000, ("language",), names)))
    assert (large.numbers(np.arange(20_000)) == numbers).all()


def test_what_a_few_customers_keep_is_what_they_keep_among_all():
    names = ("unassignable CH",)
    drawn = people(replace(MODEL, customers=replace(MODEL.customers, population=20_000, numbers=names)))
    some = np.array([19_999, 3, 3, 16_384, 12_000])
    few = (drawn.look_up(some), drawn.numbers(some), drawn.labels(some)[0])
    assert not drawn.store.filled
    for name, column in drawn.columns.items():
        assert few[0][0][name].tolist() == column[some].tolist()
    all_at_once = (drawn.look_up(some), drawn.numbers(some), drawn.labels(some)[0])
    assert drawn.store.filled
    assert repr(few) == repr(all_at_once)


@pytest.mark.parametrize(("numbers", "message"), [
    (("reserved DE",), "6000 customers need a number each, but reserved DE has only 5210"),
    (("reserved EN",), "I know no telephone numbers called `reserved EN`; did you mean `reserved DE`?"),
    (("premium",), "I know no telephone numbers called `premium`; there is: reserved DE, reserved FR"),
    ((), "`customers` needs `numbers:`, such as `numbers: \"reserved DE\"`"),
])
def test_wrong_numbers_are_refused(numbers, message):
    model = replace(MODEL, fields=tuple(f for f in MODEL.fields if f.id != "region"))
    with pytest.raises(SpecFailure) as failure:
        people(replace(model, customers=m.Customers(6000, ("language",), numbers)))
    assert str(failure.value).startswith(message)


def test_a_kept_field_may_not_read_the_call():
    language = choice_("language", shares(de=0.7, en=0.3), effects=(rises(0.1, is_("channel", "voice"), "de"),))
    with pytest.raises(SpecFailure) as failure:
        people(with_fields(MODEL, language))
    assert str(failure.value) == "language is kept per customer but reads the call's channel"


def test_voices_of_agents_are_not_given_to_customers():
    with pytest.raises(SpecFailure) as failure:
        people(replace(MODEL, customer_voices=m.CustomerVoices(("nova",), ("onyx", "alloy"))))
    assert str(failure.value) == (
        "no voice is left for the customers: every one of `customer voices` belongs to an agent; give the agents fewer "
        "different voices, or the customers others")


def test_both_genders_occur_and_the_voice_follows():
    speakers = [people(MODEL).speaker(i) for i in range(300)]
    assert {s.gender for s in speakers} == {"female", "male"}
    for speaker in speakers:
        assert speaker.voice in (("coral", "fable") if speaker.gender == "female" else ("ash", "echo"))
        assert 0.96 <= speaker.pitch <= 1.04
    only = people(replace(MODEL, customer_voices=m.CustomerVoices(("coral",), ())))
    assert {only.speaker(i).gender for i in range(50)} == {"female"}


def test_nobody_calls_without_a_population():
    with pytest.raises(SpecFailure, match=r"^`customers` needs a `population` of at least 1$"):
        people(replace(MODEL, customers=replace(MODEL.customers, population=0)))
