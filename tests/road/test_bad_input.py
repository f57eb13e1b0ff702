"""Each mistake of a user: a clear message, exit 1 or 2, no traceback, nothing half-written."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.road.conftest import ROOT, SPECS, Compile, run


def broken(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A copy of the shipped specs with one change."""
    folder = tmp_path / "specs"
    if not folder.exists():
        shutil.copytree(SPECS, folder)
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("kpis.calls", "rises by 35s when outage", "rises by 35s when outtage", "E0201"),
        ("library/contact_centre.calls", "    voice: 90%\n", "    voice: 85%\n", "E0404"),
        ("people.calls", "    gender: female\n", "\tgender: female\n", "E0101"),
        ("musterbank.calls", "from: 2025-09-01", "from: 2025-09-05", "E0601"),
        ("kpis.calls", "falls by 15pp when outage", "falls by 15% when outage", "E0403"),
    ],
)
def test_spec_mistakes(tmp_path: Path, compile: Compile, name: str, old: str, new: str, message: str) -> None:
    result = compile(broken(tmp_path, name, old, new), "--target", "sa")
    assert result.code == 1
    assert f"error[{message}]" in result.err
    assert f"{name}:" in result.err
    assert not (tmp_path / "build").exists()


def test_several_mistakes_are_said_in_one_run(tmp_path: Path, compile: Compile) -> None:
    broken(tmp_path, "kpis.calls", "when outage", "when outtage")
    folder = broken(tmp_path, "library/contact_centre.calls", "    text: 10%", "    text: 5%")
    result = compile(folder)
    assert result.code == 1
    assert "E0201" in result.err
    assert "E0404" in result.err


def test_an_agent_in_no_team(tmp_path: Path, compile: Compile) -> None:
    folder = broken(tmp_path, "delivery.calls", "audio\n", "agent Peter_Keler\n  gender: male\n\naudio\n")
    result = compile(folder)
    assert result.code == 1
    assert "Peter_Keler" in result.err


def test_end_before_start(compile: Compile) -> None:
    result = compile(SPECS, "--start", "2025-09-02", "--end", "2025-09-01")
    assert result.code in (1, 2)
    assert "--end" in result.err


def test_no_such_folder(compile: Compile) -> None:
    result = compile("nowhere")
    assert (result.code, result.err) == (2, "error: there is no file or folder nowhere\n")


def test_a_folder_without_specs(tmp_path: Path, compile: Compile) -> None:
    (tmp_path / "empty").mkdir()
    result = compile("empty")
    assert result.code == 2
    assert ".calls" in result.err


def test_unknown_target(compile: Compile) -> None:
    result = compile(SPECS, "--target", "adio")
    assert result.code == 2
    assert "there is no target `adio`; there is: audio, check, dialogues, plan, prompts, sa" in result.err


def test_unknown_overlay(compile: Compile) -> None:
    result = compile(SPECS, "--overlay", "Septembre")
    assert result.code in (1, 2)
    assert "September" in result.err


def project(tmp_path: Path) -> Path:
    """A project of its own: specs, templates, locales."""
    for name in ("specs", "templates", "locales"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name)
    return tmp_path / "project"


def test_a_template_with_an_unknown_field(tmp_path: Path, compile: Compile) -> None:
    home = project(tmp_path)
    template = next(p for p in sorted((home / "templates").rglob("*user*.j2")))
    with template.open("a", encoding="utf-8") as out:
        out.write("\n{{ call.record.AWTT }}\n")
    result = compile(home / "specs", "--target", "prompts")
    assert result.code == 1
    assert template.name in result.err
    assert "AWTT" in result.err
    assert not (tmp_path / "build").exists()


def test_a_template_that_is_missing(tmp_path: Path, compile: Compile) -> None:
    result = compile(SPECS, "--target", "prompts", "--locale", "xx-yy-zz")
    assert result.code in (0, 2)  # an unknown locale falls back aloud, a malformed one is refused
    assert "xx" in result.err


def test_an_unreadable_hold_file(tmp_path: Path, compile: Compile) -> None:
    (tmp_path / "hold.wav").write_bytes(b"this is no sound")
    result = compile(SPECS, "--target", "audio", "--limit", "1", "--hold", "hold.wav")
    assert result.code in (1, 2)
    assert "hold.wav" in result.err
    assert not list(tmp_path.rglob("*.txt"))


def test_a_missing_hold_file(tmp_path: Path, compile: Compile) -> None:
    result = compile(SPECS, "--target", "audio", "--limit", "1", "--hold", "none.mp3")
    assert result.code in (1, 2)
    assert "none.mp3" in result.err


def test_a_missing_key_is_said_before_anything_is_made(tmp_path: Path, compile: Compile) -> None:
    for flags in (("--writer", "openai"), ("--engine", "openai")):
        result = compile(SPECS, "--target", "audio", "--limit", "1", *flags)
        assert result.code == 2
        assert "OPENAI_API_KEY" in result.err
        assert not list(tmp_path.rglob("*.json"))


def test_the_model_answers_nothing(tmp_path: Path, compile: Compile) -> None:
    from pytest_httpserver import HTTPServer

    with HTTPServer() as server:
        server.expect_request("/v1/responses", method="POST").respond_with_json(
            {"id": "r", "object": "response", "created_at": 0, "model": "m", "status": "completed", "output": [],
             "parallel_tool_calls": False, "tool_choice": "auto", "tools": []}
        )
        env = {"OPENAI_API_KEY": "sk-test-not-a-key", "OPENAI_BASE_URL": server.url_for("/v1")}
        result = compile(SPECS, "--target", "dialogues", "--writer", "openai", "--limit", "2", env=env)
    assert result.code == 1
    assert "2 of" in result.err
    assert "sk-test-not-a-key" not in result.text
    assert not list((tmp_path / "build").glob("dialogues/*.txt"))


@pytest.mark.parametrize(("how", "words"), [("refuses", "connection refused"), ("hangs up", "answer|being sent")])
def test_an_sa_server_that(tmp_path: Path, how: str, words: str, small_build: Path) -> None:
    shutil.copytree(small_build, tmp_path / "build")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if how == "refuses":
            listener.close()
        else:
            import threading

            def hang_up() -> None:
                while True:
                    try:
                        connection, _ = listener.accept()
                    except OSError:
                        return
                    connection.recv(10)
                    connection.close()

            threading.Thread(target=hang_up, daemon=True).start()
        env = {"SA_URL": f"http://127.0.0.1:{port}", "SA_PROJECT_ID": "p", "SA_PIPELINE_ID": "q",
               "SA_STORAGE_BACKEND_ID": "s"}
        result = run("upload", tmp_path / "build", "--retries", "0", folder=tmp_path, env=env)
    assert result.code == 1, result.text
    assert re.search(words, result.err.lower())  # who hangs up may do so while the body is under way


def test_a_full_disk(tmp_path: Path) -> None:
    """A file system of 3 MB: a clear message, exit 1, and no half file."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting a small file system needs root")
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        result = run(SPECS, "--target", "audio", "--limit", "3", "--out", small / "build", folder=tmp_path)
        assert result.code == 1
        assert "No space left on device" in result.err
        assert "free some space" in result.err
        assert not list((small / "build").rglob("*.part"))
        for path in (small / "build" / "audio").glob("*.wav"):
            assert Path(f"{path}.json").exists()
    finally:
        subprocess.run(["umount", "-l", small], check=True)




@pytest.mark.parametrize(("name", "old", "new"), [
    ("delivery.calls", "locale de\n", 'locale de\n  labels: "../../../../etc/passwd"\n'),
    ("delivery.calls", "audio\n", 'audio\n  hold music: "/etc/passwd"\n'),
])
def test_a_file_outside_the_project(tmp_path: Path, compile: Compile, name: str, old: str, new: str) -> None:
    result = compile(broken(tmp_path, name, old, new))
    assert result.code == 1
    assert "error[E0802]: the file `" in result.err
    assert "etc/passwd` lies outside the project" in result.err
    assert f"{name}:" in result.err


def test_an_overlay_that_nobody_chose_is_checked_as_well(tmp_path: Path, compile: Compile) -> None:
    folder = broken(tmp_path, "september.calls", "    happens: 3", "    hapens: 3")
    result = compile(folder)
    assert result.code == 1
    assert "september.calls:" in result.err
    assert compile(folder, "--target", "plan").code == 0
