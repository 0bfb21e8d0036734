"""Hearing: key and chords in a recording. Plain signal processing that can be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from engine.sketch.grid import Grid
from engine.sketch.score import Chord
from engine.sketch.theory import QUALITIES, Key
from engine.watch import Watch

RATE = 48_000
WINDOW = 16_384
HOP = 4_096
LOWEST_HZ, BASS_HZ, HIGHEST_HZ = 40.0, 180.0, 2_200.0
_HIGHEST = int(HIGHEST_HZ * WINDOW / RATE)
MELODY = 0.44
"""Share of the strongest pitch class above which one voice sounds alone: two or three partials lie on others."""
TUNED_ABOVE_HZ, AGREEMENT = 150.0, 0.15
SILENCE = 10 ** (-60 / 20)

# After Temperley, The Cognition of Basic Musical Structures, 2001, ch. 7, with nothing for notes outside the scale and
# the natural seventh for minor: band music, unlike the music that he counted, seldom leaves the scale.
MAJOR_PROFILE = (5.0, 0.0, 3.5, 0.0, 4.5, 4.0, 0.0, 4.5, 0.0, 3.5, 0.0, 4.0)
MINOR_PROFILE = (5.0, 0.0, 3.5, 4.5, 0.0, 4.0, 0.0, 4.5, 3.5, 0.0, 3.0, 1.5)
MAJOR_CHORDS = {(0, "maj"): 0.3, (5, "maj"): 0.19, (7, "maj"): 0.19, (9, "min"): 0.13, (2, "min"): 0.09,
                (4, "min"): 0.05, (10, "maj"): 0.02, (11, "dim"): 0.01}  # fmt: skip
MINOR_CHORDS = {(0, "min"): 0.34, (8, "maj"): 0.15, (10, "maj"): 0.15, (5, "min"): 0.11, (3, "maj"): 0.11,
                (7, "maj"): 0.06, (7, "min"): 0.05, (2, "dim"): 0.02}  # fmt: skip
"""How much of a piece each chord lasts, by its distance from the tonic: our rough estimate for popular music."""
_STRANGE_CHORD = 0.004
CHORDS_WEIGHT, FIRST_CHORD = 0.2, 0.1
"""What the chords add to the fit of the profile, and what it adds that the music begins on the tonic."""
_FLAT = 0.125
"""Share of the strongest pitch class up to which nothing has a pitch: noise has 0.105 to 0.115, music 0.15 and more."""
_SMOOTH, _FRAME_CHANGE = 4, 0.5

Chroma = NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """Pitch classes over time: `chroma` and `bass` (F, 12), `times` (F,) centres in samples, `power` (F,).

    `cents` is how far above A = 440 Hz the recording is tuned; pitch classes are counted from there.
    """

    chroma: Chroma
    bass: Chroma
    times: NDArray[np.int64]
    power: NDArray[np.float64]
    cents: float = 0.0

    @property
    def is_pitched(self) -> bool:
        """Is there anything in it but noise and drums?"""
        total = self.chroma.sum(axis=0)
        return bool(total.max(initial=0) > _FLAT * total.sum())

    def between(self, start: int, end: int) -> Heard:
        """What was heard from one sample to another, counted from the first."""
        inside = (self.times >= start) & (self.times < end)
        return Heard(self.chroma[inside], self.bass[inside], self.times[inside] - start, self.power[inside], self.cents)


def listen(audio: NDArray[np.float32], stretches: Sequence[tuple[int, int]], watch: Watch) -> Heard:
    """Pitch classes of the given stretches [start, end) of (C, T) at 48 kHz, from peaks of the spectrum.

    Source: Gómez, Tonal Description of Music Audio Signals, 2006, ch. 3 (harmonic pitch class profiles from peaks).
    """
    mono = audio.mean(axis=0)
    rows: list[_Peaks] = []
    times: list[int] = []
    power: list[float] = []
    window = np.hanning(WINDOW).astype(np.float32)
    for start, end in stretches:
        starts = np.arange(start, max(end - WINDOW // 2, start + 1), HOP)
        for first in range(0, len(starts), 32):
            watch.step(0, 1, "listening")
            chosen = starts[first : first + 32]
            frames = np.stack([_frame(mono, int(at), end) for at in chosen])
            rows.append(_peaks(np.abs(rfft(frames * window, axis=1)[:, : _HIGHEST + 2])))
            times += [int(at) + WINDOW // 2 for at in chosen]
            power += np.sqrt(np.mean(frames**2, axis=1)).tolist()
    if not rows:
        return Heard(np.zeros((0, 12)), np.zeros((0, 12)), np.zeros(0, np.int64), np.zeros(0))
    semitones = _tuning(rows)
    folded = [_folded(row, semitones) for row in rows]
    chroma, bass = (np.concatenate([each[which] for each in folded]) for which in (0, 1))
    return Heard(chroma, bass, np.array(times), np.array(power), 100 * semitones)


def _frame(mono: NDArray[np.float32], at: int, end: int) -> NDArray[np.float32]:
    piece = mono[at : min(at + WINDOW, end)]
    return piece if len(piece) == WINDOW else np.pad(piece, (0, WINDOW - len(piece)))


class _Peaks(NamedTuple):
    """Spectral peaks of some frames: (P,) frame, pitch in MIDI keys, Hz, strength; and the number of frames."""

    frame: NDArray[np.int64]
    pitch: NDArray[np.float64]
    frequency: NDArray[np.float64]
    strength: NDArray[np.float64]
    frames: int


def _peaks(magnitude: NDArray[np.float32]) -> _Peaks:
    """(F, bins) → spectral peaks, loud ones compressed."""
    low = int(LOWEST_HZ * WINDOW / RATE)
    part = magnitude[:, low - 1 : _HIGHEST + 2].astype(np.float64)
    here, left, right = part[:, 1:-1], part[:, :-2], part[:, 2:]
    floor = 0.01 * part.max(axis=1, keepdims=True) + 1e-6
    frame, bin_at = np.nonzero((here > left) & (here >= right) & (here > floor))
    a, b, c = (np.log(side[frame, bin_at] + 1e-12) for side in (left, here, right))
    offset = 0.5 * (a - c) / np.minimum(a - 2 * b + c, -1e-9)
    frequency = (bin_at + low + np.clip(offset, -0.5, 0.5)) * RATE / WINDOW
    strength = np.sqrt(here[frame, bin_at]) * np.where(frequency > 1000, 0.5, 1.0)
    return _Peaks(frame, 69 + 12 * np.log2(frequency / 440), frequency, strength, len(magnitude))


def _tuning(rows: Sequence[_Peaks]) -> float:
    """Semitones above A = 440 Hz, −0.5 … 0.5: the direction in which all peaks pull; 0 where they do not agree.

    Source: Dressler and Streich, Tuning Frequency Estimation Using Circular Statistics, 2007.
    """
    pull, total = 0j, 1e-12
    for row in rows:
        # Deep peaks are too broad to tell cents.
        weight = row.strength * (row.frequency > TUNED_ABOVE_HZ)
        pull += complex(np.sum(weight * np.exp(2j * np.pi * row.pitch)))
        total += float(weight.sum())
    return float(np.angle(pull) / (2 * np.pi)) if abs(pull) > AGREEMENT * total else 0.0


def _folded(peaks: _Peaks, semitones: float) -> tuple[Chroma, Chroma]:
    """Chroma and bass chroma (F, 12) of peaks in a recording that is tuned so much higher."""
    pitch = peaks.pitch - semitones
    nearest = np.round(pitch)
    weight = peaks.strength * np.cos(np.pi * (pitch - nearest)) ** 2
    index, size = peaks.frame * 12 + nearest.astype(int) % 12, peaks.frames * 12
    total = np.bincount(index, weights=weight, minlength=size).reshape(-1, 12)
    deep = np.bincount(index, weights=weight * (peaks.frequency < BASS_HZ), minlength=size).reshape(-1, 12)
    return np.asarray(total, dtype=np.float64), np.asarray(deep, dtype=np.float64)


def key_of(heard: Heard, tonic: int | None = None) -> Key | None:
    """The key that fits the notes and the chords best; None for silence. With `tonic`, only its mode is judged.

    Keys that share their notes differ in their chords: how long each sounds, and which comes first.
    Source: Krumhansl 1990, ch. 4 (correlation with key profiles); Noland and Sandler, Key Estimation Using a Hidden
    Markov Model, 2006 (keys from chords).
    """
    loud = heard.power > SILENCE
    chroma = heard.chroma[loud].sum(axis=0) + 0.5 * heard.bass[loud].sum(axis=0)
    if not chroma.sum():
        return None
    # Third and fifth partials sound a fifth and a third above the note that was played.
    chroma = np.maximum(0, chroma - 0.1 * np.roll(chroma, 7) - 0.05 * np.roll(chroma, 4))
    lasting, first = _lasting(heard.chroma[loud], heard.bass[loud])
    best: tuple[float, float, Key] | None = None
    for mode, profile, usual in (("major", MAJOR_PROFILE, MAJOR_CHORDS), ("minor", MINOR_PROFILE, MINOR_CHORDS)):
        for candidate in range(12) if tonic is None else (tonic,):
            fit = float(np.corrcoef(np.roll(profile, candidate), chroma)[0, 1])
            likely = [usual.get(((root - candidate) % 12, quality), _STRANGE_CHORD) for root, quality in _NAMES]
            total = fit + CHORDS_WEIGHT * float(lasting @ np.log(likely))
            total += FIRST_CHORD * (_NAMES[first] == (candidate, "maj" if mode == "major" else "min"))
            if best is None or total > best[0]:
                best = total, fit, Key(candidate, mode)
    return best[2] if best and best[1] > 0.3 else None


def _lasting(chroma: Chroma, bass: Chroma) -> tuple[NDArray[np.float64], int]:
    """The share of the time that each chord sounds, frame by frame, and the first chord."""
    around = np.full(_SMOOTH, 1 / _SMOOTH)
    smooth, deep = (
        np.stack([np.convolve(each[:, tone], around, "same") for tone in range(12)], axis=1) for each in (chroma, bass)
    )
    fits = _fits(smooth[: len(chroma)], deep[: len(chroma)])
    path = _best_path(fits - _UNUSUAL, [_FRAME_CHANGE] * (len(fits) - 1))
    return np.bincount(path, minlength=len(_NAMES)) / len(path), path[0]


def is_melody(heard: Heard) -> bool:
    """Does mostly one pitch class sound at a time?"""
    loud = (heard.power > SILENCE) & (heard.chroma.sum(axis=1) > 0)
    if not loud.any():
        return False
    strongest = heard.chroma[loud].max(axis=1) / heard.chroma[loud].sum(axis=1)
    return bool(np.median(strongest) > MELODY)


def _templates() -> tuple[list[tuple[int, str]], Chroma]:
    """Chords and what they look like: each tone with its third and fifth partials."""
    names: list[tuple[int, str]] = []
    rows = []
    for quality in ("maj", "min", "dim"):
        for root in range(12):
            row = np.zeros(12)
            for step in QUALITIES[quality]:
                row[(root + step) % 12] += 1.0
                row[(root + step + 7) % 12] += 0.25
                row[(root + step + 4) % 12] += 0.1
            names.append((root, quality))
            rows.append(row / np.linalg.norm(row))
    return names, np.stack(rows)


_NAMES, _SHAPES = _templates()
_UNUSUAL = np.array([0.14 if quality == "dim" else 0.0 for _, quality in _NAMES])
_ROOTS = np.array([root for root, _ in _NAMES])


def _fits(chroma: Chroma, bass: Chroma) -> Chroma:
    """(N, chords): how well each chord explains what sounds in each of (N, 12), with its root in the bass."""
    fits = (chroma / (np.linalg.norm(chroma, axis=1, keepdims=True) + 1e-12)) @ _SHAPES.T
    deepest = bass.max(axis=1, keepdims=True)
    return np.asarray(fits + 0.22 * bass[:, _ROOTS] / np.where(deepest > 0, deepest, 1.0))


def chords_of(heard: Heard, grid: Grid, origin: int, key: Key | None) -> tuple[Chord, ...]:
    """The chord of each half bar with sound in it, in beats of `grid`; `origin` is the sample at which the grid begins.

    The best path through major, minor and diminished triads: fit to the chroma, a bass note on the root, chords of the
    key before others, no change without reason. Source: Sheh and Ellis 2003 (Viterbi over chord templates).
    """
    slots = _slots(heard, grid, origin)
    if not slots:
        return ()
    prior = np.zeros(len(_NAMES))
    if key:
        at_home = [key.diatonic(*name) for name in _NAMES]
        dominant = [name == ((key.tonic + 7) % 12, "maj") for name in _NAMES]
        prior = np.where(at_home, 0.0, np.where(dominant, -0.06, -0.16))
    fits = _fits(*(np.stack([slot[which] for slot in slots]) for which in (2, 3))) + prior - _UNUSUAL
    # A change costs more in the middle of a bar than at its line.
    path = _best_path(fits, [0.04 if grid.is_line(start) else 0.14 for start, *_ in slots[1:]])
    return tuple(Chord(start, length, *_NAMES[which]) for (start, length, _, _), which in zip(slots, path, strict=True))


def _slots(heard: Heard, grid: Grid, origin: int) -> list[tuple[float, float, Chroma, Chroma]]:
    """(start, length, chroma, bass) of each half bar of which more than half is heard, and not as mere noise."""
    if not len(heard.times):
        return []
    beats = np.array([grid.beat(int(at) - origin) for at in heard.times])
    slots = []
    for bar in range(grid.bar_of(beats[0]), grid.bar_of(beats[-1]) + 1):
        for start, length in grid.halves(bar):
            inside = (beats >= start) & (beats < start + length) & (heard.power > SILENCE)
            expected = (grid.seconds(start + length) - grid.seconds(start)) * RATE / HOP
            chroma, bass = heard.chroma[inside].sum(axis=0), heard.bass[inside].sum(axis=0)
            if inside.sum() >= max(1, 0.5 * expected) and chroma.max() > _FLAT * chroma.sum():
                slots.append((start, length, chroma, bass))
    return slots


def _best_path(fits: NDArray[np.float64], changes: list[float]) -> list[int]:
    """Viterbi over (N, chords) fits; `changes` (N − 1) is what a change costs before each but the first."""
    score = fits[0]
    back = []
    for row, change in zip(fits[1:], changes, strict=True):
        arrive = score.max() - change
        came_from = np.where(score >= arrive, np.arange(len(score)), int(score.argmax()))
        back.append(came_from)
        score = np.maximum(score, arrive) + row
    path = [int(score.argmax())]
    for came_from in reversed(back):
        path.append(int(came_from[path[-1]]))
    return path[::-1]
