"""Thousands of synthetic calls: every label of the record is in the dialogue, and nothing that it denies."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from compiler.plan.call import Call, Happening
from compiler.talk.contract import problems
from compiler.talk.dialogue import Dialogue, Hold, Silence, Transfer, Turn, Wait
from compiler.talk.writers._embedded_book import load as load_book
from compiler.talk.writers._embedded_facts import Facts
from compiler.talk.writers._embedded_values import values
from tests.talk_embedded.calls import call, locale, write

COUNT = 400
WORLDS = [(tag, channel) for tag in ("en", "de") for channel in ("voice", "text")]
worlds = pytest.mark.parametrize(("tag", "channel"), WORLDS)
ENGLISH = re.compile(r"\b(the|you|English|that|German is fine|like to)\b")
GERMAN = re.compile(r"\b(das|Sie|Ihnen|Deutsch|Englisch geht|gern)\b")


@cache
def written(tag: str, channel: str) -> tuple[tuple[Call, Dialogue], ...]:
    made = [call(number, channel) for number in range(COUNT)]
    return tuple((one, write(one, tag)) for one in made)


def turns(dialogue: Dialogue) -> list[Turn]:
    return [item for item in dialogue.items if isinstance(item, Turn)]


def acts(dialogue: Dialogue) -> set[str]:
    return {act for turn in turns(dialogue) for act in turn.act.split("+")}


def text(dialogue: Dialogue, speaker: str = "") -> str:
    return "\n".join(turn.text for turn in turns(dialogue) if not speaker or turn.speaker == speaker)


@worlds
def test_the_contract_finds_nothing(tag, channel):
    for made, dialogue in written(tag, channel):
        assert problems(dialogue, made, locale(tag)) == (), made.call_id


@worlds
def test_no_amount_is_named_where_the_record_has_none(tag, channel):
    """What the call's own acts are about, a fee or the balance, is another matter."""
    money = re.compile(r"(?:CHF|EUR|USD) ?([\d.,'’]+\d|\d)")
    named = set()
    for made, dialogue in written(tag, channel):
        own = values(Facts(made), load_book(locale(tag)), locale(tag))
        allowed = {money.search(own[slot])[1] for slot in ("fee", "balance")}
        others = {found[1] for found in money.finditer(text(dialogue))} - allowed
        assert made.record["amount_bucket"] is not None or not others, (made.call_id, others)
        named |= {made.record["amount_bucket"]} if others else set()
    assert named == {"under_100", "to_1000", "to_5000", "over_5000"}


@worlds
def test_no_line_is_said_twice_not_even_a_backchannel(tag, channel):
    for made, dialogue in written(tag, channel):
        lines = [turn.text.lower() for turn in turns(dialogue)]
        assert len(lines) == len(set(lines)), made.call_id


@worlds
def test_totals_are_exact_and_pieces_long_enough(tag, channel):
    for made, dialogue in written(tag, channel):
        for kind, label, least in ((Hold, "Hold_time", 300), (Silence, "Silence_total_seconds", 100)):
            pieces = [item.centiseconds for item in dialogue.items if isinstance(item, kind)]
            assert sum(pieces) == round(float(made.record.get(label) or 0) * 100)
            assert all(piece >= least for piece in pieces) and len(pieces) <= 4
        waits = [item for item in dialogue.items if isinstance(item, Wait)]
        assert waits == [dialogue.items[0]] and waits[0].centiseconds == round(made.record["AWT"] * 100)


@worlds
def test_transfers_are_announced_and_taken_over(tag, channel):
    for made, dialogue in written(tag, channel):
        places = [at for at, item in enumerate(dialogue.items) if isinstance(item, Transfer)]
        assert [dialogue.items[at].to for at in places] == [one.label for one in made.colleagues]
        for at, colleague in zip(places, made.colleagues, strict=True):
            after = dialogue.items[at + 1]
            assert isinstance(after, Turn) and "greet_again" in after.act and colleague.label in after.text
            before = [item for item in dialogue.items[:at] if isinstance(item, Turn) and item.speaker == "agent"]
            assert "announce_transfer" in before[-1].act and colleague.label in before[-1].text


@pytest.mark.parametrize("tag", ["en", "de"])
def test_holds_are_announced_and_thanked_for(tag):
    for _, dialogue in written(tag, "voice"):
        for at, item in enumerate(dialogue.items):
            if isinstance(item, Hold):
                before = [one for one in dialogue.items[:at] if isinstance(one, Turn) and one.speaker == "agent"]
                assert "announce_hold" in before[-1].act
                assert "thank_for_waiting" in dialogue.items[at + 1].act
        said = sum(turn.act.split("+").count("thank_for_waiting") for turn in turns(dialogue))
        assert said == sum(isinstance(item, Hold) for item in dialogue.items)


@pytest.mark.parametrize("tag", ["en", "de"])
def test_interruptions_break_into_long_turns_and_go_on(tag):
    for made, dialogue in written(tag, "voice"):
        places = [at for at, item in enumerate(dialogue.items) if isinstance(item, Turn) and item.interrupts]
        assert len(places) == made.record["Interruptions_count"]
        for at in places:
            before, now = dialogue.items[at - 1], dialogue.items[at]
            assert isinstance(before, Turn) and before.speaker != now.speaker and not before.backchannel
            assert len(re.findall(r"\w+", before.text)) >= 12, before.text
            assert len(re.findall(r"\w+", now.text)) >= 8, now.text


@pytest.mark.parametrize("tag", ["en", "de"])
def test_messages_have_no_sounds(tag):
    for _, dialogue in written(tag, "text"):
        assert not any(isinstance(item, (Hold, Silence)) for item in dialogue.items)
        assert not any(turn.interrupts or turn.backchannel for turn in turns(dialogue))
        assert "hold the line" not in text(dialogue) and "am Apparat" not in text(dialogue)


FLAGS = {  # act -> when it must be there; everywhere else it must not
    "greet": lambda r, c: r["compliance_flags"]["Greeting"] == "pass",
    "open_bare": lambda r, c: r["compliance_flags"]["Greeting"] == "fail",
    "show_empathy": lambda r, c: r["compliance_flags"]["Empathy"] == "pass",
    "no_empathy": lambda r, c: r["compliance_flags"]["Empathy"] == "fail",
    "summarise": lambda r, c: r["compliance_flags"]["Summary"] == "pass",
    "skip_summary": lambda r, c: r["compliance_flags"]["Summary"] == "fail",
    "farewell": lambda r, c: r["compliance_flags"]["Farewell"] == "pass",
    "end_abruptly": lambda r, c: r["compliance_flags"]["Farewell"] == "fail",
    "confirm_solved": lambda r, c: r["FCR"],
    "resolve": lambda r, c: r["FCR"],
    "not_resolved": lambda r, c: not r["FCR"],
    "escalate": lambda r, c: r["escalation"] != "None",
    "next_step": lambda r, c: not r["FCR"] and r["escalation"] == "None",
    "will_call_again": lambda r, c: r["repeat_call_within_72h"],
    "mention_earlier": lambda r, c: c.earlier is not None,
    "complain_wait": lambda r, c: r["complaint_category"] == "WaitTime",
    "complain": lambda r, c: r["complaint_category"] in ("Fees", "TechnicalIssue"),
    "mention_premium": lambda r, c: r["customer_segment"] == "Premium",
    "read_article": lambda r, c: r["kb_article_used"],
    "automation": lambda r, c: r["automation_action_present"],
    "self_service": lambda r, c: r["self_service_potential"] == "High",
    "switch_language": lambda r, c: r["language_switch"],
    "disclose_pii": lambda r, c: r["pii_disclosure_flag"],
    "add_intent": lambda r, c: len(r["intents"]) > 1,
    "stray": lambda r, c: r["script_adherence"] < 80,
}


@worlds
@pytest.mark.parametrize("act", FLAGS)
def test_an_act_is_there_exactly_when_its_label_says_so(tag, channel, act):
    seen = set()
    for made, dialogue in written(tag, channel):
        wanted = bool(FLAGS[act](made.record, made))
        assert (act in acts(dialogue)) == wanted, (made.call_id, text(dialogue))
        seen.add(wanted)
    assert seen == {True, False}


ESCALATED = {"en": {"IT_Ticket": "IT", "Backoffice": "back office", "Supervisor": "supervisor"},
             "de": {"IT_Ticket": "IT", "Backoffice": "Backoffice", "Supervisor": "Teamleitung"}}
DEVICES = {"en": {"iOS": "iPhone", "Android": "Android", "Desktop": "computer"},
           "de": {"iOS": "iPhone", "Android": "Android", "Desktop": "Computer"}}
PRODUCTS = {"en": {"eBanking": "online banking", "Card": "card", "Transfer": "transfer", "Loan": "loan",
                   "Mortgage": "mortgage"},
            "de": {"eBanking": "online-banking", "Card": "karte", "Transfer": "überweisung", "Loan": "kredit",
                   "Mortgage": "hypothek"}}


@worlds
def test_names_are_named(tag, channel):
    for made, dialogue in written(tag, channel):
        record, said = made.record, text(dialogue)
        assert DEVICES[tag][record["device_type"]] in said
        assert PRODUCTS[tag][record["product"]] in said.lower()
        for name, words in ESCALATED[tag].items():
            part = "\n".join(turn.text for turn in turns(dialogue)
                             if {"escalate", "offer_ticket"} & set(turn.act.split("+")))
            if record["escalation"] == name:
                assert words in part
        if record["compliance_flags"]["Greeting"] == "pass":
            assert made.agent.label in turns(dialogue)[0].text and "MusterBank" in turns(dialogue)[0].text
        if made.earlier:
            assert made.earlier.agent_label in text(dialogue, "customer")


@worlds
def test_the_amount_lies_in_its_bucket(tag, channel):
    bounds = {"under_100": (0, 100), "to_1000": (100, 1000), "to_5000": (1000, 5000), "over_5000": (5000, 10**9)}
    found = 0
    for made, dialogue in written(tag, channel):
        if made.record["amount_bucket"] is None:
            continue
        low, high = bounds[made.record["amount_bucket"]]
        group, point = ((",", "."), (".", ","))[tag == "de"]
        amounts = [float(one.replace(group, "").replace(point, ".")) for one in
                   re.findall(rf"CHF (\d[\d{group}]*(?:\{point}\d\d)?)", text(dialogue))]
        assert any(low < one <= high for one in amounts), (made.call_id, amounts)
        found += 1
    assert found > 50


@worlds
def test_the_other_language_is_spoken_only_when_the_record_says_so(tag, channel):
    other = GERMAN if tag == "en" else ENGLISH
    for made, dialogue in written(tag, channel):
        assert bool(other.search(text(dialogue))) == made.record["language_switch"], made.call_id


@worlds
def test_turns_and_lengths_are_those_of_a_conversation(tag, channel):
    lengths, agent, customer = [], [], []
    for _, dialogue in written(tag, channel):
        said = [turn for turn in turns(dialogue) if not turn.backchannel]
        assert said[0].speaker == "agent" and said[-1].speaker == "customer"
        lengths.append(len(said))
        for turn in said:
            (agent if turn.speaker == "agent" else customer).append(len(turn.text.split()))
    lengths.sort()
    assert lengths[COUNT // 20] >= 18 and lengths[COUNT // 2] <= 34 and lengths[-1] <= 60
    assert sum(agent) / len(agent) > 1.3 * sum(customer) / len(customer)


@worlds
def test_nothing_reads_like_an_identifier(tag, channel):
    for _, dialogue in written(tag, channel):
        assert not re.search(r"\w_\w|[{}|]|\b(FCR|NPS|AWT)\b|  | [,.;:!?]|[,.;:]{2}", text(dialogue)), text(dialogue)
        assert all(turn.text[-1] in ".!?…–'" for turn in turns(dialogue)), text(dialogue)


@pytest.mark.parametrize(("tag", "denied", "known"), [
    ("en", r"no outage|no disturbance|systems are all green|services are running|see no outage",
     r"there's an outage|there is a known outage|list of disturbances|current disturbances"),
    ("de", r"keine Störung|auf Grün|Störung ist nicht|alle Dienste laufen|Störung sehe ich nicht",
     r"es gibt eine (bekannte )?Störung|da ist eine Störung|Liste der Störungen|aktuellen Störungen"),
])
def test_an_outage_is_known_when_there_is_one_and_only_then(tag, denied, known):
    outage = (Happening("outage", "incident", "Outage", ""),)
    found = {True: 0, False: 0}
    for made in (call(number, "voice") for number in range(COUNT)):
        if made.record["scenario"] != "Technical_difficulties":
            continue
        for going_on in (True, False):
            said = text(write(replace(made, happening=outage if going_on else ()), tag), "agent")
            assert not re.search(denied if going_on else known, said, re.IGNORECASE), said
            found[going_on] += bool(re.search(known if going_on else denied, said, re.IGNORECASE))
    assert found[True] > 0
    assert found[False] > 0
