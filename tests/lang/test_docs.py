"""Docs in several languages: a line that begins with a language begins its part."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.lang.docs import in_language, laid
from compiler.lang.load import load

DOC = "The app is down.\nPeople wait.\nde: Die App ist\n  ausgefallen.\nfr-CH: L'app est en panne."


@pytest.mark.parametrize(("tag", "text", "own"), [
    ("en", "The app is down. People wait.", False),
    ("de", "Die App ist ausgefallen.", True),
    ("de-CH", "Die App ist ausgefallen.", True),
    ("fr-CH", "L'app est en panne.", True),
    ("fr", "The app is down. People wait.", False),
])
def test_each_language_has_its_part(tag, text, own):
    assert in_language(DOC, tag) == (text, own)


def test_a_doc_without_languages_is_one_text_and_a_colon_is_no_language():
    assert in_language("note: this\nis one", "no") == ("note: this is one", False)
    assert in_language("", "de") == ("", False)


def test_a_later_layer_takes_the_place_or_adds_a_language():
    assert laid(["One.\nde: Eins.", "Two."]) == "Two."
    assert in_language(laid(["One.\nde: Eins.", "it: Uno."]), "it") == ("Uno.", True)
    assert in_language(laid(["One.\nde: Eins.", "it: Uno."]), "de") == ("Eins.", True)
    assert laid([]) == ""


def test_the_shipped_specs_say_their_docs_in_german():
    model = load((Path(__file__).parents[2] / "specs",), overlays=("September",)).model
    assert model is not None
    docs = [("calendar", event.id, event.doc) for event in model.calendar.events]
    docs += [("field", field.id, field.doc) for field in model.fields]
    docs += [("scenario", scenario.id, scenario.doc) for scenario in model.scenarios]
    told = [(kind, name, doc) for kind, name, doc in docs if doc]
    names = {name for _, name, _ in told}
    assert names >= {"outage", "app_issue", "knabenschiessen", "repeat_call_within_72h", "complains"}
    assert [name for _, name, doc in told if not in_language(doc, "de")[1]] == []
