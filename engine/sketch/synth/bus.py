"""Bus: brings the stems to one level together. Whatever it does to one it does to all, so they still add up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from engine.sketch.synth.waves import Wave
from engine.watch import Watch

CEILING = 0.89
"""Highest sample of a mix: −1 dB below full scale."""
MOST_REDUCTION_DB = 4.0
_BLOCK = 64
_REACH = 24
"""Blocks of 1.3 ms that the gain takes to fall and to rise: slow enough not to be heard."""
_CHUNK = 1 << 19


def level(stems: dict[str, Wave], gain: float, watch: Watch) -> None:
    """Multiply all stems by `gain`, in place, and hold the mix below the ceiling with one shared gain curve.

    At most 4 dB are held back; where more would be needed the whole take is made softer.
    """
    if not stems:
        return
    peaks = _peaks(stems, watch.part(0.0, 0.4)) * gain
    top = float(peaks.max(initial=0))
    softer = min(1.0, CEILING * 10 ** (MOST_REDUCTION_DB / 20) / top) if top > 0 else 1.0
    peaks *= softer
    needed = CEILING / np.maximum(peaks, CEILING)
    if needed.min() >= 1:
        curve = None
    else:
        lowest = minimum_filter1d(needed, 2 * _REACH + 3)
        curve = uniform_filter1d(lowest, 2 * _REACH + 1)
    for number, stem in enumerate(stems.values()):
        low, high = (0.4 + 0.6 * done / len(stems) for done in (number, number + 1))
        _apply(stem, gain * softer, curve, watch.part(low, high))


def _peaks(stems: dict[str, Wave], watch: Watch) -> NDArray[np.float64]:
    samples = next(iter(stems.values())).shape[1]
    found = []
    for start in range(0, samples, _CHUNK):
        watch.step(start, samples, "levelling")
        mix = np.abs(sum((stem[:, start : start + _CHUNK] for stem in stems.values()), np.float32(0))).max(axis=0)
        padded = np.zeros(-(-len(mix) // _BLOCK) * _BLOCK)
        padded[: len(mix)] = mix
        found.append(padded.reshape(-1, _BLOCK).max(axis=1))
    return np.concatenate(found)


def _apply(stem: Wave, gain: float, curve: NDArray[np.float64] | None, watch: Watch) -> None:
    for start in range(0, stem.shape[1], _CHUNK):
        watch.step(start, stem.shape[1], "levelling")
        piece = stem[:, start : start + _CHUNK]
        if curve is None:
            piece *= np.float32(gain)
        else:
            at = (start + np.arange(piece.shape[1])) / _BLOCK - 0.5
            piece *= (gain * np.interp(at, np.arange(len(curve)), curve)).astype(np.float32)
