"""Bus: brings the stems to one level together. Whatever it does to one it does to all, so they still add up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from engine.sketch.loudness import analysed, gated
from engine.sketch.synth.waves import Wave
from engine.watch import Watch

CEILING = 0.89
"""Highest sample of a mix: −1 dB below full scale."""
MOST_REDUCTION_DB = 6.0
_BLOCK = 64
_REACH = 24
"""Blocks of 1.3 ms that the gain takes to fall and to rise: slow enough not to be heard."""
_CHUNK = 1 << 17
_BLOCKS_PER_HOP = 75
_ROUNDS = 4
_NEAR_DB = 0.02
_STEPS = 2**23

Curve = NDArray[np.float64]


class Measured(NamedTuple):
    """Of a mix: the peak of each 64 samples, the K-weighted power of each 100 ms, the power every 10 Hz."""

    peaks: Curve
    powers: Curve
    density: Curve


def master(stems: dict[str, Wave], wanted: float, watch: Watch, mix: Measured | None = None) -> None:
    """Bring the mix of all stems to `wanted` LUFS, in place, its peaks held below the ceiling.

    A mix that cannot get there without more than 6 dB being held back stays softer. `mix` is what was measured of it.
    """
    if not stems:
        return
    mix = mix or measured(stems, watch.part(0.0, 0.6))
    peaks, powers = mix.peaks, mix.powers
    now = gated(powers)
    if now is None:
        return
    gain_db = wanted - now
    for _ in range(_ROUNDS):
        gain, curve = held(peaks, 10 ** (gain_db / 20))
        reached = gated(powers * gain**2 * _per_hop(curve, len(powers)))
        if reached is None or wanted - reached < _NEAR_DB or gain < 0.999 * 10 ** (gain_db / 20):
            break
        gain_db += wanted - reached
    _apply(stems, *held(peaks, 10 ** (gain_db / 20)), watch.part(0.6, 1.0))


def level(stems: dict[str, Wave], gain: float, watch: Watch) -> None:
    """Multiply all stems by `gain`, in place, and hold the mix below the ceiling with one shared gain curve.

    At most 6 dB are held back; where more would be needed the whole take is made softer.
    """
    if stems:
        _apply(stems, *held(measured(stems, watch.part(0.0, 0.4)).peaks, gain), watch.part(0.4, 1.0))


def held(peaks: Curve, gain: float) -> tuple[float, Curve | None]:
    """The gain that is possible, and its curve over blocks of 64 samples; None where nothing needs to be held."""
    top = float(peaks.max(initial=0)) * gain
    if top > (most := CEILING * 10 ** (MOST_REDUCTION_DB / 20)):
        gain *= most / top
    needed = CEILING / np.maximum(peaks * gain, CEILING)
    if needed.min(initial=1) >= 1:
        return gain, None
    return gain, uniform_filter1d(minimum_filter1d(needed, 2 * _REACH + 3), 2 * _REACH + 1)


def _per_hop(curve: Curve | None, hops: int) -> Curve | float:
    """How much of the power of each 100 ms a gain curve leaves."""
    if curve is None:
        return 1.0
    padded = np.ones(max(1, hops) * _BLOCKS_PER_HOP)
    padded[: len(curve)] = curve[: len(padded)]
    return np.asarray((padded**2).reshape(-1, _BLOCKS_PER_HOP).mean(axis=1)[:hops])


def measured(stems: dict[str, Wave], watch: Watch, shape: Curve | None = None) -> Measured:
    """What the mix of the stems is like; but for its peaks, as if each 10 Hz had its power multiplied by `shape`."""
    first, *others = stems.values()
    mix = first.copy()
    for number, stem in enumerate(others):
        watch.step(number, len(stems), "levelling")
        mix += stem
    samples = mix.shape[1]
    powers, density = analysed(mix, watch.part(0.5, 0.8), shape)
    np.abs(mix, out=mix)
    padded = np.zeros((2, -(-samples // _BLOCK) * _BLOCK), dtype=np.float32)
    padded[:, :samples] = mix
    return Measured(padded.reshape(2, -1, _BLOCK).max(axis=(0, 2)).astype(np.float64), powers, density)


def _apply(stems: dict[str, Wave], gain: float, curve: Curve | None, watch: Watch) -> None:
    samples = next(iter(stems.values())).shape[1]
    for start in range(0, samples, _CHUNK):
        watch.step(start, samples, "levelling")
        end = min(samples, start + _CHUNK)
        now: Wave | np.float32 = np.float32(gain)
        if curve is not None:
            at = np.arange(start, end) / _BLOCK - 0.5
            now = (gain * np.interp(at, np.arange(len(curve)), curve)).astype(np.float32)
        for stem in stems.values():
            # On the steps of a 24-bit file, so that stems add up to the mix to the bit in files as well.
            piece = stem[:, start:end]
            piece *= now * np.float32(_STEPS)
            np.rint(piece, out=piece)
            piece *= np.float32(1 / _STEPS)
