"""Hold music: the user's file or the built-in tune -> a loop that is audible in every 10 ms frame.

The label Hold_time is what is heard, so music may have no gap: silent passages are cut out, quiet ones are raised, and
what still has a gap after that is refused. `note` says what was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np

from compiler.failures import WorldError
from compiler.files import digest
from compiler.sound.audio import FRAME, RATE, Samples, rounded
from compiler.sound.band import Floats, telephone_loop
from compiler.sound.frames import energies, joined, runs, threshold
from compiler.sound.tune import tune

LEVEL = -21.0  # dBFS, the mean of the loop
FLOOR = threshold(-44.0)  # every frame of a loop is at least this loud
LONGEST = 300  # seconds of a file that are used
SHORTEST = 1.0
_LOST = threshold(-66.0)  # at the loop's level: quieter than this there is no music, only silence
_SEAM = 480  # samples over which two ends are blended, 30 ms


@dataclass(frozen=True, slots=True, eq=False)
class HoldMusic:
    """`loop`: mono int16 at 16 kHz, whole frames, seamless. `name` says which, `note` what was done to it."""

    loop: Samples
    name: str
    note: str = ""

    def fingerprint(self) -> str:
        return digest(self.loop.tobytes())[:16]

    def play(self, offset: int, count: int) -> Samples:
        """`count` samples of the endless loop from `offset` on."""
        places = (np.arange(count, dtype=np.int64) + offset) % len(self.loop)
        return self.loop[places]


def load(path: Path | None) -> HoldMusic:
    """WorldError, before any work, when the file is missing, unreadable, empty, silent or cannot be made gapless."""
    if path is None:
        return HoldMusic(_levelled(telephone_loop(tune() * np.float32(8000))), "built-in tune")
    return _made_gapless(_read(path), path.name, path)


def _read(path: Path) -> tuple[Floats, list[str]]:
    """Mono floats (int16 scale) at 16 kHz, and notes."""
    import soundfile

    if not path.is_file():
        raise WorldError(f"there is no hold music {path}; give a WAV, FLAC, OGG or MP3 file with --hold")
    try:
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            total = file.frames
            sound = file.read(LONGEST * rate, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        reason = getattr(error, "error_string", None) or getattr(error, "strerror", None) or str(error)
        raise WorldError(
            f"the hold music {path} cannot be read ({str(reason).strip().rstrip('.')}); it has to be a WAV, FLAC, OGG "
            "or MP3 file"
        ) from error
    notes = [f"its first {LONGEST // 60} minutes are used"] if total > LONGEST * rate else []
    return _mono_16k(sound, rate), notes


def _mono_16k(sound: Floats, rate: int) -> Floats:
    mono = sound[:, 0].copy()
    for channel in range(1, sound.shape[1]):
        mono += sound[:, channel]
    mono = np.nan_to_num(mono, posinf=0.0, neginf=0.0) * np.float32(32767 / sound.shape[1])
    if rate != RATE and len(mono):
        import soxr

        mono = np.asarray(soxr.resample(mono, rate, RATE, quality="HQ"), np.float32)
    return mono[: len(mono) // FRAME * FRAME]


def _made_gapless(read: tuple[Floats, list[str]], name: str, path: Path) -> HoldMusic:
    sound, notes = read
    if len(sound) < SHORTEST * RATE:
        length = len(sound) / RATE
        raise WorldError(f"the hold music {path} lasts {length:.2f} s; it has to last at least {SHORTEST:g} s")
    music = _levelled(telephone_loop(sound))
    if not energies(music).any():
        raise WorldError(f"the hold music {path} is silent in what a telephone carries (300 to 3400 Hz)")
    music, removed = _without_silence(music)
    if len(music) < SHORTEST * RATE:
        raise WorldError(f"the hold music {path} is silent but for {len(music) / RATE:.2f} s")
    if removed:
        notes.append(f"{removed / 100:.2f} s of silence are cut out")
    music, raised = _with_floor(_seamless(music))
    if raised:
        notes.append(f"{raised / 100:.2f} s of quiet passages are made louder")
    faint = energies(music) < FLOOR // 2
    if faint.any():
        raise WorldError(
            f"the hold music {path} has {int(faint.sum()) / 100:.2f} s of gaps that cannot be filled (the first at "
            f"{int(faint.argmax()) / 100:.2f} s), so Hold_time could not be heard; choose music without pauses"
        )
    return HoldMusic(music, name, "; ".join(notes))


def _levelled(sound: Floats) -> Samples:
    """Whole frames at LEVEL on average over the frames with music, peaks rounded off below full scale."""
    peak = float(np.abs(sound).max())
    if peak == 0:
        return np.zeros(len(sound), np.int16)
    unit = rounded(sound * np.float32(32000 / peak))
    energy = energies(unit)
    heard = energy[energy > int(energy.max()) // 10_000]
    mean = int(heard.sum()) // len(heard)
    gain = min(sqrt(threshold(LEVEL) / mean), 1.0)
    return rounded(unit * np.float32(gain))


def _without_silence(music: Samples) -> tuple[Samples, int]:
    """Passages without music are taken out, their neighbours blended; how many frames went."""
    loud = energies(music) >= _LOST
    kept = [(a, b) for a, b in joined(runs(loud), 2) if b - a >= 10]
    if sum(b - a for a, b in kept) == len(loud):
        return music, 0
    pieces = [music[a * FRAME : b * FRAME] for a, b in kept]
    result = pieces[0] if pieces else music[:0]
    for piece in pieces[1:]:
        result = np.concatenate([result[:-_SEAM], _blended(result[-_SEAM:], piece[:_SEAM]), piece[_SEAM:]])
    return result, len(loud) - len(result) // FRAME


def _seamless(music: Samples) -> Samples:
    """The last 30 ms are blended into the first, so that the loop goes round without a click."""
    body = music[:-_SEAM].copy()
    body[:_SEAM] = _blended(music[-_SEAM:], music[:_SEAM])
    return body


def _blended(leaving: Samples, coming: Samples) -> Samples:
    ramp = np.arange(_SEAM, dtype=np.float32) * np.float32(1 / _SEAM)
    return rounded(leaving * (np.float32(1) - ramp) + coming * ramp)


def _with_floor(music: Samples) -> tuple[Samples, int]:
    """Frames below FLOOR are raised to it, the gain moving in straight lines between frames; how many there were."""
    energy = energies(music).astype(np.float64)
    needed = np.sqrt(np.maximum(1.0, 1.6 * FLOOR / np.maximum(energy, 1.0)))
    needed = np.minimum(needed, 20.0)
    wide = np.maximum(np.maximum(needed, np.roll(needed, 1)), np.roll(needed, -1))
    ends = (wide + np.roll(wide, -1)) * 0.5  # the gain where a frame meets the next
    starts = np.roll(ends, 1)
    within = np.arange(FRAME) * (1 / FRAME)
    gain = starts[:, None] + (ends - starts)[:, None] * within[None, :]
    return rounded(music * gain.reshape(-1)), int((needed > 1.0).sum())
