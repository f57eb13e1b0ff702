"""What the form of a call holds, for our own files and for the old system's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler.failures import WorldError
from compiler.targets._delivery.form import content_key, make_form, view
from compiler.targets._delivery.settings import Settings
from tests.sa.conftest import HEADER, RECORD, document, place

STEM = "Joerg_Mueller_20250901081530_493023125017"
HERE = Settings(url="https://sa.example.com/up?key=secret", project_id="bank", pipeline_id="17", storage_backend_id="3",
                time_zone="Europe/Berlin", teams={"Team_A": "Team A – Cards"})


def data_of(folder: Path, content: dict[str, Any], stem: str = STEM, wav: bytes | None = b"x",
            settings: Settings = HERE) -> dict[str, Any]:
    item = place(folder, stem, content=content, wav=wav)
    return json.loads(dict(make_form(stem, item.timeline, item.audio, settings).fields)["data"])


def test_the_whole_data_of_our_own_call(tmp_path: Path) -> None:
    assert data_of(tmp_path, document()) == {
        "session_id": STEM,
        "start_date": "2025-09-01T06:15:30Z",
        "ani": "+493023125017",
        "direction": "in",
        "disconnect_reason": "normal",
        "segments.call_center_attributes.operator": "Joerg_Mueller",
        "segments.call_center_attributes.operator_name": "Jörg Müller",
        "segments.call_center_attributes.group": "Team_A",
        "segments.call_center_attributes.group_name": "Team A – Cards",
        "original_filename": STEM + ".wav",
        "channel": "voice",
        "custom.generator_path": "embedded",
        "custom.language": "Deutsch",
        "custom.channel": "voice",
        "custom.date": "2025-09-01",
        "custom.agent_name": "Jörg Müller",
        "custom.AWT": 90.0,
        "custom.Transfers_count": 1,
        "custom.FCR": True,
        "custom.NPS_score": 7,
        "custom.Silence_ratio": 8.5,
        "custom.product": "2024",
        "custom.Greeting": "pass",
        "custom.ANI": "+493023125017",
    }


def test_types_inside_data_stay_what_they_are(tmp_path: Path) -> None:
    item = place(tmp_path, STEM)
    text = dict(make_form(STEM, item.timeline, item.audio, HERE).fields)["data"]
    assert '"custom.AWT": 90.0,' in text
    assert '"custom.NPS_score": 7,' in text
    assert '"custom.FCR": true,' in text
    assert '"custom.product": "2024"' in text  # our own texts are texts, whatever they look like
    assert "Jörg Müller" in text  # UTF-8, not \\u escapes


def test_a_file_of_the_old_system(tmp_path: Path) -> None:
    header = {"language": "Deutsch", "channel": "voice", "agent_name": "Nina Weber", "AWT": "92.5", "NPS_score": "7",
              "sentiment_score": "-0.31", "FCR": "Ja", "date": "20250922", "ANI": "4989123456", "customer_id": "0815",
              "callId": "77", "amount_bucket": "<100", "zip": "01234", "tags": ["a"], "nested": {"a": 1},
              "huge": "12345678901234567890", "comma": "12,5"}
    content = {"C1": {"cid": "1", "metadata": {"smoothed": [], **header}}, "C2": {}}
    data = data_of(tmp_path, content, "Nina_Weber_20250922032528_4989123456")
    custom = {key.removeprefix("custom."): value for key, value in data.items() if key.startswith("custom.")}
    assert custom == {"language": "Deutsch", "channel": "voice", "agent_name": "Nina Weber", "AWT": 92.5,
                      "NPS_score": 7, "sentiment_score": -0.31, "FCR": "Ja", "date": "20250922", "ANI": "4989123456",
                      "customer_id": "0815", "callId": "77", "amount_bucket": "<100", "zip": "01234",
                      "huge": "12345678901234567890", "comma": "12,5"}
    assert (type(custom["NPS_score"]), type(custom["AWT"])) == (int, float)
    assert data["start_date"] == "2025-09-22T01:25:28Z"
    assert data["ani"] == "4989123456"
    assert data["segments.call_center_attributes.operator"] == "Nina Weber"
    assert "segments.call_center_attributes.group" not in data


@pytest.mark.parametrize(("zone", "start", "assumed"), [
    (None, {}, True), ("Europe/Berlin", {}, False), (None, {"start": "2025-09-01T08:15:30.000+02:00"}, False)])
def test_a_time_zone_that_is_assumed_is_known_to_be(tmp_path: Path, zone: str | None, start: dict[str, str],
                                                    assumed: bool) -> None:
    item = place(tmp_path, STEM, content={"C1": {"call": {"channel": "voice", **start}}})
    form = make_form(STEM, item.timeline, item.audio, replace(HERE, time_zone=zone))
    assert form.zone_assumed == assumed
    utc = "2025-09-01T08:15:30Z" if assumed else "2025-09-01T06:15:30Z"
    assert json.loads(dict(form.fields)["data"])["start_date"] == utc


def test_a_bare_file_lives_on_its_name(tmp_path: Path) -> None:
    data = data_of(tmp_path, {"C1": {}}, "Nina_Weber_20250922032528_4989123456")
    assert data["segments.call_center_attributes.operator"] == "Nina_Weber"
    assert data["segments.call_center_attributes.operator_name"] == "Nina Weber"
    assert (data["ani"], data["channel"]) == ("4989123456", "voice")


@pytest.mark.parametrize(("start", "utc"), [
    ("2025-01-15T08:00:00", "2025-01-15T07:00:00Z"),  # winter
    ("2025-07-15T08:00:00.250", "2025-07-15T06:00:00Z"),  # summer
    ("2025-10-26T02:30:00", "2025-10-26T00:30:00Z"),  # twice that night: the first
    ("2025-07-15T08:00:00+05:00", "2025-07-15T03:00:00Z"),  # its own offset wins
    ("2025-01-01T00:30:00", "2024-12-31T23:30:00Z"),
])
def test_start_in_utc(tmp_path: Path, start: str, utc: str) -> None:
    assert data_of(tmp_path, document({**RECORD, "start": start}))["start_date"] == utc


def test_start_from_the_name_when_the_record_has_none(tmp_path: Path) -> None:
    record = {key: value for key, value in RECORD.items() if key != "start"}
    assert data_of(tmp_path, document(record))["start_date"] == "2025-09-01T06:15:30Z"


def test_direction_and_disconnect_reason_of_the_record(tmp_path: Path) -> None:
    record = {**RECORD, "direction": "out", "disconnect_reason": "customer_hangup"}
    data = data_of(tmp_path, document(record))
    assert (data["direction"], data["disconnect_reason"]) == ("out", "customer_hangup")


def test_a_text_call_has_no_audio(tmp_path: Path) -> None:
    content = document({**RECORD, "channel": "text"}, {**HEADER, "channel": "text"})
    item = place(tmp_path, STEM, content=content, wav=None)
    form = make_form(STEM, item.timeline, None, HERE)
    data = json.loads(dict(form.fields)["data"])
    assert (data["channel"], data["original_filename"]) == ("text", STEM + ".wav.json")
    assert "audio" not in json.loads(view(form, HERE, tmp_path))["files"]


def test_the_view_is_relative_without_secrets_and_always_the_same(tmp_path: Path) -> None:
    item = place(tmp_path / "audio", STEM)
    form = make_form(STEM, item.timeline, item.audio, HERE)
    text = view(form, HERE, tmp_path / "sa")
    shown = json.loads(text)
    assert list(shown) == ["url", "fields", "files"]
    assert shown["url"] == "https://sa.example.com/up?…"
    assert shown["files"] == {"stt_data": f"../audio/{STEM}.wav.json", "audio": f"../audio/{STEM}.wav"}
    assert list(shown["fields"]) == ["storageBackendId", "pipelineId", "data", "indexName", "channelMap"]
    assert (shown["fields"]["indexName"], shown["fields"]["channelMap"]) == ("bank", "[]")
    assert b"secret" not in text and str(tmp_path).encode() not in text
    assert text == view(make_form(STEM, item.timeline, item.audio, HERE), HERE, tmp_path / "sa")


def test_the_content_key_sees_fields_timeline_and_audio(tmp_path: Path) -> None:
    def key(settings: Settings = HERE, **change: Any) -> str:
        item = place(tmp_path, STEM, **change)
        return content_key(make_form(STEM, item.timeline, item.audio, settings))

    assert key() == key()
    other = Settings(**{"url": HERE.url, "project_id": "bank", "pipeline_id": "18", "time_zone": "Europe/Berlin"})
    assert len({key(), key(other), key(wav=b"other"), key(content=document(header={**HEADER, "AWT": 91.0}))}) == 4


@pytest.mark.parametrize(("text", "message"), [
    ("{", "{name} is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ('{"C1": {"AWT": NaN}}', "{name} is no JSON: NaN is no JSON number"),
    ("[1]", "{name} has no object C1: it is no timeline of a call"),
    ('{"C1": {"AWT": 1e999}}', "{name} holds a value that cannot be sent: Out of range float values are not JSON"
                               " compliant"),
    ('{"C1": {"x": "\\ud800"}}', "{name} holds a value that cannot be sent: 'utf-8' codec can't encode character"
                                 " '\\ud800' in position"),
    ('{"C1": {"call": {"start": "soon"}}}', "C1.call.start is no time: soon"),
    ('{"C1": {"date": "2025-09-02"}}', "two dates: the file's name says 2025-09-01, its record says 2025-09-02"),
])
def test_a_broken_timeline(tmp_path: Path, text: str, message: str) -> None:
    item = place(tmp_path, STEM)
    item.timeline.write_text(text, encoding="utf-8")
    with pytest.raises(WorldError) as failure:
        make_form(STEM, item.timeline, item.audio, HERE)
    assert str(failure.value).startswith(message.replace("{name}", item.timeline.name))


@pytest.mark.parametrize(("stem", "message"), [
    ("recording-1", "no start time: there is no C1.call.start, and the file's name is not Agent_YYYYMMDDHHMMSS_ANI"),
    ("Nina_00010101000000_49", "the start time 0001-01-01T00:00:00+00:53:28 is out of range"),
    ("Nina_20251399000000_49", "the file's name holds no time: 20251399000000"),
])
def test_a_name_that_tells_no_time(tmp_path: Path, stem: str, message: str) -> None:
    with pytest.raises(WorldError) as failure:
        data_of(tmp_path, {"C1": {}}, stem)
    assert str(failure.value) == message


def test_a_voice_call_without_audio(tmp_path: Path) -> None:
    item = place(tmp_path, STEM, wav=None)
    with pytest.raises(WorldError, match=f"^a voice call without its audio: {STEM}.wav is not there$"):
        make_form(STEM, item.timeline, None, HERE)
