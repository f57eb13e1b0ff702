"""small.yml and its labels, imported: exactly the files under golden/ (`pytest --update` rewrites them)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from compiler import catalog
from compiler.cli import main
from compiler.lang.fmt.format import formatted
from compiler.lang.load import load
from compiler.places import project_of, search_path
from compiler.plan.plan import draw
from compiler.source import Source
from tests.importer.test_shares import REFERENCE

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SPECS = HERE.parents[1] / "specs"
GIVEN = ("small.yml", "labels.json", "value_labels.json")
COMMAND = ["import", "small.yml", "-o", "out", "--start", "2026-03-01", "--labels", "labels.json",
           "--value-labels", "value_labels.json"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in GIVEN:
        shutil.copy(HERE / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def texts(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(files)}


def test_the_files_and_the_report(folder, capsys, update):
    assert main(COMMAND) == 0
    found = texts(folder / "out")
    assert capsys.readouterr().out == found["IMPORT.md"]
    if update:
        shutil.rmtree(GOLDEN, ignore_errors=True)
        shutil.copytree(folder / "out", GOLDEN)
    assert found == texts(GOLDEN)


def test_what_is_imported_compiles_to_a_plan_and_needs_no_formatting(folder):
    main(COMMAND)
    loaded = load([folder / "out"])
    assert loaded.diagnostics == ()
    assert draw(loaded.model).count > 4000
    for path in sorted((folder / "out").glob("*.calls")):
        text = path.read_text(encoding="utf-8")
        assert formatted(Source(path.name, text)).text == text, path.name


def test_twice_the_same_bytes(folder):
    main(COMMAND)
    first = texts(folder / "out")
    shutil.rmtree(folder / "out")
    main(COMMAND)
    assert texts(folder / "out") == first


def test_the_locale_files_are_found_beside_the_specs(folder):
    main(COMMAND)
    folders = search_path("locales", project_of(folder / "out"))
    locale = catalog.load("de", folders)
    assert locale.label("AWT") == "Wartedauer"
    assert locale.value("intent", "Spare_part", "Spare part") == "Ersatzteil"
    assert locale.value("amount_bucket", "under_100", "<100") == "unter 100"
    assert locale.texts["yes"] == "Ja"


def test_options_name_the_dataset_its_days_and_its_seed(folder):
    main(["import", "small.yml", "-o", "out", "--end", "2025-12-24", "--seed", "9", "--name", "Garage & Co", "--quiet"])
    own = load([folder / "out"]).model.dataset
    assert (own.id, own.label, own.seed) == ("Garage_Co", "Garage & Co", 9)
    assert (str(own.first), str(own.last)) == ("2025-12-01", "2025-12-24")


def test_overrides_lie_over_the_base_key_by_key(folder):
    over = "volume: {base_weekday: 90}\nops:\n  awt_seconds: {base_median: 33, team_deltas: {Desk: 7}}\n"
    (folder / "overrides.yml").write_text(over, encoding="utf-8")
    main(["import", "small.yml", "overrides.yml", "-o", "out", "--quiet"])
    found = texts(folder / "out")
    assert "workday calls: 90\n  weekend calls: 100\n" in found["centre.calls"]
    assert "starts as normal, mean 33s, sd 15s" in found["kpis.calls"]
    assert "team Desk\n  AWT rises by 7s\n" in found["people.calls"]
    assert "team Workshop\n  AWT falls by 10s\n" in found["people.calls"]


def test_only_what_was_said_is_missing(folder):
    """Each value of the file is carried over or told with its path; knobs that mean nothing here are no exception."""
    main(COMMAND)
    report = (folder / "out" / "IMPORT.md").read_text(encoding="utf-8")
    old = yaml.safe_load((folder / "small.yml").read_text(encoding="utf-8"))
    old["ops"]["weather"] = {"rain": 1}
    (folder / "more.yml").write_text(yaml.safe_dump(old, sort_keys=False, allow_unicode=True), encoding="utf-8")
    main(["import", "more.yml", "-o", "other", "--quiet"])
    more = (folder / "other" / "IMPORT.md").read_text(encoding="utf-8")
    assert "`ops.weather`: unknown" in more
    assert "ops.weather" not in report


def shifted(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def test_shifts_that_no_known_hours_fit_go_around_the_clock(folder):
    text = (folder / "small.yml").read_text(encoding="utf-8")
    text = shifted(text, ("shifts: {Early: 0.5, Mid: 0.3, Late: 0.2}", "shifts: {Early: 0, Mid: 0, Late: 1}"))
    (folder / "small.yml").write_text(text, encoding="utf-8")
    main(["import", "small.yml", "-o", "out", "--quiet"])
    found = texts(folder / "out")
    assert "hours of Late: 00:00..24:00" in found["centre.calls"]
    assert "all shifts (Early, Mid, Late) go around the clock" in found["IMPORT.md"]
    assert draw(load([folder / "out"]).model).count


def test_other_times_of_day_share_the_day(folder):
    text = (folder / "small.yml").read_text(encoding="utf-8")
    for old, new in (("Night:", "Dawn:"), ("Evening:", "Dusk:")):
        text = text.replace(old, new)
    (folder / "small.yml").write_text(text, encoding="utf-8")
    main(["import", "small.yml", "-o", "out", "--quiet"])
    assert "hours of Dawn: 00:00..06:00\n" in texts(folder / "out")["centre.calls"]
    assert "in this order: Dawn 00:00..06:00, Morning" in texts(folder / "out")["IMPORT.md"]


def test_chances_and_weights_are_cut_as_the_old_program_did(folder):
    text = (folder / "small.yml").read_text(encoding="utf-8")
    text = shifted(text, ("{outage: -0.2, channel", "{outage: -0.8, channel"),
                   ("outage_penalty: -0.1", "outage_penalty: -0.5"),
                   ("{Mortgage: 0.1, Loan: -0.1}", "{Mortgage: 0.1, Loan: -0.4}"))
    (folder / "small.yml").write_text(text, encoding="utf-8")
    assert main(["import", "small.yml", "-o", "out", "--quiet"]) == 0
    found = texts(folder / "out")
    assert "rises by 5pp when channel is text\n  stays within 0%..100%\n" in found["kpis.calls"]
    assert "falls by 50pp when outage\n  stays within 0%..100%\n" in found["calls.calls"]
    assert "Loan falls by 20\n" in found["calls.calls"]
    assert ("`products.hour_lt_18_adjustment.Loan`: takes no more than the 0.2 that `Loan` has; before, the weight was"
            " cut at 0") in found["IMPORT.md"]


def test_nothing_that_is_there_is_overwritten(folder, capsys):
    assert main([*COMMAND, "--quiet"]) == 0
    assert main([*COMMAND, "--quiet"]) == 2
    assert "error: out has " in capsys.readouterr().err
    assert main([*COMMAND, "--quiet", "--force"]) == 0
    (folder / "out" / "mine.calls").write_text("", encoding="utf-8")
    assert main([*COMMAND, "--quiet", "--force"]) == 2
    assert capsys.readouterr().err == (
        "error: out has specs of its own (mine.calls), which would be compiled with the imported ones; name another"
        " folder with -o\n")


# ------------------------------------------------------------------------------------------------ the reference


def facts(loaded) -> dict[tuple[str, ...], set[str]]:
    """Block path -> its lines, labels left away."""
    found: dict[tuple[str, ...], set[str]] = {}
    path: list[str] = []
    for line in loaded.model.effective.splitlines():
        level = (len(line) - len(line.lstrip())) // 2
        plain = re.sub(r' "[^"]*"', "", line.strip())
        path = [*path[:level], plain]
        found.setdefault(tuple(path[:-1]), set()).add(plain)
    return found


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the old system's files do not lie beside the repository")
def test_our_own_specs_say_the_same_figures(tmp_path):
    """MusterBank stands in specs/ too: where both have a block, they have the same figures. Regions and languages
    differ on purpose, and so do the seed and the name, and what follows the reason for the call in ours: the scenario,
    the product, the automatic action."""
    base = str(REFERENCE / "base.yml")
    assert main(["import", base, "-o", str(tmp_path / "out"), "--quiet"]) == 0
    imported, ours = facts(load([tmp_path / "out"])), facts(load([SPECS], overlays=["September"]))
    apart = {"choice language", "choice region", "customers", "choice product", "choice automation_action_type"}
    shared = [path for path in imported if path in ours and path and path[0] not in apart
              and not path[0].startswith("scenario ")]
    figures = {(*path, line) for path in shared for line in imported[path] if any(sign.isdigit() for sign in line)}
    missing = {fact for fact in figures if fact[-1] not in ours[fact[:-1]]}
    assert missing == set()
    assert len(figures) > 200


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the old system's files do not lie beside the repository")
@pytest.mark.parametrize("said", [
    "base.yml:248 `automation.inapp_bonus`: read by nothing",
    "base.yml:124 `intents.base`: adds up to 1.20, not to 1",
    "base.yml:152 `scenarios.base`: adds up to 1.20, not to 1",
    "base.yml:237 `products.base.Mortgage`: the old program gave amounts to a product `Hypothek`",
    "base.yml:104 `channels.base.text`: the old program asked for a channel `Text`",
    "base.yml:107 `channels.time_of_day_adjustment.Morning.voice`: 0 moves nothing",
    "base.yml:184 `ops.hold_seconds.channel_deltas.text`: text calls have no hold time",
    "base.yml:206 `ops.silence_total_seconds.channel_lifts.text`: text calls have no silences",
    "base.yml:196 `ops.interruptions_count.channel_deltas.text`: text calls have no interruptions",
    "base.yml:114 `geo.premium_language_bias.EN`: there is only one language",
    "base.yml:190 `ops.silence_ratio.mean`: not carried over",
])
def test_the_report_on_the_reference(reference_report, said):
    assert said in reference_report


@pytest.fixture(scope="module")
def reference_report(tmp_path_factory) -> str:
    out = tmp_path_factory.mktemp("report") / "out"
    main(["import", str(REFERENCE / "base.yml"), str(REFERENCE / "overrides.yml"), "-o", str(out), "--quiet"])
    return (out / "IMPORT.md").read_text(encoding="utf-8")
