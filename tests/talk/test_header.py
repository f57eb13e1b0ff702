"""The header of a call: its entries in order, typed for timelines, in words for texts."""

from __future__ import annotations

import pytest

from compiler.talk import header
from compiler.talk.header import Entry
from tests.talk.calls import DE, EN, VOICE_ONLY, call, text_call

LABELS = {"intent": {"Transfer": "Money transfer"}, "agent_name": {"Monika_Mueller": "Monika Müller"},
          "amount_bucket": {"under_100": "<100"}, "NPS_score": {"9": "9"},
          "scenario": {"Transfer_status": "Transfer status"}, "team": {"Team_A": "Team A"}}


def test_the_order_is_the_contracts():
    found = [entry.key for entry in header.entries(call(), "embedded", LABELS)]
    assert found == list(header.ORDER)
    assert found[:6] == ["generator_path", "language", "channel", "date", "weekday", "time_of_day_bucket"]
    assert found[-5:] == ["kb_article_used", "language_switch", "pii_disclosure_flag", "script_adherence", "ANI"]


def test_text_calls_lack_what_cannot_be_heard():
    found = {entry.key for entry in header.entries(text_call(), "llm", LABELS)}
    assert set(header.ORDER) - found == set(VOICE_ONLY)


def test_the_timeline_gets_typed_values_and_the_specs_labels():
    typed = header.typed(header.entries(call(), "llm", LABELS))
    assert {key: typed[key] for key in (
        "generator_path", "intent", "agent_name", "time_of_day_bucket", "amount_bucket", "automation_action_type",
        "AWT", "Transfers_count", "FCR", "Greeting", "Empathy", "ANI", "date", "scenario",
    )} == {
        "generator_path": "llm", "intent": "Money transfer", "agent_name": "Monika Müller",
        "time_of_day_bucket": "Morning", "amount_bucket": "<100", "automation_action_type": None, "AWT": 90.5,
        "Transfers_count": 1, "FCR": False, "Greeting": "pass", "Empathy": "fail", "ANI": "+493023125001",
        "date": "2025-09-01", "scenario": "Transfer status",
    }
    assert header.typed(header.entries(call(), "llm", LABELS), DE)["intent"] == "Überweisung"


@pytest.mark.parametrize(("entry", "german", "english"), [
    (Entry("FCR", True), "Ja", "Yes"), (Entry("AWT", 90.0), "90.0", "90.0"), (Entry("product", None), "keine", "none"),
    (Entry("intent", "Transfer", "Money transfer"), "Überweisung", "Money transfer"),
    (Entry("Greeting", "fail", "fail"), "nicht bestanden", "fail"),
    (Entry("weekday", "Mon", "Mon"), "Montag", "Monday"),
])
def test_values_in_words(entry, german, english):
    assert (header.shown(entry, DE), header.shown(entry, EN)) == (german, english)


@pytest.mark.parametrize("entry", header.entries(call(), "llm", LABELS))
@pytest.mark.parametrize("locale", [DE, EN])
def test_each_line_is_read_back(entry, locale):
    line = locale.label(entry.key), header.shown(entry, locale)
    assert header.read(*line, (EN, DE), LABELS) == (entry.key, entry.value)


def test_a_list_is_no_header_value():
    with pytest.raises(TypeError, match="intent is not a simple value"):
        header.entries(call({"intent": ["a", "b"]}), "llm", {})
