"""Hearing: key, chords, tempo and players in a recording. Plain signal processing that can be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import median_filter

from engine.sketch.grid import Grid
from engine.sketch.score import Chord
from engine.sketch.theory import QUALITIES, Key
from engine.watch import Watch

RATE = 48_000
WINDOW = 16_384
HOP = 4_096
LOWEST_HZ, BASS_HZ, HIGHEST_HZ = 40.0, 180.0, 2_200.0
MELODY = 0.44
"""Share of the strongest pitch class above which one voice sounds alone: two or three partials lie on others."""
SILENCE = 10 ** (-60 / 20)

# Krumhansl and Kessler 1982, probe-tone profiles (Krumhansl, Cognitive Foundations of Musical Pitch, 1990, p. 30).
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

Chroma = NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """Pitch classes over time: `chroma` and `bass` (F, 12), `times` (F,) centres in samples, `power` (F,)."""

    chroma: Chroma
    bass: Chroma
    times: NDArray[np.int64]
    power: NDArray[np.float64]


def listen(audio: NDArray[np.float32], stretches: Sequence[tuple[int, int]], watch: Watch) -> Heard:
    """Pitch classes of the given stretches [start, end) of (C, T) at 48 kHz, from peaks of the spectrum.

    Source: Gómez, Tonal Description of Music Audio Signals, 2006, ch. 3 (harmonic pitch class profiles from peaks).
    """
    mono = audio.mean(axis=0)
    rows: list[tuple[Chroma, Chroma]] = []
    times: list[int] = []
    power: list[float] = []
    window = np.hanning(WINDOW).astype(np.float32)
    for start, end in stretches:
        starts = np.arange(start, max(end - WINDOW // 2, start + 1), HOP)
        for first in range(0, len(starts), 32):
            watch.step(0, 1, "listening")
            chosen = starts[first : first + 32]
            frames = np.stack([_frame(mono, int(at), end) for at in chosen])
            rows.append(_peaks(np.abs(rfft(frames * window, axis=1))))
            times += [int(at) + WINDOW // 2 for at in chosen]
            power += np.sqrt(np.mean(frames**2, axis=1)).tolist()
    if not rows:
        return Heard(np.zeros((0, 12)), np.zeros((0, 12)), np.zeros(0, np.int64), np.zeros(0))
    chroma, bass = (np.concatenate([row[which] for row in rows]) for which in (0, 1))
    return Heard(chroma, bass, np.array(times), np.array(power))


def _frame(mono: NDArray[np.float32], at: int, end: int) -> NDArray[np.float32]:
    piece = mono[at : min(at + WINDOW, end)]
    return piece if len(piece) == WINDOW else np.pad(piece, (0, WINDOW - len(piece)))


def _peaks(magnitude: NDArray[np.float32]) -> tuple[Chroma, Chroma]:
    """(F, bins) → chroma and bass chroma (F, 12) of the spectral peaks, loud ones compressed."""
    low, high = int(LOWEST_HZ * WINDOW / RATE), int(HIGHEST_HZ * WINDOW / RATE)
    part = magnitude[:, low - 1 : high + 2].astype(np.float64)
    here, left, right = part[:, 1:-1], part[:, :-2], part[:, 2:]
    floor = 0.01 * part.max(axis=1, keepdims=True) + 1e-6
    frame, bin_at = np.nonzero((here > left) & (here >= right) & (here > floor))
    a, b, c = (np.log(side[frame, bin_at] + 1e-12) for side in (left, here, right))
    offset = 0.5 * (a - c) / np.minimum(a - 2 * b + c, -1e-9)
    frequency = (bin_at + low + np.clip(offset, -0.5, 0.5)) * RATE / WINDOW
    pitch = 69 + 12 * np.log2(frequency / 440)
    nearest = np.round(pitch)
    weight = np.sqrt(here[frame, bin_at]) * np.cos(np.pi * (pitch - nearest)) ** 2
    weight *= np.where(frequency > 1000, 0.5, 1.0)
    index = frame * 12 + nearest.astype(int) % 12
    size = len(magnitude) * 12
    total = np.bincount(index, weights=weight, minlength=size).reshape(-1, 12)
    deep = np.bincount(index, weights=weight * (frequency < BASS_HZ), minlength=size).reshape(-1, 12)
    return np.asarray(total, dtype=np.float64), np.asarray(deep, dtype=np.float64)


def key_of(heard: Heard, tonic: int | None = None) -> Key | None:
    """The key whose profile fits best; None for silence. With `tonic`, only its mode is judged.

    Source: Krumhansl 1990, ch. 4 (correlation with key profiles).
    """
    loud = heard.power > SILENCE
    chroma = heard.chroma[loud].sum(axis=0) + 0.5 * heard.bass[loud].sum(axis=0)
    if not chroma.sum():
        return None
    # Third and fifth partials sound a fifth and a third above the note that was played.
    chroma = np.maximum(0, chroma - 0.25 * np.roll(chroma, 7) - 0.1 * np.roll(chroma, 4))
    best: tuple[float, Key] | None = None
    for mode, profile in (("major", MAJOR_PROFILE), ("minor", MINOR_PROFILE)):
        for candidate in range(12) if tonic is None else (tonic,):
            fit = float(np.corrcoef(np.roll(profile, candidate), chroma)[0, 1])
            if best is None or fit > best[0]:
                best = fit, Key(candidate, mode)
    return best[1] if best and best[0] > 0.3 else None


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
    prior = prior - np.array([0.14 if quality == "dim" else 0.0 for _, quality in _NAMES])
    fits = []
    for _, _, chroma, bass in slots:
        fit = _SHAPES @ (chroma / (np.linalg.norm(chroma) + 1e-12)) + prior
        if bass.sum():
            fit = fit + 0.22 * np.array([bass[root] for root, _ in _NAMES]) / bass.max()
        fits.append(fit)
    path = _best_path(np.stack(fits), [start for start, *_ in slots], grid)
    return tuple(Chord(start, length, *_NAMES[which]) for (start, length, _, _), which in zip(slots, path, strict=True))


def _slots(heard: Heard, grid: Grid, origin: int) -> list[tuple[float, float, Chroma, Chroma]]:
    """(start, length, chroma, bass) of each half bar that is heard for more than half of its time."""
    if not len(heard.times):
        return []
    beats = np.array([grid.beat(int(at) - origin) for at in heard.times])
    slots = []
    for bar in range(grid.bar_of(beats[0]), grid.bar_of(beats[-1]) + 1):
        for start, length in grid.halves(bar):
            inside = (beats >= start) & (beats < start + length) & (heard.power > SILENCE)
            expected = (grid.seconds(start + length) - grid.seconds(start)) * RATE / HOP
            if inside.sum() >= max(1, 0.5 * expected) and heard.chroma[inside].sum() > 0:
                chroma, bass = heard.chroma[inside].sum(axis=0), heard.bass[inside].sum(axis=0)
                slots.append((start, length, chroma, bass))
    return slots


def _best_path(fits: NDArray[np.float64], starts: list[float], grid: Grid) -> list[int]:
    """Viterbi; a change costs more in the middle of a bar than at its line."""
    score = fits[0]
    back = []
    for row, start in zip(fits[1:], starts[1:], strict=True):
        change = 0.04 if grid.is_line(start) else 0.14
        arrive = score.max() - change
        came_from = np.where(score >= arrive, np.arange(len(score)), int(score.argmax()))
        back.append(came_from)
        score = np.maximum(score, arrive) + row
    path = [int(score.argmax())]
    for came_from in reversed(back):
        path.append(int(came_from[path[-1]]))
    return path[::-1]


def tempo_of(audio: NDArray[np.float32], watch: Watch) -> float | None:
    """Quarter notes a minute from the rhythm of the attacks; None where there is none. Listens to 30 s at most.

    Source: Ellis, Beat Tracking by Dynamic Programming, 2007, section 3 (autocorrelation with a log-normal prior).
    """
    flux = attacks(audio[:, : 30 * RATE], watch)
    rate = RATE / 512
    if len(flux) < 4 * rate or flux.max() <= 1e-3:
        return None
    flux = flux - flux.mean()
    longest = int(rate * 60 / 40) * 2
    spectrum = np.fft.rfft(flux, 2 * len(flux))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: longest + 2]
    correlation /= correlation[0]
    lags = np.arange(int(rate * 60 / 240), min(longest // 2, (len(correlation) - 2) // 2))
    prior = np.exp(-0.5 * (np.log2(rate * 60 / lags / 115) / 0.75) ** 2)
    strength = prior * (correlation[lags] + 0.5 * np.maximum(correlation[2 * lags], correlation[2 * lags + 1]))
    best = int(lags[strength.argmax()])
    if correlation[best] < 0.08:
        return None
    return _refined(correlation, best, rate)


def _refined(correlation: NDArray[np.float64], lag: int, rate: float) -> float:
    """The peak between the samples, measured over two beats for twice the precision."""
    near = np.arange(max(1, 2 * lag - 3), min(2 * lag + 4, len(correlation) - 1))
    top = int(near[correlation[near].argmax()])
    a, b, c = correlation[top - 1], correlation[top], correlation[top + 1]
    offset = 0.5 * (a - c) / min(a - 2 * b + c, -1e-12)
    return round(float(60 * rate / ((top + np.clip(offset, -0.5, 0.5)) / 2)), 1)


def attacks(audio: NDArray[np.float32], watch: Watch) -> NDArray[np.float64]:
    """Spectral flux, one value per 512 samples: how much louder each band has become, on a log scale."""
    mono = audio.mean(axis=0)
    count = max(0, (len(mono) - 2048) // 512)
    flux = []
    window = np.hanning(2048).astype(np.float32)
    before = None
    for first in range(0, count, 256):
        watch.step(0, 1, "listening")
        starts = np.arange(first, min(first + 256, count)) * 512
        frames = np.lib.stride_tricks.sliding_window_view(mono, 2048)[starts] * window
        bands = np.log1p(10 * np.abs(rfft(frames, axis=1)[:, :700])).reshape(len(starts), 35, 20).mean(axis=2)
        before = bands[:1] if before is None else before
        rising = np.maximum(0, np.diff(np.concatenate([before, bands]), axis=0))
        flux.append(rising.sum(axis=1))
        before = bands[-1:]
    return np.concatenate(flux).astype(np.float64) if flux else np.zeros(0)


def players(audio: NDArray[np.float32], watch: Watch) -> frozenset[str]:
    """Which of 'drums', 'bass', 'chords' can be heard, judged on 8 s: a rough guess from energy and its shape.

    Source: Fitzgerald, Harmonic/Percussive Separation Using Median Filtering, 2010.
    """
    mono = audio.mean(axis=0)
    strong = np.flatnonzero(np.abs(mono) > SILENCE)
    if not len(strong):
        return frozenset()
    mono = mono[strong[0] : strong[0] + 8 * RATE]
    if len(mono) < 4 * 2048:
        return frozenset()
    starts = np.arange(0, len(mono) - 2048, 1024)
    frames = np.lib.stride_tricks.sliding_window_view(mono, 2048)[starts] * np.hanning(2048).astype(np.float32)
    watch.step(0, 1, "listening")
    coarse = np.abs(rfft(frames, axis=1))[:, :680].reshape(len(starts), 340, 2).max(axis=2)
    watch.step(0, 1, "listening")
    steady = median_filter(coarse, (13, 1))
    watch.step(0, 1, "listening")
    tonal = np.minimum(steady, coarse) ** 2 * (steady > median_filter(coarse, (1, 13)))
    power = float(np.sum(coarse**2))
    deep, upper = float(tonal[:, :4].sum()) / power, float(tonal[:, 10:85].sum()) / power
    low = np.sum(coarse[:, :4] ** 2, axis=1)
    lasting = float(np.mean(low > 0.1 * np.percentile(low, 90)))
    found = set()
    if float(np.sum(coarse[:, 150:] ** 2)) > 7e-4 * power:
        found.add("drums")
    if deep > 0.1 and lasting > (0.55 if "drums" in found else 0.3):
        found.add("bass")
    if upper > 0.02 and (upper > 0.1 * deep or upper > 0.065):
        found.add("chords")
    return frozenset(found)
