"""Waves: band-limited tones as tables that evolve, frequency modulation, modes, noise. All (T,) float32 at 48 kHz.

Every function gives the same first samples whatever the length asked for, so that cached notes never depend on order.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft
from scipy.signal import butter, lfilter, sosfilt

RATE = 48_000
TABLE = 2048
"""Samples in one period of a table: the top harmonics read by linear interpolation stay below −60 dB of error."""
CEILING = 0.42 * RATE
"""No partial above this, so that glides and detuning stay clear of half the rate."""
_WHOLE = 2**32
_SHIFT = np.uint32(21)
"""A phase is a fraction of a period in 32 bits, which wraps by itself: 11 bits name the sample of a table."""
_PIECE = 8_192
"""Samples worked on at a time, so that what is in use stays in the processor's cache."""
_COUNTED = np.arange(_PIECE, dtype=np.float32)
_REMEMBERED = 16 * RATE
_NEXT_TO_NOTHING = np.float32(1e-25)

Wave = NDArray[np.float32]
Curve = NDArray[np.float64]
Phase = NDArray[np.uint32]


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
    """(K, H) harmonic amplitudes → (K, TABLE) periods."""
    spectra = np.zeros((len(amplitudes), TABLE // 2 + 1), dtype=np.complex64)
    spectra[:, 1 : amplitudes.shape[1] + 1] = amplitudes * (np.exp(1j * np.asarray(phases)) * (-0.5j * TABLE))
    return np.asarray(irfft(spectra, TABLE, axis=1))


def read(periods: Wave, times: Curve, phase: Phase) -> Wave:
    """Play tables (K, TABLE) that follow one another at `times` (K,) seconds, each blending into the next."""
    samples = len(phase)
    if len(periods) == 1:
        periods, times = np.concatenate([periods, periods]), np.array([0.0, 1.0])
    rising = np.roll(periods, -1, axis=1) - periods
    edges = np.minimum(np.ceil(times * RATE).astype(int), samples)
    edges[-1] = samples
    played: Wave = np.empty(samples, dtype=np.float32)
    sides = np.empty((TABLE, 4), dtype=np.float32)
    packed = sides.view(np.complex128).reshape(-1)
    for row, (low, high) in enumerate(pairwise(edges)):
        if high <= low:
            continue
        # Value, slope, and how both change towards the next table, side by side: one look-up a sample.
        sides[:, 0], sides[:, 1] = periods[row], rising[row]
        np.subtract(periods[row + 1], periods[row], out=sides[:, 2])
        np.subtract(rising[row + 1], rising[row], out=sides[:, 3])
        start, span = np.float32(times[row] * RATE), np.float32(1 / ((times[row + 1] - times[row]) * RATE))
        for at in range(low, high, _PIECE):
            end = min(high, at + _PIECE)
            along = _COUNTED[: end - at] * span
            along += (np.float32(at) - start) * span
            if row == len(edges) - 2:
                np.minimum(along, np.float32(1), out=along)
            _look_up(packed, phase[at:end], along, played[at:end])
    return played


def _look_up(packed: NDArray[np.complex128], phase: Phase, along: Wave, played: Wave) -> None:
    """Write to `played` what the tables hold at a phase, as far along from one to the next."""
    found = packed.take((phase >> _SHIFT).astype(np.intp), mode="clip").view(np.float32).reshape(-1, 4)
    across = (phase & np.uint32((1 << 21) - 1)).astype(np.float32)
    across *= np.float32(2.0**-21)
    change = found[:, 3] * across
    change += found[:, 2]
    change *= along
    np.multiply(found[:, 1], across, out=played)
    played += found[:, 0]
    played += change


def cycles(pitch_hz: float, samples: int, vibrato_cents: float = 0.0, rate_hz: float = 5.2) -> Phase:
    """The phase of a tone, with a vibrato that sets in after a quarter of a second."""
    steady = np.arange(samples, dtype=np.uint32) * np.uint32(round(pitch_hz / RATE * _WHOLE))
    if vibrato_cents == 0:
        return np.asarray(steady)
    swing = (2 ** (vibrato_cents / 1200) - 1) * pitch_hz / (2 * np.pi * rate_hz)
    return np.asarray(steady - wrapped(_vibrato(rate_hz, max(samples, _REMEMBERED))[:samples] * swing))


def wrapped(periods: Curve) -> Phase:
    """Periods as a phase; what is whole in them is lost."""
    return (periods * _WHOLE).astype(np.int64).astype(np.uint32)


@lru_cache(maxsize=2)
def _vibrato(rate_hz: float, samples: int) -> Curve:
    now = np.arange(samples) / RATE
    return np.asarray(np.clip((now - 0.25) / 0.5, 0, 1) * np.cos(2 * np.pi * rate_hz * now))


def sine(pitch_hz: float, samples: int, start: float = 0.0) -> Wave:
    """A sine; `start` is its phase in periods."""
    return sine_of(cycles(pitch_hz, samples) + np.uint32(start % 1 * (_WHOLE - 1)))


def sine_of(phase: Phase) -> Wave:
    return np.sin(angle(phase))


def angle(phase: Phase) -> Wave:
    """−π … π."""
    return np.asarray(phase.view(np.int32).astype(np.float32) * np.float32(2 * np.pi / _WHOLE))


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
    turn = sine(pitch_hz * ratio, samples)
    wave: Wave = np.sin(angle(cycles(pitch_hz, samples)) + np.minimum(index, np.float32(room)) * turn)
    return wave


def modes(partials: tuple[tuple[float, float, float], ...], pitch_hz: float, samples: int) -> Wave:
    """Struck bars and bells: (frequency ratio, amplitude, time constant in s) each, silent above the ceiling."""
    wave = np.zeros(samples, dtype=np.float32)
    for ratio, amplitude, constant in partials:
        if ratio * pitch_hz < CEILING:
            wave += np.float32(amplitude) * sine(ratio * pitch_hz, samples) * decay(samples, constant)
    return wave


def noise(samples: int, seed: int) -> Wave:
    """The same noise for the same seed; do not write into it."""
    return _noise(seed, 1 << max(14, (samples - 1).bit_length()))[:samples]


@lru_cache(maxsize=24)
def _noise(seed: int, samples: int) -> Wave:
    found = np.random.default_rng(seed).standard_normal(samples, dtype=np.float32)
    found.setflags(write=False)
    return found


def add_burst(wave: Wave, level: float, seed: int, edges_hz: tuple[float, float], time_constant: float) -> None:
    """Add a short burst of noise between two frequencies to the start of (…, T), in place: a pick, a hammer, a key."""
    burst = _burst(seed, edges_hz, time_constant)[: wave.shape[-1]]
    wave[..., : len(burst)] += np.float32(level) * burst


@lru_cache(maxsize=64)
def _burst(seed: int, edges_hz: tuple[float, float], time_constant: float) -> Wave:
    samples = round(14 * time_constant * RATE)
    return band(noise(samples, seed), *edges_hz) * decay(samples, time_constant)


def band(wave: Wave, low_hz: float | None, high_hz: float | None, order: int = 2) -> Wave:
    """Keep what lies between the two frequencies (Butterworth)."""
    return np.asarray(sosfilt(_butterworth(low_hz, high_hz, order), wave), dtype=np.float32)


@lru_cache(maxsize=256)
def _butterworth(low_hz: float | None, high_hz: float | None, order: int) -> Curve:
    if low_hz and high_hz:
        return np.asarray(butter(order, [low_hz, high_hz], "bandpass", fs=RATE, output="sos"))
    return np.asarray(butter(order, low_hz or high_hz, "highpass" if low_hz else "lowpass", fs=RATE, output="sos"))


def pass_through(wave: Wave, numerator: Curve, denominator: Curve) -> None:
    """Filter (…, T), in place; what is steady has to come through, as it does through a shelf."""
    # A filter that dies away in silence ends among numbers so small that processors take ten times as long for each.
    wave += _NEXT_TO_NOTHING
    wave[:] = lfilter(numerator.astype(np.float32), denominator.astype(np.float32), wave)
