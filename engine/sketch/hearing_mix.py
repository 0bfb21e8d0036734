"""Hearing a mix: who plays in it, how much happens, how bright and how loud it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from engine.sketch.hearing import RATE, SILENCE
from engine.sketch.hearing_time import FRAMES, Attacks
from engine.sketch.medians import running_median
from engine.sketch.score import Feel
from engine.watch import Watch

LEAST_SECONDS = 2.0
"""Less than this tells nothing of a mix's character."""
MIDDLE_RATE, MIDDLE_TILT_DB, MIDDLE_LUFS = 4.0, -17.0, -16.0
"""Attacks a second, decibels above 1.5 kHz, and loudness of an ordinary mix."""
_MOST = 0.6
_NEIGHBOURS = 13
"""Frames, and pairs of bins, among which what is steady or struck stands out."""
_STRUCK = 1.5
"""Nepers, summed over the bands, by which an attack rises: swells and beating stay below."""


def character(audio: NDArray[np.float32], level: float | None, rising: Attacks) -> Feel:
    """How lively, dense and bright (C, T) is, each around 0 and no further than ±0.6; all 0 where little is heard.

    `level` is its loudness in LUFS, `rising` what `hearing_time.rises` found in its first half minute.
    """
    mono = audio.mean(axis=0)
    sounding = np.abs(mono) > SILENCE
    if level is None or np.count_nonzero(sounding) < LEAST_SECONDS * RATE / 4:
        return Feel()
    pace = _attacks(rising.sum(axis=1)) / max(1.0, len(rising) / FRAMES)
    spectrum = _spectrum(mono)
    edge = 1500 // 10
    tilt = 10 * np.log10((spectrum[edge:].sum() + 1e-12) / (spectrum.sum() + 1e-12))
    return Feel(
        energy=_within((level - MIDDLE_LUFS) / 24),
        density=_within(0.35 * np.log2(max(0.1, pace) / MIDDLE_RATE)),
        brightness=_within((tilt - MIDDLE_TILT_DB) / 20),
    )


def _spectrum(mono: NDArray[np.float32]) -> NDArray[np.float64]:
    """Power every 10 Hz."""
    hop = RATE // 10
    rows = mono[: len(mono) // hop * hop].reshape(-1, hop)
    found = np.zeros(hop // 2)
    for first in range(0, len(rows), 64):
        part = rfft(rows[first : first + 64], axis=1)[:, : hop // 2]
        found += (part.real**2 + part.imag**2).sum(axis=0)
    return found


def joined(said: Feel, heard: Feel) -> Feel:
    """What the user said, and what was heard where they said nothing."""
    return Feel(**{name: getattr(said, name) or getattr(heard, name) for name in Feel.__struct_fields__})


def _within(value: float) -> float:
    return round(float(np.clip(value, -_MOST, _MOST)), 2)


def _attacks(rising: NDArray[np.float64]) -> int:
    if len(rising) < 3:
        return 0
    middle = rising[1:-1]
    return int(((middle > rising[:-2]) & (middle >= rising[2:]) & (middle > _STRUCK)).sum())


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
    steady = running_median(coarse, _NEIGHBOURS, 0)
    watch.step(0, 1, "listening")
    tonal = np.minimum(steady, coarse) ** 2 * (steady > running_median(coarse, _NEIGHBOURS, 1))
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
