"""Sound at another speed, its pitch kept: a phase-locked vocoder that leaves attacks as they are.

The phases of each spectral peak go on by what the input itself shows over one hop, so no frequency has to be estimated,
and all bins around a peak turn with it. Sources: Laroche and Dolson 1999, "Improved phase vocoder time-scale
modification of audio" (identity phase locking); Röbel 2003, "A new approach to transient processing in the phase
vocoder" (phases begin anew at attacks).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridge_server.region.clips.attacks import NONE, find_attacks, keep_whole
from bridge_server.region.clips.tape import Reader
from bridge_server.region.excerpt import Samples

OVERLAP = 4
_FRAMES_AT_ONCE = 128
_QUIET = 1e-20

_GAIN = 1.5
"""What the squares of four Hann windows, each a quarter later than the one before, add up to."""

_NEW = 4.0
"""How much more power than before an attack makes a bin one in which something begins: 6 dB."""

TimeMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Sample of the result → sample of the input; rising."""


def window_size(rate: int) -> int:
    """Samples of a frame, 128 ms: long enough to tell the notes of a low chord, 26 Hz apart, from each other."""
    return max(4, round(0.128 * rate / 512)) * 512


def stretched(read: Reader, rate: int, time_map: TimeMap, start: int, end: int) -> Samples:
    """Sample n of the result sounds like the input around `time_map(n)`, for n in [start, end).

    Where the map runs at the input's own speed, the result is the input. All channels turn by the same angles, so that
    what is between two loudspeakers stays there. Returns (C, end - start) float32.
    """
    size = window_size(rate)
    hop = size // OVERLAP
    first, last = start // hop - OVERLAP, -(-end // hop) + OVERLAP
    grid = np.arange(first, last + 1) * hop
    centres = np.round(time_map(grid.astype(np.float64))).astype(np.int64)
    low = int(centres.min()) - size // 2 - hop
    heard = read(low, int(centres.max()) + size // 2)
    attacks = find_attacks(heard, rate)
    moved, held = keep_whole(attacks, grid, centres - low, size // 2)
    out = _resynthesised(heard, Frames(moved, held, attacks, size, hop))
    lead = start - (first * hop - size // 2)
    return np.ascontiguousarray(out[:, lead : lead + end - start])


@dataclass(frozen=True)
class Frames:
    """Where the frames lie in the input, which attack each of them holds, and how they overlap."""

    centres: NDArray[np.int64]
    held: NDArray[np.int64]
    attacks: NDArray[np.int64]
    size: int
    hop: int


def _resynthesised(heard: Samples, frames: Frames) -> Samples:
    """All frames, each turned so that it goes on from the one before, laid over each other."""
    size, hop = frames.size, frames.hop
    count = len(frames.centres)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    out = np.zeros((len(heard), (count - 1) * hop + size), np.float32)
    padded = np.pad(heard, ((0, 0), (2 * size, 2 * size)))
    starts = frames.centres - size // 2 + 2 * size
    begins = _what_begins(padded, frames, window)
    turn = np.ones(size // 2 + 1, np.complex64)
    before = _spectra(padded, starts[:1] - hop, window)
    for at in range(0, count, _FRAMES_AT_ONCE):
        chunk = slice(at, min(at + _FRAMES_AT_ONCE, count))
        spectra = _spectra(padded, starts[chunk], window)
        earlier = _spectra(padded, starts[chunk] - hop, window)
        steps = _steps(np.concatenate([before, spectra[:-1]]), earlier)
        peaks = _nearest_peaks(spectra)
        for number, spectrum in enumerate(spectra):
            turn = (turn * steps[number])[peaks[number]]
            turn /= np.abs(turn)
            if (attack := frames.held[at + number]) != NONE:
                turn[begins[attack]] = 1
            turned = np.fft.irfft(spectrum * turn, size, axis=-1).astype(np.float32)
            begin = (at + number) * hop
            out[:, begin : begin + size] += turned * window
        before = spectra[-1:]
    return out * np.float32(1 / _GAIN)


def _what_begins(padded: Samples, frames: Frames, window: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The bins in which each attack brings something new, (attacks, bins): they keep the phases of the input.

    What sounds on through the attack goes on with the phases that it has come to.
    """
    if not len(frames.attacks):
        return np.zeros((0, len(window) // 2 + 1), bool)
    at = frames.attacks + 2 * frames.size
    before, after = (
        (np.abs(_spectra(padded, starts, window)) ** 2).sum(axis=1)
        for starts in (at - frames.size, at - frames.size // 4)
    )
    return np.asarray(after > _NEW * before + _QUIET)


def _spectra(padded: Samples, starts: NDArray[np.int64], window: NDArray[np.float32]) -> NDArray[np.complex64]:
    """(frames, C, bins)."""
    cut = np.lib.stride_tricks.sliding_window_view(padded, len(window), axis=1)[:, starts]
    return np.asarray(np.fft.rfft(cut.transpose(1, 0, 2) * window, axis=-1), np.complex64)


def _steps(before: NDArray[np.complex64], earlier: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """How far each bin turns so that a frame, which followed on `earlier`, follows on `before`: (frames, bins)."""
    step = (before * earlier.conj()).sum(axis=1)
    size = np.abs(step)
    is_quiet = size < _QUIET
    step[is_quiet] = 1
    size[is_quiet] = 1
    unit: NDArray[np.complex64] = step / size
    return unit


def _nearest_peaks(spectra: NDArray[np.complex64]) -> NDArray[np.intp]:
    """For each bin of each frame, the bin of the peak that it belongs to: (frames, bins)."""
    power = (np.abs(spectra) ** 2).sum(axis=1)
    bins = power.shape[1]
    edge = np.pad(power, ((0, 0), (2, 2)))
    neighbours = [edge[:, shift : shift + bins] for shift in (0, 1, 3, 4)]
    is_peak = np.logical_and.reduce([power > other for other in neighbours])
    number = np.broadcast_to(np.arange(bins), power.shape)
    left = np.maximum.accumulate(np.where(is_peak, number, -bins), axis=1)
    right = np.minimum.accumulate(np.where(is_peak, number, 2 * bins)[:, ::-1], axis=1)[:, ::-1]
    nearest = np.where(number - left <= right - number, left, right)
    return np.where((nearest < 0) | (nearest >= bins), number, nearest)
