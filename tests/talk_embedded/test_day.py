"""What goes on that day is spoken of where it touches the reason for the call; signs of listening; being cut off."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from compiler.plan.call import Happening
from compiler.talk.dialogue import Turn
from tests.talk_embedded.calls import call, write

OUTAGE = Happening("outage", "incident", "Outage", "")
STORM = Happening("storm", "incident", "Storm over the lines", "")
NUMBERS = range(60)
WORD = {"en": re.compile("outage|is down"), "de": re.compile("Ausfall|ausgefallen")}


def turns(made, tag):
    return [item for item in write(made, tag).items if isinstance(item, Turn)]


def acts(said):
    return {act for turn in said for act in turn.act.split("+")}


@pytest.mark.parametrize("tag", ["en", "de"])
def test_the_customer_asks_about_the_outage_where_it_touches_the_reason(tag):
    asked = 0
    for number in NUMBERS:
        made = replace(call(number, intent="Online_Banking", intents=["Online_Banking"]), happening=(OUTAGE,))
        said = turns(made, tag)
        if "ask_day" in acts(said):
            asked += 1
            assert WORD[tag].search("\n".join(turn.text for turn in said if turn.speaker == "customer"))
            looked_up = any("check_known_outage" in scene.must for scene in made.scenes)
            assert ("answer_day" in acts(said)) != looked_up
    assert 0.4 * len(NUMBERS) < asked < 0.8 * len(NUMBERS)


@pytest.mark.parametrize("tag", ["en", "de"])
def test_nobody_speaks_of_it_on_other_days_or_with_other_reasons(tag):
    for number in NUMBERS:
        mortgage = replace(call(number, intent="Mortgage", intents=["Mortgage"]), happening=(OUTAGE,))
        quiet = replace(call(number, intent="Online_Banking", intents=["Online_Banking"]), happening=())
        assert not {"ask_day", "answer_day"} & (acts(turns(mortgage, tag)) | acts(turns(quiet, tag)))


def test_the_agent_names_an_incident_that_no_phrase_book_knows():
    named = 0
    for number in NUMBERS:
        said = turns(replace(call(number), happening=(STORM,)), "en")
        told = [turn.text for turn in said if turn.speaker == "agent" and "answer_day" in turn.act.split("+")]
        assert not told or "Storm over the lines" in " ".join(told)
        named += bool(told)
    assert 0.2 * len(NUMBERS) < named < 0.6 * len(NUMBERS)


@pytest.mark.parametrize("tag", ["en", "de"])
def test_a_sign_of_listening_leaves_nobody_with_two_turns_side_by_side(tag):
    heard = 0
    for number in NUMBERS:
        items = write(call(number), tag).items
        for before, item in pairwise(items):
            assert not (isinstance(before, Turn) and isinstance(item, Turn) and before.speaker == item.speaker), item
            heard += isinstance(item, Turn) and item.backchannel
    assert heard > len(NUMBERS) / 2


@pytest.mark.parametrize("tag", ["en", "de"])
def test_nothing_is_free_of_charge_where_a_price_is_named(tag):
    asked = re.compile("cost me anything|charged for this|kostet mich das jetzt etwas|in Rechnung gestellt")
    for number in NUMBERS:
        made = call(number, scenario="Fee_dispute", Interruptions_count=3, customer_segment="Standard")
        scenes = (replace(made.scenes[0], must=("greet", "explain_fee")), *made.scenes[1:])
        for turn in turns(replace(made, scenes=scenes), tag):
            assert not (turn.interrupts and asked.search(turn.text)), turn.text
