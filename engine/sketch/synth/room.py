"""Room: one small space that all stems share, and the amplifier that guitars play through."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import butter, sosfilt

from engine.sketch.synth import waves
from engine.sketch.synth.waves import RATE, Wave
from engine.watch import Watch

_LENGTH = 33_600
_HOP, _TOGETHER = 2 * RATE, 4
"""What is convolved at once: samples, and how many such pieces side by side. Their transforms have only the prime
factors 2, 3 and 5, and no power of two large enough to make the processor's cache forget what it needs next."""
_PIECE = 1 << 17
_EARLY = ((0.011, 0.5, -0.6), (0.017, 0.45, 0.5), (0.023, 0.4, 0.1), (0.031, 0.3, -0.4), (0.041, 0.25, 0.7))


@lru_cache(maxsize=1)
def _spectra() -> NDArray[np.complex64]:
    """(2, F) of the room's answer: a few walls, then noise that loses its highs as it dies (60 dB in 0.8 s)."""
    chance = np.random.default_rng(48)
    now = np.arange(_LENGTH) / RATE
    tail = chance.standard_normal((2, _LENGTH)) * np.exp(-now * 6.9 / 0.8) * np.clip((now - 0.012) / 0.02, 0, 1)
    bright = sosfilt(butter(1, [250, 7000], "bandpass", fs=RATE, output="sos"), tail)
    dark = sosfilt(butter(1, [250, 2200], "bandpass", fs=RATE, output="sos"), tail)
    along = np.clip(now / 0.25, 0, 1)
    answer = bright * (1 - along) + dark * along
    answer /= np.sqrt(np.sum(answer**2, axis=1, keepdims=True))
    for at, level, side in _EARLY:
        answer[:, int(at * RATE)] += 0.6 * level * np.array([1 - side, 1 + side]) / 2
    answer *= np.minimum(1, (_LENGTH - np.arange(_LENGTH)) / 480)
    return np.asarray(rfft(answer.astype(np.float32), _HOP + _LENGTH), dtype=np.complex64)


def add_room(dry: Wave, level: float, watch: Watch) -> None:
    """Add the room to (2, T) in place, `level` times as strong as the sound itself."""
    answer = np.float32(level) * _spectra()
    samples = dry.shape[1]
    send = np.zeros(-(-samples // _HOP) * _HOP, dtype=np.float32)
    np.add(dry[0], dry[1], out=send[:samples])
    send *= np.float32(0.5)
    pieces = send.reshape(-1, _HOP)
    sounding = np.flatnonzero(pieces.any(axis=1))
    for first in range(0, len(sounding), _TOGETHER):
        watch.step(first, len(sounding))
        chosen = sounding[first : first + _TOGETHER]
        wet = irfft(rfft(pieces[chosen], _HOP + _LENGTH)[:, None] * answer, _HOP + _LENGTH)
        for start, part in zip(chosen * _HOP, wet, strict=True):
            end = min(samples, start + _HOP + _LENGTH)
            dry[:, start:end] += part[:, : end - start]


def amplify(dry: Wave, drive: float, watch: Watch) -> None:
    """Play (2, T) through an amplifier, in place: highs rolled off, valves, a cabinet.

    What enters stays below 3 kHz and the cabinet passes little above 5 kHz, so that the valves' upper harmonics do not
    fold back audibly.
    """
    before = butter(2, [90, 3000], "bandpass", fs=RATE, output="sos")
    cabinet = butter(4, [80, 4800], "bandpass", fs=RATE, output="sos")
    first, second = np.zeros((len(before), 2, 2)), np.zeros((len(cabinet), 2, 2))
    gain = 1 + 11 * drive
    # What hums in every amplifier, at −400 dB: filters that die away in silence end among numbers so small that
    # processors take thirty times as long for each.
    hum = np.float32(1e-20) * waves.noise(_PIECE, 9)
    for start in range(0, dry.shape[1], _PIECE):
        watch.step(start, dry.shape[1])
        piece = dry[:, start : start + _PIECE]
        piece += hum[: piece.shape[1]]
        shaped, first = sosfilt(before, piece, zi=first)
        driven = np.tanh(gain * shaped) / (1 + 3 * drive)
        voiced, second = sosfilt(cabinet, driven, zi=second)
        piece[:] = voiced


def round_off(dry: Wave) -> None:
    """Bend the highest peaks of drums in (2, T), in place, as tape does: 3 dB off the highest, nothing far below."""
    top = float(np.abs(dry).max(initial=0))
    knee = 0.4 * top
    over = np.abs(dry) > knee
    loud = dry[over]
    dry[over] = np.sign(loud) * (knee + 0.3 * top * np.tanh((np.abs(loud) - knee) / (0.3 * top)))
