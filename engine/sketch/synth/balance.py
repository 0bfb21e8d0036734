"""Balance of highs and lows: a mix is brought towards the slope that finished records have.

Every stem goes through the same filter, so they still add up to the mix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, freqz

from engine.sketch.synth.waves import RATE

WANTED, ENOUGH = -4.7, 0.3
"""Decibels an octave between 100 Hz and 8 kHz (pink noise has −3), and how near is near enough.

Source: Pestana et al., Spectral Characteristics of Popular Commercial Recordings 1950–2010, 2013: about −5.
"""
MOST_DB = 18.0
_EDGE_HZ = 1_000.0
_TILT_HZ, _TILT_DB = 1_500.0, 6.0
_FREQUENCIES = np.arange(0, RATE / 2 + 1, 10)
_CENTRES = 100 * 2 ** (np.arange(0, 19.1) / 3)
_EFFECT = 0.19
"""Decibels an octave that one decibel of the shelf brings."""
Coefficients = tuple[NDArray[np.float64], NDArray[np.float64]]


def slope(density: NDArray[np.float64]) -> float:
    """Decibels an octave of a power spectrum from 0 to half the rate, fitted over the third octaves 100 Hz … 8 kHz."""
    frequency = np.linspace(0, RATE / 2, len(density))
    levels = [density[(frequency >= c * 0.891) & (frequency < c * 1.122)].mean() for c in _CENTRES]
    return float(np.polyfit(np.log2(_CENTRES), 10 * np.log10(np.array(levels) + 1e-20), 1)[0])


def shelf_db(density: NDArray[np.float64], brightness: float) -> float:
    """What the highs of a mix lack, in dB; 0 where its slope is near enough; `brightness` bends what is wanted."""
    missing = WANTED + brightness - slope(density)
    if abs(missing) <= ENOUGH:
        return 0.0
    return float(np.clip((missing - np.sign(missing) * ENOUGH) / _EFFECT, -MOST_DB, MOST_DB))


def tilted(brightness: float) -> NDArray[np.float64]:
    """What a brightness does to the power of every 10 Hz."""
    above, below = _tilt(brightness)
    return np.asarray(np.abs(freqz(above, below, len(_FREQUENCIES), include_nyquist=True)[1]) ** 2)


def filter_of(brightness: float, gain_db: float) -> Coefficients:
    """What lies above 1.5 kHz 6 dB higher at a brightness of 1, and what lies above 1 kHz by a gain."""
    (tilted_up, tilted_down), (up, down) = _tilt(brightness), _shelf(gain_db)
    return np.convolve(tilted_up, up), np.convolve(tilted_down, down)


def _tilt(brightness: float) -> Coefficients:
    high, fall = butter(1, _TILT_HZ, "highpass", fs=RATE)
    return fall + (10 ** (_TILT_DB * brightness / 20) - 1) * high, fall


def _shelf(gain_db: float) -> Coefficients:
    """(gain · s + ω √gain) / (s + ω √gain) by the bilinear transform: half of the gain in dB at the edge."""
    gain, twice = 10 ** (gain_db / 20), 2 * RATE
    edge = 2 * np.pi * _EDGE_HZ * np.sqrt(gain)
    return (
        np.array([edge + gain * twice, edge - gain * twice]) / (edge + twice),
        np.array([1.0, (edge - twice) / (edge + twice)]),
    )
