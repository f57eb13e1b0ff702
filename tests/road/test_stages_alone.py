"""write, synth and upload by themselves, also on files that are not ours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.road.conftest import Compile

FOREIGN = """Sprache: Deutsch
channel: voice
agent_name: Max Muster
Hold_time: 70.83
Interruptions_count: 1

---- DIALOGUE ----
[wait 12s]
Agent: Guten Tag, MusterBank, mein Name ist Max Muster. Was kann ich für Sie tun?
Kunde: Guten Tag, ich habe am 3. September 1'250.50 Franken überwiesen, und bis heute ist kein Rappen angekommen.
Agent: Entschuldigung, darf ich gleich fragen, an wen die Überweisung gehen sollte?
Kunde: An die Gärtnerei.
Agent: Einen Moment bitte, ich schaue nach. [silence 3s] Bleiben Sie kurz dran. [hold 12s] Danke fürs Warten.
Kunde: Gut.
Agent: Auf Wiederhören.
"""


def test_write_makes_the_dialogues_of_a_build_again(small_build: Path, tmp_path: Path, compile: Compile) -> None:
    result = compile("write", small_build, "--limit", 3, "--out", "texts")
    assert result.code == 0, result.text
    for path in (tmp_path / "texts").glob("*.txt"):
        planned = small_build / "dialogues" / path.name
        if planned.exists():
            assert path.read_text(encoding="utf-8") == planned.read_text(encoding="utf-8")
    again = compile("write", small_build, "--limit", 3, "--out", "texts")
    assert again.code == 0
    assert "stands already and is kept" in again.err


def test_write_follows_records_that_have_no_spec(small_build: Path, tmp_path: Path, compile: Compile) -> None:
    records = sorted(small_build.glob("plan/2*/*.json"))[:2]
    (tmp_path / "records").mkdir()
    for path in records:
        shutil.copy(path, tmp_path / "records")
    result = compile("write", "records")
    assert result.code == 0, result.text
    assert len(list((tmp_path / "records/dialogues").glob("*.txt"))) == 2


def test_write_says_what_a_record_lacks(tmp_path: Path, compile: Compile) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records/a.json").write_text('{"call_id": "x", "date": "2025-09-01"}', encoding="utf-8")
    (tmp_path / "records/b.json").write_text("{", encoding="utf-8")
    result = compile("write", "records")
    assert result.code == 1
    assert "a.json: a call record needs agent_name, channel, language, intent, ANI (texts)" in result.err
    assert "b.json: not a call record in JSON" in result.err


def test_synth_reads_a_foreign_dialogue_and_labels_what_is_heard(tmp_path: Path, compile: Compile) -> None:
    (tmp_path / "Max_20250903101500_41440000000.txt").write_text(FOREIGN, encoding="utf-8")
    result = compile("synth", ".")
    assert result.code == 0, result.text
    assert "the header says Hold_time 70.83, the tags make 12: the label is set to that" in result.err
    document = json.loads((tmp_path / "Max_20250903101500_41440000000.wav.json").read_text(encoding="utf-8"))
    assert document["C1"]["Hold_time"] == 12
    assert compile("verify", ".").code == 0
    sent = compile("upload", ".", "--dry-run")
    assert sent.code == 0, sent.text
    form = json.loads((tmp_path / "sa/Max_20250903101500_41440000000.json").read_text(encoding="utf-8"))
    assert json.loads(form["fields"]["data"])["start_date"] == "2025-09-03T10:15:00Z"


def test_synth_says_what_is_wrong_with_a_text(tmp_path: Path, compile: Compile) -> None:
    (tmp_path / "a.txt").write_text("Hallo\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("language: de\n\n---- DIALOGUE ----\nGuten Tag\n", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"language: de\n\n---- DIALOGUE ----\nAgent: gr\xfc\xdfe\n")
    result = compile("synth", ".")
    assert result.code == 1
    assert "a.txt:2: there is no line `---- DIALOGUE ----` between header and dialogue" in result.err
    assert "b.txt:4: this line has no speaker: `Guten Tag`" in result.err
    assert "c.txt: not UTF-8 (byte 42); save the file as UTF-8" in result.err
    assert not list(tmp_path.glob("*.wav*"))
