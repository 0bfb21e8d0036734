"""Loudness as ears weigh it, so that stems balance and new music continues the level around it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.signal import sosfreqz

from engine.watch import Watch

# ITU-R BS.1770-4, tables 1 and 2: the two stages of K-weighting at 48 kHz.
_K_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)
_HOP = 4_800
_CHUNK = 60 * _HOP
SILENT = -70.0
Powers = NDArray[np.float64]


def loudness(audio: NDArray[np.float32], watch: Watch | None = None, shape: Powers | None = None) -> float | None:
    """Integrated loudness in LUFS of (C, T) at 48 kHz, gated; None for silence.

    With `shape` as it were if the power of every 10 Hz were multiplied by that.

    Parts shorter than the standard's 400 ms block count as one block.
    Source: ITU-R BS.1770-4.
    """
    return gated(powers_of(audio, watch, shape))


def analysed(
    audio: NDArray[np.float32], watch: Watch | None = None, shape: Powers | None = None
) -> tuple[Powers, Powers]:
    """`powers_of` (C, T), and (2401,) power every 10 Hz; an unfinished hop is left out."""
    density = np.zeros(_HOP // 2 + 1)
    powers = powers_of(audio, watch, shape, density)
    return powers, density if shape is None else density * shape


def powers_of(
    audio: NDArray[np.float32],
    watch: Watch | None = None,
    shape: Powers | None = None,
    density: Powers | None = None,
) -> Powers:
    """Of (C, T): (H,) K-weighted power of each 100 ms; adds the power every 10 Hz to `density`.

    Weighted in the spectrum of each hop, at a quarter of the time that a filter takes: the filter's memory beyond a hop
    is all that differs, less than 0.01 LU on music.
    """
    samples = audio.shape[1]
    whole = samples // _HOP * _HOP
    weights = np.repeat(_weights() if shape is None else (_weights() * shape).astype(np.float32), 2)
    if samples < 4 * _HOP and whole < samples:
        rest = np.zeros((len(audio), _HOP), dtype=np.float32)
        rest[:, : samples - whole] = audio[:, whole:]
        tail = [_weighted(rest, weights, density) * (_HOP / (samples - whole))]
    else:
        tail = []
    found = []
    for start in range(0, whole, _CHUNK):
        if watch:
            watch.step(start, samples, "levelling")
        found.append(_weighted(audio[:, start : min(whole, start + _CHUNK)], weights, density))
    return np.concatenate([*found, *tail]) if found or tail else np.zeros(0)


def _weighted(audio: NDArray[np.float32], weights: NDArray[np.float32], density: Powers | None) -> Powers:
    """`weights` has each bin's twice: for its real and its imaginary part."""
    squares = rfft(audio.reshape(len(audio), -1, _HOP), axis=2).view(np.float32)
    np.square(squares, out=squares)
    if density is not None:
        density += squares.sum(axis=(0, 1)).reshape(-1, 2).sum(axis=1)
    return np.asarray((squares @ weights).sum(axis=0), dtype=np.float64)


@lru_cache(maxsize=1)
def _weights() -> NDArray[np.float32]:
    """What each bin of a hop adds to its mean power (Parseval), K-weighted."""
    weights = np.abs(sosfreqz(_K_WEIGHTING, np.arange(_HOP // 2 + 1) * (48_000 / _HOP), fs=48_000)[1]) ** 2
    weights[1:-1] *= 2
    return np.asarray(weights / _HOP**2, dtype=np.float32)


def gated(powers: Powers) -> float | None:
    """LUFS of hop powers: blocks of four hops, the absolute and the relative gate; None for silence."""
    if not len(powers):
        return None
    blocks = np.convolve(powers, np.full(4, 0.25), mode="valid") if len(powers) >= 4 else powers.mean(keepdims=True)
    heard = blocks[blocks > 10 ** ((SILENT + 0.691) / 10)]
    if not len(heard):
        return None
    heard = heard[heard > 0.1 * heard.mean()]
    return float(-0.691 + 10 * np.log10(heard.mean()))
