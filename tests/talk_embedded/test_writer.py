"""The writer as a part: the same twice, different over many calls, at home in specs it has never seen."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest

from compiler.failures import Quarantined, WorldError
from compiler.registry import part
from compiler.talk.contract import problems
from compiler.talk.dialogue import Turn
from compiler.talk.header import entries
from compiler.talk.writer import Job, WriterSettings
from tests.talk_embedded.calls import FOLDERS, INTENTS, call, locale, write
from tests.talk_embedded.others import CARD, CLAIM, ODD, TELECOM, foreign
from tests.talk_embedded.test_labels import acts, text, turns, written

tags = pytest.mark.parametrize("tag", ["en", "de"])


def test_it_is_found_by_name_and_says_what_it_depends_on(tmp_path):
    module = part("compiler.talk.writers", "embedded", "writer")
    writer = module.open(WriterSettings(folders=FOLDERS))
    assert (writer.name, writer.generator, writer.wants_prompt) == ("embedded", "embedded", False)
    assert re.fullmatch(r"embedded \d+ [0-9a-f]{16}", writer.fingerprint())
    folder = tmp_path / "locales" / "en" / "phrases"
    folder.mkdir(parents=True)
    (folder / "switch.yml").write_text("exchange: []\n", encoding="utf-8")
    assert module.open(WriterSettings(folders=(tmp_path / "locales", *FOLDERS))).fingerprint() != writer.fingerprint()


@tags
def test_the_same_call_gives_the_same_dialogue_and_its_header_is_the_jobs(tag):
    made = call(7)
    first, second = write(made, tag), write(made, tag)
    assert first == second and first.locale == tag
    assert first.header == {entry.key: entry.value for entry in entries(made, "embedded", {})}


@tags
def test_a_new_phrase_moves_only_the_calls_that_it_wins(tag, tmp_path):
    own = tmp_path / "locales" / tag / "phrases"
    own.mkdir(parents=True)
    flow = (FOLDERS[0] / tag / "phrases" / "flow.yml").read_text(encoding="utf-8")
    flow = flow.replace("glad:\n", 'glad:\n  - "Zzz."\n')
    (own / "flow.yml").write_text(flow, encoding="utf-8")
    from compiler.catalog import load
    changed = replace(load(tag, (tmp_path / "locales", *FOLDERS)), texts=locale(tag).texts)
    writer = part("compiler.talk.writers", "embedded", "writer").open(WriterSettings(folders=FOLDERS))
    for made, before in written(tag, "voice")[:150]:
        after = writer.write(Job(made, changed, entries(made, "embedded", {})))
        assert after == before or "Zzz." in text(after)


@tags
def test_greetings_and_problems_vary(tag):
    greetings, problems_of = set(), {intent: set() for intent in INTENTS}
    for channel in ("voice", "text"):
        for made, dialogue in written(tag, channel):
            said = turns(dialogue)
            if "greet" in said[0].act.split("+"):
                greetings.add(said[0].text.replace(made.agent.label, "NAME"))
    assert len(greetings) >= 24
    for number in range(300):
        made = call(number, earlier=None, AWT=10.0, complaint_category="Fees", persona="")
        problems_of[made.record["intent"]].add(next(t.text for t in turns(write(made, tag)) if "state_reason" in t.act))
    assert all(len(found) >= 8 for found in problems_of.values())


@tags
def test_dialogues_differ(tag):
    texts = [text(dialogue) for channel in ("voice", "text") for _, dialogue in written(tag, channel)]
    assert len(texts) == len(set(texts))
    joined = "\n".join(texts[:60]).encode()
    assert len(joined) / len(gzip.compress(joined, 9)) <= 5


@tags
@pytest.mark.parametrize("scenes", [TELECOM, CLAIM, CARD, ODD], ids=["telecom", "claim", "card", "odd"])
def test_specs_that_no_phrase_book_knows(tag, scenes):
    for number in range(25):
        made = foreign(number, scenes, tag, Transfers_count=1 if scenes is ODD else 0)
        dialogue = write(made, tag)
        assert problems(dialogue, made, locale(tag)) == ()
        done = acts(dialogue)
        for scene in scenes:
            special = {"summarise", "farewell", "greet", "ask_reason"} | set(scene.failed)
            assert set(scene.must) - special <= done
            assert not set(scene.must_not) & done
            assert "promote_self_service" not in scene.must_not or "self_service" not in done
        assert "hail damage" in text(dialogue).lower()
        assert "_" not in text(dialogue)


def test_the_text_of_an_unknown_act_is_said_in_the_agents_own_words():
    said = text(write(foreign(3, ODD, Transfers_count=1), "en"), "agent")
    assert "polish the lens of your camera" in said and "the weather is fine" in said and "tune the antenna" in said
    assert "dass das Wetter schön ist" in text(write(foreign(3, ODD, "de", Transfers_count=1), "de"), "agent")


def test_a_cold_handover_is_not_announced():
    dialogue = write(foreign(3, ODD, Transfers_count=1), "en")
    assert "announce_transfer" not in acts(dialogue) and "Chiara Rossi" in text(dialogue)


def test_amounts_of_a_scene_are_said_as_the_locale_writes_them():
    assert "CHF 1,234.50" in text(write(foreign(1, CLAIM), "en"))
    assert "CHF 1.234,50" in text(write(foreign(1, CLAIM, "de"), "de"))


def test_the_specs_own_greeting_is_said_as_it_is():
    made = call(3, compliance_flags={"Greeting": "pass"})
    greeting = "Good day, this is Zed, {agent.label} speaking."
    own = replace(locale("en"), texts={**locale("en").texts, "greeting": greeting})
    writer = part("compiler.talk.writers", "embedded", "writer").open(WriterSettings(folders=FOLDERS))
    first = turns(writer.write(Job(made, own, entries(made, "embedded", {}))))[0]
    assert first.text.startswith(f"Good day, this is Zed, {made.agent.label} speaking. ")
    assert first.text.endswith("?")


@tags
def test_many_interruptions_and_long_holds(tag):
    made = call(5, Interruptions_count=20, Hold_time=480.0, Silence_total_seconds=180.0)
    dialogue = write(made, tag)
    assert problems(dialogue, made, locale(tag)) == ()
    lines = [item.text.lower() for item in dialogue.items if isinstance(item, Turn)]
    assert len(lines) == len(set(lines))


@tags
def test_hold_stays_in_the_phase_that_asks_for_it(tag):
    for made, dialogue in written(tag, "voice"):
        if made.record["scenario"] != "Transfer_status" or not made.record["Hold_time"]:
            continue
        order = [act for item in dialogue.items for act in (item.act.split("+") if isinstance(item, Turn) else [])]
        assert order.index("announce_hold") > order.index("confirm_identity")
        result = "resolve" if made.record["FCR"] else "not_resolved"
        assert order.index("announce_hold") < order.index(result)


def test_what_cannot_be_made_true_is_refused_with_its_reason():
    with pytest.raises(Quarantined) as hold:
        write(call(1, Hold_time=1.5), "en")
    assert str(hold.value) == ("Hold_time is 1.50 s: nothing so short can be heard as such, it must be 0 or at least "
                               "3.00 s")
    with pytest.raises(Quarantined) as transfers:
        write(call(1, Transfers_count=2, colleagues=()), "en")
    assert str(transfers.value) == "Transfers_count is 2, but the call has 0 colleagues to take over"


def test_a_locale_without_phrases_says_what_to_do():
    bare = replace(locale("en"), tag="fr", layers=("fr",))
    writer = part("compiler.talk.writers", "embedded", "writer").open(WriterSettings(folders=FOLDERS))
    with pytest.raises(WorldError) as error:
        writer.write(Job(call(1), bare, ()))
    assert str(error.value) == ("locale fr has no phrase book (phrases/*.yml), so the embedded writer cannot write in "
                                "it; take --writer openai, or one of the locales that have one")
