"""Waves: band-limited tones as tables that evolve, frequency modulation, modes, noise. All (T,) float32 at 48 kHz.

Every function gives the same first samples whatever the length asked for, so that cached notes never depend on order.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

RATE = 48_000
TABLE = 2048
"""Samples in one period of a table: the top harmonics read by linear interpolation stay below −60 dB of error."""
CEILING = 0.42 * RATE
"""No partial above this, so that glides and detuning stay clear of half the rate."""

Wave = NDArray[np.float32]
Curve = NDArray[np.float64]


def seconds(samples: int) -> NDArray[np.float32]:
    return np.arange(samples, dtype=np.float32) / np.float32(RATE)


def harmonic_count(pitch_hz: float, most: int = 160) -> int:
    return max(1, min(most, int(CEILING / pitch_hz)))


def decay(samples: int, time_constant: float) -> Wave:
    """exp(−t / time_constant)."""
    falling: Wave = np.exp(seconds(samples) * np.float32(-1 / time_constant))
    return falling


def attack(wave: Wave, rise_seconds: float) -> Wave:
    """Raise the start from nothing, half a cosine long; changes `wave` and gives it back."""
    rise = min(wave.shape[-1], max(1, round(rise_seconds * RATE)))
    wave[..., :rise] *= (0.5 - 0.5 * np.cos(np.pi * (np.arange(rise) + 1) / (rise + 1))).astype(np.float32)
    return wave


def tables(amplitudes: Curve, phases: Curve | float = 0.0) -> Wave:
    """(K, H) harmonic amplitudes → (K, TABLE + 1) periods, the last sample repeating the first."""
    spectra = np.zeros((len(amplitudes), TABLE // 2 + 1), dtype=np.complex128)
    spectra[:, 1 : amplitudes.shape[1] + 1] = amplitudes * np.exp(1j * phases) * (-0.5j * TABLE)
    periods = np.fft.irfft(spectra, TABLE, axis=1)
    return np.concatenate([periods, periods[:, :1]], axis=1).astype(np.float32)


def read(periods: Wave, times: Curve, cycles: Curve) -> Wave:
    """Play tables that follow one another at `times` (K,) seconds; `cycles` (T,) is the phase in periods."""
    samples = len(cycles)
    place = (cycles - np.floor(cycles)).astype(np.float32) * np.float32(TABLE)
    column = place.astype(np.int32)
    np.minimum(column, TABLE - 1, out=column)
    across = place - column
    if len(periods) == 1:
        one: Wave = periods[0][column] * (1 - across) + periods[0][column + 1] * across
        return one
    # Between two tables the row moves evenly, so each stretch of samples blends just two periods.
    played: Wave = np.empty(samples, dtype=np.float32)
    edges = np.minimum(np.ceil(times * RATE).astype(int), samples)
    for row, (low, high) in enumerate(pairwise(edges)):
        if high > low:
            here, nearer = column[low:high], across[low:high]
            first, second = periods[row], periods[row + 1]
            span = (times[row + 1] - times[row]) * RATE
            along = (np.arange(low, high, dtype=np.float32) - np.float32(times[row] * RATE)) / np.float32(span)
            change = second - first
            before = first[here] + along * change[here]
            after = first[here + 1] + along * change[here + 1]
            played[low:high] = before + nearer * (after - before)
    if edges[-1] < samples:
        here, nearer = column[edges[-1] :], across[edges[-1] :]
        played[edges[-1] :] = periods[-1][here] * (1 - nearer) + periods[-1][here + 1] * nearer
    return played


def cycles(pitch_hz: float, samples: int, vibrato_cents: float = 0.0, rate_hz: float = 5.2) -> Curve:
    """Phase in periods, with a vibrato that sets in after a quarter of a second."""
    steady: Curve = np.arange(samples, dtype=np.float64) * (pitch_hz / RATE)
    if vibrato_cents == 0:
        return steady
    now = np.arange(samples) / RATE
    depth = (2 ** (vibrato_cents / 1200) - 1) * np.clip((now - 0.25) / 0.5, 0, 1)
    bent: Curve = steady - pitch_hz * depth / (2 * np.pi * rate_hz) * np.cos(2 * np.pi * rate_hz * now)
    return bent


def detuned(pitch_hz: float, cents: float) -> float:
    return pitch_hz * float(2 ** (cents / 1200))


def low_pass(harmonics_hz: Curve, cutoff_hz: Curve, resonance: float) -> Curve:
    """Gain (K, H) of two cascaded second-order sections, as an analogue 24 dB filter has it."""
    ratio = harmonics_hz[None, :] / cutoff_hz[:, None]
    first = 1 / np.sqrt((1 - ratio**2) ** 2 + (ratio / resonance) ** 2)
    second = 1 / np.sqrt((1 - ratio**2) ** 2 + (ratio / 0.7) ** 2)
    return np.asarray(first * second)


def fm(pitch_hz: float, ratio: float, index: Wave, samples: int) -> Wave:
    """A sine whose phase is moved by another, `ratio` times as fast. `index` (T,) is held where side bands would fold.

    Source: Chowning, The Synthesis of Complex Audio Spectra by Means of Frequency Modulation, 1973.
    """
    # Side band n is 60 dB down where the Bessel function J_n of the index is: at an index of about 0.62 n − 1.75.
    room = max(0.0, 0.62 * (CEILING - pitch_hz) / (ratio * pitch_hz) - 1.75)
    angle = (2 * np.pi * np.mod(np.arange(samples) * (pitch_hz / RATE), 1.0)).astype(np.float32)
    turn = (2 * np.pi * np.mod(np.arange(samples) * (pitch_hz * ratio / RATE), 1.0)).astype(np.float32)
    wave: Wave = np.sin(angle + np.minimum(index, np.float32(room)) * np.sin(turn))
    return wave


def modes(partials: tuple[tuple[float, float, float], ...], pitch_hz: float, samples: int) -> Wave:
    """Struck bars and bells: (frequency ratio, amplitude, time constant in s) each, silent above the ceiling."""
    wave = np.zeros(samples, dtype=np.float32)
    for ratio, amplitude, constant in partials:
        if ratio * pitch_hz < CEILING:
            angle = (2 * np.pi * np.mod(np.arange(samples) * (ratio * pitch_hz / RATE), 1.0)).astype(np.float32)
            wave += np.float32(amplitude) * np.sin(angle) * decay(samples, constant)
    return wave


def noise(samples: int, seed: int) -> Wave:
    return np.random.default_rng(seed).standard_normal(samples, dtype=np.float32)


def band(wave: Wave, low_hz: float | None, high_hz: float | None, order: int = 2) -> Wave:
    """Keep what lies between the two frequencies (Butterworth)."""
    if low_hz and high_hz:
        shape = butter(order, [low_hz, high_hz], "bandpass", fs=RATE, output="sos")
    else:
        shape = butter(order, low_hz or high_hz, "highpass" if low_hz else "lowpass", fs=RATE, output="sos")
    return np.asarray(sosfilt(shape, wave), dtype=np.float32)
