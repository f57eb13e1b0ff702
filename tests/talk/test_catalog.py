"""Locales: laid from files, chosen with a stated fallback, refused with file and line."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from compiler.catalog import available, choose, load, override
from compiler.failures import WorldError
from tests.talk.calls import DE, EN, LOCALES


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A project's own locales folder."""
    folder = tmp_path / "locales"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_locales_say_the_same_things():
    assert set(DE.labels) == set(EN.labels)
    assert set(DE.evidence) == set(EN.evidence) == {
        "greeting", "empathy", "summary", "farewell", "hold", "transfer"}
    assert set(DE.spoken["currencies"]) == set(EN.spoken["currencies"])
    assert DE.label("FCR") == "Beim ersten Anruf gelöst"
    assert EN.label("FCR") == "FCR"
    assert len({label.casefold() for label in DE.labels.values()}) == len(DE.labels), "two labels read the same"


def test_a_value_reads_by_id_then_by_label_then_plain():
    assert DE.value("intent", "Card_Block") == "Kartensperrung"
    assert DE.value("persona", "calm", "Calm") == "ruhig"
    assert DE.value("size", "over_3y", "more than three years") == "more than three years"
    assert DE.value("size", "over_3y") == "over 3y"
    assert EN.value("product", "eBanking") == "eBanking"
    assert DE.member("intent", "kartensperrung") == "Card_Block"
    assert DE.member("intent", "Raumfahrt") is None


@pytest.mark.parametrize(("wanted", "chosen"), [
    ("de", ("de", None)), ("DE", ("de", None)), ("en", ("en", None)),
    ("de-CH", ("de", "there is no locale de-CH: using de")),
    ("de_ch", ("de", "there is no locale de-CH: using de")),
    ("it", ("en", "there is no locale it (there is: de, en): using en")),
])
def test_a_fallback_is_stated(wanted, chosen):
    assert choose(wanted, available(LOCALES)) == chosen


def test_there_is_no_fallback_without_english():
    with pytest.raises(WorldError, match=r"there is no locale it, and no en to fall back to \(there is: de\)"):
        choose("it", ("de",))


def test_a_new_locale_is_one_new_folder_and_a_region_only_its_differences(own):
    put(own, "de-CH/locale.yml", "name: Deutsch (Schweiz)\nbabel: de_CH\n")
    put(own, "de-CH/value_labels.yml", "product: {Card: Kärtchen}\n")
    folders = (own, *LOCALES)
    assert choose("de-CH", available(folders)) == ("de-CH", None)
    swiss = load("de-CH", folders)
    assert (swiss.name, swiss.english, swiss.babel) == ("Deutsch (Schweiz)", "German", "de_CH")
    assert swiss.value("product", "Card") == "Kärtchen"
    assert swiss.value("product", "Loan") == "Kredit"


def test_the_projects_files_come_first(own):
    put(own, "de/labels.yml", "FCR: Erledigt\n")
    put(own, "de/phrases/a.yml", "own: 1\n")
    german = load("de", (own, *LOCALES))
    assert german.label("FCR") == "Erledigt"
    assert german.label("AWT") == "Wartezeit"
    assert german.read("phrases/a.yml") == {"own": "1"}
    assert own / "de/phrases/a.yml" in german.files("phrases/*.yml")
    with pytest.raises(WorldError, match=r"locale de has no file phrases/none\.yml \(looked in .*locales/de"):
        german.read("phrases/none.yml")


def test_the_specs_locale_block_goes_over_everything(tmp_path):
    put(tmp_path, "l.json", '{"de": {"FCR": "Gelöst"}, "en": {"FCR": "Done"}}')
    put(tmp_path, "v.json", '{"de": {"intent": {"Card Block": "Karten-Sperrung"}}}')
    german = override(DE, {"labels": "l.json", "values": "v.json", "greeting": "Moin {agent.label}"}, tmp_path)
    assert german.label("FCR") == "Gelöst"
    assert german.texts["greeting"] == "Moin {agent.label}"
    assert german.value("intent", "X", "Card Block") == "Karten-Sperrung"
    assert override(EN, {"values": "v.json"}, tmp_path).values == EN.values


def test_a_locale_goes_to_another_process():
    assert pickle.loads(pickle.dumps(DE)).labels == DE.labels


@pytest.mark.parametrize(("name", "text", "message"), [
    ("de/locale.yml", "name: a\n  b: : c\n",
     "de/locale.yml:2: not readable as YAML: mapping values are not allowed in this context"),
    ("de/labels.yml", "FCR: a\nFCR: b\n", "de/labels.yml:2: `FCR` stands twice"),
    ("de/labels.yml", "- FCR\n", "de/labels.yml:1: a locale file is a list of `key: text` lines"),
    ("de/locale.yml", "evidence:\n  greeting: ['[a']\n",
     "de/locale.yml:2: the evidence of greeting is no regular expression: unterminated character set at position 0"),
    ("de/value_labels.yml", "product: Karte\n", "de/value_labels.yml:1: `product` must hold `key: text` lines"),
    ("de/locale.yml", "name: Deutsch\nlexicon: x\n",
     "de/locale.yml:2: a locale has no `lexicon`; it has: name, english, babel, speakers, texts, evidence, spoken"),
    ("xx/locale.yml", "name: X\n", "xx/locale.yml:1: the locale xx lacks `english`"),
    ("de/locale.yml", "a: &a [x]\nb: *a\n",
     "de/locale.yml:1: anchors (`&`, `*`) are not used in locale files; write the text again"),
])
def test_a_broken_locale_names_file_and_line(own, name, text, message):
    put(own, name, text)
    with pytest.raises(WorldError) as caught:
        load(name[:2], (own, *LOCALES))
    assert str(caught.value) == f"{own}/{message}"


def test_a_locale_that_is_not_utf8(own):
    (own / "de").mkdir()
    (own / "de/labels.yml").write_bytes(b"FCR: gel\xf6st\n")
    with pytest.raises(WorldError, match=r"labels\.yml: not UTF-8 \(byte 8\); save the file as UTF-8"):
        load("de", (own, *LOCALES))


def test_a_locale_that_lacks_words(own):
    shutil.copytree(LOCALES[0] / "en", own / "fr")
    path = own / "fr/locale.yml"
    path.write_text(path.read_text().replace('  yes: "Yes"\n', ""))
    with pytest.raises(WorldError, match=r"fr/locale\.yml:\d+: `texts` of the locale fr lacks `yes`"):
        load("fr", (own, *LOCALES))


def test_an_unknown_locale():
    with pytest.raises(WorldError, match=r"^there is no locale xx \(there is: de, en\)$"):
        load("xx", LOCALES)
