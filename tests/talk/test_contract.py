"""What is not true in a dialogue is found; what can be mended is mended locally, the rest is quarantined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.failures import Quarantined
from compiler.talk.contract import interruptions, problems, repair, settled
from compiler.talk.contract_numbers import nobodys, personal
from compiler.talk.dialogue import Dialogue, Hold, Silence, Transfer, Turn, Wait, parse_items
from tests.talk.calls import DE, EN, call, text_call

GOOD = """\
[wait 90.5s]
Agent: Good morning, my name is Monika Müller, how can I help you today?
[interrupts]
Customer: Well, I sent money to my landlord last week and it has not arrived, I already told Mister Meier.
Agent: Let me look up the transfer for you, one moment.
[silence 4.1s]
Agent: I cannot see where it is stuck, so I will put you on hold while I ask.
[hold 45.5s]
Agent: Thank you for waiting, my colleague Peter Keller will take this on, I will connect you.
[transfer Peter Keller]
Agent: Keller here, I have read what Monika wrote and I am passing this on to my supervisor.
[interrupts]
Customer: And the fee of twelve francs, I want that back as well, please.
[silence 4.1s]
Agent: To sum up: the transfer is open, the fee is noted, and my supervisor will write to you.
Customer: Then I will call again in the next few days.
Agent: Please do, have a good day and goodbye.
"""


def dialogue(text: str, locale: str = "en") -> Dialogue:
    return Dialogue({}, parse_items(text.splitlines(), (DE, EN)), locale)


def test_a_true_dialogue_has_no_problem_and_needs_no_repair():
    good = dialogue(GOOD)
    assert problems(good, call(), EN) == ()
    assert repair(good, call(), EN) == (good, ())


@pytest.mark.parametrize(("old", "new", "problem"), [
    ("[wait 90.5s]\n", "", "the dialogue does not begin with its only [wait]"),
    ("[wait 90.5s]", "[wait 90.51s]", "AWT is 90.5 s, [wait] says 90.51 s"),
    ("[hold 45.5s]", "[hold 45s]", "Hold_time is 45.5 s, the [hold] tags add up to 45 s"),
    ("[hold 45.5s]", "[hold 43.5s]\nAgent: So.\n[hold 2s]", "a [hold] is shorter than 3 s"),
    ("[silence 4.1s]", "[silence 4s]", "Silence_total_seconds is 8.2 s, the [silence] tags add up to 8 s"),
    ("and goodbye.\n", "and goodbye.\n[silence 1s]\n", "a [silence] does not lie between two turns"),
    ("[transfer Peter Keller]\n", "", "Transfers_count is 1, the dialogue has 0"),
    ("[interrupts]\nCustomer: And", "Customer: And", "Interruptions_count is 2, the dialogue has 1"),
    ("Customer: Then I", "Customer: to sum up the transfer is OPEN, the fee is noted, and my supervisor will write to "
     "you!\nCustomer: Then I",
     "a line is said twice: to sum up the transfer is OPEN, the fee is noted, and my sup"),
    ("Good morning, my name is Monika Müller, how can I help you today?", "Yes?",
     "Greeting is passed, but nothing in the dialogue shows it"),
    ("To sum up: the", "The", "Summary is passed, but nothing in the dialogue shows it"),
    (", have a good day and goodbye", "", "Farewell is passed, but nothing in the dialogue shows it"),
    ("Let me look up", "I am so sorry, let me look up",
     "Empathy is failed, but the agent says: I am so sorry, let me look up the transfer for you, one moment."),
    ("I sent money", "I, +41 79 123 45 67, sent money", "this could belong to somebody: +41 79 123 45 67"),
    ("I sent money", "I, DE50 0000 0000 0123 4567 89, sent money",
     "pii_disclosure_flag is false, but this is said: DE50 0000 0000 0123 4567 89"),
])
def test_each_untruth_is_found(old, new, problem):
    assert old in GOOD
    assert problem in problems(dialogue(GOOD.replace(old, new)), call(), EN)


def test_failed_checks_must_not_show():
    failed = call({"compliance_flags": {"Greeting": "fail", "Empathy": "pass", "Summary": "fail", "Farewell": "fail"}})
    found = problems(dialogue(GOOD), failed, EN)
    assert [problem.split(",")[0] for problem in found] == [
        "Greeting is failed", "Empathy is passed", "Summary is failed", "Farewell is failed"]


def test_a_locale_does_not_judge_another_language():
    assert problems(dialogue(GOOD.replace("To sum up: the", "The"), "it"), call({"language": "it"}), EN) == ()


def test_personal_data_must_be_there_when_it_is_said_to_be():
    assert problems(dialogue(GOOD), call({"pii_disclosure_flag": True}), EN) == (
        "pii_disclosure_flag is true, but nobody says a number or an address",)
    said = dialogue(GOOD.replace("I sent money", "I, 4242 4242 4242 4242, sent money"))
    assert problems(said, call({"pii_disclosure_flag": True}), EN) == ()


def test_text_calls_have_no_sounds():
    found = problems(dialogue(GOOD), text_call(), EN)
    assert "Hold_time is 0 s, the [hold] tags add up to 45.5 s" in found
    assert "Interruptions_count is 0, the dialogue has 2" in found
    mended, notes = repair(dialogue(GOOD), text_call(), EN)
    assert problems(mended, text_call(), EN) == ()
    assert notes == ("hold, silence and interruptions were taken out: this call is by text",)


# ------------------------------------------------------------------------------------------------ repair

BARE = "\n".join(line for line in GOOD.splitlines() if not line.startswith("["))


def test_a_dialogue_without_tags_gets_them_where_they_belong():
    mended, notes = settled(dialogue(BARE), call(), EN)
    items = mended.items
    hold = next(place for place, item in enumerate(items) if isinstance(item, Hold))
    assert items[hold - 1].text.startswith("I cannot see")
    assert next(place for place, item in enumerate(items) if isinstance(item, Transfer)) > hold
    assert Transfer("Peter Keller") in items and items[0] == Wait(9050)
    assert sum(item.centiseconds for item in items if isinstance(item, Silence)) == 820
    assert notes == (
        "[wait] was set to 90.5 s", "a [transfer] was put in", "[interrupts] was marked anew: 2",
        "[hold] added up to 0 s and now does to 45.5 s", "[silence] added up to 0 s and now does to 8.2 s")
    assert settled(dialogue(BARE), call(), EN)[0] == mended, "the same call is mended in the same way"


def test_what_is_said_is_kept():
    mended, _ = repair(dialogue(BARE), call(), EN)
    assert [item.text for item in mended.items if isinstance(item, Turn)] == [
        item.text for item in dialogue(BARE).items if isinstance(item, Turn)]


def test_silences_give_way_to_interruptions():
    crowded = dialogue("\n[silence 1s]\n".join(line for line in BARE.splitlines()))
    mended, _ = settled(crowded, call(), EN)
    assert sum(isinstance(item, Turn) and item.interrupts for item in mended.items) == 2


def test_tags_are_scaled_in_place():
    text = GOOD.replace("[hold 45.5s]", "[hold 10s]\nAgent: I am still asking.\n[hold 1s]")
    mended, notes = repair(dialogue(text), call(), EN)
    assert [item.centiseconds for item in mended.items if isinstance(item, Hold)] == [300 + 3590, 300 + 360]
    assert notes == ("[hold] added up to 11 s and now does to 45.5 s",)


def test_longer_silences_take_more_places():
    long = call({"Silence_total_seconds": 40.0})
    mended, _ = repair(dialogue(GOOD), long, EN)
    assert sum(isinstance(item, Silence) for item in mended.items) > 2
    assert sum(item.centiseconds for item in mended.items if isinstance(item, Silence)) == 4000


@pytest.mark.parametrize(("record", "reason"), [
    ({"Hold_time": 2.0}, "Hold_time is 2 s: a hold is 0 or at least 3 s"),
    ({"Silence_total_seconds": 0.4}, "Silence_total_seconds is 0.4 s: a silence is 0 or at least 1 s"),
    ({"Interruptions_count": 9}, "Interruptions_count is 9, but the dialogue has places for only 6"),
    ({"Transfers_count": 9}, "Transfers_count is 9, but the dialogue has room for only 6"),
])
def test_what_has_no_room_is_quarantined(record, reason):
    with pytest.raises(Quarantined) as caught:
        repair(dialogue(GOOD), call(record), EN)
    assert str(caught.value) == reason


def test_a_dialogue_without_turns_is_quarantined():
    with pytest.raises(Quarantined, match=r"^Transfers_count is 1, but the dialogue has room for only 0$"):
        repair(Dialogue({}, (), "en"), call(), EN)
    with pytest.raises(Quarantined, match=r"^Hold_time is 45\.5 s, but the dialogue has no place for a pause$"):
        repair(Dialogue({}, (), "en"), call({"Transfers_count": 0, "Interruptions_count": 0}), EN)


def test_all_reasons_stand_in_the_quarantine():
    with pytest.raises(Quarantined) as caught:
        settled(dialogue(BARE.replace("To sum up: the", "The").replace("have a good day and goodbye", "so")),
                call(), EN)
    assert str(caught.value) == ("Summary is passed, but nothing in the dialogue shows it; "
                                 "Farewell is passed, but nothing in the dialogue shows it")


lines = st.lists(st.tuples(st.sampled_from(["agent", "customer"]), st.integers(1, 12)), min_size=1, max_size=14)
tags = st.lists(st.tuples(st.integers(0, 20), st.one_of(
    st.integers(1, 9999).map(Hold), st.integers(1, 9999).map(Silence), st.just(Transfer("X")), st.just(Wait(5)))),
    max_size=8)
figures = st.fixed_dictionaries({
    "Hold_time": st.one_of(st.just(0.0), st.integers(300, 20_000).map(lambda c: c / 100)),
    "Silence_total_seconds": st.one_of(st.just(0.0), st.integers(100, 6_000).map(lambda c: c / 100)),
    "Transfers_count": st.integers(0, 3), "Interruptions_count": st.integers(0, 4),
    "AWT": st.integers(0, 60_000).map(lambda c: c / 100), "channel": st.sampled_from(["voice", "text"])})


@given(lines, tags, figures)
def test_after_repair_every_figure_is_exact_or_the_call_is_quarantined(said, extra, record):
    items = [Turn(speaker, " ".join(f"w{n}x{k}" for k in range(size)), interrupts=n % 3 == 0)
             for n, (speaker, size) in enumerate(said)]
    for place, tag in extra:
        items.insert(min(place, len(items)), tag)
    if record["channel"] == "text":
        record = {**record, "Hold_time": 0.0, "Silence_total_seconds": 0.0, "Interruptions_count": 0}
    flat = call({**record, "compliance_flags": {}})
    try:
        mended, _ = repair(Dialogue({}, tuple(items), "en"), flat)
    except Quarantined:
        return
    assert [found for found in problems(mended, flat, EN) if not found.endswith("says nothing")] == []
    assert repair(mended, flat) == (mended, ()), "mending twice changes nothing"
    assert [turn.text for turn in mended.items if isinstance(turn, Turn)] == [
        turn.text for turn in items if isinstance(turn, Turn)]


def test_interruptions_go_where_the_turn_before_is_longest():
    cut = "I have to stop you there for a second, {}"  # long enough to go on for a second after the overlap
    items = parse_items(["Agent: one two three four five", f"Customer: {cut.format(1)}",
                         "Agent: one two three four five six", f"Customer: {cut.format(2)}", "Agent: short",
                         f"Customer: {cut.format(3)}", "Agent: I a m v e r y l o n g h e r e",
                         "Customer: too short for it"], (EN,))
    assert [item.text for item in interruptions(items, 1, 5) if item.interrupts] == [cut.format(2)]
    assert interruptions(items, 0, 5) == items


# ------------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize(("text", "found"), [
    ("on 2025-09-01 at 14:30, CHF 1'250.50 or 1.250,50 Euro or 12,500,000 francs", ()),
    ("ticket IT-4711 and 123456 and 24.12.2025", ()),
    ("IBAN DE89 3704 0044 0532 0130 00, please", ("DE89 3704 0044 0532 0130 00",)),
    ("card 4242 4242 4242 4242.", ("4242 4242 4242 4242",)),
    ("call 030 23125-001 or (044) 668 18 00", ("030 23125-001", "(044) 668 18 00")),
    ("account 12345678", ("12345678",)),
    ("mail to a.b@example.com.", ("a.b@example.com",)),
])
def test_personal_numbers_are_found(text, found):
    assert personal(text) == found


@pytest.mark.parametrize(("number", "nobody"), [
    ("+49 30 23125 001", True), ("030 23125-001", True), ("+49 30 23126 001", False), ("0049 30 23125 001", True),
    ("+1 415 555 0123", True), ("+1 415 555 0200", False), ("+44 7700 900123", True), ("+41 44 668 18 00", False),
    ("+41 012 345 678", True), ("DE50 0000 0000 0123 4567 89", True), ("DE89 3704 0044 0532 0130 00", False),
    ("4242 4242 4242 4242", True), ("4242 4242 4242 4241", False), ("a@example.com", True), ("a@example.ch", False),
    ("x@mail.example.org", True), ("x@shop.test", True), ("x@gmail.com", False), ("12345678", False),
])
def test_numbers_of_nobody(number, nobody):
    assert nobodys(number) is nobody


def test_the_calls_own_number_was_drawn_from_a_safe_range():
    assert nobodys("+41 44 668 18 00", own="+41446681800")
