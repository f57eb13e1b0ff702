"""Prompts: what they say, in which language, and how templates are held in bounds."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.failures import UsageError, WorldError
from compiler.plan.call import Happening
from compiler.talk.prompt import available, choose_locale, render
from compiler.talk.prompt_check import check_templates
from compiler.talk.prompt_sandbox import fill
from compiler.talk.prompt_view import Vocabulary
from tests.talk.calls import DE, EN, TEMPLATES, call, text_call

WORDS = Vocabulary(
    {"tenure": {"over_3y": "more than three years"}, "amount_bucket": {"under_100": "<100"}},
    {"tenure": "Customer for", "Hold_time": "Hold_time"}, {"tenure": "How long they have been with us."})


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("line", [
    "- Agent: Monika Müller (female, Team A, shift: Early)",
    "- Customer: male, segment Premium, from ZH",
    "- The customer's manner: Calm – calm and friendly, lets the agent finish",
    "- Day and time: Monday, 2025-09-01, 08:31 (Morning)",
    "- Reason 1: Transfer",
    "- Reason 2: Card Block",
    "- Scenario: Transfer status – Where is my money?",
    "- Amount in question: <100",
    "- Earlier contact: on 2025-08-30 the same customer spoke with Sven Meier about: Transfer. That contact did not "
    "settle the matter. The customer refers to it.",
    "   - The agent greets the caller with the company's name.",
    "   - Never: the agent tells the balance of the account.",
    "   - Left out, although expected: the agent shows that they understand how the customer feels.",
    "   - The customer gets impatient.",
    "   - The amount is CHF 1,250.50.",
    "   - From here on Peter Keller speaks for the company.",
    "   - The customer is on hold for 45.5 s in all.",
    "- Greeting: the agent greets and gives a name.",
    "- Empathy: missing. The agent stays factual: nothing that shows understanding, no apology.",
    "- Knowledge article: the agent looks something up in an article and says so.",
    "- Automation: none.",
    "- The agent keeps to the script to 88.1 %.",
    "- Solved at first contact: no. Something stays open; the agent says what, and what happens next.",
    "- Escalation: to Supervisor, and the agent says so.",
    "- The customer complains about: Fees.",
    "- Again within 72 hours: yes. The customer says that they will be in touch again in the next days.",
    "- Would the customer recommend the company (0 to 10)? 9. Nobody mentions this figure.",
    "- Customer for: more than three years – How long they have been with us.",
    "- Waiting time before the agent answers: `[wait 90.5s]` as the first line.",
    "- Hold: 45.5 s in all, in one or more `[hold]` tags.",
    "- Silence: 8.2 s in all (about 9.1 % of the call), in `[silence]` tags, mostly before an answer of the agent.",
    "- Interruptions: exactly 2, each marked with `[interrupts]`.",
    "- Transfer 1 goes to Peter Keller (male).",
])
def test_the_prompt_says_what_the_record_says(line):
    assert line in render(call(), EN, WORDS, TEMPLATES).user.splitlines()


@pytest.mark.parametrize("line", [
    "- Der Leitfaden wird zu 88,1 % eingehalten.",
    "- Agentin: Monika Müller (Team A, Frühschicht)",
    "- Tag und Uhrzeit: Montag, 2025-09-01, 08:31 Uhr (Morgen)",
    "- Anliegen 2: Kartensperrung",
    "   - Die Agentenseite grüßt mit dem Namen des Unternehmens.",
    "   - Die Agentenseite tut das, was die Spezifikation so nennt: „asks the oracle about the transfer“.",
    "   - Die Kundenseite wird ungeduldig.",
    "   - Der Betrag ist CHF 1.250,50.",
    "- Eskalation: an Teamleitung, und das wird gesagt.",
    "- Warteschleife: zusammen 45.5 s, in einer oder mehreren Marken `[hold]`.",
])
def test_a_german_prompt(line):
    assert line in render(call(), DE, WORDS, TEMPLATES).user.splitlines()


@pytest.mark.parametrize("locale", [EN, DE])
def test_the_dialogue_keeps_the_language_of_the_call(locale):
    prompt = render(call({"language": "de"}), locale, WORDS, TEMPLATES)
    said = {"en": "The dialogue is in German", "de": "Der Dialog ist in der Sprache Deutsch"}
    assert said[locale.tag] in prompt.system


@pytest.mark.parametrize(("locale", "words"), [(EN, r"\b(hold|silence|interrupts?|transcript|music)\b"),
                                               (DE, r"\b(hold|warteschleife|stille|silence|telefongespräch|musik)\b")])
def test_text_prompts_speak_of_messages(locale, words):
    prompt = render(text_call(), locale, WORDS, TEMPLATES)
    text = (prompt.system + prompt.user).lower()
    assert re.findall(words, text) == []
    assert {"en": "messages", "de": "nachrichten"}[locale.tag] in text


@pytest.mark.parametrize("locale", [EN, DE])
@pytest.mark.parametrize("record", [
    {"FCR": True, "repeat_call_within_72h": False, "escalation": "None", "Hold_time": 0.0, "Interruptions_count": 0,
     "Silence_total_seconds": 0.0, "Transfers_count": 0, "pii_disclosure_flag": True, "language_switch": True,
     "automation_action_present": True, "automation_action_type": "reset_password", "kb_article_used": False,
     "compliance_flags": {"Greeting": "fail", "Empathy": "pass", "Summary": "fail", "Farewell": "fail"}},
])
def test_each_flag_changes_the_prompt(locale, record):
    one, other = (render(call(changes), locale, WORDS, TEMPLATES).user for changes in ({}, record))
    for name, value in record.items():
        changed = render(call({name: value}), locale, WORDS, TEMPLATES).user
        assert changed != one or name == "automation_action_type", name
    assert len(set(one.splitlines()) ^ set(other.splitlines())) > 2 * 12


@pytest.mark.parametrize(("locale", "kind", "line"), [
    (EN, "incident", "- Going on that day: Outage – The app is down. (both know of it, and it comes up where it "
                     "touches the matter)"),
    (EN, "campaign", "- Going on that day: Outage – The app is down. (it may come up)"),
    (DE, "aftermath", "- An diesem Tag: Ausfall – in den Worten der Spezifikation: „The app is down.“ (es kann zur "
                      "Sprache kommen)"),
])
def test_what_goes_on_that_day(locale, kind, line):
    happening = (Happening("outage", kind, "Outage", "The app is down."),)
    assert line in render(replace(call(), happening=happening), locale, WORDS, TEMPLATES).user.splitlines()


def test_a_record_alone_is_enough():
    bare = replace(call(), scenes=(), acts={}, persona="", tone="", earlier=None)
    record = {name: bare.record[name] for name in ("call_id", "date", "agent_name", "channel", "language", "intent")}
    text = render(replace(bare, record=record), EN, Vocabulary({}, {}, {}), TEMPLATES).text
    assert "- Reason 1: Transfer\n" in text and "None" not in text


def test_the_file_is_the_same_each_time():
    one, other = (render(call(), EN, WORDS, TEMPLATES) for _ in range(2))
    assert one.text == other.text
    assert one.text.startswith(
        "# Monika_Mueller_20250901083100_493023125001\n\n- call: 3f2a\n- locale: en\n\n## system\n")


def test_the_locale_is_chosen_by_option_environment_and_call():
    have = available(TEMPLATES)
    assert have == ("de", "en")
    assert choose_locale("de", {"GEN_LOCALE": "en"}, "it", have) == ("de", None)
    assert choose_locale(None, {"GEN_LOCALE": "en"}, "de", have) == ("en", None)
    assert choose_locale(None, {}, "de", have) == ("de", None)
    assert choose_locale(None, {}, "it", have) == ("en", "there is no locale it (there is: de, en): using en")
    with pytest.raises(UsageError, match=r"^--locale `english!` is no locale tag; write it like de, en or de-CH$"):
        choose_locale("english!", {}, "de", have)
    with pytest.raises(UsageError, match=r"^GEN_LOCALE `x` is no locale tag"):
        choose_locale(None, {"GEN_LOCALE": "x"}, "de", have)


# ------------------------------------------------------------------------------------------------ wrong templates


def test_the_shipped_templates_have_no_problem():
    assert check_templates(TEMPLATES, ("de", "en"), ()) == ()


@pytest.mark.parametrize(("source", "message"), [
    ("{{ call.record.AWTT }}", "the call record has no field `AWTT` (did you mean `AWT`?)"),
    ("{{ call.shown['tenur'] }}", "the call record has no field `tenur` (did you mean `tenure`?)"),
    ("{{ agnet.name }}", "a call has nothing called `agnet` (did you mean `agent`?)"),
    ("{{ agent.nam }}", "there is no `nam` here (did you mean `name`?)"),
    ("{% for p in scenario.phases %}{{ p.hlod }}{% endfor %}", "there is no `hlod` here (did you mean `hold`?)"),
    ("{% if earlier %}{{ earlier.dat }}{% endif %}", "there is no `dat` here (did you mean `date`?)"),
    ("{% set c = scenario.phases|first %}{{ c.lable }}", "there is no `lable` here (did you mean `label`?)"),
    ("{{ colleagues.name }}", "this is a list; it has no `name` (its items may have) (did you mean `name`?)"),
    ("{{ wait.seconds }}", "this is a plain value; it has no `seconds`"),
    ("{{ wait|centre }}", "No filter named 'centre'."),
    ("{% if %}", "Expected an expression, got 'end of statement block'"),
    ("{% for a in checks %}",
     "Unexpected end of template. Jinja was looking for the following tags: 'endfor' or 'else'. "
     "The innermost block that needs to be closed is 'for'."),
    ("{% include 'en/none.j2' %}", "there is no template en/none.j2"),
    ("{% include '../secret.j2' %}", "there is no template ../secret.j2"),
])
def test_a_wrong_name_is_found_before_any_call(tmp_path, source, message):
    folder = tmp_path / "templates"
    path = put(folder, "en/voice/user.md.j2", f"Hello\n{source}\n")
    put(tmp_path, "secret.j2", "secret")
    found = check_templates((folder, *TEMPLATES), ("en",), ("tenure",))
    assert [str(problem) for problem in found] == [f"{path}:2: {message}"]


def test_right_names_are_not_reported(tmp_path):
    put(tmp_path, "en/voice/user.md.j2", """\
{% macro show(phase, word="x") %}{{ word }}{% if phase.number > 99 %}{{ phase.anything }}{% endif %}{% endmacro %}
{% set total = 0 %}{% set text %}a{% endset %}
{% for phase in scenario.phases if phase.hold %}{{ loop.index }}{{ show(phase) }}{{ phase.must|join(", ") }}{% endfor %}
{% with a = agent %}{{ a.name }}{% endwith %}{{ total }}{{ text }}{{ range(3)|list }}
{% if novel is defined %}{{ 1 }}{% endif %}{{ call.record.tenure }}{{ checks[0].id }}{% include "en/_part.j2" %}
{% import "en/_macros.j2" as macros %}{{ macros.hello() }}
""")
    put(tmp_path, "en/_part.j2", "{{ total }}")
    put(tmp_path, "en/_macros.j2", "{% macro hello() %}hello{% endmacro %}")
    assert check_templates((tmp_path, *TEMPLATES), ("en",), ("tenure",)) == ()
    assert "hello" in render(call(), EN, WORDS, (tmp_path, *TEMPLATES)).user


def test_a_locale_without_templates(tmp_path):
    found = check_templates(TEMPLATES, ("it",), ())
    assert str(found[0]) == f"{TEMPLATES[0]}:1: there is no template it/voice/system.md.j2 in {TEMPLATES[0]}"
    assert len(found) == 4


def test_a_part_in_an_include_is_checked_with_its_own_place(tmp_path):
    put(tmp_path, "en/voice/user.md.j2", "{% for phase in scenario.phases %}{% include 'en/_part.j2' %}{% endfor %}")
    part = put(tmp_path, "en/_part.j2", "{{ phase.label }}\n\n{{ phase.lable }}")
    found = check_templates((tmp_path, *TEMPLATES), ("en",), ())
    assert [str(problem) for problem in found] == [f"{part}:3: there is no `lable` here (did you mean `label`?)"]


LONG = "this makes a text of more than 200,000 characters"
STEPS = "the loops of this template take more than 20,000 turns"
CALLS = "a template calls nothing but `range` and its own macros; there are filters: `|upper`"


@pytest.mark.parametrize(("source", "message"), [
    ("{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}", STEPS),
    ("{{ range(10000000000)|length }}", STEPS),
    ("{{ 'x' * 9999999999 }}", "`*` is for small numbers only (`+` and `~` join texts)"),
    ("{{ 9 ** 9999999 }}", "`**` is for small numbers only (`+` and `~` join texts)"),
    ("{{ '%999999999d' % 1 }}", "`%` is for small numbers only (`+` and `~` join texts)"),
    ("{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}", "this template calls itself without end"),
    ("{% set a = range(9999)|join('xxxxxxxxxx') %}{% set a = a ~ a ~ a %}", LONG),
    ("{% set a = range(9999)|join('xxxxxxxxxx') %}{{ [a, a, a]|join }}", LONG),
    ("{{ 'aaaa'.replace('a', 'b') }}", CALLS),
    ("{{ text.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe."),
    ("{{ ''.format('x') }}", CALLS),
    ("{{ text|attr('x') }}", "No filter named 'attr'."),
    ("{{ missing }}", "'missing' is undefined"),
    ("{{ text + 1 }}", "`+` is for small numbers only (`+` and `~` join texts)"),
    ("{{ 1 / 0 }}", "division by zero"),
])
def test_templates_are_held_in_bounds(tmp_path, source, message):
    path = put(tmp_path, "a.j2", f"\n\n{source}\n")
    with pytest.raises(WorldError) as caught:
        fill((tmp_path,), "a.j2", {"text": "text"})
    assert str(caught.value) == f"{path}:3: {message}"


def test_a_long_text_is_refused(tmp_path):
    path = put(tmp_path, "a.j2", "{% for a in range(9999) %}0123456789012345678901234567890123456789{% endfor %}")
    with pytest.raises(WorldError) as caught:
        fill((tmp_path,), "a.j2", {})
    assert str(caught.value) == f"{path}:1: {LONG}"


def test_a_template_changes_nothing_and_leads_nowhere_else(tmp_path):
    put(tmp_path, "secret.j2", "secret")
    folder = tmp_path / "templates"
    put(folder, "a.j2", "{% include '../secret.j2' %}")
    (folder / "b.j2").symlink_to(tmp_path / "secret.j2")
    for name in ("b.j2", "a.j2"):
        with pytest.raises(WorldError, match=r"^there is no template .*secret\.j2|b\.j2 in "):
            fill((folder,), name, {})


def test_what_nobody_has_translated_is_quoted():
    """`find_transfer` has a text of its own in this call, the scenario's doc is English only."""
    made = call(happening=(Happening("storm", "incident", "Storm", "Lines are down.\nde: Leitungen sind gestört."),))
    said = render(made, DE, WORDS, TEMPLATES).user
    assert "Transfer status" not in said
    assert " – in den Worten der Spezifikation: „Where is my money?“\n" in said
    assert "Die Agentenseite tut das, was die Spezifikation so nennt: „asks the oracle about the transfer“." in said
    assert "Die Kundenseite wird ungeduldig." in said
    assert "- An diesem Tag: Storm – Leitungen sind gestört. (" in said
    assert "- Kundschaft seit: mehr als drei Jahren – in den Worten der Spezifikation: „How long they have" in said
    assert "- Going on that day: Storm – Lines are down. (" in render(made, EN, WORDS, TEMPLATES).user


@pytest.mark.parametrize(("locale", "heading"), [(EN, "### What the agent does and leaves out"),
                                                 (DE, "### Was die Agentenseite tut und was sie unterlässt")])
def test_a_section_with_nothing_in_it_has_no_heading(locale, heading):
    assert heading in render(call(), locale, WORDS, TEMPLATES).user
    bare = {"channel": "voice", "language": locale.tag, "intent": "Transfer", "AWT": 3.0}
    assert heading not in render(replace(call(), record=bare, scenes=()), locale, WORDS, TEMPLATES).user
