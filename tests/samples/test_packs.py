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


FITS = {  # reason -> products, automatic actions and complaints that can belong to it
    "Card_Block": ({"Card"}, {"card_alerts"}), "Transfer": ({"Transfer"}, {"transfer_status"}),
    "Mortgage": ({"Mortgage"}, {"appointment_reminder"}), "Loan_Inquiry": ({"Loan"}, {"appointment_reminder"}),
    "Online_Banking": ({"eBanking"}, {"reset_password"}), "Technical_Support": ({"eBanking"}, {"reset_password"}),
    "Internet_Down": ({"Home_Internet"}, {"line_test", "router_restart"}), "New_Phone": ({"Device"}, {"usage_alert"}),
}


@pytest.mark.parametrize("name", ["bank", "telecom"])
def test_product_automation_and_scenario_fit_the_reason(name):
    seen, other = set(), 0
    reasons = {"bank": {"Card_Block": "Card_lost", "Mortgage": "Mortgage_advisory", "Transfer": "Transfer_status"},
               "telecom": {}}[name]
    found = [call.record for call in calls("bank" if name == "bank" else "twenty_lines_telecom")]
    for record in found:
        reason = record["intent"]
        if reason in FITS:
            products, actions = FITS[reason]
            assert record["product"] in products, record["call_id"]
            assert record["automation_action_type"] in {None, *actions}, record["call_id"]
            seen.add(reason)
        other += reason in reasons and record["scenario"] != reasons[reason]
    asked = [record for record in found if record["intent"] in reasons]
    assert not reasons or 0.02 < other / len(asked) < 0.2
    assert len(seen) >= 2


@pytest.mark.parametrize("name", ["bank", "twenty_lines_telecom", "twenty_lines_insurance"])
def test_a_category_of_complaint_stands_where_there_is_a_complaint(name):
    found = [call.record for call in calls(name)]
    assert all((record["complaint_category"] is None) != record["complains"] for record in found)
    solved = [record["complains"] for record in found if record["FCR"]]
    assert sum(solved) / len(solved) < 0.25
