"""Folded templates: the same text as Jinja2 makes, the same message where it makes none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.failures import WorldError
from compiler.talk import prompt_fold, prompt_sandbox
from compiler.talk.prompt import CHANNELS, PARTS, available
from compiler.talk.prompt_fold import folded
from compiler.talk.prompt_names import View
from compiler.talk.prompt_view import Vocabulary, values, view
from tests.talk.calls import DE, EN, TEMPLATES, call, text_call

WORDS = Vocabulary({"tenure": {"over_3y": "more than three years"}}, {"tenure": "Customer for"}, {})
BARE = replace(call(), scenes=(), acts={}, persona="", tone="", earlier=None, colleagues=(),
               record={"call_id": "1", "channel": "voice"})
VIEWS = (view(call(), EN, WORDS), view(text_call({"FCR": True, "escalation": "None"}), DE, WORDS),
         view(BARE, DE, Vocabulary({}, {}, {})))


def both(folder: Path, view: View, name: str = "a.j2") -> tuple[str, str]:
    """(what the folded template makes, what Jinja2 makes), or the messages."""
    found = []
    for make in (lambda: prompt_fold.fill((folder,), name, view),
                 lambda: prompt_sandbox.fill((folder,), name, values(view))):
        try:
            found.append(make())
        except WorldError as error:
            found.append(f"error: {error}")
    return found[0], found[1]


def put(folder: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (folder / f"{name}.j2").write_text(source, encoding="utf-8")
    return folder


@pytest.mark.parametrize("tag", available(TEMPLATES))
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("part", PARTS)
def test_the_shipped_templates_fold(tag, channel, part):
    name = f"{tag}/{channel}/{part}.md.j2"
    assert folded(TEMPLATES, name) is not None
    for seen in VIEWS:
        assert prompt_fold.fill(TEMPLATES, name, seen) == prompt_sandbox.fill(TEMPLATES, name, values(seen))


@pytest.mark.parametrize("source", [
    "", "text\n", "{{ agent.name }}{{ 1 }}{{ none }}{{ true }}{{ \"it's\" }}", "{{ interruptions }}{{ solved }}",
    "{{ call.record.AWT }} {{ call.shown['AWT'] }} {{ call.record.compliance_flags }} {{ call.shown }}",
    "{% for p in scenario.phases %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}"
    "{% for m in p.must %}{{ loop.index }}{{ m }}{% endfor %}{{ loop.index }}{% endfor %}",
    "{% for agent in colleagues %}{{ agent.name }}{% include 'part.j2' %}{% endfor %}{% include 'part.j2' %}",
    "{% if a is none %}{% endif %}", "{{ earlier.date if earlier else 'first' }}", "{{ earlier.date }}",
    "{{ {'warm': 'w', 'neutral': 'n'}[mood] }}", "{{ 'x' ~ wait ~ ('y' if voice else 1) }}",
    "{{ (agent.name ~ 'x')|upper }}", "{{ agent.name|upper|lower|trim|capitalize }}{{ interruptions|upper }}",
    "{{ intents|length }}{{ wait|count }}{{ solved|length }}", "{{ call.record.nothing }}", "{{ call.nothing }}",
    "{% if wait > 3 %}a{% endif %}", "{{ wait == '90.5' and (not solved or transfers != 1) }}",
    "{% for a in wait %}{{ a }}{% endfor %}", "{% for a in intents if a %}{{ a }}{% else %}-{% endfor %}",
    "{% for loop in intents %}{{ loop }}{% endfor %}", "{{ loop.index }}", "{{ range }}", "{{ agent }}",
    "{% set wait = 1 %}{{ wait }}", "{% include 'none.j2' ignore missing %}", "{% include 'part.j2' without context %}",
    "{% include 'a.j2' %}", "{% for a in intents %}{% include 'loop.j2' %}{% endfor %}", "{{ 1.5 }}",
    "{{ earlier and earlier.agent }}{{ greeting or 'none' }}", "{{ scenario.phases[0].label }}",
    "{% for m in call.record %}{{ m }}{% endfor %}{% for k, v in call.shown|items %}{{ k }}={{ v }}{% endfor %}",
    "{{ call.record == 1 }}{{ call.shown|length }}{{ 'AWT' in call.shown }}",
])
def test_each_form_is_the_same(tmp_path, source):
    folder = put(tmp_path, a=source, part="[{{ agent.name }}{{ wait }}]", loop="{{ loop.index }}{{ a }}")
    for seen in VIEWS:
        one, other = both(folder, seen)
        assert one == other


def test_what_does_not_fold_is_left_to_jinja(tmp_path):
    put(tmp_path, a="{% set x = wait %}{{ x }}", b="{% include 'a.j2' %}", c="{{ agent.name }}")
    assert [folded((tmp_path,), f"{name}.j2") is None for name in "abc"] == [True, True, False]
    assert prompt_fold.fill((tmp_path,), "b.j2", VIEWS[0]) == "90.5"


def test_parts_that_include_one_another_over_and_over_do_not_grow(tmp_path):
    put(tmp_path, x0="{{ wait }}", **{f"x{n}": f"{{% include 'x{n - 1}.j2' %}}" * 2 for n in range(1, 16)})
    assert folded((tmp_path,), "x15.j2") is None
    assert folded((tmp_path,), "x5.j2") is not None


def test_bounds_are_those_of_jinja(tmp_path):
    loops = "{% for a in scenario.phases %}" * 12 + "{{ a.label }}" + "{% endfor %}" * 12  # 2 ** 12 turns
    put(tmp_path, few=loops, many=loops.replace("{% for", "{% for b in intents %}{% for", 3) + "{% endfor %}" * 3,
        long="{% for a in checks %}" * 6 + "x" * 100 + "{{ wait }}" + "{% endfor %}" * 6)
    for name in ("few", "many", "long"):
        one, other = both(tmp_path, VIEWS[0], f"{name}.j2")
        assert one == other
    assert "take more than 20,000 turns" in both(tmp_path, VIEWS[0], "many.j2")[0]
    assert "more than 200,000 characters" in both(tmp_path, VIEWS[0], "long.j2")[0]


# ------------------------------------------------------------------------------------------------ any template

TEXTS = st.sampled_from(["agent.name", "wait", "mood", "customer.persona", "'<a>'", "call.shown.AWT", "greeting",
                         "call.shown['product']", "call.record.FCR", "solved", "interruptions", "7", "none",
                         "earlier.date", "call.record.nope", "agent.nope", "x.label", "x.must", "y", "loop.index"])
TESTS = st.sampled_from(["voice", "earlier", "solved", "solved is none", "solved is not none", "wait == '0'",
                         "interruptions > 1", "x", "mood in ('warm',)", "call.record.AWT", "not voice"])
ITEMS = st.sampled_from([("x", "scenario.phases"), ("x", "checks"), ("y", "intents"), ("y", "x.must"), ("x", "facts"),
                         ("agent", "colleagues"), ("y", "wait")])
EXPRESSIONS = st.recursive(TEXTS, lambda inner: st.one_of(
    st.builds("({} if {} else {})".format, inner, TESTS, inner), st.builds("({} ~ {})".format, inner, inner),
    st.builds("({} or {})".format, inner, inner), st.builds("({} and {})".format, inner, inner),
    st.builds("{}|upper".format, TEXTS), st.builds("{}|length".format, TEXTS),
    st.builds("({} == {})".format, inner, inner)), max_leaves=4)
SOURCES = st.recursive(
    st.one_of(st.sampled_from(["plain ", "line\n", "- {", "{% include 'part.j2' %}"]),
              EXPRESSIONS.map("{{{{ {} }}}}".format)),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("{{% if {} %}}\n{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}\n".format, TESTS, inner, TESTS, inner,
                  inner),
        st.builds(lambda pair, body: f"{{% for {pair[0]} in {pair[1]} %}}\n{body}\n{{% endfor %}}\n", ITEMS, inner)),
    max_leaves=8)


@given(source=SOURCES, part=SOURCES.filter(lambda text: "include" not in text), number=st.integers(0, 2))
@settings(max_examples=300, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_template_is_the_same(tmp_path_factory, source, part, number):
    folder = put(tmp_path_factory.mktemp("t"), a=source, part=part)
    one, other = both(folder, VIEWS[number])
    assert one == other
