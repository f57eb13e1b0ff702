"""One whole dialogue per locale and channel, to be read: `pytest --update` rewrites it, you read the diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.talk.dialogue import Hold, Silence, Transfer, Turn, Wait
from tests.talk_embedded.calls import call, write

GOLDEN = Path(__file__).parent / "golden"
SHOWN = {Wait: "wait", Hold: "hold", Silence: "silence"}


def drawn(item) -> str:
    if isinstance(item, Turn):
        mark = "[interrupts] " if item.interrupts else "[inside] " if item.backchannel else ""
        return f"{item.speaker} ({item.act}): {mark}{item.text}"
    if isinstance(item, Transfer):
        return f"[transfer {item.to}]"
    return f"[{SHOWN[type(item)]} {item.centiseconds / 100:.2f}s]"


@pytest.mark.parametrize("tag", ["en", "de"])
@pytest.mark.parametrize("channel", ["voice", "text"])
def test_a_dialogue(tag, channel, update):
    made = call(11, channel, FCR=False, escalation="Supervisor")
    shown = "\n".join(drawn(item) for item in write(made, tag).items) + "\n"
    path = GOLDEN / f"{tag}_{channel}.txt"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == shown
