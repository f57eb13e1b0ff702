"""The labels are true of every timeline that is laid out: measured in the mixed sound, for dialogues of all shapes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.failures import Quarantined
from compiler.sound import judge, wavjson
from compiler.sound.audio import FRAME
from compiler.sound.breaks import breaking_point
from compiler.sound.measure import measure
from compiler.sound.parts import Line
from compiler.sound.timeline import LONGEST_GAP, lay_out
from compiler.talk.dialogue import Hold, Silence, Transfer
from tests.sound.sounds import burst, laid, line

SPEAKERS = st.sampled_from(["agent", "customer"])


@st.composite
def lines(draw, speaker=SPEAKERS):
    frames = draw(st.integers(20, 420))
    pauses, at = [], draw(st.integers(10, 120))
    while at < frames - 46:
        length = draw(st.integers(1, 45))
        pauses.append((at, length))
        at += length + draw(st.integers(8, 240))
    return line(draw(speaker), frames, pauses, backchannel=draw(st.integers(0, 9)) == 0)


@st.composite
def dialogues(draw):
    """Turns of all lengths with holds, silences and transfers between them; long turns may interrupt."""
    parts = [draw(lines())]
    for _ in range(draw(st.integers(1, 14))):
        kind = draw(st.integers(0, 11))
        if kind == 0:
            parts.append(Hold(draw(st.integers(300, 900))))
        elif kind == 1:
            parts.append(Silence(draw(st.integers(100, 700))))
        elif kind == 2:
            parts.append(Transfer("Team"))
        nxt = draw(lines())
        before = parts[-1]
        if kind >= 8 and isinstance(before, Line) and before.clip.frames > 90 and not before.turn.backchannel:
            other = "customer" if before.turn.speaker == "agent" else "agent"
            nxt = line(other, 140 + nxt.clip.frames, [(60, 12), (100, 20)], interrupts=True)
        parts.append(nxt)
    return parts


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(dialogues(), st.integers(0, 2**63))
def test_what_is_laid_out_is_what_is_heard(parts, who):
    asked = sum(isinstance(p, Line) and p.turn.interrupts for p in parts)
    try:
        timeline, heard = laid(*parts, who=who)
    except Quarantined as reason:
        assert str(reason).startswith("Interruptions_count: turn "), reason  # the only one that these shapes can break
        return
    found = measure(heard)
    assert round(found.Hold_time * 100) == sum(p.centiseconds for p in parts if isinstance(p, Hold))
    assert round(found.Silence_total_seconds * 100) == sum(p.centiseconds for p in parts if isinstance(p, Silence))
    assert found.Interruptions_count == asked
    labels = {"Hold_time": found.Hold_time, "Interruptions_count": asked, "Silence_ratio": 0.0,
              "Transfers_count": sum(isinstance(p, Transfer) for p in parts)}
    document = wavjson.of_recording(labels, labels, timeline, found)
    off = [check for check in judge.judge("call", heard, document).checks if not check.ok]
    assert not off
    assert_manners(timeline, parts, asked)


def assert_manners(timeline, parts, asked):
    """Gaps and overlaps between neighbours keep to their bounds, backchannels lie inside, all on the grid."""
    segments = timeline.segments
    assert all(s.start % FRAME == 0 and s.end % FRAME == 0 and s.start < s.end for s in segments)
    inside = [s for s in segments if s.kind == "backchannel"]
    main = [s for s in segments if s.kind != "backchannel"]
    for small in inside:
        assert any(s.channel != small.channel and s.start < small.start and small.end < s.end for s in main)
    interrupted = 0
    silences = [p.centiseconds for p in parts if isinstance(p, Silence)]
    for a, b in pairwise(main):
        gap = (b.start - a.end) // FRAME
        if -30 <= gap <= -20:
            interrupted += 1
        else:
            assert -10 <= gap <= LONGEST_GAP or gap in range(100, 100 + sum(silences)), gap
        assert a.channel != b.channel or gap > 0
    assert interrupted == asked


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(dialogues(), st.integers(0, 3), st.integers(0, 2**63))
def test_interruptions_without_marks(parts, count, who):
    parts = [p for p in parts if not (isinstance(p, Line) and p.turn.interrupts)] + [line("agent", 80)]
    try:
        _, heard = laid(*parts, who=who, interruptions=count)
    except Quarantined as reason:
        assert "are long enough" in str(reason)
        return
    assert measure(heard).Interruptions_count == count


def test_the_longest_turns_are_interrupted():
    parts = [line(("agent", "customer")[n % 2], frames) for n, frames in enumerate((200, 400, 210, 220, 390, 230, 240))]
    timeline, _ = laid(*parts, interruptions=2)
    starts = [s.start for s in timeline.segments]
    overlapping = [n for n, (a, b) in enumerate(pairwise(timeline.segments)) if a.end - b.start >= 20 * FRAME]
    assert overlapping == [1, 4]
    assert starts == sorted(starts)


def test_gaps_are_natural():
    parts = [line(("agent", "customer")[n % 2], 150) for n in range(400)]
    timeline = lay_out(parts, 7)
    gaps = [(b.start - a.end) // FRAME for a, b in pairwise(timeline.segments)]
    overlaps = [gap for gap in gaps if gap < 0]
    assert 0.10 < len(overlaps) / len(gaps) < 0.30 and min(gaps) >= -10 and max(gaps) <= LONGEST_GAP
    assert sum(gap == 0 for gap in gaps) == 0 and len(set(gaps)) > 40
    assert 15 <= sorted(gaps)[len(gaps) // 2] <= 40  # the median pause is between 0.15 and 0.40 s


def test_overlaps_are_a_share_of_the_users_choice():
    parts = [line(("agent", "customer")[n % 2], 150) for n in range(60)]
    segments = lay_out(parts, 7, overlaps=0.0).segments
    assert min(b.start - a.end for a, b in pairwise(segments)) > 0


def test_same_key_same_timeline_and_another_key_another():
    parts = [line(("agent", "customer")[n % 2], 150) for n in range(10)]
    assert lay_out(parts, 7).segments == lay_out(parts, 7).segments
    assert lay_out(parts, 7).segments != lay_out(parts, 8).segments


def test_a_cut_turn_loses_its_last_words():
    loud = burst(400, [(300, 100)])
    cut = Line(line("agent", 400).turn, loud, "one two three four five six seven eight", "female")
    timeline, _ = laid(cut, line("customer", 200, interrupts=True))
    first = timeline.segments[0]
    assert (first.end - first.start) // FRAME == 300
    assert first.text == "one two three four five six"


def test_breaking_point_has_300_ms_of_sound_before_it():
    assert breaking_point(burst(200), 0) == 200
    assert breaking_point(burst(200, [(180, 5)]), 0) == 200  # a closure, not a pause
    assert breaking_point(burst(200, [(180, 6)]), 0) == 180
    assert breaking_point(burst(200, [(n, 6) for n in range(20, 190, 20)]), 0) is None
    assert breaking_point(burst(200, [(150, 30)]), 160) is None


AGENT, CUSTOMER = line("agent", 150), line("customer", 150)


@pytest.mark.parametrize(
    ("parts", "asked", "reason"),
    [
        ([AGENT, Hold(250), CUSTOMER], None,
         "Hold_time: a hold of 2.50 s is shorter than the 3 s that can be told from speech"),
        ([AGENT, Silence(60), CUSTOMER], None,
         "Silence_total_seconds: a silence of 0.60 s is shorter than the 1 s that counts"),
        ([Silence(200), AGENT], None,
         "Silence_total_seconds: a silence before the first word is not between two sounds"),
        ([AGENT, Silence(200)], None,
         "Silence_total_seconds: a silence after the last word is not between two sounds"),
        ([], None, "duration: nothing is said in this call"),
        ([line("agent", 200, interrupts=True), CUSTOMER], None,
         "Interruptions_count: turn 1 interrupts, but nobody speaks just before it"),
        ([AGENT, Silence(200), line("customer", 200, interrupts=True)], None,
         "Interruptions_count: turn 2 interrupts, but nobody speaks just before it"),
        ([AGENT, line("agent", 200, interrupts=True)], None,
         "Interruptions_count: turn 2 interrupts a turn of the same speaker"),
        ([AGENT, line("customer", 60, interrupts=True)], None,
         "Interruptions_count: turn 2 interrupts and lasts 0.60 s; it has to go on for 1 s after the other has "
         "stopped, so it needs 1.21 s"),
        ([line("agent", 25), line("customer", 200, interrupts=True)], None,
         "Interruptions_count: turn 1 is interrupted, but too short or too quiet for that (0.25 s; it needs 0.33 s, "
         "the last 0.30 s of it without a pause)"),
        ([AGENT, CUSTOMER, AGENT], 3,
         "Interruptions_count: 3 are asked for, but only 1 turns of this dialogue are long enough"),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_quarantined(parts, asked, reason):
    with pytest.raises(Quarantined) as caught:
        lay_out(parts, 1, asked)
    assert str(caught.value) == reason
