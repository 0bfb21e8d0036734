"""Loudness as ears weigh it, so that stems balance and new music continues the level around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

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


def loudness(audio: NDArray[np.float32], watch: Watch | None = None) -> float | None:
    """Integrated loudness in LUFS of (C, T) at 48 kHz, gated; None for silence.

    Parts shorter than the standard's 400 ms block count as one block.
    Source: ITU-R BS.1770-4.
    """
    samples = audio.shape[1]
    state = np.zeros((2, len(audio), 2))
    hops: list[NDArray[np.float64]] = []
    for start in range(0, samples, _CHUNK):
        if watch:
            watch.step(start, samples, "levelling")
        weighted, state = sosfilt(_K_WEIGHTING, audio[:, start : start + _CHUNK], zi=state)
        whole = weighted.shape[1] // _HOP * _HOP
        power = np.sum(weighted**2, axis=0)
        hops.append(power[:whole].reshape(-1, _HOP).mean(axis=1))
        if whole < len(power) and samples < 4 * _HOP:
            hops.append(np.array([power[whole:].sum() / max(1, len(power))]))
    powers = np.concatenate(hops)
    block = np.full(4, 0.25)
    return _gated(np.convolve(powers, block, mode="valid") if len(powers) >= 4 else powers.mean(keepdims=True))


def _gated(powers: NDArray[np.float64]) -> float | None:
    heard = powers[powers > 10 ** ((SILENT + 0.691) / 10)]
    if not len(heard):
        return None
    heard = heard[heard > 0.1 * heard.mean()]
    return float(-0.691 + 10 * np.log10(heard.mean()))
