"""Lines, holds, silences -> Timeline: who is heard when, in whole 10 ms frames from sample 0.

The labels are made true here: a hold lasts exactly its frames, a silence is exactly the stretch between audible ends,
an interruption is heard for 200..300 ms and goes on for a second or more. Everything else keeps away from what the
meter would count: gaps stay at or below 0.70 s, overlaps at or below 0.10 s, and one person's utterances stay 0.46 s
apart where another speaks between them, so that they never melt into one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

from compiler.failures import Quarantined
from compiler.rng import u
from compiler.sound.audio import FRAME, Segment
from compiler.sound.breaks import GOES_ON, HEARD, OVERLAP, breaking_point, first_words, interrupting
from compiler.sound.clips import PAUSE, Clip, cut
from compiler.sound.frames import EDGE, energies, runs
from compiler.sound.parts import CHANNEL, Line, Part, Placed, Timeline
from compiler.talk.dialogue import Hold, Silence

SHORTEST_HOLD = 300  # frames
SHORTEST_SILENCE = 100
LONGEST_GAP = 70
APART = PAUSE + 1  # two utterances on one channel with less between them would be heard as one


def lay_out(parts: Sequence[Part], key: int, interruptions: int | None = None, overlaps: float = 0.2) -> Timeline:
    """`interruptions` are made after the longest turns where no turn is marked; `overlaps` is the share of speaker
    changes that overlap a little. Quarantined, naming the label, when one cannot be made true of these clips."""
    if interruptions and not any(isinstance(p, Line) and p.turn.interrupts for p in parts):
        parts = interrupting(parts, interruptions, key)
    return _Layout(tuple(parts), key, overlaps).run()


@dataclass(slots=True)
class _Layout:
    """What is known while laying out, in frames: `floor` is where the last sound ends, `ends` each channel's own."""

    parts: tuple[Part, ...]
    key: int
    overlaps: float
    floor: int = 0
    ends: dict[int, int] = field(default_factory=lambda: {1: -APART, 2: -APART})
    silence: int = 0
    last: int | None = None  # the line that has the floor; None after music or a silence
    begun: bool = False
    moved: bool = False  # a transfer since the last sound
    placed: list[Placed] = field(default_factory=list)
    transfers: list[int] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)
    broken: dict[int, int] = field(default_factory=dict)  # line -> frames it is heard for, where it is cut

    def run(self) -> Timeline:
        for n, part in enumerate(self.parts):
            if isinstance(part, Line):
                self._line(n, part)
            elif isinstance(part, Hold):
                self._hold(n, part)
            elif isinstance(part, Silence):
                self._pause(n, part)
            else:
                self.transfers.append(self.floor * FRAME)
                self.moved = True
        if self.silence:
            raise Quarantined("Silence_total_seconds: a silence after the last word is not between two sounds")
        if not self.begun:
            raise Quarantined("duration: nothing is said in this call")
        length = (self.floor + 30 + int(40 * self._u("tail"))) * FRAME
        order = sorted(self.placed, key=lambda p: (p.segment.start, p.segment.channel))
        return Timeline(length, tuple(order), tuple(self.transfers))

    def _u(self, *names: str | int) -> float:
        return u(self.key, "timeline", *names)

    # ------------------------------------------------------------------------------------------------ what is laid

    def _pause(self, n: int, part: Silence) -> None:
        if not self.begun:
            raise Quarantined("Silence_total_seconds: a silence before the first word is not between two sounds")
        self.silence += part.centiseconds
        self.last = None

    def _hold(self, n: int, part: Hold) -> None:
        frames = part.centiseconds
        if frames < SHORTEST_HOLD:
            length = f"{frames / 100:.2f} s"
            raise Quarantined(f"Hold_time: a hold of {length} is shorter than the 3 s that can be told from speech")
        start = self._next(15 + int(35 * self._u("before hold", n)))
        segment = Segment(1, start * FRAME, (start + frames) * FRAME, "hold music", "hold music", "music", "music")
        self._place(segment, None)
        self.last = None

    def _line(self, n: int, line: Line) -> None:
        channel = CHANNEL[line.turn.speaker]
        frames = self._heard_frames(n, line)
        if line.turn.backchannel and self._backchannel(n, line):
            return
        if line.turn.interrupts:
            start = self._interruption(n, line)
        else:
            start = self._next(self._gap(n, line), channel, self._room(n, frames))
        self.starts[n] = start
        self._speak(n, line, start, frames)
        self.last = n

    def _speak(self, n: int, line: Line, start: int, frames: int, kind: str = "speech") -> None:
        clip, spoken, written = line.clip, line.spoken, line.turn.text
        if frames < clip.frames:
            share = frames / clip.frames
            clip, spoken, written = cut(clip, frames), first_words(spoken, share), first_words(written, share)
        segment = Segment(
            CHANNEL[line.turn.speaker], start * FRAME, (start + frames) * FRAME, spoken, written, line.stype, kind,
            line.turn.act, clip.words,
        )  # fmt: skip
        self._place(segment, clip)

    def _place(self, segment: Segment, clip: Clip | None) -> None:
        self.placed.append(Placed(segment, clip))
        end = segment.end // FRAME
        self.floor, self.ends[segment.channel] = max(self.floor, end), end
        self.begun, self.moved, self.silence = True, False, 0

    # ------------------------------------------------------------------------------------------------ where it begins

    def _next(self, gap: int, channel: int = 0, at_least: int = 0) -> int:
        """The frame at which the next sound starts: exactly after a silence, else `gap` after the floor's end."""
        if not self.begun:
            return 15 + int(25 * self._u("lead"))
        if self.silence:
            if self.silence < SHORTEST_SILENCE:
                length = f"{self.silence / 100:.2f} s"
                raise Quarantined(f"Silence_total_seconds: a silence of {length} is shorter than the 1 s that counts")
            return self.floor + self.silence
        return max(self.floor + gap, self.ends.get(channel, 0) + APART if self._taken_over(channel) else 0, at_least)

    def _taken_over(self, channel: int) -> bool:
        """Has somebody else spoken since this channel did?"""
        return channel != 0 and self.ends[channel] < self.floor

    def _gap(self, n: int, line: Line) -> int:
        """Frames from the floor's end to this line: mostly 60..690 ms, leaning to the short side; some overlap."""
        if self.last is None:
            return 15 + int(40 * self._u("after hold", n))
        if self.moved:
            return 40 + int(30 * self._u("after transfer", n))
        before = self._of(self.last)
        if before.turn.speaker == line.turn.speaker:
            return 20 + int(45 * self._u("going on", n))
        long_enough = min(self.broken.get(self.last, before.clip.frames), line.clip.frames) >= 60
        if long_enough and self._u("overlaps", n) < self.overlaps:
            return -2 - int(9 * self._u("overlap", n))
        return 6 + int(64 * self._u("gap", n) * sqrt(self._u("gap's other half", n)))

    def _of(self, n: int) -> Line:
        part = self.parts[n]
        assert isinstance(part, Line)
        return part

    # ------------------------------------------------------------------------------------------------ interruptions

    def _overlap(self, n: int) -> int:
        """Frames for which line n is heard together with the one that it interrupts; fewer where it is short itself."""
        least, most = OVERLAP
        drawn = least + int((most - least + 1) * self._u("interruption", n))
        return max(least, min(drawn, self._of(n).clip.frames - GOES_ON))

    def _interrupter(self, n: int) -> int | None:
        """The line that interrupts line n, backchannels aside."""
        for m in range(n + 1, len(self.parts)):
            part = self.parts[m]
            if not isinstance(part, Line):
                return None
            if not part.turn.backchannel:
                return m if part.turn.interrupts else None
        return None

    def _heard_frames(self, n: int, line: Line) -> int:
        """How long the line is heard: to its end, or to where it breaks off because it is interrupted."""
        by = self._interrupter(n)
        if by is None or line.turn.backchannel:
            return line.clip.frames
        needed = max(HEARD, self._overlap(n) + GOES_ON if line.turn.interrupts else self._overlap(by) + 10)
        breaks = breaking_point(line.clip, needed)
        if breaks is None:
            lasts, asks = line.clip.frames / 100, needed / 100
            raise Quarantined(
                f"Interruptions_count: turn {self._number(n)} is interrupted, but too short or too quiet for that "
                f"({lasts:.2f} s; it needs {asks:.2f} s, the last 0.30 s of it without a pause)"
            )
        self.broken[n] = breaks
        return breaks

    def _room(self, n: int, frames: int) -> int:
        """The earliest start of line n for which its interrupter begins well after the interrupter's last words."""
        by = self._interrupter(n)
        if by is None:
            return 0
        return self.ends[CHANNEL[self._of(by).turn.speaker]] + APART + self._overlap(by) - frames

    def _interruption(self, n: int, line: Line) -> int:
        if self.last not in self.broken or self.silence or self.moved:
            turn = self._number(n)
            raise Quarantined(f"Interruptions_count: turn {turn} interrupts, but nobody speaks just before it")
        assert self.last is not None  # it is a key of `broken`
        if self._of(self.last).turn.speaker == line.turn.speaker:
            raise Quarantined(f"Interruptions_count: turn {self._number(n)} interrupts a turn of the same speaker")
        overlap = self._overlap(n)
        if line.clip.frames < overlap + GOES_ON:
            raise Quarantined(
                f"Interruptions_count: turn {self._number(n)} interrupts and lasts {line.clip.frames / 100:.2f} s; it "
                f"has to go on for 1 s after the other has stopped, so it needs {(overlap + GOES_ON) / 100:.2f} s"
            )
        return self.starts[self.last] + self.broken[self.last] - overlap

    def _number(self, n: int) -> int:
        return sum(isinstance(part, Line) for part in self.parts[: n + 1])

    # ------------------------------------------------------------------------------------------------ backchannels

    def _backchannel(self, n: int, line: Line) -> bool:
        """Lays the line inside the turn before it; False where it does not fit: then it is a turn like others."""
        if self.last is None or self.silence or self._of(self.last).turn.speaker == line.turn.speaker:
            return False
        inside = self._of(self.last)
        start = self.starts[self.last]
        end = start + self.broken.get(self.last, inside.clip.frames)
        by = self._interrupter(self.last)
        after = 5 if by is None else self._overlap(by) + APART
        first = max(start + 30, self.ends[CHANNEL[line.turn.speaker]] + APART)
        latest = end - after - line.clip.frames
        if first > latest:
            return False
        pauses = [start + a for a, b in runs(energies(inside.clip.samples) < EDGE) if b - a >= 8]
        anywhere = first + int((latest - first) * self._u("backchannel", n))
        places = [p for p in pauses if first <= p <= latest] or [anywhere]
        floor = self.floor
        self._speak(n, line, places[int(len(places) * self._u("which pause", n))], line.clip.frames, "backchannel")
        self.floor = floor
        return True
