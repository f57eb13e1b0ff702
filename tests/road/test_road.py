"""The whole road on a few calls of MusterBank: what stands in the build, and that it is the same every time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import soundfile

from tests.road.conftest import ROOT, SPECS, Compile, contents, run

SMALL = ("--set", "volume.scale=3%")
MADE = ("plan", "prompts", "dialogues", "audio", "sa")


def test_every_stage_is_there(small_build: Path) -> None:
    manifest = json.loads((small_build / "manifest.json").read_text(encoding="utf-8"))
    records = sorted(small_build.glob("plan/2*/*.json"))
    assert len(records) == len(manifest["calls"])
    assert {p.name for p in (small_build / "plan/_meta").iterdir()} == {
        "effective.calls", "origins.json", "schema_call.json", "field_descriptions.json", "summary.json",
        "answers.json", "templates"}
    assert len(list(small_build.glob("prompts/*/*.md"))) == 5
    assert len(list(small_build.glob("dialogues/*.txt"))) == 5
    assert len(list(small_build.glob("audio/*.wav.json"))) == 5
    assert len([p for p in small_build.glob("sa/*.json")]) == 5
    voiced = [p for p in records if json.loads(p.read_text(encoding="utf-8"))["channel"] == "voice"]
    assert 0 < len(list(small_build.glob("audio/*.wav"))) <= len(voiced)


def test_wav_and_timeline_keep_the_contract(small_build: Path) -> None:
    for wav in small_build.glob("audio/*.wav"):
        info = soundfile.info(wav)
        assert (info.samplerate, info.channels, info.subtype) == (16_000, 2, "PCM_16")
        document = json.loads(Path(f"{wav}.json").read_text(encoding="utf-8"))
        assert set(document) == {"C1", "C2"}
        assert document["C1"]["cid"] == "1"
        first, metadata = document["C1"], document["C1"]["metadata"]
        record = first["call"]
        for name in ("Hold_time", "Silence_total_seconds", "Interruptions_count", "FCR", "AWT"):
            assert first[name] == record[name]
        music = [s for s in metadata["smoothed"] if s["stype"] == "music"]
        assert abs(sum(s["end"] - s["start"] for s in music) - record["Hold_time"]) < 0.001
        for segment in metadata["smoothed"] + document["C2"]["metadata"]["smoothed"]:
            assert {"start", "end", "cid", "text", "denormalized", "stype"} <= set(segment)
            assert not any(c.isdigit() for c in segment["text"])
            assert segment["stype"] in ("female", "male", "music")


def test_verify_passes_and_fails_on_a_tampered_recording(small_build: Path, tmp_path: Path) -> None:
    good = run("verify", small_build, folder=tmp_path)
    assert good.code == 0, good.text
    copy = tmp_path / "copy"
    shutil.copytree(small_build / "audio", copy)
    wav = sorted(copy.glob("*.wav"))[0]
    samples, rate = soundfile.read(wav, dtype="int16")
    soundfile.write(wav, samples[:, ::-1], rate, subtype="PCM_16")
    bad = run("verify", copy, "--message-format", "json", folder=tmp_path)
    assert bad.code == 1
    assert json.loads(bad.out)


def test_a_second_run_changes_no_byte_and_writes_nothing(small_build: Path, tmp_path: Path) -> None:
    shutil.copytree(small_build, tmp_path / "build")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "build").rglob("*") if p.is_file()}
    result = run(SPECS, "--target", "sa", *SMALL, "--limit", 5, folder=tmp_path)
    assert result.code == 0, result.text
    after = {p: p.stat().st_mtime_ns for p in (tmp_path / "build").rglob("*") if p.is_file()}
    changed = {str(p) for p in before | after if before.get(p) != after.get(p)}
    assert not {p for p in changed if not p.endswith((".lock", ".sqlite"))}


def no_simd() -> str:
    from numpy._core._multiarray_umath import __cpu_dispatch__

    return " ".join(__cpu_dispatch__)


def test_the_same_bytes_in_another_world(small_build: Path, tmp_path: Path) -> None:
    env = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "C",
           "NPY_DISABLE_CPU_FEATURES": no_simd()}
    result = run(SPECS, "--target", "sa", *SMALL, "--limit", 5, "--jobs", 1, folder=tmp_path, env=env)
    assert result.code == 0, result.text
    expected, got = contents(small_build, *MADE), contents(tmp_path / "build", *MADE)
    assert set(expected) == set(got)
    assert [name for name in expected if expected[name] != got[name]] == []


def test_another_seed_leaves_no_file_of_the_first(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "dialogues", *SMALL)
    first = contents(tmp_path / "build", "prompts", "dialogues")
    result = compile(SPECS, "--target", "dialogues", *SMALL, "--seed", 7)
    assert result.code == 0
    second = contents(tmp_path / "build", "prompts", "dialogues")
    assert not set(first) & set(second)
    manifest = json.loads((tmp_path / "build/manifest.json").read_text(encoding="utf-8"))
    assert len(list((tmp_path / "build").glob("dialogues/*.txt"))) == len(manifest["calls"])


def test_an_edited_dialogue_is_kept_used_and_said(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "dialogues", *SMALL, "--limit", 2)
    path = sorted((tmp_path / "build/dialogues").glob("*.txt"))[0]
    text = path.read_text(encoding="utf-8").rstrip("\n")
    speaker = "Agent"
    path.write_text(f"{text}\n{speaker}: Vermerkt ist vermerkt.\n", encoding="utf-8")
    result = compile(SPECS, "--target", "audio", *SMALL, "--limit", 2)
    assert result.code == 0, result.text
    assert "edited by hand" in result.err
    assert path.read_text(encoding="utf-8").endswith("Vermerkt ist vermerkt.\n")
    document = json.loads((tmp_path / f"build/audio/{path.stem}.wav.json").read_text(encoding="utf-8"))
    assert any("Vermerkt ist" in s["denormalized"] for s in document["C1"]["metadata"]["smoothed"])
    forced = compile(SPECS, "--target", "dialogues", *SMALL, "--limit", 2, "--force")
    assert forced.code == 0
    assert "Vermerkt ist" not in path.read_text(encoding="utf-8")


def test_order_comments_and_labels_change_no_call(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "plan", *SMALL)
    first = contents(tmp_path / "build", "plan/2025-09-01", "plan/2025-09-02")
    parts = [path for path in sorted(SPECS.glob("*.calls")) if path.name != "september.calls"]
    whole = "\n\n".join(path.read_text(encoding="utf-8") for path in parts)
    blocks = [b for b in whole.split("\n\n") if b.strip()]
    (tmp_path / "other").mkdir()
    tops: list[str] = []
    for block in blocks:  # a block that begins with an indented line belongs to the one before it
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if tops and lines and lines[0].startswith(" "):
            tops[-1] += "\n\n" + block
        else:
            tops.append(block)
    text = "# another order\n\n" + "\n\n".join(reversed(tops)) + "\n"
    text = text.replace('"Monika Müller"', '"Monika Mueller-Meier"')
    (tmp_path / "other/all.calls").write_text(text, encoding="utf-8")
    result = compile("other", "--target", "plan", *SMALL, "--out", "second")
    assert result.code == 0, result.text
    second = contents(tmp_path / "second", "plan/2025-09-01", "plan/2025-09-02")
    assert first == second


def test_an_unrelated_field_changes_no_other(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "plan", *SMALL)
    shutil.copytree(SPECS, tmp_path / "specs")
    with (tmp_path / "specs/kpis.calls").open("a", encoding="utf-8") as out:
        out.write("\nflag newsletter\n  starts at 12%\n")
    compile("specs", "--target", "plan", *SMALL, "--out", "second")
    for path in (tmp_path / "build/plan").glob("2*/*.json"):
        old = json.loads(path.read_text(encoding="utf-8"))
        new = json.loads((tmp_path / "second" / path.relative_to(tmp_path / "build")).read_text(encoding="utf-8"))
        assert new.pop("newsletter") in (True, False)
        assert new == old


def test_ctrl_c_stops_soon_and_leaves_whole_files_only(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "compiler", str(SPECS), "--target", "audio", "--jobs", "2"], cwd=tmp_path,
        stderr=subprocess.PIPE, text=True, start_new_session=True)
    for _ in range(600):
        if len(list(tmp_path.glob("build/audio/*.wav"))) >= 2 or process.poll() is not None:
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)  # far less than the recordings would take
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert not list(tmp_path.rglob("*.part"))
    for wav in tmp_path.glob("build/audio/*.wav"):
        info = soundfile.info(wav)
        assert info.frames > 16_000
    manifest = json.loads((tmp_path / "build/manifest.json").read_text(encoding="utf-8"))
    assert manifest["calls"]


def test_from_any_folder(tmp_path: Path, compile: Compile) -> None:
    relative = os.path.relpath(SPECS, tmp_path)
    result = compile(relative, "--target", "prompts", *SMALL, "--limit", 1)
    assert result.code == 0, result.text
    assert ROOT.exists()


def test_what_a_change_leaves_behind_is_said(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "dialogues", *SMALL)
    shutil.copytree(SPECS, tmp_path / "specs")
    people = tmp_path / "specs/people.calls"
    text = people.read_text(encoding="utf-8")
    assert "  AWT rises by 10s\n" in text
    people.write_text(text.replace("  AWT rises by 10s\n", "  AWT rises by 15s\n"), encoding="utf-8")
    result = compile("specs", "--target", "plan", *SMALL)
    assert result.code == 0, result.text
    assert "calls have changed, and what earlier runs made of them" in result.err
    after = compile("specs", "--target", "dialogues", *SMALL)
    assert "calls have changed" not in after.err


def edited(build: Path, change: Callable[[str], str]) -> Path:
    path = sorted((build / "dialogues").glob("*.txt"))[0]
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_an_edit_that_cannot_be_read_is_not_written_over(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "dialogues", *SMALL, "--limit", 2)
    path = edited(tmp_path / "build", lambda text: text.replace("---- DIALOGUE ----\n", ""))
    before = path.read_bytes()
    result = compile(SPECS, "--target", "audio", *SMALL, "--limit", 2)
    assert result.code == 1
    assert "there is no line `---- DIALOGUE ----` between header and dialogue" in result.err
    assert "1 of 2 calls failed" in result.err
    assert path.read_bytes() == before
    assert not (tmp_path / f"build/audio/{path.stem}.wav").exists()
    assert len(list((tmp_path / "build/audio").glob("*.wav.json"))) == 1


def test_an_edit_that_contradicts_its_header_is_not_shipped(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "dialogues", *SMALL, "--limit", 2)
    iban = "Customer: Meine IBAN ist CH93 0076 2011 6238 5295 7.\n"
    path = edited(tmp_path / "build", lambda text: text + iban)
    result = compile(SPECS, "--target", "audio", *SMALL, "--limit", 2)
    assert result.code == 1
    assert f"{path.name} was edited and contradicts itself: " in result.err
    assert path.read_text(encoding="utf-8").endswith(iban)
    assert not (tmp_path / f"build/audio/{path.stem}.wav.json").exists()


def test_timelines_are_the_same_however_a_run_was_cut(tmp_path: Path, compile: Compile) -> None:
    compile(SPECS, "--target", "audio", *SMALL, "--limit", 1)
    compile(SPECS, "--target", "dialogues", *SMALL, "--limit", 1, "--out", "second")
    compile(SPECS, "--target", "audio", *SMALL, "--limit", 1, "--out", "second")
    assert contents(tmp_path / "build", "audio") == contents(tmp_path / "second", "audio")


def test_a_plan_too_large_is_refused_at_once(compile: Compile) -> None:
    result = compile(SPECS, "--set", "volume.workday calls=10000000000", "--target", "plan", timeout=60)
    assert result.code == 1
    assert "at most 1,000,000,000 are planned: lower `scale` under `volume`" in result.err
    result = compile(SPECS, "--start", "1900-01-01", "--end", "9999-12-31", timeout=60)
    assert result.code == 1
    assert "is longer than 36,525 days (a hundred years)" in result.err
