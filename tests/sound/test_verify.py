"""`verify` passes what is true and says what is off: tampered sound, tampered labels, files that are not there."""

from __future__ import annotations

import json
import wave

import numpy as np
import pytest

from compiler.failures import UsageError
from compiler.sound import measure, mix, verify, wavjson
from compiler.sound.audio import RATE
from compiler.sound.timeline import lay_out
from compiler.talk.dialogue import Hold, Silence, Transfer
from tests.sound.sounds import MUSIC, line, noise

PARTS = (line("agent", 300), line("customer", 250), line("agent", 200), Silence(250), line("agent", 150),
         Hold(600), line("agent", 180), line("customer", 260, interrupts=True), Transfer("Team"), line("agent", 300),
         line("customer", 220), line("agent", 120))  # fmt: skip


@pytest.fixture
def pair(tmp_path):
    """A recording whose labels are true."""
    timeline = lay_out(PARTS, 11)
    wav, document = tmp_path / "call.wav", tmp_path / "call.wav.json"
    mix.mix(timeline, MUSIC, 11, wav)
    found = measure.measure(measure.listen(wav))
    labels = {"Hold_time": 6.0, "Silence_total_seconds": 2.5, "Silence_ratio": 9.0, "Interruptions_count": 1,
              "Transfers_count": 1, "agent_name": "Monika Müller"}  # fmt: skip
    document.write_text(wavjson.text(wavjson.of_recording(labels, labels, timeline, found)), encoding="utf-8")
    return wav, document


def tamper(wav, change):
    with wave.open(str(wav)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).copy()
    sound = change(sound)
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(2)
        file.setframerate(RATE)
        file.setsampwidth(2)
        file.writeframes(np.ascontiguousarray(sound).tobytes())


def off(pair) -> set[str]:
    return {check.label for check in verify.verify_pair(*pair).checks if not check.ok}


def segments(pair, channel="C1"):
    return json.loads(pair[1].read_text())[channel]["metadata"]["smoothed"]


def at(seconds: float) -> int:
    return round(seconds * RATE)


def test_a_true_recording_passes(pair):
    verdict = verify.verify_pair(*pair)
    assert verdict.ok and verdict.stem == "call"
    assert {"Hold_time", "Silence_total_seconds", "Silence_ratio", "Interruptions_count", "Transfers_count",
            "left channel", "duration"} <= {check.label for check in verdict.checks}  # fmt: skip


def test_the_hold_s_last_second_silenced(pair):
    end = next(at(s["end"]) for s in segments(pair) if s["stype"] == "music")

    def change(sound):
        sound[end - RATE : end, 0] = noise(100, -62)
        return sound

    tamper(pair[0], change)
    assert {"Hold_time", "music segments", "Silence_total_seconds", "ends of segments"} <= off(pair)


def test_channels_swapped(pair):
    tamper(pair[0], lambda sound: sound[:, ::-1])
    assert {"left channel", "Hold_time", "sound within segments"} <= off(pair)


def test_an_overlap_added(pair):
    """The customer's last turn begins half a second earlier, over the agent."""
    segment = segments(pair, "C2")[-1]
    start, end = at(segment["start"]), at(segment["end"])

    def change(sound):
        sound[start - 16000 : end - 16000, 1] = sound[start:end, 1].copy()
        return sound

    tamper(pair[0], change)
    assert {"Interruptions_count", "interruptions in segments", "sound within segments"} <= off(pair)


def test_a_silence_shortened(pair):
    """Half a second is taken out, of the sound only."""
    end = next(at(b["start"]) for a, b in zip(segments(pair), segments(pair)[1:], strict=False)
               if 2.49 < b["start"] - a["end"] < 2.51)  # fmt: skip
    tamper(pair[0], lambda sound: np.concatenate([sound[: end - 8000], sound[end:]]))
    assert {"Silence_total_seconds", "duration", "sound within segments"} <= off(pair)


def test_a_silence_filled_with_speech(pair):
    start = next(at(a["end"]) for a, b in zip(segments(pair), segments(pair)[1:], strict=False)
                 if 2.49 < b["start"] - a["end"] < 2.51)  # fmt: skip

    def change(sound):
        sound[start + 8000 : start + 24000, 1] = noise(100, -22)
        return sound

    tamper(pair[0], change)
    assert {"Silence_total_seconds", "sound within segments"} <= off(pair)


@pytest.mark.parametrize(
    ("label", "value"),
    [("Hold_time", 6.03), ("Silence_total_seconds", 2.4), ("Silence_ratio", 8.0), ("Interruptions_count", 0),
     ("Transfers_count", 2)],
)  # fmt: skip
def test_a_label_changed(pair, label, value):
    document = json.loads(pair[1].read_text())
    document["C1"]["call"][label] = value
    pair[1].write_text(json.dumps(document))
    assert off(pair) == {label, "header as record"}


def test_a_header_that_says_something_else(pair):
    document = json.loads(pair[1].read_text())
    document["C1"]["Hold_time"] = 5.0
    pair[1].write_text(json.dumps(document))
    assert off(pair) == {"header as record"}


def test_a_label_that_is_gone(pair):
    document = json.loads(pair[1].read_text())
    document["C1"]["call"]["call_id"] = "x"
    for place in (document["C1"], document["C1"]["call"]):
        place.pop("Hold_time", None)
    pair[1].write_text(json.dumps(document))
    assert "header as record" in off(pair)


def test_labels_of_the_header_count_where_there_is_no_record(pair):
    document = json.loads(pair[1].read_text())
    document["C1"]["call"] = {}
    document["C1"]["Hold_time"] = 9.0
    pair[1].write_text(json.dumps(document))
    assert off(pair) == {"Hold_time"}


def test_another_duration_and_a_segment_beyond_the_end(pair):
    document = json.loads(pair[1].read_text())
    document["C1"]["metadata"]["duration"] += 1
    document["C1"]["metadata"]["smoothed"][-1]["end"] += 9
    pair[1].write_text(json.dumps(document))
    assert {"duration", "segments inside"} <= off(pair)


def message(pair) -> str:
    (check,) = verify.verify_pair(*pair).checks
    assert not check.ok
    return str(check.measured)


def test_files_that_are_missing_or_broken(pair):
    wav, document = pair
    whole = wav.read_bytes()
    wav.write_bytes(whole[: len(whole) // 2])
    assert message(pair).startswith(f"{wav} is truncated: ")
    wav.unlink()
    assert message(pair) == f"there is no sound file {wav}"
    document.write_text('{"C1": {"cid": "1"}}')
    assert message(pair) == f"{document} has no segments of channels C1 and C2 ('metadata' is not as it should be)"
    document.write_text("[1, 2]")
    assert message(pair).startswith(f"{document} has no segments of channels C1 and C2")
    document.write_text("{")
    assert message(pair).startswith(f"{document} is no JSON: ")
    document.write_bytes(b"\xff\xfe{}")
    assert message(pair).startswith(f"{document} is no JSON: ")
    document.unlink()
    assert message(pair) == f"there is no {document}"


def test_text_calls_have_no_sound(tmp_path):
    about = {"smoothed": [], "estimated": True}
    document = tmp_path / "text.wav.json"
    document.write_text(json.dumps({"C1": {"cid": "1", "metadata": about}, "C2": {"cid": "2", "metadata": about}}))
    assert verify.verify_pair(tmp_path / "text.wav", document).ok
    (tmp_path / "text.wav").write_bytes(b"x")
    assert not verify.verify_pair(tmp_path / "text.wav", document).ok


def test_a_folder(pair, tmp_path):
    code, table = verify.run([tmp_path])
    assert code == 0 and table.endswith("1 call measured; all labels are true\n")
    tamper(pair[0], lambda sound: sound[:, ::-1])
    code, table = verify.run([tmp_path])
    assert code == 1 and "call: left channel: said the agent, heard the customer\n" in table
    assert table.endswith("1 call measured; 1 with labels that are off\n")
    code, text = verify.run([pair[0]], 1, "json")
    report = json.loads(text)
    assert code == 1 and report["ok"] is False and report["calls"][0]["stem"] == "call"


def test_jobs_make_no_difference(pair, tmp_path):
    for n in range(5):
        for file in pair:
            (tmp_path / file.name.replace("call", f"copy{n}")).write_bytes(file.read_bytes())
    assert verify.run([tmp_path], 2, "json") == verify.run([tmp_path], 1, "json")


def test_nothing_to_measure(tmp_path):
    with pytest.raises(UsageError) as caught:
        verify.run([tmp_path])
    assert str(caught.value) == f"there is no .wav or .wav.json in {tmp_path}"
    with pytest.raises(UsageError) as caught:
        verify.run([tmp_path / "nowhere"])
    assert str(caught.value) == f"there is no file or folder {tmp_path / 'nowhere'}"
