"""Hearing time: tempo, beat and bar lines in a recording, from its attacks and the changes of its harmony."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from engine.sketch.hearing import Heard
from engine.sketch.meter import Meter
from engine.watch import Watch

RATE = 48_000
WINDOW, HOP = 2_048, 512
FRAMES = RATE / HOP
LONGEST = 30 * RATE
"""No more is listened to for the tempo."""
EDGES = (1, 3, 6, 11, 20, 36, 64, 115, 200, 360, 700)
"""Bins between which the bands lie, each about an octave, from 23 Hz to 16 kHz."""
DEEP = 4
"""Bands below 470 Hz: kick and bass."""
SLOWEST, FASTEST, MOST_LIKELY, SPREAD = 45.0, 220.0, 115.0, 0.75
_LEVELS = ((0.5, 0.3), (1.0, 1.0), (2.0, 0.6), (4.0, 0.6))
"""Multiples of the beat at which attacks should come again, and what each counts."""
_LEAST, _CHANCE = 0.08, 0.12
"""How much the attacks of a melody agree at the least, and those of eight seconds of noise by chance at the most; those
of a band agree by 0.3 to 0.7."""
_PARTS = 48
_LATE_SECONDS = 0.03
"""An attack is seen when it fills the window, this long after the start of the first that touches it."""

Attacks = NDArray[np.float64]


@dataclass(frozen=True)
class Pulse:
    """Quarter notes a minute, and the seconds from the last bar line to the first sample."""

    bpm: float
    phase_seconds: float


def _evened(rising: Attacks) -> Attacks:
    """Each band as lively as the others."""
    lively = rising.std(axis=0) if len(rising) else np.zeros(len(EDGES) - 1)
    return np.asarray(rising / (lively + 0.3 * lively.max() + 1e-9))


def rises(audio: NDArray[np.float32], watch: Watch) -> Attacks:
    """(F, bands) how much louder each band has become, every 512 samples, in nepers above a floor 40 dB down.

    Listens to 30 s at most.

    Source: Bello et al., A Tutorial on Onset Detection in Music Signals, 2005, section III (spectral flux).
    """
    mono = audio[:, :LONGEST].mean(axis=0)
    count = max(0, (len(mono) - WINDOW) // HOP)
    window = np.hanning(WINDOW).astype(np.float32)
    found = [np.zeros((0, len(EDGES) - 1))]
    for first in range(0, count, 256):
        watch.step(0, 1, "listening")
        starts = np.arange(first, min(first + 256, count)) * HOP
        frames = np.lib.stride_tricks.sliding_window_view(mono, WINDOW)[starts] * window
        spectrum = rfft(frames, axis=1)[:, : EDGES[-1]]
        power = spectrum.real**2 + spectrum.imag**2
        bands = np.add.reduceat(power, EDGES[:-1], axis=1) / np.diff(EDGES)
        found.append(np.sqrt(bands))
    level = np.concatenate(found)
    if len(level) < 4 or level.max() <= 1e-3:
        return np.zeros((0, len(EDGES) - 1))
    level = np.log1p(100 * level / level.max())
    rising = np.zeros_like(level)
    rising[1:-1] = np.maximum(0, level[2:] - level[:-2])
    return np.asarray(rising, dtype=np.float64)


def tempo_of(rising: Attacks, pitched: bool = False) -> float | None:
    """Quarter notes a minute from the rhythm of the attacks that `rises` finds; None where there is none.

    What is not `pitched` may be noise, so its rhythm has to be clearer.

    Source: Ellis, Beat Tracking by Dynamic Programming, 2007, section 3 (autocorrelation with a log-normal prior).
    """
    flux = _evened(rising).sum(axis=1)
    if len(flux) < 4 * FRAMES or flux.std() < 1e-6:
        return None
    flux = flux - flux.mean()
    correlation = np.fft.irfft(np.abs(np.fft.rfft(flux, 2 * len(flux))) ** 2)[: len(flux)]
    # Long lags have less to compare; what little there is must not count too much.
    correlation /= correlation[0] * np.maximum(0.3, np.arange(len(flux), 0, -1) / len(flux))
    tempi = np.exp(np.linspace(np.log(SLOWEST), np.log(FASTEST), 640))
    prior = np.exp(-0.5 * (np.log2(tempi / MOST_LIKELY) / SPREAD) ** 2)
    strength = sum(weight * _at(correlation, tempi, multiple) for multiple, weight in _LEVELS) * prior
    best = float(tempi[strength.argmax()])
    if _at(correlation, np.array([best]), 1)[0] < (_LEAST if pitched else _CHANCE):
        return None
    return _refined(correlation, best)


def _at(correlation: NDArray[np.float64], tempi: NDArray[np.float64], multiple: float) -> NDArray[np.float64]:
    """The correlation at a multiple of each tempo's beat; 0 beyond its end."""
    return np.interp(FRAMES * 60 / tempi * multiple, np.arange(len(correlation)), correlation, right=0.0)


def _refined(correlation: NDArray[np.float64], bpm: float) -> float:
    """Measured over up to sixteen beats, for sixteen times the precision."""
    near = bpm * np.linspace(0.985, 1.015, 241)
    reach = 0.85 * len(correlation) / (FRAMES * 60 / bpm * 1.015)
    strength = sum(_at(correlation, near, beats) for beats in (1, 2, 4, 8, 16) if beats <= max(1.0, reach))
    return round(float(near[np.argmax(strength)]), 1)


def pulse_of(audio: NDArray[np.float32], meter: Meter, heard: Heard, watch: Watch) -> Pulse | None:
    """Tempo and bar lines of (C, T); `heard` is what was heard of its pitches. None where nothing marks a beat."""
    rising = rises(audio, watch)
    bpm = tempo_of(rising, heard.is_pitched)
    return Pulse(bpm, phase_of(rising, bpm, meter, heard)) if bpm else None


def phase_of(rising: Attacks, bpm: float, meter: Meter, heard: Heard) -> float:
    """Seconds from the last bar line to the first sample of a recording, from what `rises` finds in it.

    The beat is where most begins; of its beats the first of a bar has the deepest attacks and the new chords.
    Source: Goto, An Audio-based Real-time Beat Tracking System, 2001, section 3 (chord changes tell bar lines).
    """
    rising = _evened(rising)
    pulses = meter.pulses()
    beat, bar = meter.beats / len(pulses) * 60 / bpm, meter.beats * 60 / bpm
    first = _first_beat(rising, beat)
    times = np.arange(first, len(rising) / FRAMES, beat)
    if len(times) < len(pulses):
        return 0.0
    deep = rising[:, :DEEP].sum(axis=1)
    frames = np.round((times - _LATE_SECONDS) * FRAMES).astype(int)
    struck = np.array([deep[max(0, at - 3) : max(0, at) + 4].max(initial=0) for at in frames])
    changed = _changes(heard, times, beat)
    evidence = _by_place(struck, len(pulses)) + 2 * _by_place(changed, len(pulses))
    return float((-times[int(evidence.argmax())]) % bar)


def _first_beat(rising: Attacks, beat: float) -> float:
    """Seconds to the first beat: where attacks pile up when the recording is folded at the beat."""
    weight = rising.sum(axis=1) + rising[:, :DEEP].sum(axis=1)
    place = (np.arange(len(rising)) / (FRAMES * beat) * _PARTS).astype(int) % _PARTS
    pile = np.bincount(place, weights=weight, minlength=_PARTS)
    pile = 0.5 * pile + 0.25 * (np.roll(pile, 1) + np.roll(pile, -1))
    # Between the beats lie the off-beats, which take part in most grooves.
    pile = pile + 0.3 * np.roll(pile, _PARTS // 2)
    return float((int(pile.argmax()) / _PARTS * beat + _LATE_SECONDS) % beat)


def _changes(heard: Heard, times: NDArray[np.float64], beat: float) -> NDArray[np.float64]:
    """How unlike the harmony of the beat after each time is to that before it, 0 … 1."""
    tones, at = heard.chroma + heard.bass, heard.times / RATE
    found = []
    for time in times:
        before = tones[(at >= time - beat) & (at < time - 0.1 * beat)].sum(axis=0)
        after = tones[(at >= time + 0.1 * beat) & (at < time + beat)].sum(axis=0)
        size = float(np.linalg.norm(before) * np.linalg.norm(after))
        found.append(1 - float(before @ after) / size if size else 0.0)
    return np.array(found)


def _by_place(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The mean of every `count`-th value, from each place on, relative to the mean of all."""
    means = np.array([values[place::count].mean() for place in range(count)])
    return np.asarray(means / (values.mean() + 1e-9))
