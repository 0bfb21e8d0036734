"""Timing: is a new stem on the project's grid? Measured in milliseconds, and moved where all of it is late or early.

ACE-Step 1.5 hears the tempo only as a word, and its stems are known to drift against the beat; so we look.
Source: spectral flux for onsets (Dixon 2006, "Onset detection revisited"); circular mean for their place in the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridge_server.protocol.requests import Layer
from engine.work import Samples, Work

RATE = 48_000
HOP, WINDOW = 240, 1_024
"""Of the analysis: an onset is placed to 5 ms, and then between two of them by the flux around it."""

AHEAD = 240
"""Samples by which the compressed flux of a hit comes before its attack, as a window sees it coming; measured on
clicks."""

FEWEST_ONSETS = 8
GOOD_MS, LATE_MS = 25.0, 8.0
"""Onsets that lie this close to the grid are on it; a constant offset below this is not worth moving."""

DIVISIONS = (4, 3)
"""Of a quarter: sixteenths, triplets."""

RETAKE = "try a retake"
_Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Beats:
    """The project's grid over a stem: seconds from its start to the first line of a quarter, and from one to the next.

    Quarters in every meter: the tempo counts them, and the sixteenths between them are the same lines in 6/8 and 7/8.
    """

    first: float
    period: float

    @classmethod
    def of(cls, work: Work) -> Beats | None:
        """None where the project says no tempo, or changes it on the way."""
        assert isinstance(work.request, Layer)
        music = work.request.music
        if music.bpm is None or any(change.ramp or change.bpm not in (None, music.bpm) for change in music.changes):
            return None
        period = 60 / music.bpm
        return cls((-work.bar_phase_seconds) % period, period)


@dataclass(frozen=True)
class Fit:
    """How onsets lie on a grid.

    offset_ms  how late all of them are (early: below 0)
    spread_ms  how far a typical one lies from the grid, once that offset is taken away
    division   lines to a quarter
    """

    offset_ms: float
    spread_ms: float
    division: int
    onsets: int


def onsets(audio: Samples) -> tuple[_Curve, _Curve]:
    """When something begins to sound, in seconds, and how strongly. `audio` is (C, T) at 48 kHz."""
    mono = np.pad(audio.mean(axis=0, dtype=np.float64), (WINDOW, WINDOW))
    if mono.size < 4 * WINDOW:
        return np.zeros(0), np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(mono, WINDOW)[::HOP]
    spectra = np.concatenate([np.abs(np.fft.rfft(part * np.hanning(WINDOW))) for part in np.array_split(
        frames, max(1, len(frames) // 2_000))])  # fmt: skip
    loud = np.log1p(100 * spectra / max(spectra.max(), 1e-9))
    flux = np.maximum(np.diff(loud, axis=0), 0).sum(axis=1)
    return _peaks(flux)


def _peaks(flux: _Curve) -> tuple[_Curve, _Curve]:
    """Peaks that stand out of what is around them, none closer than 50 ms to a stronger one."""
    around = int(0.1 * RATE / HOP)
    mean = np.convolve(flux, np.ones(2 * around + 1) / (2 * around + 1), mode="same")
    floor = 0.1 * flux.max() if flux.size else 0.0
    near = int(0.05 * RATE / HOP)
    found = []
    for at in range(1, len(flux) - 1):
        is_highest = flux[at] == flux[max(0, at - near) : at + near + 1].max()
        if is_highest and flux[at] > 1.5 * mean[at] and flux[at] > floor:
            left, here, right = flux[at - 1 : at + 2]
            bend = left - 2 * here + right
            found.append((at + (0.5 * (left - right) / bend if bend else 0.0), here))
    if not found:
        return np.zeros(0), np.zeros(0)
    place, strength = np.array(found).T
    # Flux number n compares windows n and n+1; the sound has come in by about the middle of the later one.
    return ((place + 1) * HOP + WINDOW / 2 - WINDOW + AHEAD) / RATE, strength


def fit(audio: Samples, beats: Beats) -> Fit | None:
    """How the onsets of a stem lie on the beats; None where there are too few to tell."""
    times, strengths = onsets(audio)
    if len(times) < FEWEST_ONSETS:
        return None
    fits = [_fit(times, strengths, beats, division) for division in DIVISIONS]
    # A finer or coarser grid is nearer to anything at all: what counts is by how much it beats chance.
    return min(fits, key=lambda each: each.spread_ms * each.division)


def _fit(times: _Curve, strengths: _Curve, beats: Beats, division: int) -> Fit:
    line = beats.period / division
    turn = np.exp(2j * np.pi * (times - beats.first) / line)
    offset = float(np.angle((turn * strengths).sum())) / (2 * np.pi) * line
    left = (times - beats.first - offset + line / 2) % line - line / 2
    offset += float(np.median(left))
    left = (times - beats.first - offset + line / 2) % line - line / 2
    return Fit(1000 * offset, 1000 * float(np.median(np.abs(left))), division, len(times))


def aligned(audio: Samples, work: Work, remedy: str = RETAKE) -> tuple[Samples, int, tuple[str, ...]]:
    """The stem on the project's grid, by how many samples it was moved (later: above 0), and what to tell the user.

    remedy  what to do about a stem that is on no grid
    """
    beats = Beats.of(work)
    if beats is None:
        return audio, 0, ("no tempo is known throughout the range, so the stem was not held against the grid",)
    found = fit(audio, beats)
    if found is None:
        return audio, 0, ("too few onsets to hold the stem against the grid",)
    # Chance lies a quarter of the distance between two lines away: anything near that is on no grid at all.
    chance = 1000 * beats.period / found.division / 4
    if found.spread_ms > min(GOOD_MS, 0.5 * chance):
        beside = f"typically {found.spread_ms:.0f} ms beside it"
        return audio, 0, (f"the stem is not on the grid: {beside}; {remedy}, or nudge it by hand",)
    if abs(found.offset_ms) < LATE_MS:
        return audio, 0, (f"on the grid: {found.offset_ms:+.0f} ms, typically within {found.spread_ms:.0f} ms",)
    move = -round(found.offset_ms * RATE / 1000)
    word = "late" if found.offset_ms > 0 else "early"
    note = f"the stem was {abs(found.offset_ms):.0f} ms {word} and was moved onto the grid (typically within"
    return moved(audio, move), move, (f"{note} {found.spread_ms:.0f} ms)",)


def moved(audio: Samples, samples: int) -> Samples:
    """The same length, later by so many samples; faded where silence begins, so that nothing clicks."""
    made = np.zeros_like(audio)
    length = audio.shape[1]
    if abs(samples) >= length:
        return made
    fade = min(240, length - abs(samples))
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    if samples >= 0:
        made[:, samples:] = audio[:, : length - samples]
        if samples:
            made[:, samples : samples + fade] *= ramp
    else:
        made[:, :samples] = audio[:, -samples:]
        made[:, length + samples - fade : length + samples] *= ramp[::-1]
    return made
