"""What is printed: text, Markdown and JSON of one Difference that has everything."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from compiler.diff import data, markdown, text
from compiler.diff.result import Cause, Counts, Difference, Exemplar, FactSaid, SideSaid, Together

AWT = Cause(
    1, "fact", "kpi AWT",
    (FactSaid("line", "kpi AWT", "rises by 35s when outage", "HEAD~1:specs/kpis.calls:5", "rises by 45s when outage",
              "specs/kpis.calls:5"),),
    Counts(records=249), {"AWT": 249}, {"NPS_score": 16, "Silence_ratio": 12}, 0, 0, True, "",
    Exemplar("e2867673-24dd-8e73-be91-c370f8bca18a", "Karin_Herzog_20250917171201_41064066216", "de",
             ("@@ -96 +96 @@", "-- Wartezeit: `[wait 123.92s]`", "+- Wartezeit: `[wait 133.92s]`")))
MOVED = Cause(
    2, "fact", "team Team_A, team Team_B",
    (FactSaid("removed", "team Team_A", "agent Peter_Keller", "HEAD~1:specs/people.calls:29", None, None, 5),
     FactSaid("added", "team Team_B", None, None, "agent Peter_Keller", "specs/people.calls:41", 5)),
    Counts(added=3, removed=1, records=112, prompts=9), {"team": 96}, {"FCR": 12, "follows": 4}, 2, 1, True, "",
    Exemplar("a", "Peter_Keller_20250901090000_41000000000", "en", ("@@ -3 +3 @@", "-```x", "+`|`"), 7))
AUDIO = Cause(3, "fact", "audio", (FactSaid("line", "audio", "sample rate: 16000", "a:1", "sample rate: 8000", "b:1"),),
              Counts(), beyond="the sound of the calls")
DOC = Cause(4, "fact", "calendar", (FactSaid("doc", "calendar / incident outage", "## Down.", "", "## All down.", ""),),
            Counts())
WHOLE = Difference(
    "MusterBank", SideSaid("HEAD~1", "revision", 1640, "0123456789abcdef0123456789abcdef01234567"),
    SideSaid("specs", "specs", 1642), Counts(3, 1, 350, 9), {"AWT": 249, "NPS_score": 16, "team": 96}, 2, 1,
    (AWT, MOVED), (AUDIO, DOC), Together(5, (1, 2)), 20, 1, ("a note of how it was done",))

TEXT = """\
MusterBank: HEAD~1 (0123456789ab) -> specs, 1,640 -> 1,642 calls
359 calls change (9 in the prompt only), 3 are added, 1 is removed; follow-ups: 2 gained, 1 lost; 2
causes

1. kpi AWT: 249 calls change
   - rises by 35s when outage                          HEAD~1:specs/kpis.calls:5
   + rises by 45s when outage                          specs/kpis.calls:5
   directly: AWT 249
   downstream: NPS_score 16, Silence_ratio 12
   for example Karin_Herzog_20250917171201_41064066216 (de)
     @@ -96 +96 @@
     -- Wartezeit: `[wait 123.92s]`
     +- Wartezeit: `[wait 133.92s]`

2. team Team_A, team Team_B: 121 calls change (9 in the prompt only), 3 are added, 1 is removed
   team Team_A
   - agent Peter_Keller (and 5 lines below)            HEAD~1:specs/people.calls:29
   team Team_B
   + agent Peter_Keller (and 5 lines below)            specs/people.calls:41
   directly: team 96
   downstream: FCR 12, follows 4
   follow-ups: 2 gained, 1 lost
   for example Peter_Keller_20250901090000_41000000000 (en)
     @@ -3 +3 @@
     -```x
     +`|`
     ... 7 more lines

5 calls change only by cause 1 together with cause 2

3. audio: no record and no prompt changes; it reaches the sound of the calls
   - sample rate: 16000                                a:1
   + sample rate: 8000                                 b:1
4. calendar: no call changes: a text that no prompt shows
   calendar / incident outage
   - ## Down.
   + ## All down.

note: 20 calls are touched by more than one cause
note: 1 call would change by one cause alone, but not by all of them
note: a note of how it was done
"""

MARKDOWN = """\
### `MusterBank`: 359 calls change (9 in the prompt only), 3 are added, 1 is removed; follow-ups: 2 gained, 1 lost; \
2 causes

`HEAD~1 (0123456789ab)` (1,640 calls) → `specs` (1,642 calls)

| | cause | changed | added | removed | directly | downstream | follow-ups |
|--:|---|--:|--:|--:|---|---|---|
| 1 | `kpi AWT` | 249 | 0 | 0 | AWT 249 | NPS_score 16, Silence_ratio 12 |  |
| 2 | `team Team_A, team Team_B` | 121 | 3 | 1 | team 96 | FCR 12, follows 4 | 2 gained, 1 lost |

**1. `kpi AWT`**: 249 calls change

```diff
- rises by 35s when outage  # HEAD~1:specs/kpis.calls:5
+ rises by 45s when outage  # specs/kpis.calls:5
```

<details><summary>Karin_Herzog_20250917171201_41064066216 (de)</summary>

```diff
@@ -96 +96 @@
-- Wartezeit: `[wait 123.92s]`
+- Wartezeit: `[wait 133.92s]`
```

</details>

**2. `team Team_A, team Team_B`**: 121 calls change (9 in the prompt only), 3 are added, 1 is removed

```diff
@@ team Team_A @@
- agent Peter_Keller (and 5 lines below)  # HEAD~1:specs/people.calls:29
@@ team Team_B @@
+ agent Peter_Keller (and 5 lines below)  # specs/people.calls:41
```

<details><summary>Peter_Keller_20250901090000_41000000000 (en)</summary>

````diff
@@ -3 +3 @@
-```x
+`|`
@@ 7 more lines @@
````

</details>

**5 calls change only by cause 1 together with cause 2**

**3. `audio`**: no record and no prompt changes; it reaches the sound of the calls

```diff
- sample rate: 16000  # a:1
+ sample rate: 8000  # b:1
```

**4. `calendar`**: no call changes: a text that no prompt shows

```diff
@@ calendar / incident outage @@
- ## Down.
+ ## All down.
```

- 20 calls are touched by more than one cause
- 1 call would change by one cause alone, but not by all of them
- a note of how it was done
"""


def test_the_text() -> None:
    drawn = text.draw(WHOLE)
    assert drawn == TEXT
    assert max(map(len, drawn.splitlines())) <= 100


def test_long_lines_are_cut_at_the_width() -> None:
    fact = FactSaid("line", "act " + "x" * 200, "y" * 300, "specs/" + "z" * 120 + ":1", "w" * 300, "p:1")
    shown = Exemplar("c", "s" * 120, "en", ("+" * 300,))
    cause = Cause(1, "fact", "t" * 150, (fact,), Counts(records=1), {"f" * 130: 1}, exemplar=shown)
    sides = SideSaid("a" * 200, "specs", 1), SideSaid("b", "specs", 1)
    long = Difference("d", *sides, Counts(records=1), {}, 0, 0, (cause,), ())
    assert max(map(len, text.draw(long).splitlines())) <= 100


def test_the_markdown() -> None:
    assert markdown.draw(WHOLE) == MARKDOWN


def test_the_json_keeps_its_schema() -> None:
    Draft202012Validator.check_schema(data.SCHEMA)
    said = json.loads(data.draw(WHOLE))
    Draft202012Validator(data.SCHEMA).validate(said)
    assert said["calls"] == {"added": 3, "removed": 1, "changed": 359, "prompt_only": 9}
    assert said["causes"][1]["facts"][0] == {
        "what": "removed", "block": "team Team_A",
        "old": {"text": "agent Peter_Keller", "place": "HEAD~1:specs/people.calls:29"}, "new": None, "lines_below": 5}
    assert said["together"] == {"calls": 5, "causes": [1, 2], "exemplar": None}
    assert said["without_calls"][0]["reaches"] == "the sound of the calls"


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_the_result_goes_to_a_file(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from compiler.program import run
    from tests.diff.brute import edited, project

    old, new = project(tmp_path / "old"), project(tmp_path / "new")
    edited(new / "kpis.calls", ("starts at 78%", "starts at 60%"))
    out = tmp_path / "out"
    code = run(["diff", str(old), str(new), "--message-format", form, "-o", str(out)])
    assert code == 2
    assert capsys.readouterr().out == ""
    written = out.read_text(encoding="utf-8")
    if form == "json":
        said = json.loads(written)
        Draft202012Validator(data.SCHEMA).validate(said)
        assert said["changes"]
        assert [cause["title"] for cause in said["causes"]] == ["flag FCR"]
    else:
        assert "flag FCR" in written


def test_markdown_has_room_in_a_comment() -> None:
    """GitHub refuses a comment of more than 65,536 characters."""
    line = "`|<b>" * 400
    fact = FactSaid("line", "kpi AWT", line, "a:1", line, "b:1")
    shown = Exemplar("a", "Peter_Keller_20250901090000_41000000000", "en", (line,) * 16, 0)
    causes = [Cause(n, "fact", "kpi AWT", (fact,) * 30, Counts(records=1), exemplar=shown) for n in range(1, 33)]
    drawn = [markdown.draw(replace(WHOLE, causes=tuple(causes[:n]), quiet=())) for n in (1, 4, 8, 32)]
    assert all(len(one) <= 60_000 for one in drawn)
    assert [one.count("<details>") for one in drawn] == [1, 0, 0, 0]
    assert [one.count("```diff") for one in drawn] == [2, 4, 8, 0]
    assert drawn[3].endswith("- left out here, as a comment has room for 65,536 characters: examples and lines; "
                             "`--message-format json` has all of it\n")
    assert all(one.count("\n```\n") == one.count("```diff") for one in drawn)


def test_a_note_is_no_markup() -> None:
    drawn = markdown.draw(replace(WHOLE, notes=("template <img>|`x` @all *b*",)))
    assert drawn.endswith("- template &lt;img&gt;\\|\\`x\\` &#64;all \\*b\\*\n")
