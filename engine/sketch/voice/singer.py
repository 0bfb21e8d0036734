"""Singer: a score's vocal becomes its stem."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from scipy.signal import butter, sosfilt

from engine.sketch.loudness import loudness
from engine.sketch.score import Score, Vocal
from engine.sketch.synth import bus, room
from engine.sketch.synth.waves import RATE, Wave
from engine.sketch.voice.recording import Studio
from engine.sketch.voice.singing import Tone, sing_line
from engine.sketch.voice.voices import SINGERS
from engine.watch import Watch

ROOM = 0.16
"""How much of the room is heard, beside the dry voice."""
SHARE = 0.4
"""Share of full scale that is the vocal's; the backing has the rest, so that words never change how loud it is."""
_RUMBLE = 90.0


def stem(score: Score, studio: Studio, target: float, watch: Watch) -> Wave:
    """(2, T) float32 of the vocal at `target` LUFS, below its share of full scale; silence outside the windows.

    The same score and espeak-ng give the same samples.
    """
    out = np.zeros(score.plan.samples, dtype=np.float64)
    vocal = score.vocal
    if vocal is None:
        return np.zeros((2, len(out)), dtype=np.float32)
    lines = _lines(score, vocal)
    for done, (number, tones) in enumerate(lines):
        own = watch.part(0.8 * done / len(lines), 0.8 * (done + 1) / len(lines))
        line = vocal.words.lines[number]
        recording = studio.record(line.text, line.language, own)
        own.step(0.7, 1, "singing")
        chance = np.random.default_rng([vocal.seed, 0x766F63, number])
        known = [tone for tone in tones if tone.syllable < len(recording.syllables)]
        if known:
            first, sound = sing_line(recording, known, SINGERS[vocal.words.voice], chance, own, RATE)
            _add(out, first, sound)
    watch.step(0.8, 1, "singing")
    sound = sosfilt(butter(2, _RUMBLE, "highpass", fs=RATE, output="sos"), out)
    found = np.stack([sound, sound]).astype(np.float32)
    room.add_room(found, ROOM * score.plan.room, watch.part(0.8, 0.9))
    _close(found, score)
    heard = loudness(found, watch.part(0.9, 0.92))
    if heard is not None:
        gain = float(10 ** (np.clip(target - heard, -40, 40) / 20))
        alone = {"vocals": found}
        bus.level(alone, gain / SHARE, watch.part(0.92, 1.0))
        found *= np.float32(SHARE)
    return found


def _lines(score: Score, vocal: Vocal) -> list[tuple[int, list[Tone]]]:
    """The notes of each line, in seconds of the stem."""
    grid = score.plan.grid
    found = []
    for number, notes in groupby(zip(vocal.notes, vocal.sung, strict=True), key=lambda pair: pair[1].line):
        tones = [
            Tone(
                grid.sample(note.start) / grid.rate, grid.sample(note.start + note.length) / grid.rate, note.pitch,
                note.velocity, sung.syllable,
            )
            for note, sung in notes
        ]  # fmt: skip
        found.append((number, tones))
    return found


def _add(out: np.ndarray, first: int, sound: np.ndarray) -> None:
    start, end = max(0, first), min(len(out), first + len(sound))
    if end > start:
        out[start:end] += sound[start - first : end - first]


def _close(found: Wave, score: Score) -> None:
    """Silence outside the windows; a short fade where one ends."""
    at = 0
    for start, end in score.plan.windows:
        found[:, at:start] = 0
        fade = min((end - start) // 2, round(0.03 * RATE))
        if fade:
            found[:, end - fade : end] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)).astype(np.float32)
        at = end
    found[:, at:] = 0
