"""How often the embedded writer says the same thing: 500 calls of the shipped spec and of each pack. `python
tests/bench/variety.py [SPEC…]`

For each locale: the share of turns and of sentences that occur more than once, distinct-2 (different pairs of
neighbouring words over all pairs) and the compression ratio of all text; the most frequent sentences, first and last
turns. Sentences of less than four words are not counted: "Thank you." is said often by people, too.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

from compiler.lang.load import load
from compiler.places import search_path
from compiler.plan.call import Call
from compiler.plan.plan import draw
from compiler.talk import header
from compiler.talk.dialogue import Turn
from compiler.talk.prompt_view import vocabulary
from compiler.talk.writer import Job, WriterSettings
from compiler.talk.writers import embedded
from compiler.targets._locales import Locales

ROOT = Path(__file__).resolve().parents[2]
CALLS, DEMO, SHOWN = 500, 60, 12
LONG = 4  # words from which on a repeated sentence counts
SENTENCE = re.compile(r"(?<=[.!?…:])\s+")


def main(paths: list[Path]) -> None:
    own = paths == [ROOT / "specs"]
    loaded = load(tuple(paths), overlays=("September",) if own else (), library=ROOT / "specs" / "library",
                  sets=() if own else ("volume.workday calls=800", "volume.weekend calls=800"))
    assert loaded.model is not None, loaded.diagnostics
    plan = draw(loaded.model)
    step = max(1, plan.count // (2 * CALLS))
    words, locales = vocabulary(loaded.model), Locales(loaded.model, ROOT, lambda _: None)
    writer = embedded.open(WriterSettings(folders=search_path("locales", ROOT)))
    said: dict[str, list[list[Turn]]] = defaultdict(list)
    for number in range(0, plan.count, step):
        call: Call = plan.call(number)
        locale = locales.of(str(call.record["language"]), None)
        if len(said[locale.tag]) < CALLS:
            job = Job(call, locale, header.entries(call, writer.generator, words.members))
            said[locale.tag].append([item for item in writer.write(job).items if isinstance(item, Turn)])
    for tag in sorted(said):
        report(tag, said[tag])


def report(tag: str, calls: list[list[Turn]]) -> None:
    turns = [turn.text for call in calls for turn in call if not turn.backchannel]
    long = [text for text in turns if len(text.split()) >= LONG]
    sentences = [sentence for call in calls for sentence in sentences_of(call)]
    tokens = " ".join(turns).lower().split()
    pairs = Counter(pairwise(tokens))
    whole = "\n".join(turns).encode()
    say(f"\n{tag}: {len(calls)} calls, {len(turns)} turns, {len(sentences)} sentences of 4 words and more")
    say(f"  turns said more than once {repeated(turns):.1%}, of 4 words and more {repeated(long):.1%}, "
          f"sentences {repeated(sentences):.1%}")
    say(f"  distinct-2 {len(pairs) / sum(pairs.values()):.3f}, compressed 1 : "
        f"{len(whole) / len(zlib.compress(whole, 9)):.2f}, calls with "
        f"the most frequent sentences {top(sentences, len(calls))}")
    demo = [sentence for call in calls[:DEMO] for sentence in sentences_of(call)]
    say(f"  a demo of {DEMO} calls: sentences said more than once {repeated(demo):.1%}, "
        f"most frequent {top(demo, DEMO)}")
    lists = {"sentences": sentences, "first turns": [call[0].text for call in calls],
             "last agent turns": [[turn.text for turn in call if turn.speaker == "agent"][-1] for call in calls],
             "last turns": [call[-1].text for call in calls]}
    for name, texts in lists.items():
        say(f"  {name}")
        for text, count in Counter(texts).most_common(SHOWN):
            say(f"    {count:4} {text}")


def sentences_of(call: list[Turn]) -> list[str]:
    return [one.strip() for turn in call if not turn.backchannel for one in SENTENCE.split(turn.text)
            if len(one.split()) >= LONG]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def repeated(texts: list[str]) -> float:
    counts = Counter(texts)
    return sum(count for count in counts.values() if count > 1) / len(texts)


def top(texts: list[str], calls: int) -> str:
    return ", ".join(f"{count / calls:.0%}" for _, count in Counter(texts).most_common(3))


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]] or [ROOT / "specs"])
