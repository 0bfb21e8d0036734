"""Room: one small space that all stems share, and the amplifier that guitars play through."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import butter, sosfilt

from engine.sketch.synth.waves import RATE, Wave
from engine.watch import Watch

_LENGTH = int(0.7 * RATE)
_BLOCK = 1 << 17
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
    return np.asarray(rfft(answer.astype(np.float32), _BLOCK), dtype=np.complex64)


def add_room(dry: Wave, level: float, watch: Watch) -> None:
    """Add the room to (2, T) in place, `level` times as strong as the sound itself."""
    spectra = _spectra()
    hop = _BLOCK - _LENGTH
    samples = dry.shape[1]
    send = dry.mean(axis=0)
    for start in range(0, samples, hop):
        watch.step(start, samples)
        piece = send[start : start + hop]
        if not piece.any():
            continue
        wet = irfft(rfft(piece, _BLOCK) * spectra, _BLOCK)
        end = min(samples, start + _BLOCK)
        dry[:, start:end] += np.float32(level) * wet[:, : end - start].astype(np.float32)


def amplify(dry: Wave, drive: float, watch: Watch) -> None:
    """Play (2, T) through an amplifier, in place: highs rolled off, valves, a cabinet.

    What enters stays below 3 kHz and the cabinet passes little above 5 kHz, so that the valves' upper harmonics do not
    fold back audibly.
    """
    before = butter(2, [90, 3000], "bandpass", fs=RATE, output="sos")
    cabinet = butter(4, [80, 4800], "bandpass", fs=RATE, output="sos")
    first, second = np.zeros((len(before), 2, 2)), np.zeros((len(cabinet), 2, 2))
    gain = 1 + 11 * drive
    for start in range(0, dry.shape[1], _BLOCK):
        watch.step(start, dry.shape[1])
        piece = dry[:, start : start + _BLOCK]
        shaped, first = sosfilt(before, piece, zi=first)
        driven = np.tanh(gain * shaped) / (1 + 3 * drive)
        voiced, second = sosfilt(cabinet, driven, zi=second)
        piece[:] = voiced


def tilt(dry: Wave, brightness: float, watch: Watch) -> None:
    """Raise or lower what lies above 1.5 kHz in (2, T), in place: 6 dB at a brightness of 1 or −1."""
    edge = butter(1, 1500, "highpass", fs=RATE, output="sos")
    state = np.zeros((1, 2, 2))
    more = np.float32(10 ** (6 * brightness / 20) - 1)
    for start in range(0, dry.shape[1], _BLOCK):
        watch.step(start, dry.shape[1])
        piece = dry[:, start : start + _BLOCK]
        high, state = sosfilt(edge, piece, zi=state)
        piece += more * high.astype(np.float32)


def round_off(dry: Wave) -> None:
    """Bend the highest peaks of drums in (2, T), in place, as tape does: 3 dB off the highest, nothing far below."""
    top = float(np.abs(dry).max(initial=0))
    knee = 0.4 * top
    over = np.abs(dry) > knee
    loud = dry[over]
    dry[over] = np.sign(loud) * (knee + 0.3 * top * np.tanh((np.abs(loud) - knee) / (0.3 * top)))
