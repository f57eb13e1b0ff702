"""What is synthesised and what the document calls `text` is the spoken form."""

from __future__ import annotations

import json
import re

from compiler.sound import studio
from tests.sound import calls


def test_numbers_are_said(tmp_path):
    items = (calls.agent("The fee is CHF 12.50, due on 03.09.2025."), calls.customer("I see 3 bookings of 20 francs."))
    take = calls.take(tmp_path, items)
    recording = studio.produce(take, studio.Settings())
    document = json.loads(take.json.read_text(encoding="utf-8"))
    said = [s for c in ("C1", "C2") for s in document[c]["metadata"]["smoothed"]]
    assert [s["denormalized"] for s in said] == [item.text for item in items]
    assert not any(re.search(r"\d", s["text"]) for s in said)
    assert "twelve" in said[0]["text"] and "three bookings" in said[1]["text"]
    assert recording.measured.duration > 5
