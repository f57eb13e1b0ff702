"""Twenty lines and a pack make dialogues in two languages, and recordings whose labels are true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from compiler import catalog
from compiler.places import search_path
from compiler.talk import contract, header
from compiler.talk.dialogue import Turn
from compiler.talk.prompt import render
from compiler.talk.prompt_view import vocabulary
from compiler.talk.writer import Job, WriterSettings
from compiler.talk.writers import embedded
from tests.samples.plans import PACKS, ROOT, calls, place, plan

LOCALES = search_path("locales", ROOT)


def written(name: str, call):
    """The embedded writer's dialogue of one call."""
    locale = catalog.load(str(call.record["language"]), LOCALES)
    writer = embedded.open(WriterSettings(folders=LOCALES))
    model = plan(name).model
    prompt = render(call, locale, vocabulary(model), search_path("templates", ROOT))
    job = Job(call, locale, header.entries(call, writer.generator, header.labels(model)), prompt)
    return writer.write(job), locale


@pytest.mark.parametrize("pack", PACKS)
def test_every_call_of_a_pack_can_be_written(pack):
    name = f"twenty_lines_{pack}"
    for call in calls(name):
        dialogue, locale = written(name, call)
        assert not contract.problems(dialogue, call, locale)


def test_what_is_done_while_the_recording_pauses_is_not_on_it():
    found = 0
    for call in calls("claims"):
        if call.record["scenario"] == "Pay_by_card" and call.record["language"] in ("de", "en") and found < 8:
            dialogue, _ = written("claims", call)
            acts = [item.act for item in dialogue.items if isinstance(item, Turn)]
            announced = "announce_pause" in call.scenes[1].must
            assert any("announce_pause" in act for act in acts) == announced
            assert not any(act.startswith("behave") for act in acts)
            assert not any("announce_pause" in item.act for item in dialogue.items
                           if isinstance(item, Turn) and item.speaker == "customer")
            found += 1
    assert found == 8


@pytest.mark.parametrize("pack", PACKS)
def test_a_recording_of_each_pack_is_true(pack, tmp_path: Path):
    for arguments in ((place(f"twenty_lines_{pack}"), "--target", "audio", "--limit", 1, "--jobs", 1, "--out",
                       tmp_path / "build", "--quiet"), ("verify", tmp_path / "build")):
        done = subprocess.run([sys.executable, "-m", "compiler", *map(str, arguments)], cwd=ROOT, check=False,
                              capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr + done.stdout
    assert len(list(tmp_path.glob("build/audio/*.wav.json"))) == 1
