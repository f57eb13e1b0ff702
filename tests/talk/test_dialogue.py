"""The dialogue's text form: written, read back, and refused with file and line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.failures import WorldError
from compiler.talk import header
from compiler.talk.dialogue import Dialogue, Hold, Silence, Transfer, Turn, Wait, parse, parse_items, render
from compiler.talk.header import Entry
from tests.talk.calls import DE, EN

LOCALES = (DE, EN)

LABELS = {"intent": {"Card_Block": "Card Block", "Transfer": "Transfer"}, "agent_name": {"Monika_Mueller": "Monika M"},
          "escalation": {"None": "None", "Supervisor": "Supervisor"}}
ENTRIES = (
    Entry("generator_path", "embedded"), Entry("language", "de", "German"), Entry("channel", "voice", "voice"),
    Entry("date", "2025-09-01"), Entry("agent_name", "Monika_Mueller", "Monika M"),
    Entry("intent", "Card_Block", "Card Block"), Entry("AWT", 90.5), Entry("Transfers_count", 1), Entry("FCR", True),
    Entry("repeat_call_within_72h", False), Entry("escalation", "None", "None"), Entry("amount_bucket", None),
    Entry("sentiment_score", -0.25), Entry("Greeting", "pass", "pass"), Entry("Farewell", "fail", "fail"),
    Entry("ANI", "+493023125001"),
)

words = st.text(st.characters(codec="utf-8", exclude_characters="[]", exclude_categories=("C", "Z")), min_size=1)
texts = st.lists(words, min_size=1, max_size=6).map(" ".join)
lengths = st.integers(1, 100_000)
turns = st.tuples(st.sampled_from(["agent", "customer"]), texts, st.sampled_from(["", "interrupts", "backchannel"]))
others = st.one_of(lengths.map(Hold), lengths.map(Silence), st.builds(Transfer, st.one_of(st.just(""), texts)))


@st.composite
def dialogues(draw) -> Dialogue:
    items: list = [Wait(draw(st.integers(0, 50_000)))]
    for entry in draw(st.lists(st.one_of(turns, others), max_size=12)):
        last = items[-1]
        if isinstance(entry, tuple):
            speaker, text, mark = entry
            free = isinstance(last, Turn) and last.speaker != speaker
            entry = Turn(speaker, text, interrupts=free and mark == "interrupts",
                         backchannel=free and mark == "backchannel")
        items.append(entry)
    items.append(Turn("agent", draw(texts)))
    return Dialogue(header.canonical(ENTRIES), tuple(items), "de")


@given(dialogues(), st.sampled_from(LOCALES))
def test_what_is_written_is_read_back(dialogue, locale):
    assert parse(render(dialogue, ENTRIES, locale), LOCALES, labels=LABELS) == dialogue


def test_the_text_form():
    dialogue = Dialogue({}, (Wait(9050), Turn("agent", "Guten Tag."), Turn("customer", "Also …", interrupts=True),
                             Turn("agent", "mhm", backchannel=True), Hold(1200), Transfer("Team B"), Silence(305)),
                        "de")
    assert render(dialogue, ENTRIES, DE) == """\
Erzeugt durch: embedded
Sprache: Deutsch
Kanal: Telefon
Datum: 2025-09-01
Name des Agenten: Monika M
Anliegen: Kartensperrung
Wartezeit: 90.5
Weiterleitungen: 1
Beim ersten Anruf gelöst: Ja
Erneuter Anruf binnen 72 h: Nein
Eskalation: Keine
Betrag: keine
Stimmung: -0.25
Begrüßung: bestanden
Verabschiedung: nicht bestanden
Rufnummer: +493023125001

---- DIALOGUE ----
[wait 90.5s]
Agent: Guten Tag.
[interrupts]
Customer: Also …
[backchannel]
Agent: mhm
[hold 12s]
[transfer Team B]
[silence 3.05s]
"""


def test_a_dialogue_of_another_writer_is_read():
    text = """\ufeffgenerator_path: llm\r
language: Deutsch\r
intent: Karten-Sperrung\r
Hold_time: 12,5\r
FCR: Ja\r
escalation: Keine\r
amount_bucket: Keine\r
Greeting: Ja\r
Farewell: Nein\r
own_field: 7\r
ANI: 493023125001\r
\r
---- DIALOGUE ----\r
[wait 1m30s]\r
Agentin: Guten Tag. [Hold: 12,5 s] So, da bin ich wieder.\r
[silence 2m]\r
[interrupts] Kundin: Danke. [silence 3]\r
"""
    dialogue = parse(text.replace("[silence 2m]\r\n", ""), LOCALES)
    assert dialogue.locale == "de"
    assert dialogue.header == {
        "generator_path": "llm", "language": "de", "intent": "Karten-Sperrung", "Hold_time": 12.5, "FCR": True,
        "escalation": "None", "amount_bucket": None, "Greeting": "pass", "Farewell": "fail", "own_field": 7,
        "ANI": "493023125001",
    }
    assert dialogue.items == (
        Wait(9000), Turn("agent", "Guten Tag."), Hold(1250), Turn("agent", "So, da bin ich wieder."),
        Turn("customer", "Danke.", interrupts=True), Silence(300),
    )


HEAD = "language: English\n\n---- DIALOGUE ----\n"


@pytest.mark.parametrize(("text", "message"), [
    ("Agent: Hello.\n", "a.txt:2: there is no line `---- DIALOGUE ----` between header and dialogue"),
    ("\n---- DIALOGUE ----\nAgent: Hello.\n",
     "a.txt:1: there is no header above `---- DIALOGUE ----` (lines `label: value`)"),
    ("language English\n---- DIALOGUE ----\nAgent: Hello.\n",
     "a.txt:1: a header line is `label: value`, not `language English`"),
    (HEAD + "[wait 3s]\n", "a.txt:3: the dialogue is empty: nobody says anything below this line"),
    (HEAD + "Agent: Hello. [laughs]\n",
     "a.txt:4: there is no tag [laughs]; there is: wait, hold, silence, transfer, interrupts, backchannel"),
    (HEAD + "Agent: Hello.\nwho is there?\n",
     "a.txt:5: this line has no speaker: `who is there?`; write one of these words and a colon before it: Adviser, "
     "Advisor, Agent, Agentin, Anrufer, Anruferin, Berater, Beraterin, Caller, Client, Customer, Kunde, Kundin, "
     "Mitarbeiter, Mitarbeiterin, Operator, Representative"),
    (HEAD + "Agent: Hello. [hold]\n",
     "a.txt:4: [hold] needs a length of at most a day, such as [hold 12s] or [hold 1m30s]"),
    (HEAD + "Agent: Hello. [silence 99999999999h]\n",
     "a.txt:4: [silence] needs a length of at most a day, such as [silence 12s] or [silence 1m30s]"),
    (HEAD + "[interrupts]\nAgent: Hello.\n",
     "a.txt:4: [interrupts] needs a turn of the other speaker directly before it"),
    (HEAD + "Agent: Hello. [interrupts] And more.\n",
     "a.txt:4: [interrupts] needs a turn of the other speaker directly before it"),
    (HEAD + "Agent: Hello.\n[interrupts]\n", "a.txt:5: [interrupts] stands before no turn"),
])
def test_errors_name_file_and_line(text, message):
    with pytest.raises(WorldError) as caught:
        parse(text, LOCALES, "a.txt")
    assert str(caught.value) == message


def test_lenient_reading_keeps_what_is_said():
    rows = ["Agent: Hello. [smiles] How are you? [hold]", "[interrupts]"]
    assert parse_items(rows, LOCALES, strict=False) == (
        Turn("agent", "Hello."), Turn("agent", "How are you?"), Hold(300))


def test_the_locale_without_a_language_is_found_by_the_speakers():
    assert parse("channel: voice\n---- DIALOGUE ----\nKunde: Hallo?\n", LOCALES).locale == "de"
    assert parse("channel: voice\n---- DIALOGUE ----\nCaller: Hello?\n", LOCALES).locale == "en"
    assert parse("language: Italienisch\n---- DIALOGUE ----\nCliente: Pronto\n".replace("Cliente", "Customer"),
                 LOCALES).locale == "it"
