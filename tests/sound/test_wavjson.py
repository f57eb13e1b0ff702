"""The .wav.json document: its keys, channels and times."""

from __future__ import annotations

import json

from compiler.sound import wavjson
from compiler.sound.audio import Measured, Word
from compiler.sound.clips import Clip
from compiler.sound.parts import Line
from compiler.sound.timeline import lay_out
from compiler.talk.dialogue import Dialogue, Hold, Transfer, Turn
from tests.sound.sounds import burst, line

FOUND = Measured(12.0, 3.5, 0.0, 7.123456, 0)


def test_the_form():
    parts = [line("agent", 150), Hold(350), line("customer", 120)]
    timeline = lay_out(parts, 3)
    entries = {"agent_name": "Jörg Weiß", "FCR": False, "NPS_score": 7, "Silence_ratio": 3.0}
    document = wavjson.of_recording(entries, {"FCR": False, "Silence_ratio": 3.0}, timeline, FOUND)
    assert list(document) == ["C1", "C2"]
    assert {"cid", "metadata", "call", *entries} == set(document["C1"]) and set(document["C2"]) == {"cid", "metadata"}
    assert document["C1"]["Silence_ratio"] == document["C1"]["call"]["Silence_ratio"] == 7.12
    assert document["C1"]["FCR"] is False and document["C1"]["NPS_score"] == 7
    first, music = document["C1"]["metadata"]["smoothed"]
    assert set(first) == {"start", "end", "cid", "text", "denormalized", "stype"}
    assert music["text"] == music["denormalized"] == "hold music" and music["stype"] == "music"
    assert "Jörg Weiß" in wavjson.text(document)
    assert json.loads(wavjson.text(document)) == document


def test_a_call_without_the_label_gets_none():
    timeline = lay_out([line("agent", 150), line("customer", 120)], 3)
    document = wavjson.of_recording({"FCR": True}, {}, timeline, FOUND)
    assert "Silence_ratio" not in document["C1"] and document["C1"]["call"] == {}


def test_words_are_in_seconds_of_the_recording():
    clip = Clip(burst(150).samples, (Word("hello", 0.1, 0.5, False),))
    timeline = lay_out([Line(Turn("agent", "hello"), clip, "hello", "female")], 3)
    (segment,) = wavjson.of_recording({}, {}, timeline, FOUND)["C1"]["metadata"]["smoothed"]
    assert segment["words"] == [
        {"text": "hello", "start": round(segment["start"] + 0.1, 3), "end": round(segment["start"] + 0.5, 3),
         "estimated": False}
    ]  # fmt: skip


def test_a_text_call():
    items = (Turn("customer", "Hello, 2 cards."), Transfer("IT"), Turn("agent", "Good day.", act="greet"))
    genders = {"agent": "female", "customer": "male"}
    said = ["Hello, two cards.", "Good day."]
    document = wavjson.of_text(Dialogue({}, items, "en"), said, genders, {"FCR": True}, {"channel": "text"})
    (customer,), (agent,) = (document[c]["metadata"]["smoothed"] for c in ("C2", "C1"))
    assert [customer[k] for k in ("text", "denormalized", "stype")] == ["Hello, two cards.", "Hello, 2 cards.", "male"]
    assert (agent["stype"], agent["act"]) == ("female", "greet") and customer["end"] < agent["start"]
    about = document["C1"]["metadata"]
    assert about["estimated"] is True and customer["end"] < about["transfers"][0] < about["duration"]
