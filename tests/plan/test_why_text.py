"""`compile why` as people see it: whole texts beside this file (pytest --update rewrites them), and every refusal."""

from __future__ import annotations

import codecs
import json
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from compiler import program, registry
from compiler.plan.formats import format_of
from compiler.plan.plan import Plan
from compiler.plan.why import build as why_build
from tests.plan.test_why import ROOT, planned

GOLDEN = Path(__file__).parent / "why"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("why") / "build"
    assert program.run([str(ROOT / "specs"), "--target", "plan", "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture(scope="module")
def kept() -> dict[Path, why_build.Build]:
    """The one build that nobody edits is drawn once."""
    return {}


@pytest.fixture
def why(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, build: Path, kept: dict[Path, why_build.Build]
) -> Run:
    opened = why_build.opened

    def once(folder: Path) -> why_build.Build:
        if folder.resolve() != build.resolve():
            return opened(folder)
        if folder not in kept:
            kept[folder] = opened(folder)
        return kept[folder]

    monkeypatch.setattr(why_build, "opened", once)

    def run(*words: str, out: Path | None = None) -> tuple[int, str, str]:
        monkeypatch.chdir((out or build).parent)
        code = program.run(["why", *words, "--out", (out or build).name])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def call_id(row: int, plan: Plan | None = None) -> str:
    return (plan or planned("shipped")).call_ids[row]


def follow_up() -> int:
    """The row of the first call that took over the intent of another."""
    plan = planned("shipped")
    return int(plan.taken["intent"].nonzero()[0][0])


CASES: dict[str, tuple[Callable[[], int], tuple[str, ...]]] = {
    "tree": (lambda: 0, ()),
    "number": (lambda: 0, ("AWT",)),
    "chance": (lambda: 0, ("FCR",)),
    "race": (lambda: 0, ("scenario",)),
    "numbers": (lambda: 0, ("NPS_score",)),
    "start": (lambda: 0, ("start",)),
    "day": (lambda: 0, ("date",)),
    "checks": (lambda: 0, ("compliance_flags",)),
    "decide": (lambda: 1, ("escalation",)),
    "estimate": (lambda: 1, ("Silence_ratio",)),
    "event": (lambda: 0, ("premium_wait_peak",)),
    "customer": (lambda: 5, ("customer_id",)),
    "customer_number": (lambda: 5, ("ANI",)),
    "taken_over": (follow_up, ("intent",)),
    "follows": (follow_up, ("follows",)),
    "made": (lambda: planned("shipped").links.made[0], ("repeat_call_within_72h",)),
    "cut_off": (lambda: planned("shipped").links.cut_off[0], ("repeat_call_within_72h",)),
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, why: Run, update: bool) -> None:
    row, field = CASES[name]
    code, text, said = why(call_id(row()), *field)
    assert (code, said) == (0, "")
    assert max(map(len, text.splitlines())) <= 100
    path = GOLDEN / f"{name}.txt"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_call_is_known_by_all_its_names(why: Run, build: Path) -> None:
    call = planned("shipped").call(0)
    date = str(call.record["date"])
    expected = why(call.call_id, "AWT")
    for text in (call.call_id[:8], call.call_id.upper(), call.call_id.replace("-", ""), call.stem,
                 f"build/plan/{date}/{call.call_id}.json", f"build/prompts/de/{call.stem}.md",
                 f"build/dialogues/{call.stem}.txt", f"build/audio/{call.stem}.wav", f"{call.stem}.wav.json"):
        assert why(text, "AWT") == expected, text


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_every_format_of_the_plan_is_read(form: str, why: Run, tmp_path: Path) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    folder = tmp_path / "build"
    words = ["--target", "plan", "--format", form, "--out", str(folder), "--quiet"]
    assert program.run([str(ROOT / "specs"), *words]) == 0
    for row in (0, follow_up()):
        code, text, said = why(call_id(row), out=folder)
        assert (code, said) == (0, "")
        assert text.endswith("\nRecomputed from the spec in the build, and equal to the record.\n")
    path = folder / "plan" / f"calls.{form}"
    whole = path.read_bytes()
    path.write_bytes(whole[:-40] if form == "parquet" else whole.replace(b'"FCR":true', b'"FCR":0'))
    code, text, said = why(call_id(0), "FCR", out=folder)
    assert (code, text) == (1, "")
    told = {"jsonl": "FCR is 0 in the record, but the spec", "parquet": "calls.parquet is not readable as parquet"}
    assert told[form] in said


def test_data(why: Run) -> None:
    call = planned("shipped").call(0)
    code, text, _ = why(call.call_id, "AWT", "--message-format", "json")
    told = json.loads(text)
    assert code == 0 and told["call_id"] == call.call_id and told["recorded"] and told["not_as_recorded"] == []
    field = told["fields"]["AWT"]
    assert field["value"] == call.record["AWT"] and field["unit"] == "time"
    assert [step["op"] for step in field["steps"] if "op" in step] in (["add"] * 2, ["add"] * 3)
    assert set(field["parents"]) <= set(told["fields"])  # what it was made from comes along
    assert told["fields"]["channel"]["race"][0]["member"] == call.record["channel"]


def test_unknown_call(why: Run) -> None:
    call = planned("shipped").call(0)
    other = ("0" if call.call_id[12] != "0" else "1").join((call.call_id[:12], call.call_id[13:]))
    assert why(other) == (2, "", f"error: there is no call `{other}` in this build; the nearest is {call.call_id}\n")
    stem = call.stem[:-1] + ("0" if call.stem[-1] != "0" else "1")
    assert why(stem) == (2, "", f"error: there is no call `{stem}` in this build; the nearest is {call.stem}\n")
    assert why("Marko_Fischer_20250901080000_41000") == (
        2, "", "error: there is no call `Marko_Fischer_20250901080000_41000` in this build: it has no agent "
        "Marko_Fischer; did you mean Marco_Fischer?\n")
    assert why("Marco_Fischer_20251224080000_41000") == (
        2, "", "error: there is no call `Marco_Fischer_20251224080000_41000` in this build: its days are 2025-09-01 to "
        "2025-09-02\n")
    first = planned("shipped").call(0).stem
    assert why("the first one") == (
        2, "", "error: `the first one` names no call; write a call_id (its first 4 characters or more), a stem such as "
        f"{first}, or a file of the build\n")


def test_a_beginning_of_several(build: Path) -> None:
    from compiler.failures import UsageError
    from compiler.plan.why import row as why_row

    plan = planned("claims")
    ids = plan.call_ids
    beginnings = [call[:4] for call in ids]
    text = next(each for each in beginnings if beginnings.count(each) == 2)
    both = ", ".join(each for each in ids if each.startswith(text))
    with pytest.raises(UsageError) as said:
        why_row.find(plan, text)
    assert str(said.value) == f"2 calls begin with `{text}`: {both}; write more of the call_id"


def test_unknown_field(why: Run) -> None:
    assert why(call_id(0), "NPS_scor") == (
        2, "", "error: a call has no field `NPS_scor`; did you mean NPS_score?\n")
    assert why(call_id(0), "Greting")[2] == "error: a call has no field `Greting`; did you mean Greeting?\n"


def test_no_build(why: Run, tmp_path: Path) -> None:
    assert why("abcd", out=tmp_path / "nothing") == (
        2, "", "error: nothing is no folder; run `compile specs --target plan --out nothing` first, or name another "
        "build with --out\n")
    (tmp_path / "empty").mkdir()
    assert why("abcd", out=tmp_path / "empty")[2].startswith("error: empty is no build with a plan in it; run `compi")


def edited(build: Path, tmp_path: Path) -> Path:
    shutil.copytree(build, tmp_path / "build")
    return tmp_path / "build"


def test_an_edited_record_is_not_explained(why: Run, build: Path, tmp_path: Path) -> None:
    call, folder = planned("shipped").call(0), edited(build, tmp_path)
    path = folder / "plan" / str(call.record["date"]) / f"{call.call_id}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "AWT": 1.5, "channel": "fax"}), encoding="utf-8")
    code, text, said = why(call.call_id, "AWT", out=folder)
    assert (code, text) == (1, "")
    assert said == (
        f"error: AWT is 1.5 in the record, but the spec in the build gives {call.record['AWT']:g} s: the record or "
        "plan/_meta/effective.calls was edited, so I cannot say why. Make the build again with `compile specs --target "
        "plan --out build`\n")
    code, text, said = why(call.call_id, out=folder)
    assert code == 1 and "AWT                        not as the record has it: no derivation\n" in text
    assert said.startswith("error: channel is fax in the record, but the spec in the build gives ")
    code, text, _ = why(call.call_id, "--message-format", "json", out=folder)
    assert code == 1 and json.loads(text)["not_as_recorded"] == ["channel", "AWT"]
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"callsheet": "', '"callsheet": "0.0.'), encoding="utf-8")
    assert "version 0.0." in why(call.call_id, "AWT", out=folder)[2]


def test_a_build_without_records_is_explained(why: Run, build: Path, tmp_path: Path) -> None:
    call, folder = planned("shipped").call(0), edited(build, tmp_path)
    shutil.rmtree(folder / "plan" / str(call.record["date"]))
    code, text, said = why(call.call_id, "FCR", out=folder)
    assert (code, said) == (0, "")
    assert text.endswith("\nThe build has no record of this call; this is what its spec gives.\n")


def test_an_edited_spec_is_said(why: Run, build: Path, tmp_path: Path) -> None:
    folder = edited(build, tmp_path)
    spec = folder / "plan/_meta/effective.calls"
    spec.write_text(spec.read_text(encoding="utf-8").replace("starts at 78%", "starts at 78"), encoding="utf-8")
    code, text, said = why(call_id(0), "FCR", out=folder)
    assert (code, text) == (1, "") and said.startswith("error: build/plan/_meta/effective.calls:")
    assert "make it again with `compile specs --target plan --out build`" in said


def test_the_lines_that_give_the_shares_of_the_agents_are_not_said_not_to_hold(why: Run) -> None:
    code, text, _ = why(call_id(0), "agent_name")
    assert code == 0 and text.count("the agents' `share` lines") == 1
    assert "lines that do not hold" not in text
    told = json.loads(why(call_id(0), "agent_name", "--message-format", "json")[1])["fields"]["agent_name"]
    assert [step["text"] for step in told["steps"]] == ["the agents' `share` lines"]
    assert told["does_not_hold"] == []


@pytest.mark.parametrize("reads", [True, False])
def test_the_records_of_an_added_format_are_read_by_it(
    reads: bool, why: Run, build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A format of another distribution, by an entry point of the group callsheet.formats."""
    out = tmp_path / "build"
    (out / "plan").mkdir(parents=True)
    shutil.copytree(build / "plan/_meta", out / "plan/_meta")
    record = next((build / "plan").rglob(f"{call_id(0)}.json"))
    (out / "plan/calls.rot13").write_text(codecs.encode(record.read_text(encoding="utf-8"), "rot13"), encoding="utf-8")
    added = ModuleType("added")
    added.FILE, added.ready = "plan/calls.rot13", lambda: None
    if reads:
        added.read = lambda folder, wanted, date: json.loads(
            codecs.decode((folder / added.FILE).read_text(encoding="utf-8"), "rot13"))
    point = SimpleNamespace(name="rot13", value="added", load=lambda: added)
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point] if group == "callsheet.formats" else [])
    registry.added.cache_clear()
    registry.names.cache_clear()
    try:
        assert format_of("rot13") is added
        code, text, _ = why(call_id(0), "FCR", out=out)
    finally:
        registry.added.cache_clear()
        registry.names.cache_clear()
    assert code == 0
    assert text.splitlines()[-1] == ("Recomputed from the spec in the build, and equal to the record." if reads else
                                     "The records of format rot13 cannot be read back; derived from the spec alone.")
